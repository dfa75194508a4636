"""Segmented palettes. Oracle: the segments worked out by hand, and pydicom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.pixels.processing import _expand_segmented_lut

from smart_viewer.dicom.segmented_palette import BadSegments, expand_segments


@pytest.mark.parametrize(
    ("units", "entries"),
    [
        ([0, 3, 7, 9, 4], [7, 9, 4]),  # discrete
        ([0, 1, 10, 1, 4, 30], [10, 15, 20, 25, 30]),  # from 10 in four steps to 30
        ([0, 1, 10, 1, 2, 0], [10, 5, 0]),  # downwards
        ([0, 1, 5, 1, 3, 5], [5, 5, 5, 5]),  # level
        ([0, 1, 0, 1, 2, 1], [0, 1, 1]),  # 0.5 goes up
        # the one segment at byte 0 again: "7 9"
        ([0, 2, 7, 9, 2, 1, 0, 0], [7, 9, 7, 9]),
        # two segments again, a line among them: from the 6 before it to 6
        ([0, 1, 2, 1, 2, 6, 2, 2, 0, 0], [2, 4, 6, 2, 4, 6]),
        # from byte 6, which is unit 3: the line only
        ([0, 1, 2, 1, 2, 6, 2, 1, 6, 0], [2, 4, 6, 6, 6]),
    ],
)
def test_segments_of_words_become_entries(units, entries):
    assert expand_segments(units, len(entries), 2) == entries


def test_an_offset_into_bytes_takes_four_of_them_and_a_padding_byte_may_follow():
    # the segment at byte 3: opcode 0, one entry, 9
    units = [0, 1, 4, 0, 1, 9, 2, 1, 3, 0, 0, 0, 0]

    assert expand_segments(units, 3, 1) == [4, 9, 9]


@pytest.mark.parametrize(
    ("units", "count"),
    [
        ([3, 1, 5], 1),  # reserved
        ([1, 2, 5], 2),  # a line from nowhere
        ([0, 3, 1, 2], 3),  # ends too early
        ([0, 1, 5, 1, 3], 4),
        ([0, 1, 5, 2, 1, 0], 2),
        ([0, 0, 0, 1, 5], 1),  # an empty segment
        ([0, 2, 1, 2], 1),  # more entries than there are
        ([0, 2, 1, 2], 3),  # fewer
        ([0, 1, 5, 0, 1, 6], 1),
        ([0, 1, 5, 2, 1, 6, 0], 2),  # points at itself
        ([0, 1, 5, 2, 1, 1, 0], 2),  # into the middle of a word
        ([0, 1, 5, 2, 2, 0, 0], 3),  # runs into itself
        ([], 1),
    ],
)
def test_segments_that_make_no_table_are_refused(units, count):
    with pytest.raises(BadSegments):
        expand_segments(units, count, 2)


_words = st.integers(0, 0xFFFF)
_discrete = st.lists(_words, min_size=1, max_size=9).map(lambda v: [0, len(v), *v])
_line = st.tuples(st.integers(1, 200), _words).map(lambda p: [1, *p])


@given(first=_discrete, rest=st.lists(_discrete | _line, max_size=12))
def test_direct_segments_expand_as_pydicom_expands_them(first, rest):
    units = [unit for segment in (first, *rest) for unit in segment]
    expected = _expand_segmented_lut(tuple(units), "<H")

    made = expand_segments(units, len(expected), 2)

    # numpy rounds halves to even, we round them up
    assert max(abs(a - b) for a, b in zip(made, expected, strict=True)) <= 1
    assert all(a - b == 1 for a, b in zip(made, expected, strict=True) if a != b)


@given(st.lists(st.integers(0, 255), max_size=60), st.integers(1, 65536))
def test_any_bytes_are_a_table_or_refused(units, count):
    try:
        assert len(expand_segments(units, count, 1)) == count
    except BadSegments:
        pass
