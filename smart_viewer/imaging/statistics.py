"""Statistics of a region of one frame, and a window made from its pixels.

Native pixels in modality units, without padding (display requirements H5, H24).
Points are (x, y) in image coordinates as in `sampling.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import NotInStandard
from smart_viewer.imaging.grayscale import (
    Cells,
    Floats,
    ModalityTransform,
    Voi,
    VoiFunction,
    is_padding,
    modality_values,
)

CLIPPED_SHARE = 0.01  # at either end, of values without a unit
MOST_SAMPLES = 65536
FROM_ZERO = frozenset({"NM", "PT"})  # counts and activity: nothing is black
WITHOUT_UNIT = frozenset({"MR"})
MEASURED = WITHOUT_UNIT | FROM_ZERO | {"CT"}  # a window from what there is
SCREEN_BITS = 8
LEAST_VERTICES = 3

Point = tuple[float, float]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """Of at least one value.

    standard_deviation: of a sample (divided by count - 1); None of a single value.
    """

    count: int
    mean: float
    standard_deviation: float | None
    minimum: float
    maximum: float


def spread_of(
    cells: Cells, modality: ModalityTransform, region: NDArray[np.bool_]
) -> Spread | None:
    """Statistics of the pixels of a region, in modality units; None where none count.

    cells, region: (rows, columns). Padding is left out.
    """
    values = _tissue(cells[region], modality)
    if values.size == 0:
        return None
    deviation = float(values.std(ddof=1)) if values.size > 1 else None
    return Spread(
        count=values.size,
        mean=float(values.mean()),
        standard_deviation=deviation,
        minimum=float(values.min()),
        maximum=float(values.max()),
    )


def polygon_region(
    points: Sequence[Point], rows: int, columns: int
) -> NDArray[np.bool_]:
    """Pixels (rows, columns) whose centre lies inside, by even-odd.

    Of two polygons that share a side, a centre on it belongs to the right or lower.
    """
    inside = np.zeros((rows, columns), dtype=bool)
    x = (np.arange(columns) + 0.5)[np.newaxis, :]
    y = (np.arange(rows) + 0.5)[:, np.newaxis]
    for (x0, y0), (x1, y1) in _sides(points):
        if y0 == y1:
            continue
        spans = (y0 <= y) != (y1 <= y)
        crossing = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
        inside ^= spans & (x >= crossing)
    return inside


def ellipse_region(
    center: Point, half_axes: Point, rows: int, columns: int
) -> NDArray[np.bool_]:
    """Pixels (rows, columns) whose centre lies in or on an upright ellipse."""
    if not (half_axes[0] > 0 and half_axes[1] > 0):
        raise NotInStandard("an ellipse needs two half axes over 0")
    x = (np.arange(columns) + 0.5 - center[0]) / half_axes[0]
    y = (np.arange(rows) + 0.5 - center[1])[:, np.newaxis] / half_axes[1]
    return np.asarray(x * x + y * y <= 1)


def polygon_area(
    points: Sequence[Point], spacing: tuple[float, float] = (1.0, 1.0)
) -> float:
    """Area by the outline, not by counting pixels; in the square of spacing's unit.

    spacing: (between rows, between columns).
    """
    if len(points) < LEAST_VERTICES:
        raise NotInStandard("an outline needs three points")
    twice = math.fsum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in _sides(points))
    return abs(twice) / 2 * spacing[0] * spacing[1]


def ellipse_area(half_axes: Point, spacing: tuple[float, float] = (1.0, 1.0)) -> float:
    """Area of an upright ellipse, half_axes (x, y) in pixels."""
    return math.pi * half_axes[0] * half_axes[1] * spacing[0] * spacing[1]


def window_from_pixels(
    cells: Cells, transform: ModalityTransform, modality: str
) -> Voi:
    """A window that shows the pixels given; padding is left out. As `view/window.ts`.

    modality: Modality (0008,0060). MR: 1st to 99th percentile of evenly spread pixels,
    since its values have no unit and a few are extreme; NM and PT: from 0; grey of 8
    bits that was made for a screen: as it is; otherwise the whole range.
    """
    made = _made_for_screens(transform, modality)
    if made is not None:
        low, high = made
    elif modality in WITHOUT_UNIT:
        low, high = _percentiles(_tissue(_spread_out(cells), transform))
    else:
        low, high = _extremes(_tissue(cells, transform))
    if modality in FROM_ZERO:
        low = min(0.0, low)
    width = high - low if high > low else 1.0
    return Voi((low + high) / 2, width, VoiFunction.LINEAR_EXACT)


def _made_for_screens(
    transform: ModalityTransform, modality: str
) -> tuple[float, float] | None:
    """The range of plain 8-bit grey that measures nothing, else None."""
    layout = transform.layout
    if modality in MEASURED or isinstance(layout, Floats) or transform.lut is not None:
        return None
    if layout.signed or layout.bits_stored > SCREEN_BITS:
        return None
    plain = (transform.rescale_slope, transform.rescale_intercept) == (1.0, 0.0)
    return (0.0, float(layout.largest)) if plain else None


def _tissue(cells: Cells, transform: ModalityTransform) -> Values:
    return modality_values(cells[~is_padding(cells, transform)], transform)


def _spread_out(cells: Cells) -> Cells:
    step = max(1, math.ceil(cells.size / MOST_SAMPLES))
    return cells.reshape(-1)[::step]


def _extremes(values: Values) -> tuple[float, float]:
    if values.size == 0:
        return 0.0, 0.0
    return float(values.min()), float(values.max())


def _percentiles(values: Values) -> tuple[float, float]:
    if values.size == 0:
        return 0.0, 0.0
    ordered = np.sort(values)
    shares = (CLIPPED_SHARE, 1 - CLIPPED_SHARE)
    low, high = (math.floor(share * (ordered.size - 1) + 0.5) for share in shares)
    return float(ordered[low]), float(ordered[high])


def _sides(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(zip(points, [*points[1:], *points[:1]], strict=True))
