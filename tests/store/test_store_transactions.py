"""Launches under way (launch.md R5)."""

import pytest
import store_children
from spawned import in_processes
from sqlalchemy import select, update

from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.store.seal import digest
from smart_viewer.store.tables import transactions


@pytest.mark.requirement("R5")
def test_a_state_is_taken_once(store):
    store.transactions.put("state", b"verifier", expires_at=10)

    assert store.transactions.take("state", now=9) == b"verifier"
    assert store.transactions.take("state", now=9) is None


def test_an_unknown_state_is_nothing(store):
    assert store.transactions.take("state", now=0) is None


@pytest.mark.requirement("R5")
def test_an_expired_state_is_nothing_and_is_used_up(store):
    store.transactions.put("state", b"verifier", expires_at=10.0)

    assert store.transactions.take("state", now=10.0) is None
    assert store.transactions.take("state", now=1.0) is None


def test_the_state_itself_is_not_stored(store):
    store.transactions.put("state", b"verifier", expires_at=10.0)

    with store.database.reading() as connection:
        kept = connection.execute(select(transactions.c.state_hash)).scalars().all()
    assert kept == [digest("state")]


def test_a_state_cannot_be_put_twice(store):
    store.transactions.put("state", b"verifier", expires_at=10.0)

    with pytest.raises(UpstreamUnavailable):
        store.transactions.put("state", b"another", expires_at=10.0)

    assert store.transactions.take("state", now=1.0) == b"verifier"


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": 99.0},  # prolonged
        {"state_hash": digest("other")},  # moved
        {"payload": b"\x01 made up, and long enough for a nonce and a tag"},
    ],
)
def test_a_row_that_was_tampered_with_counts_as_missing(store, change, caplog):
    store.transactions.put("state", b"verifier", expires_at=10.0)
    with store.database.writing() as connection:
        connection.execute(update(transactions).values(**change))

    taken = [store.transactions.take(state, now=1.0) for state in ("state", "other")]

    assert taken == [None, None]
    assert "did not open" in caplog.text


def test_purge_deletes_the_expired_ones_only(store):
    store.transactions.put("old", b"1", expires_at=10.0)
    store.transactions.put("new", b"2", expires_at=11.0)

    assert store.transactions.purge(now=10.0) == 1
    assert store.transactions.take("new", now=10.0) == b"2"


@pytest.mark.requirement("R5")
def test_twenty_threads_in_two_processes_have_one_winner(store, database_url):
    store.transactions.put("state", b"verifier", expires_at=10.0)

    taken = in_processes(2, store_children.take_by_many_threads, database_url)

    assert [payload for one in taken for payload in one] == [b"verifier"]
