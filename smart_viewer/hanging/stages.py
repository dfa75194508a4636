"""A protocol's stages with display sets in their cells (P12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smart_viewer.hanging.protocol import (
    Justification,
    Layout,
    Preset,
    Protocol,
    Selector,
    Stage,
    Viewport,
)
from smart_viewer.hanging.select import Candidate, select

_GRIDS = (
    (1, 1),
    (1, 2),
    (1, 3),
    (2, 2),
    (2, 3),
    (2, 4),
    (3, 3),
    (3, 4),
    (4, 4),
    (5, 5),
)


@dataclass(frozen=True, slots=True)
class HungCell:
    """One cell of a stage. display_set: None where nothing fits and it is kept.

    prior: 0 the current study, n the n-th prior. window: None is the file's own.
    sync: groups that move together. justify: edge to which the image is drawn.
    """

    display_set: int | None
    label: str = ""
    prior: int = 0
    window: Preset | None = None
    sync: tuple[str, ...] = ()
    justify: Justification = ""


@dataclass(frozen=True, slots=True)
class HungStage:
    """One step, row by row."""

    name: str
    rows: int
    columns: int
    cells: tuple[HungCell, ...]

    def display_sets(self) -> tuple[int | None, ...]:
        """What its cells show."""
        return tuple(cell.display_set for cell in self.cells)


def hang_stages(
    protocol: Protocol, columns: Mapping[int, Sequence[Candidate]]
) -> tuple[HungStage, ...]:
    """The stages that have something to show; a repeated one only once.

    columns: candidates of the current study (0) and of the n-th prior (n).
    """
    stages: list[HungStage] = []
    for stage in protocol.stages:
        hung = _hang(protocol, stage, columns)
        if hung is not None and all(not _same(hung, other) for other in stages):
            stages.append(hung)
    return tuple(stages)


def _same(a: HungStage, b: HungStage) -> bool:
    return (a.rows, a.columns, a.cells) == (b.rows, b.columns, b.cells)


def _hang(
    protocol: Protocol, stage: Stage, columns: Mapping[int, Sequence[Candidate]]
) -> HungStage | None:
    current = columns.get(0, ())
    if any(select(protocol.selectors[id_], current) is None for id_ in stage.needs):
        return None
    layout = stage.layouts[0]
    if not layout.viewports:
        return _filled(stage, current)
    cells = _cells(protocol, layout, columns)
    shown = [cell for cell in cells if cell.display_set is not None]
    if not shown or len({cell.prior for cell in shown if cell.prior}) < stage.priors:
        return None
    if stage.partial_data == "MAINTAIN_LAYOUT" or len(shown) == layout.cells:
        return HungStage(stage.name, layout.rows, layout.columns, cells)
    return _adapted(stage.name, layout, cells)


def _filled(stage: Stage, current: Sequence[Candidate]) -> HungStage:
    """Whatever there is, in order of series, in the first layout that holds it."""
    layout = next(
        (lay for lay in stage.layouts if lay.cells >= len(current)), stage.layouts[-1]
    )
    cells = [HungCell(c.entry.index, c.entry.label) for c in current[: layout.cells]]
    empty = [HungCell(None)] * (layout.cells - len(cells))
    return HungStage(stage.name, layout.rows, layout.columns, (*cells, *empty))


def _cells(
    protocol: Protocol, layout: Layout, columns: Mapping[int, Sequence[Candidate]]
) -> tuple[HungCell, ...]:
    taken: set[int] = set()
    cells = []
    for viewport in layout.viewports:
        selectors = [protocol.selectors[id_] for id_ in viewport.selectors]
        cell = _cell(viewport, selectors, columns.get(viewport.prior, ()), taken)
        if cell.display_set is not None:
            taken.add(cell.display_set)
        cells.append(cell)
    return tuple(cells)


def _cell(
    viewport: Viewport,
    selectors: Sequence[Selector],
    candidates: Sequence[Candidate],
    taken: set[int],
) -> HungCell:
    """By the first selector that finds one not shown yet, or, with `again`, any."""
    selector, candidate = selectors[0], None
    for one in selectors:
        found = select(one, candidates, taken)
        if found is None and viewport.again:
            found = select(one, candidates)
        if found is not None:
            selector, candidate = one, found
            break
    return HungCell(
        candidate.entry.index if candidate else None,
        selector.label,
        viewport.prior,
        viewport.window,
        viewport.sync,
        viewport.justify,
    )


def _adapted(name: str, layout: Layout, cells: Sequence[HungCell]) -> HungStage:
    """Empty rows and columns go; where holes remain, what is left moves up."""
    rows = [
        cells[row * layout.columns : (row + 1) * layout.columns]
        for row in range(layout.rows)
    ]
    kept_rows = [row for row in rows if any(_is_filled(cell) for cell in row)]
    kept = [
        c for c in range(layout.columns) if any(_is_filled(r[c]) for r in kept_rows)
    ]
    tight = tuple(row[column] for row in kept_rows for column in kept)
    if all(_is_filled(cell) for cell in tight):
        return HungStage(name, len(kept_rows), len(kept), tight)
    filled = tuple(cell for cell in tight if _is_filled(cell))
    high, wide = next(grid for grid in _GRIDS if grid[0] * grid[1] >= len(filled))
    empty = (HungCell(None),) * (high * wide - len(filled))
    return HungStage(name, high, wide, (*filled, *empty))


def _is_filled(cell: HungCell) -> bool:
    return cell.display_set is not None
