"""A session that is lent to a library. Oracle: the raw bytes that the server saw."""

from __future__ import annotations

import pytest

from smart_viewer.errors import RequestForbidden, UpstreamUnavailable


@pytest.fixture
def lent(raw_server):
    """`lent(inspect)`: a session, and the seconds it was told to wait."""
    waits = []

    def lend(inspect=lambda method, answer: None, **limits):
        outbound = raw_server.outbound(pause=waits.append)
        session = outbound.session(
            lambda request: {"X-Sees": f"{request.method} {len(request.body)}"},
            inspect,
            **limits,
        )
        return session, waits

    return lend


def test_what_a_library_does_to_host_and_blanks_is_undone(raw_server, lent, say):
    raw_server.script = say()
    session, _ = lent()
    session.get(f"{raw_server.url}/a?b=c+d&e=f%2Bg", headers={"Host": "wrong"})
    (head,) = raw_server.heads
    assert head.startswith("GET /a?b=c%20d&e=f%2Bg HTTP/1.1\r\n")
    assert f"Host: localhost:{raw_server.port}\r\n" in head
    assert "wrong" not in head


def test_every_request_is_signed_as_it_is_sent(raw_server, lent, say):
    raw_server.script = say()
    session, _ = lent()
    session.post(f"{raw_server.url}/a", data=b"four")
    assert "X-Sees: POST 4\r\n" in raw_server.heads[0]


def test_a_body_that_is_not_at_hand_is_refused(raw_server, lent, say):
    session, _ = lent()
    with pytest.raises(RequestForbidden):
        session.post(f"{raw_server.url}/a", data=iter([b"piece"]))
    assert raw_server.heads == []


def test_our_own_error_of_the_inspection_reaches_the_caller(raw_server, lent, say):
    raw_server.script = say(b"no", "418 Teapot")

    def inspect(method, answer):
        raise UpstreamUnavailable(f"{method} {answer.body.decode()}", answer.status)

    session, _ = lent(inspect)
    with pytest.raises(UpstreamUnavailable, match="GET no") as told:
        session.get(raw_server.url)
    assert told.value.status == 418


@pytest.mark.parametrize(("method", "asked"), [("GET", 3), ("POST", 1)])
def test_a_busy_server_is_asked_again_by_get_alone(
    raw_server, lent, say, method, asked
):
    raw_server.script = say(b"", "503 Busy", {"Retry-After": "2"})
    session, waits = lent()
    assert session.request(method, raw_server.url).status_code == 503
    assert len(raw_server.heads) == asked
    assert waits == [2.0] * (asked - 1)


def test_a_redirect_is_refused(raw_server, lent, say):
    raw_server.script = say(b"", "302 Found", {"Location": "/b"})
    session, _ = lent()
    with pytest.raises(UpstreamUnavailable, match="redirect"):
        session.get(raw_server.url)
    assert len(raw_server.heads) == 1


def test_an_answer_beyond_the_bound_is_refused(raw_server, lent, say):
    raw_server.script = say(b"x" * 101)
    session, _ = lent(max_bytes=100)
    with pytest.raises(UpstreamUnavailable, match="more than 100"):
        session.get(raw_server.url)


def test_an_origin_that_is_not_listed_is_never_asked(raw_server, lent):
    session, _ = lent()
    with pytest.raises(RequestForbidden):
        session.get("https://other.example/")
