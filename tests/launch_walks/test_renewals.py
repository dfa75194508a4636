"""Tokens of every personality are renewed in time; a used refresh token ends it (R11).

Over HTTP at the EHR; the reading's own grant is asked for its token at a later time.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from odd_world import OddWorld, boot_of, grant_id_of
from world import Walk

from smart_viewer.errors import GrantExpired
from smart_viewer.launch.granted import Grant
from smart_viewer.launch.refresh import bearer

RENEWABLE = ("plain", "epic", "oracle", "openemr")


def launched(odd: OddWorld, personality: str) -> tuple[Grant, Callable[[], str]]:
    """A reading's grant, and what gives its token when it is due to be renewed."""
    boot = boot_of(Walk().get(odd.launch_as(personality)))
    grants, grant_id = odd.house.store.grants, grant_id_of(odd, boot)
    grant = Grant.from_json(grants.read(grant_id))
    token = bearer(
        grant_id, grants, odd.house.outbound, odd.settings, lambda: grant.renew_at
    )
    odd.log.clear()
    return grant, token


def token_requests(odd: OddWorld) -> int:
    return sum(entry.path.endswith("/token") for entry in odd.log.entries)


def status_of(grant: Grant, token: str) -> int:
    """What the EHR says to a read of the patient."""
    url = f"{grant.iss}/Patient/{grant.patient}"
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(url, headers=headers, timeout=10).status_code


@pytest.mark.requirement("R11")
@pytest.mark.parametrize("personality", RENEWABLE)
def test_a_token_is_renewed_once_and_the_new_one_works(odd, personality):
    # given
    grant, token = launched(odd, personality)
    # when
    fresh = token()
    # then
    assert fresh != grant.access_token
    assert token_requests(odd) == 1
    assert status_of(grant, fresh) == 200


@pytest.mark.requirement("R11")
@pytest.mark.parametrize("personality", RENEWABLE)
def test_a_refresh_token_that_somebody_used_ends_the_grant(odd, personality):
    # given
    grant, token = launched(odd, personality)
    odd.faults.refresh = "spent"
    # when
    for _ in range(2):
        with pytest.raises(GrantExpired):
            token()
    # then: sent once, and the EHR has ended the whole chain
    assert token_requests(odd) == 1
    assert status_of(grant, grant.access_token) == 401


@pytest.mark.requirement("R11")
def test_without_a_refresh_token_nothing_is_sent_and_the_end_is_said(odd):
    # given: the athena shape gives none, and does not say how long its token lives
    grant, token = launched(odd, "athena")
    assert token() == grant.access_token  # it serves to its very end
    grants, after = odd.house.store.grants, grant.expires_at
    grant_id = grants.create(grant.to_json(), after)
    over = bearer(grant_id, grants, odd.house.outbound, odd.settings, lambda: after)
    with pytest.raises(GrantExpired):
        over()
    assert token_requests(odd) == 0
