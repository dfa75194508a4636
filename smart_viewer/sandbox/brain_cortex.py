"""The folded surface of the cerebrum: hulls, fissures, gyri and sulci.

Sulci are the zeros of random waves that look inwards from the surface, so they run in
winding lines of much the same distance, as the folds of a growing sheet do. A sulcus
is a sheet that ends at some depth; cortex lies along both its sides and round its end.
The origin is half way between the commissures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.mr_canvas import Waves, make_waves
from smart_viewer.sandbox.mr_shapes import capsule, solid
from smart_viewer.sandbox.shapes import Floats, as_floats, smooth_max, smooth_min

CORTEX_MM = 2.7
SULCUS_PERIOD_MM = 28.0
_REACH = 38.0

Triple = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class Folds:
    """Distances in the cerebrum, all negative inside.

    hull: to the smooth envelope. grey: to the pial surface, sulci cut out. white: to
    the border of grey and white matter.
    """

    hull: Floats
    grey: Floats
    white: Floats


@dataclass(frozen=True)
class Cortex:
    """The random waves of one brain."""

    main: Waves
    side: Waves
    depth: Waves
    wander: tuple[Waves, Waves, Waves]

    def folds(self, x: Floats, y: Floats, z: Floats) -> Folds:
        """The folded surface at points of any shape."""
        hull = cerebrum_distance(x, y, z)
        opening = 0.35 + 0.75 * np.exp(np.minimum(hull, 0) / 6.0)
        sheet = self._sheets(x, y, z, hull) - opening
        midline = _midline_distance(x, y, z) - 0.8
        sylvian = _sylvian_distance(x, y, z) - 1.0
        cleft = as_floats(np.minimum(np.minimum(sheet, midline), sylvian))
        grey = smooth_max(hull, -cleft, 1.2)
        white = smooth_max(hull + CORTEX_MM, CORTEX_MM - cleft, 3.0)
        return Folds(hull, grey, white)

    def _sheets(self, x: Floats, y: Floats, z: Floats, hull: Floats) -> Floats:
        """Distance to the nearest sulcus, main or side, as deep as it goes."""
        wx, wy, wz = (w.at(x, y, z) for w in self.wander)
        near = _looking_in(x + 2.6 * wx, y + 2.6 * wy, z + 2.6 * wz)
        (px, py, pz), inwards, scale = near
        depth = self.depth.at(as_floats(px + 5.0 * np.sign(x)), py, pz)
        below = as_floats(-np.maximum(hull, -_midline_distance(x, y, z)))
        below += 2.5 * np.clip(-_callosal_core(x, y, z), 0, None)
        main = self.main.offset_at(px, py, pz, inwards) * scale
        main = np.hypot(main, np.clip(below - (15 + 5 * depth), 0, None))
        side = self.side.offset_at(px, py, pz, inwards) * scale
        side = np.hypot(side, np.clip(below - (5.5 - 3.5 * depth), 0, None))
        return as_floats(np.minimum(main, side))


def make_cortex(rng: np.random.Generator) -> Cortex:
    """The folds of the brain that belongs to the generator's seed."""
    return Cortex(
        main=make_waves(rng, SULCUS_PERIOD_MM, 22, 0.12),
        side=make_waves(rng, 0.62 * SULCUS_PERIOD_MM, 16, 0.15),
        depth=make_waves(rng, 34.0, 8, 0.3),
        wander=(
            make_waves(rng, 21.0, 7, 0.3),
            make_waves(rng, 19.0, 7, 0.3),
            make_waves(rng, 23.0, 7, 0.3),
        ),
    )


def _looking_in(x: Floats, y: Floats, z: Floats) -> tuple[Triple, Triple, Floats]:
    """The points as the surface above them, the way there, and how far apart they lie.

    Each hemisphere has an axis from front to back; what lies on one line from it has
    one place on the surface.
    """
    side = np.abs(x) - 25.0
    along = np.clip(y, -42.0, 48.0)
    ahead = y - along
    up = z - (18.0 - 0.08 * along)
    radius = np.sqrt(side**2 + ahead**2 + up**2) + 1.0
    inwards = (
        as_floats(side / radius),
        as_floats(ahead / radius),
        as_floats(up / radius),
    )
    mirrored = 25.0 + inwards[0] * _REACH + 3.0 * np.sign(x)
    place = mirrored, along + inwards[1] * _REACH, 18.0 + inwards[2] * _REACH
    scale = np.clip(radius / _REACH, 0.5, 1.4)
    return (
        (as_floats(place[0]), as_floats(place[1]), as_floats(place[2])),
        inwards,
        as_floats(scale),
    )


def cerebrum_distance(x: Floats, y: Floats, z: Floats) -> Floats:
    """Distance to the smooth envelope of both hemispheres."""
    side = np.abs(x)
    vault = solid(side, y, z, (0, 3, 19), (67.5, 86, 57))
    floor = -17.0 - 0.16 * (y + 20) + 0.0022 * (y - 10) ** 2 * (y > 10)
    floor = floor + 0.10 * np.clip(side - 20, 0, None)
    vault = smooth_max(vault, as_floats(floor - z), 10.0)
    pole = capsule(side, y, z, (44, -22, -22), (47, 34, -12), 20.0)
    return smooth_min(vault, pole, 8.0)


def _midline_distance(x: Floats, y: Floats, z: Floats) -> Floats:
    """Distance to the fissure between the hemispheres, which ends at the callosum."""
    core = _callosal_core(0 * x, y, z)
    return as_floats(np.hypot(x, np.clip(-core, 0, None)))


def _callosal_core(x: Floats, y: Floats, z: Floats) -> Floats:
    """Distance to the body round the ventricles that the corpus callosum covers."""
    p, q, r = x / 34.0, (y - 2.0) / 41.0, (z - 1.0) / 29.5
    return as_floats((np.sqrt(p**2 + q**2 + r**2) - 1) * 33.0)


def _sylvian_distance(x: Floats, y: Floats, z: Floats) -> Floats:
    """Distance to the Sylvian fissure and to the insula at its bottom."""
    side = np.abs(x)
    course = z - (-11.0 + 0.46 * (y + 26) + 1.5 * np.sin(y / 8.0))
    course = 0.86 * (course + 0.34 * (side - 50) + 1.3 * np.sin(side / 4.0 + y / 11))
    inwards = np.clip(41.0 - side, 0, None)
    ends = np.clip(np.abs(y) - 34.0, 0, None)
    cleft = np.sqrt(course**2 + inwards**2 + ends**2)
    along = np.clip(np.abs(y + 4.0) - 20.0, 0, None)
    high = np.clip(np.abs(z - 2.0) - 13.0, 0, None)
    island = np.sqrt((side - 41.0 - 0.006 * (y + 4) ** 2) ** 2 + along**2 + high**2)
    return as_floats(np.minimum(cleft, island))
