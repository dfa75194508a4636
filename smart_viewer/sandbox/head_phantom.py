"""A head as CT sees it, without noise: a truth known by construction.

Drawn from the outside in, as the chest is; the haemorrhage comes at the end,
undeformed, so that its volume is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from smart_viewer.sandbox.head_bone import AIR, Bone, make_bone
from smart_viewer.sandbox.head_brain import WATER, Brain, make_brain
from smart_viewer.sandbox.head_face import (
    paint_holder,
    paint_jaw,
    paint_orbits,
    paint_outside,
)
from smart_viewer.sandbox.head_shape import (
    cavity_distance,
    skin_distance,
    vault_distance,
)
from smart_viewer.sandbox.shapes import (
    Field,
    Floats,
    Plane,
    as_floats,
    coverage,
    ellipsoid,
    paint,
    random_field,
)

SIZE = 512
PIXEL_MM = 0.44921875
THIN_MM, THICK_MM = 2.5, 5.0
THIN_SLICES = 60
THICK_SLICES = 30
ORIGIN_LPS = (1.75, -6.5, 812.0)
"""Where the head's own origin (between the ear canals) lies, in mm."""
FIRST_PIXEL_LPS = (-113.0, -123.0)
"""x and y of the first pixel's centre in every slice."""
LOWEST_MM = -25.0
"""Height of the lowest thin slice above the head's own origin."""
SEED = 20240308


@dataclass(frozen=True, slots=True)
class Haemorrhage:
    """Fresh blood in the brain: an ellipsoid with a rim of oedema.

    radii_mm: along x, y, z. rim_mm: thickness of the oedema about it.
    """

    center_lps: tuple[float, float, float]
    radii_mm: tuple[float, float, float]
    hu: float
    rim_mm: float
    rim_hu: float

    @property
    def volume_ml(self) -> float:
        """Of the blood alone."""
        a, b, c = self.radii_mm
        return 4 / 3 * np.pi * a * b * c / 1000


def head_lps(x: float, y: float, z: float) -> tuple[float, float, float]:
    """The patient's position of a point in the head's own coordinates."""
    return x + ORIGIN_LPS[0], y + ORIGIN_LPS[1], z + ORIGIN_LPS[2]


HAEMORRHAGE = Haemorrhage(head_lps(-29, -36, 52), (9.0, 13.0, 8.0), 68.0, 4.0, 20.0)


def thin_z_lps(index: int) -> float:
    """Height of thin slice `index`, counted from the feet upwards."""
    return ORIGIN_LPS[2] + LOWEST_MM + index * THIN_MM


def thick_z_lps(index: int) -> float:
    """Height of thick slice `index`: between two thin ones."""
    return (thin_z_lps(2 * index) + thin_z_lps(2 * index + 1)) / 2


@dataclass(frozen=True)
class Head:
    """The head with its random parts drawn from one seed."""

    seed: int = SEED

    def hu(self, index: int) -> Floats:
        """The thin slice (rows, columns) in HU before any noise or kernel."""
        plane = self._plane(LOWEST_MM + index * THIN_MM, 1)
        hu = np.full(plane.x.shape, AIR, np.float32)
        paint_holder(hu, plane)
        axes = plane.z + 100, plane.x_mm, plane.y_mm
        vault = vault_distance(plane)
        skin = skin_distance(plane, vault)
        paint_outside(
            hu, plane, skin, vault, (self._slow.at(*axes), self._fine.at(*axes))
        )
        if plane.z < 12:
            paint_jaw(hu, plane)
        self._bone.paint(hu, plane, vault)
        if plane.z < 36:
            paint_orbits(hu, plane, skin)
        self._paint_inside(hu, plane, vault)
        return hu

    def _paint_inside(self, hu: Floats, plane: Plane, vault: Floats) -> None:
        """The brain, drawn on every second pixel and laid into the skull's space."""
        cavity = cavity_distance(plane, vault)
        small = self._plane(plane.z, 2)
        brain = np.full(small.x.shape, WATER, np.float32)
        self._brain.paint(brain, small, as_floats(cavity[::2, ::2]))
        _paint_blood(brain, small)
        paint(hu, coverage(cavity, 0.8), _doubled(_doubled(brain).T).T)

    def _plane(self, z: float, stride: int) -> Plane:
        x_mm, y_mm = _axes(stride)
        bend_x = 1.6 * self._bends[0].at(z + 100, x_mm, y_mm)
        bend_y = 1.4 * self._bends[1].at(z + 100, x_mm, y_mm)
        return Plane(z, x_mm, y_mm, x_mm[None, :] + bend_x, y_mm[:, None] + bend_y)

    @cached_property
    def _bends(self) -> tuple[Field, Field]:
        return random_field(self._rng(1), 70.0), random_field(self._rng(2), 70.0)

    @cached_property
    def _slow(self) -> Field:
        return random_field(self._rng(3), 11.0)

    @cached_property
    def _fine(self) -> Field:
        return random_field(self._rng(4), 3.0)

    @cached_property
    def _bone(self) -> Bone:
        return make_bone(self.seed)

    @cached_property
    def _brain(self) -> Brain:
        return make_brain(self.seed)

    def _rng(self, part: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, part])


def _paint_blood(hu: Floats, plane: Plane) -> None:
    blood, (x, y, z) = HAEMORRHAGE, np.subtract(HAEMORRHAGE.center_lps, ORIGIN_LPS)
    box_x, box_y = np.meshgrid(plane.x_mm, plane.y_mm)
    distance = ellipsoid(box_x, box_y, plane.z, (x, y, z), blood.radii_mm)
    near = coverage(distance - blood.rim_mm, 2.5)
    paint(hu, np.where(hu > WATER + 8, near, 0.4 * near), blood.rim_hu)
    paint(hu, coverage(distance, 1.0), blood.hu)


@lru_cache(maxsize=2)
def _axes(stride: int) -> tuple[Floats, Floats]:
    """Pixel centres (columns,), (rows,) in the head's own coordinates."""
    steps = np.arange(0, SIZE, stride, dtype=np.float32) * np.float32(PIXEL_MM)
    x0, y0 = np.subtract(FIRST_PIXEL_LPS, ORIGIN_LPS[:2])
    return steps + np.float32(x0), steps + np.float32(y0)


def _doubled(half: Floats) -> Floats:
    """Rows twice as many: each followed by its mean with the next."""
    after = np.concatenate([half[1:], half[-1:]])
    both = np.stack([half, (half + after) / 2], axis=1)
    return as_floats(both.reshape(-1, half.shape[1]))
