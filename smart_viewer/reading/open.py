"""Open a reading: who, which order, whose studies, what hangs where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from smart_viewer.archive.port import WILDCARDS, Archive, StudyFound, StudyQuery
from smart_viewer.audit.event import Action, Outcome
from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.study import Study
from smart_viewer.errors import SmartViewerError, UpstreamUnavailable
from smart_viewer.fhir.context import Context, read_context
from smart_viewer.fhir.reader import FhirReader
from smart_viewer.hanging.plan import Candidate, plan_hanging
from smart_viewer.launch.grant import GrantHandle
from smart_viewer.launch.granted import Grant
from smart_viewer.launch.refresh import bearer
from smart_viewer.reading.gate import Expected, Verdict, decide_all
from smart_viewer.reading.house import House
from smart_viewer.reading.plan import (
    BannerFacts,
    Notice,
    PlannedSet,
    ReadingPlan,
    StudyFacts,
    planned_sets,
)
from smart_viewer.settings import EhrProfile
from smart_viewer.store.seal import digest

SECONDS_PER_HOUR = 3600.0


@dataclass(slots=True)
class _Draft:
    """The plan while it is made."""

    studies: list[StudyFacts] = field(default_factory=list)
    display_sets: list[PlannedSet] = field(default_factory=list)
    frames_of_reference: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)


def open_reading(
    house: House, profile: EhrProfile, launched: GrantHandle, browser_id: str
) -> str:
    """The id of a new reading for a grant that was just obtained.

    Whatever fails on the way (no order, no images, an archive that is down, a
    study of another patient) becomes a notice; only a patient who cannot be
    read ends the launch. UpstreamUnavailable, GrantExpired, LaunchRefused.
    """
    grant = launched.grant
    report = _Reporter(house, grant, profile.id)
    report("launch", "success")
    context = _context(house, profile, launched)
    draft = _Draft()
    draft.notices += [Notice("warning", text) for text in grant.warnings]
    draft.trace += [f"{step.text}: {step.outcome}" for step in context.trace]
    draft.notices += [Notice("warning", text) for text in context.warnings]
    draft.notices += [
        Notice("warning", f"The EHR could not be read in full: {step.text}.")
        for step in context.trace
        if step.outcome == "failed"
    ]
    for found in _search(house, profile, context, draft, report):
        _admit(house, found, _expected(context, profile), draft, report)
    if not draft.display_sets:
        draft.notices.append(_nothing_found(context, bool(draft.notices)))
    plan = _plan(house, profile, grant, context, draft)
    return _store(house, launched.grant_id, browser_id, plan)


def _context(house: House, profile: EhrProfile, launched: GrantHandle) -> Context:
    token = bearer(
        launched.grant_id,
        house.store.grants,
        house.outbound,
        house.settings,
        house.clock,
    )
    reader = FhirReader(profile.iss, token, house.outbound, profile.extra_query)
    return read_context(reader, profile, launched.grant)


def _search(
    house: House,
    profile: EhrProfile,
    context: Context,
    draft: _Draft,
    report: _Reporter,
) -> tuple[StudyFound, ...]:
    """Studies of this order in every archive, each once."""
    found: dict[str, StudyFound] = {}
    for archive in _archives(house, profile):
        for query in _queries(context):
            for one in _asked(archive, query, draft, report):
                found.setdefault(one.study_instance_uid, one)
    return tuple(found.values())


def _archives(house: House, profile: EhrProfile) -> Iterable[Archive]:
    chosen = profile.archives or tuple(house.archives)
    return [house.archives[name] for name in chosen if name in house.archives]


def _queries(context: Context) -> list[StudyQuery]:
    """Study UIDs first; an accession number only together with a patient id.

    Numbers that could mean more than one study (wildcards) are never searched for.
    """
    by_uid = [StudyQuery(study_instance_uid=uid) for uid in context.study_uids]
    by_accession = [
        StudyQuery(patient_id=mrn, accession_number=accession)
        for accession in context.accession_numbers
        for mrn, _issuer in context.patient.mrns
        if not set(WILDCARDS) & set(accession + mrn)
    ]
    return by_uid + by_accession


def _asked(
    archive: Archive, query: StudyQuery, draft: _Draft, report: _Reporter
) -> tuple[StudyFound, ...]:
    by = "study UID" if query.study_instance_uid else "accession and patient id"
    try:
        answer = archive.search(query)
    except UpstreamUnavailable:
        report("query", "failed", reason="archive_unavailable")
        text = f"The archive “{archive.archive_id}” gave no answer."
        draft.notices.append(Notice("warning", text))
        return ()
    report("query", "success", study=query.study_instance_uid)
    draft.trace.append(f"{archive.archive_id}, by {by}: {len(answer)} found")
    return answer


def _admit(
    house: House,
    found: StudyFound,
    expected: Expected,
    draft: _Draft,
    report: _Reporter,
) -> None:
    """Through the gate, first as found and again as described; then into the plan."""
    verdict = decide_all(expected, (found.patient, *found.identities))
    if verdict.action == "block":
        _block(found, verdict, draft, report)
        return
    try:
        study = house.archives[found.archive_id].study(found.study_instance_uid)
    except SmartViewerError as cause:
        draft.notices.append(Notice("warning", f"A study could not be read: {cause}"))
        report("open", "failed", study=found.study_instance_uid, reason=cause.code)
        return
    verdict = decide_all(expected, study.identities)
    if verdict.action == "block":
        _block(found, verdict, draft, report)
        return
    _add(found.archive_id, study, verdict, draft)
    report("open", "success", study=found.study_instance_uid)


def _block(
    found: StudyFound, verdict: Verdict, draft: _Draft, report: _Reporter
) -> None:
    why = "; ".join(verdict.reasons)
    text = (
        f"A study of this order was blocked: {why}. Nothing of it was sent to this "
        "page. Ask the imaging department to reconcile the patient’s records."
    )
    draft.notices.insert(0, Notice("blocked", text))
    draft.trace.append(f"{found.archive_id}: a study was blocked: {why}")
    report("block", "refused", study=found.study_instance_uid, reason="identity_gate")


def _add(archive_id: str, study: Study, verdict: Verdict, draft: _Draft) -> None:
    facts = StudyFacts(
        archive_id,
        study.study_instance_uid,
        study.patient,
        study.study_date,
        study.study_time,
        study.study_description,
        study.institution_name,
        verdict.reasons,
    )
    index = len(draft.studies)
    draft.studies.append(facts)
    draft.display_sets += planned_sets(
        study, display_sets(study), index, draft.frames_of_reference
    )
    draft.notices += [
        Notice("warning", f"Identity: {reason}.") for reason in verdict.reasons
    ]


def _nothing_found(context: Context, said_something: bool) -> Notice:
    if any(step.outcome == "failed" for step in context.trace):
        text = (
            "What this launch is about could not be read from the EHR, so that "
            "images may be missing. Launch again in a moment."
        )
    elif context.order is None:
        text = (
            "The EHR named no order and no imaging study in this launch. "
            "Launch again from an imaging order."
        )
    elif said_something:
        text = "There are no images to show for this order."
    else:
        text = (
            "No archive has images for this order yet. They may not have been "
            "taken or not have arrived: launch again later."
        )
    return Notice("info", text)


def _expected(context: Context, profile: EhrProfile) -> Expected:
    patient = context.patient
    return Expected(
        patient.mrns,
        patient.names,
        patient.birth_date,
        patient.sex,
        profile.single_domain_pacs,
        patient.variant_names,
    )


def _plan(
    house: House, profile: EhrProfile, grant: Grant, context: Context, draft: _Draft
) -> ReadingPlan:
    candidates = [
        Candidate(index, one.label, one.series_number, one.image is not None)
        for index, one in enumerate(draft.display_sets)
    ]
    return ReadingPlan(
        ehr_id=profile.id,
        user=grant.fhir_user,
        patient=f"Patient/{grant.patient}",
        banner=_banner(context, grant),
        studies=tuple(draft.studies),
        display_sets=tuple(draft.display_sets),
        frames_of_reference=tuple(draft.frames_of_reference),
        hanging=plan_hanging(candidates, house.library),
        notices=tuple(draft.notices),
        trace=tuple(draft.trace),
    )


def _banner(context: Context, grant: Grant) -> BannerFacts:
    patient, order = context.patient, context.order
    return BannerFacts(
        name=patient.display_name,
        birth_date=patient.birth_date,
        sex=patient.sex,
        mrn=patient.mrns[0][0] if patient.mrns else "",
        order=order.text if order else "",
        accession=context.accession_numbers[0] if context.accession_numbers else "",
        needed=grant.need_patient_banner,
    )


def _store(house: House, grant_id: str, browser_id: str, plan: ReadingPlan) -> str:
    reading_id = f"{house.settings.replica}-{house.secret()}"
    expires_at = house.clock() + house.settings.reading_hours * SECONDS_PER_HOUR
    house.store.readings.create(
        reading_id, grant_id, digest(browser_id), plan.to_json(), expires_at
    )
    return reading_id


@dataclass(frozen=True, slots=True)
class _Reporter:
    """Audit records of this launch: who and which patient are always the same."""

    house: House
    grant: Grant
    ehr_id: str

    def __call__(
        self,
        action: Action,
        outcome: Outcome,
        study: str | None = None,
        reason: str = "",
    ) -> None:
        self.house.report(
            action,
            outcome,
            user=self.grant.fhir_user,
            patient=f"Patient/{self.grant.patient}",
            study_instance_uid=study,
            ehr_id=self.ehr_id,
            reason=reason,
        )
