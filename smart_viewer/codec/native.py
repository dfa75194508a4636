"""Native samples out of their bytes (PS3.5 8.1.1, 8.2, A.1 to A.3)."""

from __future__ import annotations

import numpy as np

from smart_viewer.codec.stored import Samples, Stored
from smart_viewer.errors import NotInStandard

_PAIRED = ("YBR_FULL_422", "YBR_PARTIAL_422")  # two pixels share Cb and Cr


def native_bytes(stored: Stored) -> int:
    """Bytes of one native frame without padding (PS3.5 8.2, 8.1.1 for 1 bit)."""
    samples = stored.samples
    if _is_paired(stored):
        samples = stored.rows * stored.columns * 2
    return -(-samples * stored.bits_allocated // 8)


def decode_native(data: bytes, stored: Stored, *, big_endian: bool = False) -> Samples:
    """Cells of shape `stored.shape`, little endian, before any masking.

    One byte of padding is tolerated: native frames have even length. Samples of
    8 bits and fewer are expected in natural order whatever the byte order.
    NotInStandard: the bytes are not as many as the header declares.
    """
    expected = native_bytes(stored)
    if not expected <= len(data) <= expected + 1:
        raise NotInStandard(
            f"The frame has {len(data)} bytes; its header declares {expected}."
        )
    if stored.bits_allocated == 1:
        return _unpacked(data, stored)
    dtype = stored.dtype.newbyteorder(">" if big_endian else "<")
    cells = np.frombuffer(data, dtype, expected // dtype.itemsize)
    cells = cells.astype(stored.dtype, copy=False)
    if _is_paired(stored):
        return _unpaired(cells, stored)
    if stored.samples_per_pixel > 1 and stored.planar_configuration == 1:
        planes = cells.reshape(stored.samples_per_pixel, stored.rows, stored.columns)
        return planes.transpose(1, 2, 0)
    return cells.reshape(stored.shape)


def _is_paired(stored: Stored) -> bool:
    return (
        stored.samples_per_pixel == 3 and stored.photometric_interpretation in _PAIRED
    )


def _unpacked(data: bytes, stored: Stored) -> Samples:
    """One byte a bit; the first pixel is the lowest bit (PS3.5 8.1.1)."""
    packed = np.frombuffer(data, np.uint8)
    bits = np.unpackbits(packed, count=stored.samples, bitorder="little")
    return bits.reshape(stored.shape)


def _unpaired(cells: Samples, stored: Stored) -> Samples:
    """Y Y Cb Cr of two pixels to Y Cb Cr of each (PS3.3 C.7.6.3.1.2).

    Chroma belongs to both pixels of a pair; it is not interpolated.
    """
    if stored.columns % 2:
        raise NotInStandard("A 4:2:2 image has an odd number of columns.")
    pairs = cells.reshape(stored.rows, stored.columns // 2, 4)
    pixels = np.empty((stored.rows, stored.columns, 3), cells.dtype)
    pixels[:, :, 0] = pairs[:, :, :2].reshape(stored.rows, stored.columns)
    pixels[:, :, 1] = np.repeat(pairs[:, :, 2], 2, axis=1)
    pixels[:, :, 2] = np.repeat(pairs[:, :, 3], 2, axis=1)
    return pixels
