"""Ask one archive for a launch's studies; only what the gate admits comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from smart_viewer.archive.port import WILDCARDS, Archive, StudyFound, StudyQuery
from smart_viewer.archive.search_answer import SearchNotice, ask
from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.study import Study
from smart_viewer.errors import SmartViewerError
from smart_viewer.fhir.context import Context
from smart_viewer.reading.gate import Expected, Verdict, decide_all
from smart_viewer.reading.plan import TraceLine
from smart_viewer.reading.reporter import Reporter

Role = Literal["current", "prior"]
Override = Callable[[str, Verdict], Verdict]  # of the study with that UID
PRIORS_READ = 6  # of one archive: the most alike, then the most recent
COMPARABLE = {"PT": "CT", "CT": "PT", "CR": "DX", "DX": "CR"}


@dataclass(frozen=True, slots=True)
class Admitted:
    """A study that passed the gate, and how it came into the plan.

    announced: how many instances the archive's search says that it has.
    """

    archive_id: str
    study: Study
    verdict: Verdict
    role: Role
    announced: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What one archive said in one of its two steps: this order, then priors."""

    archive_id: str
    admitted: tuple[Admitted, ...] = ()
    blocked: tuple[Verdict, ...] = ()
    trace: tuple[TraceLine, ...] = ()
    unread: int = 0  # admitted studies whose metadata could not be read
    partial: bool = False  # it has more studies than it would tell
    failed: bool = False
    last: bool = False  # nothing more will come from this archive


def gather(
    archive: Archive,
    context: Context,
    expected: Expected,
    report: Reporter,
    override: Override = lambda _uid, verdict: verdict,
) -> Iterator[Answer]:
    """The studies of this order first, then those to compare with.

    override: may turn the block of one study into a warning (launch.md 10.2).
    An archive that fails gives one last answer that says so, and raises nothing.
    """
    asked = _Asked(archive, expected, report, override)
    try:
        if context.patient_level:
            rest = asked.search(_of_patient(context), "all of the patient")
            current, rest = rest[:1], rest[1:]
            yield asked.answer(current, "current")
        else:
            current = asked.search(_queries(context), "this order")
            yield asked.answer(current, "current")
            rest = asked.search(_of_patient(context), "earlier studies")
        yield asked.answer(asked.worth_reading(rest, current), "prior", last=True)
    except SmartViewerError as error:
        report("query", "failed", reason=error.code)
        yield broken_off(archive.archive_id, str(error), asked.said())


def broken_off(archive_id: str, why: str, trace: tuple[TraceLine, ...] = ()) -> Answer:
    """The last answer of an archive that gives no more. `why`: without PHI."""
    said = TraceLine(f"{archive_id}: no usable answer: {why.rstrip('.')}", "failed")
    return Answer(archive_id, trace=(*trace, said), failed=True, last=True)


