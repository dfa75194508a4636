"""A compressed breast as the mammogram's rays see it: how much gland, and how thick.

Space: u from the chest wall to the nipple, v down the image, in mm; v is 0 at the upper
edge. A left breast lies so in the picture, a right one is its mirror image. In CC views
the outer side is up; in MLO views the armpit is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from smart_viewer.sandbox.shapes import (
    Floats,
    as_floats,
    ellipsoid,
    smooth_max,
    smooth_min,
)

Projection = Literal["CC", "MLO"]
Side = Literal["R", "L"]

WIDTH_MM, HEIGHT_MM = 184.32, 241.92
CELL_MM = 0.24
"""Of the grid on which the tissue is drawn; finer things are added to the picture."""
SEED = 19690519
NIPPLES: dict[Projection, tuple[float, float]] = {
    "CC": (99.0, 122.0),
    "MLO": (98.0, 142.0),
}
_RIM_MM = 17.0
"""Within this of the skin the compressed breast is round, and thinner."""


@dataclass(frozen=True, slots=True)
class Spectrum:
    """How the noise's amplitude depends on frequency.

    power: it falls as f**-power. longest, shortest: wavelengths in mm between which it
    is kept. drawn: how much longer the pattern is towards the nipple than across.
    """

    power: float
    longest: float
    shortest: float
    drawn: float = 1.0
    slope: float = 0.0


SMOOTH = Spectrum(2.2, 60.0, 2.0)
ROUGH = Spectrum(1.5, 30.0, 0.5)
"""Power falls as 1/f**3, as that of mammograms does (Burgess 1999)."""
MUSCLE = Spectrum(1.3, 40.0, 0.6, 4.0, 0.44)
THREADS = (
    (Spectrum(1.2, 22.0, 5.0, 2.2), 9.0, 0.42),
    (Spectrum(1.2, 11.0, 3.0, 1.8, 0.5), 6.0, 0.3),
    (Spectrum(1.2, 11.0, 3.0, 1.8, -0.5), 6.0, 0.3),
)


@dataclass(frozen=True, slots=True)
class Breast:
    """All (rows, columns) on the grid of CELL_MM, or of the picture.

    skin: distance in mm, negative inside. thickness, gland, muscle: shares of 1;
    gland is a little below 0 where fat is at its purest.
    """

    skin: Floats
    thickness: Floats
    gland: Floats
    muscle: Floats


def draw(side: Side, projection: Projection) -> Breast:
    """The breast without lesions."""
    u, v = _axes()
    skin = _skin(projection, u, v)
    depth = np.clip(-skin / _RIM_MM, 0, 1)
    thickness = as_floats(np.sqrt(1 - (1 - depth) ** 2))
    muscle = _muscle(projection, side, u, v)
    gland = _gland(projection, side, u, v, skin)
    return Breast(skin, thickness, gland, muscle)


def _axes() -> tuple[Floats, Floats]:
    """u (1, columns) and v (rows, 1) of the cells' middles."""
    u = (np.arange(round(WIDTH_MM / CELL_MM)) + 0.5) * CELL_MM
    v = (np.arange(round(HEIGHT_MM / CELL_MM)) + 0.5) * CELL_MM
    return as_floats(u)[None, :], as_floats(v)[:, None]


def _skin(projection: Projection, u: Floats, v: Floats) -> Floats:
    """Distance to the outline, nipple included."""
    nu, nv = NIPPLES[projection]
    if projection == "CC":
        bow = v + 0.0 * u
        body = ellipsoid(u, bow, 0, (-30, nv - 4, 0), (nu + 27, 104, 99))
    else:
        breast = ellipsoid(u, v + 0.0 * u, 0, (-8, nv - 1, 0), (nu + 5, 84, 99))
        axilla = smooth_max(u - (70 - 0.03 * v), v - 150, 30)
        belly = as_floats(np.maximum(u - 12 - 0.7 * (v - 212), 200 - v))
        body = smooth_min(smooth_min(breast, axilla, 70), belly, 14)
    nipple = ellipsoid(u, v + 0.0 * u, 0, (nu - 2, nv, 0), (5.5, 5.0, 99))
    return smooth_min(body, nipple, 3.5)


