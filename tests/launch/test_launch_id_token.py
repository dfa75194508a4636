"""id_tokens, claim by claim. Oracle: OIDC Core 3.1.3.7; signed without our library."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re

import pytest

from smart_viewer.errors import LaunchRefused
from smart_viewer.launch.id_token import ExpectedToken, verify_id_token
from smart_viewer.sandbox.jws import SigningKey

NOW = 1_800_000_000.0
EXPECTED = ExpectedToken("https://ehr.example/oauth2", "client", "nonce-1")
KEY = SigningKey("k1")
OTHER_KEY = SigningKey("k1")
CLAIMS: dict[str, object] = {
    "iss": EXPECTED.issuer,
    "aud": "client",
    "sub": "user",
    "nonce": "nonce-1",
    "iat": NOW,
    "exp": NOW + 300,
}


class Keys:
    """Stands for Outbound: hands out key sets one after the other."""

    def __init__(self, *documents: object) -> None:
        self.documents = list(documents)
        self.asked: list[bool] = []

    def remembered_json(self, url, *, max_age_s, again=False):
        self.asked.append(again)
        return self.documents[min(len(self.asked), len(self.documents)) - 1]


def verify(token: str, keys: Keys | None = None, now: float = NOW):
    known = keys or Keys({"keys": [KEY.jwk]})
    return verify_id_token(token, "https://ehr.example/jwks", EXPECTED, known, now)


def token_with(**changes: object) -> str:
    merged = {**CLAIMS, **changes}
    return KEY.sign(
        {name: value for name, value in merged.items() if value is not None}
    )


def reason_of(token: str, **kwargs: object) -> str:
    with pytest.raises(LaunchRefused) as refused:
        verify(token, **kwargs)
    return refused.value.reason


def test_a_good_token_gives_its_claims():
    assert verify(token_with(fhirUser="x"))["fhirUser"] == "x"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": EXPECTED.issuer + "/"}, "id_token_issuer"),
        ({"iss": None}, "id_token_issuer"),
        ({"aud": "other"}, "id_token_audience"),
        ({"aud": None}, "id_token_audience"),
        ({"aud": []}, "id_token_audience"),
        ({"aud": ["other"]}, "id_token_audience"),
        ({"aud": ["client", "other"]}, "id_token_audience"),  # no azp
        ({"aud": ["client", "other"], "azp": "other"}, "id_token_audience"),
        ({"azp": "other"}, "id_token_audience"),
        ({"nonce": "nonce-2"}, "id_token_nonce"),
        ({"nonce": None}, "id_token_nonce"),
        ({"sub": None}, "id_token_subject"),
        ({"iat": None}, "id_token_times"),
        ({"exp": None}, "id_token_times"),
        ({"exp": "tomorrow"}, "id_token_times"),
        ({"exp": NOW - 61}, "id_token_expired"),
        ({"iat": NOW + 61}, "id_token_clock_skew"),
        ({"iat": NOW - 121}, "id_token_clock_skew"),
        ({"nbf": NOW + 61}, "id_token_clock_skew"),
    ],
)
@pytest.mark.requirement("R8")
def test_a_wrong_claim_is_refused_by_name(changes, reason):
    assert reason_of(token_with(**changes)) == reason


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["client"]},
        {"aud": ["client", "other"], "azp": "client"},
        {"azp": "client"},
        {"exp": NOW - 59},
        {"iat": NOW + 59},
        {"iat": NOW - 119},  # made with the code, which lives a minute
    ],
)
@pytest.mark.requirement("R8")
def test_what_the_standard_and_the_leeway_allow_passes(changes):
    verify(token_with(**changes))


@pytest.mark.requirement("R8")
def test_the_measured_skew_is_named():
    # R8: to the integrator alone
    for changes, words in (
        ({"exp": NOW - 90}, "expired 90 s ago"),
        ({"iat": NOW + 120}, "120 s ahead"),
        ({"iat": NOW - 300}, "300 s behind"),
    ):
        with pytest.raises(LaunchRefused) as refused:
            verify(token_with(**changes))
        assert words in refused.value.integrator
        assert not re.search("[0-9]", str(refused.value))


def b64(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.requirement("R8")
def test_the_public_key_as_an_hmac_secret_is_refused():
    # the classic confusion of algorithms
    signed = f"{b64({'alg': 'HS256', 'kid': 'k1'})}.{b64(CLAIMS)}"
    secret = json.dumps(KEY.jwk).encode()
    forged = f"{signed}.{b64(hmac.digest(secret, signed.encode(), hashlib.sha256))}"
    assert reason_of(forged) == "id_token_algorithm"


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "HS256", "RS512", "PS256", "", 7]
)
@pytest.mark.requirement("R8")
def test_algorithms_that_are_not_listed_are_refused(algorithm):
    token = f"{b64({'alg': algorithm})}.{b64(CLAIMS)}."
    assert reason_of(token) in {"id_token_algorithm", "id_token_malformed"}


@pytest.mark.parametrize("token", ["x", "a.b", "a.b.c", "....", "é.é.é", "x" * 70_000])
def test_what_is_no_token_is_refused(token):
    assert reason_of(token) == "id_token_malformed"


@pytest.mark.requirement("R8")
def test_a_changed_claim_breaks_the_signature():
    header, _, signature = token_with().split(".")
    changed = f"{header}.{b64({**CLAIMS, 'sub': 'other'})}.{signature}"
    assert reason_of(changed) == "id_token_signature"


@pytest.mark.requirement("R8")
def test_a_token_of_another_key_with_the_same_id_is_refused():
    assert reason_of(OTHER_KEY.sign(CLAIMS)) == "id_token_signature"


@pytest.mark.requirement("R8")
def test_a_rotated_key_is_asked_for_once():
    # given an EHR that has just changed its key
    keys = Keys({"keys": [OTHER_KEY.jwk]}, {"keys": [KEY.jwk]})
    verify(token_with(), keys)
    assert keys.asked == [False, True]
    # and one whose key stays unknown
    keys = Keys({"keys": [OTHER_KEY.jwk]})
    assert reason_of(token_with(), keys=keys) == "id_token_signature"
    assert keys.asked == [False, True]


@pytest.mark.parametrize(
    "odd",
    [
        {"kty": "AKP", "pub": "x"},
        {"kty": "RSA"},
        {"kty": "EC", "crv": "P-256", "x": "!", "y": "?"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {},
        "text",
        None,
    ],
)
def test_an_odd_key_in_the_set_hides_no_other(odd):
    verify(token_with(), Keys({"keys": [odd, KEY.jwk]}))


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": "x"}, {"keys": []}])
def test_a_set_without_keys_verifies_nothing(document):
    assert reason_of(token_with(), keys=Keys(document)) == "id_token_signature"


@pytest.mark.requirement("R8")
def test_a_key_for_encryption_verifies_nothing():
    keys = Keys({"keys": [{**KEY.jwk, "use": "enc"}]})
    assert reason_of(token_with(), keys=keys) == "id_token_signature"


def test_a_certificate_chain_in_a_key_is_no_trouble():
    chained = {**KEY.jwk, "x5c": ["AAAA"], "key_ops": ["verify"]}
    verify(token_with(), Keys({"keys": [chained]}))