class _Asked:
    """One archive under way: trace and refusals pile up until the next answer."""

    def __init__(
        self,
        archive: Archive,
        expected: Expected,
        report: Reporter,
        override: Override,
    ) -> None:
        self._archive = archive
        self._expected = expected
        self._report = report
        self._override = override
        self._trace: list[TraceLine] = []
        self._seen: set[str] = set()
        self._partial = False

    def said(self) -> tuple[TraceLine, ...]:
        """The trace since the last answer."""
        trace, self._trace = tuple(self._trace), []
        return trace

    def search(
        self, queries: Sequence[StudyQuery], what: str
    ) -> tuple[StudyFound, ...]:
        """Studies not seen before, the newest first."""
        found: dict[str, StudyFound] = {}
        for query in queries:
            answer = ask(self._archive, query)
            for one in answer.found:
                found.setdefault(one.study_instance_uid, one)
            self._partial = self._partial or answer.is_partial
            self._note(answer.notices)
            self._report("query", "success", query.study_instance_uid)
        fresh = [one for uid, one in found.items() if uid not in self._seen]
        self._seen |= set(found)
        outcome = "found" if fresh else "none"
        text = f"{self._archive.archive_id}, {what}: {len(fresh)} found"
        self._trace.append(TraceLine(text, outcome if queries else "skipped"))
        return tuple(sorted(fresh, key=_moment, reverse=True))

    def answer(
        self, found: Sequence[StudyFound], role: Role, last: bool = False
    ) -> Answer:
        """Each through the gate, as found and again as described."""
        admitted, blocked, unread = [], [], 0
        for one in found:
            verdict = self._verdict(one, one.identities or (one.patient,))
            study = None if verdict.action == "block" else self._described(one)
            if study is not None:
                verdict = self._verdict(one, study.identities)
            if verdict.action == "block":
                self._block(one, verdict)
                blocked.append(verdict)
            elif study is None:
                unread += 1
            else:
                self._report("open", "success", one.study_instance_uid)
                taken = Admitted(
                    self._archive.archive_id,
                    study,
                    verdict,
                    role,
                    one.number_of_instances,
                )
                admitted.append(taken)
        return Answer(
            self._archive.archive_id,
            tuple(admitted),
            tuple(blocked),
            self.said(),
            unread,
            partial=self._partial,
            last=last,
        )

    def worth_reading(
        self, found: Sequence[StudyFound], current: Sequence[StudyFound]
    ) -> list[StudyFound]:
        """Those most like the current study; of equals, the newer one."""
        wanted = {m for one in current for m in one.modalities}
        wanted |= {COMPARABLE[m] for m in wanted if m in COMPARABLE}
        alike = sorted(found, key=lambda one: not wanted & set(one.modalities))
        if (more := len(alike) - PRIORS_READ) > 0:
            text = f"{self._archive.archive_id}: {more} earlier studies left out"
            self._trace.append(TraceLine(text, "skipped"))
        return alike[:PRIORS_READ]

    def _verdict(
        self, found: StudyFound, identities: Iterable[PatientIdentity]
    ) -> Verdict:
        verdict = decide_all(self._expected, identities)
        return self._override(found.study_instance_uid, verdict)

    def _note(self, notices: Sequence[SearchNotice]) -> None:
        name = self._archive.archive_id
        self._trace += [TraceLine(f"{name}: {n.text}", "refused") for n in notices]

    def _described(self, found: StudyFound) -> Study | None:
        try:
            return self._archive.study(found.study_instance_uid)
        except SmartViewerError as error:
            uid, code = found.study_instance_uid, error.code
            self._report("open", "failed", uid, reason=code)
            text = f"{self._archive.archive_id}: a study could not be read: {error}"
            self._trace.append(TraceLine(text, "failed"))
            return None

    def _block(self, found: StudyFound, verdict: Verdict) -> None:
        uid, why = found.study_instance_uid, "; ".join(verdict.reasons)
        self._report("block", "refused", uid, reason="identity_gate")
        text = f"{self._archive.archive_id}: a study was blocked: {why}"
        self._trace.append(TraceLine(text, "refused"))


def _queries(context: Context) -> list[StudyQuery]:
    """Study UIDs first; an accession number only together with a patient id.

    Numbers that could mean more than one study (wildcards) are never searched for.
    """
    by_uid = [StudyQuery(study_instance_uid=uid) for uid in context.study_uids]
    by_accession = [
        StudyQuery(patient_id=mrn, accession_number=accession)
        for accession in context.accession_numbers
        for mrn in _mrns(context)
        if _is_exact(accession)
    ]
    return by_uid + by_accession


def _of_patient(context: Context) -> list[StudyQuery]:
    return [StudyQuery(patient_id=mrn) for mrn in _mrns(context)]


def _mrns(context: Context) -> list[str]:
    values = dict.fromkeys(mrn for mrn, _issuer in context.patient.mrns)
    return [mrn for mrn in values if _is_exact(mrn)]


def _is_exact(value: str) -> bool:
    return bool(value.strip()) and not set(WILDCARDS) & set(value)


def _moment(found: StudyFound) -> tuple[str, str, str]:
    return (found.study_date, found.study_time, found.study_instance_uid)
