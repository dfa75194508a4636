"""Where each frame lies in encapsulated Pixel Data (PS3.5 A.4).

A frame is located by an offset table, by a count that leaves one way only, or by
code stream marks that agree with Number of Frames. Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from struct import Struct
from typing import BinaryIO

from smart_viewer.dicom.frame_table import (
    CUT_OFF,
    UNDEFINED_LENGTH,
    Frame,
    PixelElement,
    Segment,
)
from smart_viewer.dicom.transfer_syntax import RLE_LOSSLESS
from smart_viewer.errors import NotInStandard

_ITEM, _SEQUENCE_DELIMITER = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)
_ITEM_HEADER = Struct("<HHL")
_MAX_FRAGMENTS = 500_000
_UNMARKED = "Nothing in the file says where its frames begin."
# How a code stream begins: JPEG and JPEG-LS, JPEG 2000, JP2, JPEG XL, boxed JPEG XL.
_STARTS = (
    b"\xff\xd8\xff",
    b"\xff\x4f\xff\x51",
    b"\0\0\0\x0cjP  ",
    b"\xff\x0a",
    b"\0\0\0\x0cJXL ",
)
_CODE_STREAM_END = b"\xff\xd9"  # EOI of JPEG and JPEG-LS, EOC of JPEG 2000
_UNENDED = _STARTS[2:]  # begins that no such end belongs to
_RLE_HEADER_BYTES = 64


@dataclass(frozen=True, slots=True)
class OffsetTables:
    """Extended Offset Table and its lengths (PS3.3 C.7.6.3.1.8); empty: none."""

    offsets: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Items:
    """The Basic Offset Table and the fragments; empty fragments are left out.

    is_whole: the sequence delimiter was found; else the file is cut off, and a
    fragment that is not all there is left out.
    """

    basic_offsets: tuple[int, ...]
    fragments: tuple[Segment, ...]
    is_whole: bool


def locate_encapsulated(
    file: BinaryIO,
    element: PixelElement,
    number_of_frames: int,
    extended: OffsetTables,
    transfer_syntax_uid: str,
) -> tuple[Frame, ...]:
    """The frames of encapsulated Pixel Data, each as its fragments in order.

    Frames that a file which was cut off lacks are empty; at least one is there.
    """
    if element.length != UNDEFINED_LENGTH:
        raise NotInStandard("Encapsulated Pixel Data has a defined length.")
    items = _read_items(file, element.value_offset)
    if not items.is_whole:
        return _locate_in_part(file, items, number_of_frames, extended)
    fragments = items.fragments
    if len(fragments) < number_of_frames:
        raise NotInStandard("Pixel Data holds fewer fragments than frames.")
    if number_of_frames == 1:
        return _trimmed((fragments,), extended)
    if len(fragments) == number_of_frames:
        return _trimmed(tuple((fragment,) for fragment in fragments), extended)
    for offsets in (extended.offsets, items.basic_offsets):
        firsts = _firsts_by_offsets(fragments, offsets)
        if len(offsets) == number_of_frames and -1 not in firsts:
            return _trimmed(_split_at(fragments, firsts), extended)
    firsts = _firsts_by_marks(file, fragments, transfer_syntax_uid)
    if len(firsts) != number_of_frames:
        raise NotInStandard(_UNMARKED)
    return _split_at(fragments, firsts)


def _locate_in_part(
    file: BinaryIO, items: _Items, number_of_frames: int, extended: OffsetTables
) -> tuple[Frame, ...]:
    """Those frames of a file that was cut off of which every byte is there.

    A frame is, where the next one's first fragment is there too, or where its
    code stream's end mark is.
    """
    fragments = items.fragments
    found: tuple[Frame, ...] = ()
    for offsets in (extended.offsets, items.basic_offsets):
        if len(offsets) == number_of_frames and not found and fragments:
            firsts = [n for n in _firsts_by_offsets(fragments, offsets) if n >= 0]
            found = _split_at(fragments, firsts) if firsts else ()
    if not found and fragments:
        begins = [_begins_code_stream(file, fragment) for fragment in fragments]
        firsts = [index for index, first in enumerate(begins) if first]
        found = _split_at(fragments, firsts) if firsts[:1] == [0] else ()
    if found and not _ends_code_stream(file, found[-1][-1]):
        found = found[:-1]
    if not found or len(found) > number_of_frames:
        raise NotInStandard(CUT_OFF)
    return found + ((),) * (number_of_frames - len(found))


def _read_items(file: BinaryIO, start: int) -> _Items:
    """The Basic Offset Table and the fragments, up to the sequence delimiter."""
    file_size = file.seek(0, 2)
    table = _read_item(file, start)
    if table is None:
        raise NotInStandard("Pixel Data holds no Basic Offset Table item.")
    if table.offset + table.length > file_size:
        raise NotInStandard(CUT_OFF)
    offsets = _read_offsets(file, table)
    fragments: list[Segment] = []
    at = table.offset + table.length
    for _ in range(_MAX_FRAGMENTS):
        if at + _ITEM_HEADER.size > file_size:
            return _Items(offsets, tuple(fragments), is_whole=False)
        fragment = _read_item(file, at)
        if fragment is None:
            return _Items(offsets, tuple(fragments), is_whole=True)
        at = fragment.offset + fragment.length
        if fragment.length and at <= file_size:
            fragments.append(fragment)
    raise NotInStandard("Pixel Data holds too many fragments.")


def _read_item(file: BinaryIO, at: int) -> Segment | None:
    """The item that begins at `at`; None at the sequence delimiter."""
    file.seek(at)
    head = file.read(_ITEM_HEADER.size)
    if len(head) < _ITEM_HEADER.size:
        raise NotInStandard(CUT_OFF)
    group, element, length = _ITEM_HEADER.unpack(head)
    if (group, element) == _SEQUENCE_DELIMITER:
        return None
    if (group, element) != _ITEM or length == UNDEFINED_LENGTH:
        raise NotInStandard("Pixel Data holds something that is not a fragment.")
    return Segment(at + len(head), length)


def _read_offsets(file: BinaryIO, table: Segment) -> tuple[int, ...]:
    if table.length // 4 > _MAX_FRAGMENTS:
        raise NotInStandard("Pixel Data's Basic Offset Table is too large.")
    file.seek(table.offset)
    count = table.length // 4
    return Struct(f"<{count}L").unpack(file.read(count * 4))


def _firsts_by_offsets(
    fragments: Sequence[Segment], offsets: Sequence[int]
) -> list[int]:
    """Index of each frame's first fragment, -1 where it is not there.

    Offsets count from the first fragment's item tag. A table that is wrong, or
    not in order, is all -1.
    """
    base = fragments[0].offset
    indices = {fragment.offset - base: i for i, fragment in enumerate(fragments)}
    beyond = fragments[-1].offset + fragments[-1].length - base
    firsts = [indices.get(offset, -1) for offset in offsets]
    rising = all(a < b for a, b in zip(offsets, offsets[1:], strict=False))
    lost = any(
        first < 0 and offset < beyond
        for first, offset in zip(firsts, offsets, strict=True)
    )
    if not firsts or firsts[0] != 0 or not rising or lost:
        return [-1] * len(firsts)
    return firsts


def _split_at(fragments: Sequence[Segment], firsts: Sequence[int]) -> tuple[Frame, ...]:
    lasts = [*firsts[1:], len(fragments)]
    return tuple(
        tuple(fragments[first:last]) for first, last in zip(firsts, lasts, strict=True)
    )


def _trimmed(frames: tuple[Frame, ...], extended: OffsetTables) -> tuple[Frame, ...]:
    """Frames of one fragment without the padding that the lengths tell of."""
    if len(extended.lengths) != len(frames) or any(len(one) != 1 for one in frames):
        return frames
    return tuple(
        (replace(part, length=length),) if length == part.length - 1 else (part,)
        for (part,), length in zip(frames, extended.lengths, strict=True)
    )


def _firsts_by_marks(
    file: BinaryIO, fragments: Sequence[Segment], transfer_syntax_uid: str
) -> list[int]:
    """Fragments that begin a frame, by what stands in them; empty where in doubt.

    A code stream begins where, and only where, one ended: JPEG, JPEG-LS and JPEG
    2000 stuff their coded bytes, so that neither mark occurs inside of the coded
    part. JPEG XL has no end mark and RLE a header that is hardly met by chance.
    """
    begins_frame: Callable[[BinaryIO, Segment], bool] = _begins_code_stream
    if transfer_syntax_uid == RLE_LOSSLESS:
        begins_frame = _begins_rle
    begins = [begins_frame(file, fragment) for fragment in fragments]
    firsts = [index for index, first in enumerate(begins) if first]
    if firsts[:1] != [0]:
        return []
    if transfer_syntax_uid == RLE_LOSSLESS or _is_unended(file, fragments[0]):
        return firsts
    ends = [_ends_code_stream(file, fragment) for fragment in fragments]
    return firsts if begins == [True, *ends[:-1]] and ends[-1] else []


def _begins_code_stream(file: BinaryIO, fragment: Segment) -> bool:
    return _head(file, fragment).startswith(_STARTS)


def _is_unended(file: BinaryIO, fragment: Segment) -> bool:
    return _head(file, fragment).startswith(_UNENDED)


def _head(file: BinaryIO, fragment: Segment) -> bytes:
    file.seek(fragment.offset)
    return file.read(min(8, fragment.length))


def _begins_rle(file: BinaryIO, fragment: Segment) -> bool:
    """Whether an RLE header stands there: a count, offsets that rise, then zeros."""
    file.seek(fragment.offset)
    head = file.read(min(_RLE_HEADER_BYTES, fragment.length))
    if len(head) < _RLE_HEADER_BYTES:
        return False
    count, *offsets = Struct("<16L").unpack(head)
    if not 1 <= count <= 15 or offsets[0] != _RLE_HEADER_BYTES or any(offsets[count:]):
        return False
    return all(a < b for a, b in zip(offsets, offsets[1:count], strict=False))


def _ends_code_stream(file: BinaryIO, fragment: Segment) -> bool:
    """Whether the last bytes are an end mark, but for padding to even length."""
    length = min(4, fragment.length)
    file.seek(fragment.offset + fragment.length - length)
    tail = file.read(length)
    return tail.endswith(_CODE_STREAM_END) or tail[:-1].endswith(_CODE_STREAM_END)
