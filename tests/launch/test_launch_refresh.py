"""Tokens are renewed once, before they end; no refresh token is sent twice (R11)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from ehr_walk import running_ehr

from smart_viewer.errors import GrantExpired
from smart_viewer.launch import refresh
from smart_viewer.launch.grant import Grant
from smart_viewer.launch.refresh import bearer, read_grant, revoke


def bearer_of(ehr, grant_id):
    return bearer(grant_id, ehr.store.grants, ehr.outbound, ehr.settings, ehr.clock)


def test_a_good_token_is_given_without_asking(ehr):
    handle = ehr.launch()
    ehr.log.clear()
    assert bearer_of(ehr, handle.grant_id)() == handle.grant.access_token
    assert ehr.log.entries == ()


@pytest.mark.requirement("R11")
def test_twenty_parallel_calls_with_an_ended_token_make_one_refresh(ehr):
    # given a token that lives one second, and that second over
    ehr.faults.token_lifetime_s = 1
    handle = ehr.launch()
    ehr.clock.now += 2
    ehr.log.clear()
    token, start = bearer_of(ehr, handle.grant_id), threading.Barrier(20)

    def call(_: int) -> str:
        start.wait(10)
        return token()

    # when
    with ThreadPoolExecutor(20) as pool:
        tokens = set(pool.map(call, range(20)))
    # then
    assert ehr.log.count("/oauth/token") == 1
    assert len(tokens) == 1
    assert handle.grant.access_token not in tokens


@pytest.mark.requirement("R11")
def test_a_token_is_renewed_before_it_ends_and_the_refresh_token_with_it(ehr):
    # given
    handle = ehr.launch()
    ehr.clock.now = handle.grant.expires_at - 29
    # when
    fresh = bearer_of(ehr, handle.grant_id)()
    # then
    stored = read_grant(handle.grant_id, ehr.store.grants)
    assert fresh == stored.access_token != handle.grant.access_token
    assert stored.refresh_token not in {None, handle.grant.refresh_token}
    assert stored.expires_at == ehr.clock() + 3600
    assert stored.patient == handle.grant.patient
    assert stored.fhir_context == handle.grant.fhir_context


@pytest.mark.requirement("R11")
def test_renewing_goes_on_with_the_rotated_token(ehr):
    # the sandbox revokes everything when a refresh token is used twice
    handle = ehr.launch()
    token = bearer_of(ehr, handle.grant_id)
    for _ in range(4):
        ehr.clock.now += 3600
        token()
    assert ehr.log.count("/oauth/token") == 5


@pytest.mark.requirement("R11")
def test_a_refresh_token_that_failed_is_never_sent_again(ehr):
    # given a grant that the EHR has ended
    handle = ehr.launch()
    revoke(handle.grant_id, ehr.store.grants, ehr.outbound, ehr.settings)
    ehr.clock.now += 3600
    ehr.log.clear()
    token = bearer_of(ehr, handle.grant_id)
    # when
    for _ in range(3):
        with pytest.raises(GrantExpired):
            token()
    # then
    assert ehr.log.count("/oauth/token") == 1


@pytest.mark.requirement("R11")
def test_a_crash_between_sending_and_keeping_does_not_send_it_twice(ehr, monkeypatch):
    # given a process that dies when the answer is there
    handle = ehr.launch()
    ehr.clock.now += 3600

    class Died(BaseException):
        pass

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(refresh, "renewed", die)
        with pytest.raises(Died):
            bearer_of(ehr, handle.grant_id)()
    # when / then
    with pytest.raises(GrantExpired):
        bearer_of(ehr, handle.grant_id)()
    assert ehr.log.count("/oauth/token") == 2


@pytest.mark.requirement("R11")
def test_an_ehr_that_cannot_be_reached_ends_the_grant(ehr):
    handle = ehr.launch()
    ehr.clock.now += 3600
    gone = replace(handle.grant, token_endpoint="http://localhost:9/token")
    ehr.store.grants.replace(handle.grant_id, gone.to_json())
    with pytest.raises(GrantExpired):
        bearer_of(ehr, handle.grant_id)()


def test_without_a_refresh_token_the_access_token_serves_to_its_end(tmp_path):
    with running_ehr(tmp_path, scopes=("launch", "patient/Patient.r")) as ehr:
        handle = ehr.launch()
        token = bearer_of(ehr, handle.grant_id)
        ehr.clock.now = handle.grant.expires_at - 1
        assert token() == handle.grant.access_token
        ehr.clock.now = handle.grant.expires_at
        with pytest.raises(GrantExpired):
            token()
        assert ehr.log.count("/oauth/token") == 1


def test_a_deleted_grant_gives_no_token(ehr):
    handle = ehr.launch()
    token = bearer_of(ehr, handle.grant_id)
    ehr.store.grants.delete(handle.grant_id)
    with pytest.raises(GrantExpired):
        token()


def test_an_ehr_that_gives_no_new_refresh_token_is_obeyed_only_if_configured(
    ehr, monkeypatch
):
    # given answers without refresh_token (RFC 6749 6 allows that)
    sent: list[str] = []

    def answer(profile, outbound, endpoint, form):
        sent.append(form["refresh_token"])
        return {"access_token": f"t{len(sent)}", "expires_in": 10}

    monkeypatch.setattr(refresh, "request_token", answer)
    handle = ehr.launch()
    token = bearer_of(ehr, handle.grant_id)
    ehr.clock.now += 3600
    assert token() == "t1"
    # when it is not configured: once and never again
    ehr.clock.now += 3600
    with pytest.raises(GrantExpired):
        token()
    assert len(sent) == 1
    # when it is configured
    profile = ehr.profile.model_copy(update={"refresh_token_reusable": True})
    ehr.settings = ehr.settings.model_copy(update={"ehrs": (profile,)})
    again = ehr.launch()
    token = bearer_of(ehr, again.grant_id)
    for _ in range(2):
        ehr.clock.now += 3600
        token()
    assert sent[1:] == [again.grant.refresh_token] * 2


def test_a_renewal_for_another_patient_ends_the_grant(ehr, monkeypatch):
    handle = ehr.launch()
    ehr.clock.now += 3600
    answer = {"access_token": "x", "patient": "patient-2"}
    monkeypatch.setattr(refresh, "request_token", lambda *_: answer)
    with pytest.raises(GrantExpired, match="another patient"):
        bearer_of(ehr, handle.grant_id)()


@pytest.mark.requirement("R36")
def test_revoking_ends_the_tokens_at_the_ehr(ehr):
    # R36. given a token that works
    handle = ehr.launch()
    headers = {"Authorization": f"Bearer {handle.grant.access_token}"}
    url = f"{ehr.url}/fhir/Patient/patient-1"
    assert ehr.session.get(url, headers=headers, timeout=10).status_code == 200
    # when
    assert revoke(handle.grant_id, ehr.store.grants, ehr.outbound, ehr.settings)
    # then
    assert ehr.session.get(url, headers=headers, timeout=10).status_code == 401


def test_revoking_what_cannot_be_revoked_says_so_and_raises_nothing(ehr):
    handle = ehr.launch()
    grants, settings = ehr.store.grants, ehr.settings
    for endpoint in (None, "http://localhost:9/revoke", "https://other.example/"):
        changed = replace(handle.grant, revocation_endpoint=endpoint)
        grants.replace(handle.grant_id, changed.to_json())
        assert not revoke(handle.grant_id, grants, ehr.outbound, settings)
    assert not revoke("no such grant", grants, ehr.outbound, settings)


def test_a_grant_survives_its_json(ehr):
    grant = ehr.launch().grant
    assert Grant.from_json(grant.to_json()) == grant
