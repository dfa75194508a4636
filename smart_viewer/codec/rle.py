"""RLE Lossless frames (PS3.5 Annex G)."""

from __future__ import annotations

from struct import unpack_from

import numpy as np
from numpy.typing import NDArray

from smart_viewer.codec.stored import DAMAGE, Samples, Stored
from smart_viewer.errors import NotInStandard

_HEADER_BYTES = 64
_MAX_SEGMENTS = 15
_LONGEST_RUN = 128  # what one code may write behind the end of its segment


def decode_rle(data: bytes, stored: Stored) -> Samples:
    """Cells of shape `stored.shape`, before any masking; 1 bit as 0 and 1 in bytes.

    NotInStandard: the header's segments are not those that the image has, lie
    outside of the frame, or hold fewer or many more bytes than it has pixels.
    """
    pixels = stored.rows * stored.columns
    if stored.bits_allocated == 1:
        return _decode_bits(data, stored)
    cell_bytes = stored.bits_allocated // 8
    segments = _segments(data, stored.samples_per_pixel * cell_bytes)
    # Segments go from the most significant byte of the first sample on: G.2.
    cells = np.empty((pixels, stored.samples_per_pixel, cell_bytes), np.uint8)
    for index, segment in enumerate(segments):
        sample, byte = divmod(index, cell_bytes)
        plane = _expanded(segment, pixels)
        cells[:, sample, cell_bytes - 1 - byte] = plane
    return cells.reshape(-1).view(stored.dtype).reshape(stored.shape)


def _decode_bits(data: bytes, stored: Stored) -> Samples:
    """One segment of packed bits, as some writers store binary segmentations."""
    (segment,) = _segments(data, 1)
    packed = _expanded(segment, -(-stored.samples // 8))
    bits = np.unpackbits(packed, count=stored.samples, bitorder="little")
    return bits.reshape(stored.shape)


def _segments(data: bytes, expected: int) -> list[bytes]:
    """The frame's segments, as its header divides it (PS3.5 G.5)."""
    if len(data) < _HEADER_BYTES:
        raise NotInStandard("The RLE frame is shorter than its header.")
    count, *offsets = unpack_from("<16L", data)
    if count != expected or count > _MAX_SEGMENTS:
        raise NotInStandard(
            f"The RLE frame has {count} segments; the image needs {expected}."
        )
    firsts = offsets[:count]
    ends = [*firsts[1:], len(data)]
    if firsts[0] < _HEADER_BYTES or any(
        first >= end for first, end in zip(firsts, ends, strict=True)
    ):
        raise NotInStandard("The RLE frame's segments are out of order or missing.")
    return [data[first:end] for first, end in zip(firsts, ends, strict=True)]


def _expanded(segment: bytes, length: int) -> NDArray[np.uint8]:
    """The first `length` bytes of what the codes stand for (PS3.5 G.3)."""
    import imagecodecs  # heavy

    room = bytearray(length + _LONGEST_RUN)
    try:
        written = imagecodecs.packbits_decode(segment, out=room)
    except DAMAGE as damage:
        raise NotInStandard("The RLE frame is damaged.") from damage
    if len(written) < length:
        raise NotInStandard("The RLE frame is cut off.")
    return np.frombuffer(written, np.uint8, length)
