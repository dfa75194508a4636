"""Where each frame's bytes lie in a file (PS3.5 8.2, native).

Encapsulated frames: `fragments`. Nothing is guessed: NotInStandard says why frames
cannot be located. Of a file that was cut off the whole frames are located.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import BinaryIO

from smart_viewer.dicom.study import PixelLayout
from smart_viewer.errors import NotInStandard

UNDEFINED_LENGTH = 0xFFFFFFFF
CUT_OFF = "The file is cut off inside its Pixel Data."
_LONG_VRS = (b"OB", b"OW", b"OF", b"OD", b"UN")
_PIXEL_ELEMENTS = (0x0008, 0x0009, 0x0010)  # of group 7FE0
_SHORTER = "Pixel Data is shorter than the header says."
_LONGER = "Pixel Data is longer than the header says."
_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the file, in bytes from its start; of a deflated file, inflated.

    first_bit: where 1-bit frames do not begin on whole bytes (PS3.5 8.1.1), the bit
    of the stretch that is the frame's first, from the lowest of the first byte.
    swapped: its bytes are to be exchanged in pairs first, the stretch being even:
    samples of 8 bits and fewer in words of big endian order (PS3.5 7.3, 8.1.1).
    """

    offset: int
    length: int
    first_bit: int = 0
    swapped: bool = False


Frame = tuple[Segment, ...]  # its bytes are the segments', joined; empty: not there


@dataclass(frozen=True, slots=True)
class PixelElement:
    """The Pixel Data element: where its value starts, and its length in bytes.

    element: the number in group 7FE0: 0008 floats, 0009 doubles, 0010 integers.
    """

    value_offset: int
    length: int
    vr: str = "OW"
    element: int = 0x0010


def read_pixel_element(file: BinaryIO, start: int, little_endian: bool) -> PixelElement:
    """The element (7FE0,0008), (7FE0,0009) or (7FE0,0010) that begins at `start`."""
    file.seek(start)
    head = file.read(12)
    order = "<" if little_endian else ">"
    if len(head) < 8:
        raise NotInStandard("The file ends or is damaged before its Pixel Data.")
    group, element = Struct(f"{order}HH").unpack_from(head)
    if group != 0x7FE0 or element not in _PIXEL_ELEMENTS:
        raise NotInStandard("The file ends or is damaged before its Pixel Data.")
    # An implicit length is even, so it cannot look like one of these letters.
    if head[4:6] in _LONG_VRS:
        if len(head) < 12:
            raise NotInStandard("The file ends inside its Pixel Data.")
        length = Struct(f"{order}L").unpack_from(head, 8)[0]
        return PixelElement(start + 12, length, head[4:6].decode("ascii"), element)
    length = Struct(f"{order}L").unpack_from(head, 4)[0]
    return PixelElement(start + 8, length, element=element)


def locate_native(
    file: BinaryIO,
    element: PixelElement,
    layout: PixelLayout,
    number_of_frames: int,
    *,
    big_endian: bool = False,
) -> tuple[Frame, ...]:
    """The frames of native Pixel Data: equal stretches, one after another.

    Frames that the file or Pixel Data lacks are empty; at least one is there.
    """
    if element.length == UNDEFINED_LENGTH:
        raise NotInStandard("Native Pixel Data has no defined length.")
    bits = native_frame_bits(layout)
    _check_length(file, element, bits, number_of_frames)
    swapped = big_endian and element.vr == "OW" and layout.bits_allocated <= 8
    end = min(element.length, _left(file, element))
    return tuple(
        _native_frame(element.value_offset, index * bits, bits, end, swapped)
        for index in range(number_of_frames)
    )


def _native_frame(start: int, first: int, bits: int, end: int, swapped: bool) -> Frame:
    """The bytes, or the words, that hold `bits` bits from bit `first` on."""
    unit = 2 if swapped else 1
    offset = first // 8 // unit * unit
    last = -(-(first + bits) // 8)
    last = -(-last // unit) * unit
    if last > end:
        return ()
    return (Segment(start + offset, last - offset, first - offset * 8, swapped),)


def native_frame_bits(layout: PixelLayout) -> int:
    """Bits of one native frame (PS3.5 8.1.1, 8.2)."""
    samples = layout.rows * layout.columns * layout.samples_per_pixel
    if layout.photometric_interpretation in ("YBR_FULL_422", "YBR_PARTIAL_422"):
        samples = layout.rows * layout.columns * 2  # PS3.3 C.7.6.3.1.2
    return samples * layout.bits_allocated


def _check_length(
    file: BinaryIO, element: PixelElement, bits: int, number_of_frames: int
) -> None:
    """Refuse a length that leaves the image's size, or its first frame, in doubt."""
    expected = -(-bits * number_of_frames // 8)
    frame_bytes = -(-bits // 8)
    if element.length < expected:
        # Whole frames, but fewer: their count is wrong, their size is not.
        if bits % 8 or element.length < frame_bytes or element.length % frame_bytes > 1:
            raise NotInStandard(_SHORTER)
    elif element.length - expected > 1:
        _check_padding(file, element, expected, frame_bytes)
    if _left(file, element) < min(expected, frame_bytes):
        raise NotInStandard(CUT_OFF)


def _check_padding(
    file: BinaryIO, element: PixelElement, expected: int, frame_bytes: int
) -> None:
    """More than the even length of PS3.5 8.1.1 asks for: zeros, less than a frame."""
    at, end = element.value_offset + expected, element.value_offset + element.length
    if end - at >= frame_bytes:
        raise NotInStandard(_LONGER)
    file.seek(at)
    while at < end and (chunk := file.read(min(_CHUNK_BYTES, end - at))):
        if chunk.strip(b"\0"):
            raise NotInStandard(_LONGER)
        at += len(chunk)


def _left(file: BinaryIO, element: PixelElement) -> int:
    """Bytes that the file holds from the value's start on."""
    return max(0, file.seek(0, 2) - element.value_offset)
