"""Smooth shapes for the phantom: profiles, splines, distances and random fields.

Space is the phantom's own: x to the patient's left, y posterior, z superior, in mm
(LPS axes, another origin). A distance is negative inside and only near its zero is it
a true one. Depends on numpy alone and keeps no state.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Points = NDArray[np.float64]

PARTIAL_VOLUME_MM = 1.3
"""Width over which an edge passes from one tissue to the other."""


def as_floats(values: object) -> Floats:
    """The same numbers in single precision."""
    return np.asarray(values, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Plane:
    """One axial plane: its height, and where each of its pixels lies in the body.

    x_mm, y_mm: (columns,), (rows,) straight coordinates of the pixel centres.
    x, y: (rows, columns) coordinates after the body's deformation.
    """

    z: float
    x_mm: Floats
    y_mm: Floats
    x: Floats
    y: Floats

    def window(self, x0: float, x1: float, y0: float, y1: float) -> tuple[slice, slice]:
        """Rows and columns that can lie in a box of deformed coordinates."""
        slack = 6.0
        rows = np.searchsorted(self.y_mm, (y0 - slack, y1 + slack))
        columns = np.searchsorted(self.x_mm, (x0 - slack, x1 + slack))
        return slice(int(rows[0]), int(rows[1])), slice(
            int(columns[0]), int(columns[1])
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """A smooth function of height through given knots (cubic Hermite, no overshoot)."""

    heights: tuple[float, ...]
    values: tuple[float, ...]

    def __call__(self, z: float) -> float:
        h, v = self.heights, self.values
        z = min(max(z, h[0]), h[-1])
        i = min(max(bisect_left(h, z) - 1, 0), len(h) - 2)
        slopes = _limited_slopes(h, v)
        span, rise = h[i + 1] - h[i], v[i + 1] - v[i]
        t = (z - h[i]) / span
        bend0, bend1 = slopes[i] * span - rise, slopes[i + 1] * span - rise
        return v[i] + t * rise + t * (1 - t) * ((1 - t) * bend0 - t * bend1)


@lru_cache(maxsize=64)
def _limited_slopes(h: tuple[float, ...], v: tuple[float, ...]) -> tuple[float, ...]:
    """Slopes at the knots: harmonic means, zero where the data turns (Fritsch)."""
    secant = np.diff(v) / np.diff(h)
    before, after = secant[:-1], secant[1:]
    both = before * after
    total = before + after
    inner = np.where(both > 0, 2 * both / np.where(total == 0, 1, total), 0.0)
    return tuple(np.concatenate([secant[:1], inner, secant[-1:]]).tolist())


def profile(*knots: tuple[float, float]) -> Profile:
    """A profile through (height, value) pairs in rising height."""
    return Profile(tuple(k[0] for k in knots), tuple(k[1] for k in knots))


def spline(controls: Sequence[Sequence[float]], step_mm: float) -> Points:
    """Points along a Catmull-Rom curve through `controls` (n, d), x, y, z first."""
    c = np.asarray(controls, dtype=float)
    padded = np.vstack([2 * c[0] - c[1], c, 2 * c[-1] - c[-2]])
    pieces = []
    for a, b, d, e in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        count = max(2, int(np.ceil(np.linalg.norm((d - b)[:3]) / step_mm)))
        t = np.linspace(0, 1, count, endpoint=False)[:, None]
        curve = b * 2 + (d - a) * t + (2 * a - 5 * b + 4 * d - e) * t**2
        pieces.append((curve + (3 * b - a - 3 * d + e) * t**3) / 2)
    return np.vstack([*pieces, c[-1:]])


def ellipsoid(
    x: Floats, y: Floats, z: float, center: Sequence[float], radii: Sequence[float]
) -> Floats:
    """Distance to an ellipsoid whose axes are x, y, z."""
    p = (x - center[0]) / radii[0], (y - center[1]) / radii[1]
    q = (z - center[2]) / radii[2]
    k0 = np.sqrt(p[0] ** 2 + p[1] ** 2 + q**2)
    k1 = np.sqrt((p[0] / radii[0]) ** 2 + (p[1] / radii[1]) ** 2 + (q / radii[2]) ** 2)
    return as_floats(k0 * (k0 - 1) / np.maximum(k1, 1e-6))


def egg(
    x: Floats,
    y: Floats,
    z: float,
    ends: tuple[Sequence[float], Sequence[float]],
    radius: float,
) -> Floats:
    """Distance to an ellipsoid of revolution whose long axis runs between `ends`."""
    a, b = np.asarray(ends[0], float), np.asarray(ends[1], float)
    half = float(np.linalg.norm(b - a)) / 2
    axis, middle = (b - a) / (2 * half), (a + b) / 2
    dx, dy, dz = x - middle[0], y - middle[1], z - middle[2]
    along = dx * axis[0] + dy * axis[1] + dz * axis[2]
    across = dx**2 + dy**2 + dz**2 - along**2
    k0 = np.sqrt((along / half) ** 2 + across / radius**2)
    k1 = np.sqrt((along / half**2) ** 2 + across / radius**4)
    return as_floats(k0 * (k0 - 1) / np.maximum(k1, 1e-6))


def chain(
    x: Floats, y: Floats, z: float, points: Points, flatten_z: float = 1.0
) -> Floats:
    """Distance to a chain of balls, points (n, 4): x, y, z, radius.

    flatten_z below 1 makes the balls taller than wide, by 1 / flatten_z.
    """
    p = points.astype(np.float32)
    best = np.full(x.shape, 1e3, np.float32)
    for px, py, pz, radius in p:
        lift = np.float32(((z - pz) * flatten_z) ** 2)
        np.minimum(
            best, np.sqrt((x - px) ** 2 + (y - py) ** 2 + lift) - radius, out=best
        )
    return best


def coverage(distance: Floats, width_mm: float = PARTIAL_VOLUME_MM) -> Floats:
    """How much of a pixel the shape fills, 0 to 1, half at its edge."""
    return as_floats(np.clip(np.float32(0.5) - distance / np.float32(width_mm), 0, 1))


def paint(hu: Floats, cover: Floats, value: Floats | float) -> None:
    """Lay a tissue of `value` HU over `hu`, in place, as far as it covers."""
    hu += cover * (np.asarray(value, dtype=np.float32) - hu)


def smooth_max(a: Floats, b: Floats, radius_mm: float) -> Floats:
    """The larger of two distances, with the crease rounded."""
    h = np.clip(radius_mm - np.abs(a - b), 0, None)
    return as_floats(np.maximum(a, b) + h * h * (0.25 / radius_mm))


def smooth_min(a: Floats, b: Floats, radius_mm: float) -> Floats:
    """The smaller of two distances, with the crease filled."""
    return -smooth_max(-a, -b, radius_mm)


@dataclass(frozen=True, slots=True)
class Field:
    """A smooth random field: a lattice of numbers under cubic B-splines.

    Mean 0 and standard deviation 1. spacing_mm: the lattice's, along every axis.
    """

    lattice: Floats
    spacing_mm: float

    def at(self, z: float, x_mm: Floats, y_mm: Floats) -> Floats:
        """The field on a grid (len(y_mm), len(x_mm)) at height z."""
        depth, rows, columns = self.lattice.shape
        weights = _basis(np.array([z], np.float32), depth, self.spacing_mm)
        flat = np.tensordot(weights[0], self.lattice, axes=1)
        left = _basis(y_mm + 200, rows, self.spacing_mm)
        return left @ flat @ _basis(x_mm + 200, columns, self.spacing_mm).T


def random_field(rng: np.random.Generator, spacing_mm: float) -> Field:
    """A field over the whole phantom (x and y from -200 to 200, z from 0 to 330)."""
    shape = [int(length / spacing_mm) + 4 for length in (330, 400, 400)]
    numbers = rng.standard_normal(shape, dtype=np.float32)
    return Field(numbers / np.float32((151 / 315) ** 1.5), spacing_mm)


def _basis(position: Floats, count: int, spacing_mm: float) -> Floats:
    """Cubic B-spline weights (len(position), count)."""
    u = np.clip(position / spacing_mm, 0, count - 4.001)
    t = np.abs(u[:, None] + 1 - np.arange(count, dtype=np.float32))
    near = 2 / 3 - t**2 + t**3 / 2
    far = np.clip(2 - t, 0, None) ** 3 / 6
    return as_floats(np.where(t < 1, near, far))
