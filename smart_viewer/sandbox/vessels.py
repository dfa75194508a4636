"""The branching vessels and bronchi inside the lungs: grown from a seed, then drawn.

A tree is the cheapest wiring of scattered target points to the hilum, where a wire
costs its length plus a share of the way back to the root (Cuntz et al. 2010,
doi:10.1371/journal.pcbi.1000877). Radii follow Murray's law.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_viewer.sandbox.courses import AIR, BLOOD, WALL
from smart_viewer.sandbox.shapes import (
    PARTIAL_VOLUME_MM,
    Floats,
    Plane,
    Points,
    as_floats,
    paint,
)

TIP_RADIUS_MM = 0.52
_WAY_BACK = 0.5
_MURRAY = 2.5
_PIECE_MM = 2.4

RIGHT_ARTERY = ((-50, 20, 180), (-50, 6, 204), (-54, 4, 184), (-52, 26, 168))
LEFT_ARTERY = ((50, 34, 190), (52, 10, 210), (54, 10, 196), (53, 38, 172))
RIGHT_VEIN = ((-50, -4, 196), (-54, 38, 152), (-50, 0, 178))
LEFT_VEIN = ((54, -6, 200), (56, 42, 156), (56, -10, 184))


@dataclass(frozen=True, slots=True)
class LungMap:
    """Distance to the lung's border on a coarse grid, negative inside.

    distance: (z, y, x). origin, spacing: of x, y, z in mm.
    """

    distance: Floats
    origin: tuple[float, float, float]
    spacing: tuple[float, float, float]

    def at(self, points: Points) -> Floats:
        """The distance at each of points (n, 3), by nearest neighbour."""
        index = np.rint((points - self.origin) / np.array(self.spacing)).astype(int)
        limit = np.array(self.distance.shape[::-1]) - 1
        x, y, z = np.clip(index, 0, limit).T
        return as_floats(self.distance[z, y, x])


@dataclass(frozen=True, slots=True)
class Pieces:
    """Short straight pieces of pipe: ends (n, 3) and radii (n,), in mm."""

    start: Floats
    end: Floats
    radius: Floats

    def near(self, z: float) -> Pieces:
        """The pieces that touch the slice at height z."""
        low = np.minimum(self.start[:, 2], self.end[:, 2]) - self.radius - 1
        high = np.maximum(self.start[:, 2], self.end[:, 2]) + self.radius + 1
        return self.where((low < z) & (z < high))

    def where(self, chosen: NDArray[np.bool_]) -> Pieces:
        """The chosen pieces."""
        return Pieces(self.start[chosen], self.end[chosen], self.radius[chosen])


@dataclass(frozen=True, slots=True)
class LungPipes:
    """All pipes of both lungs."""

    vessels: Pieces
    bronchi: Pieces


def grow_pipes(
    rng: np.random.Generator, lungs: LungMap, keep_free: Points
) -> LungPipes:
    """Arteries and veins of both lungs, and the bronchi that go with the arteries.

    keep_free: balls (n, 4) that the smaller vessels stay out of.
    """
    grown = []
    for side, artery, vein in (
        (-1, RIGHT_ARTERY, RIGHT_VEIN),
        (1, LEFT_ARTERY, LEFT_VEIN),
    ):
        for roots, spacing in ((artery, 10.5), (vein, 11.5)):
            targets = _targets(rng, lungs, side, spacing, keep_free)
            grown.append(_tree(np.array(roots, float), targets, lungs))
    vessels = _joined(grown)
    bronchi = _joined([_companion(grown[0]), _companion(grown[2])])
    return LungPipes(vessels, bronchi)


def _targets(
    rng: np.random.Generator,
    lungs: LungMap,
    side: int,
    spacing_mm: float,
    keep_free: Points,
) -> Points:
    """Scattered points inside one lung, a little off the pleura."""
    axes = [np.arange(a, b, spacing_mm) for a, b in ((6, 150), (-100, 105), (15, 295))]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    points = grid + rng.uniform(-0.5, 0.5, grid.shape) * spacing_mm
    points[:, 0] *= side
    points = points[lungs.at(points) < -4.0]
    gaps = np.linalg.norm(points[:, None] - keep_free[None, :, :3], axis=2)
    return np.asarray(points[(gaps > keep_free[:, 3] + 3).all(axis=1)])


def _tree(roots: Points, targets: Points, lungs: LungMap) -> Pieces:
    nodes = np.vstack([roots, targets])
    parent = _wire(nodes, len(roots), lungs)
    radius = _radii(parent)
    heir = _heirs(parent, radius)
    for _ in range(3):
        nodes = _relaxed(nodes, parent, heir, radius)
    return _pieces(nodes, parent, heir, radius)


def _heirs(parent: NDArray[np.intp], radius: Points) -> NDArray[np.intp]:
    """The thickest child of each node; a tip is its own."""
    heir = np.arange(len(parent))
    child = np.flatnonzero(parent >= 0)
    order = child[np.argsort(radius[child], kind="stable")]
    heir[parent[order]] = order
    return heir


def _relaxed(
    nodes: Points, parent: NDArray[np.intp], heir: NDArray[np.intp], radius: Points
) -> Points:
    """Nodes drawn towards the line between their neighbours; tips and roots stay."""
    free = (parent >= 0) & (heir != np.arange(len(nodes))) & (radius > 0.7)
    middle = (nodes[np.maximum(parent, 0)] + nodes[heir]) / 2
    return np.where(free[:, None], 0.45 * nodes + 0.55 * middle, nodes)


def _wire(nodes: Points, root_count: int, lungs: LungMap) -> NDArray[np.intp]:
    """Each node's parent (-1 for roots), joined in the order of least cost (Prim)."""
    count = len(nodes)
    parent = np.full(count, -1)
    way, cost = np.zeros(count), np.full(count, np.inf)
    reach, waiting = np.zeros(count), np.ones(count, bool)
    waiting[:root_count] = False
    joined = list(range(root_count))
    for step in range(count):
        new = joined[step]
        length = np.linalg.norm(nodes - nodes[new], axis=1)
        outside = lungs.at((nodes + nodes[new]) / 2) > 0
        price = length * (1 + 3 * outside) + _WAY_BACK * way[new]
        better = waiting & (price < cost)
        cost[better], parent[better] = price[better], new
        reach[better] = length[better] + way[new]
        if step + 1 >= root_count and waiting.any():
            following = int(np.argmin(np.where(waiting, cost, np.inf)))
            waiting[following] = False
            way[following] = reach[following]
            joined.append(following)
    return parent


