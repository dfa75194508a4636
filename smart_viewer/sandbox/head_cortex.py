"""The cerebrum's folded border: sulci as sheets that look inwards from the surface.

Every hemisphere has an axis from front to back; a point takes the place on a tube about
the axis that lies above it, and the zeros of a random field there are its sulci. So
sulci run inwards at right angles to the surface, and no two folds are alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.shapes import (
    Field,
    Floats,
    Plane,
    as_floats,
    random_field,
    smooth_max,
)

_REACH_MM = 40.0
_STEP_MM = 2.0
_MIDDLE = 100.0


@dataclass(frozen=True)
class Folds:
    """The fields of one brain. lattice: the main one, sampled every 2 mm (z, y, x)."""

    lattice: Floats
    depth: Field
    wander: tuple[Field, Field]

    def pia(self, plane: Plane, hull: Floats) -> Floats:
        """Depth below the folded surface, mm; negative in the water about it.

        hull: distance to the smooth envelope of the cerebrum, negative inside.
        """
        axes = plane.z + _MIDDLE, plane.x_mm, plane.y_mm
        bend = [4.0 * field.at(*axes) for field in self.wander]
        at, radius = _above(plane.x + bend[0], plane.y + bend[1], plane.z)
        value = self._lookup(*at)
        step = abs(float(plane.x_mm[1] - plane.x_mm[0]))
        dy, dx = np.gradient(value, step)
        sheet = np.abs(value) / (np.hypot(dx, dy) + 0.012)
        sheet = sheet + 2 * np.clip(13 - radius, 0, None)  # too near to the axis
        midline = _midline(plane)
        below = -smooth_max(hull, -2.0 * midline, 3.0)
        core = core_distance(plane)
        below = np.maximum(below, -3 * core)
        reach = 16 + 4 * self.depth.at(*axes)
        sulcus = np.hypot(sheet, np.clip(below - reach, 0, None))
        opening = 0.35 + 1.1 * np.exp(-np.clip(below, 0, None) / 5)
        cut = np.minimum(sulcus - opening, midline - 1.3)
        cut = np.minimum(cut, _sylvian(plane) - 1.2)
        return as_floats(np.minimum(cut, -hull))

    def _lookup(self, x: Floats, y: Floats, z: Floats) -> Floats:
        """The main field at any points, linear between the samples."""
        grid = self.lattice
        place = [(c + _MIDDLE) / np.float32(_STEP_MM) for c in (z, y, x)]
        low = [p.astype(np.int32) for p in place]
        tz, ty, tx = (p - i for p, i in zip(place, low, strict=True))
        rows, columns = grid.shape[1:]
        flat = (low[0] * rows + low[1]) * columns + low[2]
        values = grid.ravel()

        def line(offset: int) -> Floats:
            a, b = values[flat + offset], values[flat + offset + 1]
            return as_floats(a + tx * (b - a))

        near = line(0) + ty * (line(columns) - line(0))
        page = rows * columns
        far = line(page) + ty * (line(page + columns) - line(page))
        return as_floats(near + tz * (far - near))


def _above(x: Floats, y: Floats, z: float) -> tuple[tuple[Floats, ...], Floats]:
    """The places on the tubes above the points, and how far the axes are."""
    side = np.abs(x) - 22.0
    along = np.clip(y, -44.0, 48.0)
    up = np.float32(z) - (38.0 - 0.06 * along)
    ahead = y - along
    radius = np.sqrt(side**2 + ahead**2 + up**2) + 1.5
    scale = np.clip(_REACH_MM / radius, 0, 12)
    tube = 22.0 + side * scale
    place = np.where(x < 0, -tube, tube), along + ahead * scale, 38.0 + up * scale
    return tuple(as_floats(p) for p in place), as_floats(radius)


def _midline(plane: Plane) -> Floats:
    """Distance to the fissure between the hemispheres, above and round the core."""
    inside = np.clip(-core_distance(plane), 0, None)
    return as_floats(np.hypot(plane.x, inside))


def core_distance(plane: Plane) -> Floats:
    """Distance to the undivided middle: callosum, ventricles, deep nuclei."""
    p, q = plane.x / 30.0, (plane.y - 1.0) / 40.0
    r = np.float32((plane.z - 41.0) / 25.0)
    return as_floats((np.sqrt(p * p + q * q + r * r) - 1) * 30.0)


def _sylvian(plane: Plane) -> Floats:
    """Distance to the lateral cleft and to the water over the insula."""
    side, y, z = np.abs(plane.x), plane.y, plane.z
    course = z - (26.0 + 0.42 * (y + 28) + 1.5 * np.sin(y / 7)) + 0.3 * (side - 50)
    inwards = np.clip(40.0 - side, 0, None)
    ends = np.clip(np.abs(y) - 33.0, 0, None)
    cleft = np.sqrt((0.85 * course) ** 2 + inwards**2 + ends**2)
    along = np.clip(np.abs(y + 3.0) - 19.0, 0, None)
    high = np.clip(abs(z - 40.0) - 13.0, 0, None)
    curve = side - 40.5 + 0.008 * (y + 3) ** 2 + 1.1 * np.sin(y / 3.3)
    island = np.sqrt(curve**2 + along**2 + high**2)
    return as_floats(np.minimum(cleft, island))


def cerebrum_distance(plane: Plane, cavity: Floats) -> Floats:
    """Distance to the envelope of both hemispheres, within the skull's cavity."""
    return smooth_max(as_floats(cavity + 2.4), _over(plane), 3.0)


def _over(plane: Plane) -> Floats:
    """Negative above the tentorium, and everywhere in front of the petrous ridge."""
    ridge = plane.y - (1 + 0.46 * (np.abs(plane.x) - 8))
    above = (tentorium_height(plane) - plane.z) * np.float32(0.9)
    return as_floats(np.minimum(np.maximum(above + 0.4, -30), ridge + 3))


def tentorium_height(plane: Plane) -> Floats:
    """Height of the sheet between cerebrum and cerebellum."""
    away = np.hypot(plane.x, plane.y - 32)
    return as_floats(38 - 0.4 * np.clip(away - 5, 0, None))


def make_folds(seed: int) -> Folds:
    """The folds that belong to the seed."""
    rng = [np.random.default_rng([seed, 40 + n]) for n in range(4)]
    main = random_field(rng[0], 7.4)
    steps = np.arange(-_MIDDLE, _MIDDLE + 1, _STEP_MM, dtype=np.float32)
    heights = np.arange(0, 201, _STEP_MM)
    lattice = np.stack([main.at(float(z), steps, steps) for z in heights])
    wander = random_field(rng[2], 20.0), random_field(rng[3], 20.0)
    return Folds(as_floats(lattice), random_field(rng[1], 24.0), wander)
