"""The eight series of the MR of the brain: how each is measured, cut and stored.

The scanner's space is LPS in mm (PS3.3 C.7.6.2.1.1). The head lies in it with the chin
a little raised; axial slices follow the commissures, so they are oblique in LPS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.brain_anatomy import make_head
from smart_viewer.sandbox.identity import uid_of
from smart_viewer.sandbox.mr_canvas import Cut
from smart_viewer.sandbox.mr_receiver import coil_sensitivity, received
from smart_viewer.sandbox.mr_signal import (
    DiffusionEcho,
    InversionRecovery,
    Pulses,
    SpinEcho,
    SpoiledGradientEcho,
)
from smart_viewer.sandbox.shapes import Floats, Points, as_floats

NOD_DEG = 8.0
HEAD_ORIGIN_LPS = (1.5, -12.0, 36.0)
"""Where the middle between the commissures lies."""
SIZE = 256
AXIAL_PIXEL_MM, SAGITTAL_PIXEL_MM = 0.8984375, 0.9765625
THICKNESS_MM = 5.0
AXIAL_SPACING_MM, SAGITTAL_SPACING_MM = 5.0, 5.5
AXIAL_SLICES, SAGITTAL_SLICES = 27, 26
AXIAL_LOWEST_MM = -53.0
B_VALUE = 1000.0
SEED = 20240311

T1 = SpoiledGradientEcho(tr=250, te=2.5, flip_deg=70)
T1_AGENT = SpoiledGradientEcho(tr=250, te=2.5, flip_deg=70, agent=True)
T2 = SpinEcho(tr=5000, te=100)
FLAIR = InversionRecovery(tr=9000, te=90, ti=2500)
B0 = DiffusionEcho(tr=6000, te=85, b=0)
B1000 = DiffusionEcho(tr=6000, te=85, b=B_VALUE)
SWI = SpoiledGradientEcho(tr=28, te=20, flip_deg=15)


@dataclass(frozen=True, slots=True)
class MrSeries:
    """How one series is measured and stored.

    pulses: one image of each at every place, in this order; of a map, what it is made
    of. gain: stored value of a signal of 1. noise: of each channel, as a signal.
    matrix: lines of k-space. train: EchoTrainLength. codes: ScanningSequence,
    SequenceVariant and ScanOptions, as in the file. averages: NumberOfAverages.
    """

    key: str
    number: int
    description: str
    pulses: tuple[Pulses, ...]
    gain: float
    noise: float
    matrix: int
    train: int
    acquisition: str
    codes: tuple[str, str, str]
    image_type: tuple[str, ...]
    averages: int = 1
    jpeg_ls: bool = False
    sagittal: bool = False
    bandwidth: int = 200

    @property
    def uid(self) -> str:
        """SeriesInstanceUID."""
        return uid_of(f"{self.key}/series")

    @property
    def is_map(self) -> bool:
        """Whether it shows the diffusion coefficient and not a signal."""
        return "ADC" in self.image_type

    @property
    def places(self) -> int:
        """How many slices lie beside each other."""
        return SAGITTAL_SLICES if self.sagittal else AXIAL_SLICES

    @property
    def count(self) -> int:
        """How many images it has."""
        return self.places * (1 if self.is_map else len(self.pulses))


_ORIGINAL = ("ORIGINAL", "PRIMARY", "OTHER")

SAG_T1 = MrSeries(
    "brain/sag_t1", 2, "SAG T1", (T1,), 5000, 0.0035, 256, 1, "2D",
    ("GR", "SP", ""), _ORIGINAL, sagittal=True,
)  # fmt: skip
AX_DWI = MrSeries(
    "brain/dwi", 3, "AX DWI b0 b1000", (B0, B1000), 3500, 0.0042, 128, 1, "2D",
    ("EP", "SK", "FS"), _ORIGINAL, averages=2, bandwidth=1628,
)  # fmt: skip
AX_ADC = MrSeries(
    "brain/adc", 4, "AX ADC", (B0, B1000), 1e6, 0.0042, 128, 1, "2D",
    ("EP", "SK", "FS"), ("DERIVED", "PRIMARY", "DIFFUSION MAP", "ADC"), averages=2,
    bandwidth=1628,
)  # fmt: skip
AX_T2 = MrSeries(
    "brain/t2", 5, "AX T2 TSE", (T2,), 4000, 0.0065, 256, 15, "2D",
    ("SE", "SK", ""), _ORIGINAL, jpeg_ls=True,
)  # fmt: skip
AX_FLAIR = MrSeries(
    "brain/flair", 6, "AX FLAIR", (FLAIR,), 4000, 0.0055, 224, 16, "2D",
    ("IR", "SK", ""), _ORIGINAL, jpeg_ls=True,
)  # fmt: skip
AX_SWI = MrSeries(
    "brain/swi", 7, "AX SWI", (SWI,), 25000, 0.0016, 256, 1, "3D",
    ("GR", "SP", "FC"), (*_ORIGINAL, "SWI", "M_SWI"),
)  # fmt: skip
AX_T1 = MrSeries(
    "brain/t1", 8, "AX T1", (T1,), 5000, 0.0042, 256, 1, "2D",
    ("GR", "SP", ""), _ORIGINAL, jpeg_ls=True,
)  # fmt: skip
AX_T1_AGENT = MrSeries(
    "brain/t1_post", 9, "AX T1 +C", (T1_AGENT,), 5000, 0.0042, 256, 1, "2D",
    ("GR", "SP", ""), _ORIGINAL, jpeg_ls=True,
)  # fmt: skip

SERIES = (SAG_T1, AX_DWI, AX_ADC, AX_T2, AX_FLAIR, AX_SWI, AX_T1, AX_T1_AGENT)


def to_head(point_lps: Points) -> Points:
    """A position or (…, 3) positions in LPS, in the head's space."""
    return np.asarray((point_lps - np.array(HEAD_ORIGIN_LPS)) @ _nod())


