"""Builds one family of samples into an empty folder, and asks dciodvfy about files."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from smart_viewer.sandbox.sample_plan import SampleStudyPlan, SampleTask


def build(
    folder: Path, studies: Iterable[SampleStudyPlan], tasks: Iterable[SampleTask]
) -> None:
    """Runs the tasks in a folder that holds the empty folders of all series."""
    for study in studies:
        for series in study.series:
            (folder / series.key).mkdir(parents=True)
    for task in tasks:
        task.write(folder)


def files_of(folder: Path, study: SampleStudyPlan) -> list[Path]:
    """The study's files, in the order of its series and of InstanceNumber."""
    return [
        folder / series.key / f"{number:04d}.dcm"
        for series in study.series
        for number in range(1, series.count + 1)
    ]


def said_by(program: Path, path: Path) -> list[str]:
    """The lines that dciodvfy prints about a file."""
    ran = subprocess.run([program, path], capture_output=True, text=True, check=False)
    return (ran.stdout + ran.stderr).strip().splitlines()
