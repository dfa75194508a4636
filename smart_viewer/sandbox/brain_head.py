"""What lies round the brain: scalp, skull, face, eyes, neck and the great vessels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.brain_deep import (
    Blob,
    Pipe,
    cerebellum_distance,
    paint_blob,
    paint_pipe,
)
from smart_viewer.sandbox.mr_canvas import Canvas, Waves, make_waves
from smart_viewer.sandbox.mr_shapes import capsule, solid
from smart_viewer.sandbox.shapes import Floats, as_floats, smooth_max, smooth_min

BONE_MM = 6.5
SCALP_MM = 4.8

EYES = (
    Blob("fat", (31, -72, -24), (17, 26, 16), -16.0),
    Blob("muscle", (20.5, -66, -24), (2.2, 19, 4.5), -6.0),
    Blob("muscle", (38, -65, -24), (2.2, 18, 4.5), -34.0),
    Blob("muscle", (29, -64, -14), (4.5, 19, 2.0), -18.0),
    Blob("muscle", (29, -64, -34), (4.5, 18, 2.0), -18.0),
    Blob("white matter", (25, -58, -24), (2.0, 20, 2.0), -20.0),
    Blob("dura", (32, -83, -25), (12.6, 12.4, 12.6)),
    Blob("vitreous", (32, -83, -25), (11.4, 11.2, 11.4)),
    Blob("lens", (32.5, -91, -25), (4.6, 2.2, 4.6)),
)
HOLES = (
    Blob("mucosa", (9, -92, 2), (9, 4.2, 9)),
    Blob("air", (9, -92, 2), (7.8, 3.0, 7.8)),
    Blob("air", (8, -66, -26), (6.5, 18, 9)),
    Blob("mucosa", (10, -36, -29), (10, 12, 10)),
    Blob("air", (10, -36, -29), (8.8, 10.8, 8.8)),
    Blob("mucosa", (28, -66, -52), (15.5, 15.5, 16)),
    Blob("air", (28, -66, -52), (14, 14, 14.5)),
    Blob("air", (6.5, -74, -54), (3.0, 28, 15)),
    Blob("air", (0, -22, -58), (10, 9, 17)),
    Blob("air", (0, -16, -96), (8, 6.5, 34)),
    Blob("air", (53, 32, -40), (8, 11, 14)),
    Blob("air", (34, 16, -36), (3.5, 6, 3.5), 30.0),
    Blob("air", (62, 12, -36), (17, 3.2, 3.2)),
)
TONGUE = (
    Blob("muscle", (0, -58, -92), (22, 34, 22)),
    Blob("muscle", (0, -62, -113), (24, 28, 10)),
    Blob("gland", (32, -38, -112), (9, 16, 12)),
    Blob("gland", (57, 2, -62), (10, 15, 26)),
)
JAWS = (
    Blob("cortical bone", (0, -60, -72), (25, 36, 3.5)),
    Blob("cortical bone", (16, -82, -80), (9, 14, 9), 24.0),
    Blob("cortical bone", (12, -90, -118), (16, 8, 13), -30.0),
    Blob("marrow", (12, -90, -119), (13, 4.5, 9.5), -30.0),
    Blob("cortical bone", (36, -62, -108), (5.5, 34, 12), 26.0),
    Blob("marrow", (36, -62, -108), (3.2, 30, 9), 26.0),
    Blob("cortical bone", (50, -22, -72), (4.5, 13, 36)),
    Blob("marrow", (50, -22, -72), (2.2, 9, 32)),
)
TEMPORALIS = Blob("muscle", (59, -22, -16), (7.0, 24, 28), -6.0)
CHEWERS = (
    Blob("muscle", (57, -26, -80), (7.5, 15, 34)),
    Blob("muscle", (36, -20, -64), (10, 14, 24)),
)
NECK = (
    Blob("muscle", (20, 66, -84), (17, 16, 46)),
    Blob("muscle", (40, 48, -100), (13, 20, 60), 24.0),
    Blob("muscle", (17, 46, -72), (13, 9, 22)),
    Blob("muscle", (56, 24, -100), (9, 16, 62), 40.0),
    Blob("muscle", (13, -2, -112), (8, 5.5, 52)),
)
ARTERIES = (
    Pipe(
        "artery",
        (
            (26, 4, -110, 2.6),
            (24, 2, -60, 2.5),
            (24, -4, -40, 2.4),
            (13, -12, -31, 2.4),
            (12, -20, -24, 2.3),
            (14, -12, -17, 2.1),
            (24, -14, -15, 1.6),
            (36, -14, -14, 1.5),
            (40, -4, -8, 1.2),
        ),
    ),
    Pipe("artery", ((0, -8, -40, 1.9), (0, -9, -28, 1.9), (0, -8, -17, 1.7))),
    Pipe("artery", ((10, 8, -66, 1.8), (7, 1, -52, 1.7), (1.5, -7, -40, 1.6))),
    Pipe("artery", ((1.5, -24, -13, 1.2), (1.6, -42, -2, 1.1), (1.6, -46, 12, 1.0))),
)
VEINS = (
    Pipe(
        "vein",
        (
            (0, -62, 58, 1.6),
            (0, -30, 76, 2.2),
            (0, 10, 80, 2.8),
            (0, 55, 68, 3.3),
            (0, 84, 38, 3.6),
            (0, 93, 6, 4.0),
            (0, 90, -12, 4.2),
        ),
    ),
    Pipe("vein", ((0, 42, 7, 1.8), (0, 62, 6, 1.9), (0, 89, -8, 2.2))),
    Pipe(
        "vein",
        (
            (3, 88, -12, 3.2),
            (40, 72, -18, 3.3),
            (57, 44, -22, 3.4),
            (50, 28, -44, 3.6),
            (30, 18, -52, 3.8),
            (32, 10, -110, 4.6),
        ),
    ),
    Pipe("vein", ((1.8, 4, 14, 0.9), (2.0, 24, 16, 1.0), (1, 40, 10, 1.3))),
    Pipe("vein", ((3, -20, 16, 0.7), (16, -20, 22, 0.6), (26, -16, 30, 0.5))),
    Pipe("vein", ((5, 4, 22, 0.7), (18, 6, 28, 0.6), (30, 8, 36, 0.5))),
    Pipe("vein", ((4, -60, 50, 0.9), (22, -52, 52, 0.8), (38, -42, 46, 0.7))),
    Pipe("vein", ((3, 40, 72, 1.0), (20, 34, 68, 0.9), (40, 22, 60, 0.7))),
)


@dataclass(frozen=True)
class Shell:
    """Skull, scalp, face and neck; the waves fray what would be too smooth."""

    fibres: Waves
    spread: Waves

    def paint(self, canvas: Canvas) -> None:
        """Everything from the skin inwards; the inside of the skull is left as CSF."""
        cut = canvas.cut
        x, y, z = cut.x, cut.y, cut.z
        inner = cavity_distance(x, y, z)
        skin = skin_distance(x, y, z, inner)
        canvas.lay("skin", skin)
        canvas.lay("fat", skin + 1.8)
        self._paint_soft(canvas, skin, inner)
        self._paint_skull(canvas, inner, skin)
        canvas.lay("csf", inner)

    def _paint_soft(self, canvas: Canvas, skin: Floats, inner: Floats) -> None:
        """Muscle and fat of the face and the neck, then their parts."""
        cut = canvas.cut
        paint_blob(canvas, TEMPORALIS)
        if float(cut.z.min()) > -8:
            return
        low = as_floats(np.clip((-12 - cut.z) / 10, 0, 1))
        fibre = self.fibres.at(cut.x, cut.y, 0.5 * cut.z)
        slow = self.spread.at(cut.x, cut.y, cut.z)
        bundles = 2.6 * (0.17 - 0.1 * slow - np.abs(fibre))
        deep = np.maximum(skin + 8 + 2.5 * slow, bundles)
        canvas.lay("muscle", as_floats(deep), width_mm=2.0, share=0.85 * low)
        for blob in (*NECK, TEMPORALIS, *CHEWERS, *TONGUE, *JAWS):
            paint_blob(canvas, blob, 1.6)
        _paint_spine(canvas)

    def _paint_skull(self, canvas: Canvas, inner: Floats, skin: Floats) -> None:
        """Two tables of bone with marrow between, and the base of the skull."""
        cut = canvas.cut
        x, y, z = cut.x, cut.y, cut.z
        wave = self.spread.at(x, y, z)
        thick = as_floats(BONE_MM + 0.7 * wave + 1.5 * np.clip(y / 90, 0, 1))
        vault = np.maximum(inner - thick, _below_base(x, y, z))
        canvas.lay("cortical bone", vault)
        marrow = np.abs(inner - thick * 0.55) - (0.8 + 0.7 * wave)
        marrow = np.maximum(marrow, _below_base(x, y, z) + 2.5)
        canvas.lay("marrow", as_floats(marrow))
        if float(z.min()) < 0:
            self._paint_base(canvas, wave)
        for blob in HOLES:
            paint_blob(canvas, blob)
        for blob in EYES:
            paint_blob(canvas, blob)

    def _paint_base(self, canvas: Canvas, wave: Floats) -> None:
        """Petrous bones, clivus and the floor above the nose."""
        x, y, z = canvas.cut.x, canvas.cut.y, canvas.cut.z
        side = np.abs(x)
        petrous = capsule(side, y, z, (16, -1, -36), (56, 30, -38), 8.5)
        canvas.lay("cortical bone", as_floats(petrous + wave))
        patches = np.maximum(petrous + 4.5 + wave, 0.9 - 1.2 * wave)
        canvas.lay("marrow", as_floats(patches), share=0.6)
        clivus = capsule(x, y, z, (0, -20, -30), (0, 2, -56), 6.5)
        canvas.lay("cortical bone", as_floats(np.maximum(clivus, side - 14)))
        canvas.lay("marrow", as_floats(np.maximum(clivus + 1.8, side - 12)))
        floor = capsule(x, y, z, (0, -72, -10), (0, -30, -17), 2.2)
        canvas.lay("cortical bone", as_floats(np.maximum(floor, side - 26)))
        nose = np.maximum(
            np.abs(side - 2) - 2.0, solid(side, y, z, (4, -74, -54), (10, 30, 19))
        )
        canvas.lay("mucosa", as_floats(nose), share=0.7)


def make_shell(rng: np.random.Generator) -> Shell:
    """The shell that belongs to the generator's seed."""
    return Shell(make_waves(rng, 13.0, 12, 0.4), make_waves(rng, 30.0, 9, 0.4))


