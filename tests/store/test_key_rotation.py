"""Several master keys: the first seals, each of them opens, and nothing is lost."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from store_children import MASTER_KEY

from smart_viewer.audit.event import AuditSite
from smart_viewer.audit.trail import Trail, trail_key, trail_keys
from smart_viewer.errors import SettingsInvalid, TrailBroken
from smart_viewer.store import open_store
from smart_viewer.store.seal import KeyRing, SealBroken
from smart_viewer.store.tables import grants, trail
from smart_viewer.store.trail import NewLine

NEW_KEY = bytes(range(100, 132))
OTHER_KEY = bytes(range(1, 33))
LATER = 10_000_000.0


@pytest.fixture
def opened(database_url, clock):
    """Open the same database with these keys, as often as wanted."""
    stores = []

    def open_with(*keys):
        stores.append(open_store(database_url, keys, clock))
        return stores[-1]

    yield open_with
    for store in stores:
        store.close()


def filled(store):
    """A transaction, a grant, a reading and a line of the trail."""
    store.transactions.put("state", b"transaction", LATER)
    grant_id = store.grants.create(b"grant", 1.0)
    store.readings.create("a-1", grant_id, "browser", b"plan", LATER)
    store.trail.append(lambda head: NewLine("{}", "hash", "signature"))
    return grant_id


def all_there(store, grant_id):
    return (
        store.grants.read(grant_id),
        store.readings.read("a-1", 1.0).payload,
        [row.body for row in store.trail.lines()],
    ) == (b"grant", b"plan", ["{}"])


def test_what_the_old_key_sealed_opens_beside_a_new_first_key(opened):
    grant_id = filled(opened(MASTER_KEY))
    rotated = opened(NEW_KEY, MASTER_KEY)
    assert all_there(rotated, grant_id)
    assert rotated.transactions.take("state", 1.0) == b"transaction"


def test_a_replica_that_only_opens_with_the_new_key_reads_what_it_sealed(opened):
    opened(MASTER_KEY)
    grant_id = filled(opened(NEW_KEY, MASTER_KEY))
    assert all_there(opened(MASTER_KEY, NEW_KEY), grant_id)


def test_a_reading_of_before_is_revised_after(opened):
    filled(opened(MASTER_KEY))
    rotated = opened(NEW_KEY, MASTER_KEY)
    assert rotated.readings.revise("a-1", 0, b"more")
    assert opened(MASTER_KEY, NEW_KEY).readings.read("a-1", 1.0).payload == b"more"


def test_what_was_sealed_again_opens_with_the_new_key_alone(opened):
    grant_id = filled(opened(MASTER_KEY))
    assert opened(NEW_KEY, MASTER_KEY).reseal() == (1, 1)
    assert all_there(opened(NEW_KEY), grant_id)


def test_after_that_the_old_key_alone_is_refused_at_the_start(opened):
    filled(opened(MASTER_KEY))
    opened(NEW_KEY, MASTER_KEY).reseal()
    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_KEY"):
        opened(MASTER_KEY)


def test_a_key_that_never_was_is_refused_however_many_there_are(opened):
    filled(opened(MASTER_KEY))
    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_KEY"):
        opened(NEW_KEY, OTHER_KEY)


def test_sealing_again_leaves_what_no_key_opens_and_can_be_repeated(opened):
    store = opened(MASTER_KEY)
    filled(store)
    store.grants.create(b"other", 1.0)
    damaged = update(grants).where(grants.c.payload.is_not(None))
    with store.database.writing() as connection:
        first = connection.execute(select(grants.c.grant_id)).scalars().first()
        connection.execute(
            damaged.where(grants.c.grant_id == first).values(wrapped_key=b"\x01damage")
        )
    rotated = opened(NEW_KEY, MASTER_KEY)
    assert rotated.reseal() == (1, 1)
    assert rotated.reseal() == (1, 1)


def test_a_line_that_was_sealed_again_has_other_bytes_and_the_same_hash(opened):
    store = opened(MASTER_KEY)
    filled(store)
    query = select(trail.c.body, trail.c.hash)

    def row():
        with store.database.reading() as connection:
            return tuple(connection.execute(query).one())

    before = row()
    opened(NEW_KEY, MASTER_KEY).reseal()
    assert row()[0] != before[0]
    assert row()[1] == before[1]


def test_a_ring_says_when_none_of_its_keys_opens():
    sealed = KeyRing(MASTER_KEY, "purpose").seal(b"plain", b"row")
    assert KeyRing((NEW_KEY, MASTER_KEY), "purpose").unseal(sealed, b"row") == b"plain"
    with pytest.raises(SealBroken):
        KeyRing((NEW_KEY, OTHER_KEY), "purpose").unseal(sealed, b"row")


def a_trail(store, *keys):
    return Trail(store.trail, trail_keys(keys), AuditSite("https://viewer.example", {}))


def test_the_chain_goes_on_under_the_new_key_and_is_proven_by_both(opened):
    from audit.audit_children import a_record

    store = opened(MASTER_KEY)
    a_trail(store, MASTER_KEY).record(a_record())
    rotated = opened(NEW_KEY, MASTER_KEY)
    a_trail(rotated, NEW_KEY, MASTER_KEY).record(a_record())
    # a replica that was not restarted yet writes between them
    between = a_trail(opened(MASTER_KEY, NEW_KEY), MASTER_KEY, NEW_KEY)
    between.record(a_record())
    a_trail(rotated, NEW_KEY, MASTER_KEY).record(a_record())

    report = a_trail(rotated, NEW_KEY, MASTER_KEY).verify()

    assert (report.intact, report.lines) == (True, 4)
    assert (
        not Trail(
            rotated.trail, trail_key(NEW_KEY), AuditSite("https://viewer.example", {})
        )
        .verify()
        .intact
    )


def test_no_line_is_appended_to_a_head_that_no_key_signed(opened):
    from audit.audit_children import a_record

    a_trail(opened(MASTER_KEY), MASTER_KEY).record(a_record())
    rotated = opened(NEW_KEY, MASTER_KEY)
    lost = a_trail(rotated, NEW_KEY)
    assert not lost.is_sound()
    with pytest.raises(TrailBroken):
        lost.record(a_record())
