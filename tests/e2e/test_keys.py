"""Keys as ux.md 5 has them, remapped, by profile and switched off, in Chromium.

The oracle of each key is the table of ux.md 5; what it did is read from the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import exp
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from screen import view_of, wait_shown
from world import World


@pytest.fixture
def page(context: BrowserContext, world: World) -> Iterator[Page]:
    """The first order, its first cell active and under no pointer."""
    yield opened(context, world)


@pytest.fixture(autouse=True)
def default_preferences(world: World) -> Iterator[None]:
    """What one test keeps for the user is not there for the next."""
    yield
    forget(world)


def forget(world: World) -> None:
    user = ("user", world.settings.ehrs[0].iss, "Practitioner/practitioner-1")
    world.house.store.preferences.forget(user)


def opened(context: BrowserContext, world: World) -> Page:
    page = context.new_page()
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    page.locator('[data-cell="0"]').focus()
    return page


def cell_of(page: Page, cell: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = view_of(page, cell)["cell"]
    return found


def look(page: Page, cell: int = 0) -> dict[str, Any]:
    return dict(cell_of(page, cell)["view"])


def window(page: Page) -> tuple[float, float]:
    found = view_of(page)["resolved"]["window"]
    return found["width"], found["center"]


def active(page: Page) -> str | None:
    return page.locator("[data-cell][aria-current=true]").get_attribute("data-cell")


def pressed(page: Page, tool: str) -> bool:
    return page.locator(f"[data-tool={tool}][aria-pressed=true]").count() == 1


def words(page: Page) -> str | None:
    return page.locator('[data-cell="0"] .overlay').get_attribute("data-words")


Fact = Callable[[Page], object]

# (keys pressed, what is looked at, what it then is); a function: of what it was
KEYS: list[tuple[str, Fact, object]] = [
    ("ArrowDown", lambda p: cell_of(p)["frameIndex"], lambda was: was + 1),
    ("ArrowUp", lambda p: cell_of(p)["frameIndex"], lambda was: was - 1),
    ("Home", lambda p: cell_of(p)["frameIndex"], 0),
    ("End", lambda p: cell_of(p)["frameIndex"], 159),
    ("PageDown", lambda p: cell_of(p)["displaySet"], lambda was: was + 1),
    ("PageDown PageUp", lambda p: cell_of(p)["displaySet"], lambda was: was),
    ("c", lambda p: cell_of(p)["playing"], True),
    ("i", lambda p: look(p)["invert"], True),
    ("r", lambda p: look(p)["rotation"], 90),
    ("l", lambda p: look(p)["rotation"], 270),
    ("h", lambda p: look(p)["flip"], True),
    ("v", lambda p: (look(p)["flip"], look(p)["rotation"]), (True, 180)),
    ("+", lambda p: look(p)["zoom"], 1.25),
    ("-", lambda p: look(p)["zoom"], 0.8),
    ("+ =", lambda p: look(p)["zoom"], 1),
    ("i Shift+Space", lambda p: look(p)["invert"], False),
    ("x", lambda p: look(p)["interpolation"], "nearest"),
    ("1", window, (400, 40)),
    ("2", window, (1500, -600)),
    ("3", window, (2500, 480)),
    ("4", window, (80, 40)),
    ("5", window, (350, 50)),
    ("6", window, (150, 30)),
    ("7", window, (40, 40)),
    ("8", window, (600, 300)),
    ("9", window, (215, 75)),
    ("ArrowRight", active, "1"),
    ("ArrowLeft", active, "1"),  # from the first back to the last
    ("s", lambda p: cell_of(p)["linked"], False),
    ("Enter", lambda p: p.locator("[data-cell]").count(), 1),
    ("Space", lambda p: p.locator("[data-stage]").get_attribute("data-stage"), "1"),
    (".", lambda p: p.locator("[data-stage]").get_attribute("data-stage"), "1"),
    (". ,", lambda p: p.locator("[data-stage]").get_attribute("data-stage"), "0"),
    ("Shift+ArrowDown", lambda p: cell_of(p)["frameIndex"], lambda was: was + 10),
    ("Shift+ArrowUp", lambda p: cell_of(p)["frameIndex"], lambda was: was - 10),
    ("Shift+ArrowRight", window, lambda was: (round(was[0] * exp(0.1)), was[1])),
    ("Shift+ArrowLeft", window, lambda was: (round(was[0] * exp(-0.1)), was[1])),
    ("Shift+PageUp", window, lambda was: (was[0], was[1] + was[0] / 10)),
    ("Shift+PageDown", window, lambda was: (was[0], was[1] - was[0] / 10)),
    ("Control+ArrowLeft", lambda p: look(p)["centerPx"] is not None, True),
    ("z", lambda p: pressed(p, "zoom"), True),
    ("z w", lambda p: pressed(p, "windowLevel"), True),
    ("g", lambda p: pressed(p, "crossCursor"), True),
    ("y", lambda p: pressed(p, "magnifier"), True),
    ("m", lambda p: pressed(p, "measure"), True),
    ("Shift+M", lambda p: pressed(p, "measure"), True),
    ("d", lambda p: p.locator("[data-readout=middle]").count(), 1),
    ("o", words, "minimum"),
    ("o o", words, "none"),
    ("o o o", words, "full"),
    ("f", lambda p: p.evaluate("document.fullscreenElement !== null"), True),
    (
        "Shift+L",
        lambda p: p.locator(
            "[data-tool=seriesList][aria-pressed=true], "
            "[data-tool=seriesList][aria-expanded=true]"
        ).count(),
        0,
    ),
    ("Shift+F10", lambda p: p.get_by_role("menu").count(), 1),
    ("?", lambda p: p.locator("[data-pane=help]").count(), 1),
    ("Shift+T", lambda p: p.locator("[data-pane=tags]").count(), 1),
]


@pytest.mark.parametrize(("keys", "fact", "expected"), KEYS, ids=[k for k, *_ in KEYS])
def test_each_key_does_what_the_table_says(page, keys, fact, expected):
    was = fact(page)
    for key in keys.split(" "):
        page.keyboard.press(key)
    wanted = expected(was) if callable(expected) else expected
    becomes(page, fact, wanted)


def becomes(page: Page, fact: Fact, wanted: object) -> None:
    """The fact, looked at again in each picture until it is as wanted."""
    for _ in range(200):
        if fact(page) == wanted:
            return
        page.evaluate("() => new Promise((next) => requestAnimationFrame(next))")
    assert fact(page) == wanted


def test_the_key_of_the_prior_shows_the_prior_and_takes_it_away(page):
    prior = page.locator("[data-cell]", has_text="PRIOR")
    expect(prior).to_have_count(0)
    page.keyboard.press("p")
    expect(prior.first).to_be_visible()
    page.keyboard.press("p")
    expect(prior).to_have_count(0)


def test_a_key_image_is_marked_and_said_to_be_unsaved(page):
    page.keyboard.press("k")
    expect(page.locator("[data-news]")).to_contain_text("key image")
    expect(page.locator('[data-cell="0"]')).to_contain_text("KEY IMAGE (not saved)")
    page.keyboard.press("k")
    expect(page.locator("[data-news]")).to_contain_text("no longer")


def test_escape_closes_a_pane_and_focus_goes_back_to_the_image(page):
    page.keyboard.press("?")
    expect(page.locator("[data-pane=help]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-pane=help]")).to_have_count(0)
    page.keyboard.press("i")
    assert look(page)["invert"] is True


def test_a_control_keeps_its_own_keys(page):
    page.keyboard.press("Shift+T")
    search = page.get_by_role("searchbox")
    search.fill("modality")
    search.press("Home")
    search.press("i")
    assert look(page)["invert"] is False
    assert search.input_value() == "imodality"


# ---- settings ------------------------------------------------------------------------


def open_settings(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_role("button", name="Change keys and mouse").click()
    expect(page.locator("[data-pane=settings] [data-action=invert]")).to_be_visible()


def row(page: Page, action: str) -> Any:
    return page.locator(f"[data-pane=settings] [data-action={action}]")


def kept(page: Page) -> None:
    """The server has kept it."""
    expect(page.locator("[data-keeping=user]")).to_be_visible()


def close(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator("[data-pane]")).to_have_count(0)
    page.locator('[data-cell="0"]').focus()


def add_key(page: Page, action: str, key: str) -> None:
    row(page, action).locator("[data-do=add]").click()
    page.locator(".key-listener").press(key)


def test_a_remapped_key_works_at_once_is_in_the_help_and_is_there_elsewhere(
    page, chromium, world
):
    open_settings(page)
    add_key(page, "invert", "n")
    expect(row(page, "invert")).to_contain_text("n")
    kept(page)
    close(page)
    page.keyboard.press("n")
    assert look(page)["invert"] is True
    page.keyboard.press("?")
    help_row = page.locator("[data-pane=help] [data-action=invert]")
    expect(help_row.locator("kbd")).to_have_text(["i", "n"])

    other = chromium.new_context(viewport={"width": 1280, "height": 800})
    elsewhere = opened(other, world)  # another computer of the same user
    elsewhere.keyboard.press("n")
    assert look(elsewhere)["invert"] is True
    assert elsewhere.evaluate("localStorage.length + sessionStorage.length") == 0
    other.close()


def test_a_key_in_use_is_named_and_taken_only_on_demand(page):
    open_settings(page)
    add_key(page, "invert", "r")
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("Rotate right")
    expect(question.locator("[data-do=leave]")).to_be_focused()
    page.keyboard.press("Enter")  # leaves it
    expect(question).to_have_count(0)
    expect(row(page, "rotateRight").locator("kbd")).to_have_text(["r"])

    add_key(page, "invert", "r")
    question.locator("[data-do=give]").click()
    expect(row(page, "rotateRight")).to_contain_text("no key")
    close(page)
    page.keyboard.press("r")
    assert (look(page)["invert"], look(page)["rotation"]) == (True, 0)


@pytest.mark.parametrize("key", ["F5", "Control+r"])
def test_a_key_of_the_browser_is_not_given_away(page, key):
    open_settings(page)
    add_key(page, "invert", key)
    expect(page.locator(".settings-said")).to_contain_text("belongs to the browser")
    expect(row(page, "invert").locator("kbd")).to_have_text(["i"])


def test_an_action_may_have_no_key_and_gets_its_own_back(page):
    open_settings(page)
    row(page, "invert").locator(".key-chip").click()
    expect(row(page, "invert")).to_contain_text("no key")
    kept(page)
    close(page)
    page.keyboard.press("i")
    assert look(page)["invert"] is False

    open_settings(page)
    row(page, "invert").locator("[data-do=restore]").click()
    close(page)
    page.keyboard.press("i")
    assert look(page)["invert"] is True


def test_keys_are_remapped_by_keyboard_alone(page):
    open_settings(page)
    page.get_by_role("searchbox", name="Find an action").focus()
    page.keyboard.type("invert")
    expect(page.locator(".key-row")).to_have_count(1)
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.locator("[data-do=add]:focus").count():
            break
    page.keyboard.press("Enter")
    expect(page.locator(".key-listener")).to_be_focused()
    page.keyboard.press("Control+i")
    expect(row(page, "invert").locator("kbd")).to_have_text(["i", "ctrl + i"])


def test_single_characters_can_be_switched_off(page):
    open_settings(page)
    page.get_by_role("checkbox").uncheck()
    kept(page)
    close(page)
    was = cell_of(page)["frameIndex"]
    for key in ("i", "r", "2", "?", "Shift+T"):
        page.keyboard.press(key)
    assert (look(page)["invert"], look(page)["rotation"]) == (False, 0)
    expect(page.locator("[data-pane]")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    assert cell_of(page)["frameIndex"] == was + 1


def drag(page: Page, button: str, dx: int, dy: int) -> None:
    box = page.locator('[data-cell="0"]').bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down(button=button)
    page.mouse.move(x + dx, y + dy, steps=3)
    page.mouse.up(button=button)


@pytest.mark.parametrize(
    ("profile", "scrolls"), [("ohif", False), ("bir", True), ("visage", True)]
)
def test_the_left_drag_begins_with_the_profile_s_tool(page, profile, scrolls):
    open_settings(page)
    page.locator("select[name=profile]").select_option(profile)
    close(page)
    frame, width = cell_of(page)["frameIndex"], window(page)[0]
    drag(page, "left", 40, 40)
    assert (cell_of(page)["frameIndex"] != frame) is scrolls
    assert (window(page)[0] != width) is not scrolls


def test_a_profile_changes_keys_and_the_reader_s_own_stay(page):
    open_settings(page)
    add_key(page, "invert", "n")
    page.locator("select[name=profile]").select_option("osirix")
    close(page)
    for key in ("n", "Shift+R"):  # OsiriX-like: l measures, shift + r turns left
        page.keyboard.press(key)
    assert (look(page)["invert"], look(page)["rotation"]) == (True, 270)


def test_mouse_buttons_can_be_given_other_tools(page):
    open_settings(page)
    page.locator("select[name=right]").select_option("scroll")
    page.locator("select[name=startTool]").select_option("pan")
    kept(page)
    close(page)
    frame = cell_of(page)["frameIndex"]
    drag(page, "right", 0, 60)
    assert cell_of(page)["frameIndex"] > frame
    drag(page, "left", 30, 0)
    assert look(page)["centerPx"] is not None


def test_what_cannot_be_kept_holds_on_this_page_and_says_so(page):
    page.route("**/preferences", lambda route: route.abort())
    open_settings(page)
    add_key(page, "invert", "n")
    expect(page.locator("[data-keeping=failed]")).to_contain_text("Not saved")
    close(page)
    page.keyboard.press("n")
    assert look(page)["invert"] is True


def test_a_browser_that_stores_nothing_makes_no_difference(chromium: Browser, world):
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(
        """const blocked = () => { throw new DOMException("no", "SecurityError"); };
           for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
             Object.defineProperty(window, name, { get: blocked });"""
    )
    page = opened(context, world)
    open_settings(page)
    add_key(page, "invert", "n")
    kept(page)
    again = opened(context, world)
    again.keyboard.press("n")
    assert look(again)["invert"] is True
    context.close()
