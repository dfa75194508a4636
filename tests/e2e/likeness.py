"""Whether a page looks as it did: small pictures, compared place by place.

The font is the page's own, so a picture differs between machines by the rounding of
edges alone. Both pictures are made small by whole factors and packed alike, and the
mean difference of each place of 16 CSS pixels is held against a limit.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from looks import SIZES
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

FOLDER = Path(__file__).parents[1] / "golden" / "looks"
LARGE = ["1920x1080", "3840x2160", "1024x768"]
USUAL = ["1280x800", "768x1366"]
# Compared in `make test`: few images to load, and every part of the page in one.
QUICK = {
    "mammogram": ["1280x800", "768x1366", "340x640"],
    "ultrasound_light": ["1280x800"],
    "blocked": ["1280x800"],
    "ended": ["1280x800"],
}
# In `make test-slow`.
ALL_LOOKS: dict[str, list[str]] = {
    **{name: [*USUAL, *LARGE] for name in ("chest", "chest_light", "brain", "petct")},
    **{
        name: USUAL
        for name in (
            "prior",
            "one_up",
            "ultrasound",
            "minimum",
            "identity",
            "menu",
            "grid",
            "windows",
            "steps",
            "why",
            "trace",
            "help",
            "settings",
            "settings_light",
            "refused",
            "long_name",
        )
    },
    "mammogram": [*USUAL, *LARGE, "340x640"],
    "ultrasound_light": ["1280x800"],
    "blocked": USUAL,
    "ended": ["1280x800"],
}
PLACE = 8  # pixels of the small picture
LIMIT = 16  # of 255, mean over a place
QUALITY = 50
# What another day, another machine or another order of arrival changes.
CHANGING = """
  .rail .ring, .series-count, .status-time, .status-gpu, .facts > .fact:first-child dd {
    visibility: hidden !important;
  }
  * { caret-color: transparent !important; }
"""
STYLED = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
UNSTYLED = """() => {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets].slice(0, -1);
}"""
LOADED = """() => {
  const loading = document.querySelector(".status-progress");
  return (loading === null || loading.dataset.ready === loading.dataset.total)
    && document.querySelector('[data-picture="waiting"]') === null
    && document.querySelector('[data-status="loading"]') === null;
}"""
TWO_FRAMES = """async () => {
  for (let i = 0; i < 2; i += 1)
    await new Promise((next) => requestAnimationFrame(next));
}"""


def settle(page: Page) -> None:
    """All is loaded, and what differs from day to day is hidden."""
    page.wait_for_function(LOADED, timeout=120_000)
    page.evaluate(STYLED, CHANGING)
    page.evaluate(TWO_FRAMES)


@contextmanager
def style(page: Page, css: str) -> Iterator[None]:
    """The page with that style of its own."""
    page.evaluate(STYLED, css)
    page.evaluate(TWO_FRAMES)
    yield
    page.evaluate(UNSTYLED)


def seen(page: Page, size: str) -> bytes:
    """The page, made small: WebP."""
    width = SIZES[size][0]
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    small = shot.reduce(max(1, round(width / 640)) if width > 800 else 2)
    packed = io.BytesIO()
    small.save(packed, "WEBP", quality=QUALITY, method=6)
    return packed.getvalue()


def unlike(now: bytes, before: bytes) -> list[str]:
    """Places of the small picture that differ, and by how much."""
    one, other = _read(now), _read(before)
    if one.shape != other.shape:
        return [f"{one.shape} is not {other.shape}"]
    high, wide = (side // PLACE * PLACE for side in one.shape[:2])
    difference = np.abs(one - other)[:high, :wide].max(axis=2)
    places = difference.reshape(high // PLACE, PLACE, wide // PLACE, PLACE)
    means = places.mean(axis=(1, 3))
    return [
        f"{column * PLACE}, {row * PLACE}: {means[row, column]:.0f}"
        for row, column in np.argwhere(means > LIMIT)
    ]


def _read(picture: bytes) -> NDArray[np.int_]:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)
