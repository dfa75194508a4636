"""The head's outer form: the space inside the skull, the skull's thickness, the skin.

Space is the head's own: x to the patient's left, y to the back, z up, mm; the origin
lies between the ear canals. See `shapes` for what a distance is.
"""

from __future__ import annotations

import numpy as np

from smart_viewer.sandbox.shapes import (
    Floats,
    Plane,
    as_floats,
    egg,
    ellipsoid,
    profile,
    smooth_max,
    smooth_min,
)

VAULT_Z, VAULT_HIGH, VAULT_LOW = 42.0, 67.0, 98.0
_HALF_WIDTH = profile(
    (-95, 66), (-50, 66.5), (-10, 68.5), (25, 70), (60, 69.5), (95, 68)
)
_LOWEST_BONE = profile(
    (-95, 27), (-60, 27), (-42, 14), (-30, 1), (0, -3), (12, -14), (30, -24), (95, -26)
)


def vault_distance(plane: Plane, beyond_mm: float = 0.0) -> Floats:
    """Distance to the inner surface of the skull's vault, grown by `beyond_mm`."""
    width = np.array([_HALF_WIDTH(y) for y in plane.y_mm], np.float32)[:, None]
    width = width + beyond_mm
    length = np.where(plane.y < 0, 81.0, 85.0) + beyond_mm
    z = plane.z - VAULT_Z
    height = (VAULT_HIGH if z > 0 else VAULT_LOW) + beyond_mm
    p, q, r = plane.x / width, plane.y / length, np.float32(z / height)
    k0 = np.sqrt(p * p + q * q + r * r)
    k1 = np.sqrt((p / width) ** 2 + (q / length) ** 2 + (r / height) ** 2)
    return as_floats(k0 * (k0 - 1) / np.maximum(k1, 1e-6))


def floor_height(plane: Plane) -> Floats:
    """Height of the skull's base above each pixel: three steps, and the foramen."""
    side, y = np.abs(plane.x), plane.y
    front = 27 + 7 * np.exp(-(((side - 28) / 15) ** 2)) - 0.004 * (y + 50) ** 2
    middle = 1 + 0.006 * (side - 38) ** 2
    back = -24 + 0.009 * np.clip(np.hypot(side, y - 34) - 10, 0, None) ** 2
    wing = -36 - 6 * np.cos(side / 14) + 0.1 * (side - 30)
    ridge = as_floats(y - ridge_y(side))
    height = _step(as_floats(front), as_floats(middle), as_floats((y - wing) / 4))
    height = _step(height, as_floats(back), as_floats(ridge / 4)) + 13 * np.exp(
        -((ridge / 6.5) ** 2)
    )
    centre = np.where(y < -16, 24.0, 11 + 8 * np.exp(-(((y + 3) / 3.5) ** 2)))
    clivus = np.where(y > -2, 19 - 2.35 * (y + 2), centre)
    inner = np.clip((17 - side) / 6, 0, 1) * np.clip((16 - y) / 4, 0, 1)
    inner = inner * np.clip((y + 50) / 8, 0, 1)
    height = height * (1 - inner) + np.maximum(clivus, -40) * inner
    foramen = np.hypot(side / 14.5, (y - 30) / 17.5)
    return as_floats(np.where(foramen < 1, -60, height))


def ridge_y(side: Floats) -> Floats:
    """y of the petrous ridge at a distance from the midline."""
    return as_floats(1 + 0.46 * (side - 8))


def _step(before: Floats, after: Floats, t: Floats) -> Floats:
    share = 1 / (1 + np.exp(-np.clip(t, -20, 20)))
    return as_floats(before + share * (after - before))


def cavity_distance(plane: Plane, vault: Floats) -> Floats:
    """Distance to the space that holds the brain."""
    above = (floor_height(plane) - plane.z) * np.float32(0.8)
    return smooth_max(vault, above, 5.0)


def lowest_bone(plane: Plane) -> Floats:
    """Height (rows, 1) below which the vault's wall ends."""
    return np.array([_LOWEST_BONE(y) for y in plane.y_mm], np.float32)[:, None]


def skin_distance(plane: Plane, vault: Floats) -> Floats:
    """Distance to the skin: scalp, face with nose, neck, ears."""
    x, y, z = plane.x, plane.y, plane.z
    temple = np.exp(-(((y + 16) / 30) ** 2) - ((z - 16) / 34) ** 2)
    scalp = vault - 12 - 7 * temple - brow(plane)
    face = ellipsoid(x, y, z, (0, -36, -8), (66, 58, 66))
    neck = ellipsoid(x, y, z, (0, 34, -62), (60, 56, 66))
    head = smooth_min(smooth_min(scalp, face, 12), neck, 14)
    nose = egg(x, y, z, ((0, -86, 30), (0, -107, -22)), 12.5)
    head = smooth_min(head, nose, 9)
    return smooth_min(head, _ears(plane), 3)


def brow(plane: Plane) -> Floats:
    """How much thicker the forehead's bone is above the nose, mm."""
    near = np.exp(-((plane.x / 22) ** 2) - ((plane.z - 32) / 14) ** 2)
    return as_floats(4.5 * near * (plane.y < -40))


def _ears(plane: Plane) -> Floats:
    side, y, z = np.abs(plane.x), plane.y, plane.z
    leaf = ellipsoid(side - 0.5 * (y - 14), y, z, (80, 16, 2), (3.6, 17, 31))
    hollow = ellipsoid(side, y, z, (86, 8, 1), (7.5, 8, 12))
    return smooth_max(leaf, -hollow, 2)
