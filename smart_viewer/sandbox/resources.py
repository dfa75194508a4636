"""The people of the sandbox as FHIR R4 resources.

Identifier.type codes are of v2-0203; study UIDs follow FHIR R4 ImagingStudy.identifier
(system `urn:dicom:uid`, value `urn:oid:<uid>`).
"""

from __future__ import annotations

from typing import Any

from smart_viewer.sandbox.charts import (
    People,
    SandboxEncounter,
    SandboxOrder,
    SandboxPatient,
    SandboxPractitioner,
    SandboxReport,
    SandboxSeries,
    SandboxStudy,
)
from smart_viewer.sandbox.identity import ACCESSION_SYSTEM_OID, MRN_SYSTEM_OID

Resource = dict[str, Any]

MRN_SYSTEM = f"urn:oid:{MRN_SYSTEM_OID}"
ACCESSION_SYSTEM = f"urn:oid:{ACCESSION_SYSTEM_OID}"
PRACTITIONER_SYSTEM = "urn:oid:2.999.1.3"
PLACER_SYSTEM = "urn:oid:2.999.1.4"
DICOM_UID_SYSTEM = "urn:dicom:uid"
IDENTIFIER_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
ACT_CODES = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONNECTION_TYPES = "http://terminology.hl7.org/CodeSystem/endpoint-connection-type"
NAME_REPRESENTATION = (
    "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
)
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
ALLERGY_VERIFICATION = (
    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
)
DCM = "http://dicom.nema.org/resources/ontology/DCM"
PROTOCOLS = "https://sandbox.example/ActivityDefinition"
REPORT_SYSTEM = "urn:oid:2.999.1.5"
RADIOLOGY = "http://terminology.hl7.org/CodeSystem/v2-0074"
ENDPOINT_ID = "archive"


def all_resources(
    people: People, base_url: str, dicomweb_url: str | None
) -> list[Resource]:
    """Every resource of the EHR, patients first."""
    return [
        *(patient(one, _replaced_by(people, one)) for one in people.patients),
        *(
            allergy_intolerance(one, number)
            for one in people.patients
            for number in range(len(one.allergies))
        ),
        *map(practitioner, people.practitioners),
        *map(encounter, people.encounters),
        *map(service_request, people.orders),
        *map(imaging_study, people.studies),
        *(diagnostic_report(one, _studies_of(people, one)) for one in people.reports),
        endpoint(base_url, dicomweb_url),
    ]


def _replaced_by(people: People, survivor: SandboxPatient) -> tuple[str, ...]:
    """Ids of the records that were merged into the survivor's."""
    return tuple(p.id for p in people.patients if p.replaced_by == survivor.id)


def patient(person: SandboxPatient, replaces: tuple[str, ...] = ()) -> Resource:
    """A Patient; without birthDate or gender where they are unknown.

    replaces: ids of records that were merged into this one.
    """
    merged = [(person.replaced_by, "replaced-by")] if person.replaced_by else []
    return _present(
        {
            "resourceType": "Patient",
            "id": person.id,
            "active": not person.replaced_by,
            "identifier": _identifiers(
                ("MR", MRN_SYSTEM, person.mrn),
                *(("MR", system, value) for system, value in person.other_mrns),
            ),
            "name": _names(person),
            "gender": person.gender,
            "birthDate": person.birth_date,
            "link": [
                {"other": {"reference": f"Patient/{other}"}, "type": how}
                for other, how in (*merged, *((one, "replaces") for one in replaces))
            ],
        }
    )


def _names(person: SandboxPatient) -> list[Resource]:
    """The name, then the same in other scripts (iso21090-EN-representation)."""
    name = _present({"family": person.family, "given": list(person.given)})
    others = [
        {
            "extension": [{"url": NAME_REPRESENTATION, "valueCode": representation}],
            "use": "official",
            "family": family,
            "given": [given],
        }
        for representation, family, given in person.scripts
    ]
    return [{"use": "official", **name}, *others] if name else []


def practitioner(clinician: SandboxPractitioner) -> Resource:
    """A Practitioner."""
    name = {
        "use": "official",
        "family": clinician.family,
        "given": list(clinician.given),
        "prefix": [clinician.prefix] if clinician.prefix else [],
    }
    return {
        "resourceType": "Practitioner",
        "id": clinician.id,
        "active": True,
        "identifier": _identifiers(("EI", PRACTITIONER_SYSTEM, clinician.number)),
        "name": [_present(name)],
    }


def allergy_intolerance(patient: SandboxPatient, number: int) -> Resource:
    """An entry of the patient's allergy list, active and confirmed."""
    entry = patient.allergies[number]
    return _present(
        {
            "resourceType": "AllergyIntolerance",
            "id": f"allergy-{patient.id.removeprefix('patient-')}-{number + 1}",
            "clinicalStatus": _concept(ALLERGY_CLINICAL, "active", ""),
            "verificationStatus": _concept(ALLERGY_VERIFICATION, "confirmed", ""),
            "criticality": entry.criticality,
            "code": _concept(SNOMED, entry.snomed, entry.text)
            if entry.snomed
            else {"text": entry.text},
            "patient": {"reference": f"Patient/{patient.id}"},
        }
    )


