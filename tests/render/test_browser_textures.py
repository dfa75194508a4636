"""What the engine uploads to the graphics card, and when; images that it cannot hold.

Oracle: counted calls of texSubImage2D, and pictures of images that were reduced here.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from engine_page import (
    bundle,
    cell_of,
    drawn,
    levels,
    page,
    picture,
    shown,
    uploads,
)
from frame_cases import request_of, smooth_words
from frame_oracle import Case

__all__ = ["bundle", "page"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.gl]

PLAIN = Case(smooth_words(12), 12, 11, center=2000, width=3000, size=(31, 23))
LUT = (0, 12, tuple(range(4096)))


@pytest.mark.parametrize(
    ("change", "textures"),
    [
        ({}, 1),
        ({"modality_lut": LUT}, 2),
        ({"covered": np.eye(23, 31, dtype=np.uint8)}, 2),
        ({"padding": (0, 3)}, 1),
    ],
    ids=["plain", "modality LUT", "mask", "padding"],
)
def test_a_new_window_uploads_nothing(page, change, textures):
    case = replace(PLAIN, **change)
    picture(page, case)
    before = uploads(page)
    assert before == textures
    for step in range(20):
        moved = replace(case, center=case.center + step, width=case.width - step)
        picture(page, replace(moved, invert=step % 2 == 1))
    assert uploads(page) == before


def test_scrolling_back_uploads_nothing_while_there_is_room(page):
    cases = [replace(PLAIN, words=PLAIN.words + n) for n in range(2)]
    for case in cases * 3:
        picture(page, case)
    assert uploads(page) == len(cases)


def test_a_table_of_the_palette_is_uploaded_once(page):
    palette = ((0, 16, (0, 65535)), (0, 16, (65535, 0)), (0, 16, (0, 0)))
    words = (np.indices((23, 31)).sum(axis=0) % 2).astype(np.uint8)
    case = Case(words, 8, 7, palette=palette, size=(31, 23))
    for invert in (False, True, False):
        picture(page, replace(case, invert=invert))
    assert uploads(page) == 2  # indices and palette


def test_a_large_projection_is_uploaded_once_for_a_whole_drag(page):
    """3000 x 2500 pixels: what a drag costs is drawing, not sending."""
    words = smooth_words(12, (2500, 3000))
    fitted = (3000 / 250, 0, 0, 0, 3000 / 250, 0)
    case = Case(words, 12, 11, center=2000, width=3000, affine=fitted, size=(250, 208))
    cell = cell_of(case, (0, 0, *case.size))
    page.evaluate("cell => { window.large = cell; harness.draw([cell]) }", cell)
    before = uploads(page)
    answers = page.evaluate(
        """() => Array.from({ length: 10 }, (_, i) => {
          const window = { center: 2000 + i, width: 3000, function: "LINEAR" };
          return harness.draw([{ ...large, voi: { kind: "window", window } }])[0];
        })"""
    )
    assert answers == [None] * 10
    assert uploads(page) == before == 1


def test_an_image_that_no_texture_holds_is_drawn_reduced_and_says_so(page, gl):
    """Of 2 x 2 pixels the one at the middle, lower right, is kept (H25)."""
    limit = page.evaluate("harness.limits()")
    words = np.arange(2 * limit + 2, dtype=np.uint16).reshape(1, -1) % 4096
    words = np.vstack([words, 4095 - words])
    case = Case(words, 12, 11, center=2048, width=4096, size=(200, 1))
    case = replace(case, affine=(2, 0, 1000, 0, 2, 0), interpolation="bilinear")
    rect = (0, 0, *case.size)
    assert drawn(page, [cell_of(case, rect)]) == ["reduced 1/3"]

    kept = (np.arange(-(-words.shape[1] // 3)) + 0.5) * words.shape[1]
    columns = np.floor(kept / -(-words.shape[1] // 3)).astype(int)
    reduced = words[1:, columns]
    across = len(columns) / words.shape[1]
    view = (2 * across, 0, 1000 * across, 0, 2 * 0.5, 0)
    by_hand = replace(case, words=np.ascontiguousarray(reduced), affine=view)
    assert reduced.shape[1] > limit * 0.6
    expected = gl.draw(request_of(by_hand)).astype(int)
    seen = levels(shown(page, rect), case).astype(int)
    assert np.abs(seen - expected).max() <= 1


def test_a_reduced_image_ends_where_it_ends(page):
    limit = page.evaluate("harness.limits()")
    words = np.full((3, limit + 1), 4095, dtype=np.uint16)
    case = Case(words, 12, 11, center=2048, width=4096, size=(64, 5))
    case = replace(case, affine=(1, 0, limit - 40, 0, 1, -1))
    assert drawn(page, [cell_of(case, (0, 0, *case.size))]) == ["reduced 1/2"]
    seen = levels(shown(page, (0, 0, *case.size)), case)
    inside = np.zeros((5, 64), dtype=bool)
    inside[1:4, :41] = True
    assert np.array_equal(seen, np.where(inside, 255, 0))


def test_an_overlay_on_a_reduced_image_keeps_its_lines(page):
    limit = page.evaluate("harness.limits()")
    words = np.zeros((6, limit + 2), dtype=np.uint16)
    covered = np.zeros(words.shape, dtype=np.uint8)
    covered[:, 10] = 1
    case = Case(words, 12, 11, center=2048, width=4096, size=(40, 6), covered=covered)
    assert drawn(page, [cell_of(case, (0, 0, *case.size))]) == ["reduced 1/2"]
    assert levels(shown(page, (0, 0, *case.size)), case)[:, 8:13].any(axis=1).all()
