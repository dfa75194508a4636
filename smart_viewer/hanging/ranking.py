"""Which protocols fit, and which of them wins: a total order (section 4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields

from smart_viewer.hanging.codes import key_of
from smart_viewer.hanging.exam import FAMILIES
from smart_viewer.hanging.protocol import Match, Protocol
from smart_viewer.hanging.select import Candidate, select
from smart_viewer.hanging.table import LEVELS, Level, OrderFacts, Preference
from smart_viewer.hanging.vocabulary import Exam

# How much narrower a rule makes a protocol.
SPECIFICITY = {
    "foci": 8,
    "needs": 4,
    "regions": 4,
    "contrasts": 2,
    "purposes": 2,
    "lateralities": 2,
    "modalities": 1,
    "without_foci": 1,
}
# What decides, in this order; each is a number of Ranked.key, the largest first.
DECIDED_BY = (
    "it was chosen by name",
    "it has rules that this exam meets; the others have none",
    "its level is higher",
    "it compares with more priors that are there",
    "its rules on the exam are more specific",
    "its stages compare in more ways",
    "it has more rules",
    "of equal ones, the first id",
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A protocol that fits: which rules matched, and its place."""

    protocol: Protocol
    matched: tuple[str, ...]
    key: tuple[int, ...]  # larger is better, one number for each of DECIDED_BY[:-1]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A protocol that does not fit, and the first rule that says so."""

    protocol_id: str
    reason: str


def rank(
    library: Sequence[Protocol],
    exam: Exam,
    current: Sequence[Candidate],
    chosen: Mapping[str, Level],
    priors: int,
) -> tuple[list[Ranked], list[Rejected]]:
    """Those that fit, the best first, and those that do not, by id.

    chosen: by protocol id, the level at which someone chose it for this exam.
    priors: how many there are to compare with.
    """
    fitting, rejected = [], []
    for protocol in sorted(library, key=lambda one: one.id):
        matched, missed = _judge(protocol, exam, current)
        if missed and protocol.id not in chosen:
            rejected.append(Rejected(protocol.id, missed))
            continue
        key = _key(protocol, chosen.get(protocol.id), priors)
        fitting.append(Ranked(protocol, matched, key))
    fitting.sort(key=lambda one: ([-n for n in one.key], one.protocol.id))
    return fitting, rejected


def chosen_by(
    preferences: Sequence[Preference], order: OrderFacts
) -> Mapping[str, Level]:
    """The protocols that preferences name for this order, each at its highest level."""
    ordered = {key_of(system, code) for system, code, _ in order.codings}
    found: dict[str, Level] = {}
    for one in preferences:
        wanted = {key_of(system, code) for system, code in one.exam_codes}
        if wanted and not wanted & ordered:
            continue
        before = found.get(one.protocol_id, one.level)
        found[one.protocol_id] = max(before, one.level, key=LEVELS.index)
    return found


def decisive(ranked: Sequence[Ranked]) -> str:
    """Why the first stands before the second, in words."""
    if len(ranked) < 2:
        return "it is the only one that fits"
    pairs = zip(ranked[0].key, ranked[1].key, strict=True)
    at = next((n for n, (a, b) in enumerate(pairs) if a != b), len(DECIDED_BY) - 1)
    return DECIDED_BY[at]


def _key(protocol: Protocol, chosen_at: Level | None, priors: int) -> tuple[int, ...]:
    level = max(protocol.level, chosen_at or protocol.level, key=LEVELS.index)
    compared = [
        viewport
        for stage in protocol.stages
        for layout in stage.layouts
        for viewport in layout.viewports
        if viewport.prior
    ]
    return (
        int(chosen_at is not None),
        int(not protocol.is_last_resort),
        LEVELS.index(level),
        min(protocol.priors.count, priors),
        sum(SPECIFICITY[name] for name in _rules(protocol.match)),
        len(compared) if priors else 0,
        len(_rules(protocol.match)) + len(protocol.selectors),
    )


def _rules(match: Match) -> list[str]:
    return [field.name for field in fields(match) if getattr(match, field.name)]


def _judge(
    protocol: Protocol, exam: Exam, current: Sequence[Candidate]
) -> tuple[tuple[str, ...], str]:
    """The rules that hold, and the first that does not (empty: all hold)."""
    match = protocol.match
    matched: list[str] = []
    family = FAMILIES.get(exam.modality, exam.modality)
    for what, allowed, found in (
        ("modality", match.modalities, {family}),
        ("region", match.regions, set(exam.regions)),
        ("focus", match.foci, {exam.focus}),
        ("side", match.lateralities, {exam.laterality}),
        ("contrast", match.contrasts, {exam.contrast}),
        ("purpose", match.purposes, {exam.purpose}),
    ):
        if not allowed:
            continue
        if not set(allowed) & found:
            return tuple(matched), _missed(what, allowed, found)
        matched.append(f"{what}: {_listed(set(allowed) & found)}")
    if exam.focus in match.without_foci:
        return tuple(matched), f"it is not for the {exam.focus}"
    for id_ in match.needs:
        selector = protocol.selectors[id_]
        if select(selector, current) is None:
            return tuple(matched), f"this study has no series “{selector.label}”"
        matched.append(f"series: {selector.label}")
    return tuple(matched), ""


def _missed(what: str, allowed: Sequence[str], found: Collection[str]) -> str:
    known = _listed(set(found) - {""}) or "not known"
    return f"its {what} is {_listed(allowed)}; here it is {known}"


def _listed(words: Collection[str]) -> str:
    return ", ".join(sorted(word.replace("_", " ") for word in words))
