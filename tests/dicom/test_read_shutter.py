"""Display shutters (H18). Oracle: PS3.3 C.7.6.11, values written by the test."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.dicom.read_shutter import SHUTTER_TAGS, read_shutter
from smart_viewer.dicom.study import PixelLayout, Shutter

RECTANGLE = {"00181602": [11], "00181604": [500], "00181606": [21], "00181608": [400]}
CIRCLE = {"00181610": [256, 300], "00181612": [200]}
TRIANGLE = {"00181620": [10, 20, 300, 400, 350, 5]}


def read(shapes: list[object], *given_: dict[str, list[object]]):
    dataset: dict[str, list[object]] = {"00181600": shapes}
    for one in given_:
        dataset |= one
    return read_shutter({tag: {"Value": value} for tag, value in dataset.items()})


def test_each_shape_is_read_and_all_of_them_hold_together():
    shutter, whole = read(
        ["RECTANGULAR", "CIRCULAR", "POLYGONAL"],
        RECTANGLE,
        CIRCLE,
        TRIANGLE,
        {"00181622": [32768]},
    )

    assert whole
    assert shutter == Shutter(
        rectangle=(11, 500, 21, 400),
        circle=(256, 300, 200),
        polygon=((10, 20), (300, 400), (350, 5)),
        presentation_value=32768,
    )


@pytest.mark.parametrize(
    ("shapes", "given_", "expected"),
    [
        (["CIRCULAR"], {**CIRCLE, **RECTANGLE}, Shutter(circle=(256, 300, 200))),
        (["RECTANGULAR"], {**RECTANGLE, "00181622": [70000]}, None),
    ],
)
def test_only_the_shapes_that_are_named_hold(shapes, given_, expected):
    shutter, whole = read(shapes, given_)

    assert whole
    if expected:
        assert shutter == expected
    else:  # a value that is no P-value: black
        assert shutter is not None and shutter.presentation_value == 0


@pytest.mark.parametrize(
    ("shapes", "given_"),
    [
        (["RECTANGULAR"], {**RECTANGLE, "00181602": ["left"]}),
        (["RECTANGULAR"], {**RECTANGLE, "00181604": [11]}),  # all would be hidden
        (["CIRCULAR"], {"00181610": [256]}),
        (["CIRCULAR"], {**CIRCLE, "00181612": [0]}),
        (["POLYGONAL"], {"00181620": [10, 20, 30, 40]}),
        (["POLYGONAL"], {"00181620": [10, 20, 30, 40, 50]}),
        (["BITMAP"], {}),
    ],
)
def test_a_shape_that_cannot_be_read_hides_nothing_and_is_said(shapes, given_):
    assert read(shapes, given_) == (None, False)


IMAGE = PixelLayout(200, 300, 1, "MONOCHROME2", 16, 12, 11, signed=False)


def edges(*found: int) -> dict[str, list[object]]:
    """left, right, upper, lower"""
    tags = ("00181602", "00181604", "00181606", "00181608")
    return {tag: [edge] for tag, edge in zip(tags, found, strict=True)}


@pytest.mark.parametrize(
    ("shape", "given_", "is_kept"),
    [
        ("RECTANGULAR", edges(-5, 400, -5, 300), True),
        ("RECTANGULAR", edges(300, 310, 1, 9), True),  # the last column is left
        ("RECTANGULAR", edges(301, 310, 1, 9), False),
        ("RECTANGULAR", edges(1, 9, 201, 300), False),
        ("RECTANGULAR", edges(-9, 0, 1, 100), False),
        ("RECTANGULAR", edges(1, 1 << 21, 1, 100), False),
        ("CIRCULAR", {"00181610": [-3, 10], "00181612": [4]}, True),  # row 1 is left
        ("CIRCULAR", {"00181610": [-3, 10], "00181612": [3]}, False),
        # 4 rows and 4 columns off the corner: 5.66 pixels
        ("CIRCULAR", {"00181610": [204, 304], "00181612": [5]}, False),
        ("CIRCULAR", {"00181610": [204, 304], "00181612": [6]}, True),
        ("CIRCULAR", {"00181610": [5, 5], "00181612": [1 << 21]}, False),
        ("POLYGONAL", {"00181620": [1, 1, 1, 300, 200, 1]}, True),
        ("POLYGONAL", {"00181620": [1, 1, 5, 5, 1, 1]}, False),  # two vertices
        ("POLYGONAL", {"00181620": [1, 1, 5, 5, 9, 9]}, False),  # a line
        ("POLYGONAL", {"00181620": [201, 1, 300, 9, 300, 1]}, False),
        ("POLYGONAL", {"00181620": [1, 1, 5, 9, -(1 << 21), 1]}, False),
    ],
)
def test_a_shutter_that_would_hide_everything_is_left_out(shape, given_, is_kept):
    dataset = {tag: {"Value": value} for tag, value in given_.items()}
    dataset["00181600"] = {"Value": [shape]}

    shutter, whole = read_shutter(dataset, IMAGE)

    assert whole is is_kept
    assert (shutter is not None) is is_kept


def test_shapes_that_hide_everything_together_are_left_out():
    """The rectangle leaves columns 1 to 50, the circle 190 to 210."""
    dataset = {tag: {"Value": v} for tag, v in edges(1, 50, 1, 200).items()}
    dataset["00181610"] = {"Value": [100, 200]}
    dataset["00181612"] = {"Value": [10]}
    dataset["00181600"] = {"Value": ["RECTANGULAR", "CIRCULAR"]}

    assert read_shutter(dataset, IMAGE) == (None, False)


def test_a_damaged_shape_does_not_take_the_other_along():
    shutter, whole = read(["RECTANGULAR", "CIRCULAR"], CIRCLE)

    assert shutter == Shutter(circle=(256, 300, 200)) and not whole


def test_an_image_without_shutter_has_none():
    assert read([]) == (None, True)
    assert read([""]) == (None, True)


@given(
    st.dictionaries(
        st.sampled_from(SHUTTER_TAGS),
        st.fixed_dictionaries(
            {"Value": st.lists(st.integers() | st.floats() | st.text(max_size=4))}
        ),
    )
)
def test_malformed_shutters_never_raise(dataset):
    read_shutter(dataset)
