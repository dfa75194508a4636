"""For weak eyes, unsteady hands, and whom motion hurts: WCAG 1.4.10, 2.5.8, 4.1.3.

Targets are measured in the page; what 400 % leaves is compared with what 100 % has.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from screen import wait_shown
from staged import hold_frames, opened
from test_keys import forget
from world import World

ULTRASOUND = 8
# 1280 × 1024 at 200 and at 400 %.
HALVED = {"width": 640, "height": 512}
ZOOMED = {"width": 320, "height": 256}
# Native boxes take their label as target; what has no box of its own is not there.
SMALL = """(least) => [...document.querySelectorAll(
    "button, a[href], input, select, summary, [role^=menuitem], [tabindex='0']")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen"))
  .map((one) => one.matches("[type=checkbox]") ? one.closest("label") ?? one : one)
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < least - 0.5)
  .map(([one, { width, height }]) =>
    `${width.toFixed(1)} × ${height.toFixed(1)}: ${one.outerHTML.slice(0, 140)}`)"""
BEYOND = """() => [...document.querySelectorAll(".tools button, .status button")]
  .filter((one) => one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
  .map((one) => `beyond the edge: ${one.outerHTML.slice(0, 140)}`)"""
# A box that is wider inside than outside, and text that ends in "…" with nothing more.
WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen, .viewports, svg"))
  .filter((one) => /auto|scroll/.test(getComputedStyle(one).overflowX))
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => `${one.className}: ${one.scrollWidth} > ${one.clientWidth}`)"""


@pytest.fixture
def page(context, world) -> Iterator[Page]:
    yield opened(context, world, cells=2)
    forget(world)


# ---- targets -------------------------------------------------------------------------

OPENERS: dict[str, tuple[str, str]] = {
    "nothing": ("", ""),
    "grid": ('[data-tool="grid"]', ".popover"),
    "windows": ('[data-tool="windows"]', ".popover"),
    "measuring": ('[data-tool="measureMore"]', ".popover"),
    "steps": ('[data-tool="view"]', ".popover"),
    "settings": ('[data-tool="settings"]', ".settings [data-action=invert]"),
    "help": ('[data-tool="help"]', ".help kbd"),
    "trace": ('[data-tool="trace"]', "[data-pane=trace]"),
    "why": (".tool-why", "[data-pane=hanging]"),
    "findings": ('[data-tool="findings"]', "[data-pane=findings] .findings"),
}


def small(page: Page, least: float) -> list[str]:
    found: list[str] = page.evaluate(SMALL, least)
    return found


@pytest.mark.parametrize("opener", OPENERS)
def test_every_target_is_24_pixels_both_ways(page, opener):
    button, shown = OPENERS[opener]
    if button:
        page.locator(button).first.click()
        expect(page.locator(shown).first).to_be_visible()
    assert small(page, 24) == []


def test_targets_of_menu_tags_and_clip_are_24_pixels_both_ways(context, world):
    page = opened(context, world, ULTRASOUND)
    page.locator('[data-cell="0"]').focus()
    assert small(page, 24) == []
    page.keyboard.press("Shift+F10")
    assert small(page, 24) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+T")
    expect(page.locator("[data-found]")).to_be_visible()
    assert small(page, 24) == []


@pytest.mark.parametrize("size", [(1024, 768), (768, 1366)], ids=["lying", "upright"])
def test_every_target_is_44_pixels_both_ways_under_fingers(
    chromium: Browser, world, size
):
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]}, has_touch=True, is_mobile=True
    )
    page = opened(context, world)
    found = [*small(page, 44), *page.evaluate(BEYOND)]
    for name in ("grid", "windows", "measureMore", "view", "more"):
        button = page.locator(f'[data-tool="{name}"]').first
        if button.is_visible():
            button.tap()
            expect(page.locator(".popover")).to_be_visible()
            found += small(page, 44)
            page.keyboard.press("Escape")
    for name in ("settings", "help", "findings", "trace"):
        button = page.locator(f'[data-tool="{name}"]').first
        if not button.is_visible():
            continue
        button.tap()
        expect(page.locator(f"[data-pane={name}] .pane-body > *").first).to_be_visible()
        found += small(page, 44)
        page.keyboard.press("Escape")
    forget(world)
    context.close()
    assert not found, "\n".join(found)


