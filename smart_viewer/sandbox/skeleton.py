"""Bones of the chest: spine, ribs with their cartilage, sternum and shoulder girdle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.shapes import (
    Floats,
    Plane,
    Points,
    as_floats,
    chain,
    coverage,
    ellipsoid,
    paint,
    profile,
    smooth_max,
    smooth_min,
    spline,
)
from smart_viewer.sandbox.torso import CAVITY

CORTEX, MARROW, DISC, CORD, CARTILAGE = 720.0, 185.0, 88.0, 34.0, 105.0

LEVELS_MM = (-12, 16, 43, 69, 94, 118, 141, 164, 187, 209, 231, 252, 272, 291, 309, 326)
"""Heights of the vertebral bodies' middles, from the second lumbar up to C6."""

SPINE_Y = profile(
    (0, 40), (43, 45), (94, 56), (150, 64), (200, 62), (240, 52), (280, 40), (318, 28)
)
_BODY_WIDTH = profile((0, 22), (60, 19.5), (140, 16.5), (230, 14.5), (318, 14))
_BODY_DEPTH = profile((0, 16), (80, 15.5), (160, 14.5), (260, 10.5), (318, 8.5))

STERNUM_Y = profile(
    (112, -104), (150, -101), (185, -92), (216, -79), (224, -75), (250, -58), (264, -48)
)
_STERNUM_WIDTH = profile(
    (104, 3), (118, 8), (135, 16), (165, 18), (205, 15), (222, 19), (250, 29), (264, 18)
)


@dataclass(frozen=True, slots=True)
class Rib:
    """One rib's bone and cartilage as chains of balls (n, 4): x, y, z, radius."""

    bone: Points
    cartilage: Points


def make_ribs() -> tuple[Rib, ...]:
    """The twelve pairs."""
    return tuple(_rib(number, side) for number in range(1, 13) for side in (-1, 1))


_DROP_MM = (34, 56, 76, 90, 98, 103, 105, 105, 100, 92, 64, 38)
_END = (0.9, 0.86, 0.83, 0.81, 0.79, 0.77, 0.75, 0.74, 0.72, 0.7, 0.5, 0.34)
_JOINS_AT = (248, 222, 204, 184, 165, 148, 130, 110, 92, 74, 0, 0)
"""Height at which each cartilage reaches the sternum or the cartilage above."""


def _rib(number: int, side: int) -> Rib:
    i = number - 1
    zv = LEVELS_MM[13 - i]
    radius = 3.4 if number in (1, 12) else 4.0
    shares = np.linspace(0, _END[i], 30)
    drop = [_DROP_MM[i] * _descent(s / 0.9) for s in shares]
    path = [
        (*_along(s, zv + 6 - d, zv), radius) for s, d in zip(shares, drop, strict=True)
    ]
    bone = spline(path, 1.4)
    cartilage = _cartilage(number, path[-1])
    for points in (bone, cartilage):
        points[:, 0] *= side
    return Rib(bone, cartilage)


def _descent(share: float) -> float:
    s = min(max((share - 0.06) / 0.94, 0), 1)
    return float(s**1.15)


def _cartilage(number: int, tip: tuple[float, ...]) -> Points:
    join = _JOINS_AT[number - 1]
    if not join:
        return np.zeros((0, 4))
    x, y, z, radius = tip
    if number <= 7:
        end = (_STERNUM_WIDTH(join) + 3, STERNUM_Y(join) + 1, float(join))
    else:
        end = (x - 34, CAVITY.front(join) - 5, float(join))
    middle = (
        (x + end[0]) / 2 + 3,
        min(y, end[1]) + 0.25 * abs(y - end[1]),
        min(z, end[2]) + 0.35 * abs(z - end[2]) - 3,
    )
    points = spline([(x, y, z), middle, end], 1.4)
    return np.column_stack([points, np.full(len(points), radius + 0.6)])


