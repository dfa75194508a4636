"""Does an archive heed a filter? It is asked for what cannot exist, then for what does.

PS3.18 8.3.4 lets an archive leave out a filter that it does not know; what comes
back then are the studies of others. The first question must be answered with none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from smart_viewer.archive.port import WILDCARDS, Archive, StudyFound, StudyQuery
from smart_viewer.archive.search_answer import SearchAnswer, ask
from smart_viewer.archive_profile import Filter

NO_UID = "2.25.263546384720987363518209471166309412871"
NO_TEXT = "SMARTVIEWER-NONE"  # 16 characters, as many as SH and CS hold
NO_DATE = "18000101"
_LET_THROUGH = frozenset({"filter_ignored", "attribute_missing"})


@dataclass(frozen=True, slots=True)
class Probe:
    """One filter. fields: of StudyQuery. value_of: what the known study has."""

    name: Filter
    fields: tuple[str, ...]
    impossible: str
    value_of: Callable[[StudyFound], str]


PROBES = (
    Probe("PatientID", ("patient_id",), NO_TEXT, lambda s: s.patient.patient_id),
    Probe(
        "StudyInstanceUID",
        ("study_instance_uid",),
        NO_UID,
        lambda s: s.study_instance_uid,
    ),
    Probe(
        "IssuerOfPatientID",
        ("issuer_of_patient_id",),
        NO_TEXT,
        lambda s: s.patient.issuer_of_patient_id,
    ),
    Probe(
        "AccessionNumber",
        ("accession_number",),
        NO_TEXT,
        lambda s: s.accession_number,
    ),
    Probe(
        "ModalitiesInStudy",
        ("modality",),
        NO_TEXT,
        lambda s: next(iter(s.modalities), ""),
    ),
    Probe(
        "StudyDate",
        ("study_date_from", "study_date_to"),
        NO_DATE,
        lambda s: s.study_date,
    ),
)


@dataclass(frozen=True, slots=True)
class Heeded:
    """narrows: what cannot exist was answered with nothing. finds: the known study

    came back for its own value; None where it has none that can be asked for.
    """

    narrows: bool
    finds: bool | None


def heeded(
    archive: Archive, probe: Probe, known: StudyFound | None, unstated: str = ""
) -> Heeded:
    """Whether the archive heeds the filter. UpstreamUnavailable.

    known: a study of the archive; without one only PatientID and StudyInstanceUID
    can be asked. unstated: a value that may be the configuration's own, not the
    archive's, and is therefore not asked for.
    """
    nothing = ask(archive, _query(probe, probe.impossible, known))
    if known is None:
        return Heeded(_is_empty(nothing), None)
    value = probe.value_of(known)
    if not can_be_asked(value) or value == unstated:
        return Heeded(_is_empty(nothing), None)
    found = ask(archive, _query(probe, value, known)).found
    uids = {one.study_instance_uid for one in found}
    return Heeded(_is_empty(nothing), known.study_instance_uid in uids)


def can_be_asked(value: str) -> bool:
    """Not empty, and nothing that an archive could take for a wildcard."""
    return bool(value.strip()) and not set(WILDCARDS) & set(value)


def _query(probe: Probe, value: str, known: StudyFound | None) -> StudyQuery:
    """As a launch asks: by patient or study alone, by the others within a patient."""
    given = dict.fromkeys(probe.fields, value)
    if known is None or probe.name in {"PatientID", "StudyInstanceUID"}:
        return StudyQuery(**given)
    return replace(_of(known), **given)


def _of(known: StudyFound) -> StudyQuery:
    patient_id = known.patient.patient_id
    if can_be_asked(patient_id):
        return StudyQuery(patient_id=patient_id)
    return StudyQuery(study_instance_uid=known.study_instance_uid)


def _is_empty(answer: SearchAnswer) -> bool:
    dropped = any(notice.code in _LET_THROUGH for notice in answer.notices)
    return not answer.found and not dropped
