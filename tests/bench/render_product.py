"""What a picture of a scroll costs in the product itself: all of the page about it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from conformance.files import grey, write_one
from playwright.sync_api import Page
from pydicom import Dataset
from world import running_world

from tests.bench.processes import CountedBrowser
from tests.bench.report import say

SLICES = 60
SIDE = 512
RUNS = 12
WINDOW = {"width": 1180, "height": 920}  # one cell of about 768 x 768
SCROLL = """async (count) => {
  const next = () => new Promise((drawn) => requestAnimationFrame(drawn));
  for (let step = 0; step < count; step += 1) {
    const key = step < count / 2 ? "ArrowDown" : "ArrowUp";
    document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await next();
    await next();
  }
}"""


def measure_product(counted: CountedBrowser) -> None:
    """CPU-ms a picture of all browser processes, words and panels included."""
    with tempfile.TemporaryDirectory() as state:
        images = Path(state) / "images"
        images.mkdir()
        for at in range(SLICES):
            write_one(_slice(at), "bench", 1, images, at + 1)
        with running_world(Path(state), images) as world:
            page = counted.browser.new_page(viewport=WINDOW)
            page.goto(world.launch_url(world.order_ids()[0]))
            page.wait_for_selector('[data-cell="0"][data-status="shown"]')
            _measure(counted, page)
            page.close()


def _measure(counted: CountedBrowser, page: Page) -> None:
    page.keyboard.press("Home")
    page.evaluate(SCROLL, 2 * SLICES)  # not counted: every frame decoded and drawn once
    page.wait_for_load_state("networkidle")
    cell = page.evaluate(
        "(({ width, height }) => [width, height])(window.smartViewer.readPixels(0))"
    )
    taken = []
    for _ in range(RUNS):
        before = counted.cpu_s()
        page.evaluate(SCROLL, SLICES)
        taken.append((counted.cpu_s() - before) * 1000 / SLICES)
    size = f"{cell[0]} × {cell[1]}"
    say(
        f"scroll in the product with its words, cell of {size}", taken, "CPU-ms", "none"
    )


def _slice(at: int) -> Dataset:
    y, x = np.mgrid[:SIDE, :SIDE]
    values = (
        300 * np.sin(x / 17 + at) + 300 * np.cos(y / 23) + (x * 31 + y * 17 + at) % 64
    )
    return grey(
        (values.astype(np.int64) % 65536).astype(np.uint16),
        stored=16,
        signed=True,
        Modality="CT",
        SOPClassUID="1.2.840.10008.5.1.4.1.1.2",
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        ImagePositionPatient=[0, 0, at * 2],
        PixelSpacing=[0.7, 0.7],
        FrameOfReferenceUID="1.2.826.0.1.3680043.10.1677.3",
        ImageType=["ORIGINAL", "PRIMARY", "AXIAL"],
        RescaleSlope=1,
        RescaleIntercept=0,
        RescaleType="HU",
        WindowCenter=40,
        WindowWidth=400,
    )