def _muscle(projection: Projection, side: Side, u: Floats, v: Floats) -> Floats:
    """The pectoral muscle: a wedge at the top of MLO views, streaked along its edge."""
    if projection == "CC":
        return np.zeros((v.size, u.size), np.float32)
    waves = _noise(side, projection, 3, SMOOTH)
    along = _noise(side, projection, 4, MUSCLE)
    depth = (60 - 0.4 * v - 0.0005 * v**2 - u) * 0.92 + 0.9 * waves
    return as_floats(np.clip(depth / 2.4 + 0.5, 0, 1) * (0.95 + 0.022 * along))


def _gland(
    projection: Projection, side: Side, u: Floats, v: Floats, skin: Floats
) -> Floats:
    """Gland where a fan behind the nipple and a cloud of power-law noise say so."""
    nu, nv = NIPPLES[projection]
    lift = -8.0 if projection == "CC" else -12.0  # most gland lies up and outward
    fan = ellipsoid(u, v + 0.0 * u, 0, (nu - 46, nv + lift, 0), (44, 46, 99))
    shape, grain = (
        _noise(side, projection, 1, SMOOTH),
        _noise(side, projection, 2, ROUGH),
    )
    under_skin = np.clip((-skin - 5) / 8, 0, 1)
    edge = (fan + 4 - 13 * shape - 3.5 * grain) / 7
    lobes = 1 / (1 + np.exp(np.clip(edge, -20, 20)))
    body = lobes * (0.52 + 0.15 * grain + 0.09 * shape)
    reach = np.clip(1.1 - fan / 55, 0.12, 1) * np.clip(-skin / 4, 0, 1)
    threads = _threads(side, projection) * reach * (0.7 - 0.45 * lobes)
    return as_floats(
        np.clip((body + 0.045 * grain + 0.03 * shape) * under_skin + threads, -0.15, 1)
    )


def _threads(side: Side, projection: Projection) -> Floats:
    """Ducts, vessels and ligaments: where drawn-out noise passes through zero."""
    threads = np.zeros((round(HEIGHT_MM / CELL_MM), round(WIDTH_MM / CELL_MM)))
    for part, (spectrum, sharp, strength) in enumerate(THREADS):
        field = _noise(side, projection, 10 + part, spectrum)
        level = 0.6 * _noise(side, projection, 20 + part, SMOOTH)
        ridge = np.clip(1 - np.abs(field) * sharp, 0, 1)
        threads += strength * ridge * np.clip(0.5 + level, 0, 1)
    return as_floats(threads)


def _noise(side: Side, projection: Projection, part: int, spectrum: Spectrum) -> Floats:
    """Noise on the grid, of mean 0 and deviation 1."""
    rows, columns = round(HEIGHT_MM / CELL_MM), round(WIDTH_MM / CELL_MM)
    rng = np.random.default_rng([SEED, part, ord(side), len(projection)])
    phase = rng.random((rows, columns // 2 + 1), dtype=np.float32)
    wave = _amplitude(spectrum) * np.exp(np.complex64(2j * np.pi) * phase)
    field = np.fft.irfft2(wave, s=(rows, columns))
    return as_floats((field - field.mean()) / field.std())


@lru_cache(maxsize=8)
def _amplitude(spectrum: Spectrum) -> Floats:
    rows, columns = round(HEIGHT_MM / CELL_MM), round(WIDTH_MM / CELL_MM)
    fv = np.fft.fftfreq(rows, CELL_MM)[:, None]
    fu = np.fft.rfftfreq(columns, CELL_MM)[None, :]
    f = np.hypot((fu + spectrum.slope * fv) * spectrum.drawn, fv)
    f = np.maximum(f, 1e-6)
    low, high = (1 / spectrum.longest / f) ** 4, (f * spectrum.shortest) ** 4
    return as_floats(f**-spectrum.power * np.exp(-low - high))
