"""The people as FHIR. Oracle: fhirclient's strict models, and the headers given."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fhirclient.models.endpoint import Endpoint
from fhirclient.models.fhirelementfactory import FHIRElementFactory
from fhirclient.models.imagingstudy import ImagingStudy
from fhirclient.models.patient import Patient
from fhirclient.models.servicerequest import ServiceRequest
from sandbox_app import BASE

from smart_viewer.sandbox.identity import (
    CHEST_PATIENT,
    EHR_BIRTH_DATE_OF_OTHER,
    OTHER_BIRTH_DATE_PATIENT,
)
from smart_viewer.sandbox.people import (
    StudyHeader,
    default_people,
    people_from_studies,
)
from smart_viewer.sandbox.resources import (
    all_resources,
    endpoint,
    imaging_study,
    patient,
    service_request,
)

STUDY = StudyHeader(
    patient_id="P-1",
    patient_name="Sample^Ada Test^M=^=^",
    birth_date="19700203",
    sex="F",
    study_instance_uid="2.999.5.1",
    accession_number="A-1",
    study_date="20240102",
    study_description="MR HEAD",
    modalities=("MR",),
    series=(("2.999.5.1.1", "MR", "T1", 20), ("2.999.5.1.2", "MR", "T2", 22)),
)


def test_every_default_resource_is_valid_fhir():
    resources = all_resources(default_people(), BASE, None)
    kinds = [resource["resourceType"] for resource in resources]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "Patient": 3,
        "Practitioner": 1,
        "Encounter": 3,
        "ServiceRequest": 3,
        "ImagingStudy": 2,
        "Endpoint": 1,
    }
    for resource in resources:  # a strict model refuses what R4 does not know
        model = FHIRElementFactory.instantiate(resource["resourceType"], resource)
        assert model.as_json() == resource


def test_the_demo_has_one_who_agrees_one_who_differs_and_one_without_images():
    people = default_people()
    agrees, differs, without = people.patients
    assert agrees.birth_date.replace("-", "") == CHEST_PATIENT.birth_date
    assert differs.birth_date.replace("-", "") == EHR_BIRTH_DATE_OF_OTHER
    assert EHR_BIRTH_DATE_OF_OTHER != OTHER_BIRTH_DATE_PATIENT.birth_date
    assert {study.patient_id for study in people.studies} == {agrees.id, differs.id}
    assert {order.patient_id for order in people.orders} >= {without.id}


def test_an_order_carries_code_numbers_and_context():
    order = ServiceRequest(service_request(default_people().orders[0]))
    assert (order.code.coding[0].system, order.code.coding[0].code) == (
        "http://loinc.org",
        "24627-2",
    )
    assert order.code.text == "CT Chest"
    numbers = {i.type.coding[0].code: (i.system, i.value) for i in order.identifier}
    assert numbers["ACSN"] == ("urn:oid:2.999.1.2", CHEST_PATIENT.accession_number)
    assert "PLAC" in numbers
    assert order.encounter.reference == "Encounter/encounter-1"
    assert order.requester.reference == "Practitioner/practitioner-1"
    assert (order.status, order.priority) == ("completed", "routine")
    assert order.reasonCode[0].text


def test_the_mrn_is_typed_and_has_its_system():
    person = Patient(patient(default_people().patients[0]))
    (number,) = person.identifier
    assert number.type.coding[0].code == "MR"
    assert (number.system, number.value) == ("urn:oid:2.999.1.1", "SBX-0001")


def test_headers_become_patient_order_and_imaging():
    # given one study's headers
    people = people_from_studies([STUDY])
    # when it is written as FHIR
    person = Patient(patient(people.patients[0]))
    order = ServiceRequest(service_request(people.orders[0]))
    imaging = ImagingStudy(imaging_study(people.studies[0]))
    # then the headers' values stand in it
    assert person.name[0].family == "Sample"
    assert person.name[0].given == ["Ada", "Test", "M"]
    assert person.birthDate.isostring == "1970-02-03"
    assert person.gender == "female"
    assert order.code.text == "MR HEAD"
    assert order.code.coding is None
    assert imaging.identifier[0].value == "urn:oid:2.999.5.1"
    assert imaging.basedOn[0].reference == f"ServiceRequest/{order.id}"
    assert [(s.uid, s.number, s.numberOfInstances) for s in imaging.series] == [
        ("2.999.5.1.1", 1, 20),
        ("2.999.5.1.2", 2, 22),
    ]
    assert imaging.numberOfInstances == 42


def test_no_fhir_id_shows_a_number_of_the_headers():
    people = people_from_studies([STUDY])
    found = [people.patients[0].id, people.orders[0].id, people.studies[0].id]
    assert not any("P-1" in text or "2.999" in text or "A-1" in text for text in found)


def test_a_study_without_accession_keeps_its_uid():
    people = people_from_studies([replace(STUDY, accession_number="")])
    order = service_request(people.orders[0])
    kinds = [i["type"]["coding"][0]["code"] for i in order["identifier"]]
    assert kinds == ["PLAC"]
    assert len(imaging_study(people.studies[0])["identifier"]) == 1


@pytest.mark.parametrize("birth_date", ["", "1970", "19700203120000", "unknown!"])
def test_a_birth_date_that_is_none_is_left_out(birth_date):
    (person,) = people_from_studies([replace(STUDY, birth_date=birth_date)]).patients
    assert "birthDate" not in patient(person)


def test_one_patient_per_patient_id_and_one_order_per_study():
    second = replace(STUDY, study_instance_uid="2.999.5.2")
    other = replace(STUDY, study_instance_uid="2.999.5.3", patient_id="P-2")
    people = people_from_studies([STUDY, second, other, STUDY])
    assert [len(people.patients), len(people.orders), len(people.studies)] == [2, 3, 3]
    assert people.orders[0].patient_id == people.orders[1].patient_id
    assert people.orders[2].patient_id != people.orders[0].patient_id


def test_studies_without_patient_id_are_never_joined():
    first = replace(STUDY, patient_id="")
    second = replace(first, study_instance_uid="2.999.5.2")
    people = people_from_studies([first, second])
    assert len(people.patients) == 2
    assert all("identifier" not in patient(person) for person in people.patients)


def test_a_nameless_study_makes_a_valid_patient_and_order():
    bare = replace(
        STUDY, patient_name="", sex="", study_date="", study_description="", series=()
    )
    people = people_from_studies([bare])
    person = patient(people.patients[0])
    assert not {"name", "gender"} & person.keys()
    assert Patient(person).id
    assert ServiceRequest(service_request(people.orders[0])).code.text == "MR imaging"
    assert ImagingStudy(imaging_study(people.studies[0])).numberOfInstances == 0


def test_the_endpoint_is_active_only_where_images_are_served():
    assert Endpoint(endpoint(BASE, None)).status == "suspended"
    served = Endpoint(endpoint(BASE, "http://127.0.0.1:1/dicomweb"))
    assert (served.status, served.address) == ("active", "http://127.0.0.1:1/dicomweb")
    assert served.connectionType.code == "dicom-wado-rs"
