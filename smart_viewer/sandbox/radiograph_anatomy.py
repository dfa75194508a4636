"""A chest that stands and has breathed in, as lengths of tissue along parallel rays.

It is built of the same parts as the CT phantom, of another seed and with wider apices:
another person. Space is the phantom's own (x left, y back, z up, mm; `shapes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from smart_viewer.sandbox.mediastinum import chambers, filling_distance
from smart_viewer.sandbox.shapes import (
    Field,
    Floats,
    Plane,
    Points,
    as_floats,
    ellipsoid,
    random_field,
    smooth_max,
)
from smart_viewer.sandbox.skeleton import paint_spine, paint_sternum, spine_distance
from smart_viewer.sandbox.torso import CAVITY, diaphragm_height, surface_distance
from smart_viewer.sandbox.vessels import LungMap, LungPipes, grow_pipes

Direction = Literal["PA", "LL"]
"""Rays along y, or along x, as ViewPosition names them (PS3.3 C.8.11.5)."""

SEED = 19660705
LUNG, FAT_WATER = 0.2, 0.93
"""Density of full lungs and of the fat under the skin, where muscle's is 1."""
BONE_GAIN = 1.9
"""How much more 1000 HU of bone weakens the beam than as much density of water."""
PNEUMONIA = (-80.0, -14.0, 138.0)
"""Centre of the consolidation in the right middle and lower lobes, x, y, z in mm."""
PNEUMONIA_RADII = (36.0, 42.0, 30.0)
_DEPTH_MM, _SPINE_DEPTH_MM = 4.0, 1.6
_TOP = 318.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The rays of one view: they cross the plane of u (to the right) and z.

    u_mm: (columns,) rising; x for PA, y for LL. z_mm: (rows,) falling.
    """

    direction: Direction
    u_mm: Floats
    z_mm: Floats


@dataclass(frozen=True, slots=True)
class Paths:
    """What each ray (rows, columns) crosses, as mm of water.

    tissue: everything soft. bone: what spine and sternum add. filled: what the
    consolidation adds where the lungs are.
    """

    tissue: Floats
    bone: Floats
    filled: Floats


@lru_cache(maxsize=1)
def _bends() -> tuple[Field, Field, Field]:
    fields = (random_field(np.random.default_rng([SEED, n]), 62.0) for n in (1, 2))
    first, second = fields
    return first, second, random_field(np.random.default_rng([SEED, 3]), 7.0)


def _narrowed(x: Floats, z: float) -> Floats:
    """x of the recumbent chest that lies at x of the standing one."""
    spread = 0.17 * np.clip((z - 165) / 90, 0, 1) ** 1.5
    side = np.clip((np.abs(x) - 22) / 50, 0, 1)
    return as_floats(x * (1 - spread * side * side * (3 - 2 * side)))


def widened(points: Points) -> Points:
    """Where points (n, 3 or more) of the recumbent chest lie in the standing one."""
    x = np.linspace(0, 215, 431)
    moved = points.copy()
    level = np.rint(points[:, 2])
    for z in np.unique(level):
        here = level == z
        px = points[here, 0]
        moved[here, 0] = np.sign(px) * np.interp(
            np.abs(px), _narrowed(as_floats(x), z), x
        )
    return moved


def plane_at(z: float, x_mm: Floats, y_mm: Floats) -> Plane:
    """The pixels of one height, with the body's irregularities."""
    first, second, _ = _bends()
    x = _narrowed(x_mm, z)[None, :] + 2.6 * first.at(z, x_mm, y_mm)
    return Plane(z, x_mm, y_mm, x, y_mm[:, None] + 2.2 * second.at(z, x_mm, y_mm))


def trace(grid: Grid) -> Paths:
    """All rays of the view, one height after the other."""
    rows = [_row(grid, float(z)) for z in grid.z_mm]
    tissue, bone, filled = (as_floats([row[k] for row in rows]) for k in range(3))
    return Paths(tissue, bone, filled)


def _row(grid: Grid, z: float) -> tuple[Floats, Floats, Floats]:
    depth_axis = 0 if grid.direction == "PA" else 1
    plane = plane_at(z, *_axes(grid, (-126.0, 130.0), (-176.0, 177.0), _DEPTH_MM))
    tissue, filled = _densities(plane, grid, depth_axis)
    bone = _bone(grid, z, depth_axis)
    step = np.float32(_DEPTH_MM)
    return tissue.sum(depth_axis) * step, bone, filled.sum(depth_axis) * step


