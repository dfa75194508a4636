"""The whole pixel pipeline, drawn by the shader and by numpy.

Oracle of both: frame_oracle.py, one pixel at a time from the Standard's words. Hazards
H1, H2, H4, H5, H6, H15, H18, H20 and H23 of the display requirements.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from frame_cases import COLUMNS, ROWS, request_of
from frame_oracle import Case, assert_within_bounds
from pipeline_cases import KINDS, pipeline_case, pipeline_cases

from smart_viewer.render import cpu

VARIED = 306  # 34 of each kind
STEADY = (0.25, 0.125, 3.5, -0.125, 0.25, 9.0)  # exact in 32 bits: no pixel is missed
LEVELS = (0.25, 0, 1.0, 0, 0.25, 0.5)


def kind_of(number: int) -> str:
    return f"{number}: {KINDS[number % len(KINDS)]}"


@pytest.mark.parametrize("number", range(VARIED), ids=kind_of)
def test_numpy_agrees_with_the_standard(number):
    case = pipeline_case(number)
    assert_within_bounds(cpu.draw(request_of(case)), case)


@pytest.mark.gl
@pytest.mark.parametrize("number", range(VARIED), ids=kind_of)
def test_the_shader_agrees_with_the_standard(gl, number):
    case = pipeline_case(number)
    assert_within_bounds(gl.draw(request_of(case)), case)


@pytest.mark.gl
def test_shader_and_numpy_differ_by_one_level_at_most_and_seldom(gl):
    differing, compared = 0, 0
    for case in pipeline_cases(VARIED):
        for view in (STEADY, LEVELS):
            request = request_of(replace(case, affine=view, size=(67, 53)))
            by_gl, by_numpy = gl.draw(request), cpu.draw(request)
            apart = np.abs(by_gl.astype(int) - by_numpy)
            assert apart.max() <= 1 or case.voi_lut is not None, case
            differing += int((apart > 0).sum())
            compared += apart.size
    assert differing <= compared * 0.001


@pytest.mark.gl
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize("invert", [False, True])
def test_identity_windows_give_equal_bytes_and_the_cells_themselves(
    gl, interpolation, invert
):
    values = np.arange(ROWS * COLUMNS, dtype=np.uint16).reshape(ROWS, COLUMNS) % 256
    for cells in (
        values.astype(np.uint8),
        values.astype(np.uint16),
        values.astype(np.uint32),
        values.astype(np.float32),
        values.astype(np.float64),
    ):
        case = Case(
            cells,
            8,
            7,
            center=128,
            width=256,
            invert=invert,
            interpolation=interpolation,
            size=(COLUMNS, ROWS),
        )
        expected = 255 - values if invert else values
        assert np.array_equal(gl.draw(request_of(case)), expected)
        assert np.array_equal(cpu.draw(request_of(case)), expected)


@pytest.mark.gl
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("near", [0, 5, 2**24 + 1, 2**31 - 100, 2**31, 2**32 - 256])
def test_32_bits_keep_every_digit_near_the_window(gl, near, signed):  # H6
    """Steps of 1, far beyond what a 32-bit float could tell apart."""
    stored = near - (2**31 if signed else 0)
    ramp = (np.arange(256) + near - (2**31 if signed else 0)) % 2**32
    case = Case(
        ramp.astype(np.uint32).reshape(16, 16),
        32,
        31,
        signed,
        center=stored + 128,
        width=256,
        size=(16, 16),
    )
    expected = np.arange(256).reshape(16, 16)
    assert np.array_equal(gl.draw(request_of(case)), expected)
    assert np.array_equal(cpu.draw(request_of(case)), expected)


@pytest.mark.gl
@pytest.mark.parametrize("function", ["LINEAR_EXACT", "SIGMOID"])
def test_doubles_keep_every_digit_near_the_window(gl, function):  # H6
    ramp = 1e6 + np.arange(256).reshape(16, 16) / 2**14
    case = Case(ramp, center=1e6 + 2**-7, width=2**-6, function=function, size=(16, 16))
    assert_within_bounds(gl.draw(request_of(case)), case)
    assert_within_bounds(cpu.draw(request_of(case)), case)
    assert len(np.unique(gl.draw(request_of(case)))) > 100


@pytest.mark.gl
@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_air_of_a_mammogram_stays_black_and_sharp(gl, interpolation, invert):  # H5
    """Padding 0 beside tissue of 1000: no seam of grey between them."""
    cells = np.full((8, 8), 1000, dtype=np.uint16)
    cells[:, :4] = 0
    case = Case(
        cells,
        12,
        11,
        center=500,
        width=1000,
        padding=(0, 0),
        invert=invert,
        interpolation=interpolation,
        affine=(0.25, 0, 0, 0, 0.25, 0),
        size=(32, 32),
    )
    for draw in (gl.draw, cpu.draw):
        shown = draw(request_of(case))
        assert (shown[:, :16] == 0).all()
        assert (shown[:, 16:] == (0 if invert else 255)).all()


@pytest.mark.gl
def test_osmesa_draws_what_egl_draws(gl, need, shaders):
    from smart_viewer.render.worker import GlRenderer  # noqa: PLC0415 - one test's

    need("osmesa")
    with GlRenderer(shaders, hosts=("osmesa",)) as other:
        for case in pipeline_cases(4 * len(KINDS)):
            request = request_of(case)
            assert np.array_equal(gl.draw(request), other.draw(request))