def to_lps(point: Points) -> Points:
    """A position or (…, 3) positions of the head's space, in LPS."""
    return np.asarray(point @ _nod().T + np.array(HEAD_ORIGIN_LPS))


def _nod() -> Points:
    """The turn (3, 3) that takes directions of the head to LPS: chin up."""
    c, s = np.cos(np.radians(NOD_DEG)), np.sin(np.radians(NOD_DEG))
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]])


@dataclass(frozen=True, slots=True)
class Plane:
    """One slice in LPS, to six decimals. first: the first pixel's centre.

    row, column: directions of ImageOrientationPatient. pixel_mm: of square pixels.
    """

    first: Points
    row: Points
    column: Points
    pixel_mm: float

    def cut(self) -> Cut:
        """The same plane in the head's space."""
        turn = _nod()
        return Cut(
            to_head(self.first),
            self.row @ turn * self.pixel_mm,
            self.column @ turn * self.pixel_mm,
            (SIZE, SIZE),
        )


def plane_of(series: MrSeries, place: int) -> Plane:
    """The plane of slice `place`: from the feet upwards, or from right to left."""
    return _sagittal(place) if series.sagittal else _axial(place)


def _axial(place: int) -> Plane:
    half = (SIZE - 1) / 2 * AXIAL_PIXEL_MM
    z = AXIAL_LOWEST_MM + place * AXIAL_SPACING_MM
    first = to_lps(np.array([-half, -3.0 - half, z]))
    row, column = np.array([1.0, 0, 0]), _nod() @ np.array([0, 1.0, 0])
    return Plane(np.round(first, 6), row, np.round(column, 6), AXIAL_PIXEL_MM)


def _sagittal(place: int) -> Plane:
    half = (SIZE - 1) / 2 * SAGITTAL_PIXEL_MM
    x = (place - (SAGITTAL_SLICES - 1) / 2) * SAGITTAL_SPACING_MM
    middle = to_lps(np.array([x, -4.0, -18.0]))
    first = middle + np.array([0, -half, half])
    return Plane(
        np.round(first, 6),
        np.array([0, 1.0, 0]),
        np.array([0, 0, -1.0]),
        SAGITTAL_PIXEL_MM,
    )


def true_signals(plane: Plane, pulses: tuple[Pulses, ...]) -> Floats:
    """Signals (sequences, rows, columns) of the slice, its thickness mixed in."""
    cut, head = plane.cut(), make_head()
    third = THICKNESS_MM / 3
    layers = [head.signals(cut.moved(by), pulses) for by in (-third, 0, third)]
    return as_floats(sum(layers[1:], start=layers[0]) / len(layers))


def images(series: MrSeries, plane: Plane, signals: Floats, place: int) -> list[Floats]:
    """What the series stores at a place, before rounding, from its true signals."""
    cut = plane.cut()
    shaded = signals * coil_sensitivity(cut.x, cut.y, cut.z)
    made = []
    for order, signal in enumerate(shaded):
        # a map is made of the very images that the diffusion series shows
        number = AX_DWI.number if series.is_map else series.number
        rng = np.random.default_rng([SEED, number, place, order])
        made.append(received(signal, series.matrix, series.noise, rng))
    if series.is_map:
        return [_adc(made[0], made[1], series.noise)]
    return [image * np.float32(series.gain) for image in made]


def _adc(b0: Floats, b1000: Floats, noise: float) -> Floats:
    """The diffusion coefficient in 1e-6 mm²/s, 0 where there is no signal."""
    ratio = np.maximum(b0, noise) / np.maximum(b1000, noise)
    adc = np.log(ratio) / np.float32(B_VALUE) * np.float32(1e6)
    return as_floats(np.where(b0 > 9 * noise, np.clip(adc, 0, 4095), 0))
