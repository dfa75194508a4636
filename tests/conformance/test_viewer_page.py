"""The viewer's page itself, panels and all: what a cell shows of each kind of image.

Oracle: the computation by hand, at the size that the cell has on the screen.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page
from world import running_world

from conformance import expected
from conformance.campaign import selected
from conformance.case import Case, View
from conformance.families import all_cases
from conformance.files import write_all
from conformance.judge import TOLERANCE, Ledger, difference

pytestmark = [pytest.mark.browser, pytest.mark.debian]
SHOWN_MS = 30_000
READ = """async () => {
  for (let frames = 0; frames < 2; frames += 1)
    await new Promise((next) => requestAnimationFrame(next));
  const shot = window.smartViewer.readPixels(0);
  let text = "";
  for (let i = 0; i < shot.data.length; i += 32768)
    text += String.fromCharCode(...shot.data.subarray(i, i + 32768));
  return { width: shot.width, height: shot.height, data: btoa(text) };
}"""


def test_the_page_shows_each_kind_of_image_as_the_clauses_say(
    need: Callable[[str], Path], chromium: Browser, ledger: Ledger, tmp_path: Path
) -> None:
    need("dcmtk")
    images = tmp_path / "images"
    images.mkdir()
    cases = write_all(_one_of_each(), images)
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    faults = []
    with running_world(tmp_path, images) as world:
        page = context.new_page()
        page.goto(world.launch_url(world.order_ids()[0]))
        for case in cases:
            shown = _shown(page, case)
            off = difference(shown, _due(case, shown), exact=False)
            fault = (
                ""
                if off <= max(TOLERANCE, case.within)
                else f"{case.family}, {case.name}: {off:.3g} levels off"
            )
            ledger.note("viewer page", "hand", off, fault)
            faults += [fault] if fault else []
    context.close()
    assert errors == []
    assert not faults, "\n".join(faults)


def _one_of_each() -> list[Case]:
    """The first case of each family's selection, and no more: each takes a click."""
    first = {case.family: case for case in reversed(selected(all_cases(), 0.1))}
    return list(first.values())


def _shown(page: Page, case: Case) -> NDArray[np.uint8]:
    """Chosen in the list of series, read back from the canvas once it says "shown"."""
    entry = page.locator("[data-series]", has_text=f"{case.family} {case.number}").first
    entry.click()
    index = entry.get_attribute("data-series")
    page.wait_for_selector(
        f'[data-cell="0"][data-status="shown"][data-display-set="{index}"]',
        timeout=SHOWN_MS,
    )
    shot: dict[str, Any] = page.evaluate(READ)
    data = np.frombuffer(base64.b64decode(shot["data"]), dtype=np.uint8)
    return data.reshape(shot["height"], shot["width"], 4)[..., :3]


def _due(case: Case, shown: NDArray[np.uint8]) -> NDArray[np.float64]:
    """By default: the first frame in the middle, the file's first VOI, interpolated."""
    view = View(size=(shown.shape[1], shown.shape[0]), interpolation="bilinear")
    frames = int(case.native.get("NumberOfFrames") or 1)
    return expected.picture(case.native, view, (frames - 1) // 2)
