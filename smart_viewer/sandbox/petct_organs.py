"""Soft tissue of the PET/CT, each with its HU and its uptake of FDG.

Uptake is SUVbw, the concentration over that of the dose spread evenly in the body.
The values are usual ones an hour after the dose.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from smart_viewer.sandbox.abdomen import HEPATIC_VEINS
from smart_viewer.sandbox.courses import AIRWAYS, ARTERIES, GULLET, VEINS, Tube
from smart_viewer.sandbox.mediastinum import chambers, paint_tubes
from smart_viewer.sandbox.mr_canvas import Waves
from smart_viewer.sandbox.mr_shapes import Point, capsule, solid
from smart_viewer.sandbox.shapes import (
    Floats,
    Plane,
    as_floats,
    coverage,
    paint,
    smooth_max,
)


@dataclass(frozen=True, slots=True)
class Stuff:
    """A tissue: its HU without contrast medium, and its SUVbw."""

    hu: float
    suv: float


AIR = Stuff(-1000, 0.0)
SKIN = Stuff(20, 0.5)
FAT = Stuff(-102, 0.25)
MUSCLE = Stuff(54, 0.65)
LUNG = Stuff(-840, 0.45)
BLOOD = Stuff(42, 1.6)
HEART_WALL = Stuff(46, 4.5)
LIVER = Stuff(58, 2.2)
SPLEEN = Stuff(50, 1.8)
KIDNEY = Stuff(33, 3.0)
URINE = Stuff(6, 14.0)
BLADDER = Stuff(6, 18.0)
STOMACH = Stuff(38, 1.6)
BOWEL = Stuff(34, 1.3)
GAS = Stuff(-950, 0.3)
PROSTATE = Stuff(42, 1.7)
BRAIN = Stuff(36, 7.5)
GLAND = Stuff(30, 2.6)
DISH = Stuff(45, 1.2)
"""What lies between organs where no name is needed."""
MARROW_SUV = 1.3


@dataclass(frozen=True)
class Sheet:
    """HU and SUV of one axial plane, painted together.

    plane: where its pixels lie. hu, suv: (rows, columns).
    """

    plane: Plane
    hu: Floats = field(init=False, repr=False)
    suv: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shape = self.plane.x.shape
        object.__setattr__(self, "hu", np.full(shape, AIR.hu, np.float32))
        object.__setattr__(self, "suv", np.zeros(shape, np.float32))

    def lay(
        self,
        stuff: Stuff,
        distance: Floats,
        width_mm: float = 2.2,
        texture: Floats | float = 0.0,
        share: float = 1.0,
    ) -> None:
        """Paint a tissue where `distance` is negative. texture: HU added to its own."""
        cover = coverage(distance, width_mm) * np.float32(share)
        paint(self.hu, cover, as_floats(stuff.hu + texture))
        paint(self.suv, cover, stuff.suv)


Solid = tuple[Stuff, Point, Point]
ORGANS: tuple[Solid, ...] = (
    (SPLEEN, (92, 42, 48), (33, 44, 50)),
    (KIDNEY, (60, 56, -22), (28, 25, 54)),
    (KIDNEY, (-60, 56, -34), (28, 25, 54)),
    (URINE, (52, 54, -26), (7, 8, 16)),
    (URINE, (-52, 54, -38), (7, 8, 16)),
    (DISH, (10, 4, 12), (62, 14, 14)),
    (PROSTATE, (0, 4, -248), (22, 18, 17)),
    (STOMACH, (58, -26, 44), (42, 40, 46)),
    (BLADDER, (0, -26, -212), (40, 34, 30)),
)
GREAT_VESSELS = (
    Tube("aorta's end", BLOOD.hu, ((7, 30, 55, 10), (3, 24, 0, 9), (1, 22, -84, 8))),
    Tube(
        "vena cava",
        BLOOD.hu,
        ((-24, 20, 70, 11), (-22, 24, 0, 11), (-20, 26, -90, 10)),
    ),
    *(
        Tube(
            f"iliac {side}",
            BLOOD.hu,
            (
                (0, 22, -80, 8),
                (side * 30, 24, -130, 6.5),
                (side * 60, -6, -190, 6),
                (side * 72, -48, -236, 5.5),
                (side * 78, -36, -320, 5),
                (side * 66, 0, -410, 4.5),
            ),
        )
        for side in (-1, 1)
    ),
    *(
        Tube(
            f"carotid {side}",
            BLOOD.hu,
            (
                (side * 16, 2, 300, 5.0),
                (side * 26, 6, 360, 4.5),
                (side * 28, 2, 420, 4),
            ),
        )
        for side in (-1, 1)
    ),
)
PIPES = tuple(
    replace(tube, hu=BLOOD.hu)
    for tube in (*VEINS, *ARTERIES, *HEPATIC_VEINS[:3], *GREAT_VESSELS)
)
UPTAKES = tuple(replace(tube, hu=BLOOD.suv, wall_mm=0.0) for tube in PIPES)
THROAT = Tube(
    "throat",
    GAS.hu,
    ((-1, 8, 296, 8), (0, -2, 340, 8), (0, -10, 370, 9), (0, -14, 420, 9)),
)


def paint_heart(sheet: Sheet) -> None:
    """The chambers: a hot left wall round blood."""
    if not 90 < sheet.plane.z < 205:
        return
    parts = chambers(sheet.plane)
    for name in ("right ventricle", "right atrium", "left atrium"):
        sheet.lay(BLOOD, parts[name])
    sheet.lay(HEART_WALL, parts["left ventricle"])
    sheet.lay(BLOOD, parts["left cavity"])


def paint_vessels(sheet: Sheet) -> None:
    """Arteries, veins, gullet and the airways with the throat."""
    paint_tubes(sheet.hu, sheet.plane, PIPES)
    paint_tubes(sheet.suv, sheet.plane, UPTAKES)
    if sheet.plane.z > 60:
        paint_tubes(sheet.hu, sheet.plane, (GULLET, *AIRWAYS, THROAT))


def paint_belly(sheet: Sheet, room: Floats, waves: tuple[Waves, Waves]) -> None:
    """Everything below the diaphragm. room: distance to where it may lie."""
    plane = sheet.plane
    z = np.full_like(plane.x, plane.z)
    if -190 < plane.z < 40:
        _paint_bowel(sheet, room, waves)
    psoas = capsule(np.abs(plane.x), plane.y, z, (34, 58, -10), (56, 22, -190), 19.0)
    sheet.lay(MUSCLE, psoas)
    for stuff, center, radii in ORGANS:
        if abs(plane.z - center[2]) > radii[2] + 3:
            continue
        d = solid(plane.x, plane.y, z, center, radii)
        if stuff in (SPLEEN, STOMACH):
            d = smooth_max(d, room, 4)
        sheet.lay(stuff, d)
        if stuff is STOMACH:
            sheet.lay(GAS, np.maximum(d + 6, (plane.y + 42) * np.float32(0.9)))
    if -75 < plane.z < 125:
        sheet.lay(LIVER, _liver_distance(plane, room, z))


def _paint_bowel(sheet: Sheet, room: Floats, waves: tuple[Waves, Waves]) -> None:
    """Loops in the front of the belly, with gas on top of what they hold."""
    plane = sheet.plane
    loops, within = (w.on_axial(plane.z, plane.x_mm, plane.y_mm) for w in waves)
    front = np.maximum(room + 4, (plane.y - 34 - 8 * loops) * 0.8)
    wall = np.maximum((0.35 - np.abs(loops)) * 9, front)
    sheet.lay(BOWEL, as_floats(wall), 4.0, 9 * within)
    colon = np.abs(np.hypot(plane.x / 98, (plane.z + 60) / 92) - 1) * 92 - 19
    depth = as_floats(np.abs(plane.y + 22) - 26)
    colon = smooth_max(smooth_max(as_floats(colon), depth, 22), room + 6, 6)
    sheet.lay(BOWEL, as_floats(colon), 4.0, 25 * within)
    gas = np.maximum(colon + 7, plane.y + 30 - 7 * within)
    sheet.lay(GAS, as_floats(gas), 4.0)


def _liver_distance(plane: Plane, room: Floats, z: Floats) -> Floats:
    """The dome's right half; its left lobe thins out across the midline in front."""
    x, y = plane.x, plane.y
    edge = 10 - 0.6 * (y + 18) + 0.3 * (z - 60) + 7 * np.sin(y / 21 + z / 30)
    edge = np.minimum(edge, 58 + 0.3 * np.minimum(z - 60, 0))
    cut = smooth_max(room, as_floats((x - edge) * 0.85), 16)
    whole = solid(x, y, z, (-50, -4, 40), (104, 110, 108))
    hollow = solid(x, y, z, (-8, 34, 20), (34, 30, 300))
    return smooth_max(smooth_max(cut, whole, 10), -hollow, 10)
