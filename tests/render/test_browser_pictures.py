"""Chromium draws the same bytes as PyOpenGL, from the same shader text.

The oracle of both is frame_oracle.py (test_gl_pictures.py, test_pipeline.py); here the
two hosts are each other's, and numpy's picture is the third.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from engine_page import (
    CANVAS,
    bundle,
    cell_of,
    drawn,
    levels,
    page,
    picture,
    shown,
)
from frame_cases import COLUMNS, ROWS, random_words, request_of, smooth_words
from frame_cases import varied_cases as plain_cases
from frame_oracle import Case, assert_within_bounds
from pipeline_cases import KINDS, pipeline_case, pipeline_cases

from smart_viewer.render import cpu

__all__ = ["bundle", "page"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.gl]

PLAIN = Case(smooth_words(12), 12, 11, center=2000, width=3000, size=(31, 23))
WHOLE = (COLUMNS, ROWS)  # 100 %: one screen pixel an image pixel
VARIED = 306  # 34 of each kind
ACROSS, DOWN = 6, 6  # cells of one canvas: no case is larger than 45 x 40


def canvases(page, cases: list[Case]) -> list[np.ndarray]:
    """Pictures of small cases, many on one canvas."""
    pictures: list[np.ndarray] = []
    width, height = CANVAS[0] // ACROSS, CANVAS[1] // DOWN
    for start in range(0, len(cases), ACROSS * DOWN):
        batch = cases[start : start + ACROSS * DOWN]
        rects = [
            (i % ACROSS * width, i // ACROSS * height, *case.size)
            for i, case in enumerate(batch)
        ]
        cells = [cell_of(*pair) for pair in zip(batch, rects, strict=True)]
        assert drawn(page, cells) == [None] * len(batch)
        whole = shown(page, (0, 0, *CANVAS))
        for case, (x, y, w, h) in zip(batch, rects, strict=True):
            pictures.append(levels(whole[y : y + h, x : x + w], case))
    return pictures


def test_sixty_varied_cases_give_the_same_bytes_in_both_hosts(page, gl):
    differing = [
        number
        for number, case in enumerate(plain_cases())
        if not np.array_equal(picture(page, case), gl.draw(request_of(case)))
    ]
    assert differing == []


def test_every_kind_of_pixel_gives_the_same_bytes_in_both_hosts(page, gl):
    """H1, H2, H4, H5, H6, H15, H18, H20: the oracle's own cases."""
    cases = pipeline_cases(VARIED)
    differing = [
        f"{number}: {KINDS[number % len(KINDS)]}"
        for number, in_browser in enumerate(canvases(page, cases))
        if not np.array_equal(in_browser, gl.draw(request_of(cases[number])))
    ]
    assert differing == []


def test_numpy_differs_by_one_level_at_most(page):
    """At steps that are exact in 32 bits; a VOI LUT may be as steep as it likes."""
    steady = (0.25, 0.125, 3.5, -0.125, 0.25, 9.0)
    cases = [
        replace(case, affine=steady, size=(45, 40))
        for case in pipeline_cases(VARIED)
        if case.voi_lut is None
    ]
    for case, in_browser in zip(cases, canvases(page, cases), strict=True):
        apart = np.abs(in_browser.astype(int) - cpu.draw(request_of(case)))
        assert apart.max() <= 1, case


@pytest.mark.parametrize("number", range(2 * len(KINDS)))
def test_the_browser_agrees_with_the_standard_itself(page, number):
    case = pipeline_case(number)
    assert_within_bounds(picture(page, case), case)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_a_checkerboard_at_100_percent_reads_back_exactly(page, interpolation):  # H23
    board = (np.indices((ROWS, COLUMNS)).sum(axis=0) % 2 * 4095).astype(np.uint16)
    case = Case(
        board, 12, 11, center=2048, width=4096, size=WHOLE, interpolation=interpolation
    )
    assert np.array_equal(picture(page, case), np.where(board > 0, 255, 0))
    moved = replace(case, affine=(1, 0, -4, 0, 1, -3), size=(COLUMNS + 4, ROWS + 3))
    assert np.array_equal(picture(page, moved)[3:, 4:], np.where(board > 0, 255, 0))


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.uint32, np.float32])
def test_an_identity_window_shows_each_stored_value_itself(page, kind, interpolation):
    values = np.arange(256, dtype=kind).reshape(8, 32)  # H23
    case = Case(
        values, 8, 7, center=128, width=256, size=(32, 8), interpolation=interpolation
    )
    assert np.array_equal(picture(page, case), values)


