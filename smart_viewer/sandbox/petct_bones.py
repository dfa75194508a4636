"""The skeleton of the PET/CT: the chest's own, and what is above and below it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from smart_viewer.sandbox.mr_shapes import Point, capsule, solid
from smart_viewer.sandbox.shapes import Floats, Plane, as_floats, profile
from smart_viewer.sandbox.skeleton import (
    Girdle,
    Rib,
    paint_bone,
    paint_girdle,
    paint_ribs,
    paint_spine,
    paint_sternum,
)

MARROW = 190.0
SHIFT_Y = profile(
    (-150, 6), (-110, -4), (-60, -10), (0, 0), (300, 0), (340, 8), (400, 2)
)
"""How far the spine is bent out of the chest's course, towards the back."""

Rod = tuple[Point, Point, float]
RODS: tuple[Rod, ...] = (
    ((94, 8, -222), (112, 14, -236), 13.0),
    ((113, 18, -236), (116, 18, -256), 15.0),
    ((114, 16, -256), (96, 2, -430), 13.5),
    ((84, -10, -206), (16, -50, -232), 7.5),
    ((20, -50, -232), (66, 8, -268), 7.0),
    ((70, 34, -232), (64, 24, -266), 11.0),
    ((170, 16, 330), (206, 22, 500), 12.0),
)
"""Rods of bone of the left side: hip, thigh, pubis, seat and raised arm."""
HEAD_OF_FEMUR: Point = (90, 6, -214)


def paint_skeleton(
    hu: Floats, plane: Plane, bones: tuple[tuple[Rib, ...], Girdle], grain: Floats
) -> None:
    """All bones that the plane meets; grain makes the marrow patchy."""
    if -140 < plane.z < 412:
        paint_spine(hu, _as_in_the_chest(plane), grain)
    if -20 < plane.z < 318:
        paint_ribs(hu, plane, bones[0], grain)
        paint_sternum(hu, plane, grain)
        paint_girdle(hu, plane, bones[1], grain)
    _paint_rods(hu, plane, grain)
    if plane.z < -80:
        _paint_pelvis(hu, plane, grain)
    if plane.z > 372:
        _paint_skull(hu, plane, grain)


def _as_in_the_chest(plane: Plane) -> Plane:
    """The plane with a height at which the chest's spine has a like vertebra."""
    z = plane.z
    if z < 16:
        z = 16 + (z - 16) % 27
    if z > 291:
        z = 291 + (z - 291) % 18
    shift = np.float32(SHIFT_Y(plane.z))
    return replace(plane, z=z, y_mm=plane.y_mm - shift, y=plane.y - shift)


def _paint_rods(hu: Floats, plane: Plane, grain: Floats) -> None:
    x, z = np.abs(plane.x), np.full_like(plane.x, plane.z)
    for start, end, radius in RODS:
        low, high = sorted((start[2], end[2]))
        if not low - radius - 3 < plane.z < high + radius + 3:
            continue
        d = capsule(x, plane.y, z, start, end, radius)
        shaft = 5.5 if high - low > 80 else 1.8
        marrow = -40.0 if high - low > 80 else MARROW
        paint_bone(hu, d, shaft, marrow + 25 * grain)


def _paint_pelvis(hu: Floats, plane: Plane, grain: Floats) -> None:
    """Wings, sockets, sacrum."""
    x, y, z = np.abs(plane.x), plane.y, np.full_like(plane.x, plane.z)
    if -222 < plane.z:
        bowl = np.abs(solid(x, y, z, (20, -24, -96), (112, 118, 150)))
        half = 5.0 + 4.0 * np.clip((y - 30) / 50, 0, 1)
        wing = np.maximum(bowl - half, -92 - 0.35 * (y - 20) * (y < 20) + z)
        wing = np.maximum(wing, np.maximum(-58 - 0.4 * (z + 100) - y, y - 92))
        wing = np.maximum(wing, np.maximum(42 - x, -200 - z))
        paint_bone(hu, as_floats(wing), 2.0, MARROW + 30 * grain)
    if -250 < plane.z < -180:
        ball = solid(x, y, z, HEAD_OF_FEMUR, (23, 23, 23))
        cup = np.maximum(ball - 13, 68 + 0.2 * y - x * 0.98)
        cup = np.maximum(solid(x, y, z, (80, 8, -208), (34, 36, 34)), 5 - ball)
        paint_bone(hu, as_floats(cup), 2.0, MARROW + 30 * grain)
        paint_bone(hu, ball, 1.8, MARROW + 60 + 30 * grain)
    if -225 < plane.z < -120:
        wide = max(10.0, 52.0 - 0.42 * (-130 - plane.z))
        back = 78 + 0.16 * (-130 - plane.z)
        d = solid(x, y, z, (0, back, plane.z), (wide, 20, 60))
        holes = np.hypot(x - 0.45 * wide, y - back + 4) - 5.5
        d = np.maximum(d, -holes) if (plane.z % 24) < 10 else d
        paint_bone(hu, as_floats(d), 1.8, MARROW - 20 + 30 * grain)


def _paint_skull(hu: Floats, plane: Plane, grain: Floats) -> None:
    """The base and vault round the brain, jaws and teeth."""
    x, y, z = np.abs(plane.x), plane.y, np.full_like(plane.x, plane.z)
    brain = brain_distance(plane)
    shell = np.maximum(brain - 6.5, -brain - 1)
    paint_bone(hu, as_floats(shell), 2.0, 420 + 60 * grain)
    petrous = capsule(x, y, z, (14, 0, 434), (60, 26, 440), 10.0)
    paint_bone(hu, petrous, 3.0, 300 + 200 * grain)
    arch = np.abs(np.hypot(x / 1.05, (y + 42) / 1.1) - 43) - 5.0
    jaw = np.maximum(np.maximum(arch, y + 4), np.abs(z - 384) - 15)
    paint_bone(hu, as_floats(jaw), 2.4, 250 + 40 * grain)
    teeth = np.abs(np.hypot(x / 1.0, (y + 44) / 1.15) - 37) - 4.0
    teeth = np.maximum(np.maximum(teeth, y + 34), np.abs(z - 404) - 9)
    paint_bone(hu, as_floats(teeth + 1.5 * np.cos(x * 0.8)), 6.0, 1500.0)
    ramus = capsule(x, y, z, (50, -2, 378), (54, 0, 428), 6.0)
    paint_bone(hu, ramus, 2.0, 150.0)
    palate = solid(x, y, z, (0, -50, 418), (32, 40, 4))
    paint_bone(hu, palate, 2.0, 250.0)
    cheek = capsule(x, y, z, (36, -74, 442), (64, -24, 446), 5.5)
    paint_bone(hu, cheek, 2.0, 250.0)


def brain_distance(plane: Plane) -> Floats:
    """Distance to the brain, of which the scan takes the base alone."""
    z = np.full_like(plane.x, plane.z)
    cerebrum = solid(plane.x, plane.y, z, (0, -2, 502), (66, 84, 60))
    behind = solid(plane.x, plane.y, z, (0, 40, 450), (46, 38, 30))
    return as_floats(np.minimum(cerebrum, behind))


@dataclass(frozen=True, slots=True)
class Sinus:
    """An air space of the face, mirrored if it lies off the midline."""

    center: Point
    radii: Point


SINUSES = (
    Sinus((26, -62, 436), (14, 15, 16)),
    Sinus((6, -66, 434), (3.5, 26, 18)),
    Sinus((7, -28, 456), (9, 12, 9)),
    Sinus((0, -14, 424), (10, 9, 16)),
    Sinus((54, 30, 436), (8, 11, 14)),
)
