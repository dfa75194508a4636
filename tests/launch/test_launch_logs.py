"""At DEBUG, with every library talking, the log holds no secret, no patient (R37)."""

from __future__ import annotations

import logging
from urllib.parse import parse_qsl, urlsplit

import pytest

from smart_viewer.fhir.reader import FhirReader
from smart_viewer.launch.refresh import bearer, revoke
from smart_viewer.launch.transaction import Transaction


@pytest.mark.requirement("R37")
def test_a_whole_launch_at_debug_logs_no_secret_and_no_patient(ehr, caplog):
    # given
    caplog.set_level(logging.DEBUG)
    sent = ehr.click()
    asked = ehr.begin(sent["launch"])
    params = dict(parse_qsl(urlsplit(asked.url).query))
    transactions = ehr.store.transactions
    payload = transactions.take(params["state"], ehr.clock())
    transactions.put(params["state"], payload, ehr.clock() + 60)
    transaction = Transaction.from_json(payload)
    query = ehr.follow(asked)
    caplog.clear()  # what the test's own browser wrote
    # when: launch, FHIR, refresh, revocation
    handle = ehr.finish(query)
    token = bearer(
        handle.grant_id, ehr.store.grants, ehr.outbound, ehr.settings, ehr.clock
    )
    reader = FhirReader(ehr.profile.iss, token, ehr.outbound)
    reader.read("Patient", handle.grant.patient)
    reader.search("ImagingStudy", {"patient": handle.grant.patient})
    ehr.clock.now += 3600
    fresh = token()
    revoke(handle.grant_id, ehr.store.grants, ehr.outbound, ehr.settings)
    # then
    secrets = {
        "code": query["code"],
        "state": query["state"],
        "verifier": transaction.verifier,
        "nonce": transaction.nonce,
        "launch": sent["launch"],
        "token": handle.grant.access_token,
        "fresh token": fresh,
        "refresh token": handle.grant.refresh_token,
        "patient": handle.grant.patient,
    }
    leaked = [name for name, secret in secrets.items() if str(secret) in caplog.text]
    assert leaked == []
