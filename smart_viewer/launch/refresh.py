"""A token that is good now: refreshed once, before it ends (R11)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from smart_viewer.errors import (
    GrantExpired,
    LaunchRefused,
    RequestForbidden,
    UpstreamUnavailable,
)
from smart_viewer.launch.client import request_token, revoke_token
from smart_viewer.launch.granted import Grant, renewed
from smart_viewer.launch.ports import GrantStore
from smart_viewer.net.answer import JsonObject
from smart_viewer.net.outbound import Outbound
from smart_viewer.settings import EhrProfile, Settings

LOCK_TIMEOUT_S = 20.0


def bearer(
    grant_id: str,
    grants: GrantStore,
    outbound: Outbound,
    settings: Settings,
    clock: Callable[[], float] = time.time,
) -> Callable[[], str]:
    """A function that gives the access token of the grant, valid now.

    clock: seconds since the epoch. It raises GrantExpired when the grant has gone
    or could not be renewed: the reading is then locked.
    """

    def token() -> str:
        grant = read_grant(grant_id, grants)
        if clock() < grant.renew_at:
            return grant.access_token
        return _renew(grant_id, grants, outbound, settings, clock).access_token

    return token


def read_grant(grant_id: str, grants: GrantStore) -> Grant:
    """The stored grant. GrantExpired where it has gone."""
    payload = grants.read(grant_id)
    if payload is None:
        raise GrantExpired("The sign-in has ended. Start again from the EHR.")
    return Grant.from_json(payload)


def revoke(
    grant_id: str, grants: GrantStore, outbound: Outbound, settings: Settings
) -> bool:
    """Tell the EHR that the grant is over; whether it agreed. Nothing is raised.

    The stored grant is not touched: whoever ends the reading deletes it.
    """
    payload = grants.read(grant_id)
    grant = Grant.from_json(payload) if payload is not None else None
    profile = settings.ehr(grant.ehr_id) if grant is not None else None
    if grant is None or profile is None or grant.revocation_endpoint is None:
        return False
    endpoint = grant.revocation_endpoint
    tokens = [token for token in (grant.refresh_token, grant.access_token) if token]
    try:
        return all([revoke_token(profile, outbound, endpoint, t) for t in tokens])
    except (UpstreamUnavailable, RequestForbidden, LaunchRefused):
        return False


def _renew(
    grant_id: str,
    grants: GrantStore,
    outbound: Outbound,
    settings: Settings,
    clock: Callable[[], float],
) -> Grant:
    with grants.exclusive(grant_id, LOCK_TIMEOUT_S):
        grant = read_grant(grant_id, grants)  # another holder may have renewed it
        if clock() < grant.renew_at:
            return grant
        profile = settings.ehr(grant.ehr_id)
        if profile is None or grant.refresh_token is None:
            return _still_good(grant, clock())
        response = _refresh_once(profile, grant_id, grant, grants, outbound)
        kept = grant if profile.refresh_token_reusable else _spent(grant)
        fresh = renewed(kept, response, clock())
        if fresh.refresh_token == grant.refresh_token:  # given back, yet spent
            fresh = replace(fresh, refresh_token=kept.refresh_token)
        grants.replace(grant_id, fresh.to_json())
        return fresh


def _still_good(grant: Grant, now: float) -> Grant:
    """Without a refresh token the access token serves to its very end."""
    if now < grant.expires_at:
        return grant
    raise GrantExpired("The EHR's permission ran out. Start again from the EHR.")


def _spent(grant: Grant) -> Grant:
    return replace(grant, refresh_token=None)


def _ended(grant: Grant) -> Grant:
    """Of no use any more, whatever its access token might still open."""
    return replace(_spent(grant), expires_at=0.0, renew_at=0.0)


def _refresh_once(
    profile: EhrProfile,
    grant_id: str,
    grant: Grant,
    grants: GrantStore,
    outbound: Outbound,
) -> JsonObject:
    """The EHR's answer. The refresh token leaves the store before it is sent.

    So it can never be sent twice, not even after a crash between the two. Where the
    EHR refuses, the access token is not used to its end either.
    """
    if not profile.refresh_token_reusable:
        grants.replace(grant_id, _spent(grant).to_json())
    form = {"grant_type": "refresh_token", "refresh_token": str(grant.refresh_token)}
    try:
        response = request_token(profile, outbound, grant.token_endpoint, form)
    except (LaunchRefused, UpstreamUnavailable, RequestForbidden) as cause:
        if isinstance(cause, LaunchRefused):  # the EHR said no: it ends here
            grants.replace(grant_id, _ended(grant).to_json())
        raise GrantExpired(
            "The EHR did not renew its permission. Start again from the EHR."
        ) from cause
    if response.get("patient", grant.patient) != grant.patient:
        grants.replace(grant_id, _ended(grant).to_json())
        raise GrantExpired("The EHR renewed the permission for another patient.")
    return response
