"""Grants: what a launch gained (tokens, context), sealed with a key of its own.

Deleting the grant deletes that key, and with it every copy of what it sealed.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection, delete, insert, select, update

from smart_viewer.errors import GrantExpired, UpstreamUnavailable
from smart_viewer.store.database import Database
from smart_viewer.store.leases import LEASE_S, Leases
from smart_viewer.store.seal import (
    KeyRing,
    SealBroken,
    associated,
    new_key,
    seal,
    unseal,
)
from smart_viewer.store.tables import grants

_log = logging.getLogger(__name__)
_ID_BYTES = 24


class Grants:
    """Sealed grants by opaque id. Any process may read, one at a time may refresh."""

    def __init__(
        self, database: Database, key: KeyRing, clock: Callable[[], float]
    ) -> None:
        self._database = database
        self._key = key
        self._leases = Leases(database, clock)

    def create(self, payload: bytes, now: float) -> str:
        """Keep a grant; its id, opaque and of 192 random bits."""
        grant_id, data_key = secrets.token_urlsafe(_ID_BYTES), new_key()
        row = insert(grants).values(
            grant_id=grant_id,
            wrapped_key=self._key.seal(data_key, associated("grant key", grant_id)),
            payload=seal(data_key, payload, associated("grant", grant_id)),
            created_at=now,
        )
        with self._database.writing() as connection:
            connection.execute(row)
        return grant_id

    def read(self, grant_id: str) -> bytes | None:
        """The payload. None where the grant is unknown, deleted or tampered with."""
        query = select(grants.c.wrapped_key, grants.c.payload)
        with self._database.reading() as connection:
            found = connection.execute(
                query.where(grants.c.grant_id == grant_id)
            ).first()
        if found is None:
            return None
        try:
            data_key = unwrap(self._key, found.wrapped_key, grant_id)
            return unseal(data_key, found.payload, associated("grant", grant_id))
        except SealBroken:
            _log.error("a row of `grants` did not open and counts as missing")
            return None

    def replace(self, grant_id: str, payload: bytes) -> None:
        """Keep another payload under the same id.

        Inside `exclusive` the lease must still be ours, outside nobody may hold it;
        else UpstreamUnavailable. GrantExpired where the grant has gone.
        """
        with self._database.writing() as connection:
            data_key = self._data_key(connection, grant_id)
            sealed = seal(data_key, payload, associated("grant", grant_id))
            ours = self._leases.may_write(grant_id)
            written = connection.execute(
                update(grants).where(ours).values(payload=sealed)
            )
            if not written.rowcount:
                raise UpstreamUnavailable("Another holder renews this grant.")

    def delete(self, grant_id: str) -> None:
        """Destroy the key, the grant and its readings, beyond recovery by us."""
        with self._database.writing() as connection:
            connection.execute(delete(grants).where(grants.c.grant_id == grant_id))
        self._database.forget_deleted()

    def exclusive(
        self, grant_id: str, timeout_s: float, lease_s: float = LEASE_S
    ) -> AbstractContextManager[None]:
        """Hold the grant alone, over all processes. See `Leases.exclusive`."""
        return self._leases.exclusive(grant_id, timeout_s, lease_s)

    def _data_key(self, connection: Connection, grant_id: str) -> bytes:
        query = select(grants.c.wrapped_key).where(grants.c.grant_id == grant_id)
        found = connection.execute(query).first()
        if found is None:
            raise GrantExpired("The grant has ended.")
        try:
            return unwrap(self._key, found.wrapped_key, grant_id)
        except SealBroken as cause:
            raise GrantExpired("The grant cannot be opened.") from cause


def unwrap(key: KeyRing, wrapped_key: bytes, grant_id: str) -> bytes:
    """The grant's data key. SealBroken."""
    return key.unseal(wrapped_key, associated("grant key", grant_id))
