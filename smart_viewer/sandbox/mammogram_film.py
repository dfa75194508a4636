"""From a breast to the picture "for presentation": lesions, noise and shades.

Shades run from 0 for air to 4095; where nothing but air is, the picture is padding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.mammogram_breast import (
    HEIGHT_MM,
    WIDTH_MM,
    Breast,
    Projection,
    Side,
    draw,
)
from smart_viewer.sandbox.radiograph_film import enlarged
from smart_viewer.sandbox.shapes import Floats, as_floats

TOP, DARKEST = 4095, 260
"""The largest shade; the smallest that tissue may have. Padding is 0."""
_FAT, _GLAND, _MUSCLE, _SKIN = 0.2, 0.52, 0.74, 0.1
_GRAIN = 0.007


@dataclass(frozen=True, slots=True)
class Mass:
    """A dense, spiculated mass. at_mm: its middle (u, v) in each projection."""

    side: Side
    at_mm: dict[Projection, tuple[float, float]]
    diameter_mm: float
    contrast: float = 0.34


@dataclass(frozen=True, slots=True)
class Cluster:
    """Microcalcifications. at_mm: the cluster's middle (u, v) in each projection.

    specks_mm: their places about it; the first of them is the largest.
    """

    side: Side
    at_mm: dict[Projection, tuple[float, float]]
    specks_mm: tuple[tuple[float, float], ...]
    diameter_mm: float = 0.5
    contrast: float = 0.34


Lesion = Mass | Cluster


def picture(
    side: Side,
    projection: Projection,
    lesions: tuple[Lesion, ...],
    pixel_mm: float,
    seed: tuple[int, ...],
) -> Floats:
    """Shades (rows, columns), the chest wall at the right of a right breast."""
    rows, columns = round(HEIGHT_MM / pixel_mm), round(WIDTH_MM / pixel_mm)
    breast = _stretched(draw(side, projection), rows, columns)
    light = _light(breast)
    for lesion in lesions:
        if lesion.side == side:
            _add(light, lesion, projection, pixel_mm)
    rng = np.random.default_rng(seed)
    light += _GRAIN * rng.standard_normal(light.shape, dtype=np.float32)
    shades = np.clip(DARKEST + (TOP - DARKEST) * light, DARKEST, TOP)
    shades = as_floats(np.where(breast.skin < 0.4, shades, 0))
    return shades[:, ::-1] if side == "R" else shades


def _stretched(breast: Breast, rows: int, columns: int) -> Breast:
    return Breast(
        enlarged(breast.skin, rows, columns),
        enlarged(breast.thickness, rows, columns),
        enlarged(breast.gland, rows, columns),
        enlarged(breast.muscle, rows, columns),
    )


def _light(breast: Breast) -> Floats:
    """Shares of the lightest shade: what lies in the ray, evened out at the rim."""
    skin = _SKIN * np.exp(-(((breast.skin + 0.9) / 0.7) ** 2))
    even = 0.45 + 0.55 * breast.thickness
    soft = (_FAT * even + _GLAND * breast.gland * breast.thickness) + skin
    rest = 1 - breast.muscle
    return as_floats(
        soft * rest + _MUSCLE * breast.muscle + 0.05 * breast.gland * (1 - rest)
    )


def _add(
    light: Floats, lesion: Lesion, projection: Projection, pixel_mm: float
) -> None:
    """Lays the lesion over the light, in place."""
    u0, v0 = lesion.at_mm[projection]
    match lesion:
        case Mass():
            at, u, v = _about(light, (u0, v0), 1.2 * lesion.diameter_mm, pixel_mm)
            light[at] += lesion.contrast * _mass(u, v, lesion.diameter_mm / 2)
        case Cluster():
            for number, (du, dv) in enumerate(lesion.specks_mm):
                radius = lesion.diameter_mm / 2 * (1.0 if number == 0 else 0.75)
                at, u, v = _about(light, (u0 + du, v0 + dv), 2.0, pixel_mm)
                speck = np.clip((radius - np.hypot(u, v)) / 0.12 + 0.5, 0, 1)
                light[at] += lesion.contrast * speck


def _about(
    light: Floats, middle: tuple[float, float], reach: float, pixel_mm: float
) -> tuple[tuple[slice, slice], Floats, Floats]:
    """The pixels within reach of a place, and how far off it they are (mm)."""
    spans = []
    for size, place in zip(light.shape, middle[::-1], strict=True):
        low = max(0, int((place - reach) / pixel_mm))
        spans.append(slice(low, min(size, int((place + reach) / pixel_mm) + 2)))
    rows, columns = (np.arange(s.start, s.stop) + 0.5 for s in spans)
    u = as_floats(columns * pixel_mm - middle[0])[None, :]
    v = as_floats(rows * pixel_mm - middle[1])[:, None]
    return (spans[0], spans[1]), u, v


def _mass(u: Floats, v: Floats, radius: float) -> Floats:
    """A soft-edged, lobed shadow of half its height at `radius`, with spicules."""
    distance, turn = np.hypot(u, v), np.arctan2(v, u)
    lobed = radius * (1 + 0.035 * np.cos(3 * turn + 1) + 0.025 * np.cos(5 * turn))
    ball = np.sqrt(np.clip(1 - (distance / lobed) ** 2, 0, 1))
    body = np.clip((lobed - distance) / 1.8 + 0.5, 0, 1) * (0.86 + 0.14 * ball)
    rays = np.clip(np.cos(13 * turn + 2 * np.sin(3 * turn)) - 0.72, 0, 1) / 0.28
    fading = np.clip(1 - (distance - radius) / (1.2 * radius), 0, 1)
    spicules = 0.34 * rays * fading * (distance > 0.6 * radius)
    return as_floats(np.maximum(body, spicules))
