"""The skull: two tables with diploe between, sutures, the base with its air cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.head_shape import brow, floor_height, lowest_bone, ridge_y
from smart_viewer.sandbox.shapes import (
    Field,
    Floats,
    Plane,
    as_floats,
    coverage,
    ellipsoid,
    paint,
    random_field,
    smooth_max,
    smooth_min,
)

TABLE, DIPLOE, PETROUS, CELL_WALL, THIN = 1550.0, 620.0, 1900.0, 650.0, 900.0
AIR = -1000.0
EDGE_MM = 0.8


@dataclass(frozen=True)
class Bone:
    """The skull's random parts: thickness, texture, air cells, sutures."""

    slow: Field
    grain: Field
    cells: Field

    def paint(self, hu: Floats, plane: Plane, vault: Floats) -> None:
        """Vault and base, then the air in them."""
        slow = self.slow.at(plane.z + 100, plane.x_mm, plane.y_mm)
        grain = self.grain.at(plane.z + 100, plane.x_mm, plane.y_mm)
        if plane.z < 40:
            self._paint_base(hu, plane, vault, grain)
        self._paint_vault(hu, plane, vault, slow, grain)
        if plane.z < 52:
            self._paint_air(hu, plane, vault, slow)

    def _paint_vault(
        self, hu: Floats, plane: Plane, vault: Floats, slow: Floats, grain: Floats
    ) -> None:
        thick = thickness(plane, slow)
        below = (lowest_bone(plane) - plane.z) * np.float32(0.7)
        shell = np.maximum(np.maximum(-vault, vault - thick), below)
        paint(hu, coverage(shell, EDGE_MM), TABLE + 60 * slow)
        inner = np.maximum(1.5 - vault, vault - thick + 1.9)
        marrow = DIPLOE + 190 * grain + 120 * slow
        paint(hu, coverage(np.maximum(inner, below + 2), 1.1), marrow)
        seam = self._sutures(plane, vault, slow, grain)
        paint(hu, 0.85 * coverage(np.maximum(seam, shell), 0.8), 120.0)

    def _sutures(
        self, plane: Plane, vault: Floats, slow: Floats, grain: Floats
    ) -> Floats:
        """Winding clefts: coronal, lambdoid, and sagittal near the vertex."""
        side, z = np.abs(plane.x), plane.z
        wind = 1.5 * grain * np.clip(vault / 2, 0.2, 1.3) + 0.8 * slow
        coronal = plane.y + 14 + 0.16 * (z - 60) + 0.1 * side + wind
        lambdoid = plane.y - 58 - 0.75 * (z - 62) + 0.28 * side + 1.4 * wind
        lambdoid = lambdoid + (1e3 if z > 92 else 0)
        cleft = np.minimum(np.abs(coronal) + (z < 14) * 1e3, np.abs(lambdoid))
        middle = np.abs(plane.x + wind) + 1e3 * ((plane.y < -14) | (plane.y > 66))
        return as_floats(np.minimum(cleft, middle) - 0.3)

    def _paint_base(
        self, hu: Floats, plane: Plane, vault: Floats, grain: Floats
    ) -> None:
        floor = floor_height(plane)
        side, y, z = np.abs(plane.x), plane.y, plane.z
        ridge = y - ridge_y(side)
        deep = 3.2 + 17 * np.exp(-(((ridge - 1) / 9.5) ** 2)) * (side < 66)
        clivus = np.clip((15 - side) / 4, 0, 1) * np.clip(
            (18 - np.abs(y + 2)) / 6, 0, 1
        )
        deep = deep + 12 * clivus
        under = np.maximum(z - floor, floor - deep - z)
        base = np.maximum(np.maximum(under * 0.8, vault - 4), -y - 74)
        rim = np.hypot(side / 14.5, (y - 30) / 17.5)
        base = np.maximum(base, (1 - rim) * 13)
        value = TABLE - 350 + 130 * grain
        paint(hu, coverage(base, EDGE_MM), value)
        core = ellipsoid(side - 30, 0.9 * (ridge - 1), z - 2, (0, 0, 0), (20, 7, 9))
        paint(hu, coverage(np.maximum(core, base), 1.5), PETROUS + 60 * grain)
        self._paint_ear(hu, plane)

    def _paint_ear(self, hu: Floats, plane: Plane) -> None:
        """Canals of ear and nerve, the middle ear, cochlea and one semicircle."""
        side, y, z = np.abs(plane.x), plane.y, plane.z
        nerve = np.maximum(np.hypot(y - 10, z - 4) - 2.4, np.abs(side - 17) - 8)
        paint(hu, coverage(nerve, EDGE_MM), 20.0)
        for at, radii in (
            ((26, 5, 3), (3.2, 2.4, 3.0)),
            ((31, 13, 6), (1.2, 4.2, 4.2)),
        ):
            spot = ellipsoid(side, y, z, at, radii)
            if at[0] == 31:
                spot = np.maximum(spot, 2.6 - np.hypot(y - 13, z - 6))
            paint(hu, coverage(spot, EDGE_MM), 80.0)
        middle = ellipsoid(side, y, z, (39, 7, 2), (3.0, 6.0, 6.5))
        canal = np.maximum(np.hypot(y - 8 + 0.06 * (side - 45), z) - 3.4, 42 - side)
        paint(hu, coverage(smooth_min(middle, canal, 1), EDGE_MM), AIR)
        ossicle = ellipsoid(side, y, z, (39.5, 6, 4), (1.1, 1.6, 2.4))
        paint(hu, coverage(ossicle, EDGE_MM), 900.0)

    def _paint_air(self, hu: Floats, plane: Plane, vault: Floats, slow: Floats) -> None:
        cells = self.cells.at(plane.z + 100, plane.x_mm, plane.y_mm)
        side, y, z = np.abs(plane.x), plane.y, plane.z
        tip = ellipsoid(side, y, z, (53, 22, -9), (11, 14, 21))
        mastoid = as_floats(tip + 1.6 * slow)
        paint(hu, coverage(mastoid - 1.2, EDGE_MM), TABLE - 200)
        paint(hu, coverage(mastoid + 1.0, 1.5), CELL_WALL)
        holes = as_floats(np.maximum(mastoid + 1.2, (0.05 - cells) * 2.2))
        paint(hu, coverage(holes, EDGE_MM), AIR)
        for air in self._sinuses(plane, vault, slow, cells):
            paint(hu, coverage(air - 1.1, EDGE_MM), THIN)
            paint(hu, coverage(air, EDGE_MM), AIR + 12)

    def _sinuses(
        self, plane: Plane, vault: Floats, slow: Floats, cells: Floats
    ) -> tuple[Floats, ...]:
        """Distances to frontal, sphenoid, maxillary sinuses and nasal cavity."""
        x, side, y, z = plane.x, np.abs(plane.x), plane.y, plane.z
        septum = 0.7 - np.abs(x + 2.2 + 0.6 * slow)
        frontal = ellipsoid(side, y, z, (11, -87, 36), (13, 9, 14)) + 1.2 * slow
        wall = np.maximum(2.4 - vault, vault - thickness(plane, slow) + 2.2)
        frontal = np.maximum(smooth_max(frontal, as_floats(wall), 2), septum)
        sphenoid = ellipsoid(side, y, z, (7, -20, 6), (8.5, 13, 8.5)) + 0.8 * slow
        sphenoid = np.maximum(sphenoid, septum)
        maxilla = ellipsoid(side, y, z, (33, -60, -18), (20, 22, 18)) + 2 * slow
        back = 0.8 * (side - 34) + 0.6 * (y + 50)
        maxilla = smooth_max(maxilla, as_floats(np.maximum(back, 19 - side)), 5)
        labyrinth = ellipsoid(side, y, z, (3, -56, 11), (10.5, 27, 15)) + 0.8 * slow
        ethmoid = np.maximum(labyrinth, np.maximum(0.5 - np.abs(x), (-cells - 0.5) * 2))
        shell = ellipsoid(side, y, z, (7.5, -56, -19), (4.4, 22, 6))
        shell = np.minimum(shell, ellipsoid(side, y, z, (6.5, -52, -6), (3.4, 18, 5)))
        nose = ellipsoid(side, y, z, (4, -60, -13), (12, 32, 19))
        nose = np.maximum(np.maximum(nose, -shell - 0.4 * slow), septum)
        pharynx = ellipsoid(x, y, z, (0, -22, -30), (15, 9, 18))
        found = (frontal, sphenoid, maxilla, ethmoid, nose, pharynx)
        return tuple(as_floats(one) for one in found)


def thickness(plane: Plane, slow: Floats) -> Floats:
    """Of the vault, across it: thin at the temples, thick at the back's middle."""
    temple = (
        2.4
        * np.exp(-(((plane.z - 18) / 24) ** 2))
        * np.clip(1 - np.abs(plane.y + 8) / 45, 0, 1)
    )
    bump = 4 * np.exp(-((plane.x / 14) ** 2 + ((plane.z - 12) / 16) ** 2))
    return as_floats(6.4 + 0.9 * slow - temple + bump * (plane.y > 40) + brow(plane))


def make_bone(seed: int) -> Bone:
    """The skull that belongs to the seed."""
    fields = [
        random_field(np.random.default_rng([seed, 20 + n]), spacing)
        for n, spacing in enumerate((22.0, 2.2, 3.4))
    ]
    return Bone(*fields)
