"""Heart, great vessels, airways and gullet, and the fat that holds them together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smart_viewer.sandbox.courses import ALL_TUBES, BLOOD, GULLET, WALL, Tube
from smart_viewer.sandbox.shapes import (
    Floats,
    Plane,
    Points,
    as_floats,
    chain,
    coverage,
    egg,
    ellipsoid,
    paint,
    smooth_min,
)

HEART_MUSCLE, FAT = 96.0, -98.0

LEFT_VENTRICLE = ((6.0, -2.0, 154.0), (77.0, -57.0, 108.0))
_FILL = 0.3
"""How tightly fat follows what it fills, per mm: gaps of about 2 / _FILL close."""


def chambers(plane: Plane) -> dict[str, Floats]:
    """Distances to the outer wall of each chamber, and to the left cavity."""
    x, y, z = plane.x, plane.y, plane.z
    left = egg(x, y, z, LEFT_VENTRICLE, 32.5)
    right = smooth_min(
        egg(x, y, z, ((-14, -44, 142), (62, -76, 106)), 31),
        ellipsoid(x, y, z, (20, -60, 150), (20, 19, 34)),
        10,
    )
    return {
        "left ventricle": left,
        "left cavity": egg(x, y, z, ((12, -8, 150), (67, -50, 113)), 21),
        "right ventricle": np.maximum(right, 1.5 - left),
        "right atrium": ellipsoid(x, y, z, (-30, -22, 138), (27, 33, 38)),
        "left atrium": ellipsoid(x, y, z, (2, 13, 169), (38, 20, 25)),
    }


def filling_distance(plane: Plane, parts: dict[str, Floats]) -> Floats:
    """Distance to everything between the lungs, fat included."""
    total = np.zeros(plane.x.shape, np.float32)
    for distance in parts.values():
        total += np.exp(np.clip(-_FILL * (distance - 2.0), -30, 30))
    for core in _cores(plane):
        total += np.exp(np.clip(-_FILL * core, -30, 30))
    for tube in ALL_TUBES:
        _add_tube(total, plane, tube)
    return as_floats(-np.log(total + 1e-12) / _FILL)


def _cores(plane: Plane) -> list[Floats]:
    """The tissue along the midline that no organ accounts for."""
    x, y, z = plane.x, plane.y, plane.z
    return [
        ellipsoid(x, y, z, (1, 2, 262), (19, 52, 62)),
        ellipsoid(x, y, z, (4, -62, 205), (9, 36, 60)),
        ellipsoid(x, y, z, (4, 22, 190), (16, 24, 44)),
        ellipsoid(x, y, z, (16, 36, 110), (13, 22, 80)),
        ellipsoid(x, y, z, (50, -66, 100), (32, 20, 15)),
        ellipsoid(x, y, z, (-14, -64, 106), (26, 22, 15)),
        ellipsoid(x, y, z, (8, -22, 102), (52, 40, 18)),
        egg(x, y, z, ((-46, -6, 160), (70, -54, 112)), 36),
    ]


def _add_tube(total: Floats, plane: Plane, tube: Tube) -> None:
    points = tube.near(plane.z, 9.0)
    if not len(points):
        return
    at = _around(plane, points[::2], 11.0)
    distance = chain(plane.x[at], plane.y[at], plane.z, points[::2])
    total[at] += np.exp(np.clip(-_FILL * (distance - 2.0 - tube.wall_mm), -30, 30))


def _around(plane: Plane, points: Points, slack: float) -> tuple[slice, slice]:
    reach = points[:, 3] + slack
    x, y = points[:, 0], points[:, 1]
    return plane.window(
        (x - reach).min(), (x + reach).max(), (y - reach).min(), (y + reach).max()
    )


def paint_heart(hu: Floats, plane: Plane, parts: dict[str, Floats]) -> None:
    """Myocardium, then the blood in the chambers and in the great vessels."""
    mass = parts["left ventricle"]
    for name in ("right ventricle", "right atrium", "left atrium"):
        mass = smooth_min(mass, parts[name], 13)
    paint(hu, coverage(mass + 0.5), HEART_MUSCLE - 6)
    for name, thickness in (("right atrium", 2.0), ("left atrium", 1.5)):
        paint(hu, coverage(parts[name]), HEART_MUSCLE)
        paint(hu, coverage(parts[name] + thickness), BLOOD)
    paint(hu, coverage(parts["right ventricle"]), HEART_MUSCLE)
    paint(hu, coverage(parts["right ventricle"] + 3.0), BLOOD + 6)
    paint(hu, coverage(parts["left ventricle"]), HEART_MUSCLE)
    paint(hu, coverage(parts["left cavity"]), BLOOD)


def paint_tubes(hu: Floats, plane: Plane, tubes: Sequence[Tube]) -> None:
    """All walls first, so that where pipes meet the lumen is open; then the lumina."""
    found = []
    for tube in tubes:
        points = tube.near(plane.z, 4.0)
        if len(points):
            at = _around(plane, points, 5.0)
            distance = chain(plane.x[at], plane.y[at], plane.z, points)
            found.append((tube, at, distance))
    for tube, at, distance in found:
        if tube.wall_mm:
            paint(hu[at], coverage(distance - tube.wall_mm), WALL)
    for tube, at, distance in found:
        paint(hu[at], coverage(distance), tube.hu)


def paint_gullet_air(hu: Floats, plane: Plane) -> None:
    """A little swallowed air, here and there."""
    if not 150 < plane.z < 250 or np.sin(plane.z / 9.0) < 0.2:
        return
    points = GULLET.near(plane.z, 0.0)
    x, y = points[len(points) // 2, :2]
    at = plane.window(x - 6, x + 6, y - 6, y + 6)
    spot = np.hypot(plane.x[at] - x, 1.4 * (plane.y[at] - y)) - 2.0
    paint(hu[at], coverage(spot), -700.0)
