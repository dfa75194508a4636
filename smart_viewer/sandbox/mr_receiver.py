"""What the scanner adds to the truth: the coil's shading, its resolution and noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_viewer.sandbox.shapes import Floats, as_floats

Complexes = NDArray[np.complex64]


def coil_sensitivity(x: Floats, y: Floats, z: Floats) -> Floats:
    """How strongly the coil receives at points of the head's space, about 1.

    Strongest near the coil behind and above, weakest towards the neck.
    """
    sides = 0.06 * (x / 70) ** 2 + 0.07 * ((y - 2) / 90) ** 2
    tilt = 0.04 * (y / 90) + 0.03 * (x / 70)
    below = 1 / (1 + np.exp((-95 - z) / 16))
    return as_floats((0.95 + sides + tilt) * below)


def received(
    signal: Floats, matrix: int, noise: float, rng: np.random.Generator
) -> Floats:
    """The magnitude image of a signal (rows, columns) as the scanner makes it.

    matrix: how many lines of k-space are measured; the rest are filled with zeros.
    noise: standard deviation in each of the two channels; magnitudes are Rician.
    """
    if matrix >= min(signal.shape):
        return _magnitude(signal, noise, rng)
    measured = _middle(np.fft.fft2(signal), matrix)
    measured = measured * _window(matrix)
    grain = rng.standard_normal((2, matrix, matrix), dtype=np.float32)
    scale = noise * np.sqrt(np.float32(signal.size))
    measured = measured + scale * (grain[0] + 1j * grain[1])
    filled = _spread(measured.astype(np.complex64), signal.shape)
    return as_floats(np.abs(np.fft.ifft2(filled)))


def _magnitude(signal: Floats, noise: float, rng: np.random.Generator) -> Floats:
    grain = rng.standard_normal((2, *signal.shape), dtype=np.float32)
    grain *= np.float32(noise)
    return as_floats(np.hypot(signal + grain[0], grain[1]))


def _window(matrix: int) -> Floats:
    """A gentle fall towards the edge of k-space, against ringing; 1 in the middle."""
    f = np.fft.fftfreq(matrix) * 2
    fall = as_floats(0.6 + 0.4 * np.cos(np.pi * f))
    return as_floats(fall[:, None] * fall[None, :])


def _middle(spectrum: NDArray[np.complexfloating], matrix: int) -> Complexes:
    half = matrix // 2
    rows = np.r_[0:half, spectrum.shape[0] - half : spectrum.shape[0]]
    columns = np.r_[0:half, spectrum.shape[1] - half : spectrum.shape[1]]
    return np.asarray(spectrum[np.ix_(rows, columns)], np.complex64)


def _spread(spectrum: Complexes, shape: tuple[int, ...]) -> Complexes:
    half = len(spectrum) // 2
    filled = np.zeros(shape, np.complex64)
    rows = np.r_[0:half, shape[0] - half : shape[0]]
    columns = np.r_[0:half, shape[1] - half : shape[1]]
    filled[np.ix_(rows, columns)] = spectrum
    return filled
