"""A curved ultrasound probe: its beams, the speckle they make, the fan on the screen.

Beams are samples along r (from the probe's face) and theta. The screen is x to the
right of the probe's middle and z down from its face, both in mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from smart_viewer.sandbox.shapes import Floats, as_floats

Bytes = NDArray[np.uint8]

_RANGE_DB = 58.0
"""What the screen shows, from black to white."""
_LIVER = 0.4
"""Brightness of an amplitude of 1, as a share of white."""
_LATERAL_LINES, _AXIAL_MM = 1.15, 0.33


@dataclass(frozen=True)
class Probe:
    """face_mm: radius of the curved face. half_angle: of the fan, in radians."""

    face_mm: float
    half_angle: float
    depth_mm: float
    samples: int
    lines: int

    @property
    def sample_mm(self) -> float:
        """Distance between samples of a line."""
        return self.depth_mm / self.samples

    @cached_property
    def r(self) -> Floats:
        """Depth below the face of each sample (samples, 1), in mm."""
        steps = (np.arange(self.samples) + 0.5) * self.sample_mm
        return as_floats(steps)[:, None]

    @cached_property
    def theta(self) -> Floats:
        """Angle of each line (1, lines), rising to the right."""
        return as_floats(np.linspace(-self.half_angle, self.half_angle, self.lines))[
            None
        ]

    @cached_property
    def place(self) -> tuple[Floats, Floats]:
        """x and z of every sample (samples, lines), in mm."""
        radius = self.r + np.float32(self.face_mm)
        z = radius * np.cos(self.theta) - np.float32(self.face_mm)
        return as_floats(radius * np.sin(self.theta)), as_floats(z)

    def scatterers(self, rng: np.random.Generator) -> NDArray[np.complex64]:
        """What scatters in each cell (samples, lines): circular normal numbers."""
        parts = rng.standard_normal((2, self.samples, self.lines), dtype=np.float32)
        return np.asarray(parts[0] + 1j * parts[1], dtype=np.complex64)

    def echo(self, field: NDArray[np.complex64]) -> Floats:
        """Brightness from 0 to 1 of each sample: the pulse's blur, then the logarithm.

        The envelope of blurred normal numbers is Rayleigh's: fully developed speckle.
        """
        axial = _AXIAL_MM / self.sample_mm
        blurred = _blurred(_blurred(field, axial).T, _LATERAL_LINES).T
        envelope = np.abs(blurred)
        level = 20 * np.log10(np.maximum(envelope, 1e-6))
        return as_floats(np.clip(level / _RANGE_DB + _LIVER, 0, 1))


def _blurred(a: NDArray[np.complex64], sigma: float) -> NDArray[np.complex64]:
    """Along the first axis, by a bell that keeps the power of noise."""
    reach = int(np.ceil(2.5 * sigma))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    taps /= np.sqrt((taps**2).sum())
    padded = np.pad(a, ((reach, reach), (0, 0)))
    out = np.zeros_like(a)
    for number, tap in enumerate(taps.astype(np.float32)):
        out += tap * padded[number : number + len(a)]
    return out


def moved(field: NDArray[np.complex64], shift: Floats) -> NDArray[np.complex64]:
    """The scatterers `shift` samples (samples, lines) further from the probe."""
    samples, lines = field.shape
    source = np.clip(np.arange(samples)[:, None] - shift, 0, samples - 1.001)
    low = source.astype(np.intp)
    share = as_floats(source - low)
    line = np.arange(lines)[None, :]
    near, far = field[low, line], field[low + 1, line]
    power = np.sqrt(share**2 + (1 - share) ** 2)  # between two numbers noise is weaker
    return np.asarray((near * (1 - share) + far * share) / power, dtype=np.complex64)


@dataclass(frozen=True)
class Screen:
    """Where a probe's fan lies in the picture.

    rows, columns: of the picture. top: row of the face's lowest point, where z is 0;
    middle: column where x is 0. pixel_mm: both ways.
    """

    probe: Probe
    rows: int
    columns: int
    top: int
    middle: int
    pixel_mm: float

    def show(self, brightness: Floats, picture: Bytes) -> None:
        """Lays the fan into the picture (rows, columns), in place."""
        inside, (low_r, low_t), (share_r, share_t) = self._samples
        right, below = low_t + 1, low_r + 1
        upper = brightness[low_r, low_t] * (1 - share_t)
        upper += brightness[low_r, right] * share_t
        lower = brightness[below, low_t] * (1 - share_t)
        lower += brightness[below, right] * share_t
        mixed = upper * (1 - share_r) + lower * share_r
        picture[inside] = np.rint(255 * mixed).astype(np.uint8)

    def pixel_of(self, x_mm: float, z_mm: float) -> tuple[int, int]:
        """Nearest (row, column), from 0."""
        row = self.top + z_mm / self.pixel_mm
        return round(row), round(self.middle + x_mm / self.pixel_mm)

    @cached_property
    def _samples(
        self,
    ) -> tuple[
        NDArray[np.bool_],
        tuple[NDArray[np.intp], NDArray[np.intp]],
        tuple[Floats, Floats],
    ]:
        """Which pixels the fan covers; of each, the sample before it and the share."""
        probe = self.probe
        x = (np.arange(self.columns) - self.middle)[None, :] * self.pixel_mm
        z = (np.arange(self.rows) - self.top)[:, None] * self.pixel_mm + probe.face_mm
        r = (np.hypot(x, z) - probe.face_mm) / probe.sample_mm - 0.5
        turn = (np.arctan2(x, z) / probe.half_angle + 1) * (probe.lines - 1) / 2
        inside = (r >= 0) & (r < probe.samples - 1) & (turn >= 0)
        inside &= (turn < probe.lines - 1) & (z > 0)
        low = r[inside].astype(np.intp), turn[inside].astype(np.intp)
        shares = as_floats(r[inside] - low[0]), as_floats(turn[inside] - low[1])
        return inside, low, shares
