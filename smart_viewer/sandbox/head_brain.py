"""What fills the skull: cerebrum, deep nuclei, ventricles, cerebellum, stem, veins.

Drawn on every second pixel: a brain has no edge that a soft kernel would show finer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from smart_viewer.sandbox.head_cortex import (
    Folds,
    cerebrum_distance,
    core_distance,
    make_folds,
    tentorium_height,
)
from smart_viewer.sandbox.head_shape import ridge_y
from smart_viewer.sandbox.shapes import (
    Field,
    Floats,
    Plane,
    Points,
    as_floats,
    chain,
    coverage,
    egg,
    ellipsoid,
    paint,
    random_field,
    smooth_max,
    smooth_min,
    spline,
)

WHITE, GREY, WATER, DURA, VEIN = 27.5, 38.5, 6.0, 56.0, 54.0
CORTEX_MM, EDGE_MM = 3.4, 1.1


@dataclass(frozen=True)
class Brain:
    """The brain's random parts."""

    folds: Folds
    slow: Field
    fine: Field

    def paint(self, hu: Floats, plane: Plane, cavity: Floats) -> None:
        """Everything inside the dura. cavity: distance to the skull's inner surface."""
        axes = plane.z + 100, plane.x_mm, plane.y_mm
        slow, fine = self.slow.at(*axes), self.fine.at(*axes)
        paint(hu, coverage(cavity, EDGE_MM), DURA)
        paint(hu, coverage(cavity + 0.9, EDGE_MM), WATER + 2 * slow)
        hull = cerebrum_distance(plane, cavity)
        pia = self.folds.pia(plane, hull)
        matter = _matter(plane, pia, slow, fine)
        paint(hu, coverage(-pia, EDGE_MM), matter)
        if plane.z < 42:
            _paint_below(hu, plane, cavity, (slow, fine))
        _paint_ventricles(hu, plane)
        _paint_dura(hu, plane, cavity)


def _matter(plane: Plane, pia: Floats, slow: Floats, fine: Floats) -> Floats:
    """White matter, cortex on it, and the grey of the deep nuclei."""
    value = as_floats(WHITE + 0.6 * slow + 0.4 * fine)
    grey = GREY + 0.5 * fine
    paint(value, coverage(pia - CORTEX_MM - 0.5 * slow, 1.6), grey)
    if 14 < plane.z < 72:
        for nucleus, share in _nuclei(plane):
            paint(value, share * coverage(nucleus + 0.4 * slow, 1.8), grey)
    return value


def _nuclei(plane: Plane) -> tuple[tuple[Floats, float], ...]:
    """Distances to the nuclei of both sides, with how much of their grey shows."""
    side, y, z = np.abs(plane.x), plane.y, plane.z
    putamen = egg(side, y, z, ((21, -24, 36), (31, 14, 40)), 6.3)
    pallidum = egg(side, y, z, ((15, -12, 35), (23, 8, 37)), 4.2)
    thalamus = egg(side, y, z, ((6, -1, 41), (17, 25, 44)), 8.2)
    head = egg(side, y, z, ((10, -32, 40), (13, -12, 50)), 6.2)
    tail = chain(side, y, z, _CAUDATE) if 50 < z < 72 else head
    claustrum = np.abs(side - 35.5 + 0.008 * (y + 3) ** 2) - 0.7
    claustrum = np.maximum(claustrum, np.abs(y + 3) - 15 + abs(z - 38))
    return (
        (putamen, 0.95),
        (pallidum, 0.8),
        (thalamus, 0.8),
        (smooth_min(head, tail, 1.5), 1.0),
        (as_floats(claustrum), 0.5),
    )


_CAUDATE = spline([(13, -16, 52, 4.2), (18, 0, 60, 3.4), (22, 18, 60, 2.4)], 2.0)


