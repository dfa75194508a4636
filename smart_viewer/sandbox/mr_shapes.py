"""Solid shapes at points in any plane; what `shapes` has for axial planes alone.

A distance is negative inside and only near its zero is it a true one.
"""

from __future__ import annotations

import numpy as np

from smart_viewer.sandbox.shapes import Floats, as_floats

Point = tuple[float, float, float]


def solid(x: Floats, y: Floats, z: Floats, center: Point, radii: Point) -> Floats:
    """Distance to an ellipsoid whose axes are x, y, z."""
    p, q, r = (
        (v - np.float32(c)) / np.float32(a)
        for v, c, a in zip((x, y, z), center, radii, strict=True)
    )
    k0 = np.sqrt(p * p + q * q + r * r)
    k1 = np.hypot(np.hypot(p / radii[0], q / radii[1]), r / radii[2])
    return as_floats(k0 * (k0 - 1) / np.maximum(k1, 1e-6))


def capsule(
    x: Floats, y: Floats, z: Floats, start: Point, end: Point, radius: float
) -> Floats:
    """Distance to a rod with round ends."""
    a, d = start, [e - s for s, e in zip(start, end, strict=True)]
    length2 = sum(v * v for v in d)
    t = ((x - a[0]) * d[0] + (y - a[1]) * d[1] + (z - a[2]) * d[2]) / length2
    t = np.clip(t, 0, 1)
    gap = (x - a[0] - t * d[0]) ** 2 + (y - a[1] - t * d[1]) ** 2
    return as_floats(np.sqrt(gap + (z - a[2] - t * d[2]) ** 2) - radius)
