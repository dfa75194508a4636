"""A tablet in the hands (ux.md 8): fingers, how it is held, targets large enough."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect
from screen import view_of, wait_shown
from staged import opened

LYING = {"width": 1024, "height": 768}
UPRIGHT = {"width": 768, "height": 1366}
TARGET = 44
Points = list[tuple[float, float]]


@pytest.fixture
def tablet(chromium: Browser) -> Iterator[BrowserContext]:
    """Lies at first; a script error fails the test."""
    context = chromium.new_context(viewport=LYING, has_touch=True, is_mobile=True)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


class Hand:
    """Fingers on a page, through the browser's own input."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session: CDPSession = page.context.new_cdp_session(page)

        self.time_s = time.time()

    def send(self, kind: str, points: Points) -> None:
        """A twentieth of a second after the one before, however busy the machine is."""
        self.time_s += 0.05
        touches: list[dict[str, Any]] = [
            {"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)
        ]
        self.session.send(
            "Input.dispatchTouchEvent",
            {
                "type": f"touch{kind}",
                "touchPoints": touches,
                "timestamp": self.time_s,
            },
        )

    def drag(self, start: Points, end: Points, steps: int = 5) -> None:
        for down in range(1, len(start) + 1):  # one finger after the other
            self.send("Start", start[:down])
        for step in range(1, steps + 1):
            part = step / steps
            self.send(
                "Move",
                [
                    (a + (c - a) * part, b + (d - b) * part)
                    for (a, b), (c, d) in zip(start, end, strict=True)
                ],
            )
        self.send("End", [])

    def tap(self, x: float, y: float) -> None:
        self.send("Start", [(x, y)])
        self.send("End", [])


def middle(page: Page, index: int = 0) -> tuple[float, float]:
    box = page.locator(f'[data-cell="{index}"]').bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_one_finger_scrolls_and_then_does_what_the_chosen_tool_does(tablet, slices):
    page = opened(tablet, slices)
    hand = Hand(page)
    x, y = middle(page)
    before = view_of(page)["cell"]
    hand.drag([(x, y)], [(x, y + 60)])
    page.wait_for_function(
        f"() => window.smartViewer.view(0).cell.frameIndex > {before['frameIndex']}"
    )
    assert view_of(page)["cell"]["view"] == before["view"]
    page.locator('[data-tool="pan"]').tap()
    hand.drag([(x, y)], [(x + 50, y)])
    page.wait_for_function(
        "() => window.smartViewer.view(0).cell.view.centerPx !== null"
    )


def test_two_fingers_pinch_and_pan(tablet, world):
    page = opened(tablet, world)
    x, y = middle(page)
    before = view_of(page)["cell"]["frameIndex"]
    Hand(page).drag([(x - 40, y), (x + 40, y)], [(x - 80, y + 30), (x + 80, y + 30)])
    page.wait_for_function("() => window.smartViewer.view(0).cell.view.zoom > 1.9")
    seen = view_of(page)
    assert seen["cell"]["view"]["zoom"] == pytest.approx(2, rel=0.02)
    assert seen["cell"]["frameIndex"] == before
    # The image's middle was between the fingers and went 30 px down with them.
    map_ = seen["resolved"]["screenFromImage"]
    box = page.locator('[data-cell="0"]').bounding_box()
    assert box is not None
    assert map_["yy"] * 256 + map_["y0"] == pytest.approx(box["height"] / 2 + 30, abs=2)


def test_three_fingers_change_the_window(tablet, world):
    page = opened(tablet, world)
    x, y = middle(page)
    start = [(x - 60, y), (x, y), (x + 60, y)]
    Hand(page).drag(start, [(a + 50, b) for a, b in start])
    page.wait_for_function(
        "() => window.smartViewer.view(0).resolved.window.width > 1500"
    )
    assert view_of(page)["resolved"]["window"]["center"] == -600


def test_two_taps_show_one_viewport_and_a_long_press_its_menu(tablet, slices):
    page = opened(tablet, slices)
    page.locator('[data-tool="grid"]').tap()
    page.locator('[data-size="1x2"]').tap()
    hand = Hand(page)
    x, y = middle(page, 1)
    hand.tap(x, y)
    hand.tap(x, y)
    expect(page.locator("[data-cell]")).to_have_count(1)
    hand.send("Start", [(x, y)])
    expect(page.get_by_role("menu")).to_be_visible()
    hand.send("End", [])
    page.get_by_role("menuitem", name="Show all viewports").tap()
    expect(page.locator("[data-cell]")).to_have_count(2)


def test_upright_shows_one_lying_two_and_the_tools_go_to_the_thumb(tablet, world):
    page = opened(tablet, world, order=4, cells=2)  # eight cells by plan
    expect(page.locator("[data-cell]")).to_have_count(2)
    assert top_of(page, ".tools") < top_of(page, ".viewports")
    page.set_viewport_size(UPRIGHT)
    expect(page.locator("[data-cell]")).to_have_count(1)
    expect(page.locator(".rail")).to_have_count(0)  # it would lie over the image
    assert top_of(page, ".tools") > top_of(page, ".viewports")
    page.locator('[data-tool="nextViewport"]').tap()
    wait_shown(page, 1)
    page.set_viewport_size(LYING)
    expect(page.locator("[data-cell]")).to_have_count(2)


def test_a_swipe_from_the_edge_opens_the_list_and_a_choice_closes_it(tablet, world):
    page = tablet.new_page()
    page.set_viewport_size(UPRIGHT)
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    expect(page.locator(".rail")).to_have_count(0)
    Hand(page).drag([(8, 500)], [(120, 500)])
    expect(page.locator(".rail")).to_be_visible()
    prior = page.locator('[data-role="prior"] [data-series]')
    shown = prior.get_attribute("data-series") or ""
    prior.tap()
    expect(page.locator('[data-cell="0"]')).to_have_attribute("data-display-set", shown)
    expect(page.locator(".rail")).to_have_count(0)


def test_a_series_is_dragged_sideways_into_a_viewport(tablet, world):
    page = opened(tablet, world, cells=2)
    prior = page.locator('[data-role="prior"] [data-series]')
    box = prior.bounding_box()
    assert box is not None
    start = (box["x"] + 60, box["y"] + 30)
    Hand(page).drag([start], [middle(page, 1)], steps=8)
    shown = prior.get_attribute("data-series") or ""
    expect(page.locator('[data-cell="1"]')).to_have_attribute("data-display-set", shown)


@pytest.mark.parametrize("size", [LYING, UPRIGHT], ids=["lying", "upright"])
def test_every_target_is_large_enough_for_a_finger(tablet, world, size):
    page = opened(tablet, world)
    page.set_viewport_size(size)
    page.wait_for_function(
        f"() => document.documentElement.clientWidth === {size['width']}"
    )
    for opener in (None, "more", "windows", "grid"):
        spot = page.locator(f'[data-tool="{opener}"]') if opener else None
        if spot is not None:
            if not spot.is_visible():
                continue
            spot.tap()
        small = page.evaluate(
            """(least) => [...document.querySelectorAll("button, input, a, select")]
              .filter((one) => one.checkVisibility())
              .map((one) => [one, one.getBoundingClientRect().height])
              .filter(([, height]) => height < least)
              .map(([one, height]) => `${one.outerHTML.slice(0, 120)}: ${height}`)""",
            TARGET - 0.5,
        )
        assert small == []
        if opener:
            page.keyboard.press("Escape")


def top_of(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["y"]


def test_what_is_open_stays_on_the_screen_when_the_tablet_is_turned(tablet, slices):
    page = opened(tablet, slices)
    page.set_viewport_size(UPRIGHT)
    page.locator('[data-tool="windows"]').tap()
    page.set_viewport_size(LYING)
    page.wait_for_function(
        """() => {
          const box = document.querySelector(".popover").getBoundingClientRect();
          return box.top >= 0 && box.bottom <= 768 && box.right <= 1024;
        }"""
    )