def _radii(parent: NDArray[np.intp]) -> Points:
    """Murray's law from the number of tips behind each node."""
    tips = np.zeros(len(parent))
    tips[np.setdiff1d(np.arange(len(parent)), parent[parent >= 0])] = 1
    for node in _outermost_first(parent):
        if parent[node] >= 0:
            tips[parent[node]] += tips[node]
    radius = TIP_RADIUS_MM * np.maximum(tips, 1) ** (1 / _MURRAY)
    return np.minimum(radius, 6.5)


def _outermost_first(parent: NDArray[np.intp]) -> NDArray[np.intp]:
    depth = np.zeros(len(parent), int)
    climbing = parent.copy()
    while (climbing >= 0).any():
        depth += climbing >= 0
        climbing = np.where(climbing >= 0, parent[climbing], -1)
    return np.argsort(-depth, kind="stable")


def _pieces(
    nodes: Points, parent: NDArray[np.intp], heir: NDArray[np.intp], radius: Points
) -> Pieces:
    """Every edge as a bent run of short pieces that leaves its parent smoothly."""
    child = np.flatnonzero(parent >= 0)
    origin = parent[child]
    before = np.where(parent[origin] >= 0, parent[origin], origin)
    a, b, c, d = nodes[before], nodes[origin], nodes[child], nodes[heir[child]]
    steps = int(np.ceil(16 / _PIECE_MM))
    t = np.linspace(0, 1, steps + 1)[:, None, None]
    bend = b * 2 + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
    curve = (bend + (3 * b - a - 3 * c + d) * t**3) / 2
    thick = np.minimum(radius[origin], 1.25 * radius[child])
    width = thick + (radius[child] - thick) * (t[:-1, :, 0] + 0.5 / steps)
    return Pieces(
        curve[:-1].reshape(-1, 3).astype(np.float32),
        curve[1:].reshape(-1, 3).astype(np.float32),
        width.reshape(-1).astype(np.float32),
    )


