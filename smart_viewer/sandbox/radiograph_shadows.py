"""What casts sharp shadows: ribs, shoulders, airways and the vessels of the lungs.

They are chains of balls, laid straight on the plane of the image, so that their edges
are as fine as its pixels. Lengths are mm of water.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_viewer.sandbox.courses import AIRWAYS
from smart_viewer.sandbox.radiograph_anatomy import (
    BONE_GAIN,
    LUNG,
    Direction,
    Grid,
    lung_pipes,
    widened,
)
from smart_viewer.sandbox.shapes import Floats, Points, as_floats
from smart_viewer.sandbox.skeleton import make_girdle, make_ribs

_RIB_FLATTEN = 0.62
"""Ribs are taller than wide."""
_CORTEX, _MARROW = 0.72 * BONE_GAIN, 0.12 * BONE_GAIN
_CORTEX_MM = 1.1
_BLADE_MM = 1.6
_TILT, _ROTATION = 0.022, 0.05
_AIRWAY_GAIN, _VESSEL_GAIN = 0.75, 1.25


def cast(grid: Grid) -> Floats:
    """What all of them add to each ray (rows, columns); air takes away."""
    water = np.zeros((len(grid.z_mm), len(grid.u_mm)), np.float32)
    for run in _bones(grid.direction):
        _add_bone(water, grid, run)
    if grid.direction == "PA":
        _add_blades(water, grid)
    _take_airways(water, grid)
    _add_vessels(water, grid)
    return water


@dataclass(frozen=True, slots=True)
class _Run:
    """Balls (n, 4) that do not turn back on themselves; open_end: where they go on."""

    balls: Points
    cortex_mm: float
    open_end: int | None


def _bones(direction: Direction) -> Iterator[_Run]:
    for rib in make_ribs():
        yield from _one_way(_turned(widened(rib.bone[::2])), direction)
    for side in (-1, 1):
        for chain in _shoulder(side) if direction == "PA" else ():
            yield _Run(chain, 2.0 if chain[0, 3] > 12 else 1.5, None)


def _turned(balls: Points) -> Points:
    """Nobody stands quite straight: a little tilt, a little rotation."""
    x, y, z, radius = balls.T
    return np.column_stack([x, y + _ROTATION * x, z + _TILT * x, radius])


def _shoulder(side: int) -> Iterator[Points]:
    """The bones of one shoulder, rolled forward and out of the lungs."""
    for number, chain in enumerate(make_girdle().chains):
        turned = chain.copy()
        if number:  # all but the collar bone turn away from the chest
            turned[:, 0] += 12
        turned[:, 0] *= side
        yield _turned(turned if number else widened(turned))


def _one_way(run: Points, direction: Direction) -> Iterator[_Run]:
    """The run cut where it lies furthest out, so that its halves cross and add up."""
    turn = int(np.argmax(np.abs(run[:, 0]) if direction == "PA" else run[:, 1]))
    if turn > 2:
        yield _Run(run[: turn + 1], _CORTEX_MM, turn)
    if len(run) - turn > 3:
        yield _Run(run[turn:], _CORTEX_MM, 0)


def _add_bone(water: Floats, grid: Grid, run: _Run) -> None:
    at, distance, index = _nearest(grid, run.balls, _RIB_FLATTEN)
    radius = as_floats(run.balls[:, 3])[index]
    outer = _chord(distance, radius)
    inner = _chord(distance, radius - np.float32(run.cortex_mm))
    share = _ends(len(run.balls), run.open_end)[index]
    slant = _slant(run.balls, 0 if grid.direction == "LL" else 1)[index]
    water[at] += share * slant * (_CORTEX * (outer - inner) + _MARROW * inner)


def _ends(count: int, open_end: int | None) -> Floats:
    """Ribs fade into cartilage and neck; where a run goes on, each half counts half."""
    place = np.arange(count)
    share = np.clip(0.35 + 0.08 * np.minimum(place, count - 1 - place), 0, 1)
    if open_end is not None:
        near = np.abs(place - open_end) < count / 2
        share = np.where(near, np.where(place == open_end, 0.5, 1.0), share)
    return as_floats(share)


def _slant(balls: Points, depth_axis: int) -> Floats:
    """How much longer the way through is where the pipe runs along the ray."""
    run = np.gradient(balls[:, :3], axis=0)
    run /= np.maximum(np.linalg.norm(run, axis=1, keepdims=True), 1e-6)
    slant = 1 / np.sqrt(np.clip(1 - run[:, depth_axis] ** 2, 0.4, 1))
    padded = np.pad(slant, 4, mode="edge")
    return as_floats(np.convolve(padded, np.full(9, 1 / 9), mode="valid"))


def _add_blades(water: Floats, grid: Grid) -> None:
    """The thin plates of both shoulder blades."""
    z = grid.z_mm[:, None]
    inner, outer = 100 + 0.22 * (280 - z), 152 - 0.13 * (280 - z)
    side = np.abs(grid.u_mm[None, :])
    inside = np.minimum(np.minimum(side - inner, outer - side) / 2, (z - 168) / 4)
    top = np.clip((286 - z + 0.25 * (side - 100)) / 4, 0, 1)
    water += np.float32(_BLADE_MM * BONE_GAIN) * np.clip(inside, 0, 1) * top


def _take_airways(water: Floats, grid: Grid) -> None:
    air = np.zeros_like(water)
    for tube in AIRWAYS:
        balls = widened(tube.points)
        at, distance, index = _nearest(grid, balls, 1.0)
        chord = _chord(distance, as_floats(balls[:, 3])[index])
        np.maximum(air[at], chord, out=air[at])
    water -= np.float32(_AIRWAY_GAIN) * air


def _chord(distance: Floats, radius: Floats) -> Floats:
    """Length of a ray through a pipe at that distance from its axis."""
    return as_floats(2 * np.sqrt(np.clip(radius**2 - distance**2, 0, None)))


def _nearest(
    grid: Grid, balls: Points, flatten: float
) -> tuple[tuple[slice, slice], Floats, NDArray[np.intp]]:
    """Pixels about a chain, how far each is from its axis, and from which ball.

    flatten below 1 makes the balls taller than wide.
    """
    u = as_floats(balls[:, 0 if grid.direction == "PA" else 1])
    reach = float(balls[:, 3].max()) / flatten + 1
    at = _window(grid, u, as_floats(balls[:, 2]), reach)
    du = grid.u_mm[at[1]][None, :, None] - u
    dz = (grid.z_mm[at[0]][:, None, None] - as_floats(balls[:, 2])) * flatten
    square = as_floats(du**2 + dz**2)
    index = square.argmin(axis=2)
    nearest = np.take_along_axis(square, index[:, :, None], axis=2)[:, :, 0]
    return at, as_floats(np.sqrt(nearest)), index


def _window(grid: Grid, u: Floats, z: Floats, reach: float) -> tuple[slice, slice]:
    columns = np.searchsorted(grid.u_mm, (u.min() - reach, u.max() + reach))
    rows = np.searchsorted(-grid.z_mm, (-z.max() - reach, -z.min() + reach))
    return slice(int(rows[0]), int(rows[1])), slice(int(columns[0]), int(columns[1]))


def _add_vessels(water: Floats, grid: Grid) -> None:
    """Each short piece adds its own volume where it lies, under a smooth bump."""
    pieces = lung_pipes().vessels
    run = pieces.end - pieces.start
    length = np.linalg.norm(run, axis=1)
    volume = np.pi * pieces.radius**2 * length * (1 - LUNG) * _VESSEL_GAIN / 2
    for share in (0.25, 0.75):
        place = widened((pieces.start + share * run).astype(float))
        u, z = place[:, 0 if grid.direction == "PA" else 1], place[:, 2]
        bumps = as_floats(np.column_stack([u, z, pieces.radius, volume]))
        for low, high, half in ((0.0, 1.2, 3), (1.2, 3.0, 7), (3.0, 9.0, 14)):
            some = (pieces.radius > low) & (pieces.radius <= high)
            _add_bumps(water, grid, bumps[some], half)


def _add_bumps(water: Floats, grid: Grid, bumps: Floats, half: int) -> None:
    """bumps (n, 4): u, z, radius and volume; half: their greatest reach in pixels."""
    column = _index(grid.u_mm, bumps[:, 0])
    row = _index(grid.z_mm, bumps[:, 1])
    offsets = np.arange(-half, half + 1)
    rows = np.clip(row[:, None] + offsets, 0, len(grid.z_mm) - 1)
    columns = np.clip(column[:, None] + offsets, 0, len(grid.u_mm) - 1)
    reach = np.sqrt(bumps[:, 2] ** 2 + 0.5)
    dz = (grid.z_mm[rows] - bumps[:, 1:2]) / reach[:, None]
    du = (grid.u_mm[columns] - bumps[:, 0:1]) / reach[:, None]
    shape = np.clip(1 - dz[:, :, None] ** 2 - du[:, None, :] ** 2, 0, None)
    peak = 2 * bumps[:, 3] / (np.pi * reach**2)
    flat = rows[:, :, None] * len(grid.u_mm) + columns[:, None, :]
    weights = (shape * peak[:, None, None]).ravel()
    added = np.bincount(flat.ravel(), weights, water.size)
    water += added.reshape(water.shape).astype(np.float32)


def _index(axis_mm: Floats, position: Floats) -> NDArray[np.intp]:
    step = axis_mm[1] - axis_mm[0]
    return np.asarray(np.rint((position - axis_mm[0]) / step), dtype=np.intp)
