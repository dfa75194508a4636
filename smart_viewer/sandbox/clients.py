"""Who calls the token endpoint: nobody secret, a secret, or a key.

SMART App Launch 2.2, Client Authentication (symmetric and asymmetric); RFC 7523.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus
from urllib.request import urlopen

from smart_viewer.sandbox.jws import BadToken, unverified, verify
from smart_viewer.sandbox.oautherror import OAuthError
from smart_viewer.sandbox.registration import AppRegistration, EhrConfig
from smart_viewer.sandbox.vault import Vault

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_ASSERTION_LIFE_S = 300
CLOCK_LEEWAY_S = 30
JWKS_TIMEOUT_S = 5


def authenticate(
    config: EhrConfig, vault: Vault, authorization: str | None, form: Mapping[str, str]
) -> AppRegistration:
    """The app that calls, by the method it registered. OAuthError invalid_client."""
    if authorization is not None and "client_assertion" in form:
        raise OAuthError("invalid_request", "one authentication method only")
    if authorization is not None:
        app = _by_secret(config, authorization)
    elif "client_assertion" in form:
        app = _by_assertion(config, vault, form)
    else:
        app = _public(config, form)
    if form.get("client_id", app.client_id) != app.client_id:
        raise _invalid("client_id is not that of the authentication")
    return app


def _public(config: EhrConfig, form: Mapping[str, str]) -> AppRegistration:
    app = config.app(form.get("client_id", ""))
    if app is None:
        raise _invalid("unknown client_id")
    if not app.is_public:
        raise _invalid("this app is confidential and must authenticate")
    return app


def _by_secret(config: EhrConfig, authorization: str) -> AppRegistration:
    """HTTP Basic with form-encoded id and secret (RFC 6749 2.3.1)."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise _invalid("HTTP Basic is the only scheme here")
    try:
        pair = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as cause:
        raise _invalid("not HTTP Basic credentials") from cause
    client_id, _, secret = (unquote_plus(part) for part in pair.partition(":"))
    app = config.app(client_id)
    if app is None or app.client_secret is None:
        raise _invalid("no app with that id has a secret")
    if not hmac.compare_digest(app.client_secret.encode(), secret.encode()):
        raise _invalid("wrong secret")
    return app


def _by_assertion(
    config: EhrConfig, vault: Vault, form: Mapping[str, str]
) -> AppRegistration:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise _invalid("client_assertion_type is not jwt-bearer")
    app = _signer(config, form["client_assertion"])
    _check_claims(config, vault, app, _verified(form["client_assertion"], app))
    return app


def _signer(config: EhrConfig, assertion: str) -> AppRegistration:
    """The app that the assertion says it is of; nothing is verified yet."""
    try:
        app = config.app(str(unverified(assertion).get("sub", "")))
    except BadToken as cause:
        raise _invalid(str(cause)) from cause
    if app is None or not (app.jwks or app.jwks_url):
        raise _invalid("no app with that sub has registered keys")
    return app


def _verified(assertion: str, app: AppRegistration) -> dict[str, Any]:
    try:
        return verify(assertion, app.jwks or _asked_for(app.jwks_url or ""))
    except BadToken as cause:
        raise _invalid(str(cause)) from cause


def _asked_for(url: str) -> Mapping[str, Any]:
    """The app's key set as it is now. OAuthError where it has none to show."""
    try:
        with urlopen(url, timeout=JWKS_TIMEOUT_S) as answer:
            document = json.load(answer)
    except (OSError, ValueError) as cause:
        raise _invalid("the app's key set cannot be read") from cause
    return document if isinstance(document, dict) else {}


def _check_claims(
    config: EhrConfig, vault: Vault, app: AppRegistration, claims: Mapping[str, object]
) -> None:
    now = config.clock()
    if not claims.get("iss") == claims.get("sub") == app.client_id:
        raise _invalid("iss and sub must both be the client_id")
    if claims.get("aud") not in (config.token_url, [config.token_url]):
        raise _invalid("aud must be the token URL")
    expires_at = claims.get("exp")
    if not isinstance(expires_at, int | float) or isinstance(expires_at, bool):
        raise _invalid("exp is missing")
    if expires_at <= now - CLOCK_LEEWAY_S:
        raise _invalid("the assertion has expired")
    if expires_at > now + MAX_ASSERTION_LIFE_S + CLOCK_LEEWAY_S:
        raise _invalid("exp is more than five minutes ahead")
    assertion_id = claims.get("jti")
    if not isinstance(assertion_id, str) or not assertion_id:
        raise _invalid("jti is missing")
    remembered_until = expires_at + CLOCK_LEEWAY_S
    if not vault.first_sight(f"{app.client_id} {assertion_id}", remembered_until):
        raise _invalid("this jti was used before")


def _invalid(description: str) -> OAuthError:
    return OAuthError("invalid_client", description, 401)
