"""How often something may happen, counted for all replicas together (launch.md R35).

One row a key: the moment up to which its allowance is used. It is the generic cell
rate algorithm (ITU-T I.371, virtual scheduling): `count` at once, and as many again
in each `seconds`. One statement decides, so that no two replicas count past each other.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Double, case, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from smart_viewer.store.database import Database
from smart_viewer.store.seal import digest
from smart_viewer.store.tables import rate_limits


class Rates:
    """Allowances by key; the keys are stored as hashes."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def spend(self, key: str, count: int, seconds: float, cost: int = 1) -> float:
        """0.0: it may happen, and is counted. Else the seconds until it may.

        cost: how many are taken together, at most `count`. UpstreamUnavailable.
        """
        now, step = self._clock(), seconds / count * cost
        table, key_hash = rate_limits.c, digest(key)
        dialect = sqlite if self._database.is_sqlite else postgresql
        at = literal(now, Double)
        begin = case((table.used_until > at, table.used_until), else_=at)
        taking = (
            dialect.insert(rate_limits)
            .values(key_hash=key_hash, used_until=now + step)
            .on_conflict_do_update(
                index_elements=[table.key_hash],
                set_={"used_until": begin + step},
                where=begin + step <= now + seconds,
            )
            .returning(table.used_until)
        )
        used = select(table.used_until).where(table.key_hash == key_hash)
        with self._database.writing() as connection:
            if connection.execute(taking).first() is not None:
                return 0.0
            until: float = connection.execute(used).scalar_one()
        return max(until + step - now - seconds, seconds / count)

    def purge(self, now: float) -> int:
        """Forget the keys whose whole allowance is there again; how many."""
        old = delete(rate_limits).where(rate_limits.c.used_until <= now)
        with self._database.writing() as connection:
            return connection.execute(old).rowcount
