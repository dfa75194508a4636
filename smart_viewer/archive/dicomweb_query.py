"""A study search as QIDO-RS parameters, and its answers filtered again (PS3.18 10.6).

An archive that does not know a filter may leave it out and answer with everybody's
studies (PS3.18 8.3.4 lets it); so nothing is believed that does not say it itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from smart_viewer.archive.port import StudyFound, StudyQuery
from smart_viewer.archive.search_answer import NoticeCode, SearchAnswer, SearchNotice
from smart_viewer.archive_profile import Filter
from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.json_values import (
    JsonDataset,
    integer,
    person_name,
    text,
    texts,
)

# What an answer must hold beside what every study answer has (PS3.18 10.6.3.3).
FIELDS = (
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientSex",
    "ModalitiesInStudy",
    "StudyDescription",
    "NumberOfStudyRelatedInstances",
)
_UID = re.compile(r"[0-9.]{1,64}")
_STUDY_UID = "0020000D"


def search_parameters(
    query: StudyQuery, unsupported: Collection[Filter] = ()
) -> dict[str, str]:
    """The query's filters by keyword, without those that the archive has not."""
    given: dict[Filter, str | None] = {
        "PatientID": query.patient_id,
        "IssuerOfPatientID": query.issuer_of_patient_id,
        "StudyInstanceUID": query.study_instance_uid,
        "AccessionNumber": query.accession_number,
        "ModalitiesInStudy": query.modality,
        "StudyDate": _date_range(query),
    }
    return {
        name: value
        for name, value in given.items()
        if value is not None and name not in unsupported
    }


def _date_range(query: StudyQuery) -> str | None:
    """PS3.4 C.2.2.2.5: "from-to", either end may be open."""
    first, last = query.study_date_from or "", query.study_date_to or ""
    return f"{first}-{last}" if first or last else None


@dataclass(slots=True)
class Sieve:
    """Keeps the answers that meet the query, and counts the others.

    issuer: IssuerOfPatientID of answers that name none.
    """

    archive_id: str
    query: StudyQuery
    issuer: str = ""
    found: dict[str, StudyFound] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _dropped: Counter[NoticeCode] = field(default_factory=Counter)

    def take(self, answers: Sequence[object]) -> int:
        """How many of the answers are of studies that were not met before."""
        before = len(self._seen)
        for answer in answers:
            self._take_one(answer)
        return len(self._seen) - before

    def result(self, partial: bool) -> SearchAnswer:
        """Everything taken so far; newest first."""
        notices = [SearchNotice(code, n) for code, n in sorted(self._dropped.items())]
        if partial:
            notices.append(SearchNotice("partial"))
        newest_first = sorted(
            self.found.values(),
            key=lambda one: (one.study_date, one.study_time, one.study_instance_uid),
            reverse=True,
        )
        return SearchAnswer(tuple(newest_first), tuple(notices))

    def _take_one(self, answer: object) -> None:
        if not isinstance(answer, dict) or not _UID.fullmatch(text(answer, _STUDY_UID)):
            self._dropped["unreadable"] += 1
            return
        uid = text(answer, _STUDY_UID)
        if uid in self._seen:
            self._dropped["duplicate"] += 1
            return
        self._seen.add(uid)
        study = _study_found(self.archive_id, answer, self.issuer)
        problem = _mismatch(self.query, study)
        if problem:
            self._dropped[problem] += 1
            return
        self.found[uid] = study


def _study_found(archive_id: str, answer: JsonDataset, issuer: str) -> StudyFound:
    patient = PatientIdentity(
        patient_id=text(answer, "00100020"),
        issuer_of_patient_id=text(answer, "00100021") or issuer,
        patient_name=person_name(answer, "00100010"),
        patient_birth_date=text(answer, "00100030"),
        patient_sex=text(answer, "00100040"),
    )
    return StudyFound(
        archive_id=archive_id,
        study_instance_uid=text(answer, _STUDY_UID),
        patient=patient,
        identities=(patient,),
        accession_number=text(answer, "00080050"),
        study_date=text(answer, "00080020"),
        study_time=text(answer, "00080030"),
        study_description=text(answer, "00081030"),
        modalities=tuple(sorted({m for m in texts(answer, "00080061") if m})),
        number_of_instances=max(integer(answer, "00201208") or 0, 0),
    )


_EXACT: tuple[
    tuple[Callable[[StudyQuery], str | None], Callable[[StudyFound], str]], ...
]
_EXACT = (
    (lambda q: q.patient_id, lambda s: s.patient.patient_id),
    (lambda q: q.issuer_of_patient_id, lambda s: s.patient.issuer_of_patient_id),
    (lambda q: q.study_instance_uid, lambda s: s.study_instance_uid),
    (lambda q: q.accession_number, lambda s: s.accession_number),
)


def _mismatch(query: StudyQuery, study: StudyFound) -> NoticeCode | None:
    """Why the study does not meet the query; a difference weighs more than a gap."""
    wanted = [(want(query), has(study)) for want, has in _EXACT]
    pairs = [(w.strip(), value) for w, value in wanted if w is not None]
    missing = any(not value for _, value in pairs)
    differs = any(value and value != w for w, value in pairs)
    if query.modality is not None:
        missing = missing or not study.modalities
        differs = differs or bool(
            study.modalities and query.modality not in study.modalities
        )
    if query.study_date_from is not None or query.study_date_to is not None:
        missing = missing or not study.study_date
        differs = differs or not _in_range(query, study.study_date)
    if differs:
        return "filter_ignored"
    return "attribute_missing" if missing else None


def _in_range(query: StudyQuery, date: str) -> bool:
    """True for a study without a date, which is missing rather than different."""
    if not date:
        return True
    return (query.study_date_from or "") <= date <= (query.study_date_to or "99999999")
