"""Bytes that proxies and servers read differently, sent to `smart-viewer serve` itself.

Request smuggling (RFC 9112 11.2), splitting, sizes: as far as gunicorn gives. The proxy
in front is nginx, which sends every request anew; what it does is in tests/production.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from e2e.test_replicas import environment_of, replica

from smart_viewer.archive.indexing import index_folder
from smart_viewer.sandbox.serve import listen

pytestmark = pytest.mark.requirement("R35")

SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Smuggled: 1\r\n\r\n"
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")


@pytest.fixture(scope="module")
def served(
    samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int]]:
    """Host and port of a replica that gives a connection up after a second."""
    state = tmp_path_factory.mktemp("raw")
    index = state / "images.index.sqlite"
    index_folder(samples / "mismatch", index)
    door = listen("127.0.0.1")
    environment = environment_of(state, "http://localhost:1", door.url, index)
    with replica("a", environment, "--read-timeout", "1", door=door) as url:
        yield "127.0.0.1", urlsplit(url).port or 0


def statuses(served: tuple[str, int], sent: bytes) -> list[int]:
    """Of every answer on one connection, until the server closes it."""
    with socket.create_connection(served, timeout=60) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            got = b""
            while block := connection.recv(65536):
                got += block
        except (ConnectionResetError, BrokenPipeError):  # refused while it was sent
            return []
    return [int(one) for one in STATUS.findall(got)]


def post(*headers: bytes, body: bytes = b"") -> bytes:
    lines = b"\r\n".join([b"POST /r/a-x/end HTTP/1.1", b"Host: x", *headers])
    return lines + b"\r\n\r\n" + body


def test_two_whole_requests_are_two_answers(served):
    """Else the tests below would prove nothing."""
    assert statuses(served, SMUGGLED * 2) == [200, 200]


@pytest.mark.parametrize(
    "headers",
    [
        [b"Content-Length: 5", b"Content-Length: 6"],
        [b"Content-Length: 5, 6"],
        [b"Content-Length: +5"],
        [b"Content-Length: -1"],
        [b"Content-Length: 0x5"],
        [b"Content-Length: 5 5"],
        [b"Content-Length: "],
        [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
        [b"Transfer-Encoding: chunked", b"Content-Length: 5"],
        [b"Transfer-Encoding: chunked, identity"],
        [b"Transfer-Encoding: identity, chunked, identity"],
        [b"Transfer-Encoding: xchunked"],
        [b"Transfer-Encoding: chunked", b"Transfer-Encoding: x"],
        [b"Transfer-Encoding:\x0bchunked"],
        [b"Transfer-Encoding : chunked"],
        [b"Transfer Encoding: chunked"],
        [b"Content-Length : 5"],
        [b"X: y\r\n Content-Length: 5", b"Content-Length: 6"],
        [b"X: a\rTransfer-Encoding: chunked", b"Content-Length: 5"],
        [b"X: a\x00b", b"Content-Length: 0"],
        [b": x", b"Content-Length: 0"],
    ],
)
def test_a_body_whose_end_is_in_doubt_is_refused_and_nothing_after_it_is_read(
    served, headers
):
    found = statuses(served, post(*headers, body=b"0\r\n\r\n" + SMUGGLED))
    assert 200 not in found
    assert len(found) <= 1
    assert set(found) <= {400, 411, 413, 501}


def test_a_chunked_body_is_refused(served):
    """No route takes one, so that its length need not be believed. Whatever stands
    behind its end is read as the next request only where gunicorn agrees that it
    is one: the connection ends."""
    sent = post(b"Transfer-Encoding: chunked", b"Connection: close", body=b"0\r\n\r\n")
    assert statuses(served, sent + SMUGGLED) == [411]


@pytest.mark.parametrize(
    "line",
    [
        b"GET  /healthz HTTP/1.1",
        b"GET /healthz",
        b"GET /healthz HTTP/9.9",
        b"GET /healthz HTTP/1.1 x",
        b"GET\t/healthz\tHTTP/1.1",
        b"G\x00T /healthz HTTP/1.1",
        b"GET /healthz\x00 HTTP/1.1",
        b"get /healthz HTTP/1.1",
        b" GET /healthz HTTP/1.1",
        b"\x16\x03\x01\x02\x00",
        b"PRI * HTTP/2.0",
    ],
)
def test_a_request_line_that_is_none_is_refused(served, line):
    found = statuses(served, line + b"\r\nHost: x\r\n\r\n" + SMUGGLED)
    assert len(found) <= 1
    assert set(found) <= {400, 404, 405, 501, 505}


@pytest.mark.parametrize(
    "headers",
    [
        b"".join(b"X-%d: y\r\n" % n for n in range(200)),
        b"X: " + b"y" * 10_000 + b"\r\n",
        b"Cookie: " + b"a=b; " * 3000 + b"\r\n",
    ],
    ids=["many", "long", "cookies"],
)
def test_headers_without_measure_are_refused(served, headers):
    sent = b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n"
    assert statuses(served, sent) in ([400], [431], [])


@pytest.mark.parametrize(
    "target", [b"http://evil.example", b"http://evil.example/x", b"*"]
)
def test_an_absolute_target_chooses_no_host(served, target):
    with socket.create_connection(served, timeout=60) as connection:
        line = b"GET " + target + b" HTTP/1.1\r\nHost: evil.example\r\n"
        connection.sendall(line + b"Connection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        got = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"evil.example" not in got
    assert int(STATUS.findall(got)[0]) in {400, 404}


@pytest.mark.parametrize("path", [b"/launch", b"/r/a-x/end", b"/app/sandbox/callback"])
def test_a_body_over_the_cap_is_refused_on_every_way(served, path):
    sent = b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
    assert statuses(served, sent + b"x" * 100_000) in ([413], [405], [])
