"""Pixel padding (H5). Oracle: PS3.3 C.7.5.1.1.2 by hand, and real files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.read_padding import read_padding
from smart_viewer.dicom.read_pixels import read_pixel_layout
from smart_viewer.dicom.study import PixelLayout

SIGNED = PixelLayout(4, 4, 1, "MONOCHROME2", 16, 16, 15, signed=True)
UNSIGNED = replace(SIGNED, signed=False)
TWELVE = replace(UNSIGNED, bits_stored=12, high_bit=11)
EIGHT = replace(UNSIGNED, bits_allocated=8, bits_stored=8, high_bit=7)
FLOAT = replace(SIGNED, bits_allocated=32, bits_stored=32, high_bit=31, is_float=True)
DOUBLE = replace(FLOAT, bits_allocated=64, bits_stored=64, high_bit=63)
LONG = replace(SIGNED, bits_allocated=32, bits_stored=32, high_bit=31)
RGB = replace(EIGHT, samples_per_pixel=3)


@pytest.mark.parametrize(
    ("layout", "value", "limit", "padding"),
    [
        (SIGNED, [-2000], None, (-2000, -2000)),
        (SIGNED, [63536], None, (-2000, -2000)),  # written as US
        (SIGNED, [-32768], None, (-32768, -32768)),
        (UNSIGNED, [63536], None, (63536, 63536)),
        (UNSIGNED, [-2000], None, (63536, 63536)),  # written as SS
        (UNSIGNED, ["0"], [10], (0, 10)),
        (UNSIGNED, [4095], [4000], (4000, 4095)),  # MONOCHROME1: from above
        (TWELVE, [4095], None, (4095, 4095)),
        (EIGHT, [255], None, (255, 255)),
        (replace(TWELVE, signed=True), [-2000], None, (-2000, -2000)),
        (LONG, [-5], [5], (-5, 5)),
    ],
)
def test_padding_is_a_range_of_stored_values(layout, value, limit, padding):
    dataset = {"00280120": {"Value": value}}
    if limit:
        dataset["00280121"] = {"Value": limit}

    assert read_padding(dataset, layout) == (padding, True)


@pytest.mark.parametrize(
    ("layout", "tag", "padding"),
    [(FLOAT, "00280122", (-1000, -1000)), (DOUBLE, "00280123", (-1000, -1000))],
)
def test_float_samples_have_a_padding_of_their_own(layout, tag, padding):
    dataset = {tag: {"Value": [-1000.0]}, "00280120": {"Value": [5]}}

    assert read_padding(dataset, layout) == (padding, True)


@pytest.mark.parametrize(
    ("layout", "given"),
    [
        (TWELVE, {"00280120": [63536]}),  # its low bits are some tissue's
        (TWELVE, {"00280120": [0], "00280121": [5000]}),
        (SIGNED, {"00280120": [0, 40, 288]}),
        (SIGNED, {"00280120": ["x"]}),
        (SIGNED, {"00280120": [0.5]}),
        (SIGNED, {"00280120": [70000]}),
        (SIGNED, {"00280121": [5]}),  # a limit of nothing
        (FLOAT, {"00280122": [0.5]}),
    ],
)
def test_padding_that_cannot_be_a_stored_value_is_none_and_said(layout, given):
    dataset = {tag: {"Value": value} for tag, value in given.items()}

    assert read_padding(dataset, layout) == (None, False)


def test_one_value_pads_no_colours():
    assert read_padding({"00280120": {"Value": [255]}}, RGB) == (None, True)
    assert read_padding({}, SIGNED) == (None, True)
    assert read_padding({"00280120": {"Value": [255]}}, None) == (None, True)


@pytest.mark.parametrize(
    ("path", "padding"),
    [
        ("pydicom_test_files/CT_small.dcm", -2000),  # GE, signed
        ("fo_dicom_misc/GH1308.dcm", -2000),  # 63536 in the file
    ],
)
def test_padding_of_real_files(need, path, padding):
    metadata = read_header(need("data") / path).metadata
    layout, _ = read_pixel_layout(metadata)

    assert read_padding(metadata, layout) == ((padding, padding), True)
