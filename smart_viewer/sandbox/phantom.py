"""A chest as CT sees it, without noise: a truth known by construction.

Space here is LPS in mm (PS3.3 C.7.6.2.1.1). Anatomy is drawn from the outside in, each
tissue over the last; nodules come at the end, undeformed, so that their centres and
diameters are exact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from smart_viewer.sandbox.abdomen import HEPATIC_VEINS, paint_abdomen
from smart_viewer.sandbox.courses import AIRWAYS, ARTERIES, GULLET, VEINS
from smart_viewer.sandbox.mediastinum import (
    FAT,
    chambers,
    filling_distance,
    paint_gullet_air,
    paint_heart,
    paint_tubes,
)
from smart_viewer.sandbox.shapes import (
    Field,
    Floats,
    Plane,
    Points,
    as_floats,
    coverage,
    paint,
    random_field,
    smooth_max,
)
from smart_viewer.sandbox.skeleton import (
    Girdle,
    Rib,
    make_girdle,
    make_ribs,
    paint_girdle,
    paint_paravertebral,
    paint_ribs,
    paint_spine,
    paint_sternum,
    spine_distance,
)
from smart_viewer.sandbox.torso import (
    CAVITY,
    Wall,
    diaphragm_height,
    make_wall,
    surface_distance,
)
from smart_viewer.sandbox.vessels import LungMap, LungPipes, grow_pipes, paint_pipes

SIZE = 512
SLICES = 160
PIXEL_MM = 0.703125
SLICE_MM = 2.0
ORIGIN_LPS = (3.5, -14.25, -431.0)
"""Where the phantom's own origin (midline, mid-chest, lowest slice) lies, in mm."""
FIRST_PIXEL_LPS = (-176.5, -184.0)
"""x and y of the first pixel's centre in every slice."""
SEED = 20240305
AIR = -1000.0


@dataclass(frozen=True, slots=True)
class View:
    """How the patient lies in a scanner, and which points it samples.

    origin_lps: where the phantom's own origin lies. scale: phantom mm to a mm of that
    day, the same along all axes (above 1: a smaller patient). start_mm: height of the
    lowest slice above the origin, in mm of that day.
    """

    origin_lps: tuple[float, float, float]
    first_pixel_lps: tuple[float, float]
    pixel_mm: float
    slice_mm: float
    slices: int
    scale: float = 1.0
    start_mm: float = 0.0

    def slice_z_lps(self, index: int) -> float:
        """Height of slice `index`, counted from the feet upwards."""
        return self.origin_lps[2] + self.start_mm + index * self.slice_mm

    def own(self, lps: tuple[float, float, float]) -> Points:
        """A position in the phantom's own coordinates (3,)."""
        return np.subtract(lps, self.origin_lps) * self.scale

    def lps(self, own: tuple[float, float, float]) -> tuple[float, float, float]:
        """The patient's position of a point in the phantom's own coordinates."""
        x, y, z = np.divide(own, self.scale) + self.origin_lps
        return float(x), float(y), float(z)


TODAY = View(ORIGIN_LPS, FIRST_PIXEL_LPS, PIXEL_MM, SLICE_MM, SLICES)
PRIOR_VIEW = View(
    origin_lps=(-2.25, 8.5, -268.0),
    first_pixel_lps=(-190.0, -186.5),
    pixel_mm=0.7421875,
    slice_mm=2.5,
    slices=113,
    scale=1.015,
    start_mm=30.0,
)
"""Fourteen months before: another table height, a wider field, a thinner patient."""


@dataclass(frozen=True, slots=True)
class Nodule:
    """A round lesion. center_lps, diameter_mm: exact; hu: of its inside.

    core_mm: diameter of the solid part of a part-solid one, whose HU is core_hu.
    """

    name: str
    center_lps: tuple[float, float, float]
    diameter_mm: float
    hu: float
    core_mm: float = 0.0
    core_hu: float = 0.0


def _at(x: float, y: float, z: float) -> tuple[float, float, float]:
    return x + ORIGIN_LPS[0], y + ORIGIN_LPS[1], z + ORIGIN_LPS[2]


NODULES = (
    Nodule("solid, right upper lobe", _at(-78, 8, 232), 14.0, 42.0),
    Nodule("solid, left lower lobe", _at(86, 62, 140), 9.0, 55.0),
    Nodule("small, right lower lobe", _at(-104, 40, 152), 6.0, 60.0),
    Nodule("ground glass, left upper lobe", _at(74, -30, 214), 16.0, -560.0),
    Nodule(
        "part solid, right middle lobe", _at(-92, -40, 168), 18.0, -540.0, 8.0, 30.0
    ),
)


