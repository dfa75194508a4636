"""Fixtures of every test: what a test needs is either there or said to be missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

# No test fails for being slow: the machine may be busy.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

REQUIRE_ALL = os.environ.get("SMART_VIEWER_REQUIRE") == "all"
CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _program(*names: str) -> Callable[[], Path | None]:
    def find() -> Path | None:
        found = next((path for name in names if (path := shutil.which(name))), None)
        return Path(found) if found else None

    return find


def _egl() -> Path | None:
    from ctypes.util import find_library

    name = find_library("EGL")
    return Path(name) if name else None


def _osmesa() -> Path | None:
    from ctypes.util import find_library

    name = find_library("OSMesa")
    return Path(name) if name else None


def _data() -> Path | None:
    folder = os.environ.get("SMART_VIEWER_DATA")
    return Path(folder) if folder and Path(folder).is_dir() else None


def _postgresql() -> Path | None:
    clusters = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return clusters[-1].parent if clusters else None


def _nginx() -> Path | None:
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return Path(found) if found else None


def _orthanc() -> Path | None:
    found = shutil.which("Orthanc", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    plugin = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
    return Path(found) if found and plugin.exists() else None


@cache
def _registry() -> Path | None:
    """Whether pip can reach a package index, asked for one small package."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    with TemporaryDirectory() as folder:
        asked = subprocess.run(
            [*command, "--no-cache-dir", "--dest", folder, "idna"],
            capture_output=True,
            check=False,
        )
    return Path(sys.executable) if asked.returncode == 0 else None


_NEEDS: dict[str, tuple[Callable[[], Path | None], str]] = {
    "chromium": (_program("chromium", "chromium-browser"), "Debian package chromium"),
    "firefox": (_program("firefox-esr", "firefox"), "Debian package firefox-esr"),
    "xvfb": (_program("Xvfb"), "Debian package xvfb"),
    "dciodvfy": (_program("dciodvfy"), "Debian package dicom3tools"),
    "dcmtk": (_program("dcmdjpls"), "Debian package dcmtk"),
    "egl": (_egl, "Debian packages libegl1 libgles2 libgl1-mesa-dri"),
    "osmesa": (_osmesa, "Debian package libosmesa6"),
    "data": (_data, "the folder of real data, named by SMART_VIEWER_DATA"),
    "node": (_program("node"), "Node.js 20 or newer"),
    "registry": (_registry, "a Python package index that can be reached"),
    "orthanc": (_orthanc, "Debian packages orthanc orthanc-dicomweb"),
    "nginx": (_nginx, "Debian package nginx-light"),
    "certutil": (_program("certutil"), "Debian package libnss3-tools"),
    "postgresql": (_postgresql, "Debian package postgresql"),
}


@pytest.fixture(scope="session")
def need() -> Callable[[str], Path]:
    """`need(name)` answers where a thing is, or skips with the reason.

    With SMART_VIEWER_REQUIRE=all (as in CI) a missing thing is a failure.
    """

    def demand(name: str) -> Path:
        find, what = _NEEDS[name]
        found = find()
        if found is not None:
            return found
        if REQUIRE_ALL:
            pytest.fail(f"missing: {what}", pytrace=False)
        pytest.skip(f"missing: {what}")

    return demand


@pytest.fixture(scope="session")
def chromium_flags() -> list[str]:
    """Flags under which every browser test runs: software GL, no own traffic."""
    return list(CHROMIUM_FLAGS)


@pytest.fixture(scope="session")
def start_chromium(
    need: Callable[[str], Path], chromium_flags: list[str]
) -> Iterator[Callable[..., Browser]]:
    """`start_chromium(*flags, home=None)`: Debian's, headless, software GL.

    home: where it looks for the certificate authorities of its user.
    """
    path = str(need("chromium"))
    with sync_playwright() as playwright:

        def start(*flags: str, home: Path | None = None) -> Browser:
            return playwright.chromium.launch(
                executable_path=path,
                env={**os.environ, **({"HOME": str(home)} if home else {})},
                args=[*chromium_flags, *flags],
                ignore_default_args=["--headless"],
            )

        yield start


@pytest.fixture(scope="session")
def chromium(start_chromium: Callable[..., Browser]) -> Iterator[Browser]:
    """The one Chromium that the browser tests share."""
    browser = start_chromium()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the sandbox's sample studies; made once, kept in .cache."""
    from smart_viewer.sandbox.samples import (
        make_samples,
    )

    return make_samples(Path(__file__).parent.parent / ".cache" / "samples").folder
