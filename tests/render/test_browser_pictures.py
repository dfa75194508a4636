"""Chromium draws the same bytes as PyOpenGL, from the same shader text.

The oracle of both is test_gl_pictures.py; here the two hosts are each other's.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from frame_cases import random_words, request_of, smooth_words, varied_cases
from frame_oracle import Case

pytestmark = [pytest.mark.browser, pytest.mark.gl]

CANVAS = (300, 260)
TEXTURE_BUDGET_BYTES = 4096  # two small frames: eviction happens all the time
AFFINE = ("xx", "xy", "x0", "yx", "yy", "y0")
PLAIN = Case(smooth_words(12), 12, 11, center=2000, width=3000, size=(31, 23))


@pytest.fixture(scope="session")
def bundle(bundled) -> Path:
    """The engine and its harness as one script."""
    return bundled("test/engineHarness.ts")


@pytest.fixture
def page(browser, bundle):
    """A page with an open engine; no GL error before or after the test."""
    page = browser.new_page()
    page.add_script_tag(path=bundle)
    opening = page.evaluate(
        "([w, h, b]) => harness.open(w, h, b)", [*CANVAS, TEXTURE_BUDGET_BYTES]
    )
    assert opening == ""
    assert page.evaluate("harness.glError()") == 0
    yield page
    assert page.evaluate("harness.glError()") in (0, 0x9242)  # CONTEXT_LOST_WEBGL
    page.close()


def cell_of(case: Case, rect: tuple[int, int, int, int], key: str = "frame") -> dict:
    """The case as the engine's CellDraw in JSON; rect = (x, y, width, height)."""
    rows, columns = case.words.shape
    return {
        "rect": dict(zip(("x", "y", "width", "height"), rect, strict=True)),
        "frame": {
            "key": key,
            "width": columns,
            "height": rows,
            "wide": case.words.dtype == np.uint16,
            "base64": base64.b64encode(case.words.tobytes()).decode(),
        },
        "layout": {
            "bitsStored": case.bits_stored,
            "highBit": case.high_bit,
            "signed": case.signed,
        },
        "slope": case.slope,
        "intercept": case.intercept,
        "voi": {
            "center": case.center,
            "width": case.width,
            "function": case.function,
        },
        "invert": case.invert,
        "imageFromScreen": dict(zip(AFFINE, case.affine, strict=True)),
        "interpolation": case.interpolation,
    }


def drawn(page, cells: list[dict]) -> list[str | None]:
    """What the engine answers to these cells."""
    return page.evaluate("cells => harness.draw(cells)", cells)


def shown(page, rect: tuple[int, int, int, int]) -> np.ndarray:
    """RGBA (height, width, 4) of a rectangle of the canvas."""
    names = dict(zip(("x", "y", "width", "height"), rect, strict=True))
    encoded = page.evaluate("rect => harness.read(rect)", names)
    raw = np.frombuffer(base64.b64decode(encoded), dtype=np.uint8)
    return raw.reshape(rect[3], rect[2], 4)


def test_sixty_varied_cases_give_the_same_bytes_in_both_hosts(page, gl):
    differing = []
    for number, case in enumerate(varied_cases()):
        rect = (7, 11, *case.size)
        assert drawn(page, [cell_of(case, rect, str(number))]) == [None]
        in_browser = shown(page, rect)
        assert (in_browser[..., 3] == 255).all()
        assert (in_browser[..., :1] == in_browser[..., :3]).all()  # grey
        if not np.array_equal(in_browser[..., 0], gl.draw(request_of(case))):
            differing.append(number)
    assert differing == []


def test_cells_lie_side_by_side_and_the_rest_is_black(page, gl):
    left = replace(PLAIN, size=(100, 80))
    right = replace(PLAIN, size=(90, 70), invert=True, words=random_words(5))
    rects = [(0, 0, 100, 80), (120, 150, 90, 70)]
    cells = [cell_of(left, rects[0], "left"), cell_of(right, rects[1], "right")]
    assert drawn(page, cells) == [None, None]
    whole = shown(page, (0, 0, *CANVAS))[..., 0].copy()
    for case, (x, y, width, height) in zip([left, right], rects, strict=True):
        part = whole[y : y + height, x : x + width]
        assert np.array_equal(part, gl.draw(request_of(case)))
        part[:] = 0
    assert not whole.any()


def test_the_same_cells_give_the_same_picture_whatever_was_drawn_before(page):
    rect = (0, 0, 31, 23)
    drawn(page, [cell_of(PLAIN, rect)])
    first = shown(page, rect)
    other = replace(PLAIN, function="SIGMOID", invert=True, interpolation="bilinear")
    drawn(page, [cell_of(other, (50, 50, 31, 23)), cell_of(PLAIN, rect)])
    assert np.array_equal(shown(page, rect), first)


def test_new_pixels_under_an_old_key_are_shown_not_the_old_ones(page, gl):
    rect = (0, 0, 31, 23)
    drawn(page, [cell_of(PLAIN, rect, "same")])
    changed = replace(PLAIN, words=PLAIN.words[::-1].copy())
    drawn(page, [cell_of(changed, rect, "same")])
    assert np.array_equal(shown(page, rect)[..., 0], gl.draw(request_of(changed)))


def test_an_empty_cell_is_black_and_no_refusal(page):
    empty = cell_of(PLAIN, (0, 0, 31, 23)) | {"frame": None}
    assert drawn(page, [empty]) == [None]
    assert not shown(page, (0, 0, 31, 23))[..., :3].any()


def test_a_frame_larger_than_the_device_allows_is_refused_with_a_reason(page):
    limit = page.evaluate("harness.limits()")
    large = replace(
        PLAIN, words=np.zeros((1, limit + 1), dtype=np.uint8), bits_stored=8
    )
    large = replace(large, high_bit=7)
    cells = [cell_of(large, (0, 0, 9, 9), "a"), cell_of(PLAIN, (20, 0, 31, 23), "b")]
    assert drawn(page, cells) == ["frame_too_large", None]
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
