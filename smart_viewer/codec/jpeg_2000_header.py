"""What a JPEG 2000 code stream says of itself (ISO 15444-1 Annex A, -15).

All of its markers before coded data are looked at, those of every tile too: what
a decoder would take memory for is bounded before it is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from struct import Struct

from smart_viewer.codec.stored import Stored
from smart_viewer.errors import NotInStandard, NotSupported

_START, _SIZES = b"\xff\x4f\xff\x51", Struct(">H8LH")
_JP2_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
_COD, _COC, _SOT, _SOD, _EOC = 0x52, 0x53, 0x90, 0x93, 0xD9
_MAX_TILES, _MAX_BOXES, _MAX_SEGMENTS = 4096, 64, 65536
_PART_2 = range(0x70, 0x7A)  # DCO to ATK (ISO 15444-2 A.3)
_EXACT_BITS = 24  # the decoder works with 32 bits and loses digits beyond
_FREE_PRECINCTS, _PRECINCT_SAMPLES = (
    4096,
    256,
)  # so many at least, on the average: each has a state


@dataclass(frozen=True, slots=True)
class Jpeg2000Header:
    """The image's size (A.5.1) and the component transform (A.6.1)."""

    rows: int
    columns: int
    components: tuple[tuple[int, bool, int, int], ...]  # bits, signed, steps (x, y)
    has_component_transform: bool = False


def code_stream(data: bytes) -> bytes:
    """The code stream; out of its boxes where the frame is a whole JP2 file.

    NotInStandard: neither of both (PS3.5 A.4.4 allows the bare stream only, but
    files exist).
    """
    if data.startswith(_START):
        return data
    at = 0
    for _ in range(_MAX_BOXES if data.startswith(_JP2_SIGNATURE) else 0):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        head = 16 if length == 1 else 8
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16])
        end = len(data) if length == 0 else at + length
        if kind == b"jp2c" and data[at + head : at + head + 4] == _START:
            return data[at + head : end]
        if end <= at or end >= len(data):
            break
        at = end
    raise NotInStandard("The frame is not a JPEG 2000 code stream.")


def read_jpeg_2000_header(stream: bytes, stored: Stored) -> Jpeg2000Header:
    """The header of a bare code stream that is the image's, with all of its tiles.

    NotInStandard: it is cut off, broken or of another image. NotSupported: what
    the decoder is not exact for, precincts or tiles so small that decoding them
    would take memory out of all proportion.
    """
    markers = _markers(stream)
    _siz, body = next(markers)  # `code_stream` has seen the marker
    header, tiles = _parse_size(body)
    _check_size(header, stored)
    if tiles > _MAX_TILES:
        raise NotSupported("The JPEG 2000 code stream has too many tiles.")
    missing = set(range(tiles))
    for marker, body in markers:
        if marker in _PART_2:
            raise NotSupported("Extensions of JPEG 2000 part 2 are not decoded.")
        if marker == _SOT:
            missing.discard(int.from_bytes(body[:2]))
        elif marker == _COD and len(body) >= 10:
            if body[4] == 1:
                header = replace(header, has_component_transform=True)
            _check_coding(body[0], body[5:], header)
        elif marker == _COC:
            wide = 2 if len(header.components) > 256 else 1
            style = int.from_bytes(body[wide : wide + 1])
            _check_coding(style, body[wide + 1 :], header)
    if missing:
        raise NotInStandard("The JPEG 2000 frame is cut off: tiles are missing.")
    return header


