"""axe-core over the viewer in each of its states, in dark and light chrome.

The oracle is axe-core itself: WCAG 2.2 A and AA, and its good practice, no violation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe import breaks_nothing, violations
from playwright.sync_api import Browser, BrowserContext, Page, expect
from screen import wait_shown
from staged import Boot, hold_frames, opened, refuse_frames, with_boot
from test_keys import forget
from world import World

CT, ULTRASOUND = 0, 8
CHROMES = ("dark", "light")
LOSE = """() => (window.lost = document.querySelector("canvas.image")
  .getContext("webgl2").getExtension("WEBGL_lose_context")).loseContext()"""
State = Callable[[Page], None]


@pytest.fixture(scope="module", params=CHROMES)
def chrome(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def at_rest(chromium: Browser, world: World, chrome: str) -> Iterator[Page]:
    """One page for all states that can be left again."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = coloured(opened(context, world, CT, cells=2), chrome)
    yield page
    context.close()
    forget(world)


def coloured(page: Page, chrome: str) -> Page:
    """As the settings do it: in force at once."""
    page.locator("[data-tool=settings]").click()
    page.locator("select[name=chrome]").select_option(chrome)
    expect(page.locator("html")).to_have_attribute("data-chrome", chrome)
    expect(page.locator("[data-keeping=user]")).to_be_visible()
    page.keyboard.press("Escape")
    return page


@pytest.fixture
def page(at_rest: Page) -> Iterator[Page]:
    at_rest.locator('[data-cell="0"]').focus()
    yield at_rest
    for _ in range(3):
        at_rest.keyboard.press("Escape")
    at_rest.locator('[data-cell="0"]').focus()
    at_rest.keyboard.press("w")


def keys(*presses: str) -> State:
    def enter(page: Page) -> None:
        for press in presses:
            page.keyboard.press(press)

    return enter


def tool(*names: str) -> State:
    def enter(page: Page) -> None:
        for name in names:
            page.locator(f'[data-tool="{name}"]').first.click()

    return enter


def pane(name: str, enter: State, inside: str = "*") -> State:
    def both(page: Page) -> None:
        enter(page)
        expect(page.locator(f"[data-pane={name}] {inside}").first).to_be_visible()

    return both


def wrong_window(page: Page) -> None:
    tool("windows")(page)
    page.locator('.typed input[name="width"]').fill("none")
    page.keyboard.press("Enter")
    expect(page.locator(".windows-wrong")).to_be_visible()


def key_conflict(page: Page) -> None:
    tool("settings")(page)
    row = page.locator("[data-pane=settings] [data-action=invert]")
    row.locator("[data-do=add]").click()
    page.locator(".key-listener").press("r")
    expect(page.get_by_role("alertdialog")).to_be_visible()


def key_listener(page: Page) -> None:
    tool("settings")(page)
    row = page.locator("[data-pane=settings] [data-action=invert]")
    row.locator("[data-do=add]").click()
    expect(page.locator(".key-listener")).to_be_focused()


def search_without_find(page: Page) -> None:
    keys("Shift+T")(page)
    page.get_by_role("searchbox").fill("no such thing")
    expect(page.locator("[data-found]")).to_have_attribute("data-found", "0")


def sequence_open(page: Page) -> None:
    keys("Shift+T")(page)
    page.locator(".tag-sequence summary").first.click()
    expect(page.locator(".tag-items").first).to_be_visible()


def measured(page: Page) -> None:
    """A length, drawn and listed, and its name being changed."""
    keys("m", "Enter", "ArrowRight", "ArrowRight", "Enter")(page)
    expect(page.locator("[data-annotation]").first).to_be_attached()
    tool("findings")(page)
    expect(page.locator("[data-pane=findings] .finding").first).to_be_visible()
    page.locator("[data-pane=findings] [data-tool=rename]").first.click()
    expect(page.locator(".finding-field")).to_be_visible()


