"""Small FHIR resources and a launch without a launch: each test changes one thing."""

from __future__ import annotations

from dataclasses import dataclass

from smart_viewer.fhir.context import Context, read_context
from smart_viewer.fhir.reader import FhirReader
from smart_viewer.launch.fhir_context import ContextItem
from smart_viewer.launch.refresh import bearer

V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
WIDE = (
    "launch",
    "openid",
    "fhirUser",
    "patient/Patient.r",
    "patient/ServiceRequest.rs",
    "patient/ImagingStudy.rs",
    "patient/DiagnosticReport.rs",
    "patient/Encounter.r",
    "patient/Endpoint.rs",
)


@dataclass(frozen=True)
class Facts:
    """What a launch said. references: `Type/id`; items: whole fhirContext entries."""

    references: tuple[str, ...] = ("ServiceRequest/o1",)
    patient: str = "p1"
    denied: frozenset[str] = frozenset({"AllergyIntolerance"})
    encounter: str | None = None
    items: tuple[ContextItem, ...] = ()

    @property
    def fhir_context(self) -> tuple[ContextItem, ...]:
        return tuple(ContextItem(reference=r) for r in self.references) + self.items

    def allows(self, resource: str, verbs: str) -> bool:
        return resource not in self.denied


def acsn(value: str) -> dict[str, object]:
    return {"value": value, "type": {"coding": [{"system": V2, "code": "ACSN"}]}}


def uid_identifier(number: object) -> dict[str, object]:
    return {"system": "urn:dicom:uid", "value": f"urn:oid:1.2.{number}"}


def order(number: int = 1, **changes: object) -> dict[str, object]:
    return {
        "resourceType": "ServiceRequest",
        "id": f"o{number}",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "identifier": [acsn(f"A{number}")],
        **changes,
    }


def study(number: int, **changes: object) -> dict[str, object]:
    return {
        "resourceType": "ImagingStudy",
        "id": f"s{number}",
        "status": "available",
        "subject": {"reference": "Patient/p1"},
        "basedOn": [{"reference": "ServiceRequest/o1"}],
        "identifier": [uid_identifier(number)],
        **changes,
    }


def report(number: int = 1, **changes: object) -> dict[str, object]:
    return {
        "resourceType": "DiagnosticReport",
        "id": f"r{number}",
        "status": "final",
        "code": {"text": "CT Chest"},
        "subject": {"reference": "Patient/p1"},
        **changes,
    }


def patient(**changes: object) -> dict[str, object]:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": "Phantom", "given": ["Amber"]}],
        "identifier": [{"system": "urn:mr", "value": "M1"}],
        **changes,
    }


def bundle(*resources: object) -> dict[str, object]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def launched_context(ehr, order_id: str = "order-1", form: str = "order") -> Context:
    """The context of a whole launch from the sandbox; its log holds the reading."""
    handle = ehr.launch(f"{order_id}?context={form}")
    token = bearer(
        handle.grant_id, ehr.store.grants, ehr.outbound, ehr.settings, ehr.clock
    )
    ehr.log.clear()
    reader = FhirReader(ehr.profile.iss, token, ehr.outbound)
    return read_context(reader, ehr.profile, handle.grant)


def steps(context: Context) -> list[tuple[str, str]]:
    return [(step.text, step.outcome) for step in context.trace]


def asked(ehr) -> list[str]:
    """Paths below the FHIR bases that were asked for with the token, sorted."""
    return sorted(entry.path for entry in ehr.log.entries if entry.has_authorization)
