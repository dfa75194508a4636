"""A body with an FDG-avid cancer as PET and CT see it: a truth known by construction.

One drawing gives the HU and the SUV of a plane, so both are of the same anatomy.
Lesions come last, undeformed, so that their centres, sizes and uptakes are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from smart_viewer.sandbox.mediastinum import chambers, filling_distance
from smart_viewer.sandbox.mr_canvas import Waves, make_waves
from smart_viewer.sandbox.mr_shapes import Point, solid
from smart_viewer.sandbox.petct_bones import (
    SINUSES,
    brain_distance,
    paint_skeleton,
)
from smart_viewer.sandbox.petct_organs import (
    BRAIN,
    FAT,
    GAS,
    GLAND,
    LUNG,
    MARROW_SUV,
    MUSCLE,
    SKIN,
    Sheet,
    Stuff,
    paint_belly,
    paint_heart,
    paint_vessels,
)
from smart_viewer.sandbox.petct_outline import cavity_distance, skin_distance
from smart_viewer.sandbox.shapes import (
    Floats,
    Plane,
    as_floats,
    coverage,
    paint,
    smooth_max,
)
from smart_viewer.sandbox.skeleton import (
    Girdle,
    Rib,
    make_girdle,
    make_ribs,
    spine_distance,
)
from smart_viewer.sandbox.torso import diaphragm_height

SEED = 20240314
TABLE_Y = 128.0


@dataclass(frozen=True, slots=True)
class Ball:
    """A round lesion. center: in the body's space; diameter_mm, hu, suv: exact."""

    name: str
    center: Point
    diameter_mm: float
    hu: float
    suv: float


LESIONS = (
    Ball("cancer, right upper lobe", (-76.0, 6.0, 225.0), 34.0, 40.0, 8.0),
    Ball("node, right hilum", (-42.0, 4.0, 205.0), 16.0, 44.0, 6.5),
    Ball("node, below the carina", (2.0, 12.0, 200.0), 14.0, 44.0, 5.5),
    Ball("metastasis, liver", (-92.0, -18.0, 50.0), 24.0, 44.0, 10.0),
    Ball("metastasis, left ilium", (78.0, 62.0, -120.0), 22.0, 260.0, 7.0),
    Ball("node, left neck", (47.0, 14.0, 350.0), 15.0, 46.0, 6.0),
)


@dataclass(frozen=True)
class Body:
    """The body with its random parts drawn from one seed."""

    bones: tuple[tuple[Rib, ...], Girdle]
    coarse: Waves
    fine: Waves
    septa: Waves
    vessels: tuple[Waves, Waves]
    bowel: tuple[Waves, Waves]

    def sheet(self, z: float, x_mm: Floats, y_mm: Floats) -> Sheet:
        """HU and SUV at height z on a grid (len(y_mm), len(x_mm)), without noise."""
        x = np.broadcast_to(x_mm, (len(y_mm), len(x_mm))).astype(np.float32)
        y = np.broadcast_to(y_mm[:, None], x.shape).astype(np.float32)
        plane = Plane(z, x_mm, y_mm, x, y)
        sheet = Sheet(plane)
        _paint_table(sheet)
        grain = self.fine.on_axial(z, x_mm, y_mm)
        skin, cavity = skin_distance(plane), cavity_distance(plane)
        self._paint_wall(sheet, skin, cavity)
        if -280 < z < 300:
            self._paint_trunk(sheet, cavity, grain)
        if z > 330:
            _paint_head(sheet)
        paint_vessels(sheet)
        self._paint_bones(sheet, grain)
        for lesion in LESIONS:
            _paint_ball(sheet, lesion)
        return sheet

    def _paint_wall(self, sheet: Sheet, skin: Floats, cavity: Floats) -> None:
        """Skin, fat under it, muscle with fat between its bundles."""
        plane = sheet.plane
        slow = self.coarse.on_axial(plane.z, plane.x_mm, plane.y_mm)
        sheet.lay(SKIN, skin)
        sheet.lay(FAT, skin + 2.0, texture=4 * slow)
        belly = np.exp(-(((plane.z + 40) / 110) ** 2))
        front = np.clip(-plane.y / 90, 0, 1)
        fat = 9 + 3 * slow + 16 * belly * front + 8 * belly
        if plane.z > 300:
            fat = 6 + 2 * slow
        muscle = smooth_max(skin + as_floats(fat), -cavity - 30, 4)
        if plane.z > 318 or plane.z < -275:
            muscle = as_floats(skin + fat)
        elif plane.z < 0:
            wall = np.where(plane.y < 20, 13.0, 60.0) + 70 * max(0, -120 - plane.z) / 60
            muscle = np.maximum(muscle, cavity - as_floats(wall))
        gap = self.septa.on_axial(0.35 * plane.z, plane.x_mm, plane.y_mm)
        sheet.lay(MUSCLE, np.maximum(muscle, (0.16 - np.abs(gap)) * 9), 3.0)

    def _paint_trunk(self, sheet: Sheet, cavity: Floats, grain: Floats) -> None:
        """The inside: fat, the belly, lungs and heart."""
        plane = sheet.plane
        sheet.lay(FAT, cavity + 1.0, texture=7 * grain)
        if plane.z > 130:
            below = np.full_like(cavity, 40.0)
        else:
            below = as_floats((plane.z - diaphragm_height(plane)) * 0.75)
        if plane.z < 130:
            room = np.maximum(below + 2.6, cavity + 3.2)
            paint_belly(sheet, room, self.bowel)
        if plane.z > 5:
            self._paint_lungs(sheet, cavity, below)
        _paint_heart_above(sheet, below)

    def _paint_lungs(self, sheet: Sheet, cavity: Floats, below: Floats) -> None:
        plane = sheet.plane
        filling = filling_distance(plane, chambers(plane))
        outside = smooth_max(-filling, -spine_distance(plane), 5)
        lung = smooth_max(smooth_max(cavity + 1.0, outside, 7), -below + 0.5, 3)
        sheet.lay(LUNG, lung, texture=0.3 * plane.y)
        one, two = (w.on_axial(plane.z, plane.x_mm, plane.y_mm) for w in self.vessels)
        hilum = np.hypot(np.abs(plane.x) - 45, plane.y - 10) / 60
        thick = np.clip(1.5 - hilum, 0.5, 1.5)
        pipes = np.hypot(one, two) * 3.4 - thick
        inside = np.maximum(pipes, lung + 5)
        sheet.lay(Stuff(30, 0.8), as_floats(inside), 2.6, share=0.85)

    def _paint_bones(self, sheet: Sheet, grain: Floats) -> None:
        """Bone, and the marrow's uptake wherever it came out denser than muscle."""
        before = sheet.hu.copy()
        paint_skeleton(sheet.hu, sheet.plane, self.bones, grain)
        bone = np.clip((sheet.hu - 70) / 60, 0, 1) * (np.abs(sheet.hu - before) > 8)
        paint(sheet.suv, as_floats(bone), MARROW_SUV)


