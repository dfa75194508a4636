"""The series of the PET/CT: the CT, and PET with and without attenuation correction.

All lie in one frame of reference, LPS in mm. Index 0 is the slice at the thighs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from smart_viewer.sandbox.ct_dataset import CtSeries, Grid, Scan, Scanner
from smart_viewer.sandbox.identity import uid_of
from smart_viewer.sandbox.noise import Kernel, filtered, noise
from smart_viewer.sandbox.petct_anatomy import SEED, Ball, make_body
from smart_viewer.sandbox.petct_organs import Sheet
from smart_viewer.sandbox.petct_outline import HIGHEST_MM, LOWEST_MM
from smart_viewer.sandbox.shapes import Floats, as_floats

SPACING_MM = 5.0
SLICES = int((HIGHEST_MM - LOWEST_MM) / SPACING_MM) + 1
BODY_ORIGIN_LPS = (3.0, -6.0, -1180.0)
"""Where the origin of the body's own space lies."""
CT_SIZE, CT_PIXEL_MM = 256, 1.953125
PT_SIZE, PT_PIXEL_MM = 168, 4.07283
CT_FIRST_LPS = -(CT_SIZE - 1) / 2 * CT_PIXEL_MM
PT_FIRST_LPS = round(-(PT_SIZE - 1) / 2 * PT_PIXEL_MM, 6)
"""x and y of the first pixel's centre."""
PSF_FWHM_MM = 6.0
_SIGMA_MM = PSF_FWHM_MM / 2.3548
PT_NOISE = 0.13
"""Standard deviation in SUV where SUV is 1; it grows with the root of SUV."""
_FLOOR = 0.12

LOW_DOSE = Kernel("STANDARD", 0.19, 16.0, 0.5)
SCANNER = Scanner("Phantom PET/CT", "SANDBOXPT1", "1", "1")
CT = CtSeries(
    key="petct/ct",
    number=2,
    description="CT LOW DOSE AC",
    kernel=LOW_DOSE.name,
    signed=False,
    windows=((40, 400, "SOFT"), (-600, 1500, "LUNG"), (400, 2000, "BONE")),
    scan=Scan(
        scanner=SCANNER,
        protocol="PET/CT skull base to thigh",
        body_part="WHOLEBODY",
        reference="",
        exposure=(120, 50, 500, 25),
        filter_type="BODY FILTER",
        contrast=False,
    ),
    grid=Grid(
        CT_SIZE, CT_PIXEL_MM, (CT_FIRST_LPS, CT_FIRST_LPS), SPACING_MM, SPACING_MM
    ),
)


@dataclass(frozen=True, slots=True)
class PtSeries:
    """How one PET series is made. corrected: for attenuation, hence in Bq/ml."""

    key: str
    number: int
    description: str
    corrected: bool

    @property
    def uid(self) -> str:
        """SeriesInstanceUID."""
        return uid_of(f"{self.key}/series")


PT_AC = PtSeries("petct/pt_ac", 3, "PET WB AC", True)
PT_NAC = PtSeries("petct/pt_nac", 4, "PET WB NAC", False)


def z_lps(index: int) -> float:
    """Height of a slice of any of the series."""
    return BODY_ORIGIN_LPS[2] + LOWEST_MM + index * SPACING_MM


def center_lps(ball: Ball) -> tuple[float, float, float]:
    """Where a lesion's middle lies."""
    x, y, z = (float(a + b) for a, b in zip(ball.center, BODY_ORIGIN_LPS, strict=True))
    return x, y, z


def draw(index: int) -> Sheet:
    """HU and SUV of a slice on the CT's grid, before scanner and noise."""
    return make_body().sheet(LOWEST_MM + index * SPACING_MM, *_axes())


@lru_cache(maxsize=1)
def _axes() -> tuple[Floats, Floats]:
    steps = CT_FIRST_LPS + np.arange(CT_SIZE) * CT_PIXEL_MM
    return as_floats(steps - BODY_ORIGIN_LPS[0]), as_floats(steps - BODY_ORIGIN_LPS[1])


def ct_hu(index: int, anatomy: Floats) -> Floats:
    """The slice as the CT renders it, with noise."""
    rng = np.random.default_rng([SEED, CT.number, index])
    grain = noise(anatomy, LOW_DOSE, CT_PIXEL_MM, rng)
    return as_floats(filtered(anatomy, LOW_DOSE) + grain)


