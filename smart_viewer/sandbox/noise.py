"""What the scanner adds to the truth: its kernel's sharpness and its noise.

Noise of filtered back-projection is not white: its spectrum rises with frequency as
the ramp filter does, then falls with the kernel's window. It is stronger where the
rays cross more tissue, and through the shoulders it lies in horizontal streaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from smart_viewer.sandbox.shapes import Floats, as_floats

WATER_PER_MM = 0.0105
"""How fast the noise's variance grows with mm of water; tube current offsets half."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A reconstruction kernel.

    name: as in ConvolutionKernel. cutoff: where its window has fallen to 1/e, in line
    pairs per mm. sigma_hu: noise in the middle of an average chest. blur: 1 smooths
    the truth by a 1-2-1 filter, negative values sharpen.
    """

    name: str
    cutoff: float
    sigma_hu: float
    blur: float


SOFT = Kernel("STANDARD", 0.34, 10.5, 1.0)
LUNG = Kernel("LUNG", 0.62, 27.0, -0.45)
OLD_SOFT = Kernel("Br38f", 0.31, 13.0, 1.0)


def filtered(truth: Floats, kernel: Kernel) -> Floats:
    """The truth as sharp or smooth as the kernel makes it; means are kept."""
    smooth = _one_two_one(_one_two_one(truth).T).T
    return truth + np.float32(kernel.blur) * (smooth - truth)


def _one_two_one(a: Floats) -> Floats:
    padded = np.concatenate([a[:1], a, a[-1:]])
    return as_floats((padded[:-2] + 2 * padded[1:-1] + padded[2:]) * np.float32(0.25))


def noise(
    truth: Floats, kernel: Kernel, pixel_mm: float, rng: np.random.Generator
) -> Floats:
    """Noise of one slice (rows, columns) in HU, of mean 0."""
    rows, columns = truth.shape
    shape = _spectra(rows, columns, pixel_mm, kernel.cutoff)
    white = rng.standard_normal((2, rows, columns), dtype=np.float32)
    spread = np.fft.rfft2(white) * shape
    even, streaks = np.fft.irfft2(spread, s=(rows, columns)).astype(np.float32)
    across, down, here = _paths(truth, pixel_mm)
    level = np.sqrt(0.5 * (np.minimum(across, 4.0)[:, None] + down[None, :]))
    excess = np.sqrt(np.maximum(across - 2.2, 0))[:, None]
    grain = even * level + 0.75 * streaks * excess
    return as_floats(np.float32(kernel.sigma_hu) * here * grain)


@lru_cache(maxsize=4)
def _spectra(rows: int, columns: int, pixel_mm: float, cutoff: float) -> Floats:
    """Amplitudes (2, rows, columns // 2 + 1): the even noise, then the streaks."""
    fy = np.fft.fftfreq(rows, pixel_mm)[:, None]
    fx = np.fft.rfftfreq(columns, pixel_mm)[None, :]
    f = np.hypot(fx, fy)
    even = np.sqrt(f * np.exp(-((f / cutoff) ** 2)))
    streaks = even * np.exp(-((fx / (0.06 + 0.18 * np.abs(fy))) ** 2))
    both = np.stack([even, streaks])
    weight = np.full(fx.shape, 2.0)
    weight[0, 0] = weight[0, -1] = 1.0
    power = (both**2 * weight).sum(axis=(1, 2), keepdims=True)
    return as_floats(both * np.sqrt(rows * columns / power))


def _paths(truth: Floats, pixel_mm: float) -> tuple[Floats, Floats, Floats]:
    """Relative variance by row and by column, and the share that a pixel sees."""
    water = np.clip(truth / 1000 + 1, 0, 2)
    across = _relative(water.sum(axis=1) * pixel_mm, 225.0)
    down = _relative(water.sum(axis=0) * pixel_mm, 165.0)
    step = 16
    rows, columns = truth.shape
    blocks = water.reshape(rows // step, step, columns // step, step).mean(axis=(1, 3))
    here = 0.34 + 0.66 * np.clip(blocks * 2.2, 0, 1)
    return across, down, _enlarged(_enlarged(here, step).T, step).T


def _relative(water_mm: Floats, usual_mm: float) -> Floats:
    smooth = np.convolve(water_mm, np.hanning(27) / np.hanning(27).sum(), mode="same")
    return np.exp(WATER_PER_MM * (smooth - usual_mm)).astype(np.float32)


def _enlarged(grid: Floats, factor: int) -> Floats:
    """Rows made `factor` times as many, between the middles of the old ones."""
    count = len(grid)
    position = np.clip((np.arange(count * factor) + 0.5) / factor - 0.5, 0, count - 1)
    low = np.minimum(position.astype(int), count - 2)
    t = (position - low)[:, None].astype(np.float32)
    return as_floats(grid[low] * (1 - t) + grid[low + 1] * t)
