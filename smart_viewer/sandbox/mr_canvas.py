"""A plane through the head in any direction, and how tissues are laid on it.

Space is the head's own: x to the patient's left, y posterior, z superior, in mm (LPS
axes). A distance is negative inside; see `shapes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from smart_viewer.sandbox.mr_signal import TISSUES, Pulses
from smart_viewer.sandbox.shapes import Floats, Points, as_floats, coverage

Box = tuple[slice, slice]
WHOLE: Box = (slice(None), slice(None))


@dataclass(frozen=True)
class Cut:
    """A plane of pixels. first: centre of the first pixel.

    along_row, along_column: steps in mm to the next column and to the next row.
    x, y, z: (rows, columns), where each pixel's centre lies.
    """

    first: Points
    along_row: Points
    along_column: Points
    shape: tuple[int, int]
    x: Floats = field(init=False, repr=False)
    y: Floats = field(init=False, repr=False)
    z: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows, columns = (as_floats(np.arange(n)) for n in self.shape)
        for axis, name in enumerate("xyz"):
            step = self.along_row[axis] * columns[None, :]
            down = self.along_column[axis] * rows[:, None]
            object.__setattr__(self, name, as_floats(self.first[axis] + step + down))

    def moved(self, by_mm: float) -> Cut:
        """The parallel plane that far along the normal (row x column)."""
        normal = np.cross(self.along_row, self.along_column)
        shift = normal / np.linalg.norm(normal) * by_mm
        return Cut(self.first + shift, self.along_row, self.along_column, self.shape)

    def around(self, center: Sequence[float], reach_mm: float) -> Box | None:
        """The pixels that a ball can touch; None where it misses the plane."""
        offset = np.asarray(center, float) - self.first
        normal = np.cross(self.along_row, self.along_column)
        normal /= np.linalg.norm(normal)
        if abs(float(offset @ normal)) > reach_mm:
            return None
        rows = _span(offset, self.along_column, reach_mm, self.shape[0])
        columns = _span(offset, self.along_row, reach_mm, self.shape[1])
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return None
        return rows, columns

    def touched(self, balls: Points, slack_mm: float) -> NDArray[np.bool_]:
        """Which of balls (n, 4), as x, y, z, radius, come that near to the plane."""
        normal = np.cross(self.along_row, self.along_column)
        gap = (balls[:, :3] - self.first) @ (normal / np.linalg.norm(normal))
        return np.asarray(np.abs(gap) < balls[:, 3] + slack_mm)

    def at(self, box: Box) -> tuple[Floats, Floats, Floats]:
        """x, y, z of the pixels of a box."""
        return self.x[box], self.y[box], self.z[box]


def _span(offset: Points, step: Points, reach_mm: float, count: int) -> slice:
    length = float(np.linalg.norm(step))
    middle = float(offset @ step) / length**2
    low = int(np.floor(middle - reach_mm / length))
    high = int(np.ceil(middle + reach_mm / length)) + 1
    return slice(max(0, low), min(count, high))


@dataclass(frozen=True)
class Canvas:
    """The signals of several pulse sequences on one cut, painted tissue by tissue.

    signals: (sequences, rows, columns). Where tissues share a pixel, signals add up.
    """

    cut: Cut
    pulses: tuple[Pulses, ...]
    signals: Floats = field(init=False, repr=False)
    _known: dict[str, Floats] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        blank = np.zeros((len(self.pulses), *self.cut.shape), np.float32)
        object.__setattr__(self, "signals", blank)

    def lay(
        self,
        tissue: str,
        distance: Floats,
        box: Box = WHOLE,
        width_mm: float = 1.2,
        share: Floats | float = 1.0,
    ) -> None:
        """Paint a tissue where `distance` is negative, over what is there.

        share: how much of the tissue there is, 0 to 1, of the rest what lies below.
        """
        cover = coverage(distance, width_mm) * np.float32(1.0)
        if not np.isscalar(share) or share != 1.0:
            cover = as_floats(cover * share)
        target = self.signals[(slice(None), *box)]
        target += cover * (self._values(tissue)[:, None, None] - target)

    def _values(self, tissue: str) -> Floats:
        if tissue not in self._known:
            kind = TISSUES[tissue]
            self._known[tissue] = as_floats([p.signal(kind) for p in self.pulses])
        return self._known[tissue]


@dataclass(frozen=True)
class Waves:
    """A smooth random field: plane waves of one length from all sides.

    Mean 0, standard deviation 1. k: (waves, 3) in radians per mm; phase: (waves,).
    """

    k: Floats
    phase: Floats

    def at(self, x: Floats, y: Floats, z: Floats) -> Floats:
        """The field at points of any shape."""
        total = np.zeros(x.shape, np.float32)
        for (kx, ky, kz), phase in zip(self.k, self.phase, strict=True):
            total += np.cos(kx * x + ky * y + (kz * z + phase))
        return as_floats(total * np.float32(np.sqrt(2 / len(self.phase))))

    def on_axial(self, z: float, x_mm: Floats, y_mm: Floats) -> Floats:
        """The field on an axial grid (len(y_mm), len(x_mm)); `at`, but much quicker."""
        across = x_mm[:, None] * self.k[:, 0]
        down = y_mm[:, None] * self.k[:, 1] + (
            self.k[:, 2] * np.float32(z) + self.phase
        )
        both = np.cos(down) @ np.cos(across).T - np.sin(down) @ np.sin(across).T
        return as_floats(both * np.float32(np.sqrt(2 / len(self.phase))))

    def offset_at(
        self, x: Floats, y: Floats, z: Floats, along: tuple[Floats, Floats, Floats]
    ) -> Floats:
        """Distance in mm to the nearest zero of the field, near enough.

        along: a unit vector at each point in whose direction nothing counts.
        """
        value, gx, gy, gz = (np.zeros(x.shape, np.float32) for _ in range(4))
        for (kx, ky, kz), phase in zip(self.k, self.phase, strict=True):
            angle = kx * x + ky * y + (kz * z + phase)
            value += np.cos(angle)
            slope = np.sin(angle)
            gx += kx * slope
            gy += ky * slope
            gz += kz * slope
        ax, ay, az = along
        lost = gx * ax + gy * ay + gz * az
        steep = gx * gx + gy * gy + gz * gz - lost * lost
        number = float(np.linalg.norm(self.k, axis=1).mean())
        least = np.float32(len(self.phase) * number**2 * _FLATTEST)
        return as_floats(np.abs(value) / np.sqrt(np.maximum(steep, least)))


_FLATTEST = 0.06
"""Share of the mean squared slope below which a field counts as no flatter."""


def make_waves(
    rng: np.random.Generator, length_mm: float, count: int, bend: float = 0.0
) -> Waves:
    """Waves of a length in random directions; bend: how far lengths differ, 0 to 1."""
    directions = rng.standard_normal((count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    scale = 1 + bend * rng.uniform(-1, 1, (count, 1))
    phase = rng.uniform(0, 2 * np.pi, count)
    return Waves(
        as_floats(directions * scale * 2 * np.pi / length_mm), as_floats(phase)
    )
