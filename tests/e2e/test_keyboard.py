"""The whole page without a mouse: focus that is seen, gets everywhere and comes back.

The oracle is WCAG 2.1.1, 2.1.2, 2.4.3, 2.4.7 and 2.4.11 over all that has a tab stop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

import pytest
from keyboard import (
    MOST_TABS,
    focus,
    from_the_top,
    left_out,
    press_tool,
    reach,
    round_trip,
)
from playwright.sync_api import Page, expect
from screen import view_of, wait_shown
from staged import opened, refuse_frames
from test_keys import forget, look, pressed, window
from world import World

ULTRASOUND = 8


@pytest.fixture
def page(context, world) -> Iterator[Page]:
    yield opened(context, world, cells=2)
    forget(world)


def focused(page: Page, selector: str) -> None:
    expect(page.locator(selector).and_(page.locator(":focus"))).to_have_count(1)


# ---- the way through the page --------------------------------------------------------

PANES: dict[str, tuple[str, str]] = {
    "none": ("", ".cell"),
    "help": ("?", "[data-pane=help] kbd"),
    "tags": ("Shift+T", "[data-pane=tags] [data-found]"),
}
BY_TOOL = {
    "settings": "[data-pane=settings] [data-action=invert]",
    "trace": "[data-pane=trace]",
    "findings": "[data-pane=findings] .findings",
}


def open_pane(page: Page, name: str) -> None:
    if name in BY_TOOL:
        press_tool(page, name)
        expect(page.locator(BY_TOOL[name]).first).to_be_visible()
        return
    key, shown = PANES[name]
    page.locator('[data-cell="0"]').focus()
    if key:
        page.keyboard.press(key)
    expect(page.locator(shown).first).to_be_visible()


@pytest.mark.parametrize("name", [*PANES, *BY_TOOL])
def test_tab_comes_to_every_control_in_order_and_round_again(page, name):
    open_pane(page, name)
    stops = round_trip(page)
    assert left_out(page) == []
    assert any(stop["series"] for stop in stops)
    regions = [region for region, _ in groupby(stop["region"] for stop in stops)]
    asked = [
        "tools",
        "rail",
        "viewports",
        *(["pane"] if name != "none" else []),
        "status",
    ]
    assert regions == asked


@pytest.mark.parametrize("name", [*PANES, *BY_TOOL])
def test_the_focus_is_always_seen_and_never_covered(page, name):
    open_pane(page, name)
    stops = round_trip(page)
    assert [stop["html"] for stop in stops if not stop["seen"]] == []
    assert [stop["html"] for stop in stops if not stop["shown"]] == []


def test_back_tab_goes_the_same_way_back(page):
    there = [(one["region"], one["name"]) for one in round_trip(page)]
    back = [(one["region"], one["name"]) for one in round_trip(page, "Shift+Tab")]
    others = [one for one in there if one[0] != "rail"]
    assert [one for one in reversed(back) if one[0] != "rail"] == others


# ---- the tool row --------------------------------------------------------------------

Fact = Callable[[Page], object]


def cells(page: Page) -> int:
    return page.locator("[data-cell]").count()


def stage(page: Page) -> str | None:
    return page.locator("[data-stage]").first.get_attribute("data-stage")


TOOLS: list[tuple[str, Fact, object]] = [
    ("scroll", lambda p: pressed(p, "scroll"), True),
    ("zoom", lambda p: pressed(p, "zoom"), True),
    ("pan", lambda p: pressed(p, "pan"), True),
    ("measure", lambda p: pressed(p, "measure"), True),
    ("magnifier", lambda p: pressed(p, "magnifier"), True),
    ("detail", lambda p: p.locator("[data-readout=middle]").count(), 1),
    ("crossCursor", lambda p: pressed(p, "crossCursor"), True),
    ("references", lambda p: pressed(p, "references"), False),
    ("oneUp", cells, 1),
    ("nextStage", stage, "1"),
    ("link", lambda p: view_of(p)["cell"]["linked"], False),
    ("invert", lambda p: look(p)["invert"], True),
    ("rotateRight", lambda p: look(p)["rotation"], 90),
    ("flipHorizontal", lambda p: look(p)["flip"], True),
    ("overlayWords", lambda p: pressed(p, "overlayWords"), True),
    ("keyImage", lambda p: pressed(p, "keyImage"), True),
    ("fullScreen", lambda p: p.evaluate("document.fullscreenElement !== null"), True),
    ("seriesList", lambda p: p.locator(".rail").count(), 0),
]


def test_every_tool_of_the_row_is_pressed_by_enter_and_by_space(page):
    page.set_viewport_size({"width": 2400, "height": 1080})  # none under "More"
    done = {name for name, *_ in TOOLS} | {
        "windowLevel",
        "reset",
        "cine",
        "prior",
        "undo",
    }
    menus = {"windows", "measureMore", "grid", "view"}
    panes = {"findings", "trace", "settings", "help", "notices", "previousStage"}
    row = page.eval_on_selector_all(
        ".tools [data-tool]", "all => all.map((one) => one.dataset.tool)"
    )
    assert sorted(set(row) - done - menus - panes) == []
    for number, (name, fact, wanted) in enumerate(TOOLS):
        key = ("Enter", "Space")[number % 2]
        press_tool(page, name, key)
        becomes(page, fact, wanted, name)
        if name == "fullScreen":
            page.keyboard.press(key)
        if name in {"oneUp", "nextStage", "link", "overlayWords"}:
            press_tool(page, {"nextStage": "previousStage"}.get(name, name))
    press_tool(page, "reset")
    becomes(
        page, lambda p: (look(p)["invert"], look(p)["rotation"]), (False, 0), "reset"
    )


def becomes(page: Page, fact: Fact, wanted: object, name: str) -> None:
    """The fact, looked at again in each picture until it is as wanted."""
    for _ in range(200):
        if fact(page) == wanted:
            return
        page.evaluate("() => new Promise((next) => requestAnimationFrame(next))")
    assert (name, fact(page)) == (name, wanted)


def test_what_is_under_more_is_used_by_keyboard_too(page):
    page.set_viewport_size({"width": 700, "height": 700})
    press_tool(page, "more")
    expect(page.get_by_role("dialog")).to_be_visible()
    reach(page, '.more [data-tool="invert"]')
    page.keyboard.press("Enter")
    assert look(page)["invert"] is True
    page.keyboard.press("Escape")
    focused(page, '[data-tool="more"]')


@pytest.mark.parametrize("name", ["grid", "windows", "view", "measureMore"])
def test_what_opens_takes_the_focus_and_escape_gives_it_back(page, name):
    press_tool(page, name)
    expect(page.locator(".popover")).to_be_visible()
    inside = page.locator(".popover :focus")
    expect(inside).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".popover")).to_have_count(0)
    focused(page, f'[data-tool="{name}"]')
    page.keyboard.press("Enter")
    expect(page.locator(".popover :focus")).to_have_count(1)
    for _ in range(MOST_TABS):  # tab leads out of it, and then it is gone
        page.keyboard.press("Tab")
        if page.locator(".popover").count() == 0:
            break
    expect(page.locator(".popover")).to_have_count(0)
    assert focus(page) is not None


def test_a_grid_is_chosen_and_the_focus_is_back_on_its_button(page):
    press_tool(page, "grid")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-cell]")).to_have_count(4)
    focused(page, '[data-tool="grid"]')


def test_a_window_is_typed_made_and_chosen(page):
    press_tool(page, "windows")
    focused(page, '.typed input[name="width"]')
    page.keyboard.press("Control+a")
    page.keyboard.type("350")
    page.keyboard.press("Enter")
    assert window(page)[0] == 350
    reach(page, '[data-do="auto"]')
    page.keyboard.press("Enter")
    becomes(page, lambda p: window(p)[0] != 350, True, "auto")
    focused(page, '[data-tool="windows"]')
    page.keyboard.press("Enter")
    reach(page, ".windows-list .item")
    page.keyboard.press("Enter")
    expect(page.locator(".popover")).to_have_count(0)


def test_the_steps_do_what_a_drag_does(page):
    """WCAG 2.5.7 by keyboard: zoom, place, turn, images, window."""
    zoom, frame = look(page)["zoom"], view_of(page)["cell"]["frameIndex"]
    press_tool(page, "view")
    for name in ("zoomIn", "lookUp", "rotateLeft", "nextImage", "wider"):
        reach(page, f'.steps-menu [data-tool="{name}"]')
        page.keyboard.press("Enter")
    assert look(page)["zoom"] > zoom
    assert look(page)["centerPx"] is not None
    assert look(page)["rotation"] == 270
    assert view_of(page)["cell"]["frameIndex"] == frame + 1


# ---- list, viewports, menu -----------------------------------------------------------


def test_a_series_is_found_in_the_list_and_shown(page):
    from_the_top(page)
    reach(page, ".rail-head")
    page.keyboard.press("Enter")  # folds the study, and again
    focused(page, '.rail-head[aria-expanded="false"]')
    page.keyboard.press("Enter")
    while not page.locator('[data-series="2"]:focus').count():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator('[data-cell="0"]')).to_have_attribute("data-display-set", "2")


def test_tab_goes_from_viewport_to_viewport_and_makes_it_the_active_one(page):
    from_the_top(page)
    reach(page, '[data-cell="0"]')
    reach(page, '[data-cell="1"]')
    expect(page.locator('[data-cell="1"]')).to_have_attribute("aria-current", "true")
    frame = view_of(page, 1)["cell"]["frameIndex"]
    page.keyboard.press("ArrowDown")
    assert view_of(page, 1)["cell"]["frameIndex"] == frame + 1


def test_the_menu_of_a_viewport_is_walked_and_gives_the_focus_back(page):
    page.locator('[data-cell="1"]').focus()
    page.keyboard.press("Shift+F10")
    focused(page, "[role^=menuitem]")
    page.keyboard.press("End")
    last = focus(page)
    page.keyboard.press("ArrowDown")  # from the last to the first
    assert focus(page) != last
    page.keyboard.press("Escape")
    focused(page, '[data-cell="1"]')
    page.keyboard.press("Shift+F10")
    while not page.locator('[data-item="invert"]:focus').count():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert look(page, 1)["invert"] is True
    focused(page, '[data-cell="1"]')


# ---- panes ---------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["?", "Shift+T"])
def test_a_pane_takes_the_focus_and_gives_it_back(page, key):
    page.locator('[data-cell="1"]').focus()
    page.keyboard.press(key)
    focused(page, ".pane-body")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # its button to close
    expect(page.locator("[data-pane]")).to_have_count(0)
    focused(page, '[data-cell="1"]')
    page.keyboard.press(key)
    focused(page, ".pane-body")
    page.keyboard.press("Escape")
    focused(page, '[data-cell="1"]')


def test_settings_are_chosen_by_keyboard(page):
    press_tool(page, "settings")
    focused(page, ".pane-body")
    reach(page, "select[name=chrome]")
    page.keyboard.press("l")  # Light
    expect(page.locator("html")).to_have_attribute("data-chrome", "light")
    reach(page, "input[name=singleKeys]")
    page.keyboard.press("Space")
    expect(page.locator("input[name=singleKeys]")).not_to_be_checked()
    page.keyboard.press("Escape")
    focused(page, '[data-tool="settings"]')


def test_what_was_measured_is_named_found_and_deleted(page):
    page.locator('[data-cell="0"]').focus()
    for key in ("m", "Enter", "ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-annotation]")).to_have_count(1)
    press_tool(page, "findings")
    focused(page, ".pane-body")
    reach(page, '[data-pane="findings"] [data-tool="rename"]')
    page.keyboard.press("Enter")
    page.keyboard.type("Nodule")
    page.keyboard.press("Enter")
    expect(page.locator(".finding-name")).to_have_text("Nodule")
    page.locator('[data-cell="0"]').focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-annotation]")).to_have_count(0)
    reach(page, ".finding-jump")
    page.keyboard.press("Enter")
    expect(page.locator("[data-annotation]")).to_have_count(1)
    reach(page, '[data-pane="findings"] [data-tool="erase"]')
    page.keyboard.press("Enter")
    expect(page.locator("[data-annotation]")).to_have_count(0)
    assert focus(page) is not None, "the focus fell out of the page"
    press_tool(page, "undo")
    expect(page.locator("[data-annotation]")).to_have_count(1)


def test_a_clip_is_tuned_by_keyboard(context, world):
    page = opened(context, world, ULTRASOUND)
    page.locator('[data-cell="0"]').focus()
    reach(page, "[data-cine]")
    page.keyboard.press("Space")
    expect(page.locator("[data-cine=playing]")).to_be_visible()
    reach(page, '[data-do="faster"]')
    page.keyboard.press("Enter")
    assert view_of(page)["cell"]["cine"]["speed"] == 1.25
    reach(page, '[data-do="from"]')
    page.keyboard.press("Control+a")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    assert view_of(page)["cell"]["cine"]["first"] == 4
    page.locator('[data-cell="0"]').focus()
    page.keyboard.press("c")
    expect(page.locator("[data-cine=still]")).to_be_visible()


def test_an_error_is_answered_and_the_reading_ended(context, world: World):
    page = context.new_page()
    again = refuse_frames(page, lambda display_set, _: display_set == 1)
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 1)
    expect(page.locator('[data-do="retry"]')).to_be_visible()
    again()
    page.locator('[data-cell="0"]').focus()
    reach(page, '[data-do="retry"]')
    page.keyboard.press("Enter")
    wait_shown(page, 0)
    focused(page, '[data-cell="0"]')
    reach(page, ".status > .button")
    page.keyboard.press("Enter")
    expect(page.locator("[data-state=ended]")).to_be_visible()
