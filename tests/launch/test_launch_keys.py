"""Our keys: which are accepted, and that only their public halves are shown (R7)."""

from __future__ import annotations

import json

import pytest
from ehr_walk import make_profile, make_settings
from joserfc.jwk import ECKey, RSAKey

from smart_viewer.errors import SettingsInvalid
from smart_viewer.launch.keys import client_keys, public_jwks
from smart_viewer.sandbox.jws import verify

ISS = "https://ehr.example/fhir"
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.fixture(scope="module")
def rsa() -> dict[str, object]:
    return RSAKey.generate_key(2048).as_dict(private=True)


@pytest.fixture(scope="module")
def ec() -> dict[str, object]:
    return ECKey.generate_key("P-384").as_dict(private=True)


def profile_with(keys: object):
    changes = {"client_auth": "private_key_jwt", "client_keys": json.dumps(keys)}
    return make_profile(ISS, **changes)


@pytest.mark.requirement("R7")
def test_the_public_key_set_shows_both_keys_of_a_rotation_and_nothing_private(
    tmp_path, rsa, ec
):
    # given
    keys = json.dumps({"keys": [{**ec, "kid": "new"}, {**rsa, "kid": "old"}]})
    changes = {"client_auth": "private_key_jwt", "client_keys": keys}
    settings = make_settings(tmp_path, ISS, **changes)
    # when
    shown = public_jwks(settings)["keys"]
    # then
    assert [(key["kid"], key["alg"]) for key in shown] == [
        ("new", "ES384"),
        ("old", "RS384"),
    ]
    for key in shown:
        assert not PRIVATE_MEMBERS & key.keys()


@pytest.mark.requirement("R7")
def test_an_assertion_is_verified_by_another_implementation(rsa):
    (key,) = client_keys(profile_with({**rsa, "kid": "k1"}))
    claims = verify(
        key.assertion("client", "https://ehr.example/token", 1000.0),
        {"keys": [key.public()]},
    )
    assert claims["iss"] == claims["sub"] == "client"
    assert claims["aud"] == "https://ehr.example/token"
    assert claims["exp"] - claims["iat"] <= 300
    assert len(claims["jti"]) > 20


def test_a_key_without_id_gets_its_thumbprint(ec):
    (key,) = client_keys(profile_with(ec))
    assert key.kid == ECKey.import_key(ec).thumbprint()


@pytest.mark.parametrize(
    "keys",
    [
        "text",
        {},
        {"keys": []},
        [],
        {"kty": "oct", "k": "c2VjcmV0c2VjcmV0"},
        {"kty": "RSA", "n": "x", "e": "AQAB"},
    ],
)
def test_what_is_no_key_stops_with_the_profiles_name(keys):
    with pytest.raises(SettingsInvalid, match="sandbox: client_keys"):
        client_keys(profile_with(keys))


@pytest.mark.requirement("R7")
def test_weak_public_and_other_keys_are_refused(rsa):
    public = {name: rsa[name] for name in ("kty", "n", "e")}
    p256 = ECKey.generate_key("P-256").as_dict(private=True)
    for keys in (public, p256):
        with pytest.raises(SettingsInvalid):
            client_keys(profile_with(keys))


@pytest.mark.requirement("R37")
def test_keys_are_in_no_repr(rsa):
    profile = profile_with(rsa)
    assert str(rsa["d"]) not in repr(profile)
    assert str(rsa["d"]) not in repr(client_keys(profile))


def test_no_keys_means_an_empty_set(tmp_path):
    assert public_jwks(make_settings(tmp_path, ISS)) == {"keys": []}
