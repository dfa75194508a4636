"""An administrator's permits to show one blocked study once (launch.md 10.2).

A permit is kept under a keyed hash of EHR, user, patient and study: who reads the
database learns none of them. It is taken by the first reading that meets it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, insert

from smart_viewer.store.database import Database
from smart_viewer.store.seal import MasterKeys, associated, derive_keys
from smart_viewer.store.tables import overrides

PERMIT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Permit:
    """Whom it is for: this user of this EHR, this patient's study, and nobody else."""

    ehr_id: str
    user: str | None
    patient: str
    study_instance_uid: str


class Overrides:
    """Permits that nobody has used yet."""

    def __init__(
        self, database: Database, masters: MasterKeys, clock: Callable[[], float]
    ) -> None:
        self._database = database
        self._keys = derive_keys(masters, "overrides")
        self._clock = clock

    def allow(self, permit: Permit, reason: str) -> None:
        """Keep the permit for an hour; it replaces an older one like it."""
        hashes = self._hashes(permit)
        row = {
            "key_hash": hashes[0],
            "reason": reason,
            "expires_at": self._clock() + PERMIT_S,
        }
        with self._database.writing() as connection:
            connection.execute(
                delete(overrides).where(overrides.c.key_hash.in_(hashes))
            )
            connection.execute(insert(overrides).values(**row))

    def take(self, permit: Permit) -> str | None:
        """The reason of a permit that is used up by this; None where there is none."""
        table = overrides.c
        taking = (
            delete(overrides)
            .where(table.key_hash.in_(self._hashes(permit)))
            .where(table.expires_at > self._clock())
            .returning(table.reason)
        )
        with self._database.writing() as connection:
            found = connection.execute(taking).scalars().all()
        return str(found[0]) if found else None

    def purge(self, now: float) -> None:
        """Forget permits that nobody used in time."""
        old = delete(overrides).where(overrides.c.expires_at <= now)
        with self._database.writing() as connection:
            connection.execute(old)

    def _hashes(self, permit: Permit) -> list[str]:
        text = associated(
            permit.ehr_id,
            permit.user or "",
            permit.patient,
            permit.study_instance_uid,
        )
        return [hmac.digest(key, text, "sha256").hex() for key in self._keys]
