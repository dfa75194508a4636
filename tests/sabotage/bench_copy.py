"""A copy of the package without one of its defences, and the tests run on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from sabotage.catalogue import PACKAGE, ROOT, Sabotage

BESIDE = (
    "templates",
    "static",
    "launch_configs",
    "tests",
    "docs",
    "viewer",
    "deploy",
    "pyproject.toml",
    "README.md",
    ".cache",
)


@dataclass(frozen=True)
class Outcome:
    """What the named tests did. red: those that failed; green: those that did not.

    broken: the tests did not run at all, which proves nothing.
    """

    sabotage: Sabotage
    red: tuple[str, ...] = ()
    green: tuple[str, ...] = ()
    broken: str = ""

    @property
    def is_red(self) -> bool:
        """Every named test ran and found the weakness."""
        return bool(self.red) and not self.green and not self.broken


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """The package in `folder`, and what it needs beside it."""
    shutil.copytree(
        PACKAGE, folder / "smart_viewer", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in BESIDE:
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    try:
        yield folder
    finally:
        shutil.rmtree(folder / "smart_viewer")


def tried(folder: Path, sabotage: Sabotage) -> Outcome:
    """Take the defence out, run the tests, put it back."""
    file = folder / "smart_viewer" / sabotage.file
    before = file.read_text("utf-8")
    file.write_text(sabotage.applied(before), "utf-8")
    _forget_compiled(file)
    try:
        return _run(folder, sabotage)
    finally:
        file.write_text(before, "utf-8")
        _forget_compiled(file)


def _forget_compiled(file: Path) -> None:
    """Two versions of one size within a second have the same compiled file."""
    for one in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        one.unlink()


def _run(folder: Path, sabotage: Sabotage) -> Outcome:
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    arguments = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, *sabotage.tests],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'tests'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if not report.exists() or done.returncode not in {0, 1}:
        return Outcome(sabotage, broken=done.stdout[-2000:] + done.stderr[-2000:])
    failed = {
        f"{str(case.get('classname')).replace('.', '/')}.py::{_name(case)}"
        for case in ElementTree.parse(report).iter("testcase")
        if case.find("failure") is not None
    }
    red = [t for t in sabotage.tests if any(one.startswith(t) for one in failed)]
    green = [test for test in sabotage.tests if test not in red]
    return Outcome(sabotage, tuple(red), tuple(green))


def _name(case: ElementTree.Element) -> str:
    return str(case.get("name")).partition("[")[0]
