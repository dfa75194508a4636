"""The mathematics of the trail: each line vouches for all before it. No I/O.

hash(n) = HMAC-SHA256(key, "line" | n | hash(n-1) | body), hash(0) = 64 zeros.
signature(n) = HMAC-SHA256(key, "head" | n | hash(n)). `|` joins with lengths.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from smart_viewer.store.seal import associated
from smart_viewer.store.trail import TrailHead, TrailRow

GENESIS = "0" * 64

Keys = bytes | tuple[bytes, ...]  # the first makes new lines, each proves old ones


@dataclass(frozen=True, slots=True)
class Break:
    """Where a trail stops being true: the first bad number, and why, in one word."""

    sequence: int
    reason: str


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a trail has been followed: number and hash of the last good line."""

    sequence: int = 0
    hash: str = GENESIS


def line_hash(key: bytes, sequence: int, previous_hash: str, body: str) -> str:
    """The hash of one line, in hex."""
    text = associated("line", sequence, previous_hash, body)
    return hmac.digest(key, text, "sha256").hex()


def head_signature(key: bytes, sequence: int, line: str) -> str:
    """The signature of a head whose line hash is `line`, in hex."""
    return hmac.digest(key, associated("head", sequence, line), "sha256").hex()


def is_signed(key: Keys, head: TrailHead) -> bool:
    """Whether the head is ours."""
    return any(
        _equal(head.signature, head_signature(one, head.sequence, head.hash))
        for one in each(key)
    )


def each(key: Keys) -> tuple[bytes, ...]:
    """The keys, the one that new lines are made with first."""
    return (key,) if isinstance(key, bytes) else key


def follow(key: Keys, mark: Mark, rows: Iterable[TrailRow]) -> Mark | Break:
    """Follow the rows from the mark: the mark they lead to, or the first break."""
    for row in rows:
        expected = mark.sequence + 1
        if row.sequence != expected:
            return Break(expected, "missing")
        if row.body is None:
            return Break(expected, "unreadable")
        if not _is_next(key, mark, row, row.body):
            return Break(expected, "changed")
        mark = Mark(expected, row.hash)
    return mark


def _is_next(key: Keys, mark: Mark, row: TrailRow, body: str) -> bool:
    return any(
        _equal(row.hash, line_hash(one, row.sequence, mark.hash, body))
        for one in each(key)
    )


def compare(key: Keys, mark: Mark, head: TrailHead | None) -> Break | None:
    """Whether the head is signed, and is the line that was reached."""
    if head is None:
        return Break(mark.sequence, "head_missing") if mark.sequence else None
    if not is_signed(key, head):
        return Break(head.sequence, "head_forged")
    if head.sequence > mark.sequence:
        return Break(mark.sequence + 1, "cut")
    if head.sequence < mark.sequence:
        return Break(head.sequence + 1, "beyond_head")
    return None if _equal(head.hash, mark.hash) else Break(head.sequence, "changed")


def _equal(theirs: str, ours: str) -> bool:
    return hmac.compare_digest(theirs.encode(), ours.encode())
