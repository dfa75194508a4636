"""Grants: sealed, replaced under a lease, shredded (launch.md R11, R31, R36)."""

from multiprocessing import get_context
from threading import Event, Thread

import pytest
import store_children
from spawned import in_processes
from sqlalchemy import insert, select, update
from store_children import MASTER_KEY

from smart_viewer.errors import GrantExpired, UpstreamUnavailable
from smart_viewer.store.seal import SealBroken, associated, derive_key, seal, unseal
from smart_viewer.store.tables import grants, readings


def test_a_grant_is_read_back_and_its_id_tells_nothing(store):
    first, second = store.grants.create(b"one", 1.0), store.grants.create(b"two", 1.0)

    assert (store.grants.read(first), store.grants.read(second)) == (b"one", b"two")
    assert first != second
    assert len(first) == 32  # 24 random bytes in base64url


def test_an_unknown_grant_is_nothing_to_read_and_cannot_be_replaced(store):
    assert store.grants.read("unknown") is None
    with pytest.raises(GrantExpired):
        store.grants.replace("unknown", b"payload")
    with pytest.raises(GrantExpired), store.grants.exclusive("unknown", 1.0):
        pass


def test_a_replaced_grant_keeps_its_id(store):
    grant_id = store.grants.create(b"old", 1.0)

    store.grants.replace(grant_id, b"new")

    assert store.grants.read(grant_id) == b"new"


def test_a_grant_whose_row_was_exchanged_counts_as_missing(store, caplog):
    mine, other = store.grants.create(b"mine", 1.0), store.grants.create(b"other", 1.0)
    with store.database.writing() as connection:
        row = connection.execute(select(grants).where(grants.c.grant_id == other)).one()
        moved = {"wrapped_key": row.wrapped_key, "payload": row.payload}
        where = grants.c.grant_id == mine
        connection.execute(update(grants).where(where).values(**moved))

    assert store.grants.read(mine) is None
    assert "`grants` did not open" in caplog.text
    with pytest.raises(GrantExpired):
        store.grants.replace(mine, b"payload")
    with pytest.raises(GrantExpired):
        store.readings.create("reading", mine, "browser", b"plan", 9e9)


def test_after_deletion_not_even_key_and_copied_rows_open_anything(store):
    grant_id = store.grants.create(b"token", 1.0)
    store.readings.create("reading", grant_id, "browser", b"plan", 9e9)
    with store.database.reading() as connection:
        grant = connection.execute(select(grants)).one()._asdict()
        reading = connection.execute(select(readings)).one()._asdict()

    store.grants.delete(grant_id)

    # the payloads put back beside a fresh data key, with the master key at hand
    wrapping = derive_key(MASTER_KEY, "grant keys")
    row = associated("grant key", grant_id)
    grant["wrapped_key"] = seal(wrapping, bytes(32), row)
    with store.database.writing() as connection:
        connection.execute(insert(grants).values(**grant))
        connection.execute(insert(readings).values(**reading))
    assert store.grants.read(grant_id) is None
    assert store.readings.read("reading", 1.0) is None
    with pytest.raises(SealBroken):
        unseal(wrapping, grant["payload"], associated("grant", grant_id))


def test_deletion_takes_the_readings_along(store):
    grant_id = store.grants.create(b"token", 1.0)
    store.readings.create("reading", grant_id, "browser", b"plan", 9e9)
    store.readings.add_secret("reading", "secret", 1.0)

    store.grants.delete(grant_id)

    assert store.grants.read(grant_id) is None
    assert store.readings.read("reading", 1.0) is None
    assert not store.readings.has_secret("reading", "secret")


@pytest.mark.requirement("R36")
def test_deletion_leaves_no_byte_of_the_data_key_in_the_files(sqlite_store):
    grant_id = sqlite_store.grants.create(b"token", 1.0)
    with sqlite_store.database.reading() as connection:
        key, payload = connection.execute(
            select(grants.c.wrapped_key, grants.c.payload)
        ).one()
    folder = sqlite_store.database.path.parent

    def raw() -> bytes:
        return b"".join(file.read_bytes() for file in folder.iterdir())

    assert key in raw()
    sqlite_store.grants.delete(grant_id)

    assert key not in raw()
    assert payload not in raw()


@pytest.mark.requirement("R11")
def test_increments_by_processes_and_threads_under_the_lease_are_all_kept(
    store, database_url
):
    grant_id = store.grants.create(b"0", 1.0)

    in_processes(2, store_children.count_up, database_url, grant_id, 5)

    assert store.grants.read(grant_id) == b"10"


