"""What drawing costs: our renderer beside Cornerstone3D in the same Chromium.

512 x 512 of 16 bits to 768 x 768 in software GL, fed from memory, one picture an
animation frame. CPU time of all browser processes, so that neither side can hide its
work in another process. The peer is installed into .cache, by its own package.json.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.bench.processes import CountedBrowser, counted_browser
from tests.bench.render_product import measure_product
from tests.bench.report import say, say_ratio

ROOT = Path(__file__).parents[2]
PEER = Path(__file__).parent / "peer"
CACHE = ROOT / ".cache" / "bench-peer"
PAIRS = 12
FRAMES = 60  # a run; as many different images
KEPT = 8  # images that the GPU may keep when each is to be sent anew

MAKE_FRAMES = """
  const frames = Array.from({ length: COUNT }, (_, z) => {
    const pixels = new Int16Array(WIDTH * HEIGHT);
    for (let i = 0; i < pixels.length; i++) {
      const [x, y] = [i % WIDTH, (i / WIDTH) | 0];
      const noise = (x * 31 + y * 17 + z) % 64;
      pixels[i] = 300 * Math.sin(x / 17 + z) + 300 * Math.cos(y / 23) + noise;
    }
    return { width: WIDTH, height: HEIGHT, pixels };
  });
"""


def measure() -> None:
    """Medians over interleaved pairs; the ratio pair by pair."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("  Chromium is missing: not measured")
        return
    with (
        _served(_scripts()) as address,
        sync_playwright() as playwright,
        counted_browser(playwright, chromium) as counted,
    ):
        _measure_scroll(counted, address)
        _measure_window(counted, address)
        _measure_large(counted, address)
        measure_product(counted)


def _measure_scroll(counted: CountedBrowser, address: str) -> None:
    ours = _page(counted, address, "ours", f"ours.open(frames, {KEPT})")
    kept = _page(counted, address, "ours", f"ours.open(frames, {FRAMES})")
    peer = _page(counted, address, "peer", "peer.open(frames)")
    for page, name in ((ours, "ours"), (kept, "ours"), (peer, "peer")):
        _run(counted, page, f"{name}.scroll({FRAMES})")  # not counted: warming up
    runs = [
        (
            _run(counted, ours, f"ours.scroll({FRAMES})"),
            _run(counted, peer, f"peer.scroll({FRAMES})"),
            _run(counted, kept, f"ours.scroll({FRAMES})"),
        )
        for _ in range(PAIRS)
    ]
    cold, theirs, warm = zip(*runs, strict=True)
    what = "scroll 512² 16 bit to 768², renderer only"
    say(f"{what}, every image sent anew", list(cold), "CPU-ms", "at most 50")
    say(f"{what}, images kept on the GPU", list(warm), "CPU-ms", "at most 50")
    say(f"{what}, Cornerstone3D 5.14", list(theirs), "CPU-ms", "none")
    say_ratio("Cornerstone3D against ours sent anew", list(cold), list(theirs))
    for page in (ours, kept, peer):
        page.close()


def _measure_window(counted: CountedBrowser, address: str) -> None:
    ours = _page(counted, address, "ours", f"ours.open(frames, {FRAMES})")
    peer = _page(counted, address, "peer", "peer.open(frames)")
    for page, name in ((ours, "ours"), (peer, "peer")):
        _run(counted, page, f"{name}.window_({FRAMES})")
    before = ours.evaluate("ours.uploaded()")
    runs = [
        (
            _run(counted, ours, f"ours.window_({FRAMES})"),
            _run(counted, peer, f"peer.window_({FRAMES})"),
        )
        for _ in range(PAIRS)
    ]
    mine, theirs = zip(*runs, strict=True)
    say("window step, 512² to 768²", list(mine), "CPU-ms", "none")
    say("the same, Cornerstone3D 5.14", list(theirs), "CPU-ms", "none")
    say_ratio("Cornerstone3D against ours", list(mine), list(theirs))
    sent = ours.evaluate("ours.uploaded()") - before
    print(
        f"  images sent to the GPU in {PAIRS * FRAMES} window steps: {sent}, target 0"
    )
    ours.close()
    peer.close()


def _measure_large(counted: CountedBrowser, address: str) -> None:
    page = _page(
        counted, address, "ours", "ours.open(frames, 1)", size=(2500, 3000), count=1
    )
    _run(counted, page, f"ours.window_({FRAMES})")
    cpu, wall = [], []
    for _ in range(PAIRS):
        cpu.append(_run(counted, page, f"ours.window_({FRAMES})"))
        wall.append(page.evaluate(f"ours.window_({FRAMES})") / FRAMES)
    say("window step, 3000 × 2500 to 768²", cpu, "CPU-ms", "interactive")
    say("the same, from picture to picture", wall, "ms", "interactive")
    page.close()


def _run(counted: CountedBrowser, page: Page, act: str) -> float:
    """CPU milliseconds a picture."""
    page.bring_to_front()
    before = counted.cpu_s()
    page.evaluate(act)
    return (counted.cpu_s() - before) * 1000 / FRAMES


def _page(
    counted: CountedBrowser,
    address: str,
    name: str,
    opening: str,
    size: tuple[int, int] = (512, 512),
    count: int = FRAMES,
) -> Page:
    page = counted.browser.new_page(viewport={"width": 800, "height": 800})
    page.goto(f"{address}/{name}.html")
    width, height = size
    make = MAKE_FRAMES.replace("COUNT", str(count))
    make = make.replace("WIDTH", str(width)).replace("HEIGHT", str(height))
    page.evaluate(f"async () => {{ {make} await {opening}; }}")
    return page


def _scripts() -> Path:
    """A folder with both pages, bundled."""
    (CACHE / "dist").mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "peer.js"):
        shutil.copy(PEER / name, CACHE / name)
    if not (CACHE / "node_modules").exists():
        npm = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(npm, cwd=CACHE, check=True)
    _bundle(ROOT / "viewer", "test/renderBench.ts", "ours")
    _bundle(CACHE, "peer.js", "peer")
    return CACHE / "dist"


def _bundle(folder: Path, entry: str, name: str) -> None:
    esbuild = ROOT / "viewer" / "node_modules" / ".bin" / "esbuild"
    options = ["--bundle", "--minify", "--loader:.glsl=text", "--log-level=error"]
    options += [f"--global-name={name}", "--define:global=globalThis"]
    subprocess.run(
        [esbuild, entry, *options, f"--outfile={CACHE / 'dist' / name}.js"],
        cwd=folder,
        check=True,
    )
    (CACHE / "dist" / f"{name}.html").write_text(
        f'<!doctype html><meta charset="utf-8"><body><script src="{name}.js"></script>'
    )


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the measures are the output."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
