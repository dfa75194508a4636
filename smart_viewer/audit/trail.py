"""The audit trail: recorded, verified, exported (launch.md R38).

The chain finds a changed, deleted or reordered line and, by its signed head, a cut
tail. Putting back an older copy of the whole database shows only against a head
that was kept elsewhere: `verify(anchor)`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import TextIO

from smart_viewer.audit.chain import (
    GENESIS,
    Break,
    Keys,
    Mark,
    compare,
    each,
    follow,
    head_signature,
    is_signed,
    line_hash,
)
from smart_viewer.audit.event import AuditRecord, AuditSite, audit_event
from smart_viewer.errors import TrailBroken
from smart_viewer.store.seal import MasterKeys, derive_key, derive_keys
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


def trail_keys(master_keys: MasterKeys) -> tuple[bytes, ...]:
    """`trail_key` of each master key, the newest first."""
    return derive_keys(master_keys, "audit trail")


class Trail:
    """The one trail of a site, written by all of its replicas."""

    def __init__(self, trail_store: TrailStore, key: Keys, site: AuditSite) -> None:
        """key: from `trail_key`, or several from `trail_keys`."""
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

    def is_sound(self) -> bool:
        """Whether the next act could be recorded. UpstreamUnavailable."""
        head = self._store.head()
        return head is None or is_signed(self._key, head)

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

    def export_events(
        self, out: TextIO, since: datetime | None = None, until: datetime | None = None
    ) -> int:
        """Write FHIR AuditEvents as NDJSON, from `since` to before `until`; how many.

        The id of each is the hash of its line. TrailBroken where a line does not open.
        """
        count = 0
        for row in _Walk(self._store):
            if row.body is None:
                raise TrailBroken(f"audit trail: line {row.sequence}: unreadable")
            event = json.loads(row.body)
            recorded = datetime.fromisoformat(event["recorded"])
            if (since and recorded < since) or (until and recorded >= until):
                continue
            out.write(_canonical({**event, "id": row.hash}) + "\n")
            count += 1
        return count

    def _line(self, head: TrailHead | None, body: str) -> NewLine:
        if head is not None and not is_signed(self._key, head):
            raise TrailBroken("The audit trail's head is not signed by this site.")
        sequence = head.sequence + 1 if head else 1
        newest = each(self._key)[0]
        line = line_hash(newest, sequence, head.hash if head else GENESIS, body)
        return NewLine(body, line, head_signature(newest, sequence, line))

    def _departs_from(self, anchor: TrailHead) -> Break | None:
        return _departs([*islice(self._store.lines(anchor.sequence - 1), 1)], anchor)


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


def verify_export(
    lines: Iterable[str], key: Keys, anchor: TrailHead | None = None
) -> TrailReport:
    """Check what `export` wrote, without the database. TrailBroken if not NDJSON.

    anchor: a head kept elsewhere, which the trail must still contain.
    """
    if anchor is not None and not is_signed(key, anchor):
        return TrailReport(0, None, anchor.sequence, "anchor_forged")
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
    if anchor is not None and not found:
        found = _departs(rows[anchor.sequence - 1 : anchor.sequence], anchor)
    return _report(found, head) if found else TrailReport(reached.sequence, head)


def _departs(rows: Sequence[TrailRow], anchor: TrailHead) -> Break | None:
    """Whether the line that the anchor names, if there is one, is another one."""
    if not rows:
        return Break(anchor.sequence, "cut")
    same = (rows[0].sequence, rows[0].hash) == (anchor.sequence, anchor.hash)
    return None if same else Break(anchor.sequence, "departs_from_anchor")


def _report(found: Break, head: TrailHead | None) -> TrailReport:
    return TrailReport(found.sequence - 1, head, found.sequence, found.reason)


def _canonical(entry: object) -> str:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"))
