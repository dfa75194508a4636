"""Whole launches against the sandbox EHR, over real HTTP on loopback (R1-R13)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from ehr_walk import BROWSER, CALLBACK, running_ehr
from joserfc.jwk import ECKey, RSAKey

from smart_viewer.launch.grant import Grant
from smart_viewer.launch.transaction import Transaction
from smart_viewer.sandbox.faults import Faults


def params_of(asked) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(asked.url).query, keep_blank_values=True))


def test_a_launch_from_the_chart_ends_in_a_grant_for_that_patient(ehr):
    # when
    handle = ehr.launch("order-1")
    # then
    grant = handle.grant
    assert (grant.patient, grant.encounter) == ("patient-1", "encounter-1")
    assert grant.references == ("ServiceRequest/order-1",)
    assert grant.fhir_user == "Practitioner/practitioner-1"
    assert grant.refresh_token
    assert grant.allows("ImagingStudy", "rs")
    assert ehr.clock() + 3590 < grant.expires_at <= ehr.clock() + 3600


def test_the_grant_is_in_the_store_under_an_opaque_id(ehr):
    handle = ehr.launch()
    payload = ehr.store.grants.read(handle.grant_id)
    assert Grant.from_json(payload) == handle.grant
    assert "patient-1" not in handle.grant_id


@pytest.mark.requirement("R12")
def test_a_standalone_launch_takes_the_patient_that_the_user_picks(ehr):
    # given (R12)
    asked = ehr.begin(launch=None)
    assert "launch" not in params_of(asked)
    assert "launch/patient" in params_of(asked)["scope"].split()
    # when
    grant = ehr.finish(ehr.pick(asked, {"patient": "patient-2"})).grant
    # then
    assert grant.patient == "patient-2"
    assert grant.references == ()


@pytest.mark.requirement("R3")
@pytest.mark.requirement("R4")
def test_the_authorize_request_carries_every_parameter(ehr):
    # R3, R4; SMART 2.2 App Launch, step 4
    sent = ehr.click()
    asked = ehr.begin(sent["launch"])
    params = params_of(asked)
    assert asked.method == "GET"
    assert params.keys() == {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "aud",
        "launch",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }
    assert params["response_type"] == "code"
    assert params["redirect_uri"] == CALLBACK
    assert params["aud"] == sent["iss"] == f"{ehr.url}/fhir"
    assert params["launch"] == sent["launch"]
    assert params["code_challenge_method"] == "S256"


@pytest.mark.requirement("R3")
def test_the_challenge_is_the_hash_of_a_long_verifier_that_stays_here(ehr):
    # RFC 7636 4.1, 4.2
    params = params_of(ehr.begin("x"))
    payload = ehr.store.transactions.take(params["state"], ehr.clock())
    transaction = Transaction.from_json(payload)
    assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", transaction.verifier)
    digest = hashlib.sha256(transaction.verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert params["code_challenge"] == challenge
    assert transaction.verifier not in repr(transaction)


@pytest.mark.requirement("R3")
@pytest.mark.requirement("R4")
def test_state_nonce_and_challenge_are_new_each_time_and_long(ehr):
    # R4: at least 122 bits; base64url holds 6 bits a character
    asked = [params_of(ehr.begin("x")) for _ in range(20)]
    for name in ("state", "nonce", "code_challenge"):
        values = {params[name] for params in asked}
        assert len(values) == 20
        assert min(map(len, values)) * 6 >= 122


@pytest.mark.requirement("R4")
@pytest.mark.requirement("R46")
def test_aud_may_be_overridden(tmp_path):
    with running_ehr(tmp_path, aud_override="https://aud.example/base") as ehr:
        assert params_of(ehr.begin("x"))["aud"] == "https://aud.example/base"


@pytest.mark.requirement("R4")
def test_a_long_request_is_posted_where_the_server_reads_it(tmp_path):
    # R4. given scopes that make the URL longer than 1,800 bytes
    scopes = ("launch", "openid", "patient/Patient.r", "fhirUser", "online_access")
    padding = tuple(f"patient/Observation.rs?code=padding-{n}" for n in range(60))
    with running_ehr(tmp_path, scopes=scopes + padding) as ehr:
        # when
        asked = ehr.begin(ehr.click()["launch"])
        # then
        assert asked.method == "POST"
        assert urlsplit(asked.url).query == ""
        assert asked.form["aud"] == f"{ehr.url}/fhir"
        assert ehr.finish(ehr.follow(asked)).grant.patient == "patient-1"


@pytest.mark.requirement("R7")
def test_a_confidential_client_authenticates_by_basic(tmp_path):
    changes = {"client_auth": "client_secret_basic", "client_secret": "s3cret"}
    with running_ehr(tmp_path, secret="s3cret", **changes) as ehr:
        assert ehr.launch().grant.patient == "patient-1"
        token_requests = [e for e in ehr.log.entries if e.path == "/oauth/token"]
        assert [entry.has_authorization for entry in token_requests] == [True]


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(lambda: RSAKey.generate_key(2048), id="RS384"),
        pytest.param(lambda: ECKey.generate_key("P-384"), id="ES384"),
    ],
)
@pytest.mark.requirement("R7")
def test_a_confidential_client_authenticates_by_its_key(tmp_path, key):
    # R7. given a key of ours, its public half registered
    made = key()
    public = {**made.as_dict(private=False), "kid": "k1"}
    private = json.dumps({**made.as_dict(private=True), "kid": "k1"})
    changes = {"client_auth": "private_key_jwt", "client_keys": private}
    with running_ehr(tmp_path, jwks={"keys": [public]}, **changes) as ehr:
        # when / then
        assert ehr.launch().grant.patient == "patient-1"


@pytest.mark.requirement("R10")
def test_a_narrowed_grant_is_seen_in_its_scopes(ehr):
    # R10
    ehr.faults.grant = "launch openid patient/Patient.r"
    grant = ehr.launch().grant
    assert grant.allows("Patient", "r")
    assert not grant.allows("ImagingStudy", "s")
    assert grant.refresh_token is None


@pytest.mark.requirement("R2")
def test_discovery_is_asked_once_for_many_launches(ehr):
    for _ in range(3):
        ehr.launch()
    assert ehr.log.count("/fhir/.well-known/smart-configuration") == 1
    assert ehr.log.count("/oauth/jwks") == 1


def test_without_online_access_the_launch_works_and_has_no_refresh_token(tmp_path):
    scopes = ("launch", "patient/Patient.r")
    with running_ehr(tmp_path, scopes=scopes) as ehr:
        grant = ehr.launch().grant
        assert grant.refresh_token is None
        assert grant.fhir_user is None  # nor openid


@pytest.mark.requirement("R6")
def test_the_right_iss_on_the_redirect_passes(ehr):
    # R6
    ehr.faults.iss_param = "right"
    query = ehr.authorize()
    assert query["iss"] == ehr.url
    ehr.finish(query)


@pytest.mark.requirement("R28")
def test_many_launches_in_one_browser_do_not_disturb_each_other(ehr):
    first, second = ehr.authorize("order-1"), ehr.authorize("order-2")
    assert ehr.finish(second).grant.patient == "patient-2"
    assert ehr.finish(first).grant.patient == "patient-1"


def test_the_faults_of_the_sandbox_are_all_tested_here():
    # what a new switch is called must appear in test_launch_refusals or here
    of_fhir = {"upstream", "upstream_types", "imaging_access", "huge_bytes"}
    vendor_keys = {"token_members"}  # test_launch_vendor_keys; of_fhir: tests/fhir
    assert set(Faults.__slots__) - of_fhir - vendor_keys == {
        "token_lifetime_s",
        "auth_error",
        "auth_error_description",
        "id_token",
        "iss_param",
        "grant",
        "clock_skew_s",  # this one and those below: launch_walks/test_tampering
        "state",
        "code",
        "key",
        "refresh",
        "discovery",
    }


@pytest.mark.requirement("R37")
def test_no_secret_is_in_a_repr(ehr):
    handle = ehr.launch()
    grant = handle.grant
    for secret in (grant.access_token, str(grant.refresh_token), grant.patient):
        assert secret not in repr(handle)
    assert BROWSER not in repr(ehr.begin("x"))
