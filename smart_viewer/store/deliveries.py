"""How far the audit trail was sent on, and by whom: the outbox of launch.md R38.

The trail itself is the outbox: its lines have no gaps and nobody deletes them. What
is left to send is every line above one number; lines that were refused stand apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from smart_viewer.store.database import Database
from smart_viewer.store.tables import deliveries, delivery_refused

_ROW = 1


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """Lines up to `delivered` were sent on, but for `refused` of them.

    attempts: failures in a row; before next_at (seconds since 1970) nobody tries.
    """

    delivered: int = 0
    attempts: int = 0
    next_at: float = 0.0
    refused: int = 0


class Deliveries:
    """One sender at a time, in whichever replica; `owner` is its name."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def state(self) -> DeliveryState:
        """How far it is. UpstreamUnavailable."""
        with self._database.reading() as connection:
            return _state(connection)

    def take(self, owner: str, lease_s: float) -> DeliveryState | None:
        """Become the sender for so long; None where another one is, or it is to wait.

        UpstreamUnavailable.
        """
        now, table = self._clock(), deliveries.c
        free = or_(table.lease_owner.is_(None), table.lease_until <= now)
        taking = (
            update(deliveries)
            .where(table.id == _ROW, free, table.next_at <= now)
            .values(lease_owner=owner, lease_until=now + lease_s)
        )
        with self._database.writing() as connection:
            _make_row(connection, self._database)
            taken = connection.execute(taking).rowcount
            return _state(connection) if taken else None

    def advance(self, owner: str, sequence: int, lease_s: float) -> bool:
        """Line `sequence` was delivered; False where another one sends meanwhile."""
        with self._database.writing() as connection:
            return self._advance(connection, owner, sequence, lease_s)

    def set_aside(
        self, owner: str, sequence: int, status: int, pause_s: float, lease_s: float
    ) -> bool:
        """Line `sequence` was refused: go on, and try it again after `pause_s`."""
        next_at = self._clock() + pause_s
        row = {"sequence": sequence, "status": status, "next_at": next_at}
        with self._database.writing() as connection:
            if not self._advance(connection, owner, sequence, lease_s):
                return False
            connection.execute(insert(delivery_refused).values(**row))
            return True

    def refused_due(self, most: int) -> Sequence[int]:
        """Refused lines that are to be tried again now."""
        table = delivery_refused.c
        query = (
            select(table.sequence)
            .where(table.next_at <= self._clock())
            .order_by(table.sequence)
            .limit(most)
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalars().all()

    def refused_again(self, sequence: int, status: int, pause_s: float) -> None:
        """Not taken this time either."""
        row = update(delivery_refused).where(delivery_refused.c.sequence == sequence)
        next_at = self._clock() + pause_s
        with self._database.writing() as connection:
            connection.execute(row.values(status=status, next_at=next_at))

    def taken_after_all(self, sequence: int) -> None:
        """A refused line was delivered."""
        row = delete(delivery_refused).where(delivery_refused.c.sequence == sequence)
        with self._database.writing() as connection:
            connection.execute(row)

    def hold(self, owner: str, lease_s: float) -> bool:
        """Stay the sender for so long; False where another one is meanwhile."""
        holding = update(deliveries).where(_is(owner))
        until = self._clock() + lease_s
        with self._database.writing() as connection:
            held = connection.execute(holding.values(lease_until=until))
            return held.rowcount == 1

    def let_go(self, owner: str) -> None:
        """Others may send."""
        self._update(owner, lease_owner=None, lease_until=None)

    def back_off(self, owner: str, attempts: int, pause_s: float) -> None:
        """It failed: nobody tries for so long."""
        self._update(
            owner,
            attempts=attempts,
            next_at=self._clock() + pause_s,
            lease_owner=None,
            lease_until=None,
        )

    def _update(self, owner: str, **values: object) -> None:
        with self._database.writing() as connection:
            connection.execute(update(deliveries).where(_is(owner)).values(**values))

    def _advance(
        self, connection: Connection, owner: str, sequence: int, lease_s: float
    ) -> bool:
        until = self._clock() + lease_s
        values: dict[str, Any] = {"delivered": sequence, "attempts": 0}
        moving = update(deliveries).where(_is(owner)).values(**values)
        moving = moving.where(deliveries.c.delivered == sequence - 1)
        return connection.execute(moving.values(lease_until=until)).rowcount == 1


def _is(owner: str) -> ColumnElement[bool]:
    return and_(deliveries.c.id == _ROW, deliveries.c.lease_owner == owner)


def _make_row(connection: Connection, database: Database) -> None:
    row = {"id": _ROW, "delivered": 0, "attempts": 0, "next_at": 0.0}
    making = database.insert(deliveries).values(**row).on_conflict_do_nothing()
    connection.execute(making)


def _state(connection: Connection) -> DeliveryState:
    table = deliveries.c
    query = select(table.delivered, table.attempts, table.next_at)
    found = connection.execute(query).first()
    refused = select(func.count()).select_from(delivery_refused)
    count: int = connection.execute(refused).scalar_one()
    return DeliveryState(*found, count) if found else DeliveryState()
