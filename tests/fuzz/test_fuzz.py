"""The fuzz targets: a short campaign always, a long one by hand. Oracle: no crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.campaign import input_of, run
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("target", TARGETS)
def test_the_seeds_are_understood(target):
    """Seeds that the code refuses would fuzz its first line only."""
    for seed in TARGETS[target].seeds():
        TARGETS[target].run(seed)


@pytest.mark.parametrize("target", TARGETS)
def test_damaged_input_is_taken_or_refused_with_our_own_errors(target, tmp_path):
    mark = tmp_path / "mark"
    run_alone = (
        "import sys; from pathlib import Path; from tests.fuzz.campaign import run;"
        f"found = run({target!r}, 3, 0, 150, Path({str(mark)!r})).findings;"
        "sys.exit('; '.join(map(str, found)) or 0)"
    )

    done = subprocess.run(
        [sys.executable, "-c", run_alone],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
    )

    assert done.returncode == 0, done.stderr[-2000:]


def test_an_input_can_be_made_again():
    assert input_of("decode", 5, 77) == input_of("decode", 5, 77)
    assert input_of("decode", 5, 77) != input_of("decode", 5, 78)
    assert run.__doc__ and "mark" in run.__doc__


@pytest.mark.slow
def test_a_long_campaign_finds_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "100000"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
    )

    assert done.returncode == 0, done.stdout
