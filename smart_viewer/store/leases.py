"""One holder of a grant at a time, across threads, processes and replicas (R11).

Threads of one process queue on a lock of their own, so that a single one of them
asks the database; there, one UPDATE decides. A holder that dies frees the grant
when its lease ends, and one that comes back late can no longer write.
Replicas must agree on the time to within a fraction of the lease.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, get_ident

from sqlalchemy import ColumnElement, and_, or_, select, update

from smart_viewer.errors import GrantExpired, UpstreamUnavailable
from smart_viewer.store.database import Database
from smart_viewer.store.tables import grants

LEASE_S = 15.0  # longer than a token request may take, all time-outs together
POLL_MIN_S, POLL_MAX_S = 0.010, 0.050


@dataclass(slots=True)
class _Turn:
    """The queue of this process for one grant; `owner` is set while it is held."""

    lock: Lock = field(default_factory=Lock)
    users: int = 0
    owner: str | None = None
    thread: int | None = None


class Leases:
    """Who may refresh which grant."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._turns: dict[str, _Turn] = {}
        self._turns_lock = Lock()

    @contextmanager
    def exclusive(
        self, grant_id: str, timeout_s: float, lease_s: float = LEASE_S
    ) -> Iterator[None]:
        """Hold the grant. UpstreamUnavailable after `timeout_s`; GrantExpired if gone.

        Re-read the grant inside: another holder may have refreshed it meanwhile.
        """
        deadline = time.monotonic() + timeout_s
        with self._turn(grant_id, timeout_s) as turn:
            owner = secrets.token_hex(16)
            self._acquire(grant_id, owner, deadline, lease_s)
            turn.owner, turn.thread = owner, get_ident()
            try:
                yield
            finally:
                turn.owner = turn.thread = None
                self._release(grant_id, owner)

    def may_write(self, grant_id: str) -> ColumnElement[bool]:
        """The condition under which this thread may replace the grant's payload.

        A holder: the lease is still in its name. Anybody else: nobody holds it.
        """
        with self._turns_lock:
            turn = self._turns.get(grant_id)
            held = turn is not None and turn.thread == get_ident()
            owner = turn.owner if turn is not None and held else None
        this = grants.c.grant_id == grant_id
        if owner is not None:
            return and_(this, grants.c.lease_owner == owner)
        return and_(this, _is_free(self._clock()))

    @contextmanager
    def _turn(self, grant_id: str, timeout_s: float) -> Iterator[_Turn]:
        with self._turns_lock:
            turn = self._turns.setdefault(grant_id, _Turn())
            turn.users += 1
        try:
            if not turn.lock.acquire(timeout=max(timeout_s, 0)):
                raise _too_late()
            try:
                yield turn
            finally:
                turn.lock.release()
        finally:
            with self._turns_lock:
                turn.users -= 1
                if not turn.users:
                    del self._turns[grant_id]

    def _acquire(
        self, grant_id: str, owner: str, deadline: float, lease_s: float
    ) -> None:
        while not self._try(grant_id, owner, lease_s):
            if time.monotonic() >= deadline:
                raise _too_late()
            time.sleep(random.uniform(POLL_MIN_S, POLL_MAX_S))

    def _try(self, grant_id: str, owner: str, lease_s: float) -> bool:
        now = self._clock()
        taking = (
            update(grants)
            .where(grants.c.grant_id == grant_id, _is_free(now))
            .values(lease_owner=owner, lease_until=now + lease_s)
        )
        known = select(grants.c.grant_id).where(grants.c.grant_id == grant_id)
        with self._database.writing() as connection:
            if connection.execute(taking).rowcount:
                return True
            if connection.execute(known).first() is None:
                raise GrantExpired("The grant has ended.")
        return False

    def _release(self, grant_id: str, owner: str) -> None:
        ours = and_(grants.c.grant_id == grant_id, grants.c.lease_owner == owner)
        freeing = update(grants).where(ours).values(lease_owner=None, lease_until=None)
        with self._database.writing() as connection:
            connection.execute(freeing)


def _is_free(now: float) -> ColumnElement[bool]:
    return or_(grants.c.lease_owner.is_(None), grants.c.lease_until <= now)


def _too_late() -> UpstreamUnavailable:
    return UpstreamUnavailable("The grant is being renewed elsewhere; try again.")