def test_a_waiter_gives_up_at_its_deadline(store, database_url):
    grant_id = store.grants.create(b"token", 1.0)
    holding, done = Event(), Event()

    def hold() -> None:
        with store.grants.exclusive(grant_id, 1.0):
            holding.set()
            done.wait(60)

    holder = Thread(target=hold)
    holder.start()
    assert holding.wait(60)
    with (
        pytest.raises(UpstreamUnavailable),
        store.grants.exclusive(grant_id, timeout_s=0.05),
    ):
        pass
    done.set()
    holder.join()
    with store.grants.exclusive(grant_id, timeout_s=0.0):  # free again
        pass


def test_another_process_waits_for_the_lease_and_gives_up(store, other_store):
    grant_id = store.grants.create(b"token", 1.0)

    with (
        store.grants.exclusive(grant_id, 1.0),
        pytest.raises(UpstreamUnavailable),
        other_store.grants.exclusive(grant_id, timeout_s=0.05),
    ):
        pass


def test_who_does_not_hold_the_lease_cannot_replace_while_another_does(
    store, other_store
):
    grant_id = store.grants.create(b"token", 1.0)

    with store.grants.exclusive(grant_id, 1.0):
        with pytest.raises(UpstreamUnavailable):
            other_store.grants.replace(grant_id, b"stale")
        store.grants.replace(grant_id, b"fresh")

    assert other_store.grants.read(grant_id) == b"fresh"


def test_another_thread_of_the_holder_cannot_replace_either(store):
    grant_id = store.grants.create(b"token", 1.0)
    refusals: list[Exception] = []

    def replace() -> None:
        try:
            store.grants.replace(grant_id, b"stale")
        except UpstreamUnavailable as refused:
            refusals.append(refused)

    with store.grants.exclusive(grant_id, 1.0):
        thread = Thread(target=replace)
        thread.start()
        thread.join()

    assert len(refusals) == 1
    assert store.grants.read(grant_id) == b"token"


def test_a_holder_that_comes_back_after_its_lease_cannot_replace(
    store, other_store, clock
):
    grant_id = store.grants.create(b"token", 1.0)

    with store.grants.exclusive(grant_id, 1.0, lease_s=15.0):
        clock.now += 15.0
        with other_store.grants.exclusive(grant_id, 1.0):
            other_store.grants.replace(grant_id, b"theirs")
            with pytest.raises(UpstreamUnavailable):
                store.grants.replace(grant_id, b"late")
        with pytest.raises(UpstreamUnavailable):
            store.grants.replace(grant_id, b"later")

    assert store.grants.read(grant_id) == b"theirs"


def test_a_late_release_does_not_free_the_next_holders_lease(store, other_store, clock):
    grant_id = store.grants.create(b"token", 1.0)
    late = store.grants.exclusive(grant_id, 1.0, lease_s=15.0)
    late.__enter__()
    clock.now += 15.0

    with other_store.grants.exclusive(grant_id, 1.0):
        late.__exit__(None, None, None)
        with pytest.raises(UpstreamUnavailable), store.grants.exclusive(grant_id, 0.02):
            pass


def test_a_process_that_dies_frees_the_grant_when_its_lease_ends(
    store, database_url, clock
):
    grant_id = store.grants.create(b"token", 1.0)
    dying = get_context("spawn").Process(
        target=store_children.die_holding, args=(database_url, grant_id, 15.0)
    )
    dying.start()
    dying.join(60)
    assert dying.exitcode == 7
    with store.database.reading() as connection:
        until = connection.execute(select(grants.c.lease_until)).scalar_one()

    clock.now = until - 1
    with pytest.raises(UpstreamUnavailable), store.grants.exclusive(grant_id, 0.02):
        pass
    clock.now = until
    with store.grants.exclusive(grant_id, 0.0):
        store.grants.replace(grant_id, b"fresh")

    assert store.grants.read(grant_id) == b"fresh"


def test_an_error_inside_frees_the_grant(store):
    grant_id = store.grants.create(b"token", 1.0)
    with pytest.raises(ZeroDivisionError), store.grants.exclusive(grant_id, 1.0):
        _ = 1 / 0

    with store.grants.exclusive(grant_id, 0.0):
        pass


def test_a_grant_deleted_while_held_is_gone_for_its_holder(store):
    grant_id = store.grants.create(b"token", 1.0)

    with store.grants.exclusive(grant_id, 1.0):
        store.grants.delete(grant_id)
        with pytest.raises(GrantExpired):
            store.grants.replace(grant_id, b"fresh")

    assert store.grants.read(grant_id) is None
