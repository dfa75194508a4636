"""Readings: sealed plans with revisions, and the secrets of their pages."""

import pytest
import store_children
from spawned import in_processes
from sqlalchemy import select, update

from smart_viewer.errors import GrantExpired, OutsideReading
from smart_viewer.store.readings import ORPHAN_S, SECRETS_KEPT, ReadingRow
from smart_viewer.store.seal import digest
from smart_viewer.store.tables import grants, reading_secrets, readings

BROWSER = digest("browser")
END = 100.0


@pytest.fixture
def grant_id(store):
    return store.grants.create(b"token", now=1.0)


@pytest.fixture
def reading_id(store, grant_id):
    store.readings.create("a-reading", grant_id, BROWSER, b"plan", END)
    return "a-reading"


def test_a_reading_is_read_back_whole(store, grant_id, reading_id):
    expected = ReadingRow(reading_id, grant_id, BROWSER, 0, b"plan", END)

    assert store.readings.read(reading_id, now=99.9) == expected


def test_an_unknown_or_expired_reading_is_nothing(store, reading_id):
    assert store.readings.read("unknown", now=0.0) is None
    assert store.readings.read(reading_id, now=END) is None


def test_a_reading_needs_a_grant_that_is_there(store):
    with pytest.raises(GrantExpired):
        store.readings.create("a-reading", "no-grant", BROWSER, b"plan", END)


def test_a_revision_is_kept_only_on_top_of_the_newest(store, reading_id):
    assert store.readings.revise(reading_id, 0, b"second")
    assert not store.readings.revise(reading_id, 0, b"from an old page")

    row = store.readings.read(reading_id, 1.0)
    assert row is not None
    assert (row.revision, row.payload) == (1, b"second")


def test_a_reading_that_has_gone_cannot_be_revised(store, reading_id):
    store.readings.delete(reading_id)

    assert not store.readings.revise(reading_id, 0, b"second")


def test_revisions_of_two_processes_never_overwrite_each_other(
    store, database_url, reading_id
):
    store.readings.delete(reading_id)
    grant_id = store.grants.create(b"token", 1.0)
    store.readings.create("reading", grant_id, BROWSER, b"plan", END)

    kept = in_processes(2, store_children.revise_many, database_url, 20)

    row = store.readings.read("reading", 0.0)
    assert row is not None
    assert row.revision == sum(kept)


def test_deleting_a_reading_leaves_its_grant_and_no_secret(store, grant_id, reading_id):
    store.readings.add_secret(reading_id, digest("secret"), 1.0)

    store.readings.delete(reading_id)

    assert store.readings.read(reading_id, 1.0) is None
    assert not store.readings.has_secret(reading_id, digest("secret"))
    assert store.grants.read(grant_id) == b"token"


@pytest.mark.parametrize(
    "change",
    [
        {"browser_hash": digest("thief")},
        {"expires_at": 9e9},
        {"revision": 7},
        {"payload": b"\x01 made up, and long enough for a nonce and a tag"},
        {"payload": b""},
    ],
)
def test_a_reading_that_was_tampered_with_counts_as_missing(
    store, reading_id, change, caplog
):
    with store.database.writing() as connection:
        connection.execute(update(readings).values(**change))

    assert store.readings.read(reading_id, 1.0) is None
    assert not store.readings.revise(reading_id, change.get("revision", 0), b"x")
    assert "`readings` did not open" in caplog.text


@pytest.mark.requirement("R28")
def test_a_plan_moved_to_another_patients_reading_counts_as_missing(
    store, grant_id, reading_id
):
    other_grant = store.grants.create(b"token", 1.0)
    store.readings.create("other", other_grant, BROWSER, b"other plan", END)
    with store.database.writing() as connection:
        payload = connection.execute(
            select(readings.c.payload).where(readings.c.reading_id == reading_id)
        ).scalar_one()
        connection.execute(
            update(readings)
            .where(readings.c.reading_id == "other")
            .values(payload=payload, grant_id=grant_id)
        )

    assert store.readings.read("other", 1.0) is None


@pytest.mark.requirement("R28")
def test_a_secret_opens_its_own_reading_only(store, grant_id, reading_id):
    store.readings.create("other", grant_id, BROWSER, b"plan", END)

    store.readings.add_secret(reading_id, digest("secret"), 1.0)

    assert store.readings.has_secret(reading_id, digest("secret"))
    assert not store.readings.has_secret(reading_id, digest("another"))
    assert not store.readings.has_secret("other", digest("secret"))


def test_an_unknown_reading_takes_no_secret(store):
    with pytest.raises(OutsideReading):
        store.readings.add_secret("unknown", digest("secret"), 1.0)


def test_only_the_sixteen_newest_secrets_of_a_reading_are_kept(
    store, grant_id, reading_id
):
    store.readings.create("other", grant_id, BROWSER, b"plan", END)
    store.readings.add_secret("other", digest("theirs"), 1.0)
    for number in range(SECRETS_KEPT + 4):
        store.readings.add_secret(reading_id, digest(str(number)), 1.0)

    known = [
        number
        for number in range(SECRETS_KEPT + 4)
        if store.readings.has_secret(reading_id, digest(str(number)))
    ]

    assert known == list(range(4, 20))
    assert store.readings.has_secret("other", digest("theirs"))


def test_readings_of_a_browser_are_counted_until_they_expire(
    store, grant_id, reading_id
):
    store.readings.create("second", grant_id, BROWSER, b"plan", END + 10)
    store.readings.create("third", grant_id, digest("other browser"), b"plan", END)

    assert store.readings.count_of_browser(BROWSER, now=1.0) == 2
    assert store.readings.count_of_browser(BROWSER, now=END) == 1
    assert store.readings.count_of_browser(digest("nobody"), now=1.0) == 0


def test_purge_deletes_expired_readings_with_secrets_and_grants(
    store, grant_id, reading_id
):
    store.readings.add_secret(reading_id, digest("secret"), 1.0)
    living_grant = store.grants.create(b"token", 1.0)
    store.readings.create("living", living_grant, BROWSER, b"plan", END + 1)

    assert store.purge(now=END) == 1

    assert store.grants.read(grant_id) is None
    assert store.grants.read(living_grant) == b"token"
    assert store.readings.read("living", now=END) is not None
    with store.database.reading() as connection:
        assert connection.execute(select(reading_secrets)).all() == []
        assert len(connection.execute(select(grants)).all()) == 1


def test_purge_keeps_a_grant_that_another_reading_still_uses(
    store, grant_id, reading_id
):
    store.readings.create("later", grant_id, BROWSER, b"plan", END + 1)

    assert store.readings.purge(now=END) == 1

    assert store.grants.read(grant_id) == b"token"
    assert store.readings.purge(now=END + 1) == 1
    assert store.grants.read(grant_id) is None


def test_purge_gives_a_launch_under_way_an_hour(store):
    grant_id = store.grants.create(b"token", now=1.0)

    assert store.purge(now=ORPHAN_S) == 0
    assert store.grants.read(grant_id) == b"token"

    store.purge(now=1.0 + ORPHAN_S)
    assert store.grants.read(grant_id) is None


def test_purge_deletes_expired_launches(store):
    store.transactions.put("state", b"verifier", expires_at=10.0)

    store.purge(now=10.0)

    assert store.transactions.take("state", now=1.0) is None
