"""The FHIR server. Oracles: fhirclient's strict models, FHIR R4 search, SMART."""

from __future__ import annotations

import json

import pytest
from fhirclient.models.bundle import Bundle
from fhirclient.models.capabilitystatement import CapabilityStatement
from fhirclient.models.operationoutcome import OperationOutcome
from sandbox_app import BASE, FHIR

from smart_viewer.sandbox.identity import CHEST_PATIENT

ORDERS = ["ServiceRequest/order-1", "ServiceRequest/order-101"]
STUDIES = ["ImagingStudy/imaging-1", "ImagingStudy/imaging-101"]
ALL = "launch patient/*.rs user/Practitioner.rs user/Endpoint.rs"
UID = f"urn:oid:{CHEST_PATIENT.study_instance_uid}"


def ids(answer) -> list[str]:
    """Type/id of every entry, after the strict model took the whole Bundle."""
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/fhir+json"
    bundle = Bundle(answer.json, strict=True)
    entries = bundle.entry or []
    return [f"{e.resource.resource_type}/{e.resource.id}" for e in entries]


def outcome(answer) -> str:
    """The issue code, after the strict model took the OperationOutcome."""
    assert answer.content_type == "application/fhir+json"
    return str(OperationOutcome(answer.json, strict=True).issue[0].code)


def test_discovery_names_what_works_and_no_plain_pkce(smart):
    answer = smart.get(".well-known/smart-configuration")
    told = answer.json
    assert answer.content_type == "application/json"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True
    rules = {rule.rule for rule in smart.ehr.url_map.iter_rules()}
    for name, url in told.items():
        if name.endswith(("_endpoint", "_uri")):
            assert url.removeprefix(BASE) in rules, name


def test_openid_discovery_is_at_the_issuer(smart):
    answer = smart.ehr.test_client().get("/.well-known/openid-configuration")
    assert answer.json["issuer"] == BASE
    assert answer.json["id_token_signing_alg_values_supported"] == ["RS256"]


def test_the_capability_statement_is_valid_and_names_the_types(smart):
    statement = CapabilityStatement(smart.get("metadata").json, strict=True)
    assert {resource.type for resource in statement.rest[0].resource} == {
        "Patient",
        "Practitioner",
        "Endpoint",
        "AllergyIntolerance",
        "Encounter",
        "ServiceRequest",
        "DiagnosticReport",
        "ImagingStudy",
    }


@pytest.mark.parametrize(
    "path",
    [
        "Patient/patient-1",
        "Encounter/encounter-1",
        "Practitioner/practitioner-1",
        "ServiceRequest/order-1",
        "ImagingStudy/imaging-1",
        "Endpoint/archive",
    ],
)
def test_every_type_can_be_read(smart, path):
    smart.launched(scope=ALL)
    answer = smart.get(path)
    assert answer.status_code == 200
    assert f"{answer.json['resourceType']}/{answer.json['id']}" == path


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Patient?_id=patient-1", ["Patient/patient-1"]),
        ("Patient?identifier=urn:oid:2.999.1.1|SBX-0001", ["Patient/patient-1"]),
        ("Patient?identifier=SBX-0001", ["Patient/patient-1"]),
        ("Patient?identifier=urn:oid:2.999.1.1|", ["Patient/patient-1"]),
        ("Patient?identifier=urn:oid:2.999.1.9|SBX-0001", []),
        ("Patient?identifier=|SBX-0001", []),
        ("Patient?identifier=urn:oid:2.999.1.1|SBX-0002", []),
        ("ServiceRequest?patient=patient-1", ORDERS),
        ("ServiceRequest?subject=Patient/patient-1", ORDERS),
        (
            f"ServiceRequest?patient={FHIR}/Patient/patient-1",
            ORDERS,
        ),
        ("ServiceRequest?encounter=encounter-1", ["ServiceRequest/order-1"]),
        ("ServiceRequest?encounter=encounter-2", []),
        ("ServiceRequest?status=active", []),
        ("ServiceRequest?status=active,completed", ORDERS),
        ("ImagingStudy?basedon=ServiceRequest/order-1", ["ImagingStudy/imaging-1"]),
        ("ImagingStudy?basedon=order-2", []),
        (f"ImagingStudy?identifier=urn:dicom:uid|{UID}", ["ImagingStudy/imaging-1"]),
        (f"ImagingStudy?identifier=urn:dicom:uid|{UID}1", []),
        ("ImagingStudy?modality=CT", STUDIES),
        ("ImagingStudy?modality=MR", []),
        (
            "ImagingStudy?patient=patient-1&_include=ImagingStudy:endpoint",
            [*STUDIES, "Endpoint/archive"],
        ),
        ("Practitioner?_id=practitioner-1", ["Practitioner/practitioner-1"]),
        (
            "Encounter?patient=patient-1&_format=json",
            ["Encounter/encounter-1", "Encounter/encounter-101"],
        ),
    ],
)
def test_a_search_finds_what_it_names_and_nothing_else(smart, query, found):
    smart.launched(scope=ALL)
    assert ids(smart.get(query)) == found


