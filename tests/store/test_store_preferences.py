"""What readers chose: by owner, sealed, and gone when its time is over."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select, text, update
from store_children import MASTER_KEY

from smart_viewer.store import open_store
from smart_viewer.store.database import Database
from smart_viewer.store.schema import HEAD, MIGRATIONS, alone
from smart_viewer.store.tables import preferences

USER = ("user", "https://ehr.example/fhir", "Practitioner/1")
READING = ("reading", "a-reading")


def test_what_is_kept_is_read_and_the_last_one_counts(store, other_store):
    store.preferences.keep(USER, b"first", now=1.0)
    other_store.preferences.keep(USER, b"second", now=2.0)

    assert store.preferences.read(USER, now=1e12) == b"second"


@pytest.mark.parametrize(
    "other",
    [
        ("user", "https://other.example/fhir", "Practitioner/1"),
        ("user", "https://ehr.example/fhir", "Practitioner/2"),
        ("user", "https://ehr.example/fhirPractitioner", "/1"),
        READING,
    ],
)
def test_another_owner_has_none_of_it(store, other):
    store.preferences.keep(USER, b"mine", now=1.0)

    assert store.preferences.read(other, now=1.0) is None


def test_a_reading_s_are_gone_when_it_has_expired_and_are_purged(store):
    store.preferences.keep(READING, b"for now", now=1.0, expires_at=10.0)
    store.preferences.keep(USER, b"for good", now=1.0)

    assert store.preferences.read(READING, now=9.0) == b"for now"
    assert store.preferences.read(READING, now=10.0) is None
    store.purge(10.0)
    assert rows(store) == 1
    assert store.preferences.read(USER, now=10.0) == b"for good"


def test_they_are_forgotten_on_demand_and_only_once(store):
    store.preferences.keep(READING, b"for now", now=1.0, expires_at=10.0)

    store.preferences.forget(READING)
    store.preferences.forget(READING)

    assert store.preferences.read(READING, now=1.0) is None


def test_the_raw_rows_name_nobody_and_say_nothing(store):
    store.preferences.keep(USER, b'{"language":"de"}', now=1.0)

    with store.database.reading() as connection:
        row = connection.execute(select(preferences)).one()
    assert "Practitioner" not in repr(row)
    assert b"language" not in row.payload
    assert len(row.owner_hash) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"payload": b"\x01 made up, and long enough for a nonce and a tag"},
        {"owner_hash": "0" * 64},
        {"expires_at": 99.0},
    ],
)
def test_a_row_that_was_tampered_with_counts_as_missing(store, change, caplog):
    store.preferences.keep(USER, b"mine", now=1.0)
    with store.database.writing() as connection:
        connection.execute(update(preferences).values(**change))

    assert store.preferences.read(USER, now=1.0) is None


def test_a_database_of_the_release_before_is_upgraded_and_keeps_what_it_has(
    database_url,
):
    database = Database(database_url)
    with alone(database) as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text("INSERT INTO transactions VALUES ('state', 'payload', 1.0)")
            if database.is_sqlite
            else text("INSERT INTO transactions VALUES ('state', 'payload'::bytea, 1)")
        )
    database.close()

    store = open_store(database_url, MASTER_KEY)

    store.preferences.keep(USER, b"mine", now=1.0)
    assert store.preferences.read(USER, now=1.0) == b"mine"
    with store.database.reading() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version"))
        assert revision.scalar() == HEAD
        kept = connection.execute(text("SELECT count(*) FROM transactions"))
        assert kept.scalar() == 1
    store.close()


def rows(store) -> int:
    with store.database.reading() as connection:
        return len(connection.execute(select(preferences.c.owner_hash)).all())