def resolved(below: Floats, here: Floats, above: Floats) -> Floats:
    """Three neighbouring slices as the PET resolves the middle one: on its own grid.

    A Gaussian of PSF_FWHM_MM along every axis; what is further away counts nothing.
    """
    beside = float(np.exp(-((SPACING_MM / _SIGMA_MM) ** 2) / 2))
    mixed = (here + np.float32(beside) * (below + above)) / np.float32(1 + 2 * beside)
    return _spread(_spread(as_floats(mixed)).T).T


def _spread(rows: Floats) -> Floats:
    """Rows of the CT's grid blurred onto the PET's; beyond the CT is nothing.

    Summed tap by tap: a matrix product would round otherwise on other numbers of cores.
    """
    places, weights = _taps()
    total = np.zeros((PT_SIZE, rows.shape[1]), np.float32)
    for place, weight in zip(places.T, weights.T, strict=True):
        total += rows[place] * weight[:, None]
    return total


@lru_cache(maxsize=1)
def _taps() -> tuple[NDArray[np.int_], Floats]:
    """For each PET row: which CT rows it sees (PT_SIZE, taps), and their weights."""
    pet = PT_FIRST_LPS + np.arange(PT_SIZE) * PT_PIXEL_MM
    nearest = np.rint((pet - CT_FIRST_LPS) / CT_PIXEL_MM).astype(int)
    reach = int(np.ceil(5 * _SIGMA_MM / CT_PIXEL_MM))
    places = nearest[:, None] + np.arange(-reach, reach + 1)
    away = pet[:, None] - (CT_FIRST_LPS + places * CT_PIXEL_MM)
    weights = np.exp(-((away / _SIGMA_MM) ** 2) / 2)
    weights *= CT_PIXEL_MM / (_SIGMA_MM * np.sqrt(2 * np.pi))
    weights *= (places >= 0) & (places < CT_SIZE)
    return np.clip(places, 0, CT_SIZE - 1), as_floats(weights)


def pt_suv(index: int, suv: Floats) -> Floats:
    """The corrected slice with its noise, which grows with the counts' root."""
    rng = np.random.default_rng([SEED, PT_AC.number, index])
    grain = _grain(rng) * PT_NOISE * np.sqrt(suv + _FLOOR * (suv > 0.02))
    return as_floats(np.maximum(suv + grain, 0))


def pt_uncorrected(index: int, suv: Floats, anatomy: Floats) -> Floats:
    """The slice as it looks if nothing puts back what the body absorbs; no unit."""
    rng = np.random.default_rng([SEED, PT_NAC.number, index])
    faded = suv * _survivors(anatomy)
    grain = _grain(rng) * 0.05 * np.sqrt(faded + 0.02 * (suv > 0.02))
    return as_floats(np.maximum(faded + grain, 0))


def _grain(rng: np.random.Generator) -> Floats:
    """Noise of mean 0 and deviation 1, as fine as the reconstruction leaves it."""
    white = rng.standard_normal((PT_SIZE, PT_SIZE), dtype=np.float32)
    for axis in (0, 1):
        white = white * 2 + np.roll(white, 1, axis) + np.roll(white, -1, axis)
    return as_floats(white / 6.0)


_WATER_PER_MM = 0.0096
"""Linear attenuation of 511 keV photons in water."""
_ANGLES = 18


def _survivors(anatomy: Floats) -> Floats:
    """Share of the photon pairs from each PET pixel that leave the body.

    The mean over angles of exp(-integral of the attenuation along the whole line).
    """
    density = as_floats(np.clip(1 + anatomy / 1000, 0, 2))
    coarse = _spread(_spread(density).T).reshape(PT_SIZE // 2, 2, PT_SIZE // 2, 2)
    absorbed = coarse.mean(axis=(1, 3)).T * np.float32(_WATER_PER_MM)
    half = len(absorbed) // 2
    x = (np.arange(len(absorbed)) - half + 0.5) * 2
    total = np.zeros_like(absorbed)
    for angle in np.arange(_ANGLES) * np.pi / _ANGLES:
        t = np.cos(angle) * x[None, :] + np.sin(angle) * x[:, None]
        place = np.rint(t / 2 + len(absorbed)).astype(int)
        line = np.bincount(place.ravel(), absorbed.ravel(), 2 * len(absorbed) + 1)
        total += np.exp(-line[place] * 2 * PT_PIXEL_MM)
    return as_floats(np.repeat(np.repeat(total / _ANGLES, 2, 0), 2, 1))
