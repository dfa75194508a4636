"""Encoded frames to stored values, bounded (PS3.5 8.1.1, 8.2.3; ISO 14495-1).

What a frame decodes to is known from the header: a code stream that says
otherwise is refused before any memory is given to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import NotInStandard, NotSupported

_RAW_LITTLE_ENDIAN = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1")
_JPEG_LS = ("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81")
_SOI, _EOI, _SOF55, _SOS = b"\xff\xd8", b"\xff\xd9", 0xF7, 0xDA  # ISO 14495-1 C.1.1
_STAND_ALONE = (0x01, *range(0xD0, 0xD8))  # markers without a length

StoredValues = NDArray[np.unsignedinteger] | NDArray[np.signedinteger]


@dataclass(frozen=True, slots=True)
class _CodeStream:
    """What a JPEG-LS frame header declares (ISO 14495-1 C.2.2)."""

    precision: int
    rows: int
    columns: int
    components: int


def decode_frame(
    data: bytes,
    *,
    rows: int,
    columns: int,
    bits_allocated: int,
    signed: bool,
    samples_per_pixel: int,
    transfer_syntax_uid: str,
) -> StoredValues:
    """Stored values of one frame, shape (rows, columns), before any masking.

    The type is int8, uint8, int16 or uint16, as bits_allocated and signed say.
    NotSupported: another syntax, depth or colour. NotInStandard: the bytes are
    not what the header declares.
    """
    if bits_allocated not in (8, 16) or samples_per_pixel != 1:
        raise NotSupported("Only grey frames of 8 or 16 bits are decoded.")
    dtype = np.dtype(f"<{'i' if signed else 'u'}{bits_allocated // 8}")
    if transfer_syntax_uid in _RAW_LITTLE_ENDIAN:
        return _decode_raw(data, rows, columns, dtype)
    if transfer_syntax_uid in _JPEG_LS:
        return _decode_jpeg_ls(data, rows, columns, dtype)
    raise NotSupported(f"Frames stored as {transfer_syntax_uid} are not decoded.")


def _decode_raw(
    data: bytes, rows: int, columns: int, dtype: np.dtype[np.generic]
) -> StoredValues:
    expected = rows * columns * dtype.itemsize
    if not expected <= len(data) <= expected + expected % 2:
        raise NotInStandard(
            f"The frame has {len(data)} bytes; its header declares {expected}."
        )
    return np.frombuffer(data, dtype, rows * columns).reshape(rows, columns)


def _decode_jpeg_ls(
    data: bytes, rows: int, columns: int, dtype: np.dtype[np.generic]
) -> StoredValues:
    declared = _read_jpeg_ls_header(data)
    if (declared.rows, declared.columns, declared.components) != (rows, columns, 1):
        raise NotInStandard("The JPEG-LS frame has another size than its header says.")
    if not 2 <= declared.precision <= dtype.itemsize * 8:
        raise NotInStandard("The JPEG-LS frame has more bits than its header says.")
    decoded = _run_decoder(_up_to_end(data))
    if decoded.shape != (rows, columns):
        raise NotInStandard("The JPEG-LS frame decodes to another size than it says.")
    unsigned = np.dtype(f"<u{dtype.itemsize}")
    return decoded.astype(unsigned, copy=False).view(dtype)


def _up_to_end(data: bytes) -> bytes:
    """The stream up to its end marker, without the padding behind it.

    CharLS runs on for seconds where there is none. Entropy-coded data never holds
    the marker (bit stuffing, ISO 14495-1 A.1), so that one found is the end.
    """
    end = data.rfind(_EOI)
    if end < 0:
        raise NotInStandard("The JPEG-LS frame is cut off: it has no end marker.")
    return data[: end + len(_EOI)]


def _run_decoder(data: bytes) -> NDArray[np.generic]:
    import imagecodecs  # noqa: PLC0415 - heavy, and only where frames are decoded

    try:
        decoded: NDArray[np.generic] = imagecodecs.jpegls_decode(data)
    except (imagecodecs.JpeglsError, ValueError, MemoryError) as damage:
        raise NotInStandard("The JPEG-LS frame is damaged.") from damage
    return decoded


def _read_jpeg_ls_header(data: bytes) -> _CodeStream:
    """The frame header, found by walking the marker segments before it."""
    if not data.startswith(_SOI):
        raise NotInStandard("The frame is not a JPEG-LS code stream.")
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker == _SOF55 and at + 10 <= len(data):
            return _parse_frame_header(data[at + 4 : at + 10])
        if marker == _SOS:
            break
        at += _step(marker, length)
    raise NotInStandard("The JPEG-LS code stream has no frame header.")


def _step(marker: int, length: int) -> int:
    """Bytes to the next marker; fill bytes and stand-alone markers have no length."""
    if marker == 0xFF:
        return 1
    return 2 if marker in _STAND_ALONE else 2 + length


def _parse_frame_header(head: bytes) -> _CodeStream:
    return _CodeStream(
        precision=head[0],
        rows=int.from_bytes(head[1:3]),
        columns=int.from_bytes(head[3:5]),
        components=head[5],
    )