def _markers(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker segments of the main header and of every tile-part's header."""
    at, tile_end = 2, 0
    for _ in range(_MAX_SEGMENTS):
        marker = int.from_bytes(stream[at : at + 2])
        if marker == 0xFF00 | _EOC or (tile_end and at >= len(stream) - 1):
            return
        length = int.from_bytes(stream[at + 2 : at + 4])
        if marker == 0xFF00 | _SOD and tile_end > at:
            at = tile_end
            continue
        if marker >> 8 != 0xFF or length < 2:
            raise NotInStandard("The JPEG 2000 code stream is cut off or damaged.")
        if marker == 0xFF00 | _SOT:
            tile_end = _tile_part_end(stream, at)
        yield marker & 0xFF, stream[at + 4 : at + 2 + length]
        at += 2 + length
    raise NotSupported("The JPEG 2000 code stream has too many parts.")


def _tile_part_end(stream: bytes, at: int) -> int:
    """Where the tile-part that begins with SOT at `at` ends (A.4.2)."""
    if at + 12 > len(stream):
        raise NotInStandard("The JPEG 2000 frame is cut off.")
    size = int.from_bytes(stream[at + 6 : at + 10])
    if size == 0:  # it goes to the end of the code stream
        return len(stream) if not _ends(stream) else stream.rfind(b"\xff\xd9")
    # Fourteen bytes are SOT and SOD; a size below makes no progress.
    if size < 14 or at + size > len(stream):
        raise NotInStandard("The JPEG 2000 frame is cut off.")
    return at + size


def _ends(stream: bytes) -> bool:
    return b"\xff\xd9" in stream[-3:]


def _parse_size(body: bytes) -> tuple[Jpeg2000Header, int]:
    """What SIZ says, and how many tiles there are (A.5.1, B.3)."""
    if len(body) < _SIZES.size:
        raise NotInStandard("The JPEG 2000 code stream's size is cut off.")
    _caps, x, y, x0, y0, tile_x, tile_y, tx0, ty0, count = _SIZES.unpack_from(body)
    if len(body) < _SIZES.size + 3 * count or not count:
        raise NotInStandard("The JPEG 2000 code stream's size is cut off.")
    if x <= x0 or y <= y0 or not tile_x or not tile_y or tx0 > x0 or ty0 > y0:
        raise NotInStandard("The JPEG 2000 code stream's size is not one.")
    tiles = -(-(x - tx0) // tile_x) * -(-(y - ty0) // tile_y)
    parts = [body[at : at + 3] for at in range(_SIZES.size, len(body) - 2, 3)]
    components = tuple(
        ((part[0] & 0x7F) + 1, part[0] > 0x7F, part[1], part[2])
        for part in parts[:count]
    )
    return Jpeg2000Header(y - y0, x - x0, components), tiles


def _check_coding(style: int, coding: bytes, header: Jpeg2000Header) -> None:
    """Bound the levels and the number of precincts (A.6.1, Table A.20, B.6)."""
    levels = coding[0] if coding else 33
    if levels > 32:
        raise NotInStandard("The JPEG 2000 code stream's levels are not a count.")
    if not style & 1:  # precincts are as large as they can be
        return
    sizes = coding[5 : 6 + levels]
    precincts = sum(
        -(-header.columns >> levels - level + (size & 15))
        * -(-header.rows >> levels - level + (size >> 4))
        for level, size in enumerate(sizes)
    )
    if precincts > _FREE_PRECINCTS + header.rows * header.columns // _PRECINCT_SAMPLES:
        raise NotSupported("The JPEG 2000 code stream's precincts are too small.")


def _check_size(header: Jpeg2000Header, stored: Stored) -> None:
    """NotInStandard where the code stream is not what the data set declares."""
    size = (header.rows, header.columns, len(header.components))
    if size != (stored.rows, stored.columns, stored.samples_per_pixel):
        raise NotInStandard(
            "The JPEG 2000 code stream has another size than its header says."
        )
    if len({part[:2] for part in header.components}) != 1:
        raise NotSupported("The JPEG 2000 code stream's samples differ in depth.")
    if any(part[2:] != (1, 1) for part in header.components):
        raise NotSupported("The JPEG 2000 code stream's samples are not of one size.")
    if header.components[0][0] > _EXACT_BITS:
        raise NotSupported("JPEG 2000 samples of more than 24 bits are not decoded.")
    bits = max(stored.bits_allocated, 8)
    if header.components[0][0] > bits:
        raise NotInStandard(
            "The JPEG 2000 code stream has more bits than its header says."
        )
