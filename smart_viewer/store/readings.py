"""Readings: the plan of one launch, sealed with the key of its grant.

The seal covers browser, expiry and revision too: who can write to the database
can neither hand a reading to another browser, nor prolong it, nor set it back.
The time of the last use is outside the seal, which each use would renew: whoever
writes to the database can put off the idle limit, up to the sealed expiry.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field, replace

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from smart_viewer.errors import GrantExpired, OutsideReading
from smart_viewer.store.database import Database
from smart_viewer.store.grants import unwrap
from smart_viewer.store.seal import KeyRing, SealBroken, associated, seal, unseal
from smart_viewer.store.tables import grants, reading_secrets, readings

_log = logging.getLogger(__name__)
SECRETS_KEPT = 16  # reloads of one reading whose older tabs still work
ORPHAN_S = 3600.0  # a grant that no reading was opened with is kept this long
_HEAD = [column for column in readings.columns if column.name != "payload"]


@dataclass(frozen=True, slots=True)
class ReadingHead:
    """A reading's row without its payload, as it stands there, its seal not checked.

    Equal to the `head` of a row that was opened: then it is as good as checked. When
    it was last used does not count for that; None: a row of an older release.
    """

    reading_id: str
    grant_id: str
    browser_hash: str
    revision: int
    expires_at: float
    used_at: float | None = field(default=None, compare=False)

    def is_idle(self, now: float, idle_s: float) -> bool:
        """Whether nobody has used it for so long."""
        return self.used_at is not None and self.used_at <= now - idle_s


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading as stored, its payload opened. `revision` starts at 0."""

    reading_id: str
    grant_id: str
    browser_hash: str
    revision: int
    payload: bytes
    expires_at: float
    used_at: float | None = None

    @property
    def head(self) -> ReadingHead:
        """What `Readings.head` gives for this row."""
        return ReadingHead(
            self.reading_id,
            self.grant_id,
            self.browser_hash,
            self.revision,
            self.expires_at,
            self.used_at,
        )


