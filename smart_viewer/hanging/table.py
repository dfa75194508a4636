"""What the rules are given: the studies of one patient, and the order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from smart_viewer.dicom.series_facts import SeriesFacts

Level = Literal["MANUFACTURER", "SITE", "USER_GROUP", "SINGLE_USER"]
LEVELS: tuple[Level, ...] = ("MANUFACTURER", "SITE", "USER_GROUP", "SINGLE_USER")
Coding = tuple[str, str, str]  # system, code, display
NON_IMAGES = frozenset(
    "SR PR KO DOC SEG REG RTPLAN RTSTRUCT RTDOSE RTRECORD PLAN FID AU ECG HD "
    "RWV".split()
)

_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d)?([0-5]\d(?:\.\d+)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class SetEntry:
    """One display set. index: its index in the reading's plan.

    shown: it can be drawn; one that cannot stays in the list, never in a cell.
    """

    index: int
    label: str
    series_number: int | None
    shown: bool
    facts: SeriesFacts


@dataclass(frozen=True, slots=True)
class StudyEntry:
    """One study that passed the identity gate.

    patient: whose it is, as the gate found: the FHIR reference of the reading's
    patient, the same for every study that it admitted. study_date, study_time:
    DA and TM. sets: empty for a prior whose metadata was not fetched yet.
    """

    study_instance_uid: str
    patient: str
    study_date: str
    study_time: str
    study_description: str
    modalities: tuple[str, ...]
    sets: tuple[SetEntry, ...] = ()

    def image_modalities(self) -> frozenset[str]:
        """What the study holds pictures of."""
        of_sets = {one.facts.modality for one in self.sets}
        return frozenset(of_sets or set(self.modalities)) - NON_IMAGES - {""}


@dataclass(frozen=True, slots=True)
class StudyTable:
    """The studies of this order, and what else the patient has.

    ValueError: studies of two patients, or one display set or study twice. Only
    studies that the gate admitted for one patient can stand in one table.
    """

    current: tuple[StudyEntry, ...]
    others: tuple[StudyEntry, ...] = ()

    def __post_init__(self) -> None:
        studies = self.current + self.others
        if len({study.patient for study in studies}) > 1:
            raise ValueError("a hanging plan is of one patient")
        uids = [study.study_instance_uid for study in studies]
        indices = [one.index for study in studies for one in study.sets]
        if len(set(uids)) < len(uids) or len(set(indices)) < len(indices):
            raise ValueError("a study or a display set stands in the table twice")

    def in_order(self) -> StudyTable:
        """The same table in one order, whatever the order it was made in."""
        return StudyTable(_in_order(self.current), _in_order(self.others))


def _in_order(studies: Sequence[StudyEntry]) -> tuple[StudyEntry, ...]:
    return tuple(
        replace(study, sets=tuple(sorted(study.sets, key=set_order)))
        for study in sorted(studies, key=lambda s: s.study_instance_uid)
    )


def set_order(entry: SetEntry) -> tuple[bool, int, str, int]:
    """Series number, then label ("clip 2" before "clip 11"), then the index."""
    number = entry.series_number
    label = re.sub(r"\d+", lambda digits: digits[0].zfill(8), entry.label)
    return (number is None, number or 0, label, entry.index)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the EHR says that was ordered; strongest first where there are several.

    codings: of ServiceRequest.code, then of ImagingStudy.procedureCode.
    body_site_codings, body_sites: coded, and as text. reasons: as text.
    named_comparisons: Study Instance UIDs that the prior report names.
    """

    codings: tuple[Coding, ...] = ()
    text: str = ""
    body_site_codings: tuple[Coding, ...] = ()
    body_sites: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    named_comparisons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preference:
    """ "Always use this protocol": for these exam codes, or for every exam.

    exam_codes: (system or designator, code); empty: whatever is ordered, as the
    one-key override asks.
    """

    protocol_id: str
    level: Level
    exam_codes: tuple[tuple[str, str], ...] = field(default=())


def moment_of(study: StudyEntry) -> datetime | None:
    """When it was taken; midnight where the time (TM) is missing or wrong."""
    day = date_of(study.study_date)
    if day is None:
        return None
    return datetime.combine(day, time()) + timedelta(
        seconds=seconds_of(study.study_time) or 0.0
    )


def seconds_of(tm: str) -> float | None:
    """Seconds of the day of a TM (PS3.5 6.2), colons allowed; None where it is none."""
    match = _TIME.fullmatch(tm.strip().replace(":", ""))
    if match is None:
        return None
    hours, minutes, seconds = (float(part) for part in match.groups(default="0"))
    return hours * 3600 + minutes * 60 + seconds


def date_of(da: str) -> date | None:
    """A DA (PS3.5 6.2), the older form with dots too; None where it is no date."""
    digits = da.strip().replace(".", "")
    if len(digits) != 8 or not digits.isascii() or not digits.isdigit():
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
