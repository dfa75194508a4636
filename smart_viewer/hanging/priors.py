"""Which earlier studies matter for this one, and how much (hanging.md section 3).

Only studies of a StudyTable are ever considered: the gate admitted them all for
one patient.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from smart_viewer.hanging.exam import read_exam
from smart_viewer.hanging.table import (
    OrderFacts,
    StudyEntry,
    StudyTable,
    moment_of,
)
from smart_viewer.hanging.vocabulary import Exam, Vocabulary

SAME_FOCUS = 40.0
SAME_REGION = 25.0
OVERLAPPING_REGION = 15.0
SAME_MODALITY = 20.0
COMPARABLE_MODALITY = 8.0
LATERALITY_MATCHES = 10.0
CONTRAST_MATCHES = 5.0
"""Points of one matching term; all are added, less the logarithm of the age."""
OLDEST_MONTHS = 24
NEARLY_AS_GOOD = 10.0
"""Points by which a more recent study may fall short of the best one."""
_HIGH, _MODERATE = 60.0, 40.0
_OUT_OF_SIDE_MODALITIES = frozenset(["MG"])
_COMPARABLE = frozenset([frozenset(["CT", "PT"])])
_COMPARABLE_OF_BRAIN = frozenset(["MR", "CT"])

Relevance = Literal["named", "high", "moderate", "low"]


@dataclass(frozen=True, slots=True)
class Prior:
    """An earlier study and what speaks for it.

    number: 1 for the best prior, 0 where it is only offered in the list.
    days, months: before the current study, whole ones. points: see above.
    """

    study_instance_uid: str
    number: int
    study_date: str
    days: int
    months: int
    points: float
    relevance: Relevance
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriorRules:
    """What a protocol wants. at_months: one distance for each prior, if it cares."""

    count: int = 0
    at_months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoredPrior:
    """An earlier study with its points, before any is chosen."""

    study: StudyEntry
    days: int
    months: int
    points: float  # without the age
    reasons: tuple[str, ...]
    is_alike: bool  # anatomy and modality both fit: it may hang by itself
    is_named: bool

    @property
    def may_hang(self) -> bool:
        """It is named, or it is alike and a day or more older."""
        return self.is_named or (self.is_alike and self.days >= 1)

    @property
    def total(self) -> float:
        """Points less the logarithm of the age in days."""
        return self.points - math.log(self.days + 1)


def rank_priors(
    table: StudyTable,
    order: OrderFacts,
    exam: Exam,
    vocabulary: Vocabulary,
    today: date,
    rules: PriorRules = PriorRules(count=2),
) -> tuple[Prior, ...]:
    """Every earlier study that may be compared, the chosen first, by number.

    A mismatch of side in mammograms and joints leaves a study out, as do those
    without date and those not earlier than the current one.
    """
    return choose_priors(score_priors(table, order, exam, vocabulary, today), rules)


def score_priors(
    table: StudyTable,
    order: OrderFacts,
    exam: Exam,
    vocabulary: Vocabulary,
    today: date,
) -> tuple[ScoredPrior, ...]:
    """The studies that may be compared, the best first."""
    anchor = anchor_of(table.current, today)
    scored = [
        one
        for study in table.others
        if (one := _scored(study, order, exam, vocabulary, anchor)) is not None
    ]
    return tuple(sorted(scored, key=lambda s: (-s.total, s.study.study_instance_uid)))


def choose_priors(
    scored: Sequence[ScoredPrior], rules: PriorRules
) -> tuple[Prior, ...]:
    """All of them, those that a protocol's rules choose first, by number."""
    chosen = _chosen(scored, rules)
    numbers = {one.study.study_instance_uid: n for n, one in enumerate(chosen, start=1)}
    rest = [one for one in scored if one.study.study_instance_uid not in numbers]
    return tuple(_prior(one, numbers) for one in (*chosen, *rest))


def anchor_of(current: Sequence[StudyEntry], today: date) -> datetime:
    """The moment from which ages count: of the current study, else today's end."""
    moments = [found for study in current if (found := moment_of(study))]
    return min(moments, default=datetime.combine(today, time.max))


