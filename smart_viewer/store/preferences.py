"""What a reader has chosen for himself: sealed, one row an owner.

An owner is named by a keyed hash: who can read the database learns neither who has
preferences nor what they are. After a new master key a row moves to its new hash when
its owner is met again.
"""

from __future__ import annotations

import hmac
import logging
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, Delete, delete, insert, select, update

from smart_viewer.store.database import Database
from smart_viewer.store.seal import (
    KeyRing,
    MasterKeys,
    SealBroken,
    associated,
    derive_keys,
)
from smart_viewer.store.tables import preferences

_log = logging.getLogger(__name__)


class PreferenceStore:
    """Payloads by their owner: a user of an EHR, or a reading without a user."""

    def __init__(self, database: Database, masters: MasterKeys) -> None:
        self._database = database
        self._key = KeyRing(masters, "preferences")
        self._owner_keys = derive_keys(masters, "preference owners")

    def read(self, owner: tuple[str, ...], now: float) -> bytes | None:
        """The payload. None where there is none, expired or tampered with."""
        newest, *older = self._hashes(owner)
        found = self._opened(newest, now)
        if found is not None or not older:
            return found.payload if found else None
        earlier = (self._opened(one, now) for one in older)
        found = next((one for one in earlier if one is not None), None)
        if found is None:
            return None
        self.keep(owner, found.payload, found.kept_at, found.expires_at)
        return found.payload

    def keep(
        self,
        owner: tuple[str, ...],
        payload: bytes,
        now: float,
        expires_at: float | None = None,
    ) -> None:
        """Keep this in place of what was kept; expires_at None: until it is changed."""
        owner_hash, *older = self._hashes(owner)
        sealed = self._key.seal(payload, _row(owner_hash, expires_at))
        values = {"payload": sealed, "kept_at": now, "expires_at": expires_at}
        with self._database.writing() as connection:
            if older:
                connection.execute(_of(older))
            if not _updated(connection, owner_hash, values):
                connection.execute(
                    insert(preferences).values(owner_hash=owner_hash, **values)
                )

    def forget(self, owner: tuple[str, ...]) -> None:
        """Delete what is kept, if anything is."""
        with self._database.writing() as connection:
            connection.execute(_of(self._hashes(owner)))

    def purge(self, now: float) -> int:
        """Delete the expired ones; how many they were."""
        old = delete(preferences).where(preferences.c.expires_at <= now)
        with self._database.writing() as connection:
            return connection.execute(old).rowcount

    def _opened(self, owner_hash: str, now: float) -> _Kept | None:
        table = preferences.c
        query = select(table.payload, table.kept_at, table.expires_at).where(
            table.owner_hash == owner_hash
        )
        with self._database.reading() as connection:
            found = connection.execute(query).first()
        if found is None or (found.expires_at is not None and found.expires_at <= now):
            return None
        try:
            row = _row(owner_hash, found.expires_at)
            payload = self._key.unseal(found.payload, row)
        except SealBroken:
            _log.error("a row of `preferences` did not open and counts as missing")
            return None
        return _Kept(payload, found.kept_at, found.expires_at)

    def _hashes(self, owner: tuple[str, ...]) -> list[str]:
        """By each master key, the newest first."""
        named = associated(*owner)
        return [hmac.new(key, named, sha256).hexdigest() for key in self._owner_keys]


class _Kept(NamedTuple):
    """What a row held."""

    payload: bytes
    kept_at: float
    expires_at: float | None


def _of(owner_hashes: list[str]) -> Delete:
    return delete(preferences).where(preferences.c.owner_hash.in_(owner_hashes))


def _updated(connection: Connection, owner_hash: str, values: dict[str, object]) -> int:
    mine = preferences.c.owner_hash == owner_hash
    written = connection.execute(update(preferences).where(mine).values(**values))
    return written.rowcount


def _row(owner_hash: str, expires_at: float | None) -> bytes:
    return associated("preferences", owner_hash, expires_at)
