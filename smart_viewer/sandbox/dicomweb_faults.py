"""The switches of the sandbox archive, and what it was asked.

A test sets them on `app.extensions["sandbox_dicomweb_faults"]` while it runs.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from typing import Literal

Kind = Literal["qido", "metadata", "frames", "bulk", "study", "stow"]


@dataclass(slots=True)
class DicomwebFaults:
    """What the archive does wrong just now; everything off is a conforming one.

    kinds: which requests are hit; empty means all.
    times: how many requests are hit from now on; None means all.
    slow_s: the answer waits this long.
    status: this status and an empty body, with retry_after where given.
    html, garbage: a login page, or cut JSON, instead of the answer.
    no_content: 204 for an answer without results.
    filter_ignored: a search answers with everything there is.
    filter_unknown: keywords that a search leaves out, as if it never read them.
    attributes_dropped: tags that no answer of a search holds.
    offset_ignored: every page is the first one.
    truncate_at: at most so many results, with the Warning header of PS3.18 8.3.4.4.
    wrong_study: metadata of another study than asked.
    duplicated: every answer stands twice in the list.
    cut_frame: the connection ends in the middle of a frame.
    length_error: this is added to the Content-Length of a frame.
    wrong_frame_count: every frame of the instance instead of the one asked.
    mute_syntax: neither metadata nor frames name the transfer syntax.
    stow_refused: so many objects of a store are refused with 0xA700.
    stow_silent: a store is answered without saying what was stored.
    """

    kinds: frozenset[Kind] = frozenset()
    times: int | None = None
    slow_s: float = 0.0
    status: int | None = None
    retry_after: str | None = None
    html: bool = False
    garbage: bool = False
    no_content: bool = False
    filter_ignored: bool = False
    filter_unknown: frozenset[str] = frozenset()
    attributes_dropped: frozenset[str] = frozenset()
    offset_ignored: bool = False
    truncate_at: int | None = None
    wrong_study: bool = False
    duplicated: bool = False
    cut_frame: bool = False
    length_error: int = 0
    wrong_frame_count: bool = False
    mute_syntax: bool = False
    stow_refused: int = 0
    stow_silent: bool = False

    def clear(self) -> None:
        """Conform again."""
        fresh = DicomwebFaults()
        for field in fields(self):
            setattr(self, field.name, getattr(fresh, field.name))

    def hits(self, kind: Kind) -> bool:
        """Whether this request gets its answer replaced; counts `times` down."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


@dataclass(frozen=True, slots=True)
class ArchiveCall:
    """One request; names of the query's parameters only, never their values."""

    kind: Kind
    query_keys: tuple[str, ...]
    accept: str
    has_authorization: bool


class ArchiveLog:
    """Every request since the start or the last `clear()`. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[ArchiveCall] = []

    def add(self, call: ArchiveCall) -> None:
        """Remember one request."""
        with self._lock:
            self._calls.append(call)

    def calls(self, kind: Kind | None = None) -> tuple[ArchiveCall, ...]:
        """What was asked, oldest first; of one kind where given."""
        with self._lock:
            return tuple(c for c in self._calls if kind is None or c.kind == kind)

    def count(self, kind: Kind) -> int:
        """How many requests of that kind there were."""
        return len(self.calls(kind))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._calls.clear()