@lru_cache(maxsize=1)
def _horns() -> tuple[Points, ...]:
    """Lateral ventricle: body with frontal horn, atrium with the other horns."""
    body = [
        (10, -38, 40, 3.0),
        (9.0, -30, 45, 5.4),
        (8.5, -18, 52, 5.4),
        (9, -4, 58, 5.2),
        (11, 10, 61, 4.5),
        (16, 24, 58, 5.2),
        (22, 35, 50, 6.6),
        (25, 40, 42, 6.6),
    ]
    occipital = [(24, 40, 43, 6), (23, 50, 40, 4.2), (20, 62, 38, 2)]
    temporal = [(26, 38, 38, 5), (31, 26, 26, 3), (31, 8, 18, 2), (28, -8, 16, 1.4)]
    return tuple(spline(row, 1.8) for row in (body, occipital, temporal))


def _paint_ventricles(hu: Floats, plane: Plane) -> None:
    side, y, z = np.abs(plane.x), plane.y, plane.z
    if 10 < z < 72:
        lateral = np.minimum.reduce([chain(side, y, z, row, 0.9) for row in _horns()])
        wall = np.maximum(lateral, 0.8 - side)
        paint(hu, coverage(as_floats(wall), EDGE_MM), WATER)
        plexus = ellipsoid(side, y, z, (23, 35, 46), (2.6, 5, 4))
        paint(hu, coverage(plexus, EDGE_MM), 48.0)
        chalk = ellipsoid(side, y, z, (23.5, 37, 45), (1.6, 2.4, 2))
        paint(hu, 0.8 * coverage(chalk, EDGE_MM), 190.0)
    if 16 < z < 52:
        third = np.hypot(
            np.clip(np.abs(y - 5) - 12, 0, None), max(0.0, abs(z - 34) - 9)
        )
        third = np.hypot(third, plane.x) - 2.1
        paint(hu, coverage(as_floats(third), EDGE_MM), WATER)
        pineal = ellipsoid(plane.x, y, z, (0, 27, 38), (2.4, 3.2, 2.4))
        paint(hu, coverage(pineal, EDGE_MM), 130.0)
    if -14 < z < 16:
        fourth = ellipsoid(plane.x, y, z, (0, 36, 1), (7, 5.5, 12))
        fourth = smooth_max(fourth, as_floats(np.abs(plane.x) * 0.9 + (36 - y) - 8), 2)
        paint(hu, coverage(fourth, EDGE_MM), WATER)


def _paint_below(
    hu: Floats, plane: Plane, cavity: Floats, fields: tuple[Floats, Floats]
) -> None:
    """Cerebellum under its tent, then the stem and the cisterns."""
    slow, fine = fields
    value = as_floats(GREY - 1.5 + 0.6 * fine)
    side, y, z = np.abs(plane.x), plane.y, plane.z
    core = ellipsoid(side, y, z, (20, 46, 0), (15, 15, 9)) + 2.4 * fine
    paint(value, 0.75 * coverage(core, 3.0), WHITE + 2)
    paint(hu, coverage(_folia(plane, cavity, slow), 1.3), value)
    _paint_stem(hu, plane, cavity, slow)


def _folia(plane: Plane, cavity: Floats, slow: Floats) -> Floats:
    """Distance to the cerebellum, whose surface lies in fine parallel folds."""
    side, y, z = np.abs(plane.x), plane.y, plane.z
    tent = (z - tentorium_height(plane)) * np.float32(0.9)
    lobe = smooth_max(cavity + 2.2, as_floats(tent + 0.9), 3)
    lobe = smooth_max(lobe, as_floats(ridge_y(side) - y + 7), 4)
    front = 26 + 0.05 * z - y - 0.55 * np.clip(side - 12, 0, 18)
    lobe = smooth_max(lobe, as_floats(front), 4)
    cleft = 3 - side + np.clip(62 - y, 0, 20) * 0.35
    lobe = smooth_max(lobe, as_floats(np.where(y > 55, cleft, -20)), 2)
    wave = np.sin(1.45 * (np.hypot(side * 0.9, (y - 30)) + 0.9 * z + 2.5 * slow))
    outer = np.clip((lobe + 12) / 9, 0, 1)
    return as_floats(lobe + 3.2 * np.clip(wave - 0.62, 0, 1) * outer)


