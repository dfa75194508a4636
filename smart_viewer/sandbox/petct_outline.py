"""The body from the thighs to the base of the skull: its skin and its inner spaces.

Space is the chest phantom's own (see `torso`), heights continued: 0 is the first lumbar
vertebra, -400 the middle of the thighs, 318 the root of the neck, 460 the eyes.
"""

from __future__ import annotations

import numpy as np

from smart_viewer.sandbox.mr_shapes import capsule, solid
from smart_viewer.sandbox.shapes import (
    Floats,
    Plane,
    Profile,
    as_floats,
    profile,
    smooth_max,
    smooth_min,
)
from smart_viewer.sandbox.torso import CAVITY, SURFACE, Outline, surface_distance

LOWEST_MM, HIGHEST_MM = -400.0, 460.0


def _continued(upper: Profile, *knots: tuple[float, float]) -> Profile:
    """The profile with knots below its lowest height."""
    above = zip(upper.heights, upper.values, strict=True)
    return profile(*knots, *above)


SKIN = Outline(
    center=_continued(SURFACE.center, (-430, 80), (-240, 80), (-120, 72)),
    taper=_continued(SURFACE.taper, (-430, 0.1), (-240, 0.2), (-120, 0.5)),
    edge=_continued(
        SURFACE.edge,
        (-430, 166), (-330, 178), (-240, 186), (-180, 180), (-110, 166), (-50, 159),
    ),
    medial=_continued(SURFACE.medial, (-430, 400), (-120, 420)),
    front=_continued(
        SURFACE.front, (-430, -86), (-300, -98), (-220, -108), (-120, -122), (-50, -126)
    ),
    back=_continued(
        SURFACE.back, (-430, 84), (-300, 100), (-220, 122), (-120, 118), (-50, 110)
    ),
    bulge=2.3,
)  # fmt: skip
BELLY = Outline(
    center=_continued(CAVITY.center, (-275, 20), (-220, 34), (-140, 50)),
    taper=_continued(CAVITY.taper, (-275, 0.1), (-140, 0.4)),
    edge=_continued(
        CAVITY.edge,
        (-275, 16), (-240, 44), (-205, 74), (-165, 92), (-120, 116), (-60, 124),
    ),
    medial=_continued(CAVITY.medial, (-275, 400), (-60, 400)),
    front=_continued(
        CAVITY.front, (-275, -36), (-230, -66), (-160, -92), (-80, -101)
    ),
    back=_continued(CAVITY.back, (-275, 40), (-220, 74), (-140, 78), (-60, 80)),
    bulge=2.2,
)  # fmt: skip


def skin_distance(plane: Plane) -> Floats:
    """Distance to the skin: trunk, thighs, neck, head and raised arms."""
    if plane.z < 0:
        return _lower(plane)
    trunk = surface_distance(plane)
    if plane.z < 200:
        return trunk
    z = np.full_like(plane.x, plane.z)
    side = np.abs(plane.x)
    arm = capsule(side, plane.y, z, (164, 16, 322), (206, 22, 500), 45.0)
    trunk = smooth_min(as_floats(trunk + 1.8 * max(0.0, plane.z - 318)), arm, 24)
    neck = capsule(plane.x, plane.y, z, (0, 18, 300), (0, 8, 420), 58.0)
    head = solid(plane.x, plane.y, z, (0, -4, 490), (77, 98, 108))
    jaw = solid(side, plane.y, z, (0, -46, 428), (58, 52, 52))
    return smooth_min(trunk, smooth_min(neck, smooth_min(head, jaw, 18), 18), 26)


def _lower(plane: Plane) -> Floats:
    trunk = SKIN.distance(plane)
    trunk = as_floats(trunk + 5 * np.exp(-((plane.x / 13) ** 2)) * (plane.y > 0))
    if plane.z > -215:
        return trunk
    apart = min(1.0, (-215 - plane.z) / 60)
    thigh_x = 90.0 - 0.03 * (-215 - plane.z)
    radius = 94.0 - 0.09 * (-215 - plane.z)
    thigh = np.hypot(np.abs(plane.x) - thigh_x, 0.94 * plane.y) - radius
    cleft = as_floats(thigh + 26 * (1 - apart))
    cut = smooth_max(trunk, cleft, 8)
    return as_floats(trunk * (1 - apart) + cut * apart)


def cavity_distance(plane: Plane) -> Floats:
    """Distance to the inner side of the wall of chest, belly and pelvis."""
    outside = BELLY if plane.z < 0 else CAVITY
    below = max(0.0, -275.0 - plane.z)
    return as_floats(outside.distance(plane) + below)
