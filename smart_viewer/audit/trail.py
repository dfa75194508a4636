"""The audit trail: recorded, verified, exported (launch.md R38).

The chain finds a changed, deleted or reordered line and, by its signed head, a cut
tail. Putting back an older copy of the whole database shows only against a head
that was kept elsewhere: `verify(anchor)`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TextIO

from smart_viewer.audit.chain import (
    GENESIS,
    Break,
    Mark,
    compare,
    follow,
    head_signature,
    is_signed,
    line_hash,
)
from smart_viewer.audit.event import AuditRecord, AuditSite, audit_event
from smart_viewer.errors import TrailBroken
from smart_viewer.store.seal import derive_key
from smart_viewer.store.trail import NewLine, TrailHead, TrailRow, TrailStore


@dataclass(frozen=True, slots=True)
class TrailReport:
    """What `verify` found: good lines from the first on, and the first break."""

    lines: int
    head: TrailHead | None
    broken_at: int | None = None
    reason: str = ""

    @property
    def intact(self) -> bool:
        """Whether nothing was found amiss."""
        return self.broken_at is None

    def demand_intact(self) -> None:
        """TrailBroken, naming the first bad line, unless intact."""
        if not self.intact:
            raise TrailBroken(f"audit trail: line {self.broken_at}: {self.reason}")


def trail_key(master_key: bytes) -> bytes:
    """The key of chain and head; it is never in the database."""
    return derive_key(master_key, "audit trail")


class Trail:
    """The one trail of a site, written by all of its replicas."""

    def __init__(self, trail_store: TrailStore, key: bytes, site: AuditSite) -> None:
        """key: from `trail_key`."""
        self._store = trail_store
        self._key = key
        self._site = site

    def record(self, record: AuditRecord) -> int:
        """Append the act; its number in the trail.

        TrailBroken where the end of the trail was tampered with: the act must then
        not happen. UpstreamUnavailable where the database does not answer.
        """
        body = _canonical(audit_event(record, self._site))
        return self._store.append(lambda head: self._line(head, body))

    def verify(self, anchor: TrailHead | None = None) -> TrailReport:
        """Check every line and the head, while others may go on appending.

        anchor: a head kept elsewhere, which the trail must still contain.
        """
        if anchor is not None and not is_signed(self._key, anchor):
            return TrailReport(0, self.head(), anchor.sequence, "anchor_forged")
        walk = _Walk(self._store)
        reached = follow(self._key, Mark(), walk)
        if isinstance(reached, Break):
            return _report(reached, self.head())
        found = compare(self._key, reached, walk.head)
        found = found or (self._departs_from(anchor) if anchor else None)
        if found:
            return _report(found, walk.head)
        return TrailReport(reached.sequence, walk.head)

    def head(self) -> TrailHead | None:
        """The signed head, to be kept where the database's owner cannot write."""
        return self._store.head()

    def export(self, out: TextIO) -> int:
        """Write NDJSON: a line for each event, then the head; how many events."""
        walk, count = _Walk(self._store), 0
        for row in walk:
            body = json.loads(row.body or "null")
            out.write(_canonical({**asdict(row), "body": body}) + "\n")
            count += 1
        out.write(_canonical({"head": asdict(walk.head) if walk.head else None}) + "\n")
        return count

    def _line(self, head: TrailHead | None, body: str) -> NewLine:
        if head is not None and not is_signed(self._key, head):
            raise TrailBroken("The audit trail's head is not signed by this site.")
        sequence = head.sequence + 1 if head else 1
        line = line_hash(self._key, sequence, head.hash if head else GENESIS, body)
        return NewLine(body, line, head_signature(self._key, sequence, line))

    def _departs_from(self, anchor: TrailHead) -> Break | None:
        row = next(self._store.lines(anchor.sequence - 1), None)
        if row is None:
            return Break(anchor.sequence, "cut")
        same = (row.sequence, row.hash) == (anchor.sequence, anchor.hash)
        return None if same else Break(anchor.sequence, "departs_from_anchor")


class _Walk:
    """All lines up to a head that is read after them: `head`, set at the end.

    Lines that others append meanwhile are walked too, so that the head fits.
    """

    def __init__(self, store: TrailStore) -> None:
        self._store = store
        self.head: TrailHead | None = None

    def __iter__(self) -> Iterator[TrailRow]:
        last, grew = 0, True
        while grew:
            before = last
            for row in self._store.lines(last):
                yield row
                last = row.sequence
            self.head = self._store.head()
            behind = self.head is not None and self.head.sequence > last
            grew = behind and last > before


def verify_export(lines: Iterable[str], key: bytes) -> TrailReport:
    """Check what `export` wrote, without the database. TrailBroken if not NDJSON."""
    rows: list[TrailRow] = []
    head: TrailHead | None = None
    try:
        for line in lines:
            entry = json.loads(line)
            if "head" in entry:
                head = TrailHead(**entry["head"]) if entry["head"] else None
                continue
            rows.append(TrailRow(**{**entry, "body": _canonical(entry["body"])}))
    except (ValueError, TypeError, KeyError) as cause:
        raise TrailBroken("This is not an exported audit trail.") from cause
    reached = follow(key, Mark(), rows)
    if isinstance(reached, Break):
        return _report(reached, head)
    found = compare(key, reached, head)
    return _report(found, head) if found else TrailReport(reached.sequence, head)


def _report(found: Break, head: TrailHead | None) -> TrailReport:
    return TrailReport(found.sequence - 1, head, found.sequence, found.reason)


def _canonical(entry: object) -> str:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"))
