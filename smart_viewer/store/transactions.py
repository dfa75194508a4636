"""Launches under way: state → what the callback needs, used once (launch.md R5)."""

from __future__ import annotations

import logging

from sqlalchemy import delete, insert

from smart_viewer.store.database import Database
from smart_viewer.store.seal import KeyRing, SealBroken, associated, digest
from smart_viewer.store.tables import transactions

_log = logging.getLogger(__name__)


class Transactions:
    """Payloads under the hash of their state, each to be taken once."""

    def __init__(self, database: Database, key: KeyRing) -> None:
        self._database = database
        self._key = key

    def put(self, state: str, payload: bytes, expires_at: float) -> None:
        """Keep the payload until it is taken. UpstreamUnavailable if state is known."""
        state_hash = digest(state)
        sealed = self._key.seal(payload, _row(state_hash, expires_at))
        with self._database.writing() as connection:
            connection.execute(
                insert(transactions).values(
                    state_hash=state_hash, payload=sealed, expires_at=expires_at
                )
            )

    def take(self, state: str, now: float) -> bytes | None:
        """The payload, once. None where unknown, taken, expired or tampered with."""
        table, state_hash = transactions.c, digest(state)
        taking = (
            delete(transactions)
            .where(table.state_hash == state_hash)
            .returning(table.payload, table.expires_at)
        )
        with self._database.writing() as connection:
            found = connection.execute(taking).first()
        if found is None or found.expires_at <= now:
            return None
        try:
            return self._key.unseal(found.payload, _row(state_hash, found.expires_at))
        except SealBroken:
            _log.error("a row of `transactions` did not open and counts as missing")
            return None

    def purge(self, now: float) -> int:
        """Delete the expired ones; how many they were."""
        old = delete(transactions).where(transactions.c.expires_at <= now)
        with self._database.writing() as connection:
            return connection.execute(old).rowcount


def _row(state_hash: str, expires_at: float) -> bytes:
    return associated("transaction", state_hash, float(expires_at))
