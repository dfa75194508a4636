"""The forms in which a token response may name what was launched (SMART 2.2).

All name the same order of the same patient; an app must come to the same images.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from smart_viewer.sandbox.charts import People, SandboxOrder
from smart_viewer.sandbox.resources import (
    ACCESSION_SYSTEM,
    DICOM_UID_SYSTEM,
    IDENTIFIER_TYPES,
    PROTOCOLS,
)

ContextForm = Literal[
    "order",
    "imaging_study",
    "imaging_study_identifier",
    "diagnostic_report",
    "order_identifier",
    "order_canonical",
    "foreign_reference",
    "patient_role",
    "repeats",
    "encounter",
    "patient",
]
FOREIGN_EHR = "https://foreign.example/fhir"
OTHER_ROLE = "https://sandbox.example/role/relative"


def context_form(name: str) -> ContextForm | None:
    """The form of that name."""
    return next((form for form in get_args(ContextForm) if form == name), None)


def form_members(
    people: People, form: ContextForm, order_id: str | None, encounter_id: str | None
) -> dict[str, Any]:
    """`encounter` and `fhirContext`, as far as the form has them.

    A form whose resource the order lacks (no report, no study) names nothing.
    """
    members: dict[str, Any] = {}
    if encounter_id is not None and form != "patient":
        members["encounter"] = encounter_id
    order = people.order(order_id) if order_id is not None else None
    items = _items(people, form, order) if order is not None else []
    return members | ({"fhirContext": items} if items else {})


Items = list[dict[str, Any]]


def _items(people: People, form: ContextForm, order: SandboxOrder) -> Items:
    studies = [study for study in people.studies if study.order_id == order.id]
    reports = [report for report in people.reports if report.order_id == order.id]
    own = [one.id for one in people.orders if one.patient_id == order.patient_id]
    named = _reference("ServiceRequest", order.id)
    relative = _reference("Patient", order.patient_id) | {"role": OTHER_ROLE}
    foreign = {"reference": f"{FOREIGN_EHR}/ImagingStudy/imaging-1"}
    canonical = {"canonical": f"{PROTOCOLS}/{order.loinc}", "type": "ServiceRequest"}
    others = [_reference("ServiceRequest", one) for one in own if one != order.id]
    forms: dict[ContextForm, Items] = {
        "order": [named],
        "imaging_study": [_reference("ImagingStudy", one.id) for one in studies],
        "imaging_study_identifier": [
            _of_uid(one.study_instance_uid) for one in studies
        ],
        "diagnostic_report": [_reference("DiagnosticReport", r.id) for r in reports],
        "order_identifier": [_of_accession(order.accession_number)],
        "order_canonical": [canonical],
        "foreign_reference": [foreign, named],
        "patient_role": [relative, named],
        "repeats": [named, *others, named],
        "encounter": [],
        "patient": [],
    }
    return forms[form]


def _reference(kind: str, resource_id: str) -> dict[str, Any]:
    return {"reference": f"{kind}/{resource_id}"}


def _of_uid(uid: str) -> dict[str, Any]:
    identifier = {"system": DICOM_UID_SYSTEM, "value": f"urn:oid:{uid}"}
    return {"identifier": identifier, "type": "ImagingStudy"}


def _of_accession(number: str) -> dict[str, Any]:
    kind = {"coding": [{"system": IDENTIFIER_TYPES, "code": "ACSN"}]}
    identifier = {"type": kind, "system": ACCESSION_SYSTEM, "value": number}
    return {"identifier": identifier, "type": "ServiceRequest"}