# ---- 400 % ---------------------------------------------------------------------------


def settled(page: Page) -> None:
    """The row has its tools as they fit now."""
    page.evaluate(
        """async () => {
          for (let i = 0; i < 4; i += 1)
            await new Promise((next) => requestAnimationFrame(next));
        }"""
    )


def tools_of(page: Page) -> set[str]:
    """Every tool that can be pressed now, those under "More" too."""
    names = """all => all.filter((one) => one.checkVisibility())
      .map((one) => one.dataset.tool)"""
    found = set(page.eval_on_selector_all("[data-tool]", names))
    if "more" in found:
        page.locator('[data-tool="more"]').click()
        expect(page.locator(".more")).to_be_visible()
        found |= set(page.eval_on_selector_all("[data-tool]", names))
        page.keyboard.press("Escape")
    return found - {"more"}


@pytest.mark.parametrize("size", [HALVED, ZOOMED], ids=["200 %", "400 %"])
def test_zoomed_in_every_tool_is_there(page, size):
    before = tools_of(page)
    page.set_viewport_size(size)
    settled(page)
    expect(page.locator('[data-tool="more"]')).to_be_visible()
    assert before - tools_of(page) == set()


@pytest.mark.parametrize("opener", [*OPENERS, "tags"])
def test_at_400_percent_no_text_is_scrolled_both_ways(page, opener):
    page.set_viewport_size(ZOOMED)
    if opener == "tags":
        page.locator('[data-cell="0"]').focus()
        page.keyboard.press("Shift+T")
        expect(page.locator("[data-found]")).to_be_visible()
    elif OPENERS[opener][0]:
        button, shown = OPENERS[opener]
        settled(page)
        spot = page.locator(button).first
        if not spot.is_visible():
            page.locator('[data-tool="more"]').click()
        spot.click()
        expect(page.locator(shown).first).to_be_visible()
    assert page.evaluate(WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    wait_shown(page, 0)


# What a box of the strips at head and foot cuts off.
CUT = """() => [...document.querySelectorAll(
    ".banner-name, .banner dd, .status > :not(.spacer)")]
  .filter((one) => !one.checkVisibility() || one.scrollWidth > one.clientWidth + 1
    || one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 140))"""


def test_at_400_percent_who_it_is_and_what_is_shown_can_be_read(page):
    """What the strips say at 100 % is read without the pointer's hover."""
    page.set_viewport_size(ZOOMED)
    assert page.evaluate(CUT) == []


def test_at_400_percent_the_way_out_is_reached(page):
    page.set_viewport_size(ZOOMED)
    page.locator(".status > .button").click()
    expect(page.locator("[data-state=ended]")).to_be_visible()


def test_nothing_forbids_to_zoom(page):
    content = page.locator("meta[name=viewport]").get_attribute("content") or ""
    assert "user-scalable" not in content
    assert "maximum-scale" not in content


# ---- said, moved ---------------------------------------------------------------------


def test_what_changes_is_said(page):
    page.locator('[data-cell="0"]').focus()
    where = page.locator("[aria-live=polite]").first
    page.keyboard.press("ArrowDown")
    expect(where).to_contain_text("slice 81 of 160")
    page.keyboard.press("2")
    expect(where).to_contain_text("W 1500")
    news = page.locator("[data-news]")
    for key, words in (
        ("s", "unlinked"),
        ("Space", "Stage 2 of"),
        ("c", "Cine at"),
        ("c", "Cine stopped"),
        ("m", "Arrow keys move the cross"),
    ):
        page.keyboard.press(key)
        said = page.locator("[role=status]", has_text=words)
        expect(said).not_to_have_count(0)
    assert news.get_attribute("aria-live") == "polite"


def test_with_less_motion_nothing_moves_by_itself(chromium: Browser, world: World):
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    let_go = hold_frames(page)
    page.goto(world.launch_url(world.order_ids()[ULTRASOUND]))
    expect(page.locator('[data-status="loading"]').first).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0
    let_go()
    wait_shown(page, 0)
    expect(page.locator("[data-cine=still]").first).to_be_visible()
    expect(page.locator("[data-cine=playing]")).to_have_count(0)
    assert page.evaluate("document.getAnimations().length") == 0
    context.close()
