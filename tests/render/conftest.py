"""One GL worker for the tests of this folder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from smart_viewer.render.worker import GlRenderer
from smart_viewer.settings import asset_root

VIEWER = Path(__file__).resolve().parents[2] / "viewer"


@pytest.fixture(scope="session")
def shaders():
    """The folder of the shader texts."""
    return asset_root() / "static" / "shaders"


@pytest.fixture(scope="session")
def gl(need, shaders) -> Iterator[GlRenderer]:
    """A renderer on EGL; its worker refuses a picture whose calls left a GL error."""
    need("egl")
    with GlRenderer(shaders, hosts=("egl",)) as renderer:
        yield renderer


@pytest.fixture(scope="session")
def bundled(need, tmp_path_factory) -> Callable[[str], Path]:
    """`bundled(entry)` makes one script of an entry of viewer/, named `harness`."""
    need("node")
    esbuild = VIEWER / "node_modules" / ".bin" / "esbuild"
    if not esbuild.exists():
        pytest.fail("viewer/node_modules is missing: run `npm ci` in viewer/")
    folder = tmp_path_factory.mktemp("bundles")

    def bundle(entry: str) -> Path:
        out = folder / f"{Path(entry).stem}.js"
        options = ["--bundle", "--loader:.glsl=text", "--log-level=error"]
        options += ["--external:fs", "--external:path", "--global-name=harness"]
        command = [esbuild, entry, *options, f"--outfile={out}"]
        subprocess.run(command, cwd=VIEWER, check=True)
        return out

    return bundle


@pytest.fixture(scope="session")
def browser(chromium: Browser) -> Browser:
    """The shared Chromium, with software GL."""
    return chromium
