"""Every tampering is refused with its reason, and nothing is asked afterwards."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from ehr_walk import make_settings, running_ehr

from smart_viewer.errors import LaunchRefused, UpstreamUnavailable
from smart_viewer.launch.authorize import begin_launch, profile_for
from smart_viewer.launch.grant import complete
from smart_viewer.launch.hosts import policy_of
from smart_viewer.launch.transaction import Transaction
from smart_viewer.net import connection
from smart_viewer.net.outbound import Outbound


def refusal_of(ehr, query, browser="browser-1") -> LaunchRefused:
    """Finish a launch that must be refused; count what it asked."""
    ehr.log.clear()
    with pytest.raises(LaunchRefused) as refused:
        ehr.finish(query, browser)
    return refused.value


def assert_nothing_was_asked(ehr):
    assert ehr.log.entries == ()


def assert_nothing_followed_the_token(ehr):
    assert ehr.log.count("/oauth/token") == 1
    assert ehr.log.count("/fhir") == 0


ISS = "https://ehr.example/fhir"


@pytest.mark.parametrize(
    "iss",
    [
        "",
        ISS + "/",
        ISS + "x",
        ISS[:-1],
        "https://EHR.example/fhir",
        "https://ehr.example/FHIR",
        "https://ehr.example:443/fhir",
        "http://ehr.example/fhir",
        "https://user@ehr.example/fhir",
        "https://ehr.example/x/../fhir",
        "https://ehr.example/fhir?x=1",
        "https://ehr.example/fhir#x",
        " " + ISS,
        ISS + "\n",
        "https://evil.example/fhir",
        "http://169.254.169.254/latest",
    ],
)
@pytest.mark.requirement("R1")
def test_an_iss_that_differs_in_one_byte_is_refused_without_a_socket(
    tmp_path, monkeypatch, iss
):
    # R1. given a spy where net resolves names and makes sockets
    settings = make_settings(tmp_path, ISS)
    outbound, used = Outbound(policy_of(settings)), []
    spy = SimpleNamespace(getaddrinfo=used.append, socket=used.append)
    monkeypatch.setattr(connection, "socket", spy)
    # when
    with pytest.raises(LaunchRefused) as refused:
        profile = profile_for(settings, iss)
        begin_launch(profile, "x", "b", "http://127.0.0.1:9", outbound, None, 0.0)
    # then
    assert refused.value.reason == "iss_not_listed"
    assert used == []


@pytest.mark.requirement("R1")
def test_a_disabled_ehr_is_not_listed(tmp_path):
    settings = make_settings(tmp_path, ISS, enabled=False)
    with pytest.raises(LaunchRefused):
        profile_for(settings, ISS)


@pytest.mark.requirement("R5")
def test_a_state_is_used_once(ehr):
    # R5: the whole redirect, replayed
    query = ehr.authorize()
    ehr.finish(query)
    assert refusal_of(ehr, query).reason == "state_unknown"
    assert_nothing_was_asked(ehr)


@pytest.mark.parametrize(
    ("state", "reason"),
    [(None, "state_missing"), ("", "state_missing"), ("x" * 22, "state_unknown")],
)
@pytest.mark.requirement("R5")
def test_a_missing_or_changed_state_is_refused(ehr, state, reason):
    query = ehr.authorize()
    query.pop("state")
    changed = query if state is None else {**query, "state": state}
    assert refusal_of(ehr, changed).reason == reason
    assert_nothing_was_asked(ehr)


@pytest.mark.requirement("R5")
def test_a_state_lives_ten_minutes(ehr):
    query = ehr.authorize()
    ehr.clock.now += 601
    assert refusal_of(ehr, query).reason == "state_unknown"
    assert_nothing_was_asked(ehr)


@pytest.mark.parametrize("browser", ["browser-2", "", "browser-1 "])
@pytest.mark.requirement("R5")
def test_another_browser_cannot_finish_a_launch(ehr, browser):
    query = ehr.authorize()
    assert refusal_of(ehr, query, browser).reason == "other_browser"
    assert_nothing_was_asked(ehr)
    # and after that attempt the state is spent for everybody
    assert refusal_of(ehr, query).reason == "state_unknown"


@pytest.mark.requirement("R6")
def test_a_callback_of_another_ehr_is_refused(ehr):
    # RFC 9700: mix-up
    query = ehr.authorize()
    other = ehr.profile.model_copy(update={"id": "other"})
    ehrs = (ehr.profile, other)
    ehr.settings = ehr.settings.model_copy(update={"ehrs": ehrs})
    ehr.log.clear()
    with pytest.raises(LaunchRefused) as refused:
        ehr.finish(query, ehr_id="other")
    assert refused.value.reason == "other_ehr"
    assert_nothing_was_asked(ehr)


@pytest.mark.parametrize(
    ("iss_param", "reason"), [("wrong", "iss_mismatch"), ("absent", "iss_missing")]
)
@pytest.mark.requirement("R6")
def test_a_wrong_or_missing_iss_on_the_redirect_is_refused(ehr, iss_param, reason):
    # R6: this server promises the parameter
    ehr.faults.iss_param = iss_param
    assert refusal_of(ehr, ehr.authorize()).reason == reason
    assert_nothing_was_asked(ehr)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("access_denied", "access_denied"),
        ("invalid_scope", "invalid_scope"),
        ("temporarily_unavailable", "temporarily_unavailable"),
        ("something_new", "something_new"),
        ("<script>alert(1)</script>", "unknown"),
        ("a" * 200, "unknown"),
    ],
)
@pytest.mark.requirement("R13")
def test_an_error_of_the_ehr_is_told_without_its_markup(ehr, error, reason):
    # R13
    ehr.faults.auth_error = error
    ehr.faults.auth_error_description = "<script>alert('x')</script>"
    refused = refusal_of(ehr, ehr.authorize())
    assert refused.reason == reason
    assert "<" not in str(refused)
    assert "alert" not in str(refused)
    assert_nothing_was_asked(ehr)


@pytest.mark.requirement("R13")
def test_a_user_who_denies_the_standalone_launch_gets_a_word(ehr):
    query = ehr.pick(ehr.begin(None), {"deny": "deny"})
    refused = refusal_of(ehr, query)
    assert refused.reason == "access_denied"
    assert "declined" in str(refused)


def test_a_redirect_without_code_is_refused(ehr):
    query = ehr.authorize()
    query.pop("code")
    assert refusal_of(ehr, query).reason == "code_missing"
    assert_nothing_was_asked(ehr)


def test_a_code_that_was_used_is_refused_by_the_ehr(ehr):
    first, second = ehr.authorize(), ehr.authorize()
    ehr.finish(first)
    assert refusal_of(ehr, {**second, "code": first["code"]}).reason == "token_refused"
    assert_nothing_followed_the_token(ehr)


@pytest.mark.requirement("R3")
def test_a_stolen_code_is_useless_in_another_launch(ehr):
    # the code of one launch with the state of another: PKCE (RFC 9700 4.5)
    victim, thief = ehr.authorize("order-1"), ehr.authorize("order-2")
    mixed = {**thief, "code": victim["code"]}
    assert refusal_of(ehr, mixed).reason == "token_refused"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("bad_signature", "id_token_signature"),
        ("wrong_nonce", "id_token_nonce"),
        ("wrong_audience", "id_token_audience"),
        ("wrong_issuer", "id_token_issuer"),
        ("expired", "id_token_expired"),
        ("unsigned", "id_token_algorithm"),
        ("absent", "id_token_missing"),
    ],
)
@pytest.mark.requirement("R8")
def test_a_tampered_id_token_is_refused(ehr, fault, reason):
    # R8
    ehr.faults.id_token = fault
    assert refusal_of(ehr, ehr.authorize()).reason == reason
    assert_nothing_followed_the_token(ehr)


@pytest.mark.requirement("R8")
def test_a_clock_that_differs_is_named_in_seconds(ehr):
    # R8: the token is valid for 600 s; our clock stands 400 s behind the EHR's
    query = ehr.authorize()
    with pytest.raises(LaunchRefused) as refused:
        complete(
            ehr.settings,
            "sandbox",
            query,
            "browser-1",
            ehr.outbound,
            ehr.store,
            ehr.clock() - 400,
        )
    assert refused.value.reason == "id_token_clock_skew"
    assert "400 s ahead" in refused.value.integrator


@pytest.mark.parametrize("missing", ["jwks_uri", "issuer"])
@pytest.mark.requirement("R8")
def test_an_id_token_that_cannot_be_verified_is_refused(ehr, missing):
    # given a discovery that named no keys or no issuer
    query = ehr.authorize()
    transactions = ehr.store.transactions
    payload = transactions.take(query["state"], ehr.clock())
    changed = replace(Transaction.from_json(payload), **{missing: None})
    if missing == "issuer":  # RFC 9207 then compares with the FHIR base
        query["iss"] = changed.iss
    transactions.put(query["state"], changed.to_json(), ehr.clock() + 60)
    # when / then
    assert refusal_of(ehr, query).reason == "no_jwks_uri"
    assert_nothing_followed_the_token(ehr)


@pytest.mark.requirement("R6")
def test_a_server_that_does_not_promise_iss_may_leave_it_out(ehr):
    # RFC 9207 2.4. Each EHR has a callback path of its own all the same
    ehr.faults.iss_param = "absent"
    query = ehr.authorize()
    payload = ehr.store.transactions.take(query["state"], ehr.clock())
    changed = replace(Transaction.from_json(payload), iss_parameter=False)
    ehr.store.transactions.put(query["state"], changed.to_json(), ehr.clock() + 60)
    assert ehr.finish(query).grant.patient == "patient-1"


def test_a_grant_without_patient_is_refused(tmp_path):
    # R14: standalone without launch/patient, so the EHR names nobody
    scopes = ("openid", "user/Practitioner.rs")
    with running_ehr(tmp_path, standalone_scopes=scopes) as ehr:
        asked = ehr.begin(None)
        assert refusal_of(ehr, ehr.follow(asked)).reason == "no_patient"
        assert ehr.log.count("/fhir") == 0


def test_a_standalone_launch_that_is_not_configured_is_refused(tmp_path):
    with running_ehr(tmp_path, standalone_scopes=()) as ehr:
        with pytest.raises(LaunchRefused) as refused:
            ehr.begin(None)
        assert refused.value.reason == "standalone_not_configured"
        assert_nothing_was_asked(ehr)


@pytest.mark.parametrize("launch", ["", "x" * 8193])
def test_an_unusable_launch_value_is_refused(ehr, launch):
    with pytest.raises(LaunchRefused) as refused:
        ehr.begin(launch)
    assert refused.value.reason == "bad_launch"
    assert_nothing_was_asked(ehr)


def test_a_patient_in_the_url_has_no_effect(ehr):
    # R14
    query = {**ehr.authorize(), "patient": "patient-3", "client_id": "another"}
    assert ehr.finish(query).grant.patient == "patient-1"


def test_an_ehr_that_is_down_is_unavailable_and_not_refused(ehr):
    dead = ehr.profile.model_copy(update={"iss": "http://localhost:9/fhir"})
    ehr.settings = ehr.settings.model_copy(update={"ehrs": (dead,)})
    ehr.outbound = Outbound(policy_of(ehr.settings))
    with pytest.raises(UpstreamUnavailable):
        ehr.begin("x")
