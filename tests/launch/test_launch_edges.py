"""The launch where one sign in its code decides (docs/mutation.md)."""

from __future__ import annotations

import pytest
from ehr_walk import make_profile, make_settings, running_ehr
from test_launch_id_token import (
    EXPECTED,
    KEY,
    NOW,
    OTHER_KEY,
    Keys,
    reason_of,
    token_with,
    verify,
)

from smart_viewer.errors import LaunchRefused, SettingsInvalid
from smart_viewer.launch.hosts import check_endpoint, origins_of_archive, policy_of
from smart_viewer.launch.id_token import ID_TOKEN_MAX
from smart_viewer.launch.transaction import Transaction
from smart_viewer.net.policy import Origin
from smart_viewer.operation import Operation
from smart_viewer.sandbox.jws import SigningKey
from smart_viewer.settings import DicomwebProfile

AUDIT = Origin("https", "audit.example", 443)


@pytest.fixture
def ehr(tmp_path):
    with running_ehr(tmp_path) as running:
        yield running


# id_token


@pytest.mark.requirement("R8")
def test_a_key_with_another_id_verifies_nothing_though_it_would_fit():
    named = SigningKey("announced")
    signed = named.sign({"iss": "x"})
    same_numbers = {**named.jwk, "kid": "another"}
    assert (
        reason_of(signed, keys=Keys({"keys": [same_numbers]})) == "id_token_signature"
    )


@pytest.mark.requirement("R8")
def test_a_key_without_an_id_may_be_the_one():
    anonymous = {name: value for name, value in KEY.jwk.items() if name != "kid"}
    assert verify(token_with(), Keys({"keys": [OTHER_KEY.jwk, anonymous]}))["sub"]


@pytest.mark.requirement("R8")
def test_the_longest_token_is_64_kib():
    assert ID_TOKEN_MAX == 65_536
    assert reason_of("x" * ID_TOKEN_MAX) == "id_token_malformed"
    long = token_with(padding="x" * ID_TOKEN_MAX)
    with pytest.raises(LaunchRefused, match="too long"):
        verify(long)
    room = ID_TOKEN_MAX - len(token_with(padding="")) - 8
    fits = token_with(padding="x" * (room * 3 // 4 - 3))
    assert ID_TOKEN_MAX - 64 < len(fits) <= ID_TOKEN_MAX
    assert verify(fits)["sub"] == "user"


@pytest.mark.requirement("R8")
def test_a_clock_that_is_behind_is_measured_without_a_sign():
    token = token_with(iat=NOW - 1000, exp=NOW + 300)
    with pytest.raises(LaunchRefused) as refused:
        verify(token)
    assert "is 1000 s behind" in refused.value.integrator


@pytest.mark.requirement("R8")
def test_a_clock_as_far_behind_as_a_code_lives_and_the_leeway_passes():
    limit = next(s for s in range(2000) if not _passes(iat=NOW - s, exp=NOW + 300))
    assert _passes(iat=NOW - (limit - 1), exp=NOW + 300)
    assert limit == 121  # a minute of leeway and one of a code; to the second


def _passes(**changes: object) -> bool:
    try:
        verify(token_with(**changes))
    except LaunchRefused:
        return False
    return True


@pytest.mark.requirement("R8")
def test_the_leeway_is_a_minute_to_the_second():
    assert _passes(iat=NOW + 60, exp=NOW + 300)
    assert not _passes(iat=NOW + 61, exp=NOW + 300)
    assert _passes(nbf=NOW + 60)
    assert not _passes(nbf=NOW + 61)
    assert _passes(iat=NOW - 100, exp=NOW - 60)
    assert not _passes(iat=NOW - 100, exp=NOW - 61)


@pytest.mark.requirement("R37")
def test_what_is_expected_tells_no_nonce():
    assert "nonce-1" not in repr(EXPECTED)


# transaction


@pytest.mark.requirement("R5")
def test_a_state_lives_ten_minutes_to_the_second(ehr):
    reasons = []
    for passed_s in (599.5, 600.0):  # the sandbox's own code has ended by then
        query = ehr.authorize()
        ehr.clock.now += passed_s
        with pytest.raises(LaunchRefused) as refused:
            ehr.finish(query)
        reasons.append(refused.value.reason)
    assert reasons == ["token_refused", "state_unknown"]


@pytest.mark.requirement("R37")
def test_a_launch_under_way_tells_neither_verifier_nor_nonce():
    told = repr(
        Transaction(
            "e", "i", "t", None, None, None, False, "r", "s", "b", "VERIFIER", "NONCE"
        )
    )
    assert "VERIFIER" not in told
    assert "NONCE" not in told


# hosts


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.requirement("R1")
def test_the_audits_host_is_an_inner_one_only_where_that_is_said(tmp_path, private):
    operation = Operation(
        audit_url="https://audit.example/fhir", audit_private_network=private
    )
    settings = make_settings(tmp_path, "https://ehr.example/fhir")
    policy = policy_of(settings.model_copy(update={"operation": operation}))
    assert AUDIT in policy.allowed
    assert (AUDIT in policy.private_origins) is private


@pytest.mark.requirement("R1")
def test_an_audit_url_that_cannot_be_read_stops_with_its_setting(tmp_path):
    operation = Operation(audit_url="https://[audit.example/fhir")
    settings = make_settings(tmp_path, "https://ehr.example/fhir")
    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_AUDIT_URL"):
        policy_of(settings.model_copy(update={"operation": operation}))


@pytest.mark.requirement("R1")
def test_an_archive_url_that_cannot_be_read_stops_with_its_table():
    profile = DicomwebProfile.model_construct(
        id="pacs", base_url="https://[pacs.example", auth=None
    )
    with pytest.raises(SettingsInvalid, match="pacs"):
        origins_of_archive(profile)


@pytest.mark.requirement("R2")
@pytest.mark.parametrize(
    "url", ["https://u@ehr.example/t", "ftp://x/", "", "https://[x"]
)
def test_an_endpoint_that_is_no_usable_url_is_refused_by_name(url):
    profile = make_profile("https://ehr.example/fhir")
    with pytest.raises(LaunchRefused) as refused:
        check_endpoint(profile, "token endpoint", url)
    assert refused.value.reason == "bad_endpoint"
