"""Draws cases: files written, indexed, launched as readings, pictures read back."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser
from world import running_world

from conformance.case import Case, View
from conformance.files import SERIES_A_STUDY, write_all
from conformance.page import Ask, Picture, Pixels, Reading, opened
from conformance.serverside import as_shown, request_of
from smart_viewer.errors import SmartViewerError
from smart_viewer.render import cpu
from smart_viewer.render.worker import GlRenderer

SEED = 4
LEAST = 3  # cases of a family in any selection


@dataclass(frozen=True)
class Drawn:
    """One view of one case as each renderer showed it; a reason where it did not."""

    case: Case
    view: View
    frame: int
    chromium: Picture
    serverside: dict[str, Pixels | str]  # "PyOpenGL", "numpy"
    wire: dict[str, Any]  # the display set as the page was told of it


def selected(cases: Iterable[Case], share: float) -> list[Case]:
    """A seeded share of each family, at least LEAST cases; all where share is 1."""
    families: dict[str, list[Case]] = {}
    for case in cases:
        families.setdefault(case.family, []).append(case)
    chosen = random.Random(SEED)
    return [
        case for members in families.values() for case in _some(members, share, chosen)
    ]


def _some(members: list[Case], share: float, chosen: random.Random) -> list[Case]:
    count = max(LEAST, round(share * len(members)))
    if count >= len(members):
        return members
    return [members[at] for at in sorted(chosen.sample(range(len(members)), count))]


def draw_all(
    browser: Browser, harness: Path, gl: GlRenderer, state: Path, cases: Sequence[Case]
) -> list[Drawn]:
    """Every view of every case, through one world; one launch a study."""
    images = state / "images"
    images.mkdir()
    written = write_all(cases, images)
    by_study: dict[int, list[Case]] = {}
    for case in written:
        by_study.setdefault((case.number - 1) // SERIES_A_STUDY, []).append(case)
    drawn: list[Drawn] = []
    with running_world(state, images) as world:
        for study, order in _orders(world.people, by_study):
            with opened(browser, world, order, harness) as reading:
                drawn += _draw_study(reading, gl, study)
    return drawn


def _orders(
    people: Any, by_study: dict[int, list[Case]]
) -> Iterator[tuple[list[Case], str]]:
    """The order of each study, found by its accession number."""
    for order in people.orders:
        number = int(order.accession_number.removeprefix("C")) - 1
        yield by_study[number], order.id


def _draw_study(reading: Reading, gl: GlRenderer, cases: Sequence[Case]) -> list[Drawn]:
    sets = {one["seriesNumber"]: index for index, one in enumerate(reading.sets)}
    tasks = [(c, v, f) for c in cases for v in c.views for f in c.frames]
    asked = [_ask(sets[case.number], case, view, frame) for case, view, frame in tasks]
    pictures = reading.draw(asked)
    return [
        Drawn(
            case,
            view,
            frame,
            picture,
            _serverside(reading, gl, ask, view),
            reading.sets[ask.display_set],
        )
        for (case, view, frame), ask, picture in zip(
            tasks, asked, pictures, strict=True
        )
    ]


def _serverside(
    reading: Reading, gl: GlRenderer, ask: Ask, view: View
) -> dict[str, Pixels | str]:
    try:
        request = request_of(reading, ask.display_set, ask.frame, view)
    except SmartViewerError as cause:
        return {"PyOpenGL": str(cause), "numpy": str(cause)}
    return {
        "PyOpenGL": as_shown(gl.draw(request)),
        "numpy": as_shown(cpu.draw(request)),
    }


def _ask(index: int, case: Case, view: View, frame: int) -> Ask:
    size = view.picture_size(int(case.native.Rows), int(case.native.Columns))
    windows = np.atleast_1d(case.native.get("WindowCenter", [])).size
    return Ask(index, frame, *size, view.page(windows))
