"""What covers the pixels of a frame: overlays and shutters.

Standard: PS3.3 C.9.2 (overlays), C.7.6.11 (shutters). Where both lie, the overlay
is seen: annotations follow the shutter (PS3.4 N.2.3.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import NotInStandard
from smart_viewer.imaging.grayscale import GREY_LEVELS, Cells

CLEAR, OVERLAY, SHUTTER = 0, 1, 2  # as in the shader
BITS_BELOW_A_LEVEL = 8  # of a P-value of 16 bits
FARTHEST = 1 << 20  # of a vertex, in pixels: beyond any image; products stay exact
LEAST_VERTICES = 3

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """CLEAR, OVERLAY or SHUTTER for each pixel (rows, columns) of a frame.

    shutter_level: the grey, 0 to 255, of what a shutter hides. An overlay is white.
    """

    covered: NDArray[np.uint8]
    shutter_level: int = 0

    def __post_init__(self) -> None:
        if self.covered.ndim != 2 or self.covered.dtype != np.uint8:  # noqa: PLR2004
            raise NotInStandard("a mask has one number of 8 bits for each pixel")
        if not 0 <= self.shutter_level <= GREY_LEVELS:
            raise NotInStandard(f"{self.shutter_level} is no grey level")


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """One overlay on one frame: its bits, and where its first one lies, from 1."""

    bits: Bits  # (rows, columns) of the overlay
    origin: tuple[int, int] = (1, 1)  # (row, column); may lie outside the image


@dataclass(frozen=True, slots=True)
class ShutterShapes:
    """What stays visible; a pixel outside any of the shapes is hidden (C.7.6.11).

    Rows and columns count from 1; edges, the circle's rim and the polygon's sides
    are visible: what is hidden lies outside the shape. None or empty: no such shape.
    """

    rectangle: tuple[int, int, int, int] | None = None  # left, right, upper, lower
    circle: tuple[int, int, int] | None = None  # centre row, centre column, radius
    polygon: tuple[tuple[int, int], ...] = ()  # (row, column)

    def __post_init__(self) -> None:
        if self.polygon and len(self.polygon) < LEAST_VERTICES:
            raise NotInStandard(f"a shutter of {len(self.polygon)} vertices")
        if any(abs(number) > FARTHEST for vertex in self.polygon for number in vertex):
            raise NotInStandard("a vertex of the shutter lies beyond any image")


def mask_of(
    hidden: Bits, overlays: Iterable[Overlay], presentation_value: int = 0
) -> Mask:
    """The mask of a frame whose pixels (rows, columns) are `hidden` by a shutter.

    presentation_value: P-value of what is hidden, 0 to 65535 (0018,1622).
    """
    covered = np.where(hidden, SHUTTER, CLEAR).astype(np.uint8)
    for overlay in overlays:
        covered[overlay_on(hidden.shape, overlay)] = OVERLAY
    return Mask(covered, presentation_value >> BITS_BELOW_A_LEVEL)


def overlay_bits(packed: bytes, rows: int, columns: int) -> Bits:
    """(rows, columns) of Overlay Data, the first bit the lowest (PS3.5 8.1.2).

    NotInStandard where there are too few bits.
    """
    needed = rows * columns
    bits = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), bitorder="little")
    if bits.size < needed:
        raise NotInStandard(f"an overlay of {bits.size} bits where {needed} are due")
    return bits[:needed].reshape(rows, columns).astype(bool)


def embedded_bits(cells: Cells, bit: int) -> Bits:
    """The overlay in bit `bit` of the pixel cells (retired; PS3.5 8.1.2, note)."""
    if not 0 < bit < cells.dtype.itemsize * 8:
        raise NotInStandard(f"no overlay can lie in bit {bit} of the pixel cells")
    embedded: Bits = (cells.astype(np.int64) >> bit) & 1 == 1
    return embedded


def overlay_on(shape: tuple[int, ...], overlay: Overlay) -> Bits:
    """The overlay's bits as pixels of an image (rows, columns), cut off at its rim."""
    shown = np.zeros(shape, dtype=bool)
    image, own = zip(
        *(
            _overlap(origin - 1, size, limit)
            for origin, size, limit in zip(
                overlay.origin, overlay.bits.shape, shape, strict=True
            )
        ),
        strict=True,
    )
    shown[image] = overlay.bits[own]
    return shown