def _along(share: float, z: float, zv: float) -> tuple[float, float, float]:
    """Where a rib is after `share` of its way round, just outside the cavity."""
    off = 5.6
    cx, wide = CAVITY.center(z), CAVITY.edge(z) + off
    front, back = CAVITY.front(z) - off, CAVITY.back(z) + off
    head = (_BODY_WIDTH(zv) + 3.0, SPINE_Y(zv) + 5.0)
    neck = (36.0, max(back - 4.0, head[1] + 10))
    if share < 0.08:
        t = share / 0.08
        return _mix(head[0], neck[0], t), _mix(head[1], neck[1], t), z
    if share < 0.2:
        t = (share - 0.08) / 0.12
        return _mix(neck[0], cx, t), _mix(neck[1], back, t**0.6), z
    if share < 0.84:
        turn = np.pi * (0.5 - (share - 0.2) / 0.64)
        c, s = float(np.cos(turn)), float(np.sin(turn))
        power = 2 / CAVITY.bulge
        y0, half = (front + back) / 2, (back - front) / 2
        depth = float(np.sign(s)) * abs(s) ** power
        middle = float(CAVITY.middle(z, as_floats(depth)))
        return middle + (wide - middle) * abs(c) ** power, y0 + half * depth, z
    t = (share - 0.84) / 0.16
    return _mix(float(CAVITY.middle(z, as_floats(-1))), 20.0, t), front, z


def _mix(a: float, b: float, t: float) -> float:
    return float(a + (b - a) * t)


def paint_bone(
    hu: Floats, distance: Floats, cortex_mm: float, marrow: Floats | float
) -> None:
    """A shell of cortex around marrow."""
    paint(hu, coverage(distance, 1.5), CORTEX)
    paint(hu, coverage(distance + cortex_mm, 1.5), marrow)


def paint_ribs(hu: Floats, plane: Plane, ribs: tuple[Rib, ...], grain: Floats) -> None:
    """Ribs are taller than wide; their marrow is patchy."""
    for rib in ribs:
        for points, cartilage in ((rib.cartilage, True), (rib.bone, False)):
            close = points[np.abs(points[:, 2] - plane.z) < 9]
            if not len(close):
                continue
            at = _box(plane, close, 7)
            d = chain(plane.x[at], plane.y[at], plane.z, close, flatten_z=0.62)
            if cartilage:
                paint(hu[at], coverage(d), CARTILAGE + 10 * grain[at])
            else:
                paint_bone(hu[at], d, 1.4, MARROW + 40 + 40 * grain[at])


def _box(plane: Plane, points: Points, reach: float) -> tuple[slice, slice]:
    x, y = points[:, 0], points[:, 1]
    return plane.window(
        x.min() - reach, x.max() + reach, y.min() - reach, y.max() + reach
    )


def spine_distance(plane: Plane) -> Floats:
    """Distance to the spine with the soft tissue about it, as the lungs see it."""
    y0 = SPINE_Y(plane.z)
    wide, deep = _BODY_WIDTH(plane.z) + 3.5, _BODY_DEPTH(plane.z) + 3.5
    body = ellipsoid(plane.x, plane.y - np.float32(y0), 0, (0, 0, 0), (wide, deep, 99))
    flare = 1.5 + 0.5 * np.clip(plane.y - y0, 0, 26)
    wedge = smooth_max(np.abs(plane.x) - wide - flare, y0 + 4 - plane.y, 8)
    return smooth_min(body, wedge, 10)


def paint_paravertebral(
    hu: Floats, plane: Plane, cavity: Floats, grain: Floats
) -> None:
    """Muscle and fat beside the spine, behind the pleura."""
    d = smooth_max(spine_distance(plane) + 1.5, cavity - 3, 3)
    behind = plane.y - np.float32(SPINE_Y(plane.z) + 3)
    cover = coverage(np.maximum(d, -behind).astype(np.float32), 3.0)
    paint(hu, cover, 42 + 14 * grain)


def paint_spine(hu: Floats, plane: Plane, grain: Floats) -> None:
    """Arch and processes, then body or disc, then the canal with the cord."""
    y0 = SPINE_Y(plane.z)
    at = plane.window(-62, 62, y0 - 30, y0 + 75)
    x, y = plane.x[at], plane.y[at] - np.float32(y0)
    speckle = 20 * grain[at]
    centers = np.array(LEVELS_MM, float)
    level = int(np.argmin(np.abs(centers - plane.z)))
    height = float(np.diff(centers)[min(level, len(centers) - 2)])
    phase = (plane.z - centers[level]) / height
    arch = _arch_distance(x, y, plane.z, level, phase)
    paint_bone(hu[at], arch, 1.7, MARROW + 110 + speckle)
    body = _body_distance(x, y, plane.z, phase)
    _paint_body(hu[at], body, phase, speckle)
    canal = ellipsoid(x, y - _canal_y(plane.z), 0, (0, 0, 0), (9.5, 8.2, 99))
    paint(hu[at], coverage(canal), 5.0)
    paint(hu[at], coverage(canal + 2.6, 2.5), CORD)


