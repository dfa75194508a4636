"""What a reader has chosen for himself: sealed, one row an owner.

An owner is named by a keyed hash: who can read the database learns neither who has
preferences nor what they are.
"""

from __future__ import annotations

import hmac
import logging
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select, update

from smart_viewer.store.database import Database
from smart_viewer.store.seal import SealBroken, associated, seal, unseal
from smart_viewer.store.tables import preferences

_log = logging.getLogger(__name__)


class PreferenceStore:
    """Payloads by their owner: a user of an EHR, or a reading without a user."""

    def __init__(self, database: Database, key: bytes, owner_key: bytes) -> None:
        self._database = database
        self._key = key
        self._owner_key = owner_key

    def read(self, owner: tuple[str, ...], now: float) -> bytes | None:
        """The payload. None where there is none, expired or tampered with."""
        owner_hash = self._hash(owner)
        table = preferences.c
        query = select(table.payload, table.expires_at).where(
            table.owner_hash == owner_hash
        )
        with self._database.reading() as connection:
            found = connection.execute(query).first()
        if found is None or (found.expires_at is not None and found.expires_at <= now):
            return None
        try:
            row = _row(owner_hash, found.expires_at)
            return unseal(self._key, found.payload, row)
        except SealBroken:
            _log.error("a row of `preferences` did not open and counts as missing")
            return None

    def keep(
        self,
        owner: tuple[str, ...],
        payload: bytes,
        now: float,
        expires_at: float | None = None,
    ) -> None:
        """Keep this in place of what was kept; expires_at None: until it is changed."""
        owner_hash = self._hash(owner)
        sealed = seal(self._key, payload, _row(owner_hash, expires_at))
        values = {"payload": sealed, "kept_at": now, "expires_at": expires_at}
        with self._database.writing() as connection:
            if not _updated(connection, owner_hash, values):
                connection.execute(
                    insert(preferences).values(owner_hash=owner_hash, **values)
                )

    def forget(self, owner: tuple[str, ...]) -> None:
        """Delete what is kept, if anything is."""
        mine = preferences.c.owner_hash == self._hash(owner)
        with self._database.writing() as connection:
            connection.execute(delete(preferences).where(mine))

    def purge(self, now: float) -> int:
        """Delete the expired ones; how many they were."""
        old = delete(preferences).where(preferences.c.expires_at <= now)
        with self._database.writing() as connection:
            return connection.execute(old).rowcount

    def _hash(self, owner: tuple[str, ...]) -> str:
        return hmac.new(self._owner_key, associated(*owner), sha256).hexdigest()


def _updated(connection: Connection, owner_hash: str, values: dict[str, object]) -> int:
    mine = preferences.c.owner_hash == owner_hash
    written = connection.execute(update(preferences).where(mine).values(**values))
    return written.rowcount


def _row(owner_hash: str, expires_at: float | None) -> bytes:
    return associated("preferences", owner_hash, expires_at)
