"""What lies under the cortex: ventricles, grey nuclei, brain stem and cerebellum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.mr_canvas import Box, Canvas, Waves, make_waves
from smart_viewer.sandbox.mr_shapes import Point, capsule, solid
from smart_viewer.sandbox.shapes import (
    Floats,
    Points,
    as_floats,
    smooth_max,
    smooth_min,
    spline,
)


@dataclass(frozen=True, slots=True)
class Blob:
    """An ellipsoid, mirrored if it lies off the midline, turned about the x axis.

    turn: of the y axis in the plane of y and x, in degrees, outwards at the back.
    """

    tissue: str
    center: Point
    radii: Point
    turn: float = 0.0


@dataclass(frozen=True, slots=True)
class Pipe:
    """Balls along a curve of (x, y, z, radius), mirrored if off the midline."""

    tissue: str
    controls: tuple[tuple[float, float, float, float], ...]


NUCLEI = (
    Blob("deep grey", (10.5, 7, 7), (8.5, 15, 8.5), 24.0),
    Blob("deep grey", (25.5, -5, 3), (5.2, 18.5, 12), 10.0),
    Blob("pallidum", (19.0, -3, 1), (4.0, 10.0, 7.5), 20.0),
    Blob("deep grey", (33.2, -3, 3), (0.9, 15, 11), 4.0),
    Blob("grey matter", (27, 2, -16), (9, 9, 7)),
)
CAUDATE = Pipe(
    "deep grey",
    (
        (13.5, -24, 4, 6.2),
        (14.5, -17, 12, 5.6),
        (17.5, -3, 21, 3.6),
        (20.5, 14, 23, 2.4),
        (25, 30, 15, 1.8),
    ),
)
HIPPOCAMPUS = Pipe(
    "grey matter",
    ((27, -2, -17, 5.0), (29, 10, -14, 4.5), (28, 22, -7, 3.8), (24, 30, 1, 2.6)),
)
VENTRICLES = (
    Pipe(
        "csf",
        (
            (7.5, -37, 8, 2.2),
            (6.5, -29, 13, 4.0),
            (6.0, -16, 18, 4.6),
            (8.5, 0, 23, 4.8),
            (12.5, 16, 23, 5.2),
            (19.5, 30, 17, 6.6),
            (25, 38, 8, 6.4),
            (25, 50, 4, 4.2),
            (22, 62, 3, 1.8),
        ),
    ),
    Pipe(
        "csf",
        (
            (25, 36, 8, 5.0),
            (32, 28, -3, 3.2),
            (34, 14, -12, 2.2),
            (34, -2, -18, 2.2),
            (32, -10, -19, 1.4),
        ),
    ),
)
THIRD = Blob("csf", (0, 1, 1), (2.0, 13, 12))
PLEXUS = Pipe("mucosa", ((21, 30, 14, 2.6), (25, 37, 7, 3.0), (30, 30, -1, 1.8)))
CALLOSUM = (
    (0.0, -28, -3, 2.2),
    (0.0, -36, 4, 4.0),
    (0.0, -34, 15, 4.6),
    (0.0, -20, 25, 3.6),
    (0.0, 0, 29, 3.2),
    (0.0, 20, 26, 3.2),
    (0.0, 34, 17, 4.2),
    (0.0, 39, 8, 5.6),
    (0.0, 34, 3, 3.4),
)
FORNIX = ((0.0, 27, 15, 1.8), (0.0, 8, 18, 2.0), (0.0, -8, 12, 2.0), (0.0, -11, 3, 1.6))


@dataclass(frozen=True)
class Hindbrain:
    """Cerebellum and brain stem; `wander` bends the folia."""

    wander: Waves
    frayed: Waves

    def paint(self, canvas: Canvas) -> None:
        """Both, the fourth ventricle and the aqueduct."""
        box = canvas.cut.around((0, 38, -34), 66)
        if box is None:
            return
        x, y, z = canvas.cut.at(box)
        self._paint_cerebellum(canvas, box, x, y, z)
        _paint_stem(canvas)
        fourth = solid(x, y, z, (0, 24.5, -31), (7.0, 4.6, 13))
        canvas.lay("csf", smooth_max(fourth, as_floats(np.abs(x) - 6.5), 3), box)
        aqueduct = np.hypot(x, y - (17 - 0.5 * (z + 12))) - 1.1
        canvas.lay("csf", np.maximum(aqueduct, np.abs(z + 13) - 9), box)

    def _paint_cerebellum(
        self, canvas: Canvas, box: Box, x: Floats, y: Floats, z: Floats
    ) -> None:
        hull = cerebellum_distance(x, y, z)
        if float(hull.min()) > 1:
            return
        bend = self.wander.at(x, y, z)
        angle = as_floats(np.arctan2(z + 30 + 1.5 * bend, y - 27))
        radius = as_floats(np.hypot(z + 30, y - 27))
        fan = as_floats(angle * 17 + 0.6 * bend + 0.035 * np.abs(x))
        folia = _teeth(fan, as_floats(radius / 17))
        lobes = _teeth(as_floats(angle * 5.5 + 0.8 * bend), as_floats(radius / 5.5))
        below = -hull
        fine = np.hypot(folia, np.clip(below - 5.5, 0, None)) - 0.35
        deep = np.hypot(lobes, np.clip(below - 12.0, 0, None)) - 0.55
        cleft = as_floats(np.minimum(fine, deep))
        canvas.lay("grey matter", smooth_max(hull, -cleft, 0.8), box)
        core = smooth_max(hull + 3.4, as_floats(2.4 - cleft), 2.0)
        core = core + as_floats(0.9 * self.frayed.at(x, y, z))
        canvas.lay("white matter", core, box)
        dentate = np.abs(solid(np.abs(x), y, z, (14, 38, -36), (6, 8, 5))) - 0.8
        canvas.lay("deep grey", as_floats(dentate), box, share=0.7)


def _paint_stem(canvas: Canvas) -> None:
    box = canvas.cut.around((0, 22, -80), 88)
    if box is not None:
        canvas.lay("brain stem", stem_distance(*canvas.cut.at(box)), box)


def make_hindbrain(rng: np.random.Generator) -> Hindbrain:
    """The hindbrain that belongs to the generator's seed."""
    return Hindbrain(make_waves(rng, 24.0, 8, 0.4), make_waves(rng, 9.0, 10, 0.4))