def _paint_body(hu: Floats, body: Floats, phase: float, speckle: Floats) -> None:
    """Marrow between two plates of bone, and a disc between two bodies."""
    gap = abs(phase)
    if gap > 0.425:
        paint(hu, coverage(body + 1.0), DISC + 0.1 * speckle)
    elif gap > 0.365:
        paint(hu, coverage(body), 430 + speckle)
    else:
        paint_bone(hu, body, 1.3, MARROW + speckle)


def _canal_y(z: float) -> float:
    return _BODY_DEPTH(z) + 6.5


def _body_distance(x: Floats, y: Floats, z: float, phase: float) -> Floats:
    """A waisted body, a little hollow behind."""
    waist = 1 - 0.11 * (1 - (2 * phase) ** 2)
    wide, deep = _BODY_WIDTH(z) * waist, _BODY_DEPTH(z) * waist
    oval = ellipsoid(x, y, 0, (0, 0, 0), (wide, deep * 1.12, 99))
    back = y - deep * (0.88 - 0.1 * np.exp(-((x / 8) ** 2)))
    return smooth_max(oval, back.astype(np.float32), 5)


def _arch_distance(x: Floats, y: Floats, z: float, level: int, phase: float) -> Floats:
    """Pedicles and laminae about the canal, transverse and spinous processes."""
    behind = _canal_y(z)
    ring = ellipsoid(x, y - behind, 0, (0, 0, 0), (13.6, 12.2, 99))
    facet = ellipsoid(np.abs(x), y - behind, 0, (13.5, 5.5, 0), (5.2, 6.4, 99))
    ring = smooth_min(ring, facet, 5)
    hollow = ellipsoid(x, y - behind, 0, (0, 0, 0), (9.6, 8.4, 99))
    arch = np.maximum(ring, 0.3 - hollow)
    if phase < -0.05:  # the foramen lies below the pedicle: the arch opens in front
        arch = np.maximum(arch, behind - 2.0 - y + 30 * (phase + 0.05))
    zc = LEVELS_MM[level]
    parts = [arch, _transverse(x, y, z, zc, behind)]
    if -0.05 < phase < 0.4:
        pedicle = ellipsoid(np.abs(x), y, 0, (11.5, behind - 8, 0), (3.6, 9, 99))
        parts.append(pedicle)
    parts += [_spinous(x, y, z, c, behind) for c in LEVELS_MM[max(level - 1, 0) :][:3]]
    joined = parts[0]
    for part in parts[1:]:
        joined = smooth_min(joined, part, 4)
    return as_floats(joined)


def _transverse(x: Floats, y: Floats, z: float, zc: float, behind: float) -> Floats:
    reach = 35.0 if zc > 60 else 24.0
    controls = [(9.0, behind + 4, zc + 4, 4.2), (22, behind + 10, zc + 7, 4)]
    controls.append((reach, behind + 15, zc + 8, 4.4))
    return chain(np.abs(x), y, z, spline(controls, 2.5), 0.7)


def _spinous(x: Floats, y: Floats, z: float, zc: float, behind: float) -> Floats:
    """A blade that slopes down and back, steepest in the middle of the chest."""
    steep = 26 * np.exp(-(((zc - 155) / 70) ** 2)) + 5
    start, end = behind + 9, behind + (29 if zc < 270 else 36)
    controls = [(0.0, start, zc - 1, 3.4), (0, (start + end) / 2, zc - steep / 2, 2.3)]
    controls.append((0, end, zc - steep, 3.2))
    return chain(x, y, z, spline(controls, 2.2), 0.5)


