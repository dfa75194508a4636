"""The database is locked or full: readings go on or say so, nothing is lost."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import requests
from sqlalchemy import event, func, select
from world import Walk, World, running_world

from smart_viewer.app import open_trail
from smart_viewer.store.tables import readings

SHORT_S = 0.2  # in place of ten seconds, for what is to run out


@pytest.fixture
def short(samples: Path, tmp_path: Path, monkeypatch) -> Iterator[World]:
    """A world that waits less long for a locked database."""
    monkeypatch.setattr("smart_viewer.store.database.BUSY_TIMEOUT_S", SHORT_S)
    with running_world(tmp_path, samples / "mismatch") as world:
        yield world


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Somebody else writes to the database, and does not come to an end."""
    path = world.house.store.database.path
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(world: World) -> Iterator[None]:
    """The database has no page left: SQLite says what it says of a full disk."""
    engine = world.house.store.database.engine

    def limit(connection: Any, _entry: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    with world.house.store.database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE stuffing (bytes BLOB)")
    event.listen(engine, "connect", limit)
    engine.dispose()
    try:
        _stuff(world)
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()
        with world.house.store.database.writing() as connection:
            connection.exec_driver_sql("DROP TABLE stuffing")


def _stuff(world: World) -> None:
    """Fill what is free, until not even a small row has a place."""
    path = world.house.store.database.path
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count={pages}")
        for size in (3000, 300, 30):
            with pytest.raises(sqlite3.OperationalError, match="full"):
                while True:
                    raw.execute("INSERT INTO stuffing VALUES (zeroblob(?))", (size,))


TROUBLE: dict[str, Callable[[World], Any]] = {"locked": locked, "full": full}


class Opened:
    """A reading in a browser of its own."""

    def __init__(self, world: World) -> None:
        self.world, self.walk = world, Walk()
        self.answer = self.walk.get(world.launch_url(world.order_ids()[0]))
        assert self.answer.status_code == 200, self.answer.text
        found = re.search(r'id="boot">(.*?)</script>', self.answer.text, re.DOTALL)
        assert found is not None
        self.boot = json.loads(found[1])

    def ask(self, method: str, path: str) -> requests.Response:
        return requests.request(
            method,
            f"{self.world.app_url}{self.boot['base']}{path}",
            headers={"X-Reading": self.boot["secret"]},
            cookies=self.walk.cookies_of(self.world.app_url),
            timeout=60,
        )


def says_so(answer: requests.Response) -> bool:
    """In words, with a next step and an id, and with nothing of our insides."""
    found = answer.json()
    whole = all(found[k] for k in ("title", "detail", "next_step", "correlation_id"))
    inside = re.search(r"Traceback|sqlite|SELECT|INSERT|locked|/tmp", answer.text)
    return answer.status_code == 502 and whole and inside is None


def kept(world: World) -> int:
    with world.house.store.database.reading() as connection:
        return connection.execute(
            select(func.count()).select_from(readings)
        ).scalar_one()


@pytest.mark.parametrize("trouble", TROUBLE)
def test_readings_go_on_and_what_cannot_be_written_says_so(short, trouble):
    opened = Opened(short)
    before = opened.ask("GET", "/d/0/f/0").content
    trail = open_trail(short.settings, short.house.store)
    lines, readings_kept = trail.verify().lines, kept(short)

    with TROUBLE[trouble](short):
        # More frames than one block of the limit: they go on uncounted.
        frames = [opened.ask("GET", "/d/0/f/0") for _ in range(60)]
        assert {one.status_code for one in frames} == {200}
        assert {one.content for one in frames} == {before}
        refused = Walk().get(short.launch_url(short.order_ids()[0]))
        assert says_so(refused)
        ended = opened.ask("POST", "/end")
        assert says_so(ended)  # an end that cannot be recorded does not happen
        for path in ("/healthz", "/readyz"):
            assert requests.get(f"{short.app_url}{path}", timeout=60).ok
        assert opened.ask("GET", "/d/0/f/0").content == before

    assert kept(short) == readings_kept
    report = trail.verify()
    assert report.intact
    assert report.lines >= lines
    assert Opened(short).ask("GET", "/d/0/f/0").content == before
    assert opened.ask("POST", "/end").status_code == 204
    assert opened.ask("GET", "/d/0/f/0").status_code == 404
    assert trail.verify().intact


@pytest.mark.parametrize("trouble", TROUBLE)
def test_what_was_acknowledged_before_is_there_afterwards(short, trouble):
    """Readings, their secrets, their pictures, and every line of the trail."""
    opened = [Opened(short) for _ in range(3)]
    bodies = [row.body for row in short.house.store.trail.lines()]

    with TROUBLE[trouble](short):
        assert says_so(Walk().get(short.launch_url(short.order_ids()[0])))

    assert [one.ask("GET", "/d/0/f/0").status_code for one in opened] == [200] * 3
    after = [row.body for row in short.house.store.trail.lines()]
    assert after[: len(bodies)] == bodies


def test_who_comes_while_it_is_locked_for_a_moment_waits_and_is_served(
    samples, tmp_path, monkeypatch
):
    with running_world(tmp_path, samples / "mismatch") as world:
        waiting = Event()
        database = world.house.store.database
        writing = type(database).writing

        def watched(self):
            waiting.set()
            return writing(self)

        monkeypatch.setattr(type(database), "writing", watched)
        with ThreadPoolExecutor(1) as pool:
            with locked(world):
                coming = pool.submit(Opened, world)
                assert waiting.wait(60)
            assert coming.result(60).ask("GET", "/d/0/f/0").status_code == 200
