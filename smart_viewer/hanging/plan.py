"""What hangs where, and why: a pure function of the studies and the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smart_viewer.errors import SettingsInvalid
from smart_viewer.hanging.protocol import Layout, Protocol


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the rules may know of one display set.

    index: its index in the reading's plan.
    shown: it can be drawn; one that cannot stays in the list, never in a cell.
    """

    index: int
    label: str
    series_number: int | None
    shown: bool


@dataclass(frozen=True, slots=True)
class HangingPlan:
    """Cells row by row, each the index of a display set or None."""

    protocol_id: str
    label: str
    reasons: tuple[str, ...]
    rows: int
    columns: int
    cells: tuple[int | None, ...]


def plan_hanging(
    candidates: Sequence[Candidate], library: Sequence[Protocol]
) -> HangingPlan:
    """Hang the current study's display sets, in order of series number.

    Same candidates in any order give the same plan. SettingsInvalid where the
    library is empty.
    """
    protocol = _chosen(library)
    stage = protocol.stages[0]
    shown = sorted((c for c in candidates if c.shown), key=_order)
    layout = _first_that_holds(len(shown), stage.layouts)
    indices = [c.index for c in shown[: layout.cells]]
    empty = [None] * (layout.cells - len(indices))
    return HangingPlan(
        protocol.id,
        protocol.label,
        _reasons(protocol, len(shown), layout),
        layout.rows,
        layout.columns,
        (*indices, *empty),
    )


def _chosen(library: Sequence[Protocol]) -> Protocol:
    if not library:
        raise SettingsInvalid("the library of hanging protocols is empty")
    return min(library, key=lambda protocol: protocol.id)


def _order(candidate: Candidate) -> tuple[bool, int, str, int]:
    number = candidate.series_number
    return (number is None, number or 0, candidate.label, candidate.index)


def _first_that_holds(count: int, layouts: Sequence[Layout]) -> Layout:
    return next((layout for layout in layouts if layout.cells >= count), layouts[-1])


def _reasons(protocol: Protocol, shown: int, layout: Layout) -> tuple[str, ...]:
    series = "1 series" if shown == 1 else f"{shown} series"
    reasons = [
        f"Protocol “{protocol.id}” has no rules of its own and fits every order.",
        f"{series} of this study can be shown: {layout.rows} × {layout.columns}.",
    ]
    if shown > layout.cells:
        reasons.append(f"{shown - layout.cells} more are in the list at the left.")
    return tuple(reasons)
