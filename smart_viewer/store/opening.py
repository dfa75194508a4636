"""`open_store`: the one door to what is kept between requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import insert, select

from smart_viewer.errors import SettingsInvalid
from smart_viewer.store.database import Database
from smart_viewer.store.deliveries import Deliveries
from smart_viewer.store.grants import Grants
from smart_viewer.store.overrides import Overrides
from smart_viewer.store.preferences import PreferenceStore
from smart_viewer.store.rates import Rates
from smart_viewer.store.readings import Readings
from smart_viewer.store.reseal import reseal_grants, reseal_key_check, reseal_trail
from smart_viewer.store.schema import alone, bring_up_to_date
from smart_viewer.store.seal import KeyRing, MasterKeys, SealBroken, associated
from smart_viewer.store.tables import key_check
from smart_viewer.store.trail import TrailStore
from smart_viewer.store.transactions import Transactions

_CHECK_TEXT = b"smart-viewer"
_CHECK_ROW = associated("key check")


@dataclass(frozen=True, slots=True)
class Store:
    """Everything one replica keeps; made by `open_store`, used by many threads."""

    transactions: Transactions
    grants: Grants
    readings: Readings
    preferences: PreferenceStore
    trail: TrailStore
    rates: Rates
    deliveries: Deliveries
    overrides: Overrides
    database: Database
    _grant_key: KeyRing
    _trail_key: KeyRing
    _check_key: KeyRing

    def purge(self, now: float) -> int:
        """Delete what has expired; how many readings that were."""
        self.transactions.purge(now)
        self.preferences.purge(now)
        self.rates.purge(now)
        self.overrides.purge(now)
        return self.readings.purge(now)

    def reseal(self) -> tuple[int, int]:
        """Seal again, with the first key, what older ones did: grants, trail lines."""
        reseal_key_check(self.database, self._check_key)
        resealed = reseal_grants(self.database, self._grant_key)
        return resealed, reseal_trail(self.database, self._trail_key)

    def close(self) -> None:
        """Give back the connections."""
        self.database.close()


def open_store(
    database_url: str, master_keys: MasterKeys, clock: Callable[[], float] = time.time
) -> Store:
    """The store behind that URL, its schema made or upgraded first.

    master_keys: one, or several: the first seals, each of them opens.
    clock: seconds since 1970, for leases and rates. Open it after a fork, not before.
    SettingsInvalid: no such database, or sealed with another key.
    UpstreamUnavailable: the database does not answer.
    """
    check_key = KeyRing(master_keys, "key check")
    database = Database(database_url)
    try:
        bring_up_to_date(database)
        _check_key(database, check_key)
    except BaseException:
        database.close()
        raise
    grant_key = KeyRing(master_keys, "grant keys")
    trail_key = KeyRing(master_keys, "trail bodies")
    return Store(
        transactions=Transactions(database, KeyRing(master_keys, "transactions")),
        grants=Grants(database, grant_key, clock),
        readings=Readings(database, grant_key),
        preferences=PreferenceStore(database, master_keys),
        trail=TrailStore(database, trail_key),
        rates=Rates(database, clock),
        deliveries=Deliveries(database, clock),
        overrides=Overrides(database, master_keys, clock),
        database=database,
        _grant_key=grant_key,
        _trail_key=trail_key,
        _check_key=check_key,
    )


def _check_key(database: Database, key: KeyRing) -> None:
    query = select(key_check.c.sealed)
    with database.reading() as connection:
        sealed = connection.execute(query).scalar()
    if sealed is None:
        with alone(database) as connection:  # the first to come leaves its mark
            sealed = connection.execute(query).scalar()
            if sealed is None:
                sealed = key.seal(_CHECK_TEXT, _CHECK_ROW)
                connection.execute(insert(key_check).values(id=1, sealed=sealed))
    try:
        key.unseal(sealed, _CHECK_ROW)
    except SealBroken as cause:
        raise SettingsInvalid(
            "SMART_VIEWER_KEY is not the key that this database was made with"
        ) from cause
