"""Ten tasks of somebody who has never seen the page: found by what is on it, three
actions at the most. docs/ten-tasks.md says how each was tried."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from measuring_hand import Point
from playwright.sync_api import BrowserContext, Locator, Page, expect
from screen import read_cell, view_of
from staged import opened
from world import World

MOST_ACTIONS = 3
SIZES = {"desk": (1280, 800), "tablet": (820, 1180)}
SETTLED = """() => new Promise((next) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(next, 0)));
})"""
NAME = "e => [e.getAttribute('aria-label'), e.title, e.innerText].join(' | ')"
LEFT, RIGHT = (0.35, 0.5), (0.65, 0.55)


@dataclass
class Newcomer:
    """Acts with the mouse alone, and only on what is seen and says what it is."""

    page: Page
    actions: list[str] = field(default_factory=list)

    def cell(self, index: int = 0) -> Locator:
        return self.page.locator(f'[data-cell="{index}"]')

    def at(self, place: Point, index: int = 0) -> Point:
        box = self.cell(index).bounding_box()
        assert box is not None
        return box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]

    def sees(self, what: Locator, words: str) -> Locator:
        """It is on the screen, and its words lead to it."""
        expect(what).to_be_visible()
        expect(what).to_be_in_viewport(ratio=0.9)
        assert re.search(words, what.evaluate(NAME), re.IGNORECASE)
        return what

    def clicks(self, what: Locator, words: str) -> None:
        self.sees(what, words).click()
        self.actions.append(f"click {words}")

    def tool(self, name: str, words: str) -> None:
        """A tool of the row; where it has no room there, under "More"."""
        button = self.page.locator(f'.tools > [role="group"] [data-tool="{name}"]')
        if button.count() == 0:
            self.clicks(self.page.locator('[data-tool="more"]'), "more")
            button = self.page.locator(f'.more [data-tool="{name}"]')
        self.clicks(button, words)

    def drags(self, start: Point, end: Point) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        mouse.move(*end)
        mouse.up()
        self.actions.append("drag")

    def double_clicks(self, place: Point) -> None:
        self.page.mouse.dblclick(*self.at(place))
        self.actions.append("double-click")

    def points(self, place: Point) -> None:
        self.page.mouse.move(*self.at(place))
        self.actions.append("point")


@pytest.fixture(params=SIZES, ids=list(SIZES))
def newcomer(
    request: pytest.FixtureRequest, context: BrowserContext, world: World
) -> Newcomer:
    page = opened(context, world, cells=2)
    width, height = SIZES[request.param]
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(SETTLED)  # the tool row measures its room after a layout
    page.wait_for_function("width => innerWidth === width", arg=width)
    return Newcomer(page)


@pytest.fixture(autouse=True)
def few_actions(newcomer: Newcomer):
    yield
    assert 1 <= len(newcomer.actions) <= MOST_ACTIONS, newcomer.actions


def test_find_the_prior(newcomer):
    head = newcomer.page.locator('.rail [data-role="prior"] .rail-head')
    newcomer.sees(head, r"prior 20\d\d-\d\d-\d\d \(−\d+ mo\)")
    prior = newcomer.page.locator('.rail [data-role="prior"] [data-series]').first
    newcomer.clicks(prior, "thorax")
    expect(newcomer.cell()).to_have_attribute("data-role", "prior")
    expect(newcomer.cell()).to_contain_text("PRIOR")


def test_compare_with_the_prior(newcomer):
    newcomer.tool("prior", "compare current and prior")
    roles = newcomer.page.locator('[data-cell][data-role="prior"]')
    expect(roles).not_to_have_count(0)
    expect(newcomer.page.locator('[data-cell][data-role="current"]')).not_to_have_count(
        0
    )


def test_measure_a_length(newcomer):
    newcomer.tool("measure", "length")
    newcomer.drags(newcomer.at(LEFT), newcomer.at(RIGHT))
    mark = newcomer.cell().locator("[data-annotation]")
    expect(mark).to_have_attribute("aria-label", re.compile(r"[\d.]+ mm"))


def test_read_a_value_in_hounsfield_units(newcomer):
    newcomer.points(LEFT)
    line = newcomer.cell().locator('[data-readout="pointer"]')
    expect(line).to_contain_text(re.compile(r"−?\d+ HU"))


def test_change_the_window_by_name(newcomer):
    before = read_cell(newcomer.page)
    newcomer.clicks(newcomer.page.locator('[data-tool="windows"]'), "window")
    bone = newcomer.page.locator('[data-window*="bone" i]').first
    newcomer.clicks(bone, "bone")
    expect(newcomer.cell()).to_contain_text(re.compile("bone", re.IGNORECASE))
    assert (read_cell(newcomer.page) != before).any()


def test_change_the_window_by_hand(newcomer):
    newcomer.sees(newcomer.page.locator('[data-tool="windowLevel"]'), "window")
    before = view_of(newcomer.page)["resolved"]["voi"]
    newcomer.drags(newcomer.at(LEFT), newcomer.at(RIGHT))
    assert view_of(newcomer.page)["resolved"]["voi"] != before


@pytest.mark.parametrize("way", ["button", "double-click"])
def test_one_image_large_and_back(newcomer, way):
    def turn() -> None:
        if way == "button":
            newcomer.tool("oneUp", "one viewport, or all")
        else:
            newcomer.double_clicks(LEFT)

    turn()
    expect(newcomer.page.locator("[data-cell]")).to_have_count(1)
    turn()
    expect(newcomer.page.locator("[data-cell]")).to_have_count(2)


def test_play_a_clip(newcomer):
    newcomer.tool("cine", "cine")
    expect(newcomer.page.locator("[data-cine], [data-flashing]").first).to_be_visible()
    before = newcomer.cell().get_attribute("data-frame") or ""
    expect(newcomer.cell()).not_to_have_attribute("data-frame", before)


def test_bring_a_series_by_dragging_it(newcomer):
    series = newcomer.page.locator('.rail [data-role="prior"] [data-series]').first
    box = newcomer.sees(series, "thorax").bounding_box()
    assert box is not None
    start = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    newcomer.drags(start, newcomer.at((0.5, 0.5), 1))
    expect(newcomer.cell(1)).to_have_attribute("data-role", "prior")


def test_take_a_measurement_back(newcomer):
    newcomer.tool("measure", "length")
    newcomer.drags(newcomer.at(LEFT), newcomer.at(RIGHT))
    expect(newcomer.cell().locator("[data-annotation]")).to_have_count(1)
    newcomer.actions.clear()  # that was another task
    newcomer.tool("undo", "undo")
    expect(newcomer.cell().locator("[data-annotation]")).to_have_count(0)


def test_sign_out(newcomer):
    newcomer.clicks(
        newcomer.page.locator(".status .button").last, "sign out.*end reading"
    )
    expect(newcomer.page.locator('[data-state="ended"]')).to_contain_text("has ended")
    expect(newcomer.page.locator("body")).not_to_contain_text("Sandbox")
