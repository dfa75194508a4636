"""The wheel runs the demo where there is neither a checkout nor Node."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

ROOT = Path(__file__).parent.parent
BUILD_S = 600
SHOWN_MS = 60_000

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def installed(
    need: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The `bin` folder of an empty environment in which the wheel was installed."""
    need("registry")
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT)
    wheel = next(folder.glob("*.whl"))
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    _run(python, "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return python.parent


@pytest.fixture(scope="module")
def demo_url(
    installed: Path, samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """What `smart-viewer demo` prints, without Node on the PATH."""
    empty = tmp_path_factory.mktemp("elsewhere")
    environment = {"PATH": str(installed), "HOME": str(empty), "LANG": "C.UTF-8"}
    assert shutil.which("node", path=environment["PATH"]) is None
    command = [
        str(installed / "smart-viewer"),
        *("demo", "--no-browser", "--port", "0", "--ehr-port", "0"),
        *("--cache", str(samples.parent.parent)),
    ]
    demo = subprocess.Popen(
        command, cwd=empty, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert demo.stdout is not None
    with demo:
        try:
            said = iter(demo.stdout.readline, "")
            yield next(m[0] for line in said if (m := re.search(r"http://\S+", line)))
        finally:
            demo.terminate()


def test_the_launch_walk_passes_from_the_wheel(demo_url: str, chromium: Browser):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(demo_url)
    with context.expect_page() as opened:
        page.get_by_role(
            "link", name=re.compile("^Launch$|^Launch (?!in frame)")
        ).first.click()
    viewer = opened.value
    expect(viewer.locator('[data-cell="0"]')).to_have_attribute(
        "data-status", "shown", timeout=SHOWN_MS
    )
    context.close()


def test_the_wheel_carries_page_shaders_and_configurations(installed: Path):
    script = (
        "from smart_viewer.settings import asset_root as r; import sys;"
        "names = ['static/dist/main.js', 'static/shaders/frame.frag.glsl',"
        " 'templates/viewer.html', 'launch_configs/sandbox.toml'];"
        "sys.exit([n for n in names if not (r() / n).is_file()] or 0)"
    )
    _run(installed / "python", "-c", script, cwd=installed)


def _run(*command: object, cwd: Path | None = None) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=BUILD_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
