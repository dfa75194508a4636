"""A stored frame as the page gets it where it does not decode it itself.

Native, little endian, samples interleaved (PS3.5 8.2, A.2): grey and palette
indices in the cells that the header describes, colours as sRGB of 8 bits.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from smart_viewer.codec.colour import to_srgb
from smart_viewer.codec.decode import decode_frame
from smart_viewer.codec.stored import Samples, Stored, Tile
from smart_viewer.errors import NotInStandard

__all__ = ["Stored", "Tile", "deliver", "delivered_layout"]


def delivered_layout(stored: Stored, tile: Tile | None = None) -> Stored:
    """The layout of what `deliver` answers."""
    rows, columns = (tile.rows, tile.columns) if tile else (stored.rows, stored.columns)
    sent = replace(stored, rows=rows, columns=columns, planar_configuration=0)
    if stored.samples_per_pixel > 1:
        return replace(
            sent,
            photometric_interpretation="RGB",
            bits_allocated=8,
            bits_stored=8,
            high_bit=7,
            signed=False,
        )
    if stored.bits_allocated == 1:
        return replace(sent, bits_allocated=8, bits_stored=1, high_bit=0, signed=False)
    return sent


def deliver(
    encoded: bytes,
    stored: Stored,
    transfer_syntax_uid: str,
    *,
    icc: bytes = b"",
    tile: Tile | None = None,
) -> bytes:
    """The frame, or a tile of it, in the layout that `delivered_layout` tells.

    icc: the data set's ICC Profile; colours are converted to sRGB where it is
    another's. NotSupported, NotInStandard: as `decode_frame`; NotInStandard too
    where the tile is not within the frame.
    """
    decoded = decode_frame(encoded, stored, transfer_syntax_uid)
    values = decoded.values if tile is None else _cut(decoded.values, tile)
    if decoded.model == "rgb":
        values = to_srgb(values, icc)
    return np.ascontiguousarray(values).tobytes()


def _cut(values: Samples, tile: Tile) -> Samples:
    ends = (tile.row + tile.rows, tile.column + tile.columns)
    if min(tile.row, tile.column) < 0 or min(tile.rows, tile.columns) < 1:
        raise NotInStandard("A tile is not within its image.")
    if ends[0] > values.shape[0] or ends[1] > values.shape[1]:
        raise NotInStandard("A tile is not within its image.")
    cut: Samples = values[tile.row : ends[0], tile.column : ends[1]]
    return cut
