"""Where each frame's bytes lie in a file (PS3.5 A.4 encapsulated, 8.2 native).

Nothing is guessed: a frame is located by an offset table, by a count that
leaves one way only, or by code stream marks that agree with Number of Frames.
NotInStandard says why frames cannot be located.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from typing import BinaryIO

from smart_viewer.dicom.study import PixelLayout
from smart_viewer.errors import NotInStandard

UNDEFINED_LENGTH = 0xFFFFFFFF
_ITEM, _SEQUENCE_DELIMITER = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)
_ITEM_HEADER = Struct("<HHL")
_LONG_VRS = (b"OB", b"OW", b"OF", b"OD", b"UN")
_MAX_FRAGMENTS = 4_000_000
_JPEG_START, _J2K_START = b"\xff\xd8\xff", b"\xff\x4f\xff\x51"
_CODE_STREAM_END = b"\xff\xd9"  # EOI of JPEG and JPEG-LS, EOC of JPEG 2000
_RLE = "1.2.840.10008.1.2.5"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the file, in bytes from its start."""

    offset: int
    length: int


Frame = tuple[Segment, ...]  # its bytes are the segments' bytes, joined in order


@dataclass(frozen=True, slots=True)
class PixelElement:
    """The Pixel Data element: where its value starts, and its length in bytes."""

    value_offset: int
    length: int


def read_pixel_element(file: BinaryIO, start: int, little_endian: bool) -> PixelElement:
    """The element (7FE0,0008), (7FE0,0009) or (7FE0,0010) that begins at `start`."""
    file.seek(start)
    head = file.read(12)
    order = "<" if little_endian else ">"
    if len(head) < 8 or Struct(f"{order}H").unpack_from(head)[0] != 0x7FE0:
        raise NotInStandard("The file ends or is damaged before its Pixel Data.")
    # An implicit length is even, so it cannot look like one of these letters.
    if head[4:6] in _LONG_VRS:
        if len(head) < 12:
            raise NotInStandard("The file ends inside its Pixel Data.")
        length = Struct(f"{order}L").unpack_from(head, 8)[0]
        return PixelElement(start + 12, length)
    return PixelElement(start + 8, Struct(f"{order}L").unpack_from(head, 4)[0])


def locate_native(
    element: PixelElement, layout: PixelLayout, number_of_frames: int, file_size: int
) -> tuple[Frame, ...]:
    """The frames of native Pixel Data: equal stretches, one after another."""
    frame_length = native_frame_length(layout, number_of_frames)
    expected = frame_length * number_of_frames
    if element.length == UNDEFINED_LENGTH:
        raise NotInStandard("Native Pixel Data has no defined length.")
    if element.length < expected:
        raise NotInStandard("Pixel Data is shorter than the header says.")
    if element.length - expected > _tolerated_padding(layout):
        raise NotInStandard("Pixel Data is longer than the header says.")
    if element.value_offset + expected > file_size:
        raise NotInStandard("The file is cut off inside its Pixel Data.")
    return tuple(
        (Segment(element.value_offset + index * frame_length, frame_length),)
        for index in range(number_of_frames)
    )


