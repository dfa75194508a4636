"""Outbound requests: bounded in place, time and size; nothing foreign gets out."""

from __future__ import annotations

import gzip
import json
import socket
import time
from types import SimpleNamespace

import pytest
import requests

from smart_viewer.errors import RequestForbidden, UpstreamUnavailable
from smart_viewer.net import connection
from smart_viewer.net.outbound import MAX_REDIRECTS, Outbound
from smart_viewer.net.policy import HostPolicy, Origin

EHR = Origin("https", "ehr.example", 443)


@pytest.fixture
def no_sockets(monkeypatch):
    """Fail at the seam where net makes sockets; the list of what was tried."""
    tried: list[object] = []

    def refuse(*args: object, **kwargs: object) -> None:
        tried.append(args)
        raise AssertionError("a socket was opened")

    replace_in_net(monkeypatch, socket=refuse)
    return tried


def replace_in_net(monkeypatch, **members: object) -> None:
    """Other socket functions for net alone: the module itself stays as it is."""
    known = {**vars(connection.socket), **members}
    monkeypatch.setattr(connection, "socket", SimpleNamespace(**known))


@pytest.fixture
def resolve(monkeypatch):
    """Make every name resolve to the given addresses; the list of names asked."""

    def to(*addresses: str) -> list[str]:
        asked: list[str] = []

        def getaddrinfo(host, port, type):
            asked.append(host)
            family = {True: socket.AF_INET6, False: socket.AF_INET}
            return [
                (family[":" in a], socket.SOCK_STREAM, 6, "", (a, port))
                for a in addresses
            ]

        replace_in_net(monkeypatch, getaddrinfo=getaddrinfo)
        return asked

    return to


def test_an_answer_comes_back_whole(raw_server, say):
    # given
    raw_server.script = say(b'{"a": 1}', headers={"X-Thing": "yes"})
    # when
    answer = raw_server.outbound().get(f"{raw_server.url}/fhir?x=1")
    # then
    assert (answer.status, answer.headers["x-thing"]) == (200, "yes")
    assert answer.json() == {"a": 1}
    assert raw_server.heads[0].startswith("GET /fhir?x=1 HTTP/1.1")


def test_connections_are_kept(raw_server, say):
    raw_server.script = say()
    outbound = raw_server.outbound()
    for _ in range(3):
        outbound.get(raw_server.url)
    assert raw_server.connections == 1


def test_a_kept_connection_that_the_server_closed_is_replaced(raw_server):
    # given a server that answers once per connection and then hangs up unasked
    def script(sock, head):
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        if raw_server.connections == 1:
            sock.shutdown(socket.SHUT_RDWR)

    raw_server.script = script
    outbound = raw_server.outbound()
    # when / then
    assert outbound.get(raw_server.url).status == 200
    assert outbound.get(raw_server.url).status == 200


@pytest.mark.requirement("R1")
def test_an_unlisted_origin_opens_no_socket(no_sockets, resolve):
    asked = resolve("8.8.8.8")
    with pytest.raises(RequestForbidden):
        Outbound(HostPolicy(frozenset({EHR}))).get("https://other.example/")
    assert asked == []
    assert no_sockets == []


@pytest.mark.parametrize("address", ["10.0.0.5", "169.254.169.254", "127.0.0.1", "::1"])
@pytest.mark.requirement("R1")
def test_a_listed_name_that_resolves_inside_opens_no_socket(
    no_sockets, resolve, address
):
    resolve(address)
    with pytest.raises(RequestForbidden):
        Outbound(HostPolicy(frozenset({EHR}))).get("https://ehr.example/")
    assert no_sockets == []


def test_one_inner_address_among_public_ones_condemns_the_name(no_sockets, resolve):
    resolve("8.8.8.8", "10.0.0.5")
    with pytest.raises(RequestForbidden):
        Outbound(HostPolicy(frozenset({EHR}))).get("https://ehr.example/")
    assert no_sockets == []


def test_the_checked_address_is_the_one_connected_to(resolve, monkeypatch):
    # given a name that changes its address from one look-up to the next
    asked = resolve("8.8.8.8")
    connected: list[object] = []

    class Spy(socket.socket):
        def connect(self, address):
            connected.append(address)
            raise ConnectionRefusedError

    replace_in_net(monkeypatch, socket=Spy)
    # when
    with pytest.raises(UpstreamUnavailable):
        Outbound(HostPolicy(frozenset({EHR}))).get("https://ehr.example/")
    # then it was resolved once, and no name is left for anybody to resolve again
    assert asked == ["ehr.example"]
    assert connected == [("8.8.8.8", 443)]


def test_a_guarded_session_of_a_library_obeys_as_well(no_sockets):
    # given a session that would use a proxy of the environment
    session = requests.Session()
    session.proxies["https"] = "http://proxy.example:3128"
    # when
    Outbound(HostPolicy(frozenset({EHR}))).guard(session)
    # then
    assert not session.trust_env
    assert not session.proxies
    for url in ("https://other.example/", "http://localhost:1/", "ftp://ehr.example/"):
        with pytest.raises((RequestForbidden, requests.exceptions.InvalidSchema)):
            session.get(url)
    assert no_sockets == []
    session.close()


