"""Token, introspection, revocation. Oracle: joserfc for id_tokens; SMART; RFC 6749."""

from __future__ import annotations

import base64
from urllib.parse import quote_plus

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from sandbox_app import BASE, CALLBACK, FHIR, SCOPES, SECRET, Smart, query_of

OFFLINE = f"{SCOPES} offline_access"
BASIC = {"Authorization": "Basic " + base64.b64encode(b"x:y").decode()}


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def keys(smart: Smart) -> KeySet:
    return KeySet.import_key_set(smart.ehr.test_client().get("/oauth/jwks").json)


def test_the_token_response_carries_the_launch_context(smart):
    answer = smart.exchange(smart.code())
    body = answer.json
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 3600
    assert body["scope"] == SCOPES
    assert body["patient"] == "patient-1"
    assert body["encounter"] == "encounter-1"
    assert body["fhirContext"] == [{"reference": "ServiceRequest/order-1"}]
    assert "refresh_token" not in body
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("display", "banner"), [("tab", True), ("frame", False)])
def test_the_app_shows_the_banner_unless_the_ehr_does(smart, display, banner):
    code = query_of(smart.authorize(launch=smart.launch_value(display=display)))["code"]
    assert smart.exchange(code).json["need_patient_banner"] is banner


def test_the_id_token_verifies_with_the_published_keys(smart):
    # given a launch with a nonce
    body = smart.launched()
    # when its id_token is read with the keys of the JWKS
    token = jwt.decode(body["id_token"], keys(smart), algorithms=["RS256"])
    # then it says who signed in, for whom, and until when
    assert token.claims["iss"] == BASE
    assert token.claims["aud"] == "public"
    assert token.claims["nonce"] == "nonce-1"
    assert token.claims["fhirUser"] == f"{FHIR}/Practitioner/practitioner-1"
    assert token.claims["iat"] == smart.clock.now
    assert token.claims["exp"] > smart.clock.now


def test_the_profile_scope_adds_the_name(smart):
    body = smart.launched(scope=f"{SCOPES} profile")
    token = jwt.decode(body["id_token"], keys(smart), algorithms=["RS256"])
    assert token.claims["name"] == "Dr. Clinician Sandbox"


def test_without_openid_there_is_no_id_token(smart):
    assert "id_token" not in smart.launched(scope="launch patient/*.rs")


def test_the_jwks_shows_public_members_only(smart):
    (key,) = smart.ehr.test_client().get("/oauth/jwks").json["keys"]
    assert set(key) == {"kty", "use", "alg", "kid", "n", "e"}


@pytest.mark.parametrize(
    ("fault", "claim"),
    [
        ("wrong_nonce", "nonce"),
        ("wrong_audience", "aud"),
        ("wrong_issuer", "iss"),
    ],
)
def test_an_id_token_switch_changes_one_claim(smart, fault, claim):
    smart.ehr.extensions["sandbox_faults"].id_token = fault
    token = jwt.decode(smart.launched()["id_token"], keys(smart), algorithms=["RS256"])
    right = {"nonce": "nonce-1", "aud": "public", "iss": BASE}
    assert {name for name in right if token.claims[name] != right[name]} == {claim}


def test_the_expired_switch_dates_the_id_token_back(smart):
    smart.ehr.extensions["sandbox_faults"].id_token = "expired"
    token = jwt.decode(smart.launched()["id_token"], keys(smart), algorithms=["RS256"])
    assert token.claims["exp"] < smart.clock.now - 3600


def test_the_signature_switch_breaks_the_signature(smart):
    smart.ehr.extensions["sandbox_faults"].id_token = "bad_signature"
    with pytest.raises(BadSignatureError):
        jwt.decode(smart.launched()["id_token"], keys(smart), algorithms=["RS256"])


def test_the_unsigned_and_absent_switches(smart):
    smart.ehr.extensions["sandbox_faults"].id_token = "unsigned"
    assert smart.launched()["id_token"].endswith(".")
    smart.ehr.extensions["sandbox_faults"].id_token = "absent"
    assert "id_token" not in smart.launched()


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 64},
        {"code_verifier": "v" * 42},
        {"code_verifier": None},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": None},
    ],
)
def test_a_wrong_exchange_is_refused(smart, changes):
    answer = smart.exchange(smart.code(), **changes)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")


def test_an_unknown_code_is_refused(smart):
    assert smart.exchange("never-minted").json["error"] == "invalid_grant"


def test_a_code_lives_one_minute(smart):
    code = smart.code()
    smart.clock.now += 61
    assert smart.exchange(code).json["error"] == "invalid_grant"


def test_a_replayed_code_revokes_its_tokens(smart):
    # given a code that was exchanged
    code = smart.code(scope=OFFLINE)
    body = smart.exchange(code).json
    assert smart.get("Patient/patient-1", body["access_token"]).status_code == 200
    # when it is sent again
    assert smart.exchange(code).json["error"] == "invalid_grant"
    # then what it gave is dead
    assert smart.get("Patient/patient-1", body["access_token"]).status_code == 401
    assert smart.refresh(body["refresh_token"]).json["error"] == "invalid_grant"


def test_a_code_of_another_app_is_refused(smart):
    code = smart.code()
    other = Smart(smart.ehr, smart.clock, "narrow")
    assert other.exchange(code).json["error"] == "invalid_grant"


