"""The viewer's own page with its panels left out: plan in, pictures out.

The server's HTML, plan and frame routes are the product's; only `main.js` is replaced
by viewer/test/conformanceHarness.ts, which joins the page's own decoding, views and
engine without the panels, so that thousands of pictures are drawn in one page.
"""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page
from world import World

from smart_viewer.reading.holder import Holder
from smart_viewer.reading.plan import PlannedSet, ReadingPlan
from smart_viewer.settings import asset_root

VIEWER = asset_root() / "viewer"
HARNESS = "test/conformanceHarness.ts"
ASKED_AT_ONCE = 400
COMPLETED_TRIES = 200
OPENED_MS = 60_000

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Ask:
    """One picture: a frame of a display set, `view` as the page's ViewState."""

    display_set: int
    frame: int
    width: int
    height: int
    view: dict[str, Any]

    def json(self) -> dict[str, Any]:
        """As the harness reads it."""
        return {
            "displaySet": self.display_set,
            "frameIndex": self.frame,
            "width": self.width,
            "height": self.height,
            "view": self.view,
        }


@dataclass(frozen=True)
class Picture:
    """pixels: (height, width) where grey, (height, width, 3) in colour; or refused."""

    pixels: Pixels | None
    refusal: str
    resolved: dict[str, Any] | None
    badges: tuple[str, ...] = ()


def bundled(folder: Path) -> Path:
    """The harness as one module, in the place of the viewer's main.js."""
    out = folder / "conformanceHarness.js"
    esbuild = VIEWER / "node_modules" / ".bin" / "esbuild"
    options = ["--bundle", "--format=esm", "--loader:.glsl=text", "--log-level=error"]
    options += ["--jsx=automatic", "--jsx-import-source=preact"]
    subprocess.run(
        [esbuild, HARNESS, *options, f"--outfile={out}"], cwd=VIEWER, check=True
    )
    return out


class Reading:
    """One launched reading: what the page was told, and what it draws."""

    def __init__(self, page: Page, world: World) -> None:
        self._page = page
        self.wire: dict[str, Any] = page.evaluate("window.conformance.plan")
        self.house = world.house
        self.holder = _holder(world, page.url)

    @property
    def sets(self) -> list[dict[str, Any]]:
        """The display sets as the page knows them."""
        return list(self.wire["displaySets"])

    def planned(self, index: int) -> PlannedSet:
        """The same display set as the server knows it, with its UIDs."""
        return self.holder.plan.display_sets[index]

    def draw(self, asked: Sequence[Ask]) -> list[Picture]:
        """One picture for each, in order."""
        drawn: list[Picture] = []
        for start in range(0, len(asked), ASKED_AT_ONCE):
            part = asked[start : start + ASKED_AT_ONCE]
            answers = self._page.evaluate(
                "(asked) => window.conformance.draw(asked)",
                [one.json() for one in part],
            )
            drawn += [_picture(a, o) for a, o in zip(answers, part, strict=True)]
        return drawn

    def ask(self, name: str, *given: Any) -> Any:
        """What one of the page's own functions answers; see the harness."""
        call = "([name, given]) => window.conformance[name](...given)"
        return self._page.evaluate(call, [name, list(given)])


def _picture(answer: dict[str, Any], asked: Ask) -> Picture:
    if answer["base64"] == "":
        return Picture(
            None, answer["refusal"], answer["resolved"], tuple(answer["badges"])
        )
    data = np.frombuffer(base64.b64decode(answer["base64"]), dtype=np.uint8)
    shape = (asked.height, asked.width)
    grey = answer["samples"] == 1
    pixels = data.reshape(shape if grey else (*shape, 3))
    return Picture(pixels, "", answer["resolved"], tuple(answer["badges"]))


def _holder(world: World, url: str) -> Holder:
    """Who opened the reading whose page that is, out of the server's own store."""
    reading_id = url.rstrip("/").rsplit("/", 1)[-1]
    head = world.house.store.readings.head(reading_id, world.house.clock())
    row = world.house.store.readings.read(reading_id, world.house.clock())
    assert head is not None and row is not None, url
    plan = ReadingPlan.from_json(row.payload)
    return Holder(
        reading_id,
        head.grant_id,
        head.revision,
        head.browser_hash,
        head.expires_at,
        plan,
    )


def _wait_for_harness(page: Page) -> None:
    page.wait_for_function("() => 'conformance' in window", timeout=OPENED_MS)


@contextmanager
def opened(
    browser: Browser, world: World, order_id: str, harness: Path
) -> Iterator[Reading]:
    """Launch the order as the EHR would, with the harness in the page's place."""
    context = browser.new_context(viewport={"width": 800, "height": 600})
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.route("**/static/dist/main.js", lambda route: route.fulfill(path=harness))
    page = context.new_page()
    try:
        page.goto(world.launch_url(order_id))
        _wait_for_harness(page)
        for _ in range(COMPLETED_TRIES):  # a busy machine has the plan a little later
            if page.evaluate("window.conformance.plan.complete"):
                break
            page.reload()
            _wait_for_harness(page)
        yield Reading(page, world)
        assert errors == []
    except Exception:
        print("page:", errors)
        raise
    finally:
        context.close()
