"""The states of the page that pictures are taken of, and how each is come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
)
from staged import Boot, hold_frames, opened, refuse_frames, with_boot
from test_states import LONG_NAME, LOSE
from world import World

SIZES = {
    "1280x800": (1280, 800, False),
    "1920x1080": (1920, 1080, False),
    "3840x2160": (3840, 2160, False),
    "1024x768": (1024, 768, True),
    "768x1366": (768, 1366, True),
    "340x640": (340, 640, False),
}
SLIM = 760  # narrower, the list of series is closed
CHEST, BLOCKED, BRAIN, MAMMOGRAM, PETCT, ULTRASOUND = 0, 1, 4, 6, 7, 8
TWO_FRAMES = """async () => {
  for (let i = 0; i < 2; i += 1)
    await new Promise((next) => requestAnimationFrame(next));
}"""
State = Callable[[BrowserContext, World], Page]


def _order(number: int, *keys: str) -> State:
    """The reading of that order, and keys pressed in it."""

    def state(context: BrowserContext, world: World) -> Page:
        page = opened(context, world, number)
        page.locator('[data-cell="0"]').focus()
        for key in keys:
            page.keyboard.press(key)
        return page

    return state


def _click(state: State, *selectors: str) -> State:
    def clicked(context: BrowserContext, world: World) -> Page:
        page = state(context, world)
        for selector in selectors:
            spot = page.locator(selector).first
            if not spot.is_visible():
                page.locator('[data-tool="more"]').click()
            spot.click()
        return page

    return clicked


def _changed(change: Callable[[Boot], None]) -> State:
    return lambda context, world: with_boot(context, world, change)


def _loading(context: BrowserContext, world: World) -> Page:
    page = context.new_page()
    hold_frames(page)
    page.goto(world.launch_url(world.order_ids()[CHEST]))
    page.wait_for_selector('[data-cell="0"][data-status="loading"]')
    return page


def _failed(context: BrowserContext, world: World) -> Page:
    page = context.new_page()
    refuse_frames(page, lambda display_set, _: display_set == 1)
    page.goto(world.launch_url(world.order_ids()[CHEST]))
    page.wait_for_selector('[data-cell="0"][data-status="error"]', timeout=60_000)
    return page


def _offline(context: BrowserContext, world: World) -> Page:
    page = opened(context, world)
    context.set_offline(True)
    page.wait_for_selector(".offline")
    return page


def _lost(context: BrowserContext, world: World) -> Page:
    page = opened(context, world)
    page.evaluate(LOSE)
    page.wait_for_selector('[data-cell="0"][data-status="loading"]')
    return page


def _ended(context: BrowserContext, world: World) -> Page:
    page = opened(context, world)
    page.locator(".status > .button").click()
    page.wait_for_selector('[data-state="ended"]')
    return page


def _blocked(context: BrowserContext, world: World) -> Page:
    page = context.new_page()
    page.goto(world.launch_url(world.order_ids()[BLOCKED]))
    page.wait_for_selector(".notice")
    return page


def _light(state: State) -> State:
    def light(context: BrowserContext, world: World) -> Page:
        page = state(context, world)
        page.evaluate("document.documentElement.dataset.chrome = 'light'")
        return page

    return light


def _menu(context: BrowserContext, world: World) -> Page:
    page = opened(context, world)
    page.locator('[data-cell="0"]').focus()
    page.keyboard.press("Shift+F10")
    page.wait_for_selector('[role="menu"]')
    return page


def _loupe(context: BrowserContext, world: World) -> Page:
    page = _order(CHEST, "y")(context, world)
    page.wait_for_selector("[data-loupe]")
    return page


def _cursor(context: BrowserContext, world: World) -> Page:
    page = _order(BRAIN, "g")(context, world)
    box = page.locator('[data-cell="0"]').bounding_box()
    if box is not None:
        page.mouse.click(
            box["x"] + 0.56 * box["width"], box["y"] + 0.45 * box["height"]
        )
    page.wait_for_selector('[data-mark="cursor"]')
    return page


def _refuse(boot: Boot) -> None:
    refused = boot["plan"]["displaySets"][1]
    text = (
        "This series is a structured report. It is not an image, and is read as text."
    )
    refused["refusal"] = {"code": "not_an_image", "text": text}
    refused["image"] = None


def _long(boot: Boot) -> None:
    boot["plan"]["banner"]["name"] = LONG_NAME
    for one in boot["plan"]["displaySets"]:
        one["study"]["patientName"] = LONG_NAME
        one["label"] = one["study"]["description"] = LONG_NAME


STATES: dict[str, State] = {
    "chest": _order(CHEST),
    "chest_light": _light(_order(CHEST)),
    "prior": _order(CHEST, "p"),
    "one_up": _order(CHEST, "Enter"),
    "brain": _order(BRAIN),
    "mammogram": _order(MAMMOGRAM),
    "petct": _order(PETCT),
    "ultrasound": _order(ULTRASOUND),
    "ultrasound_light": _light(_order(ULTRASOUND)),
    "minimum": _order(CHEST, "o"),
    "identity": _order(CHEST, "o", "o"),
    "loupe": _loupe,
    "cursor": _cursor,
    "menu": _menu,
    "grid": _click(_order(CHEST), '[data-tool="grid"]'),
    "windows": _click(_order(CHEST), '[data-tool="windows"]'),
    "windows_light": _light(_click(_order(CHEST), '[data-tool="windows"]')),
    "steps": _click(_order(CHEST), '[data-tool="view"]'),
    "why": _click(_order(CHEST), ".tool-why"),
    "trace": _click(_order(CHEST), '[data-tool="trace"]'),
    "help": _click(_order(CHEST), '[data-tool="help"]'),
    "settings": _click(_order(CHEST), '[data-tool="settings"]'),
    "settings_light": _light(_click(_order(CHEST), '[data-tool="settings"]')),
    "loading": _loading,
    "failed": _failed,
    "refused": _changed(_refuse),
    "blocked": _blocked,
    "offline": _offline,
    "lost": _lost,
    "ended": _ended,
    "long_name": _changed(_long),
}


def views_of(
    browser: Browser, world: World, name: str, sizes: Sequence[str]
) -> Iterator[tuple[str, Page]]:
    """The state in each size: once with a mouse, once with fingers, once slim."""
    groups: dict[tuple[bool, bool], list[str]] = {}
    for size in sizes:
        width, _, touch = SIZES[size]
        groups.setdefault((touch, width <= SLIM), []).append(size)
    for (touch, _), wanted in groups.items():
        yield from _held(browser, world, touch, name, wanted)


def _held(
    browser: Browser, world: World, touch: bool, name: str, sizes: Sequence[str]
) -> Iterator[tuple[str, Page]]:
    context = browser.new_context(
        viewport=_view(sizes[0]), has_touch=touch, is_mobile=touch
    )
    page = STATES[name](context, world)
    for size in sizes:
        page.set_viewport_size(_view(size))
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        expect(page.get_by_text("Opening…")).to_have_count(0)
        page.evaluate(TWO_FRAMES)
        yield size, page
    context.close()


def _view(size: str) -> ViewportSize:
    width, height, _ = SIZES[size]
    return {"width": width, "height": height}
