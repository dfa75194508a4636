"""A deflated data set as a file that can be read at any place (PS3.5 A.5).

Nothing is written anywhere and nothing is kept but the states of the inflater
every few megabytes, so that going back costs little.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from struct import unpack
from typing import BinaryIO

from smart_viewer.errors import NotInStandard

MAX_INFLATED_BYTES = 512 * 1024 * 1024  # beyond it a file is taken for a bomb
MAX_READ_BYTES = 64 * 1024 * 1024  # of one read; pixels are read in pieces
MAX_READS = 250_000  # one or two an element: a few bytes can stand for millions
META_BYTES = 16 * 1024  # in which the meta group is expected to end
_AHEAD_BYTES = 4096
_INPUT_BYTES = 64 * 1024
_STEP_BYTES = 4 * 1024 * 1024  # between two kept states


@dataclass(slots=True)
class _State:
    """The inflater after `out` bytes of output and `fed` bytes of the source."""

    out: int
    fed: int
    inflater: zlib._Decompress

    def copy(self) -> _State:
        return _State(self.out, self.fed, self.inflater.copy())


def inflated(file: BinaryIO) -> InflatedFile:
    """The data set of a deflated Part 10 file, behind its meta group."""
    file.seek(0)
    return InflatedFile(file, meta_group_end(file.read(META_BYTES)))


def meta_group_end(head: bytes) -> int:
    """Where the meta group (0002,xxxx) ends, walking its elements (PS3.10 7.1)."""
    at = 132
    while head[at : at + 2] == b"\x02\x00" and at + 12 <= len(head):
        is_long = head[at + 4 : at + 6] in (b"OB", b"UN")
        size = unpack("<L", head[at + 8 : at + 12])[0] if is_long else None
        short = unpack("<H", head[at + 6 : at + 8])[0]
        at += 12 + size if size is not None else 8 + short
    return at


class InflatedFile(io.RawIOBase):
    """What deflated bytes stand for, from `start` of `source` to their end.

    Not for several threads at once. Reading raises NotInStandard where the bytes
    are damaged or go on beyond MAX_INFLATED_BYTES; where they are cut off, the
    file ends.
    """

    def __init__(self, source: BinaryIO, start: int) -> None:
        super().__init__()
        self._source = source
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._kept = [_State(0, start, inflater)]
        self._state = self._kept[0].copy()
        self._at = 0
        self._reads = 0
        self._ahead, self._ahead_from = b"", 0  # read ahead, for small reads

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The place of the next byte read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; to find the end, everything is inflated once."""
        base = 0
        if whence == io.SEEK_CUR:
            base = self._at
        elif whence == io.SEEK_END:
            base = self._end()
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, fewer only at the end."""
        self._reads += 1
        if self._reads > MAX_READS:
            raise NotInStandard("The deflated file has too many elements.")
        if not 0 <= size <= MAX_READ_BYTES:
            raise NotInStandard("A value in the deflated file is too large.")
        at = self._at - self._ahead_from
        kept = self._ahead[at:] if at >= 0 else b""
        if len(kept) < size:
            more = max(size - len(kept), _AHEAD_BYTES)
            kept += self._inflate(self._at + len(kept), more)
            self._ahead, self._ahead_from, at = kept, self._at, 0
        found = self._ahead[at : at + size]
        self._at += len(found)
        return found

    def _inflate(self, place: int, size: int) -> bytes:
        """Up to `size` bytes from `place` on."""
        self._go_to(place)
        parts: list[bytes] = []
        wanted = size if self._state.out == place else 0
        while wanted and (part := self._more(wanted)):
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

    def _end(self) -> int:
        self._go_to(MAX_INFLATED_BYTES)
        return self._state.out

    def _go_to(self, place: int) -> None:
        """Inflate until `place`, or until the end."""
        if place < self._state.out:
            before = [state for state in self._kept if state.out <= place]
            self._state = before[-1].copy()
        while self._state.out < place:
            if not self._more(min(place - self._state.out, _STEP_BYTES)):
                return

    def _more(self, limit: int) -> bytes:
        """At least one more byte and at most `limit`; empty at the end."""
        state = self._state
        found, has_source = b"", True
        try:
            while has_source and not found and not state.inflater.eof:
                tail = state.inflater.unconsumed_tail
                if not tail:
                    self._source.seek(state.fed)
                    tail = self._source.read(_INPUT_BYTES)
                    state.fed += len(tail)
                    has_source = bool(tail)
                found = state.inflater.decompress(tail, limit)
        except zlib.error as damage:
            raise NotInStandard("The deflated file is damaged.") from damage
        state.out += len(found)
        if state.out > MAX_INFLATED_BYTES:
            raise NotInStandard("The deflated file is too large when inflated.")
        if state.out - self._kept[-1].out >= _STEP_BYTES:
            self._kept.append(state.copy())
        return found
