"""The loopback server. Oracle: http.client and raw sockets."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from smart_viewer.sandbox.serve import RunningServer, listen, start_server

Environ = dict[str, Any]


def echo(environ: Environ, start: Callable[..., Any]) -> list[bytes]:
    """The body that was sent, unless the path says otherwise."""
    path = environ["PATH_INFO"]
    if path == "/parts":
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"one ", b"two ", b"three"]
    if path == "/empty":
        start("204 No Content", [])
        return []
    if path == "/ignores":
        start("200 OK", [("Content-Length", "2")])
        return [b"ok"]
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with start_server(echo) as running:
        yield running


def connection(server: RunningServer) -> http.client.HTTPConnection:
    parts = urlsplit(server.url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)


def test_an_app_can_be_made_for_a_door_that_is_bound_already():
    # given a bound socket, whose URL is known before there is an app
    door = listen()
    answer = door.url.encode()

    def app(environ: Environ, start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Length", str(len(answer)))])
        return [answer]

    # when the app is served there
    with start_server(app, listener=door) as running:
        link = connection(running)
        link.request("GET", "/")
        # then it answers at that URL
        assert link.getresponse().read() == answer
        link.close()


def test_one_connection_serves_many_requests(server):
    link = connection(server)
    link.connect()
    first = link.sock
    for path, method, body, expected in [
        ("/", "POST", b"x" * 100_000, b"x" * 100_000),
        ("/parts", "GET", None, b"one two three"),
        ("/empty", "GET", None, b""),
        ("/ignores", "POST", b"unread" * 1000, b"ok"),
        ("/", "POST", b"last", b"last"),
        ("/parts", "HEAD", None, b""),
        ("/parts", "GET", None, b"one two three"),
    ]:
        link.request(method, path, body)
        answer = link.getresponse()
        assert answer.version == 11
        assert answer.read() == expected
        assert link.sock is first
    link.close()


def test_requests_sent_ahead_are_answered_in_order(server):
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as link:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
        link.sendall(
            head + b"\r\nA" + head + b"\r\nB" + head + b"Connection: close\r\n\r\nC"
        )
        received = b"".join(iter(lambda: link.recv(4096), b""))
    assert [part[-1:] for part in received.split(b"HTTP/1.1 200 OK")[1:]] == [
        b"A",
        b"B",
        b"C",
    ]


def test_a_chunked_body_is_read_to_its_end(server):
    link = connection(server)
    link.request("POST", "/", iter([b"one ", b"two"]))
    assert link.getresponse().read() == b"one two"
    link.close()


def test_a_length_that_is_no_number_is_refused(server):
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as link:
        link.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")
        received = b"".join(iter(lambda: link.recv(4096), b""))
    assert received.startswith(b"HTTP/1.1 400 ")


def test_a_client_that_leaves_early_disturbs_nobody(server, capfd):
    # given a client that promises more than it sends, and goes
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as link:
        link.sendall(b"POST /ignores HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1")
        link.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: link.recv(4096), b""))
    # when another one comes
    other = connection(server)
    other.request("POST", "/", b"here")
    # then both got their answers, and nothing was complained of
    assert received.endswith(b"ok")
    assert other.getresponse().read() == b"here"
    other.close()
    assert capfd.readouterr().err == ""


def test_two_requests_run_at_the_same_time():
    # given an app whose every request waits for the other
    meeting = threading.Barrier(2, timeout=10)

    def app(environ: Environ, start: Callable[..., Any]) -> list[bytes]:
        meeting.wait()
        start("200 OK", [("Content-Length", "0")])
        return [b""]

    # when two come
    with start_server(app) as running:
        links = [connection(running) for _ in range(2)]
        for link in links:
            link.request("GET", "/")
        # then both are answered
        assert [link.getresponse().status for link in links] == [200, 200]
        for link in links:
            link.close()


def test_stop_ends_idle_connections_and_frees_the_port():
    # given a server with a connection that is kept open
    running = start_server(echo)
    link = connection(running)
    link.request("GET", "/empty")
    link.getresponse().read()
    # when it stops
    running.stop()
    # then the connection is at its end, no thread is left, the port can be had again
    assert link.sock is not None
    assert link.sock.recv(1) == b""
    link.close()
    port = urlsplit(running.url).port
    assert not [t for t in threading.enumerate() if t.name == f"serve {running.url}"]
    listen(port=port or 0).socket.close()


def test_a_port_that_is_taken_is_an_error():
    door = listen()
    with pytest.raises(OSError, match="in use"):
        listen(port=urlsplit(door.url).port or 0)
    door.socket.close()
