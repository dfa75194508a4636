"""Where each screen pixel looks, and what lies there; from the view's own words.

The image is shown as large as fits, its middle in the middle of the picture, turned
clockwise and then mirrored. Pixel (row r, column c) covers [c, c + 1) x [r, r + 1).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from conformance.case import View

Floats = NDArray[np.float64]
EDGE = 1e-3  # image pixels: on a border rounding decides, and no oracle knows it


def looked_at(
    view: View, rows: int, columns: int, pixel: tuple[float, float] = (1.0, 1.0)
) -> tuple[Floats, Floats]:
    """Image x and y under each screen pixel, (height, width) each.

    pixel: (height, width) of a pixel in mm, or as PixelAspectRatio gives it.
    """
    width, height = view.picture_size(rows, columns)
    tall, wide = rows * pixel[0], columns * pixel[1]
    across, down = (wide, tall) if view.rotation % 180 == 0 else (tall, wide)
    scale = min(width / across, height / down)
    x, y = np.meshgrid(
        np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2
    )
    if view.flip:
        x = -x
    cos, sin = (round(f(math.radians(view.rotation))) for f in (math.cos, math.sin))
    u, v = cos * x + sin * y, cos * y - sin * x
    return columns / 2 + u / (scale * pixel[1]), rows / 2 + v / (scale * pixel[0])


def nearest(
    x: Floats, y: Floats, rows: int, columns: int
) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Row and column of the pixel under each point, held inside the image."""
    row = np.clip(np.floor(y).astype(int), 0, rows - 1)
    return row, np.clip(np.floor(x).astype(int), 0, columns - 1)


def inside(x: Floats, y: Floats, rows: int, columns: int) -> NDArray[np.bool_]:
    """Whether a point lies on the image."""
    return (x >= 0) & (x < columns) & (y >= 0) & (y < rows)


def undecided(
    x: Floats, y: Floats, rows: int, columns: int, *, between: bool
) -> NDArray[np.bool_]:
    """Points on a border: of the image, and of any pixel where `between` matters."""
    borders = (
        (np.abs(x) < EDGE)
        | (np.abs(x - columns) < EDGE)
        | (np.abs(y) < EDGE)
        | (np.abs(y - rows) < EDGE)
    )
    if between:
        borders |= (np.abs(x - np.round(x)) < EDGE) | (np.abs(y - np.round(y)) < EDGE)
    return borders


def bilinear(values: Floats, padded: NDArray[np.bool_], x: Floats, y: Floats) -> Floats:
    """Between the four nearest pixel centres; at the rim the last pixel is held.

    A padded neighbour is no value: the nearest pixel's stands in for it.
    """
    rows, columns = values.shape
    left, top = np.floor(x - 0.5).astype(int), np.floor(y - 0.5).astype(int)
    u, v = x - 0.5 - left, y - 0.5 - top
    own = values[nearest(x, y, rows, columns)]
    total = np.zeros(x.shape)
    for row, weight_y in ((top, 1 - v), (top + 1, v)):
        for column, weight_x in ((left, 1 - u), (left + 1, u)):
            at = np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)
            total += weight_x * weight_y * np.where(padded[at], own, values[at])
    return total
