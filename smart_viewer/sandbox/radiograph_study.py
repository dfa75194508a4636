"""Chest radiographs of one patient: now, five months ago and twenty-two months ago.

A consolidation of the right lung stands in the study of five months ago and has gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from smart_viewer.sandbox.identity import (
    RADIOGRAPH_PATIENT,
    RADIOGRAPH_PRIOR_1,
    RADIOGRAPH_PRIOR_2,
    SampleIdentity,
    uid_of,
)
from smart_viewer.sandbox.radiograph_anatomy import SEED, Direction, Grid, trace
from smart_viewer.sandbox.radiograph_dataset import (
    MAGNIFICATION,
    PIXEL_MM,
    View,
    write_radiograph,
)
from smart_viewer.sandbox.radiograph_film import Film, enlarged, expose, rendered
from smart_viewer.sandbox.radiograph_shadows import cast
from smart_viewer.sandbox.sample_plan import (
    SampleSeriesPlan,
    SampleStudyPlan,
    SampleTask,
)
from smart_viewer.sandbox.shapes import Floats, as_floats

ROWS = 1280
COLUMNS: dict[Direction, int] = {"PA": 1408, "LL": 1152}
TOP_MM = 316.0
"""Height of the first row's upper edge, in the phantom's own space."""
OBJECT_PIXEL_MM = PIXEL_MM / MAGNIFICATION
MARKER_PIXELS = (slice(70, 150), slice(1220, 1272))
"""Rows and columns of the lead letter L in every PA view: at the patient's left."""
_NAMES: dict[Direction, str] = {"PA": "CHEST PA", "LL": "CHEST LATERAL LEFT"}


def _pa(bits: int) -> Film:
    return Film(0.9, 3.4, bits)


def _ll(bits: int) -> Film:
    return Film(1.1, 4.5, bits)


def _view(study: str, name: str, film: Film, stands: tuple[int, int]) -> View:
    direction: Direction = "PA" if name == "pa" else "LL"
    key, number = f"{study}/{name}", 1 if name == "pa" else 2
    uid = uid_of(f"{key}/series")
    series = SampleSeriesPlan(key, uid, number, "DX", _NAMES[direction], 1)
    return View(series, direction, film, stands)


@dataclass(frozen=True, slots=True)
class Visit:
    """One study: whose, what was taken, and whether the lung is consolidated."""

    who: SampleIdentity
    views: tuple[View, ...]
    consolidated: bool


VISITS: dict[str, Visit] = {
    "radiograph": Visit(
        RADIOGRAPH_PATIENT,
        (
            _view("radiograph", "pa", _pa(12), (0, 0)),
            _view("radiograph", "lat", _ll(12), (0, 0)),
        ),
        False,
    ),
    "radiograph_prior_1": Visit(
        RADIOGRAPH_PRIOR_1,
        (
            replace(_view("radiograph_prior_1", "pa", _pa(14), (14, -22)), raw=True),
            replace(_view("radiograph_prior_1", "lat", _ll(14), (10, 16)), raw=True),
        ),
        True,
    ),
    "radiograph_prior_2": Visit(
        RADIOGRAPH_PRIOR_2,
        (
            replace(
                _view("radiograph_prior_2", "pa", _pa(12), (-12, 18)), inverted=True
            ),
        ),
        False,
    ),
}
"""Study key -> what it holds."""

STUDIES: tuple[SampleStudyPlan, ...] = tuple(
    SampleStudyPlan(visit.who, key, ("DX",), tuple(v.series for v in visit.views))
    for key, visit in VISITS.items()
)


def tasks() -> tuple[SampleTask, ...]:
    """One for each direction, because all its views share the same rays."""
    return (
        SampleTask(2.9, partial(_write, "PA")),
        SampleTask(2.1, partial(_write, "LL")),
    )


def _write(direction: Direction, folder: Path) -> None:
    """Every radiograph of that direction."""
    healthy, filled = water_mm(direction)
    for visit in VISITS.values():
        water = healthy + filled if visit.consolidated else healthy
        for view in visit.views:
            if view.direction == direction:
                path = folder / view.series.key / "0001.dcm"
                write_radiograph(path, visit.who, view, _shades(view, water))


def _shades(view: View, water: Floats) -> Floats:
    """The picture of one view. Its noise is its own, drawn by the study's key."""
    rng = np.random.default_rng([SEED, 50, *view.series.key.encode()])
    exposure = expose(_shifted(water, view.stands), OBJECT_PIXEL_MM, rng)
    shades = view.film.shades(rendered(exposure, OBJECT_PIXEL_MM))
    if view.direction == "PA":
        _mark(shades, view.film.top)
    return shades


def _shifted(water: Floats, by: tuple[int, int]) -> Floats:
    """The same rays, `by` rows and columns further; the border goes on."""
    rows, columns = (
        np.clip(np.arange(size) - step, 0, size - 1)
        for size, step in zip(water.shape, by, strict=True)
    )
    return as_floats(water[rows[:, None], columns])


def water_mm(direction: Direction) -> tuple[Floats, Floats]:
    """What the rays of the view cross, and what the consolidation adds to that.

    Both (rows, columns) of the whole image, as mm of water.
    """
    columns = COLUMNS[direction]
    paths = trace(_grid(direction, 5, 4))
    half = ROWS // 2, columns // 2
    base = enlarged(paths.tissue + paths.bone, *half) + cast(_grid(direction, 2, 2))
    whole = ROWS, columns
    return enlarged(base, *whole), enlarged(paths.filled, *whole)


def _grid(direction: Direction, rows: int, columns: int) -> Grid:
    """Rays through the middles of blocks of so many pixels."""
    u = (np.arange(COLUMNS[direction] // columns) + 0.5) * columns
    v = (np.arange(ROWS // rows) + 0.5) * rows
    across = (u - COLUMNS[direction] / 2) * OBJECT_PIXEL_MM
    return Grid(direction, as_floats(across), as_floats(TOP_MM - v * OBJECT_PIXEL_MM))


def pixel_of(view: View, point: tuple[float, float, float]) -> tuple[int, int]:
    """Nearest (row, column), from 0, of a point of the phantom's own space (mm)."""
    across = point[0] if view.direction == "PA" else point[1]
    column = across / OBJECT_PIXEL_MM + (COLUMNS[view.direction] - 1) / 2
    row = (TOP_MM - point[2]) / OBJECT_PIXEL_MM - 0.5
    return round(row) + view.stands[0], round(column) + view.stands[1]


def _mark(shades: Floats, top: int) -> None:
    """A lead letter L: an upright with a foot."""
    rows, columns = MARKER_PIXELS
    shades[rows, columns.start : columns.start + 13] = top
    shades[rows.stop - 13 : rows.stop, columns] = top
