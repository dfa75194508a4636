"""The sandbox's personalities refuse what those EHRs refuse (launch.md 3 and 7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from sandbox_app import CALLBACK, CHALLENGE, VERIFIER, Clock, ehr_config

from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.personalities import NAMES, PERSONALITIES, PRACTICE
from smart_viewer.sandbox.registration import EhrConfig

V1 = "launch openid fhirUser online_access patient/Patient.read"
V2 = "launch openid fhirUser offline_access patient/Patient.rs"


@pytest.fixture(scope="module")
def site() -> Any:
    config = ehr_config(Clock())
    return create_ehr(config).test_client(), config


def config_of(site, name: str) -> EhrConfig:
    return site[1].shaped_like(PERSONALITIES[name])


def authorized(site, name: str, scope: str, **changes: str) -> dict[str, str]:
    client, config = site[0], config_of(site, name)
    started = client.get(f"/launch/order-1?app=public&as={name}")
    launch = parse_qs(urlsplit(started.headers["Location"]).query)
    assert launch["iss"] == [config.fhir_base]
    request = {
        "response_type": "code",
        "client_id": "public",
        "redirect_uri": CALLBACK,
        "scope": scope,
        "state": "state-of-at-least-122-bits",
        "aud": config.aud,
        "launch": launch["launch"][0],
        "nonce": "nonce-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    path = f"{config.personality.oauth_path}/authorize"
    answer = client.get(path, query_string=request)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {key: values[0] for key, values in query.items()}


def token_of(site, name: str, scope: str) -> dict[str, Any]:
    code = authorized(site, name, scope)["code"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "client_id": "public",
    }
    path = f"{config_of(site, name).personality.oauth_path}/token"
    return site[0].post(path, data=form).json


@pytest.mark.parametrize("name", NAMES)
def test_aud_of_another_personality_is_refused(site, name):
    other = "plain" if name != "plain" else "epic"
    aud = config_of(site, other).aud
    assert authorized(site, name, V1, aud=aud)["error"] == "invalid_request"


@pytest.mark.parametrize("name", NAMES)
def test_a_token_opens_its_own_fhir_base_only(site, name):
    token = token_of(site, name, V1)
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    patient, query = token["patient"], {"ah-practice": PRACTICE}
    for other in NAMES:
        base = PERSONALITIES[other].fhir_path
        wanted = query if other == "athena" else {}
        answer = site[0].get(
            f"{base}/Patient/{patient}", headers=headers, query_string=wanted
        )
        assert answer.status_code == (200 if other == name else 401), other


def test_the_epic_shape_knows_no_v2_and_answers_in_two_spellings(site):
    assert "patient/" not in token_of(site, "epic", V2)["scope"]
    token = token_of(site, "epic", V1)
    assert "patient/Patient.Read patient/Patient.read" in token["scope"]
    assert token["token_type"] == "bearer"
    assert token["need_patient_banner"] == "true"
    assert token["state"] == "state-of-at-least-122-bits"
    assert "fhirContext" not in token


def test_the_oracle_shape_renews_by_online_access_alone(site):
    assert "refresh_token" not in token_of(site, "oracle", V2)
    token = token_of(site, "oracle", V1)
    assert token["refresh_token"]
    assert token["expires_in"] == 570
    assert token["need_patient_banner"] is True


def test_the_oracle_shape_has_an_outcome_in_each_search(site):
    token = token_of(site, "oracle", "launch patient/ServiceRequest.rs")
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    base = PERSONALITIES["oracle"].fhir_path
    url = f"{base}/ServiceRequest?patient={token['patient']}"
    entries = site[0].get(url, headers=headers).json["entry"]
    assert entries[-1]["search"] == {"mode": "outcome"}
    assert entries[-1]["resource"]["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("query", ["", "ah-practice=Organization/a-1.Practice-1"])
def test_the_athena_shape_cannot_tell_the_practice(site, query):
    token = token_of(site, "athena", V1)
    assert token["patient"].startswith("a-80000.E-")
    assert "expires_in" not in token
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    base = PERSONALITIES["athena"].fhir_path
    answer = site[0].get(f"{base}/Patient/{token['patient']}?{query}", headers=headers)
    assert answer.status_code == 403
    assert "practice" in answer.text


def test_the_openemr_shape_names_the_user_beside_the_id_token(site):
    token = token_of(site, "openemr", V1)
    assert token["fhirUser"].endswith("Practitioner/practitioner-1")


@pytest.mark.parametrize("name", ["oracle", "openemr"])
def test_imaging_study_is_neither_told_nor_served(site, name):
    base = PERSONALITIES[name].fhir_path
    rest = site[0].get(f"{base}/metadata").json["rest"][0]
    assert "ImagingStudy" not in {one["type"] for one in rest["resource"]}
    token = token_of(site, name, "launch patient/ImagingStudy.read")
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    url = f"{base}/ImagingStudy?patient={token['patient']}"
    assert site[0].get(url, headers=headers).status_code == 404


def test_ids_are_renamed_everywhere_and_only_ids():
    people = default_people()
    renamed = PERSONALITIES["athena"].charts(people)
    for before, after in zip(people.orders, renamed.orders, strict=True):
        assert after.id == f"a-80000.E-{before.id}"
        assert after.patient_id == f"a-80000.E-{before.patient_id}"
        assert (after.accession_number, after.text) == (
            before.accession_number,
            before.text,
        )
    for before, after in zip(people.studies, renamed.studies, strict=True):
        assert after.study_instance_uid == before.study_instance_uid
        assert after.series == before.series
    merged = [p.replaced_by for p in renamed.patients if p.replaced_by]
    assert set(merged) <= {p.id for p in renamed.patients}


@pytest.mark.parametrize("name", NAMES)
def test_the_configured_personality_is_that_of_a_link_which_names_none(name):
    config = replace(ehr_config(Clock()), personality=PERSONALITIES[name])
    client = create_ehr(config).test_client()
    started = client.get("/launch/order-1?app=public")
    assert f"iss={quote_plus(config.fhir_base)}&" in started.headers["Location"]
    assert "as=" not in client.get("/").text.partition("Imaging order")[2]
