"""Client authentication. Oracle: joserfc makes the assertions; RFC 6749 2.3, 7523."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote_plus

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from sandbox_app import BASE, CALLBACK, EC, RSA, SECRET, VERIFIER, Smart

TOKEN_URL = f"{BASE}/oauth/token"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
STRANGER = RSAKey.generate_key(2048, parameters={"kid": "rsa-1"})
UNKNOWN = RSAKey.generate_key(2048, parameters={"kid": "rsa-9"})
EVIL_EC = ECKey.generate_key("P-384", parameters={"kid": "ec-1"})
SMALL = ECKey.generate_key("P-256", parameters={"kid": "ec-1"})


@pytest.fixture
def secretive(smart: Smart) -> Smart:
    return Smart(smart.ehr, smart.clock, "secretive")


@pytest.fixture
def keyed(smart: Smart) -> Smart:
    return Smart(smart.ehr, smart.clock, "keyed")


def exchange(app: Smart, form: dict[str, str], headers: dict[str, str]) -> Any:
    valid = {
        "grant_type": "authorization_code",
        "code": app.code(),
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    return app.post("/oauth/token", {**valid, **form}, headers=headers)


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def assertion(
    app: Smart, alg: str = "RS384", key: Any = RSA, **changes: Any
) -> dict[str, str]:
    claims = {
        "iss": "keyed",
        "sub": "keyed",
        "aud": TOKEN_URL,
        "exp": app.clock.now + 300,
        "jti": base64.b64encode(repr((alg, changes, app.clock.now)).encode()).decode(),
        **changes,
    }
    header = {"alg": alg, "kid": key.kid, "typ": "JWT"}
    kept = {name: value for name, value in claims.items() if value is not None}
    token = jwt.encode(header, kept, key, algorithms=[alg])
    return {"client_assertion_type": TYPE, "client_assertion": token}


def test_the_right_secret_opens(secretive):
    answer = exchange(secretive, {}, basic("secretive", quote_plus(SECRET)))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        basic("secretive", "wrong"),
        basic("public", ""),
        basic("stranger", SECRET),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Bearer abc"},
    ],
)
def test_a_wrong_secret_is_refused(secretive, headers):
    answer = exchange(secretive, {}, headers)
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_confidential_app_cannot_pass_as_public(secretive):
    answer = exchange(secretive, {"client_id": "secretive"}, {})
    assert answer.json["error"] == "invalid_client"


def test_a_client_id_beside_the_secret_must_agree(secretive):
    credentials = basic("secretive", quote_plus(SECRET))
    answer = exchange(secretive, {"client_id": "public"}, credentials)
    assert answer.json["error"] == "invalid_client"


@pytest.mark.parametrize(("alg", "key"), [("RS384", RSA), ("ES384", EC)])
def test_a_signed_assertion_opens(keyed, alg, key):
    answer = exchange(keyed, assertion(keyed, alg, key), {})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": f"{BASE}/fhir"},
        {"iss": "public"},
        {"sub": "public"},
        {"exp": None},
        {"exp": 1},
        {"exp": 9_000_000_000},
        {"jti": None},
    ],
)
def test_an_assertion_with_a_wrong_claim_is_refused(keyed, changes):
    answer = exchange(keyed, assertion(keyed, **changes), {})
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("RS384", STRANGER),
        ("RS384", UNKNOWN),
        ("RS256", RSA),
        ("ES256", SMALL),
        ("ES384", EVIL_EC),
    ],
)
def test_an_assertion_with_a_wrong_key_or_algorithm_is_refused(keyed, alg, key):
    answer = exchange(keyed, assertion(keyed, alg, key), {})
    assert answer.json["error"] == "invalid_client"


@pytest.mark.parametrize("length", [95, 0])
def test_an_es384_signature_of_another_length_is_refused(keyed, length):
    signed = assertion(keyed, "ES384", EC)
    head, claims, _ = signed["client_assertion"].split(".")
    short = base64.urlsafe_b64encode(b"1" * length).rstrip(b"=").decode()
    form = {**signed, "client_assertion": f"{head}.{claims}.{short}"}
    assert exchange(keyed, form, {}).json["error"] == "invalid_client"


def test_an_assertion_of_another_type_is_refused(keyed):
    form = {**assertion(keyed), "client_assertion_type": "saml2-bearer"}
    assert exchange(keyed, form, {}).json["error"] == "invalid_client"


def test_an_assertion_of_an_app_without_keys_is_refused(keyed):
    form = assertion(keyed, iss="public", sub="public")
    assert exchange(keyed, form, {}).json["error"] == "invalid_client"


def test_an_assertion_without_its_type_header_is_refused(keyed):
    claims = {"iss": "keyed", "sub": "keyed", "aud": TOKEN_URL, "jti": "no-type"}
    header = {"alg": "RS384", "kid": "rsa-1"}
    token = jwt.encode(header, claims, RSA, algorithms=["RS384"], default_type=None)
    form = {"client_assertion_type": TYPE, "client_assertion": token}
    assert exchange(keyed, form, {}).json["error"] == "invalid_client"


def test_an_assertion_works_once(keyed):
    signed = assertion(keyed, jti="only-once")
    assert exchange(keyed, signed, {}).status_code == 200
    assert exchange(keyed, signed, {}).json["error"] == "invalid_client"


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "!.!.!", "W10.W10.W10"])
def test_an_assertion_that_is_no_jws_is_refused(keyed, text):
    form = {"client_assertion_type": TYPE, "client_assertion": text}
    assert exchange(keyed, form, {}).json["error"] == "invalid_client"


def test_two_methods_at_once_are_refused(keyed):
    answer = exchange(keyed, assertion(keyed), basic("secretive", SECRET))
    assert answer.json["error"] == "invalid_request"


def test_an_unknown_app_is_refused(smart):
    form = {"grant_type": "refresh_token", "client_id": "stranger"}
    assert smart.post("/oauth/token", form).json["error"] == "invalid_client"
