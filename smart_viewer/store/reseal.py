"""After a new master key: what older keys sealed is sealed again by the first one.

A row is written only where it still is what was read, so that replicas may go on.
What no key opens is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Row, Select, Table, select, update

from smart_viewer.store.database import Database
from smart_viewer.store.seal import KeyRing, SealBroken, associated
from smart_viewer.store.tables import grants, key_check, trail

_ROWS_AT_ONCE = 500


def reseal_grants(database: Database, key: KeyRing) -> int:
    """Wrap the data key of every grant again; how many grants."""
    columns = (grants.c.grant_id, grants.c.wrapped_key)
    return _reseal(database, key, grants, columns, "grant key")


def reseal_trail(database: Database, key: KeyRing) -> int:
    """Seal the body of every line again; its hash stays. How many lines."""
    return _reseal(database, key, trail, (trail.c.sequence, trail.c.body), "trail")


def reseal_key_check(database: Database, key: KeyRing) -> None:
    """Seal again the text by which a wrong key is noticed. SealBroken."""
    row = associated("key check")
    with database.writing() as connection:
        sealed = connection.execute(select(key_check.c.sealed)).scalar_one()
        again = key.seal(key.unseal(sealed, row), row)
        connection.execute(update(key_check).values(sealed=again))


def _reseal(
    database: Database,
    key: KeyRing,
    table: Table,
    columns: tuple[Column[Any], Column[Any]],
    purpose: str,
) -> int:
    name, sealed = columns
    count = 0
    query = select(name, sealed).order_by(name).limit(_ROWS_AT_ONCE)
    page = _rows(database, query)
    while page:
        with database.writing() as connection:
            for row_name, old in page:
                new = _again(key, old, associated(purpose, row_name))
                if new is not None:
                    same = update(table).where(name == row_name, sealed == old)
                    written = connection.execute(same.values({sealed.name: new}))
                    count += written.rowcount
        page = _rows(database, query.where(name > page[-1][0]))
    return count


def _rows(
    database: Database, query: Select[*tuple[Any, ...]]
) -> Sequence[Row[*tuple[Any, ...]]]:
    with database.reading() as connection:
        return connection.execute(query).all()


def _again(key: KeyRing, sealed: bytes, row: bytes) -> bytes | None:
    try:
        return key.seal(key.unseal(sealed, row), row)
    except SealBroken:
        return None
