"""From the EHR's redirect to the first true pixel, in Chromium with software GL."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from time import perf_counter

from conftest import CHROMIUM_FLAGS
from playwright.sync_api import Browser, sync_playwright
from world import World, running_world

from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.samples import make_samples
from tests.bench.report import say

RUNS = 10
CACHE = Path(__file__).parents[2] / ".cache"


def measure() -> None:
    """Cold profile each run. The server shares the machine with the browser."""
    samples = make_samples(CACHE / "samples")
    path = shutil.which("chromium")
    if path is None:
        print("  Chromium is missing: not measured")
        return
    with (
        tempfile.TemporaryDirectory() as state,
        running_world(Path(state), samples.folder, default_people()) as world,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=path,
            args=CHROMIUM_FLAGS,
            ignore_default_args=["--headless"],
        )
        _launch(browser, world)  # not counted: the server's own warming up
        runs = [_launch(browser, world) for _ in range(RUNS)]
        browser.close()
    pixel, context, page = zip(*runs, strict=True)
    say("callback to first diagnostic pixel", list(pixel), "s", "under 1.0 s")
    say("of that, until the page's first byte", list(context), "s", "none")
    say("navigation of the page to first pixel", list(page), "s", "none")


def _launch(browser: Browser, world: World) -> tuple[float, float, float]:
    """Seconds: callback → pixel, callback → page answered, page → pixel."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    began: list[float] = []
    page.on(
        "request",
        lambda asked: (
            began.append(perf_counter()) if "/callback" in asked.url else None
        ),
    )
    answered: list[float] = []
    page.on(
        "response",
        lambda told: (
            answered.append(perf_counter())
            if told.url.startswith(f"{world.app_url}/r/") and "/d/" not in told.url
            else None
        ),
    )
    page.goto(world.launch_url(world.order_ids()[0]), wait_until="commit")
    page.wait_for_selector('[data-cell="0"][data-status="shown"]')
    times = page.evaluate(
        """() => ({
          pixel: performance.getEntriesByName("sv:first-pixel")[0].startTime,
          start: performance.getEntriesByType("navigation")[0].fetchStart,
          redirect: performance.getEntriesByType("navigation")[0].redirectStart,
        })"""
    )
    first_pixel = (times["pixel"] - times["start"]) / 1000
    waited = answered[0] - began[0]
    context.close()
    return waited + first_pixel, waited, first_pixel
