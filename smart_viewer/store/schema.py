"""The schema is brought up to date at open, once, whoever comes first.

Alembic is imported only when something is to be done, so that a start is quick.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from smart_viewer.errors import SettingsInvalid
from smart_viewer.store.database import URL_KEY, Database

HEAD = "0005"  # the newest revision in migrations/versions
MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 0x534D5256  # "SMRV", any number that only we use


def bring_up_to_date(database: Database) -> None:
    """Create or upgrade the schema. SettingsInvalid when it is newer than the code."""
    if _revision_quickly(database) == HEAD:
        return
    with alone(database) as connection:
        if _revision(connection) != HEAD:
            _upgrade(connection)


def _revision_quickly(database: Database) -> str | None:
    if database.is_sqlite and not database.path.exists():
        return None
    with database.reading() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return None if row is None else str(row[0])


@contextmanager
def alone(database: Database) -> Iterator[Connection]:
    """A write transaction that no other process can be in for the same purpose."""
    if database.is_sqlite:
        _make_folder(database.path.parent)
        with _folder_lock(database.path.parent):
            _make_file(database)
            with database.writing() as connection:
                yield connection
        return
    with database.writing() as connection:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        yield connection


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as cause:
        raise SettingsInvalid(f"{URL_KEY}: its folder cannot be made") from cause


def _make_file(database: Database) -> None:
    try:
        database.make_file()
    except (OSError, sqlite3.Error) as cause:
        raise SettingsInvalid(f"{URL_KEY}: its file cannot be used") from cause


@contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    # Not the file itself: closing any descriptor of it would drop SQLite's own locks.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415  slow to import, rarely needed
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as cause:
        raise SettingsInvalid(
            f"{URL_KEY}: the database is of a newer release"
        ) from cause
