"""A keyboard in a page: where the focus is, is it seen, the way to a control."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Enough for the longest pane: its stops are counted, not guessed.
MOST_TABS = 400
FOCUS = """async () => {
  // What the key did is on the screen in the next picture.
  for (let i = 0; i < 2; i += 1)
    await new Promise((next) => requestAnimationFrame(next));
  const one = document.activeElement;
  if (one === null || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const after = getComputedStyle(one, "::after");
  // An annotation shows it by its handles, a cell by its frame of light.
  const otherwise = one.matches("[data-annotation]") || after.content !== "none";
  const inside = (x, y) => {
    const there = document.elementFromPoint(x, y);
    return there !== null && (one.contains(there) || there.contains(one));
  };
  const steps = [0.1, 0.3, 0.5, 0.7, 0.9];
  const shown = steps.some((x) => steps.some((y) =>
    inside(box.x + x * box.width, box.y + y * box.height)));
  const region = one.closest(
    ".banner, .tools, .between, .rail, .viewports, .pane, .status");
  const all = window.stops ??= [];
  if (!all.includes(one)) all.push(one);
  return {
    number: all.indexOf(one),
    name: one.getAttribute("aria-label") ?? one.textContent.trim().slice(0, 60),
    html: one.outerHTML.slice(0, 160),
    series: one.matches("[data-series]"),
    region: region?.classList[0] ?? "",
    seen: seen || otherwise,
    shown,
  };
}"""
# What the tab key must reach: all that can be used, but roving items and folded parts.
STOPS = """() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility())
  .filter((one) => !(window.stops ?? []).includes(one))
  // One of the series has the tab stop, another one when another viewport is active.
  .filter((one) => !one.matches("[data-series]"))
  .map((one) => one.outerHTML.slice(0, 160))"""
Stop = dict[str, Any]


def focus(page: Page) -> Stop | None:
    """What has the focus; None: the page itself."""
    found: Stop | None = page.evaluate(FOCUS)
    return found


def from_the_top(page: Page) -> None:
    """The next tab goes to the first stop of the page."""
    page.evaluate(
        """() => {
          window.stops = [];
          document.activeElement?.blur();
          const first = document.createElement("span");
          first.tabIndex = -1;
          document.body.prepend(first);
          first.focus();
          first.remove();
        }"""
    )


def round_trip(page: Page, key: str = "Tab") -> list[Stop]:
    """Every stop, once through the page; fails where the focus does not get on."""
    from_the_top(page)
    stops: list[Stop] = []
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        stop = focus(page)
        if stop is None or (stops and stop["number"] == stops[0]["number"]):
            return stops
        assert not stops or stop["number"] != stops[-1]["number"], f"a trap: {stop}"
        stops.append(stop)
    raise AssertionError(f"no way round after {MOST_TABS} stops: {stops[-1]}")


def left_out(page: Page) -> list[str]:
    """What the last round trip has not come to."""
    found: list[str] = page.evaluate(STOPS)
    return found


def reach(page: Page, selector: str) -> None:
    """Tab, from where the focus is, to this control."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(
            "(one) => document.activeElement?.matches(one) ?? false", selector
        ):
            return
    raise AssertionError(f"not reached: {selector}")


def press_tool(page: Page, name: str, key: str = "Enter") -> None:
    """A button of the tool row, as a hand without a mouse presses it."""
    from_the_top(page)
    reach(page, f'[data-tool="{name}"]')
    page.keyboard.press(key)
