"""Our side of an authorization server: authlib's session through our own net."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import quote_plus

from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_qs
from authlib.integrations.requests_client import OAuth2Session

from smart_viewer.errors import LaunchRefused, UpstreamUnavailable
from smart_viewer.launch.keys import client_keys
from smart_viewer.launch.lenient import text_of
from smart_viewer.net.adapter import TOKEN_TIMEOUT_S
from smart_viewer.net.answer import Answer, JsonObject
from smart_viewer.net.outbound import Outbound
from smart_viewer.settings import EhrProfile

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SERVER_ERROR = 500
_ERROR_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
_Signer = Callable[
    [object, str, str, Mapping[str, str], str], tuple[str, Mapping[str, str], str]
]


class _Response(Protocol):
    """What is used of requests' Response, which is known in net alone."""

    @property
    def status_code(self) -> int: ...
    @property
    def content(self) -> bytes: ...


class SmartSession(OAuth2Session):  # type: ignore[misc]  # authlib carries no types
    """authlib's session, reading token responses our own way (R9)."""

    def parse_response_token(self, resp: _Response) -> JsonObject:
        """The response as it came; LaunchRefused, UpstreamUnavailable."""
        return read_token_response(Answer(resp.status_code, {}, resp.content))


def smart_session(
    profile: EhrProfile, outbound: Outbound, redirect_uri: str | None = None
) -> SmartSession:
    """A session for this EHR, sending through `outbound` alone."""
    secret = profile.client_secret.get_secret_value() if profile.client_secret else None
    session = SmartSession(
        client_id=profile.client_id,
        client_secret=secret,
        token_endpoint_auth_method=profile.client_auth,
        revocation_endpoint_auth_method=profile.client_auth,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )
    session.register_client_auth_method(("private_key_jwt", _signer(profile)))
    session.register_client_auth_method(("client_secret_basic", _basic(profile)))
    outbound.guard(session)
    return session


def request_token(
    profile: EhrProfile,
    outbound: Outbound,
    token_endpoint: str,
    form: Mapping[str, str],
    redirect_uri: str | None = None,
) -> JsonObject:
    """The token response as it came: a JSON object that is no error.

    form: grant_type and what belongs to it. LaunchRefused ("token_refused") where
    the EHR says no, UpstreamUnavailable where it gives no usable answer.
    """
    with smart_session(profile, outbound, redirect_uri) as session:
        try:
            found: JsonObject = session.fetch_token(
                token_endpoint, timeout=TOKEN_TIMEOUT_S, **form
            )
        except AuthlibBaseError as cause:
            raise LaunchRefused(
                "The token request could not be made.", "token_refused"
            ) from cause
    return found


def revoke_token(
    profile: EhrProfile, outbound: Outbound, endpoint: str, token: str
) -> bool:
    """Tell the EHR that a token is over (RFC 7009); whether it agreed."""
    with smart_session(profile, outbound) as session:
        answer: _Response = session.revoke_token(
            endpoint, token=token, timeout=TOKEN_TIMEOUT_S
        )
    return answer.status_code < 300


def read_token_response(answer: Answer) -> JsonObject:
    """A token response that holds an access token; its error otherwise."""
    if answer.status >= SERVER_ERROR:
        raise UpstreamUnavailable("The EHR's token endpoint fails.", answer.status)
    document = answer.json_object()
    if "error" in document or not answer.ok:
        code = error_code(document.get("error"))
        raise LaunchRefused(
            f"The EHR refused the token request ({code}).", "token_refused"
        )
    if text_of(document.get("access_token")) is None:
        raise LaunchRefused(
            "The EHR's answer holds no access token.", "no_access_token"
        )
    if str(document.get("token_type", "Bearer")).lower() != "bearer":
        raise LaunchRefused("The EHR gave a token of an unknown type.", "token_type")
    return document


def error_code(value: object) -> str:
    """An OAuth error code that may be shown: anything else becomes "unknown"."""
    text = text_of(value) or ""
    return text if _ERROR_CODE.fullmatch(text) else "unknown"


def _basic(profile: EhrProfile) -> _Signer:
    """HTTP Basic of the form-encoded id and secret (RFC 6749 2.3.1); not authlib's,
    which encodes neither, so that a `+`, `%` or `:` in them would be misread."""

    def sign(
        auth: object, method: str, uri: str, headers: Mapping[str, str], body: str
    ) -> tuple[str, Mapping[str, str], str]:
        secret = (
            profile.client_secret.get_secret_value() if profile.client_secret else ""
        )
        pair = f"{quote_plus(profile.client_id)}:{quote_plus(secret)}"
        credentials = base64.b64encode(pair.encode()).decode()
        return uri, {**headers, "Authorization": f"Basic {credentials}"}, body

    return sign


def _signer(profile: EhrProfile) -> _Signer:
    """The `auth_method` of authlib that adds a client assertion to the form."""

    def sign(
        auth: object, method: str, uri: str, headers: Mapping[str, str], body: str
    ) -> tuple[str, Mapping[str, str], str]:
        key, *_ = client_keys(profile)
        assertion = key.assertion(profile.client_id, uri, time.time())
        pairs = [
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ]
        return uri, headers, add_params_to_qs(body or "", pairs)

    return sign