def test_a_session_that_ends_leaves_the_shared_connections_open(raw_server, say):
    # given
    raw_server.script = say()
    outbound = raw_server.outbound()
    outbound.get(raw_server.url)
    # when
    with requests.Session() as session:
        outbound.guard(session)
        session.post(raw_server.url, data={"a": "b"})
    outbound.get(raw_server.url)
    # then
    assert raw_server.connections == 1
    outbound.close()
    outbound.get(raw_server.url)
    assert raw_server.connections == 2


def test_proxies_of_the_environment_are_not_used(raw_server, say, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    raw_server.script = say()
    assert raw_server.outbound().get(raw_server.url).status == 200
    assert raw_server.heads[0].startswith("GET / HTTP/1.1")


@pytest.mark.parametrize(
    "location",
    [
        "http://other.example/",
        "https://localhost/",
        "//other.example/x",
        "http://localhost:1/",
        "http://user@localhost/",
        "",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.requirement("R2")
def test_a_redirect_to_another_origin_is_not_followed(
    raw_server, say, location, status
):
    # given
    headers = {"Location": location} if location else {"Location": "http://x.example"}
    raw_server.script = say(b"", f"{status} Moved", headers)
    # when
    with pytest.raises(UpstreamUnavailable) as refusal:
        raw_server.outbound().get(raw_server.url)
    # then
    assert refusal.value.status == status
    assert len(raw_server.heads) == 1


def test_redirects_of_the_same_origin_are_followed_up_to_a_limit(raw_server, say):
    # given a server that always sends one further
    raw_server.script = say(b"", "302 Found", {"Location": "/next"})
    # when
    with pytest.raises(UpstreamUnavailable):
        raw_server.outbound().get(raw_server.url)
    # then
    assert len(raw_server.heads) == MAX_REDIRECTS + 1
    assert raw_server.heads[1].startswith("GET /next ")


def test_a_post_is_never_redirected(raw_server, say):
    raw_server.script = say(b"", "307 Temporary Redirect", {"Location": "/next"})
    with pytest.raises(UpstreamUnavailable):
        raw_server.outbound().post_form(raw_server.url, {"code": "x"})
    assert len(raw_server.heads) == 1


@pytest.mark.requirement("R35")
def test_a_body_over_the_cap_is_refused(raw_server, say):
    raw_server.script = say(b"x" * 5000)
    with pytest.raises(UpstreamUnavailable, match="more than 1000 bytes"):
        raw_server.outbound().get(raw_server.url, max_bytes=1000)


def test_the_cap_holds_for_the_decoded_body(raw_server, say):
    body = gzip.compress(b"x" * 5_000_000)  # 5 kB on the wire
    raw_server.script = say(body, headers={"Content-Encoding": "gzip"})
    with pytest.raises(UpstreamUnavailable, match="more than 100000 bytes"):
        raw_server.outbound().get(raw_server.url, max_bytes=100_000)


def test_a_body_at_the_cap_passes(raw_server, say):
    raw_server.script = say(b"x" * 1000)
    answer = raw_server.outbound().get(raw_server.url, max_bytes=1000)
    assert len(answer.body) == 1000


def test_an_endless_body_ends_at_the_cap(raw_server):
    def script(sock, head):
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not raw_server.stopping.is_set():
            sock.sendall(b"x" * 65536)

    raw_server.script = script
    with pytest.raises(UpstreamUnavailable, match="more than"):
        raw_server.outbound().get(raw_server.url, max_bytes=1_000_000)


@pytest.mark.parametrize(
    "opening",
    [
        b"",  # never answers
        b"HTTP/1.1 200 OK\r\n",  # trickles headers
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",  # trickles a body
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",  # and a chunk size
        b"HTTP/1.1 200 OK\r\n\r\n",  # a body without length
    ],
)
@pytest.mark.requirement("R35")
def test_a_server_that_trickles_is_given_up(raw_server, opening):
    # given a byte every 50 ms: no single read ever times out
    def script(sock, head):
        sock.sendall(opening)
        while opening and not raw_server.stopping.wait(0.05):
            sock.sendall(b"0")

    raw_server.script = script
    # when
    with pytest.raises(UpstreamUnavailable, match="in time"):
        raw_server.outbound().get(raw_server.url, timeout_s=0.5)


def test_a_body_that_ends_early_is_refused(raw_server):
    def script(sock, head):
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")
        sock.shutdown(socket.SHUT_RDWR)

    raw_server.script = script
    with pytest.raises(UpstreamUnavailable):
        raw_server.outbound().get(raw_server.url)


def test_a_refused_connection_is_upstream_unavailable():
    origin = Origin("http", "localhost", 9)  # discard: nobody listens
    outbound = Outbound(HostPolicy(frozenset({origin}), loopback_allowed=True))
    with pytest.raises(UpstreamUnavailable) as refusal:
        outbound.get("http://localhost:9/fhir/Patient/secret?name=secret")
    assert "secret" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{", b"\xff\xfe", b"[" * 100_000, b"NaN:"]
)
def test_garbage_is_not_json(raw_server, say, body):
    raw_server.script = say(body)
    with pytest.raises(UpstreamUnavailable, match="not JSON"):
        raw_server.outbound().json(raw_server.url)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"1"])
def test_json_that_is_no_object_is_refused(raw_server, say, body):
    raw_server.script = say(body)
    with pytest.raises(UpstreamUnavailable):
        raw_server.outbound().json(raw_server.url)


def test_an_error_status_is_told(raw_server, say):
    raw_server.script = say(b"{}", "403 Forbidden")
    with pytest.raises(UpstreamUnavailable) as refusal:
        raw_server.outbound().json(raw_server.url)
    assert refusal.value.status == 403


def busy(raw_server, say, times: int, retry_after: str, status="503 Busy"):
    def script(sock, head):
        if len(raw_server.heads) <= times:
            say(b"", status, {"Retry-After": retry_after})(sock, head)
        else:
            say(b"{}")(sock, head)

    raw_server.script = script


@pytest.mark.parametrize("status", ["503 Busy", "429 Too Many Requests"])
def test_a_busy_server_is_asked_again_when_it_says(raw_server, say, status):
    # given
    busy(raw_server, say, 2, "3", status)
    waits: list[float] = []
    # when
    answer = raw_server.outbound(pause=waits.append).get(raw_server.url)
    # then
    assert answer.status == 200
    assert waits == [3.0, 3.0]


def test_a_server_that_stays_busy_is_left_after_two_repeats(raw_server, say):
    busy(raw_server, say, 99, "0")
    waits: list[float] = []
    assert raw_server.outbound(pause=waits.append).get(raw_server.url).status == 503
    assert len(raw_server.heads) == 3


@pytest.mark.parametrize("retry_after", ["6", "3600", "soon", "-1", "Wed, 21 Oct 2099"])
def test_a_long_or_odd_retry_after_is_not_waited_for(raw_server, say, retry_after):
    busy(raw_server, say, 99, retry_after)
    waits: list[float] = []
    assert raw_server.outbound(pause=waits.append).get(raw_server.url).status == 503
    assert waits == []


def test_a_retry_after_in_the_past_means_now(raw_server, say):
    busy(raw_server, say, 1, "Wed, 21 Oct 2015 07:28:00 GMT")
    waits: list[float] = []
    assert raw_server.outbound(pause=waits.append).get(raw_server.url).status == 200
    assert waits == [0.0]


def test_a_post_is_never_repeated(raw_server, say):
    busy(raw_server, say, 99, "0")
    answer = raw_server.outbound().post_form(raw_server.url, {"refresh_token": "x"})
    assert answer.status == 503
    assert len(raw_server.heads) == 1


def test_a_remembered_document_is_asked_once_until_it_is_old(raw_server, say):
    # given
    raw_server.script = say(json.dumps({"issuer": "x"}).encode())
    now = [0.0]
    outbound = raw_server.outbound(clock=lambda: now[0])
    ask = lambda **kw: outbound.remembered_json(raw_server.url, max_age_s=3600, **kw)  # noqa: E731
    # when / then
    ask()
    now[0] = 3599.0
    ask()
    assert len(raw_server.heads) == 1
    now[0] = 3600.0
    ask()
    assert len(raw_server.heads) == 2
    ask(again=True)
    assert len(raw_server.heads) == 3


def test_a_stream_gives_the_stored_bytes_and_can_be_left(raw_server, say):
    body = gzip.compress(b"frame") * 1000
    raw_server.script = say(body, headers={"Content-Encoding": "gzip"})
    outbound = raw_server.outbound()
    with outbound.stream(raw_server.url) as answer:
        assert b"".join(answer.chunks) == body
    with outbound.stream(raw_server.url) as answer:
        assert answer.status == 200  # left without reading


def test_a_stream_has_its_cap_and_follows_no_redirect(raw_server, say):
    outbound = raw_server.outbound()
    raw_server.script = say(b"x" * 5000)
    with (
        pytest.raises(UpstreamUnavailable, match="more than"),
        outbound.stream(raw_server.url, max_bytes=1000) as answer,
    ):
        list(answer.chunks)
    raw_server.script = say(b"", "302 Found", {"Location": "/next"})
    with (
        pytest.raises(UpstreamUnavailable, match="redirect"),
        outbound.stream(raw_server.url),
    ):
        pass


def test_no_answer_shows_its_body_in_its_repr(raw_server, say):
    raw_server.script = say(b'{"access_token": "secret"}')
    assert "secret" not in repr(raw_server.outbound().get(raw_server.url))


def test_the_clock_of_remembering_is_monotonic_by_default():
    assert Outbound(HostPolicy(frozenset()))._clock is time.monotonic