def cavity_distance(x: Floats, y: Floats, z: Floats) -> Floats:
    """Distance to the inside of the skull, where brain and CSF are."""
    side = np.abs(x)
    vault = solid(x, y, z, (0, 3, 19), (68.9, 87.3, 58.4))
    floor = as_floats(-19.2 - 0.16 * (y + 20) + 0.10 * np.clip(side - 20, 0, None))
    floor = floor - 60 * as_floats(np.clip((y + 10) / 18, 0, 1))
    vault = smooth_max(vault, as_floats(floor - z), 10.0)
    temple = capsule(side, y, z, (44, -22, -22), (47, 34, -12), 21.8)
    behind = cerebellum_distance(x, y, z) - 2.5
    behind = smooth_min(behind, solid(x, y, z, (0, 16, -30), (19, 26, 24)), 8)
    canal = capsule(x, y, z, (0, 18, -48), (0, 36, -170), 8.5)
    lower = smooth_min(smooth_min(temple, behind, 8.0), canal, 8.0)
    return smooth_min(vault, lower, 8.0)


def skin_distance(x: Floats, y: Floats, z: Floats, inner: Floats) -> Floats:
    """Distance to the skin of head, face, nose, ears apart, and neck."""
    side = np.abs(x)
    head = solid(x, y, z, (0, 3, 17), (80.5, 100, 72))
    head = smooth_min(head, as_floats(inner - BONE_MM - SCALP_MM), 6)
    face = solid(x, y, z, (0, -40, -62), (66, 60, 76))
    chin = solid(x, y, z, (0, -84, -122), (24, 20, 18))
    brow = solid(x, y, z, (0, -70, -14), (56, 29, 30))
    nose = capsule(x, y, z, (0, -94, -30), (0, -103, -54), 10.5)
    lips = solid(x, y, z, (0, -92, -82), (28, 14, 18))
    neck = capsule(x, y, z, (0, 26, -50), (0, 40, -200), 57.0)
    sockets = solid(side, y, z, (33, -102, -26), (15, 9, 12))
    front = smooth_min(smooth_min(face, brow, 14), smooth_min(chin, lips, 12), 14)
    front = smooth_min(smooth_max(front, -sockets, 8), nose, 8)
    return smooth_min(smooth_min(head, front, 16), neck, 18)


