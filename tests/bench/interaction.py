"""The hand on the page: from input to pixel, and how smooth it stays while 320 slices
are decoded. Headless Chromium with software GL; figures hold for this machine only."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from playwright.sync_api import Page, sync_playwright
from world import World, running_world

from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.samples import make_samples
from tests.bench.processes import CountedBrowser, counted_browser
from tests.bench.report import say

CACHE = Path(__file__).parents[2] / ".cache"
RUNS, STEPS = 5, 60
SHOWN = '[data-cell="0"][data-status="shown"]'
ALL_LOADED = ".status-progress[data-total='320'][data-ready='320']"

# Counts every frame, and for each input how long until something was drawn for it,
# until that frame was over, and how many frames lay between.
WATCH = """() => {
  const seen = (window.seen = { frames: [], inputs: [], draws: 0, long: [] });
  let tick = 0, waiting = [];
  const beat = (now) => {
    tick += 1;
    seen.frames.push(now);
    requestAnimationFrame(beat);
  };
  requestAnimationFrame(beat);
  const { drawArrays } = WebGL2RenderingContext.prototype;
  WebGL2RenderingContext.prototype.drawArrays = function (...given) {
    seen.draws += 1;
    const answer = drawArrays.apply(this, given);
    const drawn = performance.now();
    const mine = waiting;
    waiting = [];
    if (mine.length > 0) requestAnimationFrame((next) => {
      for (const { at, since } of mine)
        seen.inputs.push({ drawn: drawn - at, over: next - at, frames: tick - since });
    });
    return answer;
  };
  for (const kind of ["wheel", "pointermove"])
    addEventListener(kind, ({ timeStamp, buttons }) => {
      if (kind === "wheel" || buttons > 0) waiting.push({ at: timeStamp, since: tick });
    }, { capture: true, passive: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.long.push(duration);
  }).observe({ type: "longtask" });
}"""
PRESENTED = """async () => {
  for (let i = 0; i < 4; i++) await new Promise((next) => requestAnimationFrame(next));
}"""
RESET = "() => Object.assign(window.seen, {frames: [], inputs: [], draws: 0, long: []})"


def measure() -> None:
    """Each run opens the page anew, in a fresh profile."""
    path = shutil.which("chromium")
    if path is None:
        print("  Chromium is missing: not measured")
        return
    samples = make_samples(CACHE / "samples")
    runs: dict[str, list[dict[str, Any]]] = {}
    with (
        tempfile.TemporaryDirectory() as state,
        running_world(Path(state), samples.folder, default_people()) as world,
        sync_playwright() as playwright,
        counted_browser(playwright, path) as counted,
    ):
        for _ in range(RUNS):
            with _opened(counted, world) as page:
                _note(runs, "while decoding", _taken(counted, page, _scroll))
                page.wait_for_selector(ALL_LOADED, timeout=120_000)
                _note(runs, "scroll, loaded", _taken(counted, page, _scroll))
                _note(runs, "window drag", _taken(counted, page, _window))
                page.keyboard.press("m")
                _note(runs, "measure drag", _taken(counted, page, _window))
    _say(runs)


@contextmanager
def _opened(counted: CountedBrowser, world: World) -> Iterator[Page]:
    context = counted.browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(f"({WATCH})()")
    page = context.new_page()
    page.goto(world.launch_url(world.order_ids()[0]))
    page.wait_for_selector(SHOWN)
    yield page
    context.close()


def _taken(
    counted: CountedBrowser, page: Page, act: Callable[[Page], None]
) -> dict[str, Any]:
    before = counted.cpu_s()
    page.evaluate(RESET)
    act(page)
    page.evaluate(PRESENTED)
    seen: dict[str, Any] = page.evaluate("() => window.seen")
    ready = page.locator(".status-progress").get_attribute("data-ready")
    return seen | {"cpu_s": counted.cpu_s() - before, "ready": ready}


def _scroll(page: Page) -> None:
    page.mouse.move(450, 400)
    for step in range(STEPS):
        page.mouse.wheel(0, 100 if step % 20 < 10 else -100)


def _window(page: Page) -> None:
    page.mouse.move(400, 400)
    page.mouse.down()
    for step in range(STEPS):
        page.mouse.move(400 + 2 * step, 400 + step)
    page.mouse.up()


def _note(
    runs: dict[str, list[dict[str, Any]]], name: str, taken: dict[str, Any]
) -> None:
    runs.setdefault(name, []).append(taken)


def _say(runs: dict[str, list[dict[str, Any]]]) -> None:
    for name, taken in runs.items():
        inputs = [one for run in taken for one in run["inputs"]]
        draws = [float(run["draws"]) for run in taken]
        say(f"{name}: GL draws", draws, "draws", "0" if name == "measure drag" else "-")
        say(f"{name}: CPU, all processes", [r["cpu_s"] for r in taken], "s", "none")
        if name != "measure drag":
            _spread(f"{name}: input to draw", [i["drawn"] for i in inputs], "ms", "-")
            _spread(f"{name}: to its end", [i["over"] for i in inputs], "ms", "-")
            frames = [float(i["frames"]) for i in inputs]
            _spread(f"{name}: frames between input and draw's end", frames, "", "1–2")
        steps = [
            after - before
            for run in taken
            for before, after in zip(run["frames"], run["frames"][1:], strict=False)
        ]
        _spread(f"{name}: between frames", steps, "ms", "16.7 with a GPU")
        long = [one for run in taken for one in run["long"]]
        print(f"  {name}: main thread blocked over 50 ms: {len(long)} times", end="")
        print(f", longest {max(long, default=0):.0f} ms; n={len(taken)} runs")
    idle = [_median(run) for run in runs["scroll, loaded"]]
    busy = [_median(run) for run in runs["while decoding"]]
    ratios = [b / a for a, b in zip(idle, busy, strict=True)]
    say("input to draw, while decoding / loaded", ratios, "times", "near 1")


def _median(run: dict[str, Any]) -> float:
    values = sorted(one["drawn"] for one in run["inputs"])
    return values[len(values) // 2]


def _spread(what: str, values: list[float], unit: str, target: str) -> None:
    cuts = quantiles(values, n=20)
    print(
        f"  {what}: median {cuts[9]:.1f} {unit}, p95 {cuts[18]:.1f} {unit}, "
        f"n={len(values)}, target {target}"
    )