STATES: dict[str, State] = {
    "at rest": lambda page: None,
    "list closed": keys("Shift+L"),
    "list open again": keys("Shift+L"),
    "study folded": lambda page: page.locator(".rail-head").last.click(),
    "study open again": lambda page: page.locator(".rail-head").last.click(),
    "grid": tool("grid"),
    "windows": tool("windows"),
    "wrong window": wrong_window,
    "measuring tools": tool("measureMore"),
    "steps": tool("view"),
    "menu of a cell": keys("Shift+F10"),
    "help": pane("help", keys("?"), "kbd"),
    "settings": pane("settings", tool("settings"), "[data-action=invert]"),
    "key conflict": key_conflict,
    "key listener": key_listener,
    "why": pane("hanging", lambda page: page.locator(".tool-why").click()),
    "trace": pane("trace", tool("trace")),
    "no findings": pane("findings", tool("findings")),
    "tags": pane("tags", keys("Shift+T"), "[data-found]"),
    "tags, nothing found": search_without_find,
    "tags, sequence open": sequence_open,
    "measured": measured,
    "one viewport": keys("Enter"),
    "all viewports": keys("Enter"),
    "pixel in words": keys("d"),
    "pixel no longer": keys("d"),
    "magnifier": keys("y"),
    "magnifier off": keys("y"),
    "few words": keys("o"),
    "no words": keys("o"),
    "all words": keys("o"),
    "key image": keys("k"),
    "second stage, with its prior": keys("Space"),
    "first stage": keys(","),
    "turned, flipped, inverted": keys("r", "h", "i"),
    "as hung": keys("Shift+Space"),
}


@pytest.mark.parametrize("state", STATES)
def test_the_viewer_breaks_no_rule(page: Page, state: str) -> None:
    STATES[state](page)
    breaks_nothing(page)


# ---- states that a page does not come back from ------------------------------------


def offline(context: BrowserContext, world: World) -> Page:
    page = opened(context, world)
    context.set_offline(True)
    expect(page.locator(".offline")).to_be_visible()
    return page


def graphics_lost(context: BrowserContext, world: World) -> Page:
    page = opened(context, world)
    page.evaluate(LOSE)
    expect(page.locator(".status-gpu")).to_contain_text("interrupted")
    return page


def ended(context: BrowserContext, world: World) -> Page:
    page = opened(context, world)
    page.get_by_role("button", name="End reading").click()
    expect(page.locator("[data-state=ended]")).to_be_visible()
    return page


def loading(context: BrowserContext, world: World) -> Page:
    page = context.new_page()
    hold_frames(page)
    page.goto(world.launch_url(world.order_ids()[CT]))
    expect(page.locator('[data-picture="waiting"]')).to_have_count(3)
    return page


def failed(context: BrowserContext, world: World) -> Page:
    page = context.new_page()
    refuse_frames(page, lambda display_set, _: display_set == 1)
    page.goto(world.launch_url(world.order_ids()[CT]))
    wait_shown(page, 1)
    expect(page.locator('[data-cell="0"]').get_by_role("alert")).to_be_visible()
    return page


def refused_blocked_and_late(context: BrowserContext, world: World) -> Page:
    """A report in a cell, notices of every kind open, a search under way."""

    def change(boot: Boot) -> None:
        plan = boot["plan"]
        plan["displaySets"][1]["image"] = None
        plan["displaySets"][1]["refusal"] = {"code": "not_an_image", "text": "Report."}
        plan["notices"] = [
            {"level": level, "text": f"Something {level}."}
            for level in ("blocked", "warning", "info")
        ]
        plan["complete"] = False
        plan["archives"] = [
            {"name": "North", "state": "answered", "text": "312 of 400 images"},
            {"name": "South", "state": "asked", "text": ""},
        ]

    # What the server itself knows of this plan is not let in.
    context.route(re.compile(r"/r/[^/]+/events"), lambda route: route.abort())
    page = with_boot(context, world, change)
    wait_shown(page, 1)
    expect(page.locator(".notice")).to_have_count(3)  # what is blocked is said at once
    return page


