"""The same walk in Firefox ESR: launch, image, scroll, window, measure, end.

Oracle: the pixels of Chromium for the same state, which other tests hold to numpy.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from marionette import Firefox, running_firefox, unseen_screen
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page
from screen import READ, read_cell, wait_shown
from world import World

WIDTH, HEIGHT = 1280, 800
SHOWN = """document.querySelector('[data-cell="0"][data-status="shown"]') !== null"""
LEVELS = 1  # of 255: two GPUs in software may round differently
FEW = 0.001  # share of pixels; image edges fall on either side


@pytest.fixture(scope="module")
def firefox(
    need: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firefox]:
    program, xvfb = need("firefox"), need("xvfb")
    profile = tmp_path_factory.mktemp("firefox") / "profile"
    with (
        unseen_screen(xvfb) as display,
        running_firefox(program, profile, display) as firefox,
    ):
        firefox.go("about:blank")
        firefox.inner_size(WIDTH, HEIGHT)
        yield firefox


@pytest.fixture(scope="module")
def chromium_page(chromium: Browser, slices: World) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    page = context.new_page()
    page.goto(slices.launch_url(slices.order_ids()[0]))
    wait_shown(page, 0)
    yield page
    context.close()


@pytest.fixture(scope="module")
def page(firefox: Firefox, slices: World) -> Firefox:
    firefox.go(slices.launch_url(slices.order_ids()[0]))
    firefox.wait_for(SHOWN)
    return firefox


def pixels(firefox: Firefox) -> NDArray[np.uint8]:
    """The cell's grey values, read back from the canvas."""
    shot = firefox.evaluate_later(f"return ({READ})(0);")
    data = np.frombuffer(base64.b64decode(shot["data"]), dtype=np.uint8)
    rgb = data.reshape(shot["height"], shot["width"], 4)[..., :3]
    assert (rgb[..., 0] == rgb[..., 1]).all()
    assert (rgb[..., 0] == rgb[..., 2]).all()
    return rgb[..., 0]


def assert_same(firefox: Firefox, chromium: Page) -> None:
    ours, other = pixels(firefox), read_cell(chromium)
    assert ours.shape == other.shape
    assert ours.max() > 100
    apart = np.abs(ours.astype(int) - other.astype(int)) > LEVELS
    assert apart.mean() < FEW


def middle(firefox: Firefox) -> tuple[float, float]:
    box: dict[str, Any] = firefox.evaluate(
        """document.querySelector('[data-cell="0"]').getBoundingClientRect().toJSON()"""
    )
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def frame_of(firefox: Firefox) -> int:
    return int(
        firefox.evaluate("""document.querySelector('[data-cell="0"]').dataset.frame""")
    )


def test_the_image_is_the_one_that_chromium_shows(page, chromium_page):
    assert_same(page, chromium_page)
    assert b"PNG" in page.screenshot()[:8]


def test_the_wheel_scrolls_by_one_image(page, chromium_page):
    before = frame_of(page)
    page.wheel(*middle(page), 120)
    page.wait_for(f"""document.querySelector(
        '[data-cell="0"][data-frame="{before + 1}"][data-status="shown"]') !== null""")
    chromium_page.locator('[data-cell="0"]').focus()
    chromium_page.keyboard.press("ArrowDown")
    chromium_page.wait_for_selector(f'[data-cell="0"][data-frame="{before + 1}"]')
    wait_shown(chromium_page, 0)
    assert_same(page, chromium_page)


def test_a_drag_changes_the_window_and_its_pixels(page, chromium_page):
    before = pixels(page)
    x, y = middle(page)
    page.drag((x, y), (x + 40, y), (x + 80, y + 30))
    chromium_page.mouse.move(round(x), round(y))
    chromium_page.mouse.down()
    chromium_page.mouse.move(round(x + 40), round(y))
    chromium_page.mouse.move(round(x + 80), round(y + 30))
    chromium_page.mouse.up()
    assert (pixels(page) != before).any()
    assert_same(page, chromium_page)


def test_a_length_is_the_same_number(page, chromium_page):
    x, y = middle(page)
    ends = (round(x - 60), round(y - 20)), (round(x + 70), round(y + 50))
    page.evaluate("""document.querySelector('[data-cell="0"]').focus()""")
    page.press("m")
    page.drag(*ends)
    page.wait_for("document.querySelector('[data-annotation]') !== null")
    chromium_page.keyboard.press("m")
    chromium_page.mouse.move(*ends[0])
    chromium_page.mouse.down()
    chromium_page.mouse.move(*ends[1])
    chromium_page.mouse.up()
    other = chromium_page.locator("[data-annotation]").get_attribute("aria-label")
    ours = page.evaluate(
        "document.querySelector('[data-annotation]').getAttribute('aria-label')"
    )
    assert ours == other
    assert re.search(r"\d+(\.\d+)? mm", ours)


def test_the_end_leaves_nothing(page):
    page.click(".status > .button:last-child")
    page.wait_for("""document.querySelector('[data-state="ended"]') !== null""")
    assert "Sandbox" not in page.evaluate("document.body.textContent")
    assert page.evaluate("document.querySelector('canvas') === null")
