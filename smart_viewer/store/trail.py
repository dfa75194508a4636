"""Where the audit trail lies: lines without gaps, and the signed head beside them.

The room `audit` makes hashes and signatures and judges them; this file keeps order:
one writer at a time, in any process, and the next number is the head's plus one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, text

from smart_viewer.errors import TrailBroken
from smart_viewer.store.database import Database
from smart_viewer.store.seal import KeyRing, SealBroken, associated
from smart_viewer.store.tables import trail, trail_head

_log = logging.getLogger(__name__)
_PAGE_LINES = 500


@dataclass(frozen=True, slots=True)
class TrailHead:
    """The newest line's number (from 1) and hash, signed by the room `audit`."""

    sequence: int
    hash: str
    signature: str


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be appended: its body, its hash, the signature of the head it makes."""

    body: str
    hash: str
    signature: str


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One line as stored. `body` is None where the stored one does not open."""

    sequence: int
    body: str | None
    hash: str


class TrailStore:
    """The lines and their head. Bodies are sealed, for they name patients."""

    def __init__(self, database: Database, key: KeyRing) -> None:
        self._database = database
        self._key = key

    def append(self, make_line: Callable[[TrailHead | None], NewLine]) -> int:
        """Append what `make_line` makes of the head; the line's number.

        `make_line` runs under the lock and must be quick. TrailBroken where lines and
        head do not fit: appending would hide that something was cut.
        """
        with self._database.writing() as connection:
            self._lock(connection)
            head = _read_head(connection)
            if _last_line(connection) != (head and (head.sequence, head.hash)):
                raise TrailBroken("The audit trail's last line is not its signed head.")
            line = make_line(head)
            sequence = head.sequence + 1 if head else 1
            self._write(connection, sequence, line)
        return sequence

    def lines(self, after: int = 0) -> Iterator[TrailRow]:
        """Lines in order, those numbered above `after`, some hundred at a time."""
        while page := self._page(after):
            yield from page
            after = page[-1].sequence

    def head(self) -> TrailHead | None:
        """The signed head; None before the first line."""
        with self._database.reading() as connection:
            return _read_head(connection)

    def _lock(self, connection: Connection) -> None:
        # SQLite's write transaction is alone already; PostgreSQL's is not.
        if not self._database.is_sqlite:
            connection.execute(text("LOCK TABLE trail_head IN EXCLUSIVE MODE"))

    def _write(self, connection: Connection, sequence: int, line: NewLine) -> None:
        sealed = self._key.seal(line.body.encode(), associated("trail", sequence))
        connection.execute(
            insert(trail).values(sequence=sequence, body=sealed, hash=line.hash)
        )
        connection.execute(delete(trail_head))
        connection.execute(
            insert(trail_head).values(
                id=1, sequence=sequence, hash=line.hash, signature=line.signature
            )
        )

    def _page(self, after: int) -> list[TrailRow]:
        query = (
            select(trail.c.sequence, trail.c.body, trail.c.hash)
            .where(trail.c.sequence > after)
            .order_by(trail.c.sequence)
            .limit(_PAGE_LINES)
        )
        with self._database.reading() as connection:
            found = connection.execute(query).all()
        return [TrailRow(row[0], self._opened(row[0], row[1]), row[2]) for row in found]

    def _opened(self, sequence: int, sealed: bytes) -> str | None:
        try:
            return self._key.unseal(sealed, associated("trail", sequence)).decode()
        except (SealBroken, UnicodeDecodeError):
            _log.error("a line of `trail` did not open")
            return None


def _read_head(connection: Connection) -> TrailHead | None:
    columns = trail_head.c
    query = select(columns.sequence, columns.hash, columns.signature)
    found = connection.execute(query).first()
    return None if found is None else TrailHead(*found)


def _last_line(connection: Connection) -> tuple[int, str] | None:
    newest = select(trail.c.sequence, trail.c.hash).order_by(trail.c.sequence.desc())
    found = connection.execute(newest.limit(1)).first()
    return None if found is None else (found[0], found[1])