def _axes(
    grid: Grid, along_y: tuple[float, float], along_x: tuple[float, float], step: float
) -> tuple[Floats, Floats]:
    """x and y of a plane: fine across the rays, coarse along them."""
    if grid.direction == "PA":
        return grid.u_mm, np.arange(*along_y, step, dtype=np.float32)
    return np.arange(*along_x, step, dtype=np.float32), grid.u_mm


def _densities(plane: Plane, grid: Grid, depth_axis: int) -> tuple[Floats, Floats]:
    """Density of each sample, water being 1, and what a consolidation adds to it."""
    skin, lung = surface_distance(plane), lung_distance(plane)
    if grid.direction == "LL":  # the arms are raised out of the way
        skin = smooth_max(skin, np.abs(plane.x) - 168, 12)
    body = _share(skin, depth_axis)
    inner = _share(as_floats(skin + 13), depth_axis)
    air = _share(lung, depth_axis)
    gas = _share(_stomach_gas(plane), depth_axis)
    soft = body * (FAT_WATER + (1 - FAT_WATER) * inner)
    tissue = soft - air * (1 - LUNG) - gas * 0.98
    texture = _bends()[2].at(plane.z, plane.x_mm, plane.y_mm)
    return as_floats(tissue), air * _consolidation(plane, texture)


def _share(distance: Floats, depth_axis: int) -> Floats:
    """How much of each long sample lies inside, by the border's own slope."""
    along, across = np.gradient(distance, axis=(depth_axis, 1 - depth_axis))
    width = np.abs(along) + np.abs(across) + np.float32(0.9)
    return as_floats(np.clip(0.5 - distance / width, 0, 1))


def lung_distance(plane: Plane) -> Floats:
    """Inside the ribs, above the diaphragm, and neither mediastinum nor spine."""
    cavity = CAVITY.distance(plane)
    filling = filling_distance(plane, chambers(plane))
    outside = smooth_max(-filling, -spine_distance(plane), 5)
    below = (diaphragm_height(plane) - 10 - plane.z) / 1.3
    return smooth_max(smooth_max(cavity + 1.0, outside, 7), as_floats(below), 3)


def _stomach_gas(plane: Plane) -> Floats:
    """The bubble under the left dome, flat below where the fluid stands."""
    bubble = ellipsoid(plane.x, plane.y, plane.z, (62, -8, 62), (34, 30, 19))
    return smooth_max(bubble, np.full_like(bubble, 52 - plane.z), 2)


def _consolidation(plane: Plane, texture: Floats) -> Floats:
    """Fluid where air should be: densest in the middle, patchy at the rim."""
    d = ellipsoid(plane.x, plane.y, plane.z, PNEUMONIA, PNEUMONIA_RADII)
    return as_floats(0.72 * np.clip((2 - d + 6 * texture) / 15, 0, 1))


def _bone(grid: Grid, z: float, depth_axis: int) -> Floats:
    """mm of water that spine and sternum add to each ray."""
    if grid.direction == "PA":
        near = np.abs(grid.u_mm) < 66
        x_mm, deep = grid.u_mm[near], np.arange(-112, 122, _SPINE_DEPTH_MM)
        plane = plane_at(z, x_mm, as_floats(deep))
    else:
        near = np.ones(grid.u_mm.shape, bool)
        wide = np.arange(-56, 56, _SPINE_DEPTH_MM)
        plane = plane_at(z, as_floats(wide), grid.u_mm)
    extra = _painted_bone(plane).sum(depth_axis) * np.float32(_SPINE_DEPTH_MM)
    whole = np.zeros(grid.u_mm.shape, np.float32)
    whole[near] = extra
    return whole


def _painted_bone(plane: Plane) -> Floats:
    """What bone adds to soft tissue, as density."""
    hu = np.zeros(plane.x.shape, np.float32)
    grain = _bends()[2].at(plane.z, plane.x_mm, plane.y_mm)
    paint_spine(hu, plane, grain)
    paint_sternum(hu, plane, grain)
    return as_floats(np.clip(hu - 40, 0, None) * np.float32(BONE_GAIN / 1000))


@lru_cache(maxsize=1)
def lung_pipes() -> LungPipes:
    """The vessels of the lungs, in the recumbent chest's own space (see `widened`)."""
    x_mm, y_mm = (as_floats(np.arange(-180, 181, 4)) for _ in range(2))
    layers = []
    for z in np.arange(0.0, _TOP, 4.0):
        x, y = np.broadcast_arrays(x_mm[None, :], y_mm[:, None])
        layers.append(lung_distance(Plane(float(z), x_mm, y_mm, x, y)))
    lungs = LungMap(np.stack(layers), (-180.0, -180.0, 0.0), (4.0, 4.0, 4.0))
    rng = np.random.default_rng([SEED, 5])
    return grow_pipes(rng, lungs, np.zeros((0, 4)))