def encounter(visit: SandboxEncounter) -> Resource:
    """An outpatient Encounter."""
    clinician = {"reference": f"Practitioner/{visit.practitioner_id}"}
    return _present(
        {
            "resourceType": "Encounter",
            "id": visit.id,
            "status": "finished",
            "class": {"system": ACT_CODES, "code": "AMB", "display": "ambulatory"},
            "subject": {"reference": f"Patient/{visit.patient_id}"},
            "participant": [{"individual": clinician}],
            "period": {"start": visit.started} if visit.started else {},
        }
    )


def service_request(order: SandboxOrder) -> Resource:
    """An imaging order; without ACSN identifier where it has no accession."""
    site, _ = order.body_site
    return _present(
        {
            "resourceType": "ServiceRequest",
            "id": order.id,
            "identifier": _identifiers(
                ("PLAC", PLACER_SYSTEM, order.placer_number),
                ("ACSN", ACCESSION_SYSTEM, order.accession_number),
            ),
            "instantiatesCanonical": [f"{PROTOCOLS}/{order.loinc}"]
            if order.loinc
            else [],
            "status": order.status,
            "intent": "order",
            "category": [_concept(SNOMED, "363679005", "Imaging")],
            "priority": order.priority,
            "code": _concept(LOINC, order.loinc, order.text),
            "subject": {"reference": f"Patient/{order.patient_id}"},
            "encounter": {"reference": f"Encounter/{order.encounter_id}"},
            "authoredOn": order.authored_on,
            "requester": {"reference": f"Practitioner/{order.requester_id}"},
            "reasonCode": [{"text": order.reason}] if order.reason else [],
            "bodySite": [_concept(SNOMED, *order.body_site)] if site else [],
            "supportingInfo": [
                {"reference": f"ImagingStudy/{study}"} for study in order.compares_with
            ],
        }
    )


def imaging_study(study: SandboxStudy) -> Resource:
    """An ImagingStudy with its series, but no instances."""
    uid = {"system": DICOM_UID_SYSTEM, "value": f"urn:oid:{study.study_instance_uid}"}
    accession = _identifiers(("ACSN", ACCESSION_SYSTEM, study.accession_number))
    return _present(
        {
            "resourceType": "ImagingStudy",
            "id": study.id,
            "identifier": [{"use": "official", **uid}, *accession],
            "status": "available",
            "modality": [{"system": DCM, "code": code} for code in study.modalities],
            "subject": {"reference": f"Patient/{study.patient_id}"},
            "encounter": {"reference": f"Encounter/{study.encounter_id}"},
            "started": study.started,
            "basedOn": [{"reference": f"ServiceRequest/{study.order_id}"}],
            "endpoint": [{"reference": f"Endpoint/{ENDPOINT_ID}"}],
            "numberOfSeries": len(study.series),
            "numberOfInstances": sum(series.instances for series in study.series),
            "description": study.description,
            "series": [_series(series) for series in study.series],
        }
    )


def diagnostic_report(report: SandboxReport, study_ids: tuple[str, ...]) -> Resource:
    """A radiology report. study_ids: FHIR ids of the studies it was read from."""
    return _present(
        {
            "resourceType": "DiagnosticReport",
            "id": report.id,
            "identifier": [{"system": REPORT_SYSTEM, "value": report.id.upper()}],
            "basedOn": [{"reference": f"ServiceRequest/{report.order_id}"}],
            "status": report.status,
            "category": [_concept(RADIOLOGY, "RAD", "Radiology")],
            "code": _concept(LOINC, report.code, report.text),
            "subject": {"reference": f"Patient/{report.patient_id}"},
            "issued": report.issued,
            "imagingStudy": [{"reference": f"ImagingStudy/{one}"} for one in study_ids],
            "conclusion": report.conclusion,
        }
    )


def _studies_of(people: People, report: SandboxReport) -> tuple[str, ...]:
    uid = report.study_instance_uid
    return tuple(s.id for s in people.studies if s.study_instance_uid == uid)


def _series(series: SandboxSeries) -> Resource:
    return _present(
        {
            "uid": series.uid,
            "number": series.number,
            "modality": {"system": DCM, "code": series.modality},
            "description": series.description,
            "numberOfInstances": series.instances,
        }
    )


def endpoint(base_url: str, dicomweb_url: str | None) -> Resource:
    """Where the images are served; `suspended` while no DICOMweb service runs."""
    connection = {"system": CONNECTION_TYPES, "code": "dicom-wado-rs"}
    return {
        "resourceType": "Endpoint",
        "id": ENDPOINT_ID,
        "status": "suspended" if dicomweb_url is None else "active",
        "connectionType": connection,
        "name": "Sandbox archive",
        "payloadType": [{"text": "DICOM WADO-RS"}],
        "payloadMimeType": ["application/dicom"],
        "address": dicomweb_url or f"{base_url}/dicomweb",
    }


def _identifiers(*rows: tuple[str, str, str]) -> list[Resource]:
    return [
        {
            "type": {"coding": [{"system": IDENTIFIER_TYPES, "code": code}]},
            "system": system,
            "value": value,
        }
        for code, system, value in rows
        if value
    ]


def _concept(system: str, code: str, text: str) -> Resource:
    coding = [{"system": system, "code": code, "display": text}] if code else []
    return _present({"coding": coding, "text": text})


def _present(members: Resource) -> Resource:
    """The members that say something: FHIR knows no empty value."""
    return {name: value for name, value in members.items() if value not in ("", [], {})}