def _below_base(x: Floats, y: Floats, z: Floats) -> Floats:
    """Positive where the vault's two tables end and the base begins."""
    return as_floats((-34 - 0.12 * y - z) * 0.9 * (y > -40) + (-24 - z) * (y <= -40))


def _paint_spine(canvas: Canvas) -> None:
    """Vertebral bodies and discs before the canal, spinous processes behind it."""
    x, y, z = canvas.cut.x, canvas.cut.y, canvas.cut.z
    if float(z.min()) > -48:
        return
    front = y - (4.5 - 0.158 * (z + 60))
    body = np.maximum(np.hypot(x / 1.25, front) - 8.0, z + 62)
    canvas.lay("cortical bone", as_floats(np.maximum(body, -200 - z)))
    level = np.mod(z + 66, 17.0) - 8.5
    bone = np.maximum(body + 1.4, np.abs(level) - 6.4)
    canvas.lay("marrow", as_floats(bone))
    dens = solid(x, y, z, (0, 4.5, -60), (5.5, 5.0, 13))
    canvas.lay("cortical bone", dens)
    canvas.lay("marrow", dens + 1.4)
    behind = np.maximum(np.abs(x) - 3.0, np.abs(np.mod(z + 60, 17.0) - 8.5) - 4.0)
    process = np.maximum(behind, np.abs(y - (40 - 0.158 * (z + 60))) - 13)
    process = np.maximum(process, z + 66)
    canvas.lay("cortical bone", as_floats(process))
    canvas.lay("marrow", as_floats(process + 1.3))


def paint_vessels(canvas: Canvas) -> None:
    """The arteries of the base and the veins and sinuses, over the brain."""
    for pipe in (*ARTERIES, *VEINS):
        paint_pipe(canvas, pipe)
