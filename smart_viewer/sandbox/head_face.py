"""What lies outside the skull: skin, fat, muscles, the orbits with the eyes."""

from __future__ import annotations

import numpy as np

from smart_viewer.sandbox.head_shape import floor_height
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
    smooth_max,
    smooth_min,
    spline,
)

SKIN, FAT, MUSCLE, VITREOUS, SCLERA, LENS = 40.0, -92.0, 58.0, 9.0, 42.0, 92.0
NERVE, ORBIT_FAT = 36.0, -84.0
EDGE_MM = 0.9
EYE = (32.0, -74.0, 12.0)
EYE_RADIUS_MM = 12.2
_APEX = (12.0, -36.0, 14.0)


def paint_outside(
    hu: Floats, plane: Plane, skin: Floats, vault: Floats, fields: tuple[Floats, Floats]
) -> None:
    """Skin and fat, then the muscles at the temples, of the face and the neck."""
    slow, fine = fields
    side, y, z = np.abs(plane.x), plane.y, plane.z
    paint(hu, coverage(skin, EDGE_MM), SKIN)
    paint(hu, coverage(skin + 1.9, 1.2), FAT + 9 * fine)
    galea = np.abs(skin + 4.4 + 0.5 * slow) - 0.5
    paint(hu, 0.75 * coverage(np.maximum(galea, 9 - z), 1.2), 35.0)
    temple = np.maximum(vault - 17 + 0.2 * np.clip(z - 15, 0, 70), 44 - side)
    ends = np.clip(np.abs(y + 18 + 0.1 * z) - 18 + 0.3 * abs(z - 16), 0, None)
    temple = as_floats(temple + 0.5 * ends)
    deep = ellipsoid(side, y, z, (34, -16, -24), (26, 24, 24))
    cheek = ellipsoid(side, y, z, (52, -34, -34), (9, 20, 26))
    nape = ellipsoid(side, y, z, (20, 52, -44), (34, 34, 40)) + 1.5 * slow
    filling = as_floats(np.maximum(skin + 11, -5 * (slow + 0.35)) + max(0.0, z - 4))
    muscle = smooth_min(smooth_min(temple, deep, 2), cheek, 2)
    muscle = smooth_min(muscle, filling, 1)
    muscle = np.maximum(smooth_min(muscle, nape, 3), skin + 4.2)
    planes = np.abs(slow + 0.25 * fine) * 9 - 1.1
    muscle = np.maximum(muscle, -planes)
    paint(hu, coverage(as_floats(muscle), 1.4), MUSCLE + 4 * fine)
    if z < 26:
        _paint_nose(hu, plane, skin)


def _paint_nose(hu: Floats, plane: Plane, skin: Floats) -> None:
    tip = ellipsoid(plane.x, plane.y, plane.z, (0, -98, -10), (13, 16, 26))
    paint(hu, coverage(np.maximum(tip, skin + 1.2), 2.0), 45.0)
    bone = np.abs(np.abs(plane.x) - 4.5 - 0.22 * (plane.y + 98)) - 0.9
    bone = np.maximum(bone, np.abs(plane.y + 92) - 8 + max(0.0, 4 - plane.z))
    paint(hu, coverage(np.maximum(bone, skin + 1.5), 0.9), 750.0)


def orbit_distance(plane: Plane) -> Floats:
    """Distance to the cone that holds the eye, both sides."""
    front, back = [(31, -84, 12, 20), (30, -70, 12, 19)], [(23, -54, 13, 13.5)]
    cone = [*front, *back, (12, -36, 14, 4)]
    return chain(np.abs(plane.x), plane.y, plane.z, spline(cone, 3.0))


