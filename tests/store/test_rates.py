"""Limits counted for all replicas together (launch.md R35). Oracle: hand computation.

A rate of 10/60 gives ten at once and one more every six seconds.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from store_children import MASTER_KEY

from smart_viewer.store import open_store

pytestmark = pytest.mark.requirement("R35")

COUNT, SECONDS = 10, 60.0


def spend(store, key="k", cost=1):
    return store.rates.spend(key, COUNT, SECONDS, cost)


def test_so_many_are_allowed_at_once_and_the_next_one_is_told_when(store):
    assert [spend(store) for _ in range(COUNT)] == [0.0] * COUNT
    assert spend(store) == 6.0


def test_two_replicas_count_together(store, other_store):
    both = [spend(one) for one in (store, other_store) for _ in range(COUNT // 2)]
    assert both == [0.0] * COUNT
    assert spend(store) == spend(other_store) == 6.0


def test_waiting_as_long_as_was_said_is_enough_and_less_is_not(store, clock):
    for _ in range(COUNT):
        spend(store)
    clock.now += 5.9
    assert spend(store) == pytest.approx(0.1, abs=1e-6) or spend(store) == 6.0
    clock.now += 0.2
    assert spend(store) == 0.0


def test_what_is_refused_is_not_counted(store, clock):
    for _ in range(5 * COUNT):
        spend(store)
    clock.now += 6.1
    assert spend(store) == 0.0


def test_after_the_whole_time_the_whole_allowance_is_there_again(store, clock):
    for _ in range(COUNT):
        spend(store)
    clock.now += SECONDS
    assert [spend(store) for _ in range(COUNT + 1)] == [0.0] * COUNT + [6.0]


def test_keys_do_not_know_each_other(store):
    for _ in range(COUNT):
        spend(store, "one")
    assert spend(store, "other") == 0.0


def test_several_can_be_taken_together_or_none(store):
    assert spend(store, cost=8) == 0.0
    assert spend(store, cost=3) == 6.0
    assert spend(store, cost=2) == 0.0


def test_at_the_same_moment_no_two_get_the_last_one(store, other_store):
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(spend, one)
            for _ in range(COUNT)
            for one in (store, other_store)
        ]
        got = [one.result() for one in asked]
    assert got.count(0.0) == COUNT


def test_a_key_is_kept_as_a_hash_and_forgotten_when_it_says_nothing(store, clock):
    spend(store, "203.0.113.9")
    query = text("SELECT key_hash FROM rate_limits")
    with store.database.reading() as connection:
        (kept,) = connection.execute(query).scalars().all()
    assert "203" not in kept or len(kept) == 64
    assert store.rates.purge(clock.now) == 0
    assert store.rates.purge(clock.now + 6.1) == 1


def test_the_count_survives_a_restart(store, database_url, clock):
    for _ in range(COUNT):
        spend(store)
    again = open_store(database_url, MASTER_KEY, clock)
    assert spend(again) == 6.0
    again.close()
