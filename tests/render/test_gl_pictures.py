"""The shader's pictures under PyOpenGL. Oracle: frame_oracle.py, pydicom, the eye.

Hazards H2, H4, H6, H7, H22 and H23 of the display requirements.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from frame_cases import (
    COLUMNS,
    ROWS,
    random_words,
    request_of,
    smooth_words,
    turned,
    varied_cases,
)
from frame_oracle import Case, assert_within_bounds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut

pytestmark = pytest.mark.gl

WHOLE = (COLUMNS, ROWS)  # 100 %: one screen pixel an image pixel


def full_range(bits: int, signed: bool) -> dict[str, float]:
    """A window over all the values that so many bits can hold."""
    return {"center": 0.0 if signed else 2 ** (bits - 1), "width": 2.0**bits}


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("spare_low_bits", [0, 2])
@pytest.mark.parametrize("bits", [1, 8, 10, 12, 14, 16])
def test_only_the_stored_bits_are_seen_and_their_sign_is_kept(
    gl, bits, spare_low_bits, signed
):  # H6
    high_bit = min(15, bits - 1 + spare_low_bits)
    case = Case(
        random_words(bits),
        bits_stored=bits,
        high_bit=high_bit,
        signed=signed,
        size=WHOLE,
        **full_range(bits, signed),
    )
    assert_within_bounds(gl.draw(request_of(case)), case)


def test_eight_allocated_bits_are_drawn_as_they_are(gl):
    words = random_words(3).astype(np.uint8)
    case = Case(words, 8, 7, center=128, width=256, size=WHOLE)
    assert np.array_equal(gl.draw(request_of(case)), words)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_a_checkerboard_at_100_percent_reads_back_exactly(gl, interpolation):  # H23
    board = (np.indices((ROWS, COLUMNS)).sum(axis=0) % 2 * 4095).astype(np.uint16)
    case = Case(
        board, 12, 11, center=2048, width=4096, size=WHOLE, interpolation=interpolation
    )
    assert np.array_equal(gl.draw(request_of(case)), np.where(board > 0, 255, 0))


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_an_identity_window_shows_each_stored_value_itself(gl, interpolation):  # H23
    values = np.arange(256, dtype=np.uint16).reshape(8, 32)
    case = Case(
        values, 8, 7, center=128, width=256, size=(32, 8), interpolation=interpolation
    )
    assert np.array_equal(gl.draw(request_of(case)), values)


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("width", [1.0, 2.0, 17.0, 400.0, 4096.0])
@pytest.mark.parametrize("center", [-600.0, 40.0, 40.5])
def test_every_voi_function_follows_the_standard(gl, function, width, center):  # H2
    ramp = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    case = Case(
        ramp,
        12,
        11,
        intercept=-1024.0,
        center=center,
        width=width,
        function=function,
        size=(64, 64),
    )
    assert_within_bounds(gl.draw(request_of(case)), case)


def test_a_linear_window_of_width_1_is_a_step_whose_middle_is_dark(gl):  # H2
    ramp = np.arange(8, dtype=np.uint16).reshape(1, 8)
    case = Case(ramp, 8, 7, center=3.5, width=1.0, size=(8, 1))
    assert gl.draw(request_of(case)).tolist() == [[0, 0, 0, 0, 255, 255, 255, 255]]


def test_an_exact_window_of_width_a_half_has_its_middle_grey(gl):  # H2
    ramp = np.arange(4, dtype=np.uint16).reshape(1, 4)
    case = Case(ramp, 8, 7, center=2.0, width=0.5, function="LINEAR_EXACT", size=(4, 1))
    assert gl.draw(request_of(case)).tolist() == [[0, 0, 128, 255]]


def test_a_ten_bit_ramp_never_steps_back(gl):  # H22
    ramp = np.arange(1024, dtype=np.uint16).reshape(1, 1024)
    case = Case(ramp, 10, 9, center=512, width=1024, size=(1024, 1))
    shown = gl.draw(request_of(case))[0].astype(int)
    assert (np.diff(shown) >= 0).all()
    assert set(shown) == set(range(256))


def test_inversion_comes_after_the_window_and_once(gl):  # H4
    case = Case(random_words(1), 12, 11, center=2000, width=1500, size=WHOLE)
    upright = gl.draw(request_of(case)).astype(int)
    inverted = gl.draw(request_of(replace(case, invert=True))).astype(int)
    assert_within_bounds(inverted, replace(case, invert=True))
    assert np.abs(upright + inverted - 255).max() <= 1  # halves round up both ways


@pytest.mark.parametrize("invert", [False, True])
def test_outside_the_image_it_is_black_even_inverted(gl, invert):
    words = np.full((3, 5), 100, dtype=np.uint16)
    case = Case(
        words,
        8,
        7,
        center=102.0,
        width=2.0,
        invert=invert,
        affine=(1, 0, -2, 0, 1, -1),
        size=(9, 6),
    )
    inside = np.zeros((6, 9), dtype=bool)
    inside[1:4, 2:7] = True
    shown = gl.draw(request_of(case))
    assert (shown[~inside] == 0).all()
    assert (shown[inside] == (255 if invert else 0)).all()


def test_between_pixel_centres_modality_values_are_interpolated(gl):  # H23
    words = np.array([[0, 100]], dtype=np.uint16)
    case = Case(
        words,
        8,
        7,
        center=128,
        width=256,
        affine=(0.25, 0, 0, 0, 1, 0),
        size=(8, 1),
        interpolation="bilinear",
    )
    shown = gl.draw(request_of(case)).tolist()
    assert shown == [[0, 0, 13, 38, 63, 88, 100, 100]]  # 12.5, 37.5, ... rounded up


def test_interpolation_comes_before_the_window(gl):
    """Between 0 and 100 lies 50, which a window of 0 to 20 shows white."""
    words = np.array([[0, 100]], dtype=np.uint16)
    case = Case(
        words,
        8,
        7,
        center=10.5,
        width=21,
        affine=(1, 0, 0.5, 0, 1, 0),
        size=(1, 1),
        interpolation="bilinear",
    )
    assert gl.draw(request_of(case)).tolist() == [[255]]


def test_rows_run_down_and_columns_run_right(gl):
    words = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint16)
    case = Case(words, 8, 7, center=128, width=256, size=(3, 2))
    quarter_turn = replace(case, affine=(0, 1, 0, 1, 0, 0), size=(2, 3))
    mirrored = replace(case, affine=(-1, 0, 3, 0, 1, 0))
    assert gl.draw(request_of(case)).tolist() == words.tolist()
    assert gl.draw(request_of(quarter_turn)).tolist() == words.T.tolist()
    assert gl.draw(request_of(mirrored)).tolist() == words[:, ::-1].tolist()


def test_unequal_steps_keep_a_circle_round(gl):  # H7
    """Spacing 2 mm between rows, 1 mm between columns: the circle is an ellipse."""
    y, x = np.mgrid[:40, :80] + 0.5
    words = (np.hypot(x - 40, (y - 20) * 2) < 30).astype(np.uint16)
    case = Case(
        words, 1, 0, center=0.5, width=2, affine=(1, 0, 0, 0, 0.5, 0), size=(80, 80)
    )
    shown = gl.draw(request_of(case)) > 0
    wide, high = (
        np.ptp(np.nonzero(shown.any(axis=0))),
        np.ptp(np.nonzero(shown.any(axis=1))),
    )
    assert abs(int(wide) - int(high)) <= 1


@pytest.mark.parametrize("case", varied_cases())
def test_varied_views_agree_with_the_standard(gl, case):
    assert_within_bounds(gl.draw(request_of(case)), case)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    bits=st.sampled_from([8, 10, 12, 14, 16]),
    signed=st.booleans(),
    function=st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
    invert=st.booleans(),
    angle_deg=st.floats(-180, 180),
    zoom=st.floats(0.3, 8),
    share=st.floats(0.02, 1),
    interpolation=st.sampled_from(["nearest", "bilinear"]),
)
def test_any_view_agrees_with_the_standard(
    gl, bits, signed, function, invert, angle_deg, zoom, share, interpolation
):
    size = (29, 21)
    window = full_range(bits, signed)
    case = Case(
        smooth_words(bits),
        bits,
        bits - 1,
        signed,
        center=window["center"],
        width=window["width"] * share,
        function=function,
        invert=invert,
        affine=turned(angle_deg, zoom, (COLUMNS / 2, ROWS / 2), size),
        size=size,
        interpolation=interpolation,
    )
    assert_within_bounds(gl.draw(request_of(case)), case)


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_pydicom_gives_the_same_grey(gl, function):  # H1, H2, H3
    image = Dataset()
    image.RescaleSlope, image.RescaleIntercept = 1, -1024
    image.WindowCenter, image.WindowWidth = 40, 350
    image.VOILUTFunction = function
    image.BitsStored, image.PixelRepresentation = 12, 0
    image.PhotometricInterpretation = "MONOCHROME2"
    words = random_words(9) & 0x0FFF
    case = Case(
        words,
        12,
        11,
        intercept=-1024.0,
        center=40,
        width=350,
        function=function,
        size=WHOLE,
    )
    windowed = apply_voi_lut(apply_modality_lut(words, image), image)
    lowest, highest = -1024, 4095 - 1024  # pydicom's output spans the modality range
    expected = (windowed - lowest) / (highest - lowest) * 255
    assert np.abs(gl.draw(request_of(case)) - expected).max() <= 0.5 + 1e-3


@pytest.mark.data
def test_a_real_chest_slice_shows_what_pydicom_shows(gl, need):
    import pydicom  # noqa: PLC0415 - only where data is

    folder = need("data") / "ct_chest_nlst_101287" / "0OPATOAQUL4FC51276621204_952642"
    image = pydicom.dcmread(sorted(folder.iterdir())[70])
    words = image.pixel_array.view(np.uint16)
    hu = apply_modality_lut(image.pixel_array, image)
    case = Case(
        words,
        image.BitsStored,
        image.HighBit,
        bool(image.PixelRepresentation),
        float(image.RescaleSlope),
        float(image.RescaleIntercept),
        center=-600,
        width=1500,
        size=(image.Columns, image.Rows),
    )
    expected = np.clip((hu + 600.5) / 1499 + 0.5, 0, 1) * 255
    assert np.abs(gl.draw(request_of(case)) - expected).max() <= 0.5 + 1e-3
