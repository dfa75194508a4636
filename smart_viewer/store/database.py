"""The engine, and the two ways to use it: `reading()` and `writing()`.

SQLite: WAL, a write takes its lock at once (BEGIN IMMEDIATE), so that it never has
to be upgraded in the middle. PostgreSQL: its own READ COMMITTED.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from smart_viewer.errors import SettingsInvalid, UpstreamUnavailable

BUSY_TIMEOUT_S = 10.0
CHECKPOINT_TIMEOUT_S = 0.5  # others wait as long while the log is emptied
POOL_SIZE = 8
POOL_OVERFLOW = 56  # as many as a replica has threads, at the very most
URL_KEY = "SMART_VIEWER_DATABASE_URL"
# libpq's words: a server that is gone without a word must not hold every thread.
PATIENCE = {
    "connect_timeout": 5,  # s
    "keepalives_idle": 10,  # s
    "keepalives_interval": 5,  # s
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,  # ms
}
_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}


class Database:
    """One engine, used by many threads."""

    def __init__(self, url: str) -> None:
        """SettingsInvalid when the URL names no database that can be used."""
        self.url = _parsed(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(self.url)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _set_pragmas)
            event.listen(self.engine, "begin", _begin)
        self._writer = self.engine.execution_options(smart_viewer_begins="IMMEDIATE")
        self._without_begin = self.engine.execution_options(smart_viewer_begins=None)

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        return Path(str(self.url.database)).absolute()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent look at the data. UpstreamUnavailable."""
        with _named_errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed at the end. UpstreamUnavailable."""
        with _named_errors(), self._writer.begin() as connection:
            yield connection

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that may say what happens where the row is there already."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def make_file(self) -> None:
        """The SQLite file, in WAL mode, for us alone. OSError, sqlite3.Error."""
        if not self.path.exists():
            # Never where SQLite may have it open: closing any descriptor drops this
            # process's locks, and another process then removes a log still in use.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self.path.chmod(0o600)  # -wal and -shm take the mode of this file
        with closing(sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S)) as raw:
            raw.execute("PRAGMA journal_mode=WAL").fetchall()

    def forget_deleted(self) -> None:
        """Empty SQLite's write-ahead log, where deleted rows would live on.

        Best effort: a busy database keeps them until its next checkpoint.
        PostgreSQL keeps deleted rows until it vacuums.
        """
        if not self.is_sqlite:
            return
        with _named_errors(), self._without_begin.connect() as connection:
            _wait_for_others(connection, CHECKPOINT_TIMEOUT_S)
            try:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
            finally:
                _wait_for_others(connection, BUSY_TIMEOUT_S)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as cause:
        raise SettingsInvalid(f"{URL_KEY}: not a database URL") from cause
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise SettingsInvalid(f"{URL_KEY}: use sqlite:/// or postgresql://")
    if driver == _DRIVERS["sqlite"] and parsed.database in {None, "", ":memory:"}:
        raise SettingsInvalid(f"{URL_KEY}: SQLite needs a file")
    return parsed.set(drivername=driver)


def _engine(url: URL) -> Engine:
    try:
        return create_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_pre_ping=url.get_backend_name() == "postgresql",
            hide_parameters=True,  # a failed statement must not print its values
            connect_args=PATIENCE if url.get_backend_name() == "postgresql" else {},
        )
    except ModuleNotFoundError as cause:
        raise SettingsInvalid(
            f"{URL_KEY}: PostgreSQL needs the extra smart-viewer[postgres]"
        ) from cause


def _set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # `_begin` starts transactions, not sqlite3
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # a deleted key is overwritten
    cursor.close()


def _begin(connection: Connection) -> None:
    how = connection.get_execution_options().get("smart_viewer_begins", "DEFERRED")
    if how is not None:
        connection.exec_driver_sql(f"BEGIN {how}")


def _wait_for_others(connection: Connection, seconds: float) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(seconds * 1000)}").all()


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as cause:
        raise UpstreamUnavailable("The state database does not answer.") from cause