def paint_sternum(hu: Floats, plane: Plane, grain: Floats) -> None:
    """Manubrium, body and xiphoid, with a joint between the first two."""
    if not 102 < plane.z < 268:
        return
    y0, wide = STERNUM_Y(plane.z), _STERNUM_WIDTH(plane.z)
    at = plane.window(-40, 40, y0 - 14, y0 + 14)
    x, y = plane.x[at], plane.y[at] - np.float32(y0)
    bow = y + 0.006 * x**2 - 1.5
    deep = 6.2 if plane.z > 218 else 5.4
    notch = 4 * np.exp(-((x / 14) ** 2)) * max(0.0, (plane.z - 252) / 8)
    d = (
        np.maximum(np.abs(x) - wide + 4, 0) ** 2
        + np.maximum(np.abs(bow) - deep + 4, 0) ** 2
    )
    d = np.sqrt(d) - 4 + notch
    if abs(plane.z - 219) < 2.2:
        paint(hu[at], coverage(d.astype(np.float32)), CARTILAGE)
        return
    paint_bone(hu[at], d.astype(np.float32), 1.3, MARROW - 60 + 35 * grain[at])


@dataclass(frozen=True, slots=True)
class Girdle:
    """Collar bone, blade's spine, coracoid and humerus of the left side."""

    chains: tuple[Points, ...]


def make_girdle() -> Girdle:
    """The tubular bones of one shoulder; the other is its mirror image."""
    clavicle = [(19, -58, 262, 9), (30, -62, 266, 7), (62, -60, 280, 5.6)]
    clavicle += [(100, -36, 298, 5.4), (140, -4, 308, 6), (156, 12, 312, 6)]
    ridge = [(76, 100, 258, 3.5), (104, 99, 272, 4), (138, 74, 292, 4.6)]
    ridge += [(160, 44, 308, 5.5)]
    coracoid = [(146, 32, 288, 6), (138, 12, 296, 4.6), (132, 0, 292, 4.4)]
    border = [(139, 40, 286, 8), (138, 56, 262, 5.5), (136, 66, 232, 4.4)]
    border += [(131, 74, 196, 3.8), (118, 86, 158, 3.2)]
    humerus = [(172, 26, 296, 23), (182, 18, 318, 19), (190, 8, 345, 14)]
    curves = (clavicle, ridge, coracoid, border, humerus)
    return Girdle(tuple(spline(c, 1.8) for c in curves))


_BLADE_INNER_X = profile((152, 116), (165, 104), (200, 92), (240, 80), (285, 74))
_BLADE_INNER_Y = profile((152, 92), (190, 105), (240, 103), (285, 93))
_BLADE_OUTER_X = profile((152, 118), (196, 131), (232, 136), (262, 138), (290, 140))
_BLADE_OUTER_Y = profile((152, 88), (196, 74), (232, 66), (262, 56), (290, 40))


def paint_girdle(hu: Floats, plane: Plane, girdle: Girdle, grain: Floats) -> None:
    """Both shoulders."""
    if plane.z < 150:
        return
    for side in (-1.0, 1.0):
        near, far = sorted((side * 8, side * 205))
        at = plane.window(near, far, -80, 125)
        x, y = plane.x[at] * np.float32(side), plane.y[at]
        if plane.z < 290:
            paint_bone(hu[at], _blade_distance(x, y, plane.z), 1.3, MARROW + 120)
        for points in girdle.chains:
            close = points[np.abs(points[:, 2] - plane.z) < points[:, 3] + 2]
            if len(close):
                d = chain(x, y, plane.z, close)
                shell = 2.2 if close[0, 3] > 12 else 1.5
                paint_bone(hu[at], d, shell, MARROW - 40 + 35 * grain[at])


def _blade_distance(x: Floats, y: Floats, z: float) -> Floats:
    """The shoulder blade's thin plate, bowed over the ribs."""
    ax, ay = _BLADE_INNER_X(z), _BLADE_INNER_Y(z)
    bx, by = _BLADE_OUTER_X(z), _BLADE_OUTER_Y(z)
    length2 = (bx - ax) ** 2 + (by - ay) ** 2
    t = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length2, 0, 1)
    bow = 16 * t * (1 - t) - 9 * t * (1 - t) * (2 * t - 1)
    px, py = ax + t * (bx - ax) + 0.45 * bow, ay + t * (by - ay) + 0.8 * bow
    half = 1.6 + 1.6 * (2 * t - 1) ** 4
    return (np.hypot(x - px, y - py) - half).astype(np.float32)