def _overlap(start: int, size: int, limit: int) -> tuple[slice, slice]:
    """Where [start, start + size) lies in [0, limit), and which part of it."""
    first, last = max(0, start), max(0, min(limit, start + size))
    first = min(first, last)
    return slice(first, last), slice(first - start, last - start)


def hidden_by(
    shapes: ShutterShapes,
    rows: int,
    columns: int,
    pixel_aspect: tuple[float, float] = (1.0, 1.0),
) -> Bits:
    """Pixels (rows, columns) outside any of the shapes.

    pixel_aspect: (vertical, horizontal) size of a pixel: a circle's radius counts
    pixels along a row, and stays round where pixels are not square.
    """
    row = np.arange(1, rows + 1, dtype=np.int64)[:, np.newaxis]
    column = np.arange(1, columns + 1, dtype=np.int64)[np.newaxis, :]
    hidden = np.zeros((rows, columns), dtype=bool)
    if shapes.rectangle is not None:
        left, right, upper, lower = shapes.rectangle
        hidden |= (column < left) | (column > right) | (row < upper) | (row > lower)
    if shapes.circle is not None:
        center_row, center_column, radius = shapes.circle
        stretch = pixel_aspect[0] / pixel_aspect[1]
        down, across = (row - center_row) * stretch, column - center_column
        hidden |= down * down + across * across > float(radius) * radius
    if shapes.polygon:
        hidden |= ~_within(shapes.polygon, rows, columns)
    return hidden


def _within(vertices: Sequence[tuple[int, int]], rows: int, columns: int) -> Bits:
    """Pixels whose centre lies inside a polygon or on its sides, in exact integers.

    Even-odd: each side flips what lies to its right, row by row.
    """
    flips = np.zeros((rows, columns + 1), dtype=np.uint8)
    sides = np.zeros((rows, columns), dtype=bool)
    ends = [(row - 1, column - 1) for row, column in vertices]
    for start, end in zip(ends, [*ends[1:], ends[0]], strict=True):
        upper, lower = min(start, end), max(start, end)
        if upper[0] == lower[0]:
            _level_side(sides, upper, lower)
        else:
            _sloping_side(flips, sides, upper, lower)
    inside: Bits = np.bitwise_xor.accumulate(flips, axis=1)[:, :columns] == 1
    return inside | sides


def _level_side(sides: Bits, left: tuple[int, int], right: tuple[int, int]) -> None:
    row, rows = left[0], sides.shape[0]
    if 0 <= row < rows:
        sides[row, max(0, left[1]) : max(0, right[1] + 1)] = True


def _sloping_side(
    flips: NDArray[np.uint8],
    sides: Bits,
    upper: tuple[int, int],
    lower: tuple[int, int],
) -> None:
    """The row of the lower end belongs to the next side, so that none counts twice."""
    height, width = lower[0] - upper[0], lower[1] - upper[1]
    rows, columns = sides.shape
    row = np.arange(max(0, upper[0]), min(rows, lower[0] + 1), dtype=np.int64)
    reached, beside = np.divmod((row - upper[0]) * width, height)
    crossed = upper[1] + reached  # the last column at or left of the side
    on_side = (beside == 0) & (crossed >= 0) & (crossed < columns)
    sides[row[on_side], crossed[on_side]] = True
    counted = row < lower[0]
    flips[row[counted], np.clip(crossed[counted] + 1, 0, columns)] ^= 1
