"""JPEG XL frames (ISO 18181-1, -2), recompressed JPEG ones too (PS3.5 A.4.14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from smart_viewer.codec.bit_reader import BitReader
from smart_viewer.codec.jpeg import decode_jpeg
from smart_viewer.codec.jpeg_header import ColourModel
from smart_viewer.codec.stored import (
    DAMAGE,
    MAX_DECODED_BYTES,
    Samples,
    Stored,
    in_cells,
)
from smart_viewer.errors import NotInStandard, NotSupported

_BARE, _BOXED = b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"
_HEADER_BYTES = 64  # more than the fields read here can take
_MAX_BOXES = 1024
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # 1 to 7
_DIMENSION = ((1, 9), (1, 13), (1, 18), (1, 30))
_DEPTH = ((8, 0), (10, 0), (12, 0), (1, 6))
_ENUM = ((0, 0), (1, 0), (2, 4), (18, 6))
_GREY = 1  # ColourSpace


@dataclass(frozen=True, slots=True)
class JpegXlHeader:
    """SizeHeader and the part of ImageMetadata that decides on memory (D.2, D.3)."""

    rows: int
    columns: int
    precision: int
    components: int


def decode_jpeg_xl(data: bytes, stored: Stored) -> tuple[Samples, ColourModel]:
    """Cells of shape `stored.shape`, and what three components are.

    A recompressed JPEG becomes the JPEG that it was, and is decoded as that one.
    The decoder gives RGB for everything else, XYB too.
    """
    boxes = dict(_boxes(data))
    if b"jbrd" in boxes:
        return decode_jpeg(_rebuilt_jpeg(data), stored)
    stream = data if data.startswith(_BARE) else boxes.get(b"jxlc", b"")
    header = read_jpeg_xl_header(stream[:_HEADER_BYTES])
    size = (header.rows, header.columns, header.components)
    if size != (stored.rows, stored.columns, stored.samples_per_pixel):
        raise NotInStandard(
            "The JPEG XL code stream has another size than its header says."
        )
    decoded = _run_decoder(data)
    if decoded.shape != stored.shape:
        raise NotInStandard("The JPEG XL frame decodes to another size than it says.")
    return in_cells(decoded, header.precision, stored), "rgb"


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, contents) of each box; partial code streams are joined as "jxlc"."""
    if not data.startswith(_BOXED):
        return
    at, partial = 0, b""
    for _ in range(_MAX_BOXES):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        head = 16 if length == 1 else 8
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16])
        end = len(data) if length == 0 else at + length
        if kind == b"jxlp":  # its first four bytes number it
            partial += data[at + head + 4 : min(end, at + head + 4 + _HEADER_BYTES)]
            yield b"jxlc", partial
        else:
            yield kind, data[at + head : end]
        if end <= at or end >= len(data):
            return
        at = end


def read_jpeg_xl_header(stream: bytes) -> JpegXlHeader:
    """What a bare code stream declares. NotInStandard; NotSupported: more than that."""
    if not stream.startswith(_BARE):
        raise NotInStandard("The frame is not a JPEG XL code stream.")
    bits = BitReader(stream[2:_HEADER_BYTES])
    rows, columns = _read_size(bits)
    if bits.flag():  # all as by default: 8 bits, colour
        return JpegXlHeader(rows, columns, 8, 3)
    if bits.flag():  # extra fields: orientation, intrinsic size, preview, animation
        bits.bits(3)
        if bits.bits(3):
            raise NotSupported("The JPEG XL frame has a preview or is animated.")
    precision = _read_depth(bits)
    bits.bits(1)  # whether 16 bits suffice between the steps of decoding
    if bits.choice((0, 0), (1, 0), (2, 4), (1, 12)):
        raise NotSupported("The JPEG XL frame has more channels than its header says.")
    bits.bits(1)  # XYB
    components = 3
    if not bits.flag():  # another colour encoding than sRGB
        bits.bits(1)  # an ICC profile follows
        components = 1 if bits.choice(*_ENUM) == _GREY else 3
    return JpegXlHeader(rows, columns, precision, components)


def _read_size(bits: BitReader) -> tuple[int, int]:
    small = bits.flag()
    rows = _read_dimension(bits, small)
    ratio = bits.bits(3)
    if not ratio:
        return rows, _read_dimension(bits, small)
    numerator, denominator = _RATIOS[ratio - 1]
    return rows, rows * numerator // denominator


def _read_dimension(bits: BitReader, small: bool) -> int:
    return (bits.bits(5) + 1) * 8 if small else bits.choice(*_DIMENSION)


def _read_depth(bits: BitReader) -> int:
    if bits.flag():
        raise NotSupported("The JPEG XL frame holds fractions, its header integers.")
    return bits.choice(*_DEPTH)


def _rebuilt_jpeg(data: bytes) -> bytes:
    import imagecodecs  # heavy

    room = min(MAX_DECODED_BYTES, 4 * len(data) + (1 << 20))
    try:
        return bytes(imagecodecs.jpegxl_decode_jpeg(data, numthreads=1, out=room))
    except DAMAGE as damage:
        raise NotInStandard("The JPEG XL frame is damaged.") from damage


def _run_decoder(data: bytes) -> Samples:
    import imagecodecs  # heavy

    try:
        decoded: Samples = imagecodecs.jpegxl_decode(
            data, keeporientation=True, numthreads=1
        )
    except DAMAGE as damage:
        raise NotInStandard("The JPEG XL frame is damaged.") from damage
    return decoded