def _before(
    now: Nodule, diameter_mm: float, core_mm: float = 0.0, hu: float | None = None
) -> Nodule:
    """The same lesion as the prior shows it."""
    center_lps = PRIOR_VIEW.lps(tuple(np.subtract(now.center_lps, ORIGIN_LPS)))
    return replace(
        now,
        center_lps=center_lps,
        diameter_mm=diameter_mm,
        core_mm=core_mm,
        hu=now.hu if hu is None else hu,
    )


PRIOR_NODULES = (
    _before(NODULES[0], 9.0),
    _before(NODULES[1], 9.0),
    _before(NODULES[3], 15.0),
    _before(NODULES[4], 15.0, core_mm=4.0),
)
"""The first grew by half, the second is stable, the third was not there yet, the
ground glass is a little larger now, and the part-solid one's core doubled."""


@dataclass(frozen=True)
class Phantom:
    """The chest with its random parts drawn from one seed."""

    seed: int = SEED

    def hu(
        self,
        index: int,
        view: View = TODAY,
        nodules: tuple[Nodule, ...] = NODULES,
    ) -> Floats:
        """The slice (rows, columns) in HU before any noise or reconstruction kernel.

        index counts from the feet upwards; rows run to the back, columns to the left.
        """
        z = (view.start_mm + index * view.slice_mm) * view.scale
        plane = self._plane(z, *_axes(view, 1))
        hu = np.full(plane.x.shape, AIR, np.float32)
        grain = self._fine.at(plane.z, plane.x_mm, plane.y_mm)
        coarse = self._coarse.at(plane.z, plane.x_mm, plane.y_mm)
        skin, cavity = surface_distance(plane), CAVITY.distance(plane)
        _paint_table(hu, plane)
        slow = self._slow.at(plane.z, plane.x_mm, plane.y_mm)
        self._wall.paint(hu, plane, skin, cavity, (coarse, slow))
        self._paint_inside(hu, plane, cavity, grain, coarse)
        self._paint_bones(hu, plane, grain)
        for nodule in nodules:
            _paint_nodule(hu, plane, nodule, view)
        return hu

    def _paint_inside(
        self, hu: Floats, plane: Plane, cavity: Floats, grain: Floats, coarse: Floats
    ) -> None:
        heart = chambers(plane)
        filling = filling_distance(plane, heart)
        below = self._below_diaphragm(plane)
        paint(hu, coverage(np.maximum(cavity, filling - 3)), FAT + 7 * coarse)
        paint_paravertebral(hu, plane, cavity, coarse)
        paint_abdomen(hu, plane, below, cavity, coarse)
        lung = _lung_distance(plane, cavity, filling, below)
        paint(hu, coverage(lung), self._parenchyma(plane, grain, coarse))
        with_pipes = hu.copy()
        paint_pipes(with_pipes, plane, self._pipes)
        paint(hu, coverage(lung - 3.5, 3.0), with_pipes)
        abdomen = hu.copy()
        paint_heart(hu, plane, heart)
        paint(hu, coverage(below), abdomen)
        paint_tubes(hu, plane, (GULLET, *VEINS, *HEPATIC_VEINS, *ARTERIES))
        paint_gullet_air(hu, plane)
        paint_tubes(hu, plane, AIRWAYS)

    def _paint_bones(self, hu: Floats, plane: Plane, grain: Floats) -> None:
        ribs, girdle = self._bones
        paint_spine(hu, plane, grain)
        paint_ribs(hu, plane, ribs, grain)
        paint_sternum(hu, plane, grain)
        paint_girdle(hu, plane, girdle, grain)

    def _parenchyma(self, plane: Plane, grain: Floats, coarse: Floats) -> Floats:
        """Denser towards the back, as in a patient who lies on it, with fissures."""
        base = -872 + 0.34 * plane.y + 13 * grain + 7 * coarse
        return base + 120 * _fissures(plane, coarse)

    def _below_diaphragm(self, plane: Plane) -> Floats:
        height = diaphragm_height(plane)
        dy, dx = np.gradient(height, plane.y_mm, plane.x_mm)
        steep = np.sqrt(1 + dx**2 + dy**2)
        return as_floats((plane.z - height) / steep)

    def _plane(self, z: float, x_mm: Floats, y_mm: Floats) -> Plane:
        bend_x = 3.2 * self._bends[0].at(z, x_mm, y_mm)
        bend_y = 2.6 * self._bends[1].at(z, x_mm, y_mm)
        return Plane(z, x_mm, y_mm, x_mm[None, :] + bend_x, y_mm[:, None] + bend_y)

    @cached_property
    def _bends(self) -> tuple[Field, Field]:
        return random_field(self._rng(1), 62.0), random_field(self._rng(2), 62.0)

    @cached_property
    def _fine(self) -> Field:
        return random_field(self._rng(3), 2.6)

    @cached_property
    def _coarse(self) -> Field:
        return random_field(self._rng(4), 8.0)

    @cached_property
    def _slow(self) -> Field:
        return random_field(self._rng(6), 30.0)

    @cached_property
    def _wall(self) -> Wall:
        return make_wall(self._rng(7))

    @cached_property
    def _bones(self) -> tuple[tuple[Rib, ...], Girdle]:
        return make_ribs(), make_girdle()

    @cached_property
    def _pipes(self) -> LungPipes:
        lungs = self._lung_map()
        return grow_pipes(self._rng(5), lungs, _balls(NODULES))

    def _lung_map(self) -> LungMap:
        x_mm, y_mm = _axes(TODAY, 5)
        layers = []
        for z in np.arange(0.0, 320.0, 4.0):
            plane = self._plane(float(z), x_mm, y_mm)
            cavity, filling = (
                CAVITY.distance(plane),
                filling_distance(plane, chambers(plane)),
            )
            below = self._below_diaphragm(plane)
            layers.append(_lung_distance(plane, cavity, filling, below))
        step = 5 * PIXEL_MM
        origin = (float(x_mm[0]), float(y_mm[0]), 0.0)
        return LungMap(np.stack(layers), origin, (step, step, 4.0))

    def _rng(self, part: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, part])


