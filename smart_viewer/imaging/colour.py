"""Colour cells to red, green and blue of 8 bits (PS3.3 C.7.6.3.1.2, C.7.6.3.1.5).

The reference of `static/shaders/frame.frag.glsl`, in integers: the same byte
everywhere. There is no VOI on colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from smart_viewer.imaging.grayscale import (
    GREY_LEVELS,
    HALF_UP,
    Cells,
    StoredBits,
    Table,
    stored_values,
)

CHANNELS = 3
CHANNEL_BITS = 8
CHROMA_ZERO = 128
FRACTION_BITS = 22
ROUNDING = (1 << (FRACTION_BITS - 1)) + 64  # halves go up, also those just missed
RED_OF_CR = round(1.402 * 2**FRACTION_BITS)
GREEN_OF_CB = -round(0.114 * 1.772 / 0.587 * 2**FRACTION_BITS)
GREEN_OF_CR = -round(0.299 * 1.402 / 0.587 * 2**FRACTION_BITS)
BLUE_OF_CB = round(1.772 * 2**FRACTION_BITS)

ColourModel = Literal["rgb", "ybr"]  # ybr: YBR_FULL


@dataclass(frozen=True, slots=True)
class ColourTransform:
    """Cells of three channels, 8 bits each; `invert` is the reader's own."""

    model: ColourModel
    invert: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """The three tables of PALETTE COLOR, segments expanded (PS3.3 C.7.9)."""

    red: Table
    green: Table
    blue: Table

    def colours(self, stored: NDArray[np.int64]) -> NDArray[np.uint8]:
        """(..., 3) of stored values (...); the high 8 bits of each entry."""
        channels = (self.red, self.green, self.blue)
        return np.stack([_eight_bits(table, stored) for table in channels], axis=-1)


@dataclass(frozen=True, slots=True)
class PaletteTransform:
    """Cells that index a palette; `invert` is the reader's own."""

    layout: StoredBits
    palette: Palette
    invert: bool = False


def rgb_of_ybr(ybr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB (..., 3) of YBR_FULL (..., 3), rounded half up. PS3.3 C.7.6.3.1.2."""
    y, cb, cr = np.moveaxis(ybr.astype(np.int64), -1, 0)
    cb, cr = cb - CHROMA_ZERO, cr - CHROMA_ZERO
    green = GREEN_OF_CB * cb + GREEN_OF_CR * cr
    chroma = np.stack([RED_OF_CR * cr, green, BLUE_OF_CB * cb], axis=-1)
    rgb = y[..., np.newaxis] + ((chroma + ROUNDING) >> FRACTION_BITS)
    levels: NDArray[np.uint8] = np.clip(rgb, 0, GREY_LEVELS).astype(np.uint8)
    return levels


def colours(
    cells: Cells, transform: ColourTransform | PaletteTransform
) -> NDArray[np.uint8]:
    """RGB (..., 3) as stored, not inverted.

    cells: (..., 3) of uint8, or (...) where they index a palette.
    """
    if isinstance(transform, PaletteTransform):
        return transform.palette.colours(stored_values(cells, transform.layout))
    samples = cells.astype(np.uint8, copy=False)
    return rgb_of_ybr(samples) if transform.model == "ybr" else samples


def shown_levels(channels: NDArray[np.float64], *, invert: bool) -> NDArray[np.uint8]:
    """Levels 0 to 255 of interpolated channels, any shape."""
    shown = GREY_LEVELS - channels if invert else channels
    return np.floor(shown + HALF_UP).astype(np.uint8)


def _eight_bits(table: Table, stored: NDArray[np.int64]) -> NDArray[np.uint8]:
    spare = max(0, table.bits - CHANNEL_BITS)
    return (table.look_up(stored) >> spare).astype(np.uint8)
