"""How we prove to an archive who we are: one small class a way."""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import quote_plus

from smart_viewer.archive.dicomweb_sigv4 import AwsKey, signed_headers
from smart_viewer.archive_profile import (
    BasicAuth,
    BearerOfLaunch,
    ClientCredentials,
    DicomwebProfile,
    GoogleServiceAccount,
    MutualTls,
    NoAuth,
    SigV4,
)
from smart_viewer.errors import NotAuthorized, UpstreamUnavailable
from smart_viewer.net.answer import Answer
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.session import Outgoing

MARGIN_S = 60.0  # a token is given up this long before it ends
UNSTATED_LIFETIME_S = 300.0
MIN_LIFETIME_S = 1.0
_TOKEN = re.compile(r"[!-~]+")  # RFC 6749 A.12, without blanks


class Authorizer(Protocol):
    """Adds proof to requests; safe between threads."""

    def headers(self, request: Outgoing) -> Mapping[str, str]:
        """Headers for this request. UpstreamUnavailable, NotAuthorized."""
        ...

    def forget(self) -> bool:
        """After a 401: whether the next headers will be others."""
        ...


def authorizer_of(
    profile: DicomwebProfile,
    outbound: Outbound,
    clock: Callable[[], float] = time.time,
) -> Authorizer:
    """The authorizer of a profile. clock: seconds since the epoch.

    SettingsInvalid: a service account's key cannot be used.
    """
    secret = profile.secret.get_secret_value() if profile.secret else ""
    match profile.auth:
        case NoAuth() | MutualTls():
            return Fixed({})
        case BearerOfLaunch():
            return NoLaunch()
        case BasicAuth(username=username):
            return Fixed({"Authorization": _basic(username, secret)})
        case SigV4() as aws:
            key = AwsKey(aws.access_key_id, secret, aws.region, aws.service)
            return AwsSigner(key, clock)
        case ClientCredentials() as oauth:
            return Token(_by_client_credentials(oauth, secret, outbound), clock)
        case GoogleServiceAccount() as google:
            return Token(_by_assertion(google, secret, outbound, clock), clock)


class Fixed:
    """The same headers for every request."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def headers(self, request: Outgoing) -> Mapping[str, str]:
        """Those headers."""
        return self._headers

    def forget(self) -> bool:
        """No."""
        return False


class NoLaunch:
    """An archive that wants the launch's token, asked without a launch."""

    def headers(self, request: Outgoing) -> Mapping[str, str]:
        """NotAuthorized: see `DicomwebArchive.with_bearer`."""
        raise NotAuthorized("This archive is read with the token of a launch.")

    def forget(self) -> bool:
        """No."""
        return False


class Bearer:
    """The access token of a launch, asked for at each request."""

    def __init__(self, bearer: Callable[[], str]) -> None:
        self._bearer = bearer

    def headers(self, request: Outgoing) -> Mapping[str, str]:
        """The token as it is now."""
        return {"Authorization": f"Bearer {self._bearer()}"}

    def forget(self) -> bool:
        """No: refreshing is the launch's business."""
        return False


class AwsSigner:
    """AWS Signature Version 4."""

    def __init__(self, key: AwsKey, clock: Callable[[], float]) -> None:
        self._key = key
        self._clock = clock

    def headers(self, request: Outgoing) -> Mapping[str, str]:
        """Signature and date of this request."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        return signed_headers(self._key, request, now)

    def forget(self) -> bool:
        """No."""
        return False


class Token:
    """A bearer token that is fetched when needed and kept until shortly before its end.

    fetch: asks the token endpoint once. Tokens are of the archive's origin alone.
    """

    def __init__(self, fetch: Callable[[], Answer], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0

    def headers(self, request: Outgoing) -> Mapping[str, str]:
        """The token, fetched where there is none. UpstreamUnavailable."""
        with self._lock:  # one fetch, however many threads wait for it
            if not self._token or self._clock() >= self._until:
                self._token, lifetime_s = _read_token(self._fetch())
                self._until = self._clock() + lifetime_s
            return {"Authorization": f"Bearer {self._token}"}

    def forget(self) -> bool:
        """Yes: the next request fetches a new one."""
        with self._lock:
            self._token = ""
        return True


def _read_token(answer: Answer) -> tuple[str, float]:
    """The token and for how many seconds to keep it (RFC 6749 5.1)."""
    if not answer.ok:
        raise UpstreamUnavailable(
            f"The archive's token endpoint answered with status {answer.status}.",
            answer.status,
        )
    document = answer.json_object()
    token = document.get("access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise UpstreamUnavailable("The archive's token endpoint gave no token.")
    stated = document.get("expires_in")
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        return token, UNSTATED_LIFETIME_S
    return token, max(stated - MARGIN_S, MIN_LIFETIME_S)


def _by_client_credentials(
    oauth: ClientCredentials, secret: str, outbound: Outbound
) -> Callable[[], Answer]:
    form = {"grant_type": "client_credentials"}
    if oauth.scope:
        form["scope"] = oauth.scope
    # RFC 6749 2.3.1: both halves are form-encoded first
    proof = _basic(quote_plus(oauth.client_id), quote_plus(secret))
    headers = {"Authorization": proof, "Accept": "application/json"}
    return lambda: outbound.post_form(oauth.token_url, form, headers=headers)


def _by_assertion(
    google: GoogleServiceAccount,
    account: str,
    outbound: Outbound,
    clock: Callable[[], float],
) -> Callable[[], Answer]:
    from smart_viewer.archive.dicomweb_google import assertion_form

    def form() -> Mapping[str, str]:
        return assertion_form(account, google.token_url, google.scope, clock())

    form()  # a key that cannot be used is told at the start, not at the first launch
    return lambda: outbound.post_form(google.token_url, form())


def _basic(username: str, password: str) -> str:
    """RFC 7617, in UTF-8."""
    pair = f"{username}:{password}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"
