"""Questions to plan and page that are no pictures: order, spacing, letters, time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from pydicom import Dataset
from world import running_world

from conformance.case import View
from conformance.files import write_one
from conformance.judge import Ledger
from conformance.page import Ask, Reading, opened

NEAR = 1e-6  # relative, of numbers


@dataclass(frozen=True)
class Answer:
    """One thing that was asked: what is due, what the product says."""

    about: str
    due: Any
    found: Any
    tolerance: float = NEAR


@dataclass(frozen=True)
class Series:
    """One series as the reading shows it: its display sets, and ways to ask."""

    reading: Reading
    indices: tuple[int, ...]
    files: tuple[Path, ...]

    @property
    def sets(self) -> list[dict[str, Any]]:
        """Its display sets as the page was told of them."""
        return [self.reading.sets[index] for index in self.indices]

    @property
    def image(self) -> dict[str, Any]:
        """The image table of its only display set."""
        (one,) = self.sets
        assert one["image"] is not None, one["refusal"]
        return dict(one["image"])

    def instances(self, at: int = 0) -> list[int]:
        """The images of a display set in order, by the numbers of their files."""
        planned = self.reading.planned(self.indices[at])
        uids = [planned.sop_instance_uids[place.instance] for place in planned.frames]
        return [int(uid.rsplit(".", 1)[-1]) for uid in uids]

    def look(self, view: View, at: int = 0, frame: int = 0) -> Any:
        """The picture and what is said of it."""
        image = self.sets[at]["image"]
        size = view.picture_size(image["rows"], image["columns"])
        (picture,) = self.reading.draw(
            [Ask(self.indices[at], frame, *size, view.page(0))]
        )
        return picture

    def ask(self, name: str, **given: Any) -> Any:
        """One of the page's functions about this series' first display set."""
        return self.reading.ask(
            name, {"displaySet": self.indices[0], "frameIndex": 0, **given}
        )


@dataclass(frozen=True)
class Question:
    """A series of images, and what is asked of it."""

    family: str
    oracle: str
    name: str
    datasets: Sequence[Dataset]
    answers: Callable[[Series], Iterator[Answer]]


def ask_all(
    browser: Browser,
    harness: Path,
    state: Path,
    questions: Sequence[Question],
    ledger: Ledger,
) -> list[str]:
    """Write every series, launch once, ask; the faults."""
    images = state / "images"
    images.mkdir()
    files = {n: _write(q, n, images) for n, q in enumerate(questions, start=1)}
    faults = []
    with running_world(state, images) as world:
        (order,) = world.order_ids()
        with opened(browser, world, order, harness) as reading:
            for number, question in enumerate(questions, start=1):
                indices = [
                    i
                    for i, one in enumerate(reading.sets)
                    if one["seriesNumber"] == number
                ]
                series = Series(reading, tuple(indices), files[number])
                faults += [
                    _judge(question, answer, ledger)
                    for answer in question.answers(series)
                ]
    return [fault for fault in faults if fault]


def _write(question: Question, number: int, folder: Path) -> tuple[Path, ...]:
    about = f"{question.family} {number}"
    return tuple(
        write_one(dataset, about, number, folder, image)
        for image, dataset in enumerate(question.datasets, start=1)
    )


def _judge(question: Question, answer: Answer, ledger: Ledger) -> str:
    off = _difference(answer.due, answer.found)
    fault = ""
    if off > answer.tolerance:
        said = f"{answer.found!r} where {answer.due!r} is due"
        fault = f"{question.family}, {question.name}, {answer.about}: {said}"
    ledger.note(question.family, question.oracle, 0.0 if fault else off, fault)
    return fault


def _difference(due: Any, found: Any) -> float:
    """Relative where both are numbers; else 0 where equal, infinite where not."""
    if isinstance(due, int | float) and isinstance(found, int | float):
        return abs(found - due) / max(abs(due), 1e-12) if due else abs(found)
    if (
        isinstance(due, list | tuple)
        and isinstance(found, list | tuple)
        and len(due) == len(found)
    ):
        return max(
            (_difference(d, f) for d, f in zip(due, found, strict=True)), default=0.0
        )
    return 0.0 if due == found else float("inf")