def _companion(artery: Pieces) -> Pieces:
    """Bronchi beside the larger arteries, on one side of them."""
    large = artery.where(artery.radius > 1.25)
    run = large.end - large.start
    run /= np.maximum(np.linalg.norm(run, axis=1, keepdims=True), 1e-6)
    beside = np.cross(run, np.array([0.25, 0.9, 0.35], np.float32))
    beside /= np.maximum(np.linalg.norm(beside, axis=1, keepdims=True), 0.2)
    lumen = 0.72 * large.radius
    shift = beside * (large.radius + 1.55 * lumen)[:, None]
    return Pieces(large.start + shift, large.end + shift, lumen)


def _joined(parts: list[Pieces]) -> Pieces:
    return Pieces(
        np.concatenate([p.start for p in parts]),
        np.concatenate([p.end for p in parts]),
        np.concatenate([p.radius for p in parts]),
    )


def paint_pipes(hu: Floats, plane: Plane, pipes: LungPipes) -> None:
    """Vessels, then the bronchi: their walls first, then their lumina."""
    vessels = pipes.vessels.near(plane.z)
    paint(hu, _splat(plane, vessels, 0.0), BLOOD - 20)
    bronchi = pipes.bronchi.near(plane.z)
    paint(hu, _splat(plane, bronchi, 0.45), WALL - 60)
    paint(hu, _splat(plane, bronchi, 0.0), AIR)


def _splat(plane: Plane, pieces: Pieces, wall: float) -> Floats:
    """How much of each pixel the pieces fill; wall: extra radius as a share of it."""
    cover = np.zeros(plane.x.shape, np.float32)
    radius = pieces.radius * np.float32(1 + wall)
    small = radius < 1.8
    _splat_class(cover, plane, pieces.where(small), radius[small], 7)
    _splat_class(cover, plane, pieces.where(~small), radius[~small], 14)
    return cover


def _splat_class(
    cover: Floats, plane: Plane, pieces: Pieces, radius: Floats, half: int
) -> None:
    if not len(radius):
        return
    rows, columns = _windows(plane, as_floats((pieces.start + pieces.end) / 2), half)
    x, y = plane.x[rows, columns], plane.y[rows, columns]
    distance = _to_piece(x, y, plane.z, pieces) - radius[:, None, None]
    share = np.clip(0.5 - distance / np.float32(PARTIAL_VOLUME_MM), 0, 1)
    share *= np.minimum(1, radius / 0.65)[:, None, None]
    np.maximum.at(cover, (rows, columns), share)


def _windows(
    plane: Plane, middle: Floats, half: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices (n, side, 1) and (n, 1, side) of the pixels around each middle."""
    row, column = _nearest(plane.y_mm, middle[:, 1]), _nearest(plane.x_mm, middle[:, 0])
    shift_y = plane.y[row, column] - plane.y_mm[row]
    shift_x = plane.x[row, column] - plane.x_mm[column]
    row = _nearest(plane.y_mm, middle[:, 1] - shift_y)
    column = _nearest(plane.x_mm, middle[:, 0] - shift_x)
    offsets = np.arange(-half, half + 1)
    last_row, last_column = len(plane.y_mm) - 1, len(plane.x_mm) - 1
    rows = np.clip(row[:, None] + offsets, 0, last_row)[:, :, None]
    columns = np.clip(column[:, None] + offsets, 0, last_column)[:, None, :]
    return rows, columns


def _nearest(axis_mm: Floats, position: Floats) -> NDArray[np.intp]:
    index = np.rint((position - axis_mm[0]) / (axis_mm[1] - axis_mm[0]))
    return np.asarray(np.clip(index, 0, len(axis_mm) - 1), dtype=np.intp)


def _to_piece(x: Floats, y: Floats, z: float, pieces: Pieces) -> Floats:
    """Distance from pixels (n, h, w) to each piece's own straight line."""
    ax, ay, az = (pieces.start[:, i, None, None] for i in range(3))
    run = pieces.end - pieces.start
    rx, ry, rz = (run[:, i, None, None] for i in range(3))
    square = np.maximum((run**2).sum(axis=1), 1e-6)[:, None, None]
    dx, dy, dz = x - ax, y - ay, np.float32(z) - az
    t = np.clip((dx * rx + dy * ry + dz * rz) / square, 0, 1)
    return as_floats(
        np.sqrt((dx - t * rx) ** 2 + (dy - t * ry) ** 2 + (dz - t * rz) ** 2)
    )