@pytest.mark.parametrize(
    "query",
    [
        "ImagingStudy?basedOn=order-1",  # R4 spells it basedon
        "ImagingStudy?patient:Patient=patient-1",
        "ImagingStudy?patient.name=x",
        "ImagingStudy?patient=",
        "ImagingStudy?_include=ImagingStudy:patient",
        "Patient?_include=ImagingStudy:endpoint",
        "Patient?_count=many",
        "Patient?_format=xml",
    ],
)
def test_a_search_that_is_not_offered_is_refused_not_widened(smart, query):
    smart.launched(scope=ALL)
    answer = smart.get(query)
    assert (answer.status_code, outcome(answer)) == (400, "not-supported")


def test_a_search_may_be_posted(smart):
    smart.launched(scope=ALL)
    answer = smart.post(
        "/fhir/ImagingStudy/_search",
        {"patient": "patient-1"},
        headers={"Authorization": f"Bearer {smart.token}"},
    )
    assert ids(answer) == STUDIES


@pytest.mark.parametrize(
    "path",
    [
        "Patient/patient-2",
        "ImagingStudy/imaging-2",
        "ServiceRequest/order-2",
        "Encounter/encounter-2",
        "Patient?_id=patient-2",
        "Patient?_id=patient-1,patient-2",
        "ImagingStudy?patient=patient-2",
        "ImagingStudy?patient=patient-1&patient=patient-2",
        "ServiceRequest?subject=Patient/patient-2",
        f"ServiceRequest?subject={FHIR}/Patient/patient-2",
        "ImagingStudy?patient=nobody",
    ],
)
def test_another_patient_is_forbidden(smart, path):
    smart.launched(scope=ALL)
    answer = smart.get(path)
    assert (answer.status_code, outcome(answer)) == (403, "forbidden")


def test_a_search_that_names_nobody_stays_with_the_patient(smart):
    smart.launched(scope=ALL)
    assert ids(smart.get("Patient")) == ["Patient/patient-1"]
    assert ids(smart.get("ImagingStudy")) == STUDIES


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("launch patient/Patient.r", "Patient/patient-1", 200),
        ("launch patient/Patient.r", "Patient?_id=patient-1", 403),
        ("launch patient/Patient.s", "Patient/patient-1", 403),
        ("launch patient/Patient.rs", "ImagingStudy/imaging-1", 403),
        ("launch patient/Patient.rs", "ImagingStudy?patient=patient-1", 403),
        ("launch patient/*.read", "ImagingStudy?patient=patient-1", 200),
        ("launch user/Practitioner.r", "Practitioner/practitioner-1", 200),
        ("launch user/Practitioner.r", "Patient/patient-1", 403),
        (
            "launch patient/ServiceRequest.r?status=completed",
            "ServiceRequest/order-1",
            200,
        ),
        (
            "launch patient/ServiceRequest.r?status=active",
            "ServiceRequest/order-1",
            403,
        ),
        ("launch patient/ServiceRequest.r?unknown=1", "ServiceRequest/order-1", 403),
    ],
)
def test_a_scope_opens_its_type_and_letter_only(smart, scope, path, status):
    smart.launched(scope=scope)
    assert smart.get(path).status_code == status


def test_an_include_brings_nothing_that_the_token_cannot_read(smart):
    smart.launched(scope="launch patient/ImagingStudy.rs")
    query = "ImagingStudy?patient=patient-1&_include=ImagingStudy:endpoint"
    assert ids(smart.get(query)) == STUDIES


@pytest.mark.parametrize("token", ["", "wrong"])
@pytest.mark.parametrize(
    "path", ["Patient/patient-1", "ImagingStudy", "Basic", "Basic/1"]
)
def test_without_a_living_token_everything_is_401(smart, token, path):
    answer = smart.get(path, token=token)
    assert (answer.status_code, outcome(answer)) == (401, "login")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_basic_credentials_are_no_bearer_token(smart):
    headers = {"Authorization": "Basic eDp5"}
    answer = smart.ehr.test_client().get("/fhir/Patient/patient-1", headers=headers)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("Patient/nobody", "not-found"),
        ("Observation?patient=patient-1", "not-supported"),
        ("ImagingStudy?_page=unknown", "not-found"),
        ("a/b/c", "not-found"),
    ],
)
def test_what_is_not_there_is_404_with_an_outcome(smart, path, code):
    smart.launched(scope=ALL)
    answer = smart.get(path)
    assert (answer.status_code, outcome(answer)) == (404, code)


def test_writing_is_not_offered(smart):
    smart.launched(scope=ALL)
    answer = smart.ehr.test_client().post("/fhir/Patient", data="{}")
    assert (answer.status_code, outcome(answer)) == (405, "not-supported")


def test_the_log_counts_requests_without_their_values(smart):
    smart.launched(scope=ALL)
    log = smart.ehr.extensions["sandbox_log"]
    log.clear()
    smart.get("ImagingStudy?patient=patient-1&_count=1")
    smart.get("metadata", token="")
    first, second = log.entries
    assert (first.method, first.path) == ("GET", "/fhir/ImagingStudy")
    assert first.query_keys == ("patient", "_count")
    assert (first.has_authorization, second.has_authorization) == (True, False)
    assert (log.count("/fhir"), log.count("/fhir/ImagingStudy")) == (2, 1)
    assert "patient-1" not in json.dumps([str(entry) for entry in log.entries])
