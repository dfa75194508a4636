"""The transport of a session that is lent to a library: signed, bounded, inspected.

The library sees good answers only: whatever is wrong has already been raised
as our own error, so no error of requests has to be known outside this room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import requests
from requests.adapters import BaseAdapter

from smart_viewer.errors import RequestForbidden
from smart_viewer.net.adapter import REDIRECTS, GuardedAdapter, redirected
from smart_viewer.net.answer import Answer
from smart_viewer.net.policy import origin_of
from smart_viewer.net.retry import retry_after_s


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as it will be sent. Header names as the caller wrote them."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


Sign = Callable[[Outgoing], Mapping[str, str]]
Inspect = Callable[[str, Answer], None]  # method, answer


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of each request; `pause` waits that many seconds."""

    timeout_s: float
    max_bytes: int
    retries: int
    pause: Callable[[float], None]


class LentAdapter(BaseAdapter):
    """See `Outbound.session`."""

    def __init__(
        self, adapter: GuardedAdapter, sign: Sign, inspect: Inspect, limits: Limits
    ) -> None:
        super().__init__()
        self._adapter = adapter
        self._sign = sign
        self._inspect = inspect
        self._limits = limits

    def send(  # noqa: PLR0917 (requests' own signature)
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: bool | str = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The inspected answer; what the caller says of time and TLS is not heeded."""
        _settle(request)
        response, answer = self._exchange(request)
        for _ in range(self._limits.retries):
            wait_s = retry_after_s(answer) if request.method == "GET" else None
            if wait_s is None:
                break
            self._limits.pause(wait_s)
            response, answer = self._exchange(request)
        if answer.status in REDIRECTS:
            raise redirected(origin_of(str(request.url)), answer.status)
        self._inspect(str(request.method), answer)
        return response

    def close(self) -> None:
        """Nothing: the connections are not this session's."""

    def _exchange(
        self, request: requests.PreparedRequest
    ) -> tuple[requests.Response, Answer]:
        body = request.body or b""
        outgoing = Outgoing(
            str(request.method), str(request.url), dict(request.headers), _bytes(body)
        )
        request.headers.update(self._sign(outgoing))
        limits = self._limits
        response = self._adapter.exchange(request, limits.timeout_s, limits.max_bytes)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return response, Answer(response.status_code, headers, response.content)


def _settle(request: requests.PreparedRequest) -> None:
    """Undo two habits of libraries that some servers, and signatures, trip over.

    A Host without its port; and a blank in the query written as "+".
    """
    request.headers.pop("Host", None)
    path, mark, query = str(request.url).partition("?")
    request.url = path + mark + query.replace("+", "%20")


def _bytes(body: object) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    raise RequestForbidden("a request whose body is not at hand cannot be signed")
