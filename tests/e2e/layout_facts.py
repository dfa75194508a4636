"""What can be measured of a layout: words that are cut, covered or on each other."""

from __future__ import annotations

from playwright.sync_api import Page

WHO = '[data-corner="top-left"] > div, .banner-name, .facts > .fact:nth-child(-n+3) dd'

# Boxes of one group must not touch each other where both are seen.
GROUPS = {
    "page": ".banner, .tools, .between > *, .middle, .status",
    "banner": ".banner-name, .banner .fact",
    "tools": ".tools > *",
    "status": ".status > *",
    "rail": ".series",
    "cell": ".corner > div, .side, .scale, .link-mark, .readout, .cine-bar",
}

OVER = ".card, .cell-note, .cell-loading, .pane, .popover, .drawer, .closing"

MEASURE = """([who, over, groups]) => {
  const seen = (e) => e.getClientRects().length > 0
    && getComputedStyle(e).visibility !== "hidden" && e.textContent.trim() !== "";
  // What of a box its ancestors let through.
  const box = (e) => {
    let { left, top, right, bottom } = e.getBoundingClientRect();
    for (let up = e.parentElement; up !== null; up = up.parentElement) {
      if (getComputedStyle(up).overflow === "visible") continue;
      const b = up.getBoundingClientRect();
      left = Math.max(left, b.left); top = Math.max(top, b.top);
      right = Math.min(right, b.right); bottom = Math.min(bottom, b.bottom);
    }
    return { left, top, right, bottom };
  };
  const name = (e) =>
    `${e.className || e.tagName}: ${e.textContent.trim().slice(0, 40)}`;
  const found = [];
  for (const e of document.querySelectorAll(who)) {
    if (!seen(e)) {
      if (e.textContent.trim()) found.push(`hidden: ${name(e)}`);
      continue;
    }
    if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
      found.push(`cut: ${name(e)}`);
    const b = box(e), whole = e.getBoundingClientRect();
    if (whole.left < b.left - 1 || whole.right > b.right + 1
        || whole.top < b.top - 1 || whole.bottom > b.bottom + 1
        || whole.right > innerWidth + 1 || whole.bottom > innerHeight + 1)
      found.push(`outside: ${name(e)}`);
    const line = [...e.querySelectorAll("bdi, .word")].concat(e)
      .flatMap((part) => [...part.getClientRects()]);
    for (const { left, top, width, height } of line.slice(0, 40)) {
      const x = left + width / 2, y = top + height / 2;
      if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) continue;
      const covering = document.elementsFromPoint(x, y)
        .find((one) => one.matches(over));
      if (covering && !covering.contains(e)) {
        found.push(`covered by ${covering.className}: ${name(e)}`);
        break;
      }
    }
  }
  for (const [group, selector] of Object.entries(groups)) {
    const cells = [...document.querySelectorAll(".cell")];
    const areas = group === "cell" ? cells : [document];
    for (const area of areas) {
      const all = [...area.querySelectorAll(selector)].filter(seen)
        .map((e) => [e, box(e)])
        .filter(([, b]) => b.right - b.left > 1 && b.bottom - b.top > 1);
      all.forEach(([e, a], i) => all.slice(i + 1).forEach(([f, b]) => {
        if (e.contains(f) || f.contains(e)) return;
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 1.5 && high > 1.5) found.push(`${name(e)} | lies on | ${name(f)}`);
      }));
    }
  }
  if (document.documentElement.scrollWidth > innerWidth)
    found.push(`page wider than its window: ${document.documentElement.scrollWidth}`);
  return found;
}"""


def faults(page: Page) -> list[str]:
    """Who it is cut, hidden or covered; words that lie on words. Empty: all is well."""
    return page.evaluate(MEASURE, [WHO, OVER, GROUPS])
