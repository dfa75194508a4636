"""The second half of a launch: from the callback to the grant (R5-R9, R14)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from smart_viewer.errors import LaunchRefused
from smart_viewer.launch.client import error_code, request_token
from smart_viewer.launch.granted import Grant, grant_from_response
from smart_viewer.launch.id_token import ExpectedToken, verify_id_token
from smart_viewer.launch.lenient import text_of
from smart_viewer.launch.ports import LaunchStore
from smart_viewer.launch.scopes import parse
from smart_viewer.launch.transaction import Transaction, browser_hash
from smart_viewer.net.answer import JsonObject
from smart_viewer.net.outbound import Outbound
from smart_viewer.settings import EhrProfile, Settings

_SAID_NO = {
    "access_denied": "Access was declined in the EHR.",
    "invalid_scope": "The EHR does not allow the scopes that are configured.",
    "unauthorized_client": "The EHR does not allow this viewer's registration.",
    "invalid_request": "The EHR did not understand the request.",
    "unsupported_response_type": "The EHR does not offer the code flow.",
    "server_error": "The EHR failed while it authorized the launch.",
    "temporarily_unavailable": "The EHR is busy. Try again shortly.",
    "login_required": "Sign in to the EHR first.",
}


@dataclass(frozen=True, slots=True)
class GrantHandle:
    """A new grant and the id under which the store keeps it."""

    grant_id: str
    grant: Grant


def complete(  # noqa: PLR0917 (the parts are joined by web alone)
    settings: Settings,
    ehr_id: str,
    query: Mapping[str, str],
    browser_id: str,
    outbound: Outbound,
    store: LaunchStore,
    now: float,
) -> GrantHandle:
    """Exchange the code of a callback for a grant, and keep it.

    query: of the redirect; state, code, iss and error are read, nothing else.
    LaunchRefused (its reason names the rule), UpstreamUnavailable.
    """
    transaction = _taken(store, query.get("state"), now)
    profile = settings.ehr(ehr_id)
    if profile is None or transaction.ehr_id != ehr_id:
        raise LaunchRefused("The answer belongs to another EHR.", "other_ehr")
    _check_browser(transaction, browser_id)
    _check_iss(transaction, query.get("iss"))
    _check_error(query)
    response = _exchange_code(profile, transaction, query.get("code"), outbound)
    claims = _check_id_token(profile, transaction, response, outbound, now)
    grant = grant_from_response(
        transaction, response, claims, now, profile.context_key_map
    )
    return GrantHandle(store.grants.create(grant.to_json(), now), grant)


def _taken(store: LaunchStore, state: str | None, now: float) -> Transaction:
    if not state:
        raise LaunchRefused("The EHR's answer has no state.", "state_missing")
    payload = store.transactions.take(state, now)
    if payload is None:
        raise LaunchRefused(
            "This launch was used already or is too old. Start again from the EHR.",
            "state_unknown",
        )
    return Transaction.from_json(payload)


def _check_browser(transaction: Transaction, browser_id: str) -> None:
    if not hmac.compare_digest(transaction.browser_hash, browser_hash(browser_id)):
        raise LaunchRefused(
            "This launch was started in another browser.", "other_browser"
        )


def _check_iss(transaction: Transaction, iss: str | None) -> None:
    """RFC 9207: an `iss` on the redirect is that of the stored issuer (R6)."""
    if iss is None:
        if transaction.iss_parameter:
            raise LaunchRefused("The EHR's answer does not name itself.", "iss_missing")
        return
    if iss != (transaction.issuer or transaction.iss):
        raise LaunchRefused("The answer comes from another EHR.", "iss_mismatch")


def _check_error(query: Mapping[str, str]) -> None:
    """R13. The EHR's own description is not repeated: it may hold anything."""
    error = query.get("error")
    if error is None:
        return
    code = error_code(error)
    said = _SAID_NO.get(code, "The EHR refused the launch.")
    raise LaunchRefused(f"{said} ({code})", code)


def _exchange_code(
    profile: EhrProfile, transaction: Transaction, code: str | None, outbound: Outbound
) -> JsonObject:
    if not code:
        raise LaunchRefused("The EHR's answer holds no code.", "code_missing")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": transaction.verifier,
    }
    return request_token(
        profile, outbound, transaction.token_endpoint, form, transaction.redirect_uri
    )


def _check_id_token(
    profile: EhrProfile,
    transaction: Transaction,
    response: JsonObject,
    outbound: Outbound,
    now: float,
) -> Mapping[str, object]:
    """The id_token's claims; none where there is no id_token and none is due."""
    scope = response.get("scope")
    granted = parse(scope if isinstance(scope, str) else transaction.scope)
    token = text_of(response.get("id_token"))
    if token is None:
        if "openid" in granted:
            raise LaunchRefused("The EHR sent no id_token.", "id_token_missing")
        return {}
    issuer = profile.oidc_issuer or transaction.issuer
    if transaction.jwks_uri is None or issuer is None:
        raise LaunchRefused(
            "The EHR announces no issuer or no keys for its id_token.", "no_jwks_uri"
        )
    expected = ExpectedToken(issuer, profile.client_id, transaction.nonce)
    return verify_id_token(token, transaction.jwks_uri, expected, outbound, now)
