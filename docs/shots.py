"""Pictures of the page: `python docs/shots.py FOLDER [STATE or SIZE ...]`.

`make looks` (`python docs/shots.py --looks [STATE ...]`) writes the small pictures that
tests/e2e/test_looks.py compares the page with. Look at them before they are kept.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import CHROMIUM_FLAGS
from likeness import ALL_LOOKS, FOLDER, seen, settle
from looks import SIZES, STATES, views_of
from playwright.sync_api import Browser, sync_playwright
from world import World, running_world

from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.samples import make_samples

ROOT = Path(__file__).parent.parent


@contextmanager
def studio() -> Iterator[tuple[Browser, World]]:
    """A browser, and the demo's own world."""
    samples = make_samples(ROOT / ".cache" / "samples")
    with (
        tempfile.TemporaryDirectory() as state,
        running_world(Path(state), samples.folder, default_people()) as world,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=CHROMIUM_FLAGS,
            ignore_default_args=["--headless"],
        )
        yield browser, world
        browser.close()


def shoot(folder: Path, names: list[str], sizes: list[str]) -> None:
    """Whole pictures, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    with studio() as (browser, world):
        for name in names:
            for size, page in views_of(browser, world, name, sizes):
                page.screenshot(path=folder / f"{name}_{size}.png")
                print(f"{name}_{size}", flush=True)


def write_looks(names: list[str]) -> None:
    """Small pictures, to be compared with."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with studio() as (browser, world):
        for name in names:
            for size, page in views_of(browser, world, name, ALL_LOOKS[name]):
                settle(page)
                file = FOLDER / f"{name}_{size}.webp"
                file.write_bytes(seen(page, size))
                print(f"{file.name}: {file.stat().st_size} B", flush=True)


if __name__ == "__main__":
    first, *rest = sys.argv[1:]
    if first == "--looks":
        write_looks([name for name in rest if name in ALL_LOOKS] or list(ALL_LOOKS))
    else:
        shoot(
            Path(first),
            [name for name in rest if name in STATES] or list(STATES),
            [size for size in rest if size in SIZES] or list(SIZES),
        )
