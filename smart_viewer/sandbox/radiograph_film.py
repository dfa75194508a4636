"""From lengths of tissue to the picture: the beam, its scatter and noise, the display.

The stored values are what a console makes "for presentation": the logarithm of the
detector's signal, with the coarse shades compressed and the fine ones raised.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.shapes import Floats, as_floats

WEAKENING_PER_MM = 0.0172
"""Of water, at the beam's mean energy (120 kVp)."""
_PHOTONS = 9.0e4
"""Per pixel in the direct beam; their square root is the quantum noise."""
_SCATTER = 0.4
_SCATTER_MM, _COARSE_MM = 28.0, 9.0
_COARSE_GAIN, _FINE_GAIN = 0.82, 1.4


@dataclass(frozen=True, slots=True)
class Film:
    """How the console renders: exposures from `toe` to `shoulder` fill all shades.

    In units of the natural logarithm, after the compression of coarse shades.
    """

    toe: float
    shoulder: float
    bits: int

    @property
    def top(self) -> int:
        """The largest stored value."""
        return int(2**self.bits - 1)

    def shades(self, exposure: Floats) -> Floats:
        """Shades from 0, the direct beam, to `top`; not yet rounded."""
        share = (exposure - self.toe) / (self.shoulder - self.toe)
        return as_floats(np.clip(share, 0, 1) * self.top)


def enlarged(a: Floats, rows: int, columns: int) -> Floats:
    """`a` stretched to (rows, columns), linear between the middles of its samples."""
    return _stretched(_stretched(a, rows).T, columns).T


def _stretched(a: Floats, count: int) -> Floats:
    place = (np.arange(count) + 0.5) * len(a) / count - 0.5
    place = np.clip(place, 0, len(a) - 1)
    low = np.minimum(place.astype(int), len(a) - 2)
    share = as_floats(place - low)[:, None]
    return as_floats(a[low] * (1 - share) + a[low + 1] * share)


def blurred(a: Floats, sigma: float) -> Floats:
    """`a` under a bell of `sigma` samples; the edge goes on outside."""
    return _blurred_rows(_blurred_rows(a, sigma).T, sigma).T


def _blurred_rows(a: Floats, sigma: float) -> Floats:
    """Three running means are a bell (central limit)."""
    width = max(1, round(float(np.sqrt(4 * sigma**2 + 1)))) | 1
    out = a
    for _ in range(3):
        padded = np.pad(out, ((width // 2 + 1, width // 2), (0, 0)), mode="edge")
        total = padded.cumsum(axis=0, dtype=np.float64)
        out = as_floats((total[width:] - total[:-width]) / width)
    return out


def expose(water_mm: Floats, pixel_mm: float, rng: np.random.Generator) -> Floats:
    """The exposure (rows, columns) of each pixel, as a logarithm of weakening.

    0 is the direct beam. water_mm: the rays' lengths, of one sample every pixel.
    """
    primary = np.exp(-np.float32(WEAKENING_PER_MM) * np.clip(water_mm, 0, None))
    veil = _coarse(primary, _SCATTER_MM / pixel_mm) * np.float32(_SCATTER)
    signal = (primary + veil) / np.float32(1 + _SCATTER)
    grain = rng.standard_normal(signal.shape, dtype=np.float32)
    grain = grain + 0.5 * (np.roll(grain, 1, 0) + np.roll(grain, 1, 1))
    noisy = signal + np.sqrt(signal / _PHOTONS) * grain
    return as_floats(-np.log(np.maximum(noisy, 1e-4)))


def rendered(exposure: Floats, pixel_mm: float) -> Floats:
    """The exposure with coarse shades compressed and fine ones raised."""
    coarse = _coarse(exposure, _COARSE_MM / pixel_mm)
    fine = exposure - coarse
    return as_floats(_COARSE_GAIN * coarse + _FINE_GAIN * fine)


def _coarse(a: Floats, sigma: float) -> Floats:
    """A wide blur, made of every eighth sample's block."""
    rows, columns = (n // 8 for n in a.shape)
    blocks = a[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8).mean((1, 3))
    return enlarged(blurred(as_floats(blocks), sigma / 8), *a.shape)
