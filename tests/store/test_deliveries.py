"""One sender at a time, permits used once: in SQLite and in PostgreSQL (R25, R38)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select

from smart_viewer.store.deliveries import DeliveryState
from smart_viewer.store.overrides import PERMIT_S, Permit
from smart_viewer.store.tables import overrides

LEASE_S = 30.0
THREADS = 8
PERMIT = Permit("sandbox", "Practitioner/7", "Patient/77", "2.999.3.1")


def together(count, work):
    """What `work(number)` gave in threads that began at the same moment."""
    barrier = Barrier(count)

    def run(number):
        barrier.wait(60)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.requirement("R38")
def test_of_many_that_want_to_send_at_once_one_does(store, other_store):
    def take(number):
        chosen = (store, other_store)[number % 2]
        return chosen.deliveries.take(f"owner {number}", LEASE_S)

    taken = together(THREADS, take)

    assert [one for one in taken if one] == [DeliveryState()]


def test_a_sender_that_went_on_is_known_to_the_other(store, other_store, clock):
    assert store.deliveries.take("one", LEASE_S)
    assert store.deliveries.advance("one", 1, LEASE_S)
    assert not other_store.deliveries.advance("two", 2, LEASE_S)
    assert not store.deliveries.advance("one", 3, LEASE_S)  # never past a line
    store.deliveries.let_go("one")
    assert other_store.deliveries.take("two", LEASE_S) == DeliveryState(1)
    other_store.deliveries.back_off("two", 4, 8.0)
    state = DeliveryState(1, 4, clock.now + 8)
    assert store.deliveries.state() == state
    assert store.deliveries.take("one", LEASE_S) is None
    clock.now += 8
    assert store.deliveries.take("one", LEASE_S) == state


def test_whoever_advances_keeps_the_lease(store, other_store, clock):
    assert store.deliveries.take("one", LEASE_S)
    clock.now += LEASE_S - 1
    assert store.deliveries.advance("one", 1, LEASE_S)
    clock.now += LEASE_S - 1
    assert other_store.deliveries.take("two", LEASE_S) is None
    assert store.deliveries.hold("one", LEASE_S)
    clock.now += LEASE_S
    assert other_store.deliveries.take("two", LEASE_S) == DeliveryState(1)


@pytest.mark.requirement("R25")
def test_a_permit_is_taken_once_by_whoever_comes_first(store, other_store):
    store.overrides.allow(PERMIT, "typing_error")

    def take(number):
        return (store, other_store)[number % 2].overrides.take(PERMIT)

    taken = together(THREADS, take)

    assert [one for one in taken if one] == ["typing_error"]


@pytest.mark.requirement("R25")
@pytest.mark.parametrize(
    "change",
    [
        {"ehr_id": "epic"},
        {"user": "Practitioner/8"},
        {"user": None},
        {"patient": "Patient/78"},
        {"study_instance_uid": "2.999.3.2"},
    ],
)
def test_a_permit_is_for_one_user_patient_and_study(store, change):
    store.overrides.allow(PERMIT, "typing_error")
    assert store.overrides.take(replace(PERMIT, **change)) is None
    assert store.overrides.take(PERMIT) == "typing_error"


def test_a_permit_that_is_given_again_replaces_the_first(store, clock):
    store.overrides.allow(PERMIT, "typing_error")
    clock.now += PERMIT_S - 1
    store.overrides.allow(PERMIT, "emergency")
    clock.now += PERMIT_S - 1
    assert store.overrides.take(PERMIT) == "emergency"
    assert store.overrides.take(PERMIT) is None


def test_a_permit_ends_and_is_purged(store, clock):
    store.overrides.allow(PERMIT, "emergency")
    clock.now += PERMIT_S
    assert store.overrides.take(PERMIT) is None
    store.purge(clock.now)
    with store.database.reading() as connection:
        assert connection.execute(select(overrides)).all() == []


def test_whoever_reads_the_database_learns_nobody_from_a_permit(store):
    store.overrides.allow(PERMIT, "emergency")
    with store.database.reading() as connection:
        (row,) = connection.execute(select(overrides.c.key_hash)).scalars()
    assert len(row) == 64
    assert row != store.overrides._hashes(replace(PERMIT, patient="Patient/78"))[0]
