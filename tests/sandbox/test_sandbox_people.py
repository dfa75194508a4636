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
    IDENTITIES,
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
from smart_viewer.sandbox.sample_families import all_studies

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
        "Patient": 10,
        "AllergyIntolerance": 3,
        "Practitioner": 2,
        "Encounter": 13,
        "ServiceRequest": 13,
        "ImagingStudy": 12,
        "DiagnosticReport": 4,
        "Endpoint": 1,
    }
    for resource in resources:  # a strict model refuses what R4 does not know
        model = FHIRElementFactory.instantiate(resource["resourceType"], resource)
        assert model.as_json() == resource


def test_the_demo_has_one_who_agrees_one_who_differs_and_one_without_images():
    people = default_people()
    agrees, differs, without = people.patients[:3]
    assert agrees.birth_date.replace("-", "") == CHEST_PATIENT.birth_date
    assert differs.birth_date.replace("-", "") == EHR_BIRTH_DATE_OF_OTHER
    assert EHR_BIRTH_DATE_OF_OTHER != OTHER_BIRTH_DATE_PATIENT.birth_date
    imaged = {study.patient_id for study in people.studies}
    assert imaged == {p.id for p in people.patients} - {without.id}
    first = [order.patient_id for order in people.orders[:3]]
    assert first == [agrees.id, differs.id, without.id]


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


EXAMS = {
    "chest": ("24627-2", "51185008"),
    "chest_prior": ("24627-2", "51185008"),
    "mismatch": ("24627-2", "51185008"),
    "head": ("30799-1", "69536005"),
    "brain": ("24587-8", "12738006"),
    "radiograph": ("42272-5", "51185008"),
    "radiograph_prior_1": ("42272-5", "51185008"),
    "radiograph_prior_2": ("42272-5", "51185008"),
    "mammogram": ("24606-6", "76752008"),
    "mammogram_prior": ("24606-6", "76752008"),
    "petct": ("81555-5", "38266002"),
    "ultrasound": ("24558-9", "818981001"),
}
"""Study key -> LOINC code and SNOMED CT body site, from the code systems."""


@pytest.mark.parametrize("key", IDENTITIES)
def test_each_study_hangs_on_an_order_of_its_own_code_and_numbers(key):
    # given the imaging of that study
    people, identity = default_people(), IDENTITIES[key]
    (study,) = [
        s for s in people.studies if s.study_instance_uid == identity.study_instance_uid
    ]

    # when its order is read
    order = service_request(people.order(study.order_id))

    # then code, body site, numbers and patient are those of the exam
    site = order["bodySite"][0]["coding"][0]
    assert (order["code"]["coding"][0]["code"], site["code"]) == EXAMS[key]
    numbers = {i["type"]["coding"][0]["code"]: i["value"] for i in order["identifier"]}
    assert numbers["ACSN"] == identity.accession_number == study.accession_number
    assert order["subject"]["reference"] == f"Patient/{study.patient_id}"
    assert order["authoredOn"] == study.started
    assert order["reasonCode"][0]["text"]


def test_no_two_orders_share_a_number():
    orders = default_people().orders
    for numbers in ([o.accession_number for o in orders], [o.id for o in orders]):
        assert len(set(numbers)) == len(orders) == 13


def test_the_ehr_lists_the_series_that_the_samples_have():
    # given what the phantoms write
    plans = {plan.identity.study_instance_uid: plan for plan in all_studies()}

    # then the EHR names the same series with as many instances
    for study in default_people().studies:
        plan = plans[study.study_instance_uid]
        assert study.modalities == plan.modalities
        assert [(s.uid, s.modality, s.instances) for s in study.series] == [
            (s.series_instance_uid, s.modality, s.count) for s in plan.series
        ]


def test_current_orders_name_the_priors_to_compare_with():
    people = default_people()
    orders = {order.id: order for order in people.orders}
    assert orders["order-1"].compares_with == ("imaging-101",)
    assert orders["order-6"].compares_with == ("imaging-106", "imaging-206")
    assert orders["order-7"].compares_with == ("imaging-107",)
    known = {study.id for study in people.studies}
    assert {one for order in people.orders for one in order.compares_with} <= known
    info = service_request(orders["order-1"])["supportingInfo"]
    assert info == [{"reference": "ImagingStudy/imaging-101"}]


def test_every_prior_has_a_final_report_and_no_current_study_has_one():
    people = default_people()
    priors = {one for order in people.orders for one in order.compares_with}
    uids = {s.study_instance_uid for s in people.studies if s.id in priors}
    assert {r.study_instance_uid for r in people.reports} == uids
    assert all(r.status == "final" and r.conclusion for r in people.reports)


def test_one_patient_has_numbers_of_two_places():
    # given the patient of the radiographs, and the older prior's headers
    (person,) = [p for p in default_people().patients if p.other_mrns]
    numbers = [(i["system"], i["value"]) for i in patient(person)["identifier"]]

    # then the EHR holds both numbers, and the headers the second
    older = IDENTITIES["radiograph_prior_2"]
    assert numbers == [
        ("urn:oid:2.999.1.1", "SBX-0006"),
        (f"urn:oid:{older.mrn_system_oid}", older.patient_id),
    ]
    assert older.mrn_system_oid != "2.999.1.1"


def test_a_merged_record_and_its_survivor_point_at_each_other():
    # given the EHR's patients as FHIR
    written = {
        r["id"]: r
        for r in all_resources(default_people(), BASE, None)
        if r["resourceType"] == "Patient"
    }
    replaced, survivor = written["patient-17"], written["patient-7"]

    # then each has a link to the other, and only the survivor is active
    to = [{"other": {"reference": "Patient/patient-7"}, "type": "replaced-by"}]
    back = [{"other": {"reference": "Patient/patient-17"}, "type": "replaces"}]
    assert (replaced["link"], survivor["link"]) == (to, back)
    assert (replaced["active"], survivor["active"]) == (False, True)
    assert sum("link" in person for person in written.values()) == 2

    # and the prior's headers hold the replaced record's number
    assert replaced["identifier"][0]["value"] == "SBX-0017"
    assert IDENTITIES["mammogram_prior"].patient_id == "SBX-0017"
    assert IDENTITIES["mammogram"].patient_id == "SBX-0007"


def test_one_name_is_written_in_three_scripts():
    # given the patient of the head, in the EHR and in the headers
    (person,) = [p for p in default_people().patients if p.scripts]
    names = Patient(patient(person)).name

    # then both have the same three groups, the alphabetic one first
    groups = ["^".join([n.family, *n.given]) for n in names]
    assert "=".join(groups) == IDENTITIES["head"].patient_name
    kinds = [n.extension[0].valueCode for n in names[1:]]
    assert (names[0].extension, kinds) == (None, ["IDE", "SYL"])
    assert not "".join(groups[1:]).isascii()


def test_there_are_two_practitioners_and_the_first_is_signed_in():
    people = default_people()
    assert len({p.number for p in people.practitioners}) == 2
    assert people.signed_in.id == "practitioner-1"


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
