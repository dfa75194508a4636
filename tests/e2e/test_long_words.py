"""The longest words of each language keep within their places, wide and narrow."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from screen import wait_shown
from test_keys import forget
from test_languages import LOCALES
from world import World

# Text that leaves the part of the page it stands in, or is cut off without a "…".
BROKEN = """() => {
  const parts = ".banner, .tools, .rail, .pane, .popover, .status, .drawer, .cell";
  const own = (one) => [...one.childNodes].some(
    (node) => node.nodeType === 3 && node.data.trim() !== "");
  const dots = (one) => getComputedStyle(one).textOverflow === "ellipsis";
  const clips = (one) => /hidden|clip/.test(getComputedStyle(one).overflowX);
  const left = [];
  for (const one of document.querySelectorAll("body *")) {
    if (!own(one) || !one.checkVisibility()) continue;
    if (one.closest(".unseen, svg, select")) continue;
    if (getComputedStyle(one).clipPath !== "none") continue; // for the ear alone
    const part = one.closest(parts);
    if (part === null) continue;
    const [box, room] = [one.getBoundingClientRect(), part.getBoundingClientRect()];
    let cut = null;
    for (let up = one; up !== part.parentElement; up = up.parentElement) {
      if (dots(up)) { cut = null; break; }
      if (clips(up) && up !== part && up.scrollWidth > up.clientWidth + 1) cut = up;
    }
    const spills = box.right > room.right + 1 || box.left < room.left - 1;
    const dotted = one.closest(".tool-words, .stage-words, [title]") !== null;
    if ((spills && !dotted) || cut !== null)
      left.push(`${one.textContent.trim().slice(0, 60)} in ${part.className}`);
  }
  return left;
}"""
SIZES = {"wide": (1280, 800), "narrow": (768, 1024)}
POPOVERS = ("grid", "windows", "measureMore", "view", "more")
PANES = ("settings", "help", "findings", "trace")


def broken(page: Page, where: str) -> list[str]:
    return [f"{where}: {one}" for one in page.evaluate(BROKEN)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", *LOCALES])
def test_no_word_is_cut_or_leaves_its_place(
    chromium: Browser, world: World, language: str, size: str
):
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        locale=LOCALES.get(language, "en-GB"),
    )
    page = context.new_page()
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    found = broken(page, "page")
    for name in POPOVERS:
        button = page.locator(f'[data-tool="{name}"]').first
        if button.is_visible():
            button.click()
            expect(page.locator(".popover")).to_be_visible()
            found += broken(page, name)
            page.keyboard.press("Escape")
    page.locator('[data-cell="0"]').focus()
    page.keyboard.press("Shift+F10")
    found += broken(page, "menu")
    page.keyboard.press("Escape")
    for name in PANES:
        button = page.locator(f'[data-tool="{name}"]').first
        if not button.is_visible():
            page.locator('[data-tool="more"]').click()
        button.click()
        pane = page.locator(f"[data-pane={name}]")
        expect(pane.locator(".pane-body > *").first).to_be_visible()
        found += broken(page, name)
        pane.locator(".pane-head .tool").click()
    context.close()
    forget(world)
    assert not found, "\n".join(found)
