"""Where encapsulated frames lie. Oracle: items made by the test, byte by byte."""

from __future__ import annotations

from io import BytesIO
from struct import pack

import pytest

from smart_viewer.dicom import fragments
from smart_viewer.dicom.fragments import OffsetTables, locate_encapsulated
from smart_viewer.dicom.frame_table import UNDEFINED_LENGTH, Frame, PixelElement
from smart_viewer.errors import NotInStandard

JPEG_LS = "1.2.840.10008.1.2.4.80"
START, END = b"\xff\xd8\xff\xf7", b"\xff\xd9"
Items = list[bytes]


def item(value: bytes) -> bytes:
    return pack("<HHL", 0xFFFE, 0xE000, len(value)) + value


def encapsulated(table: bytes, fragments: Items, end: bool = True) -> BytesIO:
    delimiter = pack("<HHL", 0xFFFE, 0xE0DD, 0) if end else b""
    return BytesIO(item(table) + b"".join(map(item, fragments)) + delimiter)


def locate(
    file: BytesIO,
    frames: int,
    extended: tuple[int, ...] = (),
    syntax: str = JPEG_LS,
    length: int = UNDEFINED_LENGTH,
    lengths: tuple[int, ...] = (),
) -> list[bytes]:
    element = PixelElement(0, length)
    tables = OffsetTables(extended, lengths)
    return joined(file, locate_encapsulated(file, element, frames, tables, syntax))


def joined(file: BytesIO, frames: tuple[Frame, ...]) -> list[bytes]:
    whole = file.getvalue()
    return [
        b"".join(whole[part.offset : part.offset + part.length] for part in frame)
        for frame in frames
    ]


# Frame 1 is fragments a and b, frame 2 is fragment c: items of 12, 10 and 14 bytes.
A, B, C = START, END, START + END
TWO_FRAMES = [A + B, C]


@pytest.mark.parametrize(
    ("table", "extended"),
    [
        (b"", (0, 22)),
        (pack("<2L", 0, 22), ()),
        (pack("<2L", 0, 99), (0, 22)),
        (pack("<2L", 0, 12), (0, 22)),  # the extended table goes first
        (b"", ()),
        (pack("<2L", 0, 99), ()),  # a wrong table; the code streams tell
        (pack("<2L", 22, 0), ()),
        (pack("<1L", 0), ()),
    ],
)
def test_fragments_become_frames_by_table_or_by_code_stream_marks(table, extended):
    assert locate(encapsulated(table, [A, B, C]), 2, extended) == TWO_FRAMES


def test_counts_that_leave_one_way_need_no_table():
    assert locate(encapsulated(b"", [b"ab", b"cd"]), 1) == [b"abcd"]
    assert locate(encapsulated(b"", [b"ab", b"cd"]), 2) == [b"ab", b"cd"]
    assert locate(encapsulated(b"", [b"ab", b"", b"cd", b""]), 2) == [b"ab", b"cd"]


def test_extended_lengths_take_the_padding_away():
    file = encapsulated(b"", [b"abc\0", b"defg"])

    assert locate(file, 2, (0, 12), lengths=(3, 4)) == [b"abc", b"defg"]
    assert locate(file, 2, (0, 12), lengths=(1, 4)) == [b"abc\0", b"defg"]


def test_a_bound_is_kept_on_fragments_and_offsets(monkeypatch):
    monkeypatch.setattr(fragments, "_MAX_FRAGMENTS", 2)
    with pytest.raises(NotInStandard, match="too many fragments"):
        locate(encapsulated(b"", [b"", b"", b"ab"]), 1)
    with pytest.raises(NotInStandard, match="Offset Table is too large"):
        locate(encapsulated(bytes(12), [b"ab"]), 1)


@pytest.mark.parametrize("pad", [b"\0", b"\xff"])
def test_a_padded_end_mark_is_still_an_end(pad):
    fragments = [START, b"\x01" + END + pad, START + b"\x01" + END + pad]

    assert locate(encapsulated(b"", fragments), 2) == [
        fragments[0] + fragments[1],
        fragments[2],
    ]


RLE = "1.2.840.10008.1.2.5"
RLE_HEAD = pack("<16L", 2, 64, 66, *[0] * 13) + b"\0a\0b"


def test_rle_frames_in_several_fragments_begin_with_their_header():
    parts = [RLE_HEAD, b"\0c", RLE_HEAD, b"\0d", b"\0e"]

    assert locate(encapsulated(b"", parts), 2, syntax=RLE) == [
        RLE_HEAD + b"\0c",
        RLE_HEAD + b"\0d\0e",
    ]


@pytest.mark.parametrize("start", [b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"])
def test_jpeg_xl_frames_begin_with_their_signature(start):
    fragments = [start + b"ab", b"cd", start + b"ef"]

    assert locate(encapsulated(b"", fragments), 2) == [
        start + b"abcd",
        start + b"ef",
    ]


@pytest.mark.parametrize(
    ("fragments", "table", "last", "whole"),
    [
        ([C, C], b"", C[:-3], [C, C, b""]),  # by marks
        ([A, B, C], pack("<3L", 0, 22, 36), C[:-2], [A + B, C, b""]),
        ([A, B], pack("<3L", 0, 22, 36), C[:-2], [A + B, b"", b""]),
        ([C, A], b"", B[:-1], [C, b"", b""]),  # the second lacks its end
    ],
)
def test_whole_frames_of_a_file_that_is_cut_off_are_served(
    fragments, table, last, whole
):
    cut = encapsulated(table, fragments, end=False).getvalue() + item(last + b"....")
    file = BytesIO(cut[:-4])

    assert locate(file, 3) == whole


@pytest.mark.parametrize(
    ("file", "frames", "options", "reason"),
    [
        (encapsulated(b"", [b"ab", b"cd", b"ef"]), 2, {}, "where its frames begin"),
        (encapsulated(b"", [A, C, C]), 2, {}, "where its frames begin"),
        (encapsulated(b"", [C, C, C]), 2, {}, "where its frames begin"),
        (encapsulated(b"", [C, C, A]), 2, {}, "where its frames begin"),
        (encapsulated(b"", [A, B, C]), 2, {"syntax": RLE}, "where its frames begin"),
        (encapsulated(b"", [b"ab"]), 2, {}, "fewer fragments"),
        (encapsulated(b"", []), 1, {}, "fewer fragments"),
        (encapsulated(b"", [b"ab"], end=False), 1, {}, "cut off"),
        (encapsulated(b"", [C, C], end=False), 1, {}, "cut off"),
        (encapsulated(b"", [b"ab"]), 1, {"length": 10}, "defined length"),
        (BytesIO(item(b"") + item(b"abcd")[:-2]), 1, {}, "cut off"),
        (BytesIO(item(b"abcd")[:-2]), 1, {}, "cut off"),
        (BytesIO(item(b"")[:-2]), 1, {}, "cut off"),
        (BytesIO(item(b"") + b"\x10\x00\x10\x00\x02\x00\x00\x00ab"), 1, {}, "fragment"),
        (BytesIO(pack("<HHL", 0xFFFE, 0xE0DD, 0)), 1, {}, "Basic Offset Table"),
    ],
)
def test_frames_that_cannot_be_located_are_not_guessed(file, frames, options, reason):
    with pytest.raises(NotInStandard, match=reason):
        locate(file, frames, **options)
