"""Token responses of the field. Oracle: EHR samples in launch.md 7, R9, R14, R26."""

from __future__ import annotations

import json

import pytest
from ehr_walk import make_profile

from smart_viewer.errors import LaunchRefused, UpstreamUnavailable
from smart_viewer.launch.client import read_token_response
from smart_viewer.launch.grant import Grant
from smart_viewer.launch.granted import grant_from_response
from smart_viewer.launch.transaction import Transaction
from smart_viewer.net.answer import Answer

ISS = "https://ehr.example/fhir"
NOW = 1_000_000.0
TRANSACTION = Transaction(
    ehr_id="sandbox",
    iss=ISS,
    token_endpoint="https://ehr.example/token",
    issuer=None,
    jwks_uri=None,
    revocation_endpoint=None,
    iss_parameter=False,
    redirect_uri="https://viewer.example/app/sandbox/callback",
    scope="launch patient/Patient.r",
    browser_hash="",
    verifier="",
    nonce="",
)
RESPONSE: dict[str, object] = {
    "access_token": "token",
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "launch patient/Patient.rs",
    "patient": "p1",
}


def grant_of(claims: dict[str, object] | None = None, **changes: object) -> Grant:
    """The grant of a good response with changes; None takes a member away."""
    merged = {**RESPONSE, **changes}
    response = {name: value for name, value in merged.items() if value is not None}
    return grant_from_response(TRANSACTION, response, claims or {}, NOW)


def answer(body: object, status: int = 200) -> Answer:
    return Answer(status, {}, json.dumps(body).encode())


@pytest.mark.requirement("R9")
def test_an_epic_response_is_read():
    grant = grant_of(
        token_type="bearer",
        expires_in=3240,
        need_patient_banner="false",
        state="repeated",
        encounter="e1",
        location="l1",
        smart_style_url="https://ehr.example/very/long.json",
        scope="user/ImagingStudy.Read user/ImagingStudy.read",
        **{"__epic.dstu2.patient": "p1"},
    )
    assert grant.allows("ImagingStudy", "rs")
    assert not grant.need_patient_banner
    assert (grant.encounter, grant.expires_at) == ("e1", NOW + 3240)


@pytest.mark.requirement("R9")
def test_an_oracle_response_is_read():
    grant = grant_of(need_patient_banner=True, expires_in=570, tenant="t1", user="u")
    assert grant.need_patient_banner
    assert (grant.tenant, grant.expires_at) == ("t1", NOW + 570)
    assert grant.refresh_token is None


@pytest.mark.requirement("R9")
def test_an_openemr_response_names_the_user_itself():
    grant = grant_of(fhirUser=f"{ISS}/Practitioner/d1")
    assert grant.fhir_user == "Practitioner/d1"


@pytest.mark.parametrize(
    ("expires_in", "life_s"),
    [
        (60, 60),
        ("3599", 3599),
        (10.5, 10.5),
        (None, 300),
        (0, 300),
        (-5, 300),
        ("soon", 300),
        (True, 300),
        ([], 300),
        ("inf", 300),
        ("nan", 300),
    ],
)
@pytest.mark.requirement("R9")
def test_a_missing_or_odd_expires_in_means_five_minutes(expires_in, life_s):
    grant = grant_of(expires_in=expires_in)
    assert grant.expires_at == NOW + life_s
    assert NOW < grant.renew_at < grant.expires_at


@pytest.mark.parametrize(
    ("value", "needed"),
    [
        (True, True),
        ("true", True),
        ("True", True),
        (None, True),
        (False, False),
        ("false", False),
        ("FALSE", False),
        ("maybe", True),
        (7, True),
    ],
)
@pytest.mark.requirement("R26")
def test_the_banner_is_needed_unless_the_ehr_says_no(value, needed):
    # R26
    assert grant_of(need_patient_banner=value).need_patient_banner is needed


@pytest.mark.parametrize("patient", [None, "", 17, [], {}])
def test_without_a_patient_there_is_no_grant(patient):
    with pytest.raises(LaunchRefused) as refused:
        grant_of(patient=patient)
    assert refused.value.reason == "no_patient"


@pytest.mark.requirement("R10")
def test_an_absent_scope_means_what_was_asked_and_an_empty_one_means_nothing():
    # RFC 6749 5.1
    assert grant_of(scope=None).allows("Patient", "r")
    assert not grant_of(scope="").allows("Patient", "r")


