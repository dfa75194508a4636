"""`Outbound`: the verbs that the other rooms use to ask the world."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError

from smart_viewer.errors import RequestForbidden, UpstreamUnavailable
from smart_viewer.net.adapter import (
    REDIRECTS,
    TOKEN_TIMEOUT_S,
    GuardedAdapter,
    Heard,
    failed,
    redirected,
)
from smart_viewer.net.answer import Answer, JsonObject, StreamedAnswer
from smart_viewer.net.policy import HostPolicy, Origin, origin_of
from smart_viewer.net.redaction import pin_loggers
from smart_viewer.net.retry import retry_after_s
from smart_viewer.net.session import Inspect, LentAdapter, Limits, Sign

DATA_TIMEOUT_S = 30.0
MAX_BYTES = 32 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
MAX_REDIRECTS = 3
MAX_RETRIES = 2
REMEMBERED = 64  # documents


@dataclass(frozen=True, slots=True)
class _Remembered:
    document: JsonObject
    until: float


class Outbound:
    """Every outbound request of the process; safe to share between threads.

    clock, pause: seconds, monotonic; replaced in tests.
    ca_bundle: PEM file of the authorities to trust instead of the public ones.
    client_certificate: PEM files of our certificate and its key, shown to every
    server that asks for one (mutual TLS).
    heard: is told of every answer; for a process that asks one thing at a time.
    """

    def __init__(
        self,
        policy: HostPolicy,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        ca_bundle: Path | None = None,
        client_certificate: tuple[Path, Path] | None = None,
        heard: Heard | None = None,
    ) -> None:
        self.policy = policy
        self.heard = heard
        self._adapter = GuardedAdapter(policy, ca_bundle, client_certificate, heard)
        self._clock = clock
        self._pause = pause
        self._remembered: dict[str, _Remembered] = {}
        self._lock = threading.Lock()
        pin_loggers()

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = DATA_TIMEOUT_S,
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
        """GET of any status but 3xx; 429 and 503 are repeated as they ask, twice.

        timeout_s: for each exchange, from the connect to the last byte.
        RequestForbidden, UpstreamUnavailable.
        """
        answer = self._get_following(url, headers, timeout_s, max_bytes)
        for _ in range(MAX_RETRIES):
            wait_s = retry_after_s(answer)
            if wait_s is None:
                break
            self._pause(wait_s)
            answer = self._get_following(url, headers, timeout_s, max_bytes)
        return answer

    def json(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = DATA_TIMEOUT_S,
        max_bytes: int = MAX_BYTES,
    ) -> JsonObject:
        """GET of a JSON object; UpstreamUnavailable (with status) for anything else."""
        wanted = {"Accept": "application/json", **(headers or {})}
        answer = self.get(url, headers=wanted, timeout_s=timeout_s, max_bytes=max_bytes)
        if not answer.ok:
            origin = origin_of(url)
            raise UpstreamUnavailable(
                f"{origin} answered with status {answer.status}", answer.status
            )
        return answer.json_object()

    def remembered_json(
        self,
        url: str,
        *,
        max_age_s: float,
        again: bool = False,
        max_bytes: int = 1024 * 1024,
    ) -> JsonObject:
        """A public document (discovery, JWKS), asked once in `max_age_s`.

        again: ask now, whatever is remembered (a key id that is not known yet).
        """
        with self._lock:
            known = self._remembered.get(url)
        if known is not None and not again and self._clock() < known.until:
            return known.document
        document = self.json(url, timeout_s=TOKEN_TIMEOUT_S, max_bytes=max_bytes)
        with self._lock:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            until = self._clock() + max_age_s
            self._remembered[url] = _Remembered(document, until)
        return document

    def post_form(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = TOKEN_TIMEOUT_S,
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
        """POST of a form, once: neither repeated nor redirected."""
        request = requests.Request("POST", url, headers=headers, data=dict(form))
        answer = self._exchange(request, timeout_s, max_bytes)
        if answer.status in REDIRECTS:
            raise redirected(origin_of(url), answer.status)
        return answer

    def send_json(
        self,
        method: Literal["POST", "PUT"],
        url: str,
        document: object,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = TOKEN_TIMEOUT_S,
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
        """POST or PUT of a JSON text, once: neither repeated nor redirected."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        data = json.dumps(document).encode()
        request = requests.Request(method, url, headers=sent, data=data)
        answer = self._exchange(request, timeout_s, max_bytes)
        if answer.status in REDIRECTS:
            raise redirected(origin_of(url), answer.status)
        return answer

    @contextmanager
    def stream(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = DATA_TIMEOUT_S,
        max_bytes: int = MAX_BYTES,
    ) -> Iterator[StreamedAnswer]:
        """GET whose body is read while it comes; leaving the context cancels it.

        timeout_s bounds the connect and each read, not the whole. The bytes are
        those on the wire, without decoding. 429 and 503 are repeated as they ask,
        twice.
        """
        origin = self.policy.check_url(url)
        response = self._open_patiently(url, headers, timeout_s)
        try:
            if response.status_code in REDIRECTS:
                raise redirected(origin, response.status_code)
            chunks = _chunks(response, origin, max_bytes)
            yield StreamedAnswer(response.status_code, _headers(response), chunks)
        finally:
            response.close()

    def _open_patiently(
        self, url: str, headers: Mapping[str, str] | None, timeout_s: float
    ) -> requests.Response:
        prepared = requests.Request("GET", url, headers=headers).prepare()
        response = self._adapter.open_stream(prepared, timeout_s)
        for _ in range(MAX_RETRIES):
            wait_s = retry_after_s(Answer(response.status_code, _headers(response)))
            if wait_s is None:
                break
            response.close()
            self._pause(wait_s)
            response = self._adapter.open_stream(prepared, timeout_s)
        return response

    def session(
        self,
        sign: Sign,
        inspect: Inspect,
        *,
        timeout_s: float = DATA_TIMEOUT_S,
        max_bytes: int = MAX_BYTES,
    ) -> requests.Session:
        """A session to lend to a library that asks for data, for one caller.

        sign: headers to add to each request, of the request as it will be sent.
        inspect: looks at each whole answer and raises our own error for a bad
        one, so that the library never meets it. Within `timeout_s` and
        `max_bytes` each; redirects are refused; a GET that is answered 429 or
        503 is repeated as it asks, twice. The connections are those of all.
        """
        limits = Limits(timeout_s, max_bytes, MAX_RETRIES, self._pause)
        session = requests.Session()
        self.guard(session)
        lent = LentAdapter(self._adapter, sign, inspect, limits)
        session.mount("https://", lent)
        session.mount("http://", lent)
        return session

    def guard(self, session: requests.Session) -> None:
        """Make a library's own session send through here and nowhere else."""
        session.trust_env = False
        session.proxies.clear()
        session.adapters.clear()
        session.mount("https://", self._adapter)
        session.mount("http://", self._adapter)

    def close(self) -> None:
        """Give back every connection; the next request opens new ones."""
        self._adapter.close_connections()

    def _get_following(
        self,
        url: str,
        headers: Mapping[str, str] | None,
        timeout_s: float,
        max_bytes: int,
    ) -> Answer:
        """GET, following at most MAX_REDIRECTS redirects of the same origin."""
        origin = self.policy.check_url(url)
        for _ in range(MAX_REDIRECTS + 1):
            request = requests.Request("GET", url, headers=_compressed(headers))
            answer = self._exchange(request, timeout_s, max_bytes)
            if answer.status not in REDIRECTS:
                return answer
            url = _next_url(url, origin, answer)
        raise redirected(origin, answer.status)

    def _exchange(
        self, request: requests.Request, timeout_s: float, max_bytes: int
    ) -> Answer:
        self.policy.check_url(request.url)  # before requests rewrites anything
        try:
            prepared = request.prepare()
        except (requests.RequestException, ValueError):
            raise RequestForbidden("a URL that cannot be requested") from None
        response = self._adapter.exchange(prepared, timeout_s, max_bytes)
        return Answer(response.status_code, _headers(response), response.content)


def _next_url(url: str, origin: Origin, answer: Answer) -> str:
    target = urljoin(url, answer.headers.get("location", ""))
    try:
        same = origin_of(target) == origin
    except RequestForbidden:
        same = False
    if not same:
        raise redirected(origin, answer.status)
    return target


def _compressed(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {"Accept-Encoding": "gzip, deflate", **(headers or {})}


def _headers(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _chunks(
    response: requests.Response, origin: Origin, max_bytes: int
) -> Iterator[bytes]:
    received = 0
    try:
        for chunk in response.raw.stream(CHUNK_BYTES, decode_content=False):
            received += len(chunk)
            if received > max_bytes:
                raise UpstreamUnavailable(
                    f"{origin} sent more than {max_bytes} bytes", response.status_code
                )
            yield chunk
    except (requests.RequestException, HTTPError, OSError) as cause:
        raise failed(origin, cause, expired=False) from None