def _tolerated_padding(layout: PixelLayout) -> int:
    """Bytes after the frames that leave no doubt about the image's size.

    The Standard pads to even length (PS3.5 8.1.1); some writers pad more. Less
    than a row and less than a column cannot come from a wrong Rows or Columns.
    """
    sample_bytes = max(layout.bits_allocated // 8, 1)
    return max(1, min(layout.rows, layout.columns) * sample_bytes - 1)


def native_frame_length(layout: PixelLayout, number_of_frames: int = 1) -> int:
    """Bytes of one native frame: PS3.5 8.2, and 8.1.1 for the packing of 1 bit."""
    samples = layout.rows * layout.columns * layout.samples_per_pixel
    if layout.photometric_interpretation in ("YBR_FULL_422", "YBR_PARTIAL_422"):
        samples = layout.rows * layout.columns * 2  # PS3.3 C.7.6.3.1.2
    bits = samples * layout.bits_allocated
    if bits % 8 and number_of_frames > 1:
        raise NotInStandard("The frames do not begin on whole bytes.")
    return -(-bits // 8)


def locate_encapsulated(
    file: BinaryIO,
    element: PixelElement,
    number_of_frames: int,
    extended_offsets: Sequence[int],
    transfer_syntax_uid: str,
) -> tuple[Frame, ...]:
    """The frames of encapsulated Pixel Data, each as its fragments in order."""
    if element.length != UNDEFINED_LENGTH:
        raise NotInStandard("Encapsulated Pixel Data has a defined length.")
    basic_offsets, fragments = _read_items(file, element.value_offset)
    if len(fragments) < number_of_frames:
        raise NotInStandard("Pixel Data holds fewer fragments than frames.")
    if number_of_frames == 1:
        return (fragments,)
    if len(fragments) == number_of_frames:
        return tuple((fragment,) for fragment in fragments)
    for offsets in (extended_offsets, basic_offsets):
        firsts = _firsts_by_offsets(fragments, offsets)
        if len(offsets) == number_of_frames and firsts:
            return _split_at(fragments, firsts)
    if transfer_syntax_uid == _RLE:
        raise NotInStandard("An RLE frame is spread over several fragments.")
    return _group_by_marks(file, fragments, number_of_frames)


def _read_items(
    file: BinaryIO, start: int
) -> tuple[tuple[int, ...], tuple[Segment, ...]]:
    """The Basic Offset Table and the fragments, up to the sequence delimiter."""
    file_size = file.seek(0, 2)
    table = _read_item(file, start, file_size)
    if table is None:
        raise NotInStandard("Pixel Data holds no Basic Offset Table item.")
    fragments: list[Segment] = []
    at = table.offset + table.length
    while (fragment := _read_item(file, at, file_size)) is not None:
        fragments.append(fragment)
        at = fragment.offset + fragment.length
        if len(fragments) > _MAX_FRAGMENTS:
            raise NotInStandard("Pixel Data holds too many fragments.")
    return _read_offsets(file, table), tuple(fragments)


def _read_item(file: BinaryIO, at: int, file_size: int) -> Segment | None:
    """The item that begins at `at`; None at the sequence delimiter."""
    file.seek(at)
    head = file.read(_ITEM_HEADER.size)
    if len(head) < _ITEM_HEADER.size:
        raise NotInStandard("The file is cut off inside its Pixel Data.")
    group, element, length = _ITEM_HEADER.unpack(head)
    if (group, element) == _SEQUENCE_DELIMITER:
        return None
    if (group, element) != _ITEM or length == UNDEFINED_LENGTH:
        raise NotInStandard("Pixel Data holds something that is not a fragment.")
    if at + len(head) + length > file_size:
        raise NotInStandard("The file is cut off inside its Pixel Data.")
    return Segment(at + len(head), length)


def _read_offsets(file: BinaryIO, table: Segment) -> tuple[int, ...]:
    file.seek(table.offset)
    count = table.length // 4
    return Struct(f"<{count}L").unpack(file.read(count * 4))


def _firsts_by_offsets(
    fragments: Sequence[Segment], offsets: Sequence[int]
) -> list[int]:
    """Index of each frame's first fragment; empty where the table is wrong.

    Offsets count from the first fragment's item tag.
    """
    base = fragments[0].offset
    indices = {fragment.offset - base: i for i, fragment in enumerate(fragments)}
    firsts = [indices.get(offset, -1) for offset in offsets]
    rising = all(a < b for a, b in zip(firsts, firsts[1:], strict=False))
    return firsts if firsts and firsts[0] == 0 and rising else []


def _split_at(fragments: Sequence[Segment], firsts: Sequence[int]) -> tuple[Frame, ...]:
    lasts = [*firsts[1:], len(fragments)]
    return tuple(
        tuple(fragments[first:last]) for first, last in zip(firsts, lasts, strict=True)
    )


def _group_by_marks(
    file: BinaryIO, fragments: Sequence[Segment], number_of_frames: int
) -> tuple[Frame, ...]:
    """Fragments by frame: a code stream begins where, and only where, one ended.

    JPEG, JPEG-LS and JPEG 2000 stuff their coded bytes, so that neither mark
    occurs inside a code stream's coded part.
    """
    begins = [_begins_code_stream(file, fragment) for fragment in fragments]
    ends = [_ends_code_stream(file, fragment) for fragment in fragments]
    if begins != [True, *ends[:-1]] or not ends[-1] or sum(begins) != number_of_frames:
        raise NotInStandard("Nothing in the file says where its frames begin.")
    return _split_at(fragments, [i for i, first in enumerate(begins) if first])


def _begins_code_stream(file: BinaryIO, fragment: Segment) -> bool:
    file.seek(fragment.offset)
    return file.read(min(4, fragment.length)).startswith((_JPEG_START, _J2K_START))


def _ends_code_stream(file: BinaryIO, fragment: Segment) -> bool:
    """Whether the last bytes are an end mark, but for padding to even length."""
    length = min(4, fragment.length)
    file.seek(fragment.offset + fragment.length - length)
    tail = file.read(length)
    return tail.endswith(_CODE_STREAM_END) or tail[:-1].endswith(_CODE_STREAM_END)
