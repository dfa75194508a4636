"""`open_store`: the one door to what is kept between requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import insert, select

from smart_viewer.errors import SettingsInvalid
from smart_viewer.store.database import Database
from smart_viewer.store.grants import Grants
from smart_viewer.store.preferences import PreferenceStore
from smart_viewer.store.readings import Readings
from smart_viewer.store.schema import alone, bring_up_to_date
from smart_viewer.store.seal import SealBroken, associated, derive_key, seal, unseal
from smart_viewer.store.tables import key_check
from smart_viewer.store.trail import TrailStore
from smart_viewer.store.transactions import Transactions

_CHECK_TEXT = b"smart-viewer"


@dataclass(frozen=True, slots=True)
class Store:
    """Everything one replica keeps; made by `open_store`, used by many threads."""

    transactions: Transactions
    grants: Grants
    readings: Readings
    preferences: PreferenceStore
    trail: TrailStore
    database: Database

    def purge(self, now: float) -> int:
        """Delete what has expired; how many readings that were."""
        self.transactions.purge(now)
        self.preferences.purge(now)
        return self.readings.purge(now)

    def close(self) -> None:
        """Give back the connections."""
        self.database.close()


def open_store(
    database_url: str, master_key: bytes, clock: Callable[[], float] = time.time
) -> Store:
    """The store behind that URL, its schema made or upgraded first.

    clock: seconds since 1970, for leases. Open it after a fork, not before.
    SettingsInvalid: no such database, or sealed with another key.
    UpstreamUnavailable: the database does not answer.
    """
    check_key = derive_key(master_key, "key check")
    database = Database(database_url)
    try:
        bring_up_to_date(database)
        _check_key(database, check_key)
    except BaseException:
        database.close()
        raise
    grant_key = derive_key(master_key, "grant keys")
    return Store(
        transactions=Transactions(database, derive_key(master_key, "transactions")),
        grants=Grants(database, grant_key, clock),
        readings=Readings(database, grant_key),
        preferences=PreferenceStore(
            database,
            derive_key(master_key, "preferences"),
            derive_key(master_key, "preference owners"),
        ),
        trail=TrailStore(database, derive_key(master_key, "trail bodies")),
        database=database,
    )


def _check_key(database: Database, key: bytes) -> None:
    query = select(key_check.c.sealed)
    with database.reading() as connection:
        sealed = connection.execute(query).scalar()
    if sealed is None:
        with alone(database) as connection:  # the first to come leaves its mark
            sealed = connection.execute(query).scalar()
            if sealed is None:
                sealed = seal(key, _CHECK_TEXT, associated("key check"))
                connection.execute(insert(key_check).values(id=1, sealed=sealed))
    try:
        unseal(key, sealed, associated("key check"))
    except SealBroken as cause:
        raise SettingsInvalid(
            "SMART_VIEWER_KEY is not the key that this database was made with"
        ) from cause
