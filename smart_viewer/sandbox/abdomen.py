"""What lies under the diaphragm: liver, spleen, stomach, colon and kidneys."""

from __future__ import annotations

import numpy as np

from smart_viewer.sandbox.courses import BLOOD, Tube
from smart_viewer.sandbox.shapes import (
    Floats,
    Plane,
    coverage,
    ellipsoid,
    paint,
    smooth_max,
    smooth_min,
)

LIVER, SPLEEN, STOMACH_WALL, STOMACH, GAS, FAT = (
    108.0,
    122.0,
    78.0,
    22.0,
    -980.0,
    -103.0,
)

HEPATIC_VEINS = tuple(
    Tube(f"hepatic vein {i}", BLOOD - 34, controls)
    for i, controls in enumerate(
        (
            (
                (-28, 2, 94, 6.0),
                (-50, 4, 92, 5.0),
                (-78, 18, 80, 3.6),
                (-98, 30, 60, 2.2),
            ),
            (
                (-30, -4, 94, 6.0),
                (-48, -28, 88, 4.6),
                (-66, -56, 76, 3.2),
                (-72, -72, 58, 2),
            ),
            (
                (-26, -6, 93, 6.0),
                (-10, -34, 90, 4.4),
                (6, -60, 82, 3.0),
                (14, -74, 66, 2),
            ),
            (
                (-20, -8, 20, 7.0),
                (-38, -12, 38, 6.0),
                (-66, -8, 48, 4.6),
                (-92, 0, 44, 2.6),
            ),
            ((-38, -12, 38, 5.0), (-24, -40, 48, 4.0), (2, -62, 52, 2.6)),
            ((-66, -8, 48, 4.0), (-84, 30, 36, 3.0), (-96, 50, 28, 2.0)),
        )
    )
)


def paint_abdomen(
    hu: Floats, plane: Plane, below: Floats, cavity: Floats, grain: Floats
) -> None:
    """Everything below the diaphragm.

    below: distance to the abdomen's upper limit; cavity: to the wall's inner side.
    """
    inside = np.maximum(below, cavity + 1)
    if float(inside.min()) > 2:
        return
    paint(hu, coverage(inside), 62.0)
    room = np.maximum(below + 2.6, cavity + 3.2)
    paint(hu, coverage(room), FAT + 5 * grain)
    _paint_left(hu, plane, room, grain)
    liver = _liver_distance(plane, room)
    paint(hu, coverage(liver), LIVER)
    _paint_crura(hu, plane)


def _liver_distance(plane: Plane, room: Floats) -> Floats:
    """The dome's right half; its left lobe thins out across the midline in front."""
    x, y, z = plane.x, plane.y, plane.z
    edge = 8 - 0.62 * (y + 18) + 0.25 * (z - 60) + 7 * np.sin(y / 21 + z / 30)
    edge = np.minimum(edge, 62 - 0.35 * np.clip(60 - z, 0, None))
    cut = smooth_max(room, (x - edge).astype(np.float32) * 0.85, 16)
    vessel = ellipsoid(x, y, z, (-12, 30, 40), (24, 20, 400))
    fissure = ellipsoid(x, y, z, (14, -66, 20), (6, 22, 46))
    return smooth_max(smooth_max(cut, -vessel, 8), -fissure, 6)


def _paint_left(hu: Floats, plane: Plane, room: Floats, grain: Floats) -> None:
    x, y, z = plane.x, plane.y, plane.z
    paint(hu, coverage(_spleen_distance(plane, room)), SPLEEN)
    kidney = ellipsoid(x, y, z, (50, 62, -4), (23, 22, 38)) + 1.5 * grain
    paint(hu, coverage(kidney), 172.0)
    paint(hu, coverage(kidney + 9, 4.0), 132.0)
    stomach = _stomach_distance(plane, room)
    level = (y + 30) * np.float32(0.9)
    paint(hu, coverage(stomach), STOMACH_WALL)
    inner = stomach + 4.2 + 1.2 * grain
    paint(hu, coverage(inner), STOMACH + 7 * grain)
    paint(hu, coverage(np.maximum(inner, level)), GAS)
    _paint_colon(hu, plane, room, grain)


def _spleen_distance(plane: Plane, room: Floats) -> Floats:
    """A crescent between the left flank and the stomach."""
    x, y, z = plane.x, plane.y, plane.z
    outer = ellipsoid(x, y, z, (72, 34, 46), (60, 60, 50))
    inner = ellipsoid(x, y, z, (46, 2, 44), (50, 52, 62))
    return smooth_max(smooth_max(outer, -inner, 6), room, 4)


def _stomach_distance(plane: Plane, room: Floats) -> Floats:
    x, y, z = plane.x, plane.y, plane.z
    fundus = ellipsoid(x, y, z, (60, -2, 62), (42, 46, 40))
    body = ellipsoid(x, y, z, (52, -34, 26), (40, 30, 42))
    return smooth_max(smooth_min(fundus, body, 16), room, 4)


def _paint_colon(hu: Floats, plane: Plane, room: Floats, grain: Floats) -> None:
    """The splenic flexure: a haustrated pipe with gas over mottled stool."""
    x, y, z = plane.x, plane.y, plane.z
    bend = ellipsoid(x, y, z, (104, -36, 36), (20, 30, 27))
    fold = 2.5 * np.sin(y / 6.0 + z / 9.0)
    colon = smooth_max((bend + fold).astype(np.float32), room, 4)
    paint(hu, coverage(colon), 50.0)
    inner = colon + 2.6
    paint(hu, coverage(inner), -40 + 130 * np.clip(grain, -1.5, 1.2))
    paint(hu, coverage(np.maximum(inner, (y + 34 + 3 * grain) * 0.9)), GAS)


def _paint_crura(hu: Floats, plane: Plane) -> None:
    """The diaphragm's two pillars in front of the spine."""
    if plane.z > 84:
        return
    rise = plane.z / 84
    for side in (-1.0, 1.0):
        middle = (side * (12 + 8 * rise), 27 - 6 * rise, 0.0)
        d = ellipsoid(plane.x, plane.y, 0, middle, (4.5, 13, 99))
        paint(hu, coverage(d), 60.0)
