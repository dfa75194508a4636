"""The people of the sandbox EHR: patients, encounters, orders, imaging and reports.

`default_people()` are those of the demo; `people_from_studies()` makes an EHR for any
folder of DICOM.
"""

from __future__ import annotations

from dataclasses import replace

from smart_viewer.sandbox.charts import (
    NameInScript,
    People,
    Representation,
    SandboxAllergy,
    SandboxEncounter,
    SandboxOrder,
    SandboxPatient,
    SandboxPractitioner,
    SandboxReport,
    SandboxSeries,
    SandboxStudy,
)
from smart_viewer.sandbox.exams import EXAMS, Exam
from smart_viewer.sandbox.identity import (
    BRAIN_PATIENT,
    CHEST_PATIENT,
    EHR_BIRTH_DATE_OF_OTHER,
    HEAD_PATIENT,
    IDENTITIES,
    MAMMOGRAM_PATIENT,
    MAMMOGRAM_PRIOR,
    OTHER_BIRTH_DATE_PATIENT,
    OTHER_MRN_SYSTEM_OID,
    PETCT_PATIENT,
    RADIOGRAPH_PATIENT,
    RADIOGRAPH_PRIOR_2,
    ULTRASOUND_PATIENT,
    SampleIdentity,
)
from smart_viewer.sandbox.people_of_headers import (
    CLINICIAN,
    GENDERS,
    StudyHeader,
    fhir_date,
    name_parts,
    people_from_studies,
)
from smart_viewer.sandbox.sample_families import all_studies
from smart_viewer.sandbox.sample_plan import SampleStudyPlan

__all__ = ["StudyHeader", "default_people", "people_from_studies"]

RADIOLOGIST = SandboxPractitioner(
    "practitioner-2", "SBX-C-2", "Dr.", "Sandbox", ("Radiologist",)
)
_REPRESENTATIONS: tuple[Representation, ...] = ("IDE", "SYL")
_DAY_WITHOUT_IMAGES = "2024-03-07"


def default_people() -> People:
    """One for each sample study, one without images, and one that was merged.

    The first has images that agree, the second images of another birth date, the
    third none. Priors and their orders come last.
    """
    plans = {plan.key: plan for plan in all_studies()}
    return People(
        patients=_patients(),
        practitioners=(CLINICIAN, RADIOLOGIST),
        encounters=tuple(map(_visit, EXAMS)),
        orders=tuple(map(_order, EXAMS)),
        studies=tuple(_study(exam, plans) for exam in EXAMS if exam.study),
        reports=tuple(_report(exam) for exam in EXAMS if exam.conclusion),
    )


def _patients() -> tuple[SandboxPatient, ...]:
    other = replace(
        _patient(2, OTHER_BIRTH_DATE_PATIENT),
        birth_date=fhir_date(EHR_BIRTH_DATE_OF_OTHER),
    )
    clinic = f"urn:oid:{OTHER_MRN_SYSTEM_OID}", RADIOGRAPH_PRIOR_2.patient_id
    contrast = SandboxAllergy("Iodinated contrast medium", "high")
    penicillin = SandboxAllergy("Penicillin", "low")
    none_known = SandboxAllergy("No known allergy", "", "716186003")
    return (
        replace(_patient(1, CHEST_PATIENT), allergies=(penicillin, contrast)),
        other,
        SandboxPatient(
            "patient-3", "SBX-0003", "Sandbox", ("Noimages",), "1978-01-30", "other"
        ),
        _patient(4, HEAD_PATIENT),
        replace(_patient(5, BRAIN_PATIENT), allergies=(none_known,)),
        replace(_patient(6, RADIOGRAPH_PATIENT), other_mrns=(clinic,)),
        _patient(7, MAMMOGRAM_PATIENT),
        _patient(8, PETCT_PATIENT),
        _patient(9, ULTRASOUND_PATIENT),
        replace(_patient(17, MAMMOGRAM_PRIOR), replaced_by="patient-7"),
    )


def _patient(number: int, identity: SampleIdentity) -> SandboxPatient:
    family, given = name_parts(identity.patient_name)
    return SandboxPatient(
        id=f"patient-{number}",
        mrn=identity.patient_id,
        family=family,
        given=given,
        birth_date=fhir_date(identity.birth_date),
        gender=GENDERS.get(identity.sex, ""),
        scripts=_scripts(identity.patient_name),
    )


def _scripts(person_name: str) -> tuple[NameInScript, ...]:
    """The ideographic and the phonetic group of a PN (PS3.5 6.2.1)."""
    groups = zip(_REPRESENTATIONS, person_name.split("=")[1:], strict=False)
    return tuple(
        NameInScript(kind, *group.partition("^")[::2]) for kind, group in groups
    )


def _day(exam: Exam) -> str:
    if not exam.study:
        return _DAY_WITHOUT_IMAGES
    return fhir_date(IDENTITIES[exam.study].study_date)


def _accession(exam: Exam) -> str:
    if not exam.study:
        return f"SBXA{exam.number:04d}"
    return IDENTITIES[exam.study].accession_number


def _visit(exam: Exam) -> SandboxEncounter:
    return SandboxEncounter(
        id=f"encounter-{exam.number}",
        patient_id=f"patient-{exam.patient}",
        practitioner_id=CLINICIAN.id,
        started=_day(exam),
    )


def _order(exam: Exam) -> SandboxOrder:
    return SandboxOrder(
        id=f"order-{exam.number}",
        patient_id=f"patient-{exam.patient}",
        encounter_id=f"encounter-{exam.number}",
        requester_id=CLINICIAN.id,
        placer_number=f"SBX-ORD-{exam.number:04d}",
        accession_number=_accession(exam),
        text=exam.code.text,
        loinc=exam.code.loinc,
        status=exam.status,
        priority=exam.priority,
        reason=exam.reason,
        authored_on=_day(exam),
        body_site=(exam.code.site, exam.code.site_text),
        compares_with=tuple(f"imaging-{number}" for number in exam.compares),
    )


def _study(exam: Exam, plans: dict[str, SampleStudyPlan]) -> SandboxStudy:
    identity, plan = IDENTITIES[exam.study], plans[exam.study]
    return SandboxStudy(
        id=f"imaging-{exam.number}",
        patient_id=f"patient-{exam.patient}",
        encounter_id=f"encounter-{exam.number}",
        order_id=f"order-{exam.number}",
        study_instance_uid=identity.study_instance_uid,
        accession_number=identity.accession_number,
        started=fhir_date(identity.study_date),
        description=identity.study_description,
        modalities=plan.modalities,
        series=tuple(
            SandboxSeries(
                one.series_instance_uid,
                one.number,
                one.modality,
                one.description,
                one.count,
            )
            for one in plan.series
        ),
    )


def _report(exam: Exam) -> SandboxReport:
    identity = IDENTITIES[exam.study]
    return SandboxReport(
        id=f"report-{exam.number}",
        patient_id=f"patient-{exam.patient}",
        order_id=f"order-{exam.number}",
        status="final",
        code=exam.code.loinc,
        text=exam.code.text,
        conclusion=exam.conclusion,
        issued=f"{_day(exam)}T16:40:00Z",
        study_instance_uid=identity.study_instance_uid,
    )