def test_a_repeated_parameter_is_refused_at_the_token_endpoint(smart):
    form = {"grant_type": ["refresh_token"] * 2, "client_id": "public"}
    assert smart.post("/oauth/token", form).json["error"] == "invalid_request"


def test_an_unknown_grant_type_is_refused(smart):
    form = {"grant_type": "password", "client_id": "public"}
    answer = smart.post("/oauth/token", form)
    assert answer.json["error"] == "unsupported_grant_type"


def test_a_refresh_rotates(smart):
    first = smart.launched(scope=OFFLINE)
    second = smart.refresh(first["refresh_token"]).json
    assert second["refresh_token"] != first["refresh_token"]
    assert second["patient"] == "patient-1"
    third = smart.refresh(second["refresh_token"])
    assert third.status_code == 200


def test_a_reused_refresh_token_revokes_the_chain(smart):
    # given a chain of two
    first = smart.launched(scope=OFFLINE)
    second = smart.refresh(first["refresh_token"]).json
    # when the first refresh token comes back
    assert smart.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    # then the whole chain is dead
    assert smart.refresh(second["refresh_token"]).json["error"] == "invalid_grant"
    assert smart.get("Patient/patient-1", second["access_token"]).status_code == 401


def test_a_refresh_may_narrow_but_not_widen(smart):
    first = smart.launched(scope=OFFLINE)
    wide = smart.refresh(first["refresh_token"], scope="user/Endpoint.rs")
    assert wide.json["error"] == "invalid_scope"
    narrow = smart.refresh(first["refresh_token"], scope="patient/Patient.r").json
    assert narrow["scope"] == "patient/Patient.r"
    token = narrow["access_token"]
    assert smart.get("Patient/patient-1", token).status_code == 200
    assert smart.get("ImagingStudy", token).status_code == 403


def test_a_refresh_token_of_another_app_is_refused_and_dies(smart):
    first = smart.launched(scope=OFFLINE)
    other = Smart(smart.ehr, smart.clock, "narrow")
    assert other.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert smart.refresh(first["refresh_token"]).json["error"] == "invalid_grant"


def test_an_online_refresh_token_ends_with_the_working_day(smart):
    first = smart.launched(scope=f"{SCOPES} online_access")
    smart.clock.now += 8 * 3600 + 1
    assert smart.refresh(first["refresh_token"]).json["error"] == "invalid_grant"


def test_an_access_token_expires(smart):
    smart.ehr.extensions["sandbox_faults"].token_lifetime_s = 5
    assert smart.launched()["expires_in"] == 5
    assert smart.get("Patient/patient-1").status_code == 200
    smart.clock.now += 5
    assert smart.get("Patient/patient-1").status_code == 401


def test_revoking_a_refresh_token_ends_the_grant(smart):
    body = smart.launched(scope=OFFLINE)
    form = {"token": body["refresh_token"], "client_id": "public"}
    assert smart.post("/oauth/revoke", form).status_code == 200
    assert smart.get("Patient/patient-1").status_code == 401
    assert smart.refresh(body["refresh_token"]).json["error"] == "invalid_grant"


def test_revoking_an_access_token_ends_it_alone(smart):
    body = smart.launched(scope=OFFLINE)
    form = {"token": body["access_token"], "client_id": "public"}
    assert smart.post("/oauth/revoke", form).status_code == 200
    assert smart.get("Patient/patient-1").status_code == 401
    assert smart.refresh(body["refresh_token"]).status_code == 200


def test_an_app_cannot_revoke_anothers_token(smart):
    body = smart.launched()
    form = {"token": body["access_token"], "client_id": "narrow"}
    assert smart.post("/oauth/revoke", form).status_code == 200  # RFC 7009 2.2
    assert smart.get("Patient/patient-1").status_code == 200


def test_introspection_tells_a_confidential_app_what_a_token_is(smart):
    body = smart.launched()
    answer = smart.post(
        "/oauth/introspect",
        {"token": body["access_token"]},
        headers=basic("secretive", SECRET),
    )
    told = answer.json
    assert told["active"] is True
    assert (told["scope"], told["client_id"]) == (SCOPES, "public")
    assert told["exp"] == smart.clock.now + 3600
    assert told["patient"] == "patient-1"
    assert told["fhirContext"] == [{"reference": "ServiceRequest/order-1"}]
    assert (told["iss"], told["fhirUser"]) == (
        BASE,
        f"{FHIR}/Practitioner/practitioner-1",
    )
    assert told["sub"]


def test_introspection_of_a_dead_token_says_inactive_only(smart):
    bearer = {"Authorization": f"Bearer {smart.launched()['access_token']}"}
    answer = smart.post("/oauth/introspect", {"token": "no"}, headers=bearer)
    assert answer.json == {"active": False}


@pytest.mark.parametrize("headers", [{}, BASIC, {"Authorization": "Bearer no"}])
def test_introspection_refuses_who_cannot_prove_itself(smart, headers):
    body = smart.launched()
    form = {"token": body["access_token"]}
    if not headers:
        form["client_id"] = "public"
    assert smart.post("/oauth/introspect", form, headers=headers).status_code == 401
