"""`Outbound`: the verbs that the other rooms use to ask the world."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError

from smart_viewer.errors import RequestForbidden, UpstreamUnavailable
from smart_viewer.net.adapter import (
    REDIRECTS,
    TOKEN_TIMEOUT_S,
    GuardedAdapter,
    failed,
    redirected,
)
from smart_viewer.net.answer import Answer, JsonObject, StreamedAnswer
from smart_viewer.net.policy import HostPolicy, Origin, origin_of
from smart_viewer.net.redaction import pin_loggers

DATA_TIMEOUT_S = 30.0
MAX_BYTES = 32 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
MAX_REDIRECTS = 3
MAX_RETRIES = 2
MAX_RETRY_AFTER_S = 5.0
BUSY = frozenset({429, 503})
REMEMBERED = 64  # documents


@dataclass(frozen=True, slots=True)
class _Remembered:
    document: JsonObject
    until: float


class Outbound:
    """Every outbound request of the process; safe to share between threads.

    clock, pause: seconds, monotonic; replaced in tests.
    ca_bundle: PEM file of the authorities to trust instead of the public ones.
    """

    def __init__(
        self,
        policy: HostPolicy,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        ca_bundle: Path | None = None,
    ) -> None:
        self.policy = policy
        self._adapter = GuardedAdapter(policy, ca_bundle)
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
            wait_s = _retry_after_s(answer)
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
        self, url: str, *, max_age_s: float, again: bool = False
    ) -> JsonObject:
        """A public document (discovery, JWKS), asked once in `max_age_s`.

        again: ask now, whatever is remembered (a key id that is not known yet).
        """
        with self._lock:
            known = self._remembered.get(url)
        if known is not None and not again and self._clock() < known.until:
            return known.document
        document = self.json(url, timeout_s=TOKEN_TIMEOUT_S, max_bytes=1024 * 1024)
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
        those on the wire, without decoding.
        """
        origin = self.policy.check_url(url)
        prepared = requests.Request("GET", url, headers=headers).prepare()
        response = self._adapter.open_stream(prepared, timeout_s)
        try:
            if response.status_code in REDIRECTS:
                raise redirected(origin, response.status_code)
            chunks = _chunks(response, origin, max_bytes)
            yield StreamedAnswer(response.status_code, _headers(response), chunks)
        finally:
            response.close()

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


def _retry_after_s(answer: Answer) -> float | None:
    """Seconds to wait before asking again, None where that is not wanted."""
    text = answer.headers.get("retry-after", "").strip()
    if answer.status not in BUSY or not text:
        return None
    try:
        wait_s = float(text) if text.isdigit() else _until_s(text)
    except ValueError:
        return None
    return wait_s if wait_s <= MAX_RETRY_AFTER_S else None


def _until_s(http_date: str) -> float:
    return max(0.0, parsedate_to_datetime(http_date).timestamp() - time.time())
