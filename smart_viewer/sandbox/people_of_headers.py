"""An EHR for any folder of DICOM: its people and orders as the headers tell them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from smart_viewer.sandbox.charts import (
    Gender,
    People,
    SandboxEncounter,
    SandboxOrder,
    SandboxPatient,
    SandboxPractitioner,
    SandboxSeries,
    SandboxStudy,
)

GENDERS: dict[str, Gender] = {"M": "male", "F": "female", "O": "other"}
DATE_DIGITS = 8

CLINICIAN = SandboxPractitioner(
    "practitioner-1", "SBX-C-1", "Dr.", "Sandbox", ("Clinician",)
)


@dataclass(frozen=True, slots=True)
class StudyHeader:
    """One study as its DICOM headers tell it; empty strings where they are silent.

    patient_name: PN. Dates: DA, YYYYMMDD.
    series: (uid, modality, description, number of instances) of each.
    """

    patient_id: str
    patient_name: str
    birth_date: str
    sex: str
    study_instance_uid: str
    accession_number: str
    study_date: str
    study_description: str
    modalities: tuple[str, ...]
    series: tuple[tuple[str, str, str, int], ...]


def fhir_date(dicom_date: str) -> str:
    """`YYYYMMDD` as `YYYY-MM-DD`; empty for anything else."""
    digits = dicom_date.strip()
    if len(digits) != DATE_DIGITS or not digits.isdecimal():
        return ""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def people_from_studies(studies: Sequence[StudyHeader]) -> People:
    """An EHR for any DICOM: a patient per PatientID, an order per study.

    A study without accession number gets an order without ACSN identifier; its
    ImagingStudy still names the study. An empty birth date stays unknown. Studies
    without PatientID are never joined: each gets a patient of its own.
    """
    first_of_patient: dict[str, StudyHeader] = {}
    unique = {study.study_instance_uid: study for study in studies}
    for study in unique.values():
        first_of_patient.setdefault(_patient_key(study), study)
    return People(
        patients=tuple(_patient_of(study) for study in first_of_patient.values()),
        practitioners=(CLINICIAN,),
        encounters=tuple(_encounter_of(study) for study in unique.values()),
        orders=tuple(_order_of(n, s) for n, s in enumerate(unique.values(), start=1)),
        studies=tuple(_imaging_of(study) for study in unique.values()),
        notice="Patients made from DICOM headers, not a real EHR",
    )


def _patient_key(study: StudyHeader) -> str:
    return study.patient_id or study.study_instance_uid


def _patient_of(study: StudyHeader) -> SandboxPatient:
    family, given = name_parts(study.patient_name)
    return SandboxPatient(
        id=_opaque("patient", _patient_key(study)),
        mrn=study.patient_id,
        family=family,
        given=given,
        birth_date=fhir_date(study.birth_date),
        gender=GENDERS.get(study.sex, ""),
    )


def _encounter_of(study: StudyHeader) -> SandboxEncounter:
    return SandboxEncounter(
        id=_opaque("encounter", study.study_instance_uid),
        patient_id=_opaque("patient", _patient_key(study)),
        practitioner_id=CLINICIAN.id,
        started=fhir_date(study.study_date),
    )


def _order_of(number: int, study: StudyHeader) -> SandboxOrder:
    modalities = "/".join(study.modalities)
    return SandboxOrder(
        id=_opaque("order", study.study_instance_uid),
        patient_id=_opaque("patient", _patient_key(study)),
        encounter_id=_opaque("encounter", study.study_instance_uid),
        requester_id=CLINICIAN.id,
        placer_number=f"SBX-ORD-{number:04d}",
        accession_number=study.accession_number,
        text=study.study_description or f"{modalities} imaging".strip(),
        loinc="",
        status="completed",
        priority="routine",
        reason="",
        authored_on=fhir_date(study.study_date),
    )


def _imaging_of(study: StudyHeader) -> SandboxStudy:
    return SandboxStudy(
        id=_opaque("imaging", study.study_instance_uid),
        patient_id=_opaque("patient", _patient_key(study)),
        encounter_id=_opaque("encounter", study.study_instance_uid),
        order_id=_opaque("order", study.study_instance_uid),
        study_instance_uid=study.study_instance_uid,
        accession_number=study.accession_number,
        started=fhir_date(study.study_date),
        description=study.study_description,
        modalities=study.modalities,
        series=tuple(
            SandboxSeries(uid, n, modality, description, instances)
            for n, (uid, modality, description, instances) in enumerate(
                study.series, start=1
            )
        ),
    )


def name_parts(person_name: str) -> tuple[str, tuple[str, ...]]:
    """Family and given names of the alphabetic group of a PN (PS3.5 6.2.1)."""
    family, *rest = person_name.split("=", maxsplit=1)[0].split("^")
    given = [word for part in rest[:2] for word in part.split()]
    return family.strip(), tuple(given)


def _opaque(kind: str, value: str) -> str:
    """A stable FHIR id that shows nothing of the value behind it."""
    return f"{kind}-{hashlib.sha256(value.encode()).hexdigest()[:16]}"