def soon_over(context: BrowserContext, world: World) -> Page:
    """Three minutes of sign-in are left."""

    def change(boot: Boot) -> None:
        assert boot["secondsLeft"] > 180
        boot["secondsLeft"] = 180

    page = with_boot(context, world, change)
    wait_shown(page, 0)
    return page


def about_to_lock(context: BrowserContext, world: World) -> Page:
    """The last minute of the reading."""

    def change(boot: Boot) -> None:
        boot["secondsLeft"] = 59

    page = with_boot(context, world, change)
    expect(page.locator("[data-closing]")).to_be_visible()
    return page


def playing(context: BrowserContext, world: World) -> Page:
    page = opened(context, world, ULTRASOUND)
    page.locator("[data-cine]").first.click()
    expect(page.locator("[data-cine=playing]")).to_be_visible()
    return page


def empty_cells(context: BrowserContext, world: World) -> Page:
    page = opened(context, world)
    page.locator("[data-tool=grid]").click()
    page.locator('[data-size="5x5"]').click()
    expect(page.locator("[data-cell]")).to_have_count(25)
    return page


def full_screen(context: BrowserContext, world: World) -> Page:
    page = opened(context, world)
    page.locator('[data-cell="0"]').focus()
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement !== null")
    return page


def narrow(context: BrowserContext, world: World) -> Page:
    """As at 400 % of 1280 × 1024."""
    page = opened(context, world)
    page.set_viewport_size({"width": 320, "height": 256})
    page.locator("[data-tool=more]").click()
    return page


LAST_STATES = [
    offline,
    graphics_lost,
    ended,
    loading,
    failed,
    refused_blocked_and_late,
    soon_over,
    about_to_lock,
    playing,
    empty_cells,
    full_screen,
    narrow,
]


@pytest.mark.parametrize("enter", LAST_STATES, ids=lambda one: one.__name__)
def test_a_state_of_its_own_breaks_no_rule(context, world, chrome, enter):
    page = enter(context, world)
    page.evaluate(
        "(chrome) => { document.documentElement.dataset.chrome = chrome }", chrome
    )
    breaks_nothing(page)


def test_a_browser_without_graphics_is_told_so_without_a_violation(
    world, start_chromium, chrome
):
    browser = start_chromium("--disable-3d-apis")
    page = browser.new_page()
    page.goto(world.launch_url(world.order_ids()[CT]))
    expect(page.locator("[data-state=unsupported]")).to_be_visible()
    page.evaluate(
        "(chrome) => { document.documentElement.dataset.chrome = chrome }", chrome
    )
    breaks_nothing(page)
    browser.close()


@pytest.mark.parametrize("size", [(1024, 768), (768, 1366)], ids=["lying", "upright"])
def test_a_tablet_breaks_no_rule(chromium, world, chrome, size):
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]}, has_touch=True, is_mobile=True
    )
    page = opened(context, world)
    page.evaluate(
        "(chrome) => { document.documentElement.dataset.chrome = chrome }", chrome
    )
    found = violations(page)
    page.locator("[data-tool=seriesList]").tap()
    found += violations(page)
    context.close()
    assert not found, "\n".join(found)


# ---- the check itself ------------------------------------------------------------


def test_axe_finds_what_is_planted(page: Page) -> None:
    page.evaluate(
        """() => {
          const planted = document.createElement("div");
          planted.id = "planted";
          planted.innerHTML = '<img src="data:,"><button></button>'
            + '<p>pale words</p>';
          Object.assign(planted.lastChild.style, { color: "#777", background: "#666" });
          document.querySelector(".rail").prepend(planted);
        }"""
    )
    found = " ".join(violations(page))
    page.evaluate("() => document.getElementById('planted').remove()")
    for rule in ("image-alt", "button-name", "color-contrast"):
        assert rule in found