def _teeth(phase: Floats, radius: Floats) -> Floats:
    """Distance to the nearest of evenly turned rays, `radius` mm per radian."""
    return as_floats(np.abs(np.mod(phase, np.pi) - np.pi / 2) * radius)


def cerebellum_distance(x: Floats, y: Floats, z: Floats) -> Floats:
    """Distance to the cerebellum's envelope, tentorium above."""
    side = np.abs(x)
    half = solid(side, y, z, (23, 45, -36), (28, 31, 20))
    vermis = solid(side, y, z, (0, 43, -30), (13, 25, 24))
    both = smooth_min(half, vermis, 6)
    tent = z + 12 + 0.32 * side + 0.010 * (y - 30) ** 2 * (y > 30)
    notch = -solid(side, y, z, (0, 80, -40), (3.5, 14, 26))
    stem = 1.5 - stem_distance(x, y, z)
    cut = smooth_max(both, as_floats(tent * 0.9), 4)
    return smooth_max(smooth_max(cut, notch, 4), as_floats(stem), 1.5)


def stem_distance(x: Floats, y: Floats, z: Floats) -> Floats:
    """Distance to midbrain, pons, medulla and cord."""
    side = np.abs(x)
    midbrain = solid(side, y, z, (0, 11, -11), (15.5, 11.0, 11))
    feet = solid(side, y, z, (11.5, 1, -9), (6.0, 8.5, 11))
    between = solid(side, y, z, (0, -5.5, -13), (5.0, 6.5, 10))
    pons = solid(side, y, z, (0, 6, -29), (17, 13.5, 14))
    arms = solid(side, y, z, (20, 20, -31), (9, 9, 7))
    top = smooth_max(smooth_min(midbrain, feet, 3), -between, 3)
    lower = capsule(x, y, z, (0, 13, -38), (0, 20, -60), 7.6)
    cord = capsule(x, y, z, (0, 20, -58), (0, 36, -160), 5.6)
    trunk = smooth_min(smooth_min(top, pons, 4), smooth_min(lower, cord, 5), 5)
    return smooth_min(trunk, arms, 4)


