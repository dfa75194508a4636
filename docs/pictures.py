"""`make pictures`: the README's pictures, taken from the real pages."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from conftest import CHROMIUM_FLAGS
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from world import World, running_world

from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.samples import make_samples

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "pictures"
SIZE = {"width": 1280, "height": 800}


def main() -> None:
    """Write every picture; sizes of a few hundred KiB."""
    FOLDER.mkdir(exist_ok=True)
    samples = make_samples(ROOT / ".cache" / "samples")
    path = shutil.which("chromium")
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
        page = browser.new_page(viewport=SIZE)
        _ehr(page, world)
        _viewer(page, world)
        browser.close()


def _ehr(page: Page, world: World) -> None:
    page.goto(world.ehr_url)
    _save(page, "ehr")


def _viewer(page: Page, world: World) -> None:
    page.goto(world.launch_url(world.order_ids()[0]))
    for cell in (0, 1):
        page.wait_for_selector(f'[data-cell="{cell}"][data-status="shown"]')
    page.wait_for_selector('.status-progress[data-ready="320"]')
    _save(page, "viewer")
    page.keyboard.press(".")  # the next stage: with the prior
    page.wait_for_selector('[data-cell="3"][data-status="shown"]')
    _save(page, "prior")
    page.goto(world.launch_url(world.order_ids()[4]))
    page.wait_for_selector('[data-cell="7"][data-status="shown"]')
    _save(page, "brain")
    page.goto(world.launch_url(world.order_ids()[1]))
    page.wait_for_selector("text=the birth date differs")
    _save(page, "blocked")


def _save(page: Page, name: str) -> None:
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file)
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(256).save(file, optimize=True)
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
