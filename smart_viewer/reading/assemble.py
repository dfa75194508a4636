"""Answers of archives become a plan: append-only, each study once, hung anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.merge_facts import facts_of
from smart_viewer.dicom.study import Study
from smart_viewer.fhir.context import Context
from smart_viewer.hanging.plan import hang
from smart_viewer.hanging.protocol import Protocol
from smart_viewer.hanging.table import OrderFacts, SetEntry, StudyEntry, StudyTable
from smart_viewer.reading.gate import BY_ADMINISTRATOR
from smart_viewer.reading.gather import Admitted, Answer, Role
from smart_viewer.reading.plan import (
    AllergyFact,
    ArchiveState,
    BannerFacts,
    EndpointFacts,
    Notice,
    PlannedSet,
    ReadingPlan,
    StudyFacts,
    TraceLine,
)
from smart_viewer.reading.plan_sets import planned_sets


@dataclass(frozen=True, slots=True)
class Launched:
    """What does not change while archives answer."""

    ehr_id: str
    user: str | None
    patient: str
    need_banner: bool
    context: Context
    library: tuple[Protocol, ...]
    today: date
    archive_ids: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    endpoints: tuple[EndpointFacts, ...] = ()


@dataclass(slots=True)
class Assembly:
    """The plan while it grows. Not safe for several threads: its owner locks."""

    launched: Launched
    studies: list[StudyFacts] = field(default_factory=list)
    display_sets: list[PlannedSet] = field(default_factory=list)
    frames_of_reference: list[str] = field(default_factory=list)
    entries: list[StudyEntry] = field(default_factory=list)
    blocked: list[Notice] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    trace: list[TraceLine] = field(default_factory=list)
    states: dict[str, ArchiveState] = field(default_factory=dict)

    def __post_init__(self) -> None:
        context = self.launched.context
        self.trace += [TraceLine(step.text, step.outcome) for step in context.trace]
        warnings = [*self.launched.warnings, *context.warnings]
        warnings += [
            f"The EHR could not be read in full: {step.text}."
            for step in context.trace
            if step.outcome == "failed"
        ]
        self.notices += [Notice("warning", text) for text in warnings]
        for name in self.launched.archive_ids:
            self.states[name] = ArchiveState(name, "asked", "no answer yet")

    def absorb(self, answer: Answer) -> None:
        """Take in one answer; a study that is here already is not taken again."""
        self.trace += answer.trace
        for one in answer.admitted:
            uids = [study.study_instance_uid for study in self.studies]
            if one.study.study_instance_uid in uids:
                self._meet(uids.index(one.study.study_instance_uid), one)
            else:
                self._add(one)
        for verdict in answer.blocked:
            self.blocked.append(_blocked(verdict.reasons))
        name = answer.archive_id
        if answer.unread:
            self.notices.append(Notice("warning", _unread(name, answer.unread)))
        if answer.failed:
            self.states[name] = ArchiveState(name, "failed", "gave no usable answer")
            self.notices.append(Notice("warning", self._silent(name)))
        elif answer.last:
            part = " in part" if answer.partial else ""
            self.states[name] = ArchiveState(name, "answered", f"answered{part}")
        if answer.last and answer.partial:
            self.notices.append(Notice("warning", _partial(name)))

    def plan(self) -> ReadingPlan:
        """The plan as known now."""
        launched = self.launched
        studies = self._with_roles()
        of_role: dict[str, list[StudyEntry]] = {"current": [], "prior": []}
        for facts, entry in zip(studies, self.entries, strict=True):
            of_role[facts.role].append(entry)
        priors = of_role["prior"]
        if not of_role["current"]:  # none may be taken for the study of the order
            priors = [replace(one, sets=()) for one in priors]
        table = StudyTable(tuple(of_role["current"]), tuple(priors))
        order = _order(launched.context)
        complete = all(s.state != "asked" for s in self.states.values())
        return ReadingPlan(
            ehr_id=launched.ehr_id,
            user=launched.user,
            patient=launched.patient,
            banner=_banner(launched),
            studies=studies,
            display_sets=tuple(self.display_sets),
            frames_of_reference=tuple(self.frames_of_reference),
            hanging=hang(table, order, launched.library, today=launched.today),
            notices=self._all_notices(complete, studies),
            trace=tuple(self.trace),
            archives=tuple(self.states.values()),
            complete=complete,
            endpoints=launched.endpoints,
        )

    def _add(self, admitted: Admitted) -> None:
        """All of the study or, where something in it raises, nothing of it."""
        study = admitted.study
        facts = StudyFacts(
            admitted.archive_id,
            study.study_instance_uid,
            study.patient,
            study.study_date,
            study.study_time,
            study.study_description,
            study.institution_name,
            admitted.verdict.reasons,
            admitted.role,
            len(_instances(study)),
            max(admitted.announced, self._announced(study.study_instance_uid)),
        )
        index, first = len(self.studies), len(self.display_sets)
        sets = display_sets(study)
        planned = planned_sets(study, sets, index, self.frames_of_reference)
        entries = tuple(
            SetEntry(
                first + n,
                one.label,
                one.series.series_number,
                planned[n].image is not None,
                facts_of(one),
            )
            for n, one in enumerate(sets)
        )
        entry = StudyEntry(
            study.study_instance_uid,
            self.launched.patient,
            study.study_date,
            study.study_time,
            study.study_description,
            tuple(dict.fromkeys(s.modality for s in study.series)),
            entries,
        )
        self.studies.append(facts)
        self.display_sets += planned
        self.entries.append(entry)

    def _meet(self, index: int, again: Admitted) -> None:
        """A second archive has it too: its frames stay with the first.

        What is of the order for one archive is of the order, whoever was first.
        """
        here, name = self.studies[index], again.archive_id
        if again.role == "current":
            self.studies[index] = here = replace(here, role="current")
        text = f"{name}: a study that “{here.archive_id}” has too"
        self.trace.append(TraceLine(text, "skipped"))
        known = {
            uid
            for one in self.display_sets
            if one.study == index
            for uid in one.sop_instance_uids
        }
        if more := len(_instances(again.study) - known):
            self.notices.append(Notice("warning", _more(name, here.archive_id, more)))

    def _announced(self, study_instance_uid: str) -> int:
        return dict(self.launched.context.announced).get(study_instance_uid, 0)

    def _with_roles(self) -> tuple[StudyFacts, ...]:
        """Without an order, the most recent study with images of all is current."""
        if not self.launched.context.patient_level or not self.studies:
            return tuple(self.studies)
        newest = max(range(len(self.studies)), key=self._recency)
        roles: list[Role] = ["prior"] * len(self.studies)
        roles[newest] = "current"
        return tuple(
            replace(study, role=role)
            for study, role in zip(self.studies, roles, strict=True)
        )

    def _recency(self, index: int) -> tuple[bool, str, str, str]:
        study = self.studies[index]
        shown = any(one.shown for one in self.entries[index].sets)
        return shown, study.study_date, study.study_time, study.study_instance_uid

    def _silent(self, name: str) -> str:
        if any(study.archive_id == name for study in self.studies):
            return (
                f"The archive “{name}” stopped answering: earlier studies may be "
                "missing."
            )
        return f"The archive “{name}” gave no answer: images may be missing."

    def _all_notices(
        self, complete: bool, studies: Sequence[StudyFacts]
    ) -> tuple[Notice, ...]:
        current = [study for study in studies if study.role == "current"]
        said = [*dict.fromkeys(self.blocked), *dict.fromkeys(self.notices)]
        doubtful = [s for s in studies if s in current or _is_overridden(s)]
        warnings = dict.fromkeys(w for study in doubtful for w in study.warnings)
        notices = [*said, *(Notice("warning", f"Identity: {w}.") for w in warnings)]
        context = self.launched.context
        if complete and not current:
            notices.append(_nothing_found(context, bool(notices), bool(studies)))
        if context.patient_level and current:
            text = "The EHR named no order: the patient’s most recent study is shown."
            notices.append(Notice("info", text))
        return tuple(notices)


def _instances(study: Study) -> set[str]:
    return {one.sop_instance_uid for s in study.series for one in s.instances}


def _is_overridden(study: StudyFacts) -> bool:
    return BY_ADMINISTRATOR in study.warnings


def _blocked(reasons: Sequence[str]) -> Notice:
    text = (
        f"A study was blocked: {'; '.join(reasons)}. Nothing of it was sent to this "
        "page. Ask the imaging department to reconcile the patient’s records."
    )
    return Notice("blocked", text)


def _unread(name: str, count: int) -> str:
    studies = "A study" if count == 1 else f"{count} studies"
    return f"{studies} in the archive “{name}” could not be read: images are missing."


def _partial(name: str) -> str:
    return (
        f"The archive “{name}” has more studies than it would tell: images may be "
        "missing."
    )


def _more(name: str, shown: str, count: int) -> str:
    objects = "an object" if count == 1 else f"{count} objects"
    return (
        f"The archive “{name}” has {objects} more of a study than “{shown}”, from "
        "which it is shown: images may be missing."
    )


def _nothing_found(context: Context, said_something: bool, priors: bool) -> Notice:
    if any(step.outcome == "failed" for step in context.trace):
        text = (
            "What this launch is about could not be read from the EHR, so that "
            "images may be missing. Launch again in a moment."
        )
    elif said_something:
        text = "There are no images to show for this order."
    elif context.patient_level:
        text = "No archive has images of this patient yet: launch again later."
    else:
        text = (
            "No archive has images for this order yet. They may not have been "
            "taken or not have arrived: launch again later."
        )
    if priors:
        text += " Earlier studies of this patient are in the list at the left."
    return Notice("info", text)


def _order(context: Context) -> OrderFacts:
    order = context.order
    return OrderFacts(
        codings=tuple(
            (one.system, one.code, one.display) for one in context.order_codings
        ),
        text=order.text if order else "",
        body_site_codings=order.body_site_codings if order else (),
        body_sites=order.body_sites if order else (),
        reasons=order.reason_texts if order else (),
        named_comparisons=tuple(
            one.study_instance_uid
            for one in context.named_comparisons
            if one.study_instance_uid
        ),
    )


def _banner(launched: Launched) -> BannerFacts:
    context = launched.context
    patient, order = context.patient, context.order
    numbers = context.accession_numbers
    return BannerFacts(
        name=patient.display_name,
        birth_date=patient.birth_date,
        sex=patient.sex,
        mrn=patient.mrns[0][0] if patient.mrns else "",
        order=order.text if order else "",
        accession=numbers[0] if numbers else "",
        needed=launched.need_banner,
        allergies=None
        if context.allergies is None
        else tuple(AllergyFact(one.text, one.high) for one in context.allergies),
    )
