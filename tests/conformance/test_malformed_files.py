"""Broken and rare files: each is shown right or refused by name, and the rest works.

Oracles: dcmtk's decoders, or the sound twin of a file that other programs do not read.
Memory and time: a child process that the kernel ends beyond its limits.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from world import running_world

from conformance import expected
from conformance.case import Case, View
from conformance.families_grey import identity_windows
from conformance.files import write_all
from conformance.judge import Ledger, difference
from conformance.monsters import written
from conformance.page import Ask, opened
from conformance.real_campaign import Found, show_lot
from conformance.real_files import MALFORMED, malformed, rounds

TESTS = Path(__file__).parents[1]
EVERY = 6  # of the monsters, in the selection
SHARES = (
    pytest.param(EVERY, id="selection"),
    pytest.param(1, id="all", marks=pytest.mark.slow),
)
REFUSED_AT_ONCE = 3  # malformed files without what an archive needs to keep an image


def _bounded(file: Path) -> dict[str, Any]:
    """What became of the file in a process of few means; fails where that ended it."""
    command = [sys.executable, "-m", "conformance.bounded_child", str(file)]
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    ran = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{file.name}: {ran.returncode} {ran.stderr[-400:]}"
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def _is_said(told: dict[str, Any]) -> bool:
    """Whether the file is drawn or something says in words why not."""
    refused = all(
        drawn or "REFUSED" in words or "FAILED" in words
        for drawn, words in told["tiles"]
    )
    return refused and bool(told["tiles"] or told["failed"])


@pytest.mark.data
def test_no_malformed_file_takes_more_than_its_means(
    need: Callable[[str], Path], ledger: Ledger
) -> None:
    files = sorted(
        one for one in (need("data") / MALFORMED).rglob("*") if one.is_file()
    )
    for file in files:
        told = _bounded(file)
        ledger.note("malformed", "resource limits", 0.0)
        assert _is_said(told), (file.name, told)


@pytest.mark.parametrize("every", SHARES)
def test_no_monster_takes_more_than_its_means(
    tmp_path: Path, ledger: Ledger, every: int
) -> None:
    for name, path in list(written(tmp_path))[::every]:
        told = _bounded(path)
        ledger.note("monsters", "resource limits", 0.0)
        assert _is_said(told), (name, told)


@pytest.mark.browser
@pytest.mark.debian
@pytest.mark.data
@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_every_malformed_image_is_shown_right_or_refused_by_name(
    need: Callable[[str], Path], chromium: Browser, harness: Path, ledger: Ledger
) -> None:
    need("dcmtk")
    files = malformed(need("data"))
    found = Found()
    for lot in rounds(files):
        show_lot(chromium, harness, lot, found, ledger, all_frames=True)
    ledger.remark("refused", found.refused)
    silent = {one.name for one in files} - {*found.shown, *found.refused}
    assert found.faults == []
    assert found.unjudged == {}
    assert silent == {"bad_sequence.dcm"}  # no SOP Instance UID: the archive refuses it


@pytest.mark.browser
def test_an_image_beside_monsters_is_shown_and_each_of_them_says_why_not(
    chromium: Browser, harness: Path, tmp_path: Path
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    monsters = len(list(written(images)))
    (sound,) = write_all([next(iter(identity_windows()))], images, first=monsters + 1)
    with running_world(tmp_path, images) as world:
        (order,) = world.order_ids()
        with opened(chromium, world, order, harness) as reading:
            sets = {
                told["seriesNumber"]: index for index, told in enumerate(reading.sets)
            }
            whole = _whole(sets[sound.number], sound)
            largest_first = sorted(sets, key=lambda n: -_pixels(reading.sets[sets[n]]))
            pairs = [reading.draw([_small(sets[n]), whole]) for n in largest_first]
    due = expected.picture(sound.dataset, View())
    assert len(pairs) == monsters + 1
    for beside, shown in pairs:
        assert beside.pixels is not None or "nothing says why" not in beside.refusal
        assert shown.pixels is not None, (beside.refusal, shown.refusal)
        assert difference(shown.pixels, due, exact=True) == 0


def _pixels(told: dict[str, Any]) -> int:
    image = told["image"]
    return 0 if image is None else image["rows"] * image["columns"]


def _small(index: int) -> Ask:
    return Ask(index, 0, 16, 16, View().page(1))


def _whole(index: int, case: Case) -> Ask:
    return Ask(
        index, 0, int(case.dataset.Columns), int(case.dataset.Rows), View().page(1)
    )
