"""The token, introspection and revocation endpoints, and the key set.

SMART App Launch 2.2 steps 5 and 7, Token Introspection; RFC 7009, RFC 7662.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any

from flask import Flask, Response, jsonify, request

from smart_viewer.sandbox.clients import authenticate
from smart_viewer.sandbox.idtoken import fhir_user, id_token, subject
from smart_viewer.sandbox.jws import encode
from smart_viewer.sandbox.oautherror import OAuthError
from smart_viewer.sandbox.personalities import PLAIN
from smart_viewer.sandbox.registration import AppRegistration, EhrConfig
from smart_viewer.sandbox.scopes import ScopeSet, parse_scopes
from smart_viewer.sandbox.signingkeys import SigningKeys
from smart_viewer.sandbox.tokenshape import context_members, scope_text, shape_members
from smart_viewer.sandbox.vault import AccessToken, Grant, Vault

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class Tokens:
    """The routes `/oauth/token`, `introspect`, `revoke` and `jwks`."""

    def __init__(self, config: EhrConfig, vault: Vault, keys: SigningKeys) -> None:
        self._config = config
        self._vault = vault
        self._keys = keys

    def register(self, app: Flask) -> None:
        """Add the routes."""
        path = self._config.personality.oauth_path
        for view in (self.token, self.introspect, self.revoke):
            name = view.__name__
            endpoint = self._config.endpoint(name)
            app.add_url_rule(f"{path}/{name}", endpoint, view, methods=["POST"])
        app.add_url_rule(f"{path}/jwks", self._config.endpoint("jwks"), self.jwks)
        app.register_error_handler(OAuthError, _refusal)

    def token(self) -> Response:
        """Exchange a code or a refresh token. OAuthError."""
        if any(len(values) > 1 for _, values in request.form.lists()):
            raise OAuthError("invalid_request", "a parameter is repeated")
        app = self._caller()
        match request.form.get("grant_type"):
            case "authorization_code":
                return self._exchange(app)
            case "refresh_token":
                return self._refresh(app)
            case _:
                raise OAuthError("unsupported_grant_type", "use code or refresh_token")

    def introspect(self) -> Response:
        """What a token stands for. Asked by a confidential app or with a live token."""
        self._authorize_introspection()
        token = self._vault.find_access(request.form.get("token", ""))
        if token is None:
            return _no_store(jsonify(active=False))
        return _no_store(jsonify(self._introspected(token)))

    def revoke(self) -> Response:
        """End a token of the calling app; 200 also for one that is unknown."""
        app = self._caller()
        self._vault.revoke(request.form.get("token", ""), app.client_id)
        return _no_store(Response(status=200))

    def jwks(self) -> Response:
        """The public keys that id_tokens are signed with."""
        answer = jsonify(keys=list(self._keys.shown))
        answer.headers["Cache-Control"] = "public, max-age=300"
        return answer

    def _caller(self) -> AppRegistration:
        authorization = request.headers.get("Authorization")
        return authenticate(self._config, self._vault, authorization, request.form)

    def _exchange(self, app: AppRegistration) -> Response:
        grant = self._vault.spend_code(request.form.get("code", ""))
        if grant is None:
            raise _stale("the code is unknown, used or expired")
        if grant.request.client_id != app.client_id:
            raise _stale("the code belongs to another app")
        if request.form.get("redirect_uri") != grant.request.redirect_uri:
            raise _stale("redirect_uri is not that of the authorize request")
        _check_verifier(request.form.get("code_verifier", ""), grant.request.challenge)
        body = self._body(grant, grant.request.scopes)
        if "openid" in grant.request.scopes.plain:
            token = id_token(self._config, self._keys.signing, grant)
            body |= {} if token is None else {"id_token": token}
        return _no_store(jsonify(body))

    def _refresh(self, app: AppRegistration) -> Response:
        value = request.form.get("refresh_token", "")
        asked = self._narrowed(value, request.form.get("scope"))
        grant = self._refreshed(value)
        if grant is None:
            raise _stale("the refresh token is unknown, used or expired")
        if grant.request.client_id != app.client_id:
            grant.revoked = True
            raise _stale("the refresh token belongs to another app")
        body = self._body(grant, asked or grant.request.scopes)
        if self._config.faults.refresh == "keeps":
            body["refresh_token"] = value
        return _no_store(jsonify(body))

    def _refreshed(self, value: str) -> Grant | None:
        """The grant of a refresh token, as the switch lets it be used."""
        match self._config.faults.refresh:
            case "fails":
                return None
            case "keeps":
                return self._vault.find_refresh(value)
            case "spent":
                self._vault.spend_refresh(value)
        return self._vault.spend_refresh(value)

    def _narrowed(self, value: str, scope: str | None) -> ScopeSet | None:
        """The scopes asked of a refresh, a subset of the grant's. OAuthError."""
        grant = self._vault.find_refresh(value)
        if grant is None or scope is None:
            return None
        asked = parse_scopes(scope)
        met = asked.within(grant.request.scopes)
        if asked.order != tuple(scope.split()) or met != asked:
            raise OAuthError("invalid_scope", "a refresh can only narrow the scopes")
        return asked

    def _body(self, grant: Grant, scopes: ScopeSet) -> dict[str, Any]:
        config = self._config
        said_s = config.faults.token_lifetime_s
        if said_s is None:
            said_s = config.personality.expires_in
            if config.personality is PLAIN:
                said_s = config.token_lifetime_s
        life_s = config.token_lifetime_s if said_s is None else said_s
        body = {
            "access_token": self._vault.add_access(grant, scopes, life_s),
            **shape_members(config, grant, scopes, said_s),
        }
        if config.personality.refreshing & grant.request.scopes.plain:
            body["refresh_token"] = self._vault.add_refresh(grant)
        body |= config.faults.token_members
        return {name: value for name, value in body.items() if value is not None}

    def _authorize_introspection(self) -> None:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            if self._vault.find_access(value) is None:
                raise OAuthError("invalid_token", "the bearer token is dead", 401)
            return
        if self._caller().is_public:
            raise OAuthError("invalid_client", "a public app may not introspect", 401)

    def _introspected(self, token: AccessToken) -> dict[str, Any]:
        body = {
            "active": True,
            "scope": scope_text(self._config.personality, token.scopes),
            "client_id": token.grant.request.client_id,
            "token_type": "Bearer",
            "iat": int(token.issued_at),
            "exp": int(token.expires_at),
            **context_members(self._config, token.grant.context),
        }
        if "openid" in token.scopes.plain:
            body |= {"iss": self._config.id_token_issuer, "sub": subject(self._config)}
        if "fhirUser" in token.scopes.plain:
            body["fhirUser"] = fhir_user(self._config)
        return body


def _check_verifier(verifier: str, challenge: str) -> None:
    """PKCE S256 (RFC 7636 4.6). OAuthError invalid_grant."""
    if not VERIFIER.fullmatch(verifier):
        raise _stale("code_verifier must have 43 to 128 unreserved characters")
    expected = encode(hashlib.sha256(verifier.encode()).digest())
    if not hmac.compare_digest(expected, challenge):
        raise _stale("code_verifier does not fit the challenge")


def _stale(description: str) -> OAuthError:
    return OAuthError("invalid_grant", description)


def _refusal(error: OAuthError) -> Response:
    answer = jsonify(error=error.code, error_description=error.description)
    answer.status_code = error.status
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="sandbox"'
    return _no_store(answer)


def _no_store(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Pragma"] = "no-cache"
    return answer