def paint_nuclei(canvas: Canvas) -> None:
    """The grey nuclei of both hemispheres and the hippocampus."""
    for blob in NUCLEI:
        paint_blob(canvas, blob)
    for pipe in (CAUDATE, HIPPOCAMPUS):
        paint_pipe(canvas, pipe)


def paint_middle(canvas: Canvas) -> None:
    """Ventricles, the septum between them, corpus callosum and fornix."""
    for pipe in VENTRICLES:
        paint_pipe(canvas, pipe)
    paint_pipe(canvas, PLEXUS)
    box = canvas.cut.around((0, 0, 12), 48)
    if box is not None:
        x, y, z = canvas.cut.at(box)
        inside = ((y - 2) / 36) ** 2 + ((z - 2) / 24) ** 2 - 1
        septum = np.maximum(np.abs(x) - 0.5, inside * 14)
        canvas.lay("white matter", as_floats(np.maximum(septum, 8 - z)), box)
    paint_blob(canvas, THIRD)
    paint_pipe(canvas, Pipe("white matter", CALLOSUM), spread=9.0)
    paint_pipe(canvas, Pipe("white matter", FORNIX))


def paint_blob(canvas: Canvas, blob: Blob, width_mm: float = 1.2) -> None:
    """The blob, and its image across the midline if it lies off it."""
    cx, cy, cz = blob.center
    reach = max(blob.radii) + 3
    for side in (1, -1) if cx else (1,):
        box = canvas.cut.around((side * cx, cy, cz), reach)
        if box is None:
            continue
        x, y, z = canvas.cut.at(box)
        turn = np.radians(blob.turn)
        dx, dy = x * side - cx, y - cy
        across = as_floats(dx * np.cos(turn) - dy * np.sin(turn))
        along = as_floats(dx * np.sin(turn) + dy * np.cos(turn))
        d = solid(across, along, as_floats(z - cz), (0, 0, 0), blob.radii)
        canvas.lay(blob.tissue, d, box, width_mm)


def paint_pipe(canvas: Canvas, pipe: Pipe, spread: float = 0.0) -> None:
    """The pipe, and its image across the midline if it lies off it.

    spread: how far it extends sideways as a sheet, in mm.
    """
    whole = spline(pipe.controls, 2.2)
    for side in (1, -1) if pipe.controls[0][0] else (1,):
        points = whole * (side, 1, 1, 1)
        points = points[canvas.cut.touched(points, 3 + spread)]
        if not len(points):
            continue
        middle = (points[:, :3].max(axis=0) + points[:, :3].min(axis=0)) / 2
        reach = float(np.linalg.norm(points[:, :3] - middle, axis=1).max())
        box = canvas.cut.around(middle, reach + float(points[:, 3].max()) + 3 + spread)
        if box is not None:
            near = _chain(*canvas.cut.at(box), points, spread)
            canvas.lay(pipe.tissue, near, box)


def _chain(x: Floats, y: Floats, z: Floats, points: Points, spread: float) -> Floats:
    """Distance to balls (n, 4), each drawn out sideways by `spread`."""
    best = np.full(x.shape, 1e6, np.float32)
    for px, py, pz, radius in points.astype(np.float32):
        across = np.abs(x - px)
        if spread:
            across = np.clip(across - spread, 0, None)
        gap = across * across + (y - py) ** 2 + (z - pz) ** 2
        np.minimum(best, np.sqrt(gap) - radius, out=best)
    return best
