"""What a cell ought to show, computed here from the Standard's formulas alone."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Frame, Page

SHOWN_MS = 30_000
EDGE = 1e-4  # image pixels
READ = """async (cell) => {
  // What was asked for is drawn in the next animation frame.
  for (let frames = 0; frames < 2; frames += 1)
    await new Promise((next) => requestAnimationFrame(next));
  const shot = window.smartViewer.readPixels(cell);
  let text = "";
  for (let i = 0; i < shot.data.length; i += 32768)
    text += String.fromCharCode(...shot.data.subarray(i, i + 32768));
  return { width: shot.width, height: shot.height, data: btoa(text) };
}"""


def read_cell(page: Page | Frame, cell: int = 0) -> NDArray[np.uint8]:
    """The cell's grey values (height, width), read back from the canvas."""
    rgb = read_colours(page, cell)
    assert (rgb[..., 0] == rgb[..., 1]).all()
    assert (rgb[..., 0] == rgb[..., 2]).all()
    return rgb[..., 0]


def read_colours(page: Page | Frame, cell: int = 0) -> NDArray[np.uint8]:
    """The cell's colours (height, width, 3), read back from the canvas."""
    shot = page.evaluate(READ, cell)
    data = np.frombuffer(base64.b64decode(shot["data"]), dtype=np.uint8)
    return data.reshape(shot["height"], shot["width"], 4)[..., :3]


def view_of(page: Page | Frame, cell: int = 0) -> dict[str, Any]:
    """The cell's state and what it resolves to."""
    return page.evaluate("(cell) => window.smartViewer.view(cell)", cell)


def fitted(
    width: int, height: int, rows: int, columns: int
) -> tuple[float, float, float]:
    """(image pixels a screen pixel, x0, y0) of an image shown as large as fits."""
    step = max(columns / width, rows / height)
    return step, columns / 2 - step * width / 2, rows / 2 - step * height / 2


def expected_picture(
    values: NDArray[np.floating],
    width: int,
    height: int,
    center: float,
    window_width: float,
    placed: tuple[float, float, float] | None = None,
) -> NDArray[np.float64]:
    """The picture of modality values as grey 0 to 255, unrounded.

    placed: as `fitted` gives it, which is the default.

    Bilinear in modality values between pixel centres, LINEAR of PS3.3
    C.11.2.1.2.1, black outside of the image, NaN on its very edge.
    """
    rows, columns = values.shape
    step, x0, y0 = placed or fitted(width, height, rows, columns)
    x = step * (np.arange(width) + 0.5) + x0
    y = step * (np.arange(height) + 0.5) + y0
    inside = ((y >= 0) & (y < rows))[:, None] & ((x >= 0) & (x < columns))[None, :]
    u, v = x - 0.5, y - 0.5
    left, top = np.floor(u).astype(int), np.floor(v).astype(int)
    right_part, lower_part = (u - left)[None, :], (v - top)[:, None]

    def at(row: NDArray[np.int_], column: NDArray[np.int_]) -> NDArray[np.float64]:
        rows_in = np.clip(row, 0, rows - 1)[:, None]
        columns_in = np.clip(column, 0, columns - 1)[None, :]
        return values[rows_in, columns_in].astype(np.float64)

    upper = at(top, left) * (1 - right_part) + at(top, left + 1) * right_part
    lower = at(top + 1, left) * (1 - right_part) + at(top + 1, left + 1) * right_part
    hu = upper * (1 - lower_part) + lower * lower_part
    grey = (hu - (center - 0.5)) / (window_width - 1) + 0.5
    picture = np.where(inside, np.clip(grey, 0, 1) * 255, 0)
    picture[_on(y, rows)[:, None] | _on(x, columns)[None, :]] = np.nan
    return picture


def _on(at: NDArray[np.float64], size: int) -> NDArray[np.bool_]:
    """Pixel centres on the very edge of the image: rounding decides which side."""
    return (np.abs(at) < EDGE) | (np.abs(at - size) < EDGE)


def wait_shown(page: Page, cell: int = 0) -> None:
    """Until the GPU has drawn final pixels of that cell's frame."""
    page.wait_for_selector(
        f'[data-cell="{cell}"][data-status="shown"]', timeout=SHOWN_MS
    )
