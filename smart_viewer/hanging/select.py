"""Which display set a selector finds: deterministic, whatever the input's order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from smart_viewer.hanging.protocol import Selector
from smart_viewer.hanging.roles import roles_of
from smart_viewer.hanging.table import SetEntry, StudyEntry, seconds_of, set_order
from smart_viewer.hanging.vocabulary import Vocabulary

_ASKED_FOR = frozenset(["localizer", "screen", "projection"])
_NOWHERE = float("inf")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A display set that can be drawn, and its roles."""

    entry: SetEntry
    roles: frozenset[str]


def candidates_of(
    studies: Sequence[StudyEntry], vocabulary: Vocabulary
) -> tuple[Candidate, ...]:
    """Those of the studies' display sets that can be drawn, in order of series."""
    shown = [one for study in studies for one in study.sets if one.shown]
    return tuple(
        Candidate(one, roles_of(one.facts, vocabulary))
        for one in sorted(shown, key=set_order)
    )


def select(
    selector: Selector, candidates: Sequence[Candidate], taken: Collection[int] = ()
) -> Candidate | None:
    """The best candidate that fits and is not taken, None where there is none."""
    fitting = [
        one
        for one in candidates
        if one.entry.index not in taken and _fits(selector, one)
    ]
    return min(fitting, key=lambda one: _order(selector, one), default=None)


def _fits(selector: Selector, candidate: Candidate) -> bool:
    roles, facts = candidate.roles, candidate.entry.facts
    if selector.modalities and facts.modality not in selector.modalities:
        return False
    if not selector.roles <= roles or selector.avoid & roles:
        return False
    if (roles & _ASKED_FOR) - selector.roles:
        return False
    return selector.b_value is None or _has_b(facts.b_values, selector.b_value)


def _has_b(found: Sequence[float], wanted: tuple[float, float]) -> bool:
    least, most = wanted
    return any(least <= value <= most for value in found)


def _order(
    selector: Selector, candidate: Candidate
) -> tuple[float, float, tuple[bool, int, str, int]]:
    points = sum(
        weight for role, weight in selector.prefer.items() if role in candidate.roles
    )
    return (-points, _choice(selector, candidate.entry), set_order(candidate.entry))


def _choice(selector: Selector, entry: SetEntry) -> float:
    """What the selector sorts by; the smallest wins, the unknown comes last."""
    facts = entry.facts
    spacing = facts.slice_spacing_mm or facts.slice_thickness_mm
    taken_at = seconds_of(facts.acquisition_time)
    match selector.choose:
        case "thin":
            return _NOWHERE if spacing is None else spacing
        case "thick":
            return _NOWHERE if spacing is None else -spacing
        case "earliest":
            return _NOWHERE if taken_at is None else taken_at
        case "latest":
            return _NOWHERE if taken_at is None else -taken_at
        case "largest":
            return -facts.image_count * facts.frame_count
        case "first":
            return 0