class Readings:
    """Readings by opaque id, with the secrets of the pages that show them."""

    def __init__(self, database: Database, key: KeyRing) -> None:
        self._database = database
        self._key = key

    def create(
        self,
        reading_id: str,
        grant_id: str,
        browser_hash: str,
        payload: bytes,
        expires_at: float,
        used_at: float | None = None,
    ) -> None:
        """Keep a reading at revision 0. GrantExpired where its grant has gone."""
        row = ReadingRow(
            reading_id, grant_id, browser_hash, 0, payload, expires_at, used_at
        )
        wrapped = select(grants.c.wrapped_key).where(grants.c.grant_id == grant_id)
        with self._database.writing() as connection:
            wrapped_key = connection.execute(wrapped).scalar()
            if wrapped_key is None:
                raise GrantExpired("The grant has ended.")
            sealed = self._sealed(wrapped_key, row)
            connection.execute(insert(readings).values(**asdict(sealed)))

    def read(self, reading_id: str, now: float) -> ReadingRow | None:
        """The reading. None where unknown, expired or tampered with."""
        with self._database.reading() as connection:
            found = _find(connection, reading_id)
        if found is None or found[0].expires_at <= now:
            return None
        return self._opened(*found)

    def head(self, reading_id: str, now: float) -> ReadingHead | None:
        """The row without its payload. None where unknown or expired."""
        table = readings.c
        query = select(*_HEAD).where(
            table.reading_id == reading_id, table.expires_at > now
        )
        with self._database.reading() as connection:
            found = connection.execute(query).mappings().first()
        return ReadingHead(**found) if found is not None else None

    def revise(self, reading_id: str, expected_revision: int, payload: bytes) -> bool:
        """Keep the next revision; False where another one has been kept meanwhile.

        False too where the reading has gone.
        """
        next_revision = expected_revision + 1
        with self._database.writing() as connection:
            found = _find(connection, reading_id)
            if found is None or self._opened(*found) is None:
                return False
            row = replace(found[0], revision=next_revision, payload=payload)
            written = connection.execute(
                update(readings)
                .where(readings.c.reading_id == reading_id)
                .where(readings.c.revision == expected_revision)
                .values(
                    revision=next_revision, payload=self._sealed(found[1], row).payload
                )
            )
            return written.rowcount == 1

    def touch(self, reading_id: str, now: float) -> None:
        """Somebody uses it now; never set back, whichever replica's clock is behind."""
        table = readings.c
        later = or_(table.used_at.is_(None), table.used_at < now)
        using = update(readings).where(table.reading_id == reading_id, later)
        with self._database.writing() as connection:
            connection.execute(using.values(used_at=now))

    def over(self, now: float, idle_s: float, most: int) -> list[ReadingHead]:
        """Readings that have expired, or that nobody has used for so long; some."""
        table = readings.c
        query = (
            select(*_HEAD)
            .where(or_(table.expires_at <= now, table.used_at <= now - idle_s))
            .order_by(table.expires_at)
            .limit(most)
        )
        with self._database.reading() as connection:
            found = connection.execute(query).mappings().all()
        return [ReadingHead(**one) for one in found]

    def delete(self, reading_id: str) -> None:
        """Forget the reading and its secrets; the grant stays."""
        with self._database.writing() as connection:
            connection.execute(
                delete(readings).where(readings.c.reading_id == reading_id)
            )

    def add_secret(self, reading_id: str, secret_hash: str, now: float) -> None:
        """One more page may read; only the newest 16 can. OutsideReading if unknown."""
        table = reading_secrets.c
        newest = (
            select(table.id)
            .where(table.reading_id == reading_id)
            .order_by(table.id.desc())
            .limit(SECRETS_KEPT)
        )
        old = delete(reading_secrets).where(
            table.reading_id == reading_id, table.id.not_in(newest)
        )
        known = select(readings.c.reading_id).where(readings.c.reading_id == reading_id)
        with self._database.writing() as connection:
            if connection.execute(known).first() is None:
                raise OutsideReading("No such reading.")
            connection.execute(
                insert(reading_secrets).values(
                    reading_id=reading_id, secret_hash=secret_hash, added_at=now
                )
            )
            connection.execute(old)

    def has_secret(self, reading_id: str, secret_hash: str) -> bool:
        """Whether that page may read."""
        table = reading_secrets.c
        query = select(table.id).where(
            table.reading_id == reading_id, table.secret_hash == secret_hash
        )
        with self._database.reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def count_of_browser(self, browser_hash: str, now: float) -> int:
        """How many readings of this browser have not expired."""
        query = select(func.count()).where(
            readings.c.browser_hash == browser_hash, readings.c.expires_at > now
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def purge(self, now: float) -> int:
        """Delete expired readings, and grants that none uses; how many readings.

        A grant without any reading is kept for an hour: its launch may be under way.
        """
        expired = delete(readings).where(readings.c.expires_at <= now)
        used_by = select(readings.c.grant_id)
        ended = select(readings.c.grant_id).where(readings.c.expires_at <= now)
        orphans = delete(grants).where(
            grants.c.grant_id.not_in(used_by), grants.c.created_at <= now - ORPHAN_S
        )
        with self._database.writing() as connection:
            ids = connection.execute(ended).scalars().all()
            gone = connection.execute(expired).rowcount
            of_expired = delete(grants).where(
                grants.c.grant_id.in_(ids), grants.c.grant_id.not_in(used_by)
            )
            shredded = connection.execute(of_expired).rowcount
            shredded += connection.execute(orphans).rowcount
        if gone or shredded:
            self._database.forget_deleted()
        return gone

    def _sealed(self, wrapped_key: bytes, row: ReadingRow) -> ReadingRow:
        try:
            data_key = unwrap(self._key, wrapped_key, row.grant_id)
        except SealBroken as cause:
            raise GrantExpired("The grant cannot be opened.") from cause
        return replace(row, payload=seal(data_key, row.payload, _bound(row)))

    def _opened(self, row: ReadingRow, wrapped_key: bytes) -> ReadingRow | None:
        try:
            data_key = unwrap(self._key, wrapped_key, row.grant_id)
            return replace(row, payload=unseal(data_key, row.payload, _bound(row)))
        except SealBroken:
            _log.error("a row of `readings` did not open and counts as missing")
            return None


def _bound(row: ReadingRow) -> bytes:
    return associated(
        "reading",
        row.reading_id,
        row.grant_id,
        row.browser_hash,
        row.revision,
        float(row.expires_at),
    )


def _find(connection: Connection, reading_id: str) -> tuple[ReadingRow, bytes] | None:
    """The reading as stored, still sealed, and its grant's wrapped key."""
    query: Select[*tuple[object, ...]] = (
        select(readings, grants.c.wrapped_key)
        .join(grants, grants.c.grant_id == readings.c.grant_id)
        .where(readings.c.reading_id == reading_id)
    )
    found = connection.execute(query).mappings().first()
    if found is None:
        return None
    values = dict(found)
    wrapped_key = values.pop("wrapped_key")
    return ReadingRow(**values), wrapped_key