def months_between(earlier: date, later: date) -> int:
    """Whole calendar months."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (later.day < earlier.day)


def _scored(
    study: StudyEntry,
    order: OrderFacts,
    exam: Exam,
    vocabulary: Vocabulary,
    anchor: datetime,
) -> ScoredPrior | None:
    taken = moment_of(study)
    if taken is None or taken >= anchor:
        return None
    other = read_exam([study], OrderFacts(), vocabulary).exam
    if is_excluded(exam, other):
        return None
    anatomy, said = _anatomy(exam, other)
    modality, worded = _modality(exam, other)
    rest, more = _rest(exam, other)
    return ScoredPrior(
        study=study,
        days=(anchor - taken).days,  # whole ones of 24 h
        months=months_between(taken.date(), anchor.date()),
        points=anatomy + modality + rest,
        reasons=(*said, *worded, *more),
        is_alike=anatomy > 0 and modality > 0,
        is_named=study.study_instance_uid in order.named_comparisons,
    )


def is_excluded(exam: Exam, other: Exam) -> bool:
    """Another side of a mammogram or a joint is never compared (P7)."""
    sides = {exam.laterality, other.laterality}
    paired = exam.is_joint or exam.modality in _OUT_OF_SIDE_MODALITIES
    return paired and sides == {"R", "L"}


def _anatomy(exam: Exam, other: Exam) -> tuple[float, list[str]]:
    points, said = 0.0, []
    if exam.focus and exam.focus == other.focus:
        points, said = SAME_FOCUS, ["same focus"]
    if exam.regions and exam.regions == other.regions:
        return points + SAME_REGION, [*said, "same region"]
    if set(exam.regions) & set(other.regions):
        return points + OVERLAPPING_REGION, [*said, "overlapping region"]
    return points, said


def _modality(exam: Exam, other: Exam) -> tuple[float, list[str]]:
    if exam.modality and exam.modality == other.modality:
        return SAME_MODALITY, ["same modality"]
    pair = frozenset([exam.modality, other.modality])
    of_brain = "head" in exam.regions and pair == _COMPARABLE_OF_BRAIN
    if pair in _COMPARABLE or of_brain:
        return COMPARABLE_MODALITY, ["comparable modality"]
    return 0.0, []


def _rest(exam: Exam, other: Exam) -> tuple[float, list[str]]:
    points, said = 0.0, []
    if exam.laterality and exam.laterality == other.laterality:
        points, said = LATERALITY_MATCHES, ["same side"]
    if exam.contrast and exam.contrast == other.contrast:
        return points + CONTRAST_MATCHES, [*said, "same contrast"]
    return points, said


def _chosen(scored: Sequence[ScoredPrior], rules: PriorRules) -> list[ScoredPrior]:
    """Named first; then the most recent older than 24 h; then the oldest within
    24 months. With `at_months`, the nearest to each of these distances."""
    left = [one for one in scored if one.may_hang]
    chosen: list[ScoredPrior] = []
    while left and len(chosen) < rules.count:
        best = _next(left, chosen, rules)
        left.remove(best)
        chosen.append(best)
    return chosen


def _next(
    left: Sequence[ScoredPrior], chosen: Sequence[ScoredPrior], rules: PriorRules
) -> ScoredPrior:
    named = [one for one in left if one.is_named]
    if named:
        return min(named, key=_recent)
    best = max(one.points for one in left)
    good = [one for one in left if one.points >= best - NEARLY_AS_GOOD]
    if len(chosen) < len(rules.at_months):
        wanted = rules.at_months[len(chosen)]
        return min(good, key=lambda one: (abs(one.months - wanted), *_recent(one)))
    within = [one for one in good if one.months <= OLDEST_MONTHS]
    if chosen and within:
        return max(within, key=_recent)
    return min(good, key=_recent)


def _recent(one: ScoredPrior) -> tuple[int, float, str]:
    """Sorts by age; of one day the one with more points, then by UID."""
    return (one.days, -one.points, one.study.study_instance_uid)


def _prior(one: ScoredPrior, numbers: Mapping[str, int]) -> Prior:
    uid = one.study.study_instance_uid
    reasons = one.reasons or ("no matching anatomy or modality",)
    named = ("named in the prior report",) if one.is_named else ()
    return Prior(
        study_instance_uid=uid,
        number=numbers.get(uid, 0),
        study_date=one.study.study_date,
        days=one.days,
        months=one.months,
        points=round(one.total, 2),
        relevance=_relevance(one),
        reasons=(*named, *reasons),
    )


def _relevance(one: ScoredPrior) -> Relevance:
    if one.is_named:
        return "named"
    if not one.is_alike:
        return "low"
    return "high" if one.points >= _HIGH else "moderate"
