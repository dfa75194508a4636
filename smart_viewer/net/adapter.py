"""The guarded transport: one requests adapter that every outbound call goes through.

It checks the origin, bounds time and bytes, reads the body itself, and lets no
error of requests or urllib3 out. Their messages quote the URL with its query,
so ours are raised `from None` and name the origin only.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError

from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.net.answer import Answer
from smart_viewer.net.connection import guarded_pools
from smart_viewer.net.deadline import Deadline
from smart_viewer.net.policy import HostPolicy, Origin

READ_BYTES = 64 * 1024
TOKEN_TIMEOUT_S = 5.0  # R2, R35: discovery and token endpoints
TOKEN_MAX_BYTES = 1024 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
Heard = Callable[[Answer], None]


class GuardedAdapter(HTTPAdapter):
    """requests' transport under a HostPolicy.

    heard: is told of every answer, of a streamed one without its body.
    """

    def __init__(
        self,
        policy: HostPolicy,
        ca_bundle: Path | None = None,
        client_certificate: tuple[Path, Path] | None = None,
        heard: Heard | None = None,
    ) -> None:
        self._policy = policy
        self._heard = heard
        self._verify = str(ca_bundle) if ca_bundle else True
        pair = client_certificate
        self._certificate = (str(pair[0]), str(pair[1])) if pair else None
        super().__init__(pool_connections=16, pool_maxsize=32, max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **kwargs: object
    ) -> None:
        """Give requests' pool manager pools whose connections are guarded."""
        super().init_poolmanager(connections, maxsize, block=block)
        self.poolmanager.pool_classes_by_scheme = guarded_pools(self._policy)

    def send(  # noqa: PLR0917 (requests' own signature)
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: bool | str = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """For a foreign session (authlib's): whole answers, no redirects at all.

        `stream`, `verify`, `cert` and `proxies` of the caller are not heeded.
        """
        timeout_s = timeout if isinstance(timeout, int | float) else TOKEN_TIMEOUT_S
        response = self.exchange(request, timeout_s, TOKEN_MAX_BYTES)
        if response.status_code in REDIRECTS:
            origin = self._policy.check_url(str(request.url))
            raise redirected(origin, response.status_code)
        return response

    def close(self) -> None:
        """Nothing: a library's session ends, the shared connections stay."""

    def close_connections(self) -> None:
        """Give back every connection."""
        super().close()

    def exchange(
        self, request: requests.PreparedRequest, timeout_s: float, max_bytes: int
    ) -> requests.Response:
        """One request and its whole answer within `timeout_s` and `max_bytes`.

        Any status comes back, 3xx too. RequestForbidden, UpstreamUnavailable.
        """
        origin = self._policy.check_url(str(request.url))
        with Deadline(timeout_s) as deadline:
            try:
                response = self._open(request, timeout_s)
                body = read_bounded(response, origin, max_bytes)
            except (requests.RequestException, HTTPError, OSError) as cause:
                raise failed(origin, cause, deadline.expired) from None
        if deadline.expired:  # without a length, a cut body looks like a whole one
            raise failed(origin, TimeoutError(), expired=True)
        response.raw = io.BytesIO(body)
        self._tell(response, body)
        return response

    def open_stream(
        self, request: requests.PreparedRequest, timeout_s: float
    ) -> requests.Response:
        """One request; the body stays on the wire. The caller closes it."""
        origin = self._policy.check_url(str(request.url))
        try:
            response = self._open(request, timeout_s)
        except (requests.RequestException, HTTPError, OSError) as cause:
            raise failed(origin, cause, expired=False) from None
        self._tell(response, b"")
        return response

    def _tell(self, response: requests.Response, body: bytes) -> None:
        if self._heard is not None:
            headers = {name.lower(): text for name, text in response.headers.items()}
            self._heard(Answer(response.status_code, headers, body))

    def _open(
        self, request: requests.PreparedRequest, timeout_s: float
    ) -> requests.Response:
        try:
            return self._send(request, timeout_s)
        except requests.ConnectionError as cause:
            if request.method != "GET" or not _was_stale(cause):
                raise
        return self._send(request, timeout_s)

    def _send(
        self, request: requests.PreparedRequest, timeout_s: float
    ) -> requests.Response:
        return super().send(
            request,
            stream=True,
            timeout=timeout_s,
            verify=self._verify,
            cert=self._certificate,
        )


def read_bounded(response: requests.Response, origin: Origin, max_bytes: int) -> bytes:
    """The decoded body, or UpstreamUnavailable once it passes `max_bytes`."""
    raw: HTTPResponse = response.raw
    body = bytearray()
    try:
        while chunk := raw.read1(READ_BYTES, decode_content=True):
            body += chunk
            if len(body) > max_bytes:
                raise UpstreamUnavailable(
                    f"{origin} sent more than {max_bytes} bytes", response.status_code
                )
    except BaseException:
        response.close()  # the rest of the body must not be met by the next request
        raise
    raw.release_conn()
    return bytes(body)


def failed(origin: Origin, cause: Exception, expired: bool) -> UpstreamUnavailable:
    """Our word for an error of the transport; the query stays behind."""
    if expired or isinstance(cause, requests.Timeout | TimeoutError):
        return UpstreamUnavailable(f"{origin} did not answer in time")
    return UpstreamUnavailable(f"{origin} gave no answer ({type(cause).__name__})")


def redirected(origin: Origin, status: int) -> UpstreamUnavailable:
    """A redirect that is not followed."""
    return UpstreamUnavailable(f"{origin} answered with a redirect, refused", status)


def _was_stale(error: requests.ConnectionError) -> bool:
    """A kept connection that the server had closed before our request reached it."""
    chain = repr(error)
    return "RemoteDisconnected" in chain or "ConnectionResetError" in chain
