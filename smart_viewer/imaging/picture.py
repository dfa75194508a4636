"""The picture of one frame: every step of the pixel pipeline in its order.

The reference of `static/shaders/frame.frag.glsl`. Standard: PS3.4 N.2 (the order).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_viewer.imaging.colour import (
    ColourTransform,
    PaletteTransform,
    colours,
    shown_levels,
)
from smart_viewer.imaging.grayscale import (
    GREY_LEVELS,
    Cells,
    GrayscaleTransform,
    grey,
    is_padding,
    modality_values,
)
from smart_viewer.imaging.mask import OVERLAY, SHUTTER, Mask
from smart_viewer.imaging.sampling import Indices, SamplingGrid, bilinear

PixelTransform = GrayscaleTransform | ColourTransform | PaletteTransform
Points = tuple[NDArray[np.float64], NDArray[np.float64]]


def picture(
    cells: Cells,
    transform: PixelTransform,
    grid: SamplingGrid,
    mask: Mask | None = None,
) -> NDArray[np.uint8]:
    """Grey levels (height, width), or of colour RGB (height, width, 3).

    cells: (rows, columns), or (rows, columns, 3) of RGB or YBR. Interpolated in
    modality values or in RGB; outside the image black, also when inverted.
    """
    x, y = grid.points()
    rows, columns = cells.shape[:2]
    inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
    points = x[inside], y[inside]
    if isinstance(transform, GrayscaleTransform):
        levels = _grey_levels(cells, transform, grid, points)
    else:
        levels = _colour_levels(cells, transform, grid, points)
    if mask is not None:
        _cover(levels, mask, points)
    shown = np.zeros(inside.shape + levels.shape[1:], dtype=np.uint8)
    shown[inside] = levels
    return shown


def _grey_levels(
    cells: Cells, transform: GrayscaleTransform, grid: SamplingGrid, points: Points
) -> NDArray[np.uint8]:
    """(n,) levels at image points; padding is black, also when inverted."""
    modality = transform.modality
    nearest_cells = cells[_pixels(points)]
    padded = is_padding(nearest_cells, modality)
    nearest = np.where(padded, 0.0, _finite(modality_values(nearest_cells, modality)))

    def values_at(row: Indices, column: Indices) -> NDArray[np.float64]:
        """A padded neighbour counts as the nearest pixel: padding never bleeds."""
        there = cells[row, column]
        values = modality_values(there, modality)
        return np.where(is_padding(there, modality), nearest, values)

    values = nearest
    if grid.interpolation == "bilinear":
        values = bilinear(*points, _size(cells), values_at)
    return np.where(padded, 0, grey(values, transform)).astype(np.uint8)


def _colour_levels(
    cells: Cells,
    transform: ColourTransform | PaletteTransform,
    grid: SamplingGrid,
    points: Points,
) -> NDArray[np.uint8]:
    """(n, 3) levels at image points; each pixel is RGB before the interpolation."""

    def values_at(row: Indices, column: Indices) -> NDArray[np.float64]:
        return colours(cells[row, column], transform).astype(np.float64)

    if grid.interpolation == "bilinear":
        values = bilinear(*points, _size(cells), values_at)
    else:
        values = values_at(*_pixels(points))
    return shown_levels(values, invert=transform.invert)


def _cover(levels: NDArray[np.uint8], mask: Mask, points: Points) -> None:
    """Overlay and shutter of the nearest pixel, neither of them inverted."""
    covered = mask.covered[_pixels(points)]
    levels[covered == OVERLAY] = GREY_LEVELS
    levels[covered == SHUTTER] = mask.shutter_level


def _pixels(points: Points) -> tuple[Indices, Indices]:
    x, y = points
    return y.astype(np.intp), x.astype(np.intp)


def _size(cells: Cells) -> tuple[int, int]:
    rows, columns = cells.shape[:2]
    return rows, columns


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is no number is padding and never shown; arithmetic would warn of it."""
    return np.where(np.isfinite(values), values, 0.0)