def _paint_heart_above(sheet: Sheet, below: Floats) -> None:
    """The heart, but for what would lie under the diaphragm."""
    if not 90 < sheet.plane.z < 205:
        return
    hu, suv = sheet.hu.copy(), sheet.suv.copy()
    paint_heart(sheet)
    under = coverage(below, 3.0)
    paint(sheet.hu, under, hu)
    paint(sheet.suv, under, suv)


@lru_cache(maxsize=1)
def make_body(seed: int = SEED) -> Body:
    """The body of the sample study."""
    rng = [np.random.default_rng([seed, part]) for part in range(7)]
    return Body(
        (make_ribs(), make_girdle()),
        make_waves(rng[0], 60.0, 8, 0.4),
        make_waves(rng[1], 14.0, 10, 0.5),
        make_waves(rng[2], 58.0, 10, 0.3),
        (make_waves(rng[3], 34.0, 10, 0.3), make_waves(rng[4], 34.0, 10, 0.3)),
        (make_waves(rng[5], 52.0, 9, 0.3), make_waves(rng[6], 17.0, 9, 0.4)),
    )


def _paint_head(sheet: Sheet) -> None:
    """Glands, brain and the air of the face."""
    plane = sheet.plane
    z = np.full_like(plane.x, plane.z)
    side = np.abs(plane.x)
    for center, radii in (((58, 4, 414), (11, 16, 24)), ((30, -34, 376), (10, 16, 12))):
        sheet.lay(GLAND, solid(side, plane.y, z, center, radii))
    sheet.lay(Stuff(50, 1.6), solid(side, plane.y, z, (0, -50, 394), (24, 32, 20)))
    sheet.lay(BRAIN, brain_distance(plane))
    for sinus in SINUSES:
        sheet.lay(GAS, solid(side, plane.y, z, sinus.center, sinus.radii))
    sheet.lay(Stuff(8, 0.4), solid(side, plane.y, z, (32, -80, 462), (12, 12, 12)))


def _paint_ball(sheet: Sheet, ball: Ball) -> None:
    plane = sheet.plane
    reach = ball.diameter_mm / 2
    if abs(plane.z - ball.center[2]) > reach + 2:
        return
    gap = np.sqrt(
        (plane.x - ball.center[0]) ** 2
        + (plane.y - ball.center[1]) ** 2
        + (plane.z - ball.center[2]) ** 2
    )
    sheet.lay(Stuff(ball.hu, ball.suv), as_floats(gap - reach))


def _paint_table(sheet: Sheet) -> None:
    """The scanner's table: a curved shell of carbon fibre, filled with foam."""
    x, y = sheet.plane.x, sheet.plane.y
    sag = y - (TABLE_Y - 0.0005 * x**2)
    edge = np.abs(x) - 195
    sheet.lay(Stuff(-925, 0), as_floats(np.maximum(np.abs(sag + 2) - 3, edge + 12)))
    sheet.lay(Stuff(-200, 0), as_floats(np.maximum(np.abs(sag - 4) - 1.5, edge)))
    sheet.lay(Stuff(-200, 0), as_floats(np.maximum(np.abs(sag - 26) - 1.5, edge)))
