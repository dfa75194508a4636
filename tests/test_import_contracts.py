"""The walls of the house hold: a planted violation is found (STYLE 12)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and its contracts, apart from the checkout."""
    folder = tmp_path_factory.mktemp("house")
    ignore = shutil.ignore_patterns("__pycache__", "_assets")
    shutil.copytree(ROOT / "smart_viewer", folder / "smart_viewer", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [command, "--no-cache"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_as_it_stands_keeps_every_contract(copy):
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("imaging", "import smart_viewer.web", "A room imports lower floors only"),
        (
            "fhir",
            "import smart_viewer.launch.scopes",
            "A room imports lower floors only",
        ),
        (
            "sandbox",
            "import smart_viewer.errors",
            "The sandbox imports nothing of ours",
        ),
        ("web", "import smart_viewer.sandbox.serve", "Only demo knows the sandbox"),
        ("web", "import requests", "requests and urllib3 stay in net"),
        ("reading", "import pydicom", "pydicom stays in dicom"),
        ("archive", "import authlib.oauth2", "authlib and joserfc stay in launch"),
    ],
)
def test_a_planted_violation_breaks_its_contract(copy, room, line, contract):
    planted = copy / "smart_viewer" / room / "planted.py"
    planted.write_text(f'"""Planted."""\n{line}\n')
    try:
        done = lint_imports(copy)
    finally:
        planted.unlink()
    broken = [text for text in done.stdout.splitlines() if " BROKEN" in text]
    assert done.returncode != 0
    assert any(text.startswith(contract) for text in broken), done.stdout
