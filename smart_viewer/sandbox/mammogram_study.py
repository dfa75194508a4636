"""Screening mammograms of one woman: now, and a year ago on an older machine.

Since then a mass in the right breast has grown, and the left breast has got a cluster
of microcalcifications.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from smart_viewer.sandbox.identity import (
    MAMMOGRAM_PATIENT,
    MAMMOGRAM_PRIOR,
    SampleIdentity,
    uid_of,
)
from smart_viewer.sandbox.mammogram_breast import SEED, WIDTH_MM, Projection, Side
from smart_viewer.sandbox.mammogram_dataset import (
    NEW_CONSOLE,
    OLD_CONSOLE,
    Console,
    View,
    write_mammogram,
)
from smart_viewer.sandbox.mammogram_film import Cluster, Lesion, Mass, picture
from smart_viewer.sandbox.sample_plan import (
    SampleSeriesPlan,
    SampleStudyPlan,
    SampleTask,
)

_MASS_AT: dict[Projection, tuple[float, float]] = {
    "CC": (34.0, 172.0),
    "MLO": (33.0, 196.0),
}
_CLUSTER_AT: dict[Projection, tuple[float, float]] = {
    "CC": (58.0, 112.0),
    "MLO": (58.0, 120.0),
}
MASS = Mass("R", _MASS_AT, 12.0)
MASS_A_YEAR_AGO = Mass("R", _MASS_AT, 7.0)
CLUSTER = Cluster(
    "L",
    _CLUSTER_AT,
    (
        (0.0, 0.0),
        (2.4, 1.2),
        (-1.8, 2.1),
        (1.1, -2.6),
        (-3.0, -1.0),
        (3.6, -0.9),
        (-0.6, 3.9),
        (-2.2, -3.4),
        (4.1, 2.9),
    ),
)
"""Nine specks within a centimetre."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One study: whose, by which machine, its four views and what is to be found."""

    who: SampleIdentity
    console: Console
    views: tuple[View, ...]
    lesions: tuple[Lesion, ...]


def _views(study: str) -> tuple[View, ...]:
    order: tuple[tuple[Side, Projection], ...] = (
        ("R", "CC"),
        ("L", "CC"),
        ("R", "MLO"),
        ("L", "MLO"),
    )
    return tuple(_view(study, n, *which) for n, which in enumerate(order, start=1))


def _view(study: str, number: int, side: Side, projection: Projection) -> View:
    key = f"{study}/{side}_{projection}".lower()
    name = f"{side} {projection}"
    series = SampleSeriesPlan(key, uid_of(f"{key}/series"), number, "MG", name, 1)
    curved = study == "mammogram" and name == "L MLO"
    return View(series, side, projection, "SIGMOID" if curved else "LINEAR")


VISITS: dict[str, Visit] = {
    "mammogram": Visit(
        MAMMOGRAM_PATIENT, NEW_CONSOLE, _views("mammogram"), (MASS, CLUSTER)
    ),
    "mammogram_prior": Visit(
        MAMMOGRAM_PRIOR, OLD_CONSOLE, _views("mammogram_prior"), (MASS_A_YEAR_AGO,)
    ),
}
"""Study key -> what it holds."""

STUDIES: tuple[SampleStudyPlan, ...] = tuple(
    SampleStudyPlan(visit.who, key, ("MG",), tuple(v.series for v in visit.views))
    for key, visit in VISITS.items()
)


def tasks() -> tuple[SampleTask, ...]:
    """One for each mammogram."""
    return tuple(
        SampleTask(
            0.35 if visit.console is NEW_CONSOLE else 0.25, partial(_write, visit, v)
        )
        for visit in VISITS.values()
        for v in visit.views
    )


def _write(visit: Visit, view: View, folder: Path) -> None:
    seed = (SEED, 90, *view.series.key.encode())
    pixel_mm = visit.console.pixel_mm
    shades = picture(view.side, view.projection, visit.lesions, pixel_mm, seed)
    path = folder / view.series.key / "0001.dcm"
    write_mammogram(path, visit.who, visit.console, view, shades)


def pixel_of(
    console: Console, side: Side, at_mm: tuple[float, float]
) -> tuple[int, int]:
    """Nearest (row, column), from 0, of a place (u, v) in the breast."""
    u = WIDTH_MM - at_mm[0] if side == "R" else at_mm[0]
    row, column = at_mm[1] / console.pixel_mm - 0.5, u / console.pixel_mm - 0.5
    return round(row), round(column)