def _paint_stem(hu: Floats, plane: Plane, cavity: Floats, slow: Floats) -> None:
    """The cisterns, and in them the stem, the optic chiasm and the basilar artery."""
    x, y, z = plane.x, plane.y, plane.z
    star = ellipsoid(x, y, z, (0, -11, 18), (17, 16, 10))
    stem = _stem_distance(plane)
    basin = np.minimum(np.minimum(star, stem - 4.0), _plate(plane))
    basin = np.maximum(basin, cavity + 0.6)
    paint(hu, coverage(as_floats(basin), 1.3), WATER)
    paint(hu, coverage(stem, 1.3), 33.0 + slow)
    chiasm = ellipsoid(x, y, z, (0, -10, 20), (7, 2, 2))
    basilar = np.hypot(x - 1, y - _front_of_stem(z) + 3) - 1.8
    paint(hu, coverage(chiasm, 1.2), 36.0)
    paint(hu, coverage(np.maximum(as_floats(basilar), cavity + 1), 1.1), 46.0)


def _plate(plane: Plane) -> Floats:
    """Distance to the water behind the midbrain's roof."""
    return ellipsoid(plane.x, plane.y, plane.z, (0, 33, 31), (12, 5, 6))


def _front_of_stem(z: float) -> float:
    return float(np.interp(z, (-30, -12, 2, 12, 30), (20, 14, 1, 4, 4)))


def _stem_distance(plane: Plane) -> Floats:
    """Midbrain with its two legs, pons, and medulla down through the foramen."""
    x, side, y, z = plane.x, np.abs(plane.x), plane.y, plane.z
    middle = ellipsoid(x, y, z, (0, 17, 24), (15, 11, 15))
    legs = egg(side, y, z, ((7, 8, 14), (13, 6, 34)), 6.5)
    pons = ellipsoid(x, y, z, (0, 14, 2), (17, 13, 14))
    lower = np.maximum(np.hypot(x, y - 26 - 0.1 * z) - 8.5 + 0.05 * z, z + 6)
    arms = egg(side, y, z, ((8, 18, 2), (24, 34, 0)), 7.0)
    joined = smooth_min(smooth_min(middle, legs, 2), smooth_min(pons, arms, 4), 4)
    gap = 2.5 - np.hypot(x, y - 3)
    joined = np.maximum(joined, gap) if z > 12 else joined
    return smooth_min(as_floats(joined), as_floats(lower), 5)


def _paint_dura(hu: Floats, plane: Plane, cavity: Floats) -> None:
    """Falx, tentorium and the veins in their edges."""
    side, y, z = np.abs(plane.x), plane.y, plane.z
    away = core_distance(plane)
    falx = np.maximum(np.maximum(side - 0.65, 7 - away), cavity)
    falx = np.maximum(falx, 20 - z + 0.25 * np.clip(y + 60, 0, None))
    falx = np.where(z > tentorium_height(plane) - 2, falx, 9)
    paint(hu, 0.85 * coverage(as_floats(falx), 1.1), DURA + 6)
    if z < 42:
        tent = np.abs(z - tentorium_height(plane)) * 0.9 - 0.5
        edge = 17 - np.hypot(side, 0.75 * np.clip(20 - y, 0, None))
        tent = np.maximum(np.maximum(tent, edge - 0.6 * np.clip(y - 34, 0, 30)), cavity)
        tent = np.maximum(tent, ridge_y(side) - y)
        paint(hu, 0.8 * coverage(as_floats(tent), 1.3), DURA)
    vein = np.maximum(side + 0.9 * np.abs(cavity) - 5.5, -y - 60 + 1.2 * (z < 30) * 200)
    vein = np.maximum(vein, 18 - z)
    paint(hu, coverage(np.maximum(as_floats(vein), cavity), EDGE_MM), VEIN)
    cross = np.hypot(cavity + 2.6, z - 17 - 0.02 * (80 - y)) - 3.2
    cross = np.maximum(cross, ridge_y(side) + 12 - y)
    paint(hu, coverage(as_floats(np.maximum(cross, cavity)), EDGE_MM), VEIN)


def make_brain(seed: int) -> Brain:
    """The brain that belongs to the seed."""
    rng = [np.random.default_rng([seed, 60 + n]) for n in range(2)]
    return Brain(
        make_folds(seed), random_field(rng[0], 14.0), random_field(rng[1], 4.0)
    )