def paint_orbits(hu: Floats, plane: Plane, skin: Floats) -> None:
    """Bony walls, fat, muscles, nerve and eye."""
    side, y, z = np.abs(plane.x), plane.y, plane.z
    box = plane.window(-58, 58, -115, -28)
    part = Plane(z, plane.x_mm[box[1]], plane.y_mm[box[0]], plane.x[box], plane.y[box])
    target, side, y = hu[box], np.abs(part.x), part.y
    roof = z - floor_height(part) + 3.5
    orbit = smooth_max(orbit_distance(part), skin[box] + 3, 4)
    orbit = smooth_max(orbit, as_floats(np.where(part.y < -72, -9, roof)), 2)
    wall = np.maximum(orbit - 2.0, -y - 86 + 0.42 * np.clip(side - 22, 0, None) * 1.6)
    paint(target, coverage(as_floats(wall), EDGE_MM), 1050.0)
    paint(target, coverage(orbit, EDGE_MM), ORBIT_FAT)
    for points in _cords():
        cord = chain(side, y, z, points)
        paint(target, coverage(np.maximum(cord, orbit), 1.1), NERVE + 14)
    eye = ellipsoid(side, y, z, EYE, (EYE_RADIUS_MM,) * 3)
    paint(target, coverage(eye, EDGE_MM), SCLERA)
    paint(target, coverage(eye + 1.1, EDGE_MM), VITREOUS)
    lens = ellipsoid(side, y, z, (EYE[0], EYE[1] - 8.2, EYE[2]), (4.6, 2.1, 4.6))
    paint(target, coverage(lens, EDGE_MM), LENS)
    lid = np.maximum(np.abs(eye - 1.6) - 1.6, y + 80)
    paint(target, coverage(as_floats(lid), 1.0), SKIN)


def _cords() -> tuple[Points, ...]:
    """Optic nerve and the four straight muscles (n, 4): x, y, z, radius."""
    ax, ay, az = _APEX
    ex, ey, ez = EYE
    rows = [[(ax, ay, az, 2.0), (21, -50, 13.5, 2.1), (ex - 2, ey + 11.5, ez, 2.1)]]
    for dx, dz in ((-1, 0), (1, 0), (0, 1), (0, -1)):
        belly = (22 + 7.5 * dx, -53, 13 + 8 * dz, 2.6)
        end = (ex + 12.5 * dx, ey + 1, ez + 12.5 * dz, 0.8)
        rows.append([(ax + 2 * dx, ay - 1, az + 2 * dz, 1.0), belly, end])
    return tuple(spline(row, 1.6) for row in rows)


def paint_jaw(hu: Floats, plane: Plane) -> None:
    """The joint's heads, the arches of the cheeks and the pterygoid plates."""
    side, y, z = np.abs(plane.x), plane.y, plane.z
    condyle = ellipsoid(side, y, z, (51, -4, -14), (9, 4.5, 8))
    ramus = ellipsoid(side, y, z, (51, -8, -40), (3.2, 12, 24))
    paint(hu, coverage(smooth_min(condyle, ramus, 3), EDGE_MM), 900.0)
    arch = spline([(62, -6, -3, 2.6), (66, -24, -5, 2.4), (60, -48, -6, 3.4)], 2.0)
    malar = spline([(60, -48, -6, 3.4), (50, -66, -6, 5), (40, -74, -4, 4)], 2.0)
    for points in (arch, malar):
        paint(hu, coverage(chain(side, y, z, points), EDGE_MM), 950.0)
    plate = egg(side, y, z, ((13, -30, -4), (15, -26, -34)), 2.4)
    paint(hu, coverage(plate, EDGE_MM), 750.0)


def paint_holder(hu: Floats, plane: Plane) -> None:
    """The scanner's head holder: a shell of carbon fibre with foam in it."""
    x, y = plane.x_mm[None, :], plane.y_mm[:, None]
    r = np.hypot(x, 0.86 * (y - 2)) - 103
    behind = 28 - y
    foam = np.maximum(np.abs(r + 4) - 3.2, behind + 6)
    paint(hu, coverage(as_floats(foam)), -960.0)
    shell = np.maximum(np.abs(r - 1.2) - 1.0, behind)
    paint(hu, coverage(as_floats(shell)), -380.0)