@lru_cache(maxsize=4)
def _axes(view: View, stride: int) -> tuple[Floats, Floats]:
    """Pixel centres (columns,), (rows,) in the phantom's own coordinates."""
    steps = np.arange(0, SIZE, stride, dtype=np.float32) * np.float32(view.pixel_mm)
    x0, y0 = np.subtract(view.first_pixel_lps, view.origin_lps[:2])
    scale = np.float32(view.scale)
    return (steps + np.float32(x0)) * scale, (steps + np.float32(y0)) * scale


def _lung_distance(
    plane: Plane, cavity: Floats, filling: Floats, below: Floats
) -> Floats:
    """Inside the ribs, above the diaphragm, and not mediastinum or spine."""
    outside = smooth_max(-filling, -spine_distance(plane), 5)
    return smooth_max(smooth_max(cavity + 1.0, outside, 7), -below + 0.5, 3)


def _fissures(plane: Plane, coarse: Floats) -> Floats:
    """Thin sheets between the lobes, 0 to 1: oblique on both sides, minor right."""
    x, y, z = plane.x, plane.y, plane.z
    side = np.abs(x)
    turn = np.where(x < 0, 4.0, -3.0) + 0.05 * (side - 70)
    oblique = (z - 178 - turn) * 0.72 - (y - 18) * 0.69 + 0.0022 * (side - 75) ** 2
    oblique = oblique + 1.1 * coarse
    minor = z - 176 + 0.0026 * (x + 80) ** 2 - 0.06 * y + 1.5 * coarse
    front = (x < 0) & (oblique > 0)
    sheet = np.exp(-((oblique / 0.75) ** 2))
    return as_floats(sheet + front * np.exp(-((minor / 1.0) ** 2)))


def _paint_table(hu: Floats, plane: Plane) -> None:
    """The scanner's table: a curved shell of carbon fibre, and the mattress on it."""
    x, y = plane.x_mm[None, :], plane.y_mm[:, None]
    sag = y - (140.0 - 0.00055 * x**2)
    edge = np.abs(x) - 172
    mattress = np.maximum(np.abs(sag + 6) - 4.5, edge + 12)
    paint(hu, coverage(mattress.astype(np.float32)), -925.0)
    shell = np.maximum(np.abs(sag) - 1.1, edge)
    paint(hu, coverage(shell.astype(np.float32)), -180.0)
    core = np.maximum(np.abs(sag - 11) - 9.9, edge)
    paint(hu, coverage(core.astype(np.float32)), -950.0)
    under = np.maximum(np.abs(sag - 22) - 1.0, edge)
    paint(hu, coverage(under.astype(np.float32)), -230.0)


def _paint_nodule(hu: Floats, plane: Plane, nodule: Nodule, view: View) -> None:
    x, y, z = view.own(nodule.center_lps)
    if abs(plane.z - z) > view.scale * nodule.diameter_mm / 2 + 1:
        return
    dx, dy = plane.x_mm[None, :] - x, plane.y_mm[:, None] - y
    own = np.sqrt(dx**2 + dy**2 + (plane.z - z) ** 2).astype(np.float32)
    rho = own / np.float32(view.scale)
    paint(hu, coverage(rho - nodule.diameter_mm / 2), nodule.hu)
    if nodule.core_mm:
        paint(hu, coverage(rho - nodule.core_mm / 2), nodule.core_hu)


def _balls(nodules: tuple[Nodule, ...]) -> Points:
    """Centres and radii (n, 4) in the phantom's own coordinates."""
    rows = [
        (*np.subtract(n.center_lps, ORIGIN_LPS), n.diameter_mm / 2) for n in nodules
    ]
    return np.array(rows, dtype=float)