def test_fhir_context_keeps_what_points_into_this_ehr():
    grant = grant_of(
        fhirContext=[
            {"reference": "ServiceRequest/1"},
            {"reference": f"{ISS}/ImagingStudy/2"},
            {"reference": "ServiceRequest/3/_history/2"},
            {"reference": "Patient/9", "role": "https://role.example/relative"},
            {"identifier": {"system": "s", "value": "v"}, "type": "ServiceRequest"},
            {"canonical": "https://canonical.example/q|1"},
        ]
    )
    assert grant.references == (
        "ServiceRequest/1",
        "ImagingStudy/2",
        "ServiceRequest/3",
    )
    by_identifier = grant.fhir_context[4]
    assert (by_identifier.identifier_system, by_identifier.identifier_value) == (
        "s",
        "v",
    )
    assert grant.warnings == ()


@pytest.mark.parametrize(
    "entry",
    [
        {"reference": "https://evil.example/fhir/ImagingStudy/1"},
        {"reference": "https://ehr.example/other/ImagingStudy/1"},
        {"reference": "https://ehr.example.evil.example/fhir/ImagingStudy/1"},
        {"reference": "../ImagingStudy/1"},
        {"reference": "ImagingStudy/../Patient/2"},
        {"reference": "ImagingStudy/1?x=1"},
        {"reference": "imagingstudy/1"},
        {"reference": 7},
        {"reference": "ImagingStudy/1", "role": ""},
        {},
    ],
)
def test_fhir_context_entries_that_point_elsewhere_are_ignored_with_a_warning(entry):
    # R14, R18
    grant = grant_of(fhirContext=[entry, {"reference": "ServiceRequest/1"}])
    assert grant.references == ("ServiceRequest/1",)
    assert len(grant.warnings) == 1
    assert "evil" not in grant.warnings[0]


@pytest.mark.parametrize("value", [None, "x", 7, [], ["x", None, 3], {}])
def test_an_odd_fhir_context_is_no_obstacle(value):
    assert grant_of(fhirContext=value).references == ()


@pytest.mark.parametrize(
    ("user", "known"),
    [
        (f"{ISS}/Practitioner/d1", "Practitioner/d1"),
        ("Practitioner/d1", "Practitioner/d1"),
        ("https://evil.example/Practitioner/d1", None),
        ("ImagingStudy/1", None),
        (None, None),
        (3, None),
    ],
)
def test_the_user_is_one_of_this_ehr(user, known):
    assert grant_of(claims={"fhirUser": user}).fhir_user == known


def test_a_grant_with_everything_survives_its_json():
    grant = grant_of(
        fhirContext=[{"reference": "ServiceRequest/1"}, {"reference": "x"}],
        intent="review",
        refresh_token="r",
    )
    assert Grant.from_json(grant.to_json()) == grant


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"error": "invalid_grant"}, 400, "token_refused"),
        ({"error": "invalid_client", "error_description": "<b>"}, 401, "token_refused"),
        ({"error": "invalid_grant"}, 200, "token_refused"),
        ({"error": ["<b>"]}, 400, "token_refused"),
        ({}, 400, "token_refused"),
        ({}, 200, "no_access_token"),
        ({"access_token": ""}, 200, "no_access_token"),
        ({"access_token": 5}, 200, "no_access_token"),
        ({"access_token": "x", "token_type": "mac"}, 200, "token_type"),
    ],
)
def test_a_response_without_a_bearer_token_is_refused(body, status, reason):
    with pytest.raises(LaunchRefused) as refused:
        read_token_response(answer(body, status))
    assert refused.value.reason == reason
    assert "<" not in str(refused.value)


@pytest.mark.parametrize("token_type", ["Bearer", "bearer", "BEARER", None])
@pytest.mark.requirement("R9")
def test_the_spelling_of_bearer_does_not_matter(token_type):
    body = {"access_token": "x", "token_type": token_type}
    if token_type is None:
        del body["token_type"]
    assert read_token_response(answer(body))["access_token"] == "x"


@pytest.mark.parametrize(
    ("status", "body"), [(500, b"{}"), (503, b""), (200, b"<html>"), (200, b"[]")]
)
def test_a_token_endpoint_that_fails_is_unavailable(status, body):
    with pytest.raises(UpstreamUnavailable):
        read_token_response(Answer(status, {}, body))


def test_profiles_of_the_tests_are_valid():
    assert make_profile(ISS).redirect_path == "/app/sandbox/callback"
