"""The first half of a launch: from the click to the authorize request (R1-R5)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from authlib.integrations.requests_client import OAuth2Session

from smart_viewer.errors import LaunchRefused
from smart_viewer.launch.discovery import Endpoints, discover
from smart_viewer.launch.ports import TransactionStore
from smart_viewer.launch.transaction import LIFETIME_S, Transaction, browser_hash
from smart_viewer.net.outbound import Outbound
from smart_viewer.settings import EhrProfile, Settings

STATE_BYTES = 16  # 128 bits; short, since Epic limits the query
VERIFIER_BYTES = 48  # 64 characters (RFC 7636: 43 to 128)
POST_OVER_BYTES = 1800
LAUNCH_MAX = 6144  # some EHRs send a JWT; with iss it fits a request line of 8190


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    """Where the browser goes next. `form` is empty for GET."""

    url: str = field(repr=False)
    method: Literal["GET", "POST"] = "GET"
    form: Mapping[str, str] = field(default_factory=dict, repr=False)


def profile_for(settings: Settings, iss: str) -> EhrProfile:
    """The EHR of `iss`, compared byte for byte. LaunchRefused "iss_not_listed"."""
    profile = settings.ehr_by_iss(iss)
    if profile is None:
        raise LaunchRefused(
            "This EHR is not configured here. Ask whoever runs the viewer to add it.",
            "iss_not_listed",
        )
    return profile


def begin_launch(  # noqa: PLR0917 (the parts are joined by web alone)
    profile: EhrProfile,
    launch: str | None,
    browser_id: str,
    public_url: str,
    outbound: Outbound,
    transactions: TransactionStore,
    now: float,
) -> AuthorizeRequest:
    """The authorize request of a new launch; what it needs later is in `transactions`.

    profile: from `profile_for`, so that its iss is the one that was sent.
    launch: opaque, from the EHR; None starts a standalone launch (R12).
    now: seconds since the epoch. LaunchRefused, UpstreamUnavailable.
    """
    scope = _scope(profile, launch)
    endpoints = discover(profile, outbound)
    state = secrets.token_urlsafe(STATE_BYTES)
    transaction = Transaction(
        ehr_id=profile.id,
        iss=profile.iss,
        token_endpoint=endpoints.token_endpoint,
        issuer=endpoints.issuer,
        jwks_uri=endpoints.jwks_uri,
        revocation_endpoint=endpoints.revocation_endpoint,
        iss_parameter=endpoints.iss_parameter,
        redirect_uri=public_url.rstrip("/") + profile.redirect_path,
        scope=scope,
        browser_hash=browser_hash(browser_id),
        verifier=secrets.token_urlsafe(VERIFIER_BYTES),
        nonce=secrets.token_urlsafe(STATE_BYTES),
    )
    url = _authorize_url(profile, endpoints, transaction, state, launch)
    transactions.put(state, transaction.to_json(), now + LIFETIME_S)
    return _as_request(url, endpoints)


def _scope(profile: EhrProfile, launch: str | None) -> str:
    if launch is None:
        if not profile.standalone_scopes:
            raise LaunchRefused(
                "This EHR is configured for launches from its own screens only.",
                "standalone_not_configured",
            )
        return " ".join(profile.standalone_scopes)
    if not launch or len(launch) > LAUNCH_MAX:
        raise LaunchRefused("The EHR sent an unusable launch value.", "bad_launch")
    return " ".join(profile.scopes)


def _authorize_url(
    profile: EhrProfile,
    endpoints: Endpoints,
    transaction: Transaction,
    state: str,
    launch: str | None,
) -> str:
    """SMART 2.2 App Launch, step 4, with every parameter."""
    session = OAuth2Session(
        client_id=profile.client_id,
        redirect_uri=transaction.redirect_uri,
        scope=transaction.scope,
        code_challenge_method="S256",
    )
    url, _ = session.create_authorization_url(
        endpoints.authorization_endpoint,
        state=state,
        code_verifier=transaction.verifier,
        nonce=transaction.nonce,
        aud=profile.aud_override or transaction.iss,
        launch=launch,
    )
    return str(url)


def _as_request(url: str, endpoints: Endpoints) -> AuthorizeRequest:
    """POST where the URL is long and the server reads it (R4)."""
    long = len(url.encode()) > POST_OVER_BYTES
    if not long or "authorize-post" not in endpoints.capabilities:
        return AuthorizeRequest(url)
    parts = urlsplit(url)
    form = dict(parse_qsl(parts.query, keep_blank_values=True))
    return AuthorizeRequest(urlunsplit(parts._replace(query="")), "POST", form)
