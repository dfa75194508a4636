"""Multipart while it comes. Oracle: messages written out by hand after RFC 2046 5.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.archive.dicomweb_multipart import MAX_EPILOGUE_BYTES, only_part
from smart_viewer.errors import UpstreamUnavailable

BOUNDARY = "b-1"
LIMIT = 1000


def message(body, headers=b"Content-Type: image/jls\r\n", length=True, end=b"--\r\n"):
    counted = b"Content-Length: %d\r\n" % len(body) if length else b""
    return b"--b-1\r\n" + headers + counted + b"\r\n" + body + b"\r\n--b-1" + end


def cut(raw, sizes):
    at = 0
    for size in sizes:
        yield raw[at : at + size]
        at += size
    yield raw[at:]


@given(
    body=st.binary(min_size=1, max_size=200).filter(lambda b: b"\r\n--b-1" not in b),
    sizes=st.lists(st.integers(0, 40), max_size=20),
    length=st.booleans(),
    preamble=st.sampled_from([b"", b"\r\n", b"This is a preamble.\r\n"]),
    epilogue=st.sampled_from([b"--", b"--\r\n", b"--  \r\nbye"]),
)
def test_the_part_is_the_same_however_the_bytes_arrive(
    body, sizes, length, preamble, epilogue
):
    raw = preamble + message(body, length=length, end=epilogue)
    part = only_part(cut(raw, sizes), BOUNDARY, LIMIT)
    assert part.headers["content-type"] == "image/jls"
    assert part.length == len(body)
    assert b"".join(part.chunks) == body


@given(st.binary(max_size=300), st.integers(1, 40))
def test_anything_else_is_refused_with_our_own_error(raw, size):
    pieces = (raw[at : at + size] for at in range(0, len(raw), size))
    with pytest.raises(UpstreamUnavailable):
        b"".join(only_part(pieces, BOUNDARY, LIMIT).chunks)


@given(st.data())
def test_a_message_that_ends_too_early_is_never_whole(data):
    raw = message(bytes(range(100)), length=data.draw(st.booleans()))
    short = raw[: data.draw(st.integers(0, len(raw) - 3))]
    with pytest.raises(UpstreamUnavailable):
        b"".join(only_part(iter([short]), BOUNDARY, LIMIT).chunks)


def test_a_part_may_have_no_headers():
    raw = b"--b-1\r\n\r\nabc\r\n--b-1--"
    part = only_part(iter([raw]), BOUNDARY, LIMIT)
    assert (dict(part.headers), b"".join(part.chunks)) == ({}, b"abc")


def test_a_second_part_is_refused_before_the_first_is_whole():
    raw = message(b"abc", end=b"\r\n\r\ndef\r\n--b-1--")
    part = only_part(iter([raw]), BOUNDARY, LIMIT)
    with pytest.raises(UpstreamUnavailable, match="several"):
        next(part.chunks)


@pytest.mark.parametrize(
    "raw",
    [
        message(b"x" * (LIMIT + 1)),
        message(b"x" * (LIMIT + 1), length=False),
        b"p" * 70_000 + message(b"abc"),
        b"--b-1\r\n" + b"A: " + b"x" * 20_000 + b"\r\n\r\nabc\r\n--b-1--",
        message(b"abc") + b"e" * (MAX_EPILOGUE_BYTES + 1),
    ],
)
@pytest.mark.parametrize("length", [997, 100_000])
def test_nothing_grows_beyond_its_bound(raw, length):
    pieces = (raw[at : at + length] for at in range(0, len(raw), length))
    with pytest.raises(UpstreamUnavailable):
        b"".join(only_part(pieces, BOUNDARY, LIMIT).chunks)
