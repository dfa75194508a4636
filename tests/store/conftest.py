"""Databases for the tests of the store: SQLite files, and a throw-away PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgresql_cluster import make_database, running_cluster
from store_children import MASTER_KEY

from smart_viewer.store import Store, open_store

_numbers = itertools.count()


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def cluster(need: Callable[[str], Path]) -> Iterator[Path]:
    """The socket folder of a PostgreSQL cluster of our own, without TCP."""
    programs = need("postgresql")
    pytest.importorskip("psycopg")
    with running_cluster(programs) as folder:
        yield folder


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database file that is not there yet, in a folder that is not there yet."""
    return f"sqlite:///{tmp_path / 'state' / 'store.sqlite'}"


@pytest.fixture
def postgresql_url(cluster: Path, need: Callable[[str], Path]) -> str:
    """A fresh database of the throw-away cluster."""
    return make_database(need("postgresql"), cluster, f"test_{next(_numbers)}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def clock() -> Clock:
    """The store's clock, standing still."""
    return Clock()


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    """A fresh store."""
    opened = open_store(database_url, MASTER_KEY, clock)
    yield opened
    opened.close()


@pytest.fixture
def other_store(store: Store, database_url: str, clock: Clock) -> Iterator[Store]:
    """The same database opened a second time, as another replica would."""
    opened = open_store(database_url, MASTER_KEY, clock)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str, clock: Clock) -> Iterator[Store]:
    """A fresh store in an SQLite file, for tests that look into the file."""
    opened = open_store(sqlite_url, MASTER_KEY, clock)
    yield opened
    opened.close()
