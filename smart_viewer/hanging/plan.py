"""What hangs where, and why: a pure function of studies, order and library (P1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from smart_viewer.errors import SettingsInvalid
from smart_viewer.hanging.exam import ReadExam, read_exam
from smart_viewer.hanging.priors import Prior, choose_priors, score_priors
from smart_viewer.hanging.protocol import Protocol
from smart_viewer.hanging.ranking import Ranked, Rejected, chosen_by, decisive, rank
from smart_viewer.hanging.read_vocabulary import shipped_vocabulary
from smart_viewer.hanging.select import candidates_of
from smart_viewer.hanging.stages import HungStage, hang_stages
from smart_viewer.hanging.table import (
    OrderFacts,
    Preference,
    SetEntry,
    StudyEntry,
    StudyTable,
)
from smart_viewer.hanging.vocabulary import Vocabulary

_NO_DAY = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class HangingPlan:
    """The chosen protocol's stages, and why.

    rows, columns, cells: of the first stage, row by row, each the index of a
    display set or None. priors: every earlier study that may be compared, the
    chosen first. others: display sets in no stage; the list offers them (P6).
    choices: ids of the protocols that fit, the best first, for the override.
    """

    protocol_id: str
    label: str
    reasons: tuple[str, ...]
    rows: int
    columns: int
    cells: tuple[int | None, ...]
    stages: tuple[HungStage, ...] = ()
    priors: tuple[Prior, ...] = ()
    others: tuple[int, ...] = ()
    choices: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()


def hang(
    table: StudyTable,
    order: OrderFacts,
    library: Sequence[Protocol],
    preferences: Sequence[Preference] = (),
    today: date = _NO_DAY,
    vocabulary: Vocabulary | None = None,
) -> HangingPlan:
    """The plan of a reading; the same for the same input in any order.

    today: the day from which ages count where the current study has no date.
    vocabulary: the shipped one, or one with the site's exam codes.
    SettingsInvalid where no protocol of the library fits every order.
    """
    words = vocabulary or shipped_vocabulary()
    table = table.in_order()
    read = read_exam(table.current, order, words)
    current = candidates_of(table.current, words)
    scored = score_priors(table, order, read.exam, words, today)
    ready = sum(1 for one in scored if one.may_hang and one.study.sets)
    ranked, rejected = rank(
        library, read.exam, current, chosen_by(preferences, order), ready
    )
    for place, best in enumerate(ranked):
        priors = choose_priors(scored, best.protocol.priors)
        columns = {0: current} | {
            prior.number: candidates_of([_study(table, prior)], words)
            for prior in priors
            if prior.number
        }
        if stages := hang_stages(best.protocol, columns):
            return _plan(table, read, ranked[place:], rejected, stages, priors)
        rejected.append(Rejected(best.protocol.id, "nothing of this study fits in it"))
    raise SettingsInvalid("no hanging protocol of the library fits every order")


def _study(table: StudyTable, prior: Prior) -> StudyEntry:
    return next(
        study
        for study in table.others
        if study.study_instance_uid == prior.study_instance_uid
    )


def _plan(
    table: StudyTable,
    read: ReadExam,
    ranked: Sequence[Ranked],
    rejected: Sequence[Rejected],
    stages: tuple[HungStage, ...],
    priors: tuple[Prior, ...],
) -> HangingPlan:
    first, protocol = stages[0], ranked[0].protocol
    hung = {index for stage in stages for index in stage.display_sets()}
    everything = [s for study in (*table.current, *table.others) for s in study.sets]
    others = tuple(sorted(one.index for one in everything if one.index not in hung))
    listed = sum(1 for s in _shown(table.current) if s.index in others)
    return HangingPlan(
        protocol_id=protocol.id,
        label=protocol.label,
        reasons=_reasons(read, ranked, priors, listed),
        rows=first.rows,
        columns=first.columns,
        cells=first.display_sets(),
        stages=stages,
        priors=priors,
        others=others,
        choices=tuple(one.protocol.id for one in ranked),
        rejected=tuple(sorted(rejected, key=lambda one: one.protocol_id)),
    )


def _shown(studies: Sequence[StudyEntry]) -> list[SetEntry]:
    return [one for study in studies for one in study.sets if one.shown]


def _reasons(
    read: ReadExam, ranked: Sequence[Ranked], priors: Sequence[Prior], listed: int
) -> tuple[str, ...]:
    """Why this hanging, a sentence each, the decisive one first."""
    best = ranked[0]
    if best.protocol.is_last_resort:
        why = f"“{best.protocol.label}”: no protocol for this exam fits."
    else:
        why = f"“{best.protocol.label}”: {decisive(ranked)}."
    matched = [f"Matched {rule}." for rule in best.matched]
    return (
        why,
        *matched,
        *(f"The {name} is known from {source}." for name, source in read.sources),
        *(_prior_sentence(prior) for prior in priors if prior.number),
        *([f"{listed} more are in the list at the left."] if listed else []),
    )


def _prior_sentence(prior: Prior) -> str:
    ago = _count(prior.months, "month") if prior.months else _count(prior.days, "day")
    return f"Prior {prior.number}, {ago} before: {', '.join(prior.reasons)}."


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"


def explain(plan: HangingPlan) -> str:
    """ "Why this hanging?" as text: decisive rule, matched rules, what was rejected."""
    lines = [f"{plan.label} ({plan.protocol_id})", *plan.reasons]
    for stage in plan.stages:
        lines.append(f"Stage “{stage.name}”: {stage.rows} × {stage.columns}")
        lines += [
            f"  {_cell(cell.display_set)} {cell.label}"
            + (f", prior {cell.prior}" if cell.prior else "")
            + (f", window {cell.window.name}" if cell.window else "")
            for cell in stage.cells
        ]
    lines += [f"Not {one.protocol_id}: {one.reason}." for one in plan.rejected]
    return "\n".join(lines)


def _cell(display_set: int | None) -> str:
    return "[empty]" if display_set is None else f"[{display_set}]"
