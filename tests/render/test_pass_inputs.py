"""What a host gives the frame pass. Oracle: the numbers written out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from frame_cases import request_of
from frame_oracle import Case

from smart_viewer.render.pass_inputs import PassInputs, pass_inputs

PLAIN = Case(
    np.zeros((4, 6), dtype=np.uint16), 12, 11, center=40, width=400, size=(6, 4)
)
LUT = (-5, 12, tuple(range(1500)))


def inputs_of(**changes) -> PassInputs:
    return pass_inputs(request_of(replace(PLAIN, **changes)))


def test_a_plain_image_defines_nothing_and_has_one_texture():
    inputs = inputs_of(slope=2.0, intercept=-1024.0, signed=True, invert=True)
    assert inputs.defines == []
    assert list(inputs.textures) == ["stored_bits"]
    assert inputs.unsigned == {
        "stored_shift": 0,
        "stored_mask": 4095,
        "stored_sign": 2048,
    }
    assert inputs.integers == {"invert": 1}
    assert inputs.numbers == {
        "rescale_slope": 2.0,
        "intercept_from_center": -1064.0,
        "voi_width": 400.0,
    }


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"function": "LINEAR_EXACT"}, "VOI_EXACT"),
        ({"function": "SIGMOID"}, "VOI_SIGMOID"),
        ({"interpolation": "bilinear"}, "INTERPOLATED"),
    ],
)
def test_what_a_view_can_be_is_a_variant(change, name):
    assert inputs_of(**change).defines == [name]


def test_stored_bits_may_lie_above_others():
    unsigned = inputs_of(bits_stored=10, high_bit=13).unsigned
    assert (unsigned["stored_shift"], unsigned["stored_mask"]) == (4, 1023)
    assert unsigned["stored_sign"] == 0


def test_a_modality_lut_takes_the_place_of_the_rescale():
    inputs = inputs_of(modality_lut=LUT, slope=2.0, intercept=-1024.0)
    assert inputs.defines == ["MODALITY_LUT"]
    assert inputs.numbers["rescale_slope"] == 1.0
    assert inputs.numbers["intercept_from_center"] == -40.0
    assert (inputs.integers["table_first"], inputs.integers["table_count"]) == (
        -5,
        1500,
    )


def test_tables_are_folded_into_rows_of_1024():
    table = inputs_of(voi_lut=LUT).textures["voi_lut"]
    assert (table.shape, table.dtype) == ((2, 1024), np.uint16)
    assert table.reshape(-1)[:1500].tolist() == list(range(1500))
    assert not table.reshape(-1)[1500:].any()


def test_a_voi_lut_counts_from_its_first_input():
    inputs = inputs_of(voi_lut=LUT, intercept=100.0)
    assert inputs.defines == ["VOI_LUT"]
    assert inputs.numbers["intercept_from_center"] == 105.0
    assert inputs.numbers["voi_lut_largest"] == 4095.0
    assert inputs.integers["voi_lut_count"] == 1500
    assert "voi_width" not in inputs.numbers


@pytest.mark.parametrize(
    ("signed", "padding", "expected"),
    [
        (False, (10, 20), (10, 20)),
        (False, (-7, 20), (0, 20)),
        (False, (4000, 60000), (4000, 4095)),
        (True, (-2000, -2000), (2**31 - 2000, 2**31 - 2000)),
        (True, (-9999, 9999), (2**31 - 2048, 2**31 + 2047)),
    ],
)
def test_padding_is_cut_to_what_can_be_stored(signed, padding, expected):
    inputs = inputs_of(signed=signed, padding=padding)
    assert inputs.defines == ["PADDED"]
    found = inputs.unsigned["padding_low"], inputs.unsigned["padding_high"]
    assert found == expected


@pytest.mark.parametrize("padding", [(-7, -1), (4096, 9999)])
def test_padding_that_cannot_be_stored_is_left_out(padding):
    assert inputs_of(padding=padding).defines == []


@pytest.mark.parametrize(
    ("signed", "slope", "intercept", "center", "reference", "rest"),
    [
        (False, 1.0, 0.0, 4e9 + 0.25, 4 * 10**9, -0.25),
        (False, 1.0, 0.0, 5e9, 2**32 - 1, 2**32 - 1 - 5e9),  # the largest there is
        (False, 1.0, 0.0, -5.0, 0, 5.0),
        (True, 0.5, 10.0, -1e6, -2000020, 0.0),
        (True, -1.0, 0.0, 7.0, -7, 0.0),
        (True, 0.0, 3.0, 2.0, -(2**31), 1.0),
    ],
)
def test_32_bits_are_counted_from_a_value_near_the_window(
    signed, slope, intercept, center, reference, rest
):
    inputs = inputs_of(
        words=np.zeros((4, 6), dtype=np.uint32),
        bits_stored=32,
        high_bit=31,
        signed=signed,
        slope=slope,
        intercept=intercept,
        center=center,
    )
    assert inputs.defines == ["CELLS_DEEP"]
    order = reference + (2**31 if signed else 0)
    assert inputs.unsigned["stored_reference"] == order
    assert inputs.numbers["intercept_from_center"] == rest


def test_32_bits_behind_a_modality_lut_need_no_reference():
    words = np.zeros((4, 6), dtype=np.uint32)
    inputs = inputs_of(words=words, modality_lut=LUT)
    assert inputs.defines == ["CELLS_DEEP", "MODALITY_LUT"]
    assert "stored_reference" not in inputs.unsigned


def test_floats_go_as_they_are_and_doubles_from_the_windows_centre():
    single = inputs_of(words=np.full((4, 6), 0.5, dtype=np.float32))
    assert single.defines == ["CELLS_FLOAT"]
    assert single.textures["stored_bits"].dtype == np.float32
    assert single.numbers["padding_low"] > single.numbers["padding_high"]
    double = inputs_of(
        words=np.full((4, 6), 1e9 + 0.125), center=1e9, padding=(1e9 - 1, 1e9 + 1)
    )
    assert double.textures["stored_bits"].dtype == np.float32
    assert (double.textures["stored_bits"] == 0.125).all()
    assert double.numbers["intercept_from_center"] == 0.0
    assert (double.numbers["padding_low"], double.numbers["padding_high"]) == (-1, 1)


def test_doubles_without_a_slope_go_as_they_are():
    inputs = inputs_of(words=np.full((4, 6), 2.5), slope=0.0, intercept=7.0)
    assert (inputs.textures["stored_bits"] == 2.5).all()
    assert inputs.numbers["intercept_from_center"] == -33.0


@pytest.mark.parametrize("ybr", [False, True])
def test_colour_is_three_channels_and_its_model(ybr):
    inputs = inputs_of(words=np.zeros((4, 6, 3), dtype=np.uint8), ybr=ybr)
    assert inputs.defines == ["CELLS_COLOUR"]
    assert inputs.integers["colour_model"] == int(ybr)
    assert inputs.numbers == {}


def test_unequal_palettes_are_spread_over_all_their_inputs():
    palette = ((0, 8, (1, 2)), (3, 16, (0x0300, 0x04FF)), (-1, 8, (5,)))
    inputs = inputs_of(palette=palette)
    assert inputs.defines == ["CELLS_PALETTE"]
    assert (inputs.integers["table_first"], inputs.integers["table_count"]) == (-1, 6)
    colours = inputs.textures["palette"]
    assert (colours.shape, colours.dtype) == ((1, 1024, 3), np.uint8)
    assert colours[0, :6, 0].tolist() == [1, 1, 2, 2, 2, 2]
    assert colours[0, :6, 1].tolist() == [3, 3, 3, 3, 3, 4]
    assert colours[0, :6, 2].tolist() == [5] * 6


def test_a_mask_brings_its_texture_and_its_grey():
    covered = np.ones((4, 6))
    inputs = inputs_of(covered=covered, shutter_level=9, padding=(1, 2))
    assert inputs.defines == ["MASKED", "PADDED"]
    assert np.array_equal(inputs.textures["mask"], covered)
    assert inputs.numbers["shutter_level"] == 9.0