@pytest.mark.parametrize("bits", [10, 12, 16])
def test_a_long_ramp_never_steps_back(page, bits):  # H22
    ramp = np.linspace(0, 2**bits - 1, 1024).astype(np.uint16).reshape(4, 256)
    case = Case(ramp, bits, bits - 1, center=2 ** (bits - 1), width=2**bits)
    seen = picture(page, replace(case, size=(256, 4))).reshape(-1).astype(int)
    assert (np.diff(seen) >= 0).all()
    assert set(seen) == set(range(256))


def test_stored_values_of_32_bits_keep_their_last_digit(page):  # H6
    values = (2**31 + np.arange(256)).astype(np.uint32).reshape(8, 32)
    case = Case(values, 32, 31, center=2**31 + 128, width=256, size=(32, 8))
    assert np.array_equal(picture(page, case), values - 2**31)


def test_cells_lie_side_by_side_and_the_rest_is_black(page, gl):
    left = replace(PLAIN, size=(100, 80))
    right = replace(PLAIN, size=(90, 70), invert=True, words=random_words(5))
    rects = [(0, 0, 100, 80), (120, 150, 90, 70)]
    assert (
        drawn(page, [cell_of(left, rects[0]), cell_of(right, rects[1])]) == [None] * 2
    )
    whole = shown(page, (0, 0, *CANVAS))[..., 0].copy()
    for case, (x, y, width, height) in zip([left, right], rects, strict=True):
        part = whole[y : y + height, x : x + width]
        assert np.array_equal(part, gl.draw(request_of(case)))
        part[:] = 0
    assert not whole.any()


def test_the_same_cells_give_the_same_picture_whatever_was_drawn_before(page):
    first = picture(page, PLAIN)
    rect = (50, 50, 31, 23)
    for case in pipeline_cases(len(KINDS)):
        drawn(page, [cell_of(case, rect), cell_of(PLAIN, (0, 0, 31, 23))])
        assert np.array_equal(shown(page, (0, 0, 31, 23))[..., 0], first)


def test_new_pixels_are_shown_not_those_before_them(page, gl):
    picture(page, PLAIN)
    changed = replace(PLAIN, words=PLAIN.words[::-1].copy())
    assert np.array_equal(picture(page, changed), gl.draw(request_of(changed)))


def test_an_empty_cell_is_black_and_no_refusal(page):
    empty = cell_of(PLAIN, (0, 0, 31, 23)) | {"frame": None}
    assert drawn(page, [empty]) == [None]
    assert not shown(page, (0, 0, 31, 23))[..., :3].any()


def test_what_is_not_valid_is_refused_and_the_next_cell_drawn(page):
    broken = cell_of(replace(PLAIN, high_bit=20), (0, 0, 9, 9))
    cells = [broken, cell_of(PLAIN, (20, 0, 31, 23))]
    assert drawn(page, cells) == ["frame_invalid", None]
    assert not shown(page, (0, 0, 9, 9))[..., :3].any()
    assert shown(page, (20, 0, 31, 23))[..., 0].any()


def test_a_lost_context_comes_back_with_the_same_picture(page):
    rect = (0, 0, 31, 23)
    cell = cell_of(PLAIN, rect)
    drawn(page, [cell])
    before = shown(page, rect)
    assert page.evaluate("harness.lose()") == ["lost"]
    assert drawn(page, [cell]) == ["context_lost"]
    assert page.evaluate("harness.restore()") == ["lost", "restored"]
    assert drawn(page, [cell]) == [None]
    assert np.array_equal(shown(page, rect), before)
