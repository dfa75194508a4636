"""Archives that are made of studies in memory, for the tests of gathering."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import date

from smart_viewer.archive.port import (
    EncodedFrame,
    InstanceRef,
    StudyFound,
    StudyQuery,
)
from smart_viewer.archive.search_answer import SearchAnswer, SearchNotice
from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.study import Instance, PixelLayout, Series, Study
from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.fhir.context import Context
from smart_viewer.fhir.patient import EhrPatient
from smart_viewer.hanging.read_protocol import LIBRARY_FOLDER, load_library
from smart_viewer.reading.assemble import Launched
from smart_viewer.reading.gate import Expected

MRN, ACCESSION = "M1", "A1"
NAME, BIRTH_DATE = "Sandbox^Anna", "1950-01-02"
THEM = PatientIdentity(MRN, "", NAME, "19500102", "F")
SOMEBODY_ELSE = PatientIdentity(MRN, "", NAME, "19990909", "F")
EXPECTED = Expected(((MRN, ""),), (NAME,), BIRTH_DATE, "female", single_domain=True)
LIBRARY = load_library(LIBRARY_FOLDER)
TODAY = date(2024, 6, 1)
PIXELS = PixelLayout(8, 6, 1, "MONOCHROME2", 16, 16, 15, signed=True)


def study(
    number: int,
    day: str = "20240101",
    patient: PatientIdentity = THEM,
    modality: str = "CT",
    images: int = 2,
    sets: int = 1,
) -> Study:
    """A study whose UIDs hold its number; `images` in each of its series."""
    uid = f"1.2.{number}"
    series = tuple(
        Series(
            f"{uid}.{s}",
            modality,
            s,
            f"series {s}",
            "CHEST",
            tuple(instance(f"{uid}.{s}.{i}", i) for i in range(1, images + 1)),
        )
        for s in range(1, sets + 1)
    )
    accession = ACCESSION if number == 1 else f"A{number}"
    return Study(uid, (patient,), day, "101500", "", accession, "", series)


def instance(uid: str, number: int) -> Instance:
    return Instance(
        sop_instance_uid=uid,
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        instance_number=number,
        number_of_frames=1,
        image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
        pixels=PIXELS,
        plane=None,
        frame_of_reference_uid="",
        slice_thickness_mm=None,
        imager_pixel_spacing=None,
        rescale_slope=1.0,
        rescale_intercept=0.0,
        rescale_type="",
        windows=(),
        lossy=False,
        lossy_ratio=None,
    )


@dataclass
class FakeArchive:
    """`port.Archive` over studies in memory; keeps what it was asked.

    unread: UIDs whose metadata fail. fails_at: that search (from 1) and all later
    ones fail. broken: a search raises what nobody expects. notices: of each search.
    """

    archive_id: str
    studies: Sequence[Study] = ()
    unread: Sequence[str] = ()
    fails_at: int | None = None
    broken: bool = False
    notices: tuple[SearchNotice, ...] = ()
    asked: list[StudyQuery] = field(default_factory=list)

    def search(self, query: StudyQuery) -> tuple[StudyFound, ...]:
        return self.search_noted(query).found

    def search_noted(self, query: StudyQuery) -> SearchAnswer:
        self.asked.append(query)
        if self.broken:
            raise RuntimeError("a bug")
        if self.fails_at is not None and len(self.asked) >= self.fails_at:
            raise UpstreamUnavailable("The archive is busy.")
        found = [self._found(one) for one in self.studies if _meets(one, query)]
        return SearchAnswer(tuple(found), self.notices)

    def study(self, study_instance_uid: str) -> Study:
        if study_instance_uid in self.unread:
            raise UpstreamUnavailable("The archive answered with another study.")
        return next(
            one for one in self.studies if one.study_instance_uid == study_instance_uid
        )

    def frames(
        self, ref: InstanceRef, frame_numbers: Sequence[int]
    ) -> Generator[EncodedFrame]:
        raise AssertionError("no frame is asked for")

    def _found(self, one: Study) -> StudyFound:
        return StudyFound(
            self.archive_id,
            one.study_instance_uid,
            one.patient,
            one.accession_number,
            one.study_date,
            one.study_time,
            one.study_description,
            tuple(series.modality for series in one.series),
            1,
        )


def _meets(one: Study, query: StudyQuery) -> bool:
    pairs = (
        (query.patient_id, one.patient.patient_id),
        (query.study_instance_uid, one.study_instance_uid),
        (query.accession_number, one.accession_number),
    )
    return all(wanted in {None, value} for wanted, value in pairs)


class Reports(list[tuple[str, str, str | None, str]]):
    """A Reporter that keeps (action, outcome, study, reason)."""

    def __call__(
        self, action: str, outcome: str, study: str | None = None, reason: str = ""
    ) -> None:
        self.append((action, outcome, study, reason))


def context_of(
    uids: Sequence[str] = (),
    accessions: Sequence[str] = (ACCESSION,),
    mrns: Sequence[str] = (MRN,),
) -> Context:
    """A launch for these; without any, at the level of the patient."""
    patient = EhrPatient(
        "1",
        (NAME,),
        "SANDBOX, Anna",
        BIRTH_DATE,
        "female",
        tuple((m, "") for m in mrns),
    )
    return Context(
        patient=patient,
        order=None,
        study_uids=tuple(uids),
        accession_numbers=tuple(accessions),
        trace=(),
        warnings=(),
        patient_level=not uids and not accessions,
    )


def launched(context: Context, *archive_ids: str) -> Launched:
    return Launched(
        "ehr", None, "Patient/1", False, context, LIBRARY, TODAY, archive_ids
    )
