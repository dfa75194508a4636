"""Where things are on the page."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page
from screen import view_of


def cell(page: Page, index: int = 0) -> Locator:
    return page.locator(f'[data-cell="{index}"]')


def tool(page: Page, name: str) -> Locator:
    return page.locator(f'[data-tool="{name}"]')


def middle_of(spot: Locator) -> tuple[float, float]:
    """CSS pixels of the page."""
    box = spot.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def window_of(page: Page, index: int = 0) -> tuple[float, float]:
    """Width and level of the cell."""
    window = view_of(page, index)["resolved"]["window"]
    return window["width"], window["center"]


def drag(page: Page, dx: float, dy: float, button: str = "left") -> None:
    """From the middle of the first cell."""
    x, y = middle_of(cell(page))
    page.mouse.move(x, y)
    page.mouse.down(button=button)
    page.mouse.move(x + dx, y + dy, steps=5)
    page.mouse.up(button=button)


def picture_of(spot: Locator | Page) -> NDArray[np.uint8]:
    """As it is seen, words and lines over the image too: (height, width, 3)."""
    shot = Image.open(io.BytesIO(spot.screenshot(animations="disabled")))
    return np.asarray(shot.convert("RGB"))
