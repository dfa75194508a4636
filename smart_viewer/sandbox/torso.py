"""The trunk: skin, fat and muscle outside, and the space the lungs may fill.

Heights rise from 0 at the lowest slice (first lumbar vertebra) to about 318 (root of
the neck). See `shapes` for the space and for what a distance is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.shapes import (
    Floats,
    Plane,
    Points,
    Profile,
    as_floats,
    coverage,
    ellipsoid,
    paint,
    profile,
    smooth_max,
    smooth_min,
)

FAT, MUSCLE, SKIN = -104.0, 58.0, 30.0


@dataclass(frozen=True, slots=True)
class Outline:
    """Two D-shaped halves that share the midline, as functions of height.

    center: x of each half's middle at the back, drawn to the midline at the front by
    the share `taper`; edge: greatest half-width of the whole; medial: width of a half
    towards the midline; front, back: the limits in y; bulge: the exponent of the
    superellipse (2 is an ellipse, more is boxier).
    """

    center: Profile
    taper: Profile
    edge: Profile
    medial: Profile
    front: Profile
    back: Profile
    bulge: float

    def distance(self, plane: Plane, z: float | None = None) -> Floats:
        """Distance to the outline of height z (the plane's own by default)."""
        z = plane.z if z is None else z
        y0 = (self.front(z) + self.back(z)) / 2
        half = max((self.back(z) - self.front(z)) / 2, 0.5)
        along = plane.y - np.float32(y0)
        middle = self.middle(z, along / half)
        across = np.abs(plane.x) - middle
        lateral = np.maximum(self.edge(z) - middle, 0.5)
        width = np.where(across > 0, lateral, self.medial(z))
        u, v = np.abs(across / width), np.abs(along / half)
        reach = (u**self.bulge + v**self.bulge) ** (1 / self.bulge)
        rho = np.hypot(across, along)
        closed = max(0.0, z - self.edge.heights[-1])
        return as_floats(rho - rho / np.maximum(reach, 1e-3) + closed)

    def middle(self, z: float, depth: Floats) -> Floats:
        """x of a half's middle at `depth`, from -1 at the front to 1 at the back."""
        share = np.clip(0.5 - 0.6 * depth, 0, 1)
        center, taper = np.float32(self.center(z)), np.float32(self.taper(z))
        return as_floats(center * (1 - taper * share * share * (3 - 2 * share)))


CAVITY = Outline(
    center=profile((0, 60), (200, 60), (230, 56), (250, 51), (265, 47), (293, 45)),
    taper=profile((0, 0.75), (200, 0.75), (245, 0.3), (265, 0), (294, 0)),
    edge=profile(
        (0, 130),
        (40, 137),
        (80, 141),
        (130, 140),
        (165, 135),
        (200, 126),
        (230, 112),
        (250, 97),
        (265, 84),
        (277, 73),
        (285, 64),
        (290, 56),
        (294, 46),
    ),
    medial=profile(
        (0, 400), (225, 400), (240, 110), (255, 44), (265, 29), (280, 20), (294, 1)
    ),
    front=profile(
        (0, -94),
        (80, -95),
        (120, -93),
        (160, -87),
        (200, -74),
        (230, -57),
        (250, -39),
        (265, -20),
        (280, 3),
        (290, 18),
        (294, 29),
    ),
    back=profile(
        (0, 80),
        (40, 88),
        (80, 95),
        (120, 98),
        (160, 98),
        (200, 93),
        (230, 85),
        (250, 77),
        (265, 68),
        (280, 53),
        (290, 41),
        (294, 31),
    ),
    bulge=2.2,
)

SURFACE = Outline(
    center=profile((0, 74), (160, 76), (230, 100), (280, 130), (318, 130)),
    taper=profile((0, 0.6), (170, 0.55), (240, 0.1), (318, 0)),
    edge=profile(
        (0, 162), (60, 168), (120, 167), (170, 170), (220, 182), (270, 202), (318, 204)
    ),
    medial=profile((0, 420), (230, 420), (318, 420)),
    front=profile(
        (0, -124),
        (60, -123),
        (120, -120),
        (160, -114),
        (200, -105),
        (230, -90),
        (255, -71),
        (275, -58),
        (318, -50),
    ),
    back=profile(
        (0, 114), (60, 122), (120, 128), (170, 129), (220, 125), (270, 115), (318, 104)
    ),
    bulge=2.3,
)


def surface_distance(plane: Plane) -> Floats:
    """Distance to the skin: pectoral folds, spinal furrow, shoulders, a flat back."""
    d = SURFACE.distance(plane)
    d = d + 5 * np.exp(-((plane.x / 13) ** 2)) * (plane.y > 0)
    lift = np.float32(4 * np.exp(-(((plane.z - 165) / 38) ** 2)))
    d = d + lift * np.exp(-((plane.x / 16) ** 2)) * (plane.y < 0)
    chest = _mirrored(plane, (70, -78, 170), (56, 37, 60))
    shoulder = _mirrored(plane, (165, 14, 318), (62, 62, 66))
    axilla = _mirrored(plane, (148, 40, 225), (40, 62, 80))
    joined = smooth_min(smooth_min(d, chest, 14), smooth_min(axilla, shoulder, 25), 22)
    return smooth_max(joined, plane.y - 125, 16)


def _mirrored(
    plane: Plane,
    center: tuple[float, float, float],
    radii: tuple[float, float, float],
) -> Floats:
    """An ellipsoid and its image across the midline."""
    return ellipsoid(np.abs(plane.x), plane.y, plane.z, center, radii)


def diaphragm_height(plane: Plane) -> Floats:
    """Height of the diaphragm above each pixel: two domes that fall to the ribs."""
    reach = np.clip(1 + CAVITY.distance(plane, 85.0) / 82.0, 0, 1.3)
    right = 1 / (1 + np.exp((plane.x - 5) / 14))
    top = 95 + 15 * right - 3 * np.exp(-((plane.x / 22) ** 2))
    turn = np.arctan2(plane.y - 5, np.abs(plane.x))
    depth = 54 + 30 * np.clip(turn, 0, 1.3) + 26 * np.clip(turn, -1.4, 0)
    slope = 0.22 * np.clip(plane.y + 20, 0, None) + 0.1 * np.clip(
        -plane.y - 30, 0, None
    )
    crus = 20 * np.exp(-(((plane.x) / 30) ** 2)) * np.clip((plane.y - 10) / 40, 0, 1)
    return as_floats(top - slope - crus - depth * reach**5)


@dataclass(frozen=True)
class Wall:
    """The soft tissue outside the ribs; `seeds` (n, 3) are the middles of bundles."""

    seeds: Points

    def paint(
        self,
        hu: Floats,
        plane: Plane,
        skin: Floats,
        cavity: Floats,
        grain: tuple[Floats, Floats],
    ) -> None:
        """Skin, fat, the muscles with the fat between them, and the pleura's fat.

        skin, cavity: distances. grain: a fine and a slow field that fray the borders.
        """
        fine, slow = grain
        paint(hu, coverage(skin), SKIN)
        paint(hu, coverage(skin + 1.9), FAT + 4 * fine + 5 * slow)
        muscle = _muscle_distance(plane, skin, cavity, fine, slow)
        paint(hu, coverage(muscle, 1.8), MUSCLE + 4 * fine)
        paint(hu, 0.9 * coverage(_fat_planes(plane, skin, cavity, slow), 2.2), FAT)
        if plane.z > SHOULDER_FROM:
            septa = self._septa(plane, cavity, fine, slow)
            cover = 0.85 * coverage(np.maximum(septa, muscle + 2), 3.0)
            paint(hu, cover, FAT + 6 * fine)
        lining = np.maximum(cavity - 1.5 + 0.9 * slow, -cavity - 6)
        paint(hu, 0.7 * coverage(lining), FAT + 25)

    def _septa(
        self, plane: Plane, cavity: Floats, fine: Floats, slow: Floats
    ) -> Floats:
        """Fat between the muscle bundles of the shoulder girdle and the neck.

        The borders of a Voronoi diagram, on every third pixel and then stretched.
        """
        x = (plane.x + 9 * slow + 2.5 * fine)[::3, ::3]
        y = (plane.y - 8 * slow + 2.5 * fine)[::3, ::3]
        first = np.full(x.shape, 1e6, np.float32)
        second = first.copy()
        nearest = np.zeros(x.shape, np.int16)
        for number, (sx, sy, sz) in enumerate(self.seeds.astype(np.float32)):
            lift = 0.1 * (plane.z - sz) ** 2
            d = (x - sx) ** 2 + (y - sy) ** 2 + np.float32(lift)
            closer = d < first
            second = np.where(closer, first, np.minimum(second, d))
            first = np.where(closer, d, first)
            nearest[closer] = number
        gap = np.sqrt(second) - np.sqrt(first)
        gap -= 9 * ((nearest % 5) == 0)  # every fifth bundle is half fat
        gap = _stretched(gap, 3, plane.x.shape)
        wide = 4.2 * min(1.0, (plane.z - SHOULDER_FROM) / 75) - 1.6
        near = np.clip(16 - cavity, 0, 14) + np.clip(30 - np.abs(plane.x), 0, 8)
        return as_floats(gap - wide - 1.1 * slow - 0.6 * fine + near)


SHOULDER_FROM = 185.0


def make_wall(rng: np.random.Generator) -> Wall:
    """A wall whose bundles lie at random, apart from each other and upright."""
    spread = rng.uniform((-205, -60, 225), (205, 120, 345), (420, 3))
    kept: list[Points] = []
    for seed in spread:
        gaps = [np.abs((seed - k) * (1, 1, 0.4)) for k in kept]
        if all(float(np.hypot(*g[:2]) + g[2]) > 25 for g in gaps):
            kept.append(seed)
    return Wall(np.array(kept))


def _stretched(small: Floats, factor: int, shape: tuple[int, ...]) -> Floats:
    """Linear enlargement of a grid that kept every `factor`-th sample."""
    rows, columns = (as_floats(np.arange(n)) / np.float32(factor) for n in shape)
    return _lerp(_lerp(small, rows).T, columns).T


def _lerp(grid: Floats, position: Floats) -> Floats:
    low = np.clip(position.astype(int), 0, len(grid) - 2)
    t = np.clip(position - low, 0, 1)[:, None]
    return as_floats(grid[low] * (1 - t) + grid[low + 1] * t)


def _muscle_distance(
    plane: Plane, skin: Floats, cavity: Floats, fine: Floats, slow: Floats
) -> Floats:
    """Muscle lies deeper than the fat under the skin and never leaves the ribs bare."""
    front = np.clip(-plane.y / 90, 0, 1)
    low = np.clip((120 - plane.z) / 100, 0, 1)
    middle = np.exp(-((plane.x / 24) ** 2))
    flank = np.clip(1 - np.abs(plane.y - 5) / 60, 0, 1)
    fat = 10 + front * (6 + 6 * low) + 5 * low + 7 * flank - 5 * middle
    deep = (skin + fat + 0.8 * fine + 2.4 * slow).astype(np.float32)
    return smooth_min(deep, cavity - 11.0, 3.0)


def _fat_planes(plane: Plane, skin: Floats, cavity: Floats, slow: Floats) -> Floats:
    """Thin sheets between the layers of the wall, and the fat of the armpit."""
    inner = np.abs(cavity - 14.5 - 0.8 * slow) - 0.7 + 0.9 * slow
    bow = 4 * np.sin(plane.y / 37 + plane.z / 60)
    middle = np.abs(cavity - 24 - 2.5 * slow - bow) - 1.0 + 0.7 * slow
    outer = np.abs(cavity - 37 - 3 * slow + bow) - 0.8 + 0.7 * slow
    outside = np.maximum(13 - cavity, skin + 9)
    sheets = np.maximum(np.minimum(np.minimum(outer, inner), middle), outside)
    sheets = (
        sheets + max(0.0, 70 - plane.z) * 0.03 + max(0.0, plane.z - SHOULDER_FROM) * 0.2
    )
    armpit = _mirrored(plane, (124, -8, 238), (16, 30, 54)) + 7 * slow
    return as_floats(np.minimum(sheets, armpit))
