"""The one part of a multipart/related answer, while it comes (RFC 2046 5.1).

PS3.18 8.6.1.2. The last bytes of the part are held back until the closing
delimiter was seen: an archive that answers with several frames has not understood
which one was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.errors import MessageError
from email.parser import BytesHeaderParser
from itertools import chain

from smart_viewer.errors import UpstreamUnavailable

MAX_PREAMBLE_BYTES = 64 * 1024
MAX_HEAD_BYTES = 16 * 1024
MAX_EPILOGUE_BYTES = 64 * 1024
_BROKEN = "The archive's answer is not a whole multipart message."


@dataclass(frozen=True, slots=True)
class Part:
    """One part; header names are lower case. `chunks` yields `length` bytes, once."""

    headers: Mapping[str, str]
    length: int
    chunks: Iterator[bytes] = field(repr=False)


def only_part(chunks: Iterator[bytes], boundary: str, max_bytes: int) -> Part:
    """The part of a message that has exactly one.

    A part without Content-Length is read whole, up to `max_bytes`.
    UpstreamUnavailable: here for a broken head, in `chunks` for what comes later.
    """
    source = _Source(chunks)
    delimiter = b"--" + boundary.encode("latin-1", "replace")
    source.until(delimiter, MAX_PREAMBLE_BYTES)
    if source.take(2) != b"\r\n":  # "--": a message without parts
        raise UpstreamUnavailable(_BROKEN)
    headers = _read_head(source)
    end = b"\r\n" + delimiter
    stated = headers.get("content-length", "").strip()
    if not stated.isdecimal():
        body = source.until(end, max_bytes)
        return Part(headers, len(body), _whole(source, body))
    length = int(stated)
    if length > max_bytes:
        raise UpstreamUnavailable(f"The archive sent more than {max_bytes} bytes.")
    return Part(headers, length, _counted(source, length, end))


def _read_head(source: _Source) -> dict[str, str]:
    """The part's headers; folded lines are allowed."""
    if source.peek(2) == b"\r\n":
        source.take(2)
        return {}
    raw = source.until(b"\r\n\r\n", MAX_HEAD_BYTES)
    try:
        parsed = BytesHeaderParser().parsebytes(raw)
    except MessageError as cause:
        raise UpstreamUnavailable(_BROKEN) from cause
    return {name.lower(): str(value) for name, value in parsed.items()}


def _whole(source: _Source, body: bytes) -> Iterator[bytes]:
    _finish(source)
    yield body


def _counted(source: _Source, length: int, end: bytes) -> Iterator[bytes]:
    held = b""
    left = length
    while left:
        chunk = source.some(left)
        left -= len(chunk)
        if held:
            yield held
        held = chunk
    if source.take(len(end)) != end:
        raise UpstreamUnavailable(_BROKEN)
    _finish(source)
    if held:
        yield held


def _finish(source: _Source) -> None:
    """After the delimiter: it must close the message. The rest is read away."""
    if source.take(2) != b"--":
        raise UpstreamUnavailable("The archive answered with several frames for one.")
    source.drain(MAX_EPILOGUE_BYTES)


class _Source:
    """Chunks as a stream with a little memory. UpstreamUnavailable at a sudden end."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = bytearray()

    def until(self, mark: bytes, limit: int) -> bytes:
        """What stands before `mark`, at most `limit` bytes; both are consumed."""
        start = 0
        while (at := self._held.find(mark, start)) < 0:
            if len(self._held) > limit + len(mark):
                raise UpstreamUnavailable(f"The archive sent more than {limit} bytes.")
            start = max(0, len(self._held) - len(mark) + 1)
            self._more()
        if at > limit:
            raise UpstreamUnavailable(f"The archive sent more than {limit} bytes.")
        found = bytes(self._held[:at])
        del self._held[: at + len(mark)]
        return found

    def peek(self, count: int) -> bytes:
        """The next `count` bytes, which stay."""
        while len(self._held) < count:
            self._more()
        return bytes(self._held[:count])

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        found = self.peek(count)
        del self._held[:count]
        return found

    def some(self, count: int) -> bytes:
        """At least one of the next `count` bytes, without a copy where possible."""
        if self._held:
            return self.take(min(count, len(self._held)))
        chunk = self._next()
        if len(chunk) <= count:
            return chunk
        self._held += chunk[count:]
        return chunk[:count]

    def drain(self, limit: int) -> None:
        """Read to the end, so that the connection can be used again."""
        read = 0
        for chunk in chain((self._held,), self._chunks):
            read += len(chunk)
            if read > limit:
                raise UpstreamUnavailable("The archive does not end its answer.")

    def _more(self) -> None:
        self._held += self._next()

    def _next(self) -> bytes:
        for chunk in self._chunks:
            if chunk:
                return chunk
        raise UpstreamUnavailable(_BROKEN)
