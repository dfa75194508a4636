"""The trail shows every kind of tampering (launch.md R38).

Oracle of the chain: the HMACs computed here from the stored bodies.
"""

import hmac
import io
import json
from threading import Event, Thread

import audit_children
import pytest
from audit_children import MASTER_KEY, a_record, a_trail
from hypothesis import given
from hypothesis import strategies as st
from spawned import in_processes
from sqlalchemy import delete, insert, select, update

from smart_viewer.audit.chain import Break, Mark, follow, line_hash
from smart_viewer.audit.trail import TrailReport, trail_key, verify_export
from smart_viewer.errors import TrailBroken
from smart_viewer.store.seal import associated, derive_key, seal
from smart_viewer.store.tables import trail, trail_head
from smart_viewer.store.trail import TrailHead, TrailRow

LINES = 5
OTHER_KEY = bytes(range(1, 33))


@pytest.fixture
def five(audit_trail):
    """A trail of five lines."""
    for number in range(LINES):
        audit_trail.record(a_record(patient=f"Patient/{number}"))
    return audit_trail


@pytest.fixture
def tamper(audit_store):
    """Change the tables as somebody with the database, but without keys, could."""

    def run(*statements):
        with audit_store.database.writing() as connection:
            for statement in statements:
                connection.execute(statement)

    return run


def _framed(*parts):
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _verdict(report):
    return (report.lines, report.broken_at, report.reason)


def test_an_empty_trail_is_intact(audit_trail):
    assert audit_trail.verify() == TrailReport(lines=0, head=None)


@pytest.mark.requirement("R38")
def test_lines_are_chained_and_the_head_is_signed(five, audit_store):
    rows = list(audit_store.trail.lines())
    key, previous = trail_key(MASTER_KEY), "0" * 64

    for number, row in enumerate(rows, start=1):
        framed = _framed(
            b"line", str(number).encode(), previous.encode(), row.body.encode()
        )
        assert row.hash == hmac.digest(key, framed, "sha256").hex()
        assert json.loads(row.body)["resourceType"] == "AuditEvent"
        previous = row.hash

    framed = _framed(b"head", b"5", previous.encode())
    signature = hmac.digest(key, framed, "sha256").hex()
    assert five.head() == TrailHead(LINES, previous, signature)
    assert five.verify() == TrailReport(LINES, five.head())
    five.verify().demand_intact()


@pytest.mark.requirement("R38")
def test_two_processes_with_threads_write_without_gaps(audit_store, audit_url):
    numbers = in_processes(2, audit_children.record_many, audit_url, 15)

    assert sorted(number for one in numbers for number in one) == list(range(1, 31))
    assert a_trail(audit_store).verify().lines == 30
    assert a_trail(audit_store).verify().intact


def test_a_body_sealed_anew_without_the_key_of_the_trail_is_found(five, tamper):
    body_key = derive_key(MASTER_KEY, "trail bodies")
    forged = seal(body_key, b'{"resourceType":"AuditEvent"}', associated("trail", 3))

    tamper(update(trail).where(trail.c.sequence == 3).values(body=forged))

    assert _verdict(five.verify()) == (2, 3, "changed")


@pytest.mark.requirement("R38")
def test_a_changed_body_is_found(five, tamper):
    tamper(update(trail).where(trail.c.sequence == 3).values(body=b"made up"))

    report = five.verify()

    assert _verdict(report) == (2, 3, "unreadable")
    with pytest.raises(TrailBroken, match="line 3"):
        report.demand_intact()


@pytest.mark.parametrize("number", range(1, LINES + 1))
def test_a_changed_hash_is_found_wherever_it_is(five, tamper, number):
    tamper(update(trail).where(trail.c.sequence == number).values(hash="0" * 64))

    assert _verdict(five.verify()) == (number - 1, number, "changed")


@pytest.mark.parametrize("number", range(1, LINES))
@pytest.mark.requirement("R38")
def test_a_deleted_line_is_found(five, tamper, number):
    tamper(delete(trail).where(trail.c.sequence == number))

    assert _verdict(five.verify()) == (number - 1, number, "missing")


def test_a_deleted_line_with_the_others_moved_up_is_found(five, tamper):
    tamper(
        delete(trail).where(trail.c.sequence == 2),
        *[
            update(trail).where(trail.c.sequence == n).values(sequence=n - 1)
            for n in (3, 4, 5)
        ],
    )

    assert five.verify().broken_at == 2


@pytest.mark.requirement("R38")
def test_reordered_lines_are_found(five, tamper):
    places = ((2, 99), (3, 2), (99, 3))
    tamper(
        *[
            update(trail).where(trail.c.sequence == old).values(sequence=new)
            for old, new in places
        ]
    )

    assert five.verify().broken_at == 2


@pytest.mark.requirement("R38")
def test_a_cut_tail_is_found_and_nothing_more_is_recorded(five, tamper):
    tamper(delete(trail).where(trail.c.sequence > 3))

    assert _verdict(five.verify()) == (3, 4, "cut")
    with pytest.raises(TrailBroken):
        five.record(a_record())


def test_a_trail_cut_to_nothing_is_found(five, tamper):
    tamper(delete(trail))

    assert _verdict(five.verify()) == (0, 1, "cut")


def test_a_head_without_lines_or_lines_without_a_head_are_found(five, tamper):
    tamper(delete(trail_head))

    assert _verdict(five.verify()) == (LINES - 1, LINES, "head_missing")


def test_a_forged_head_is_found_and_nothing_more_is_recorded(five, tamper):
    last = select(trail.c.hash).where(trail.c.sequence == 3).scalar_subquery()
    tamper(
        delete(trail).where(trail.c.sequence > 3),
        update(trail_head).values(sequence=3, hash=last),
    )

    assert _verdict(five.verify()) == (2, 3, "head_forged")
    with pytest.raises(TrailBroken):
        five.record(a_record())


def test_a_line_added_behind_the_head_is_found(five, tamper):
    tamper(insert(trail).values(sequence=6, body=b"made up", hash="0" * 64))

    assert _verdict(five.verify()) == (5, 6, "unreadable")


def test_an_old_head_put_back_is_found(five, audit_store, tamper):
    old = five.head()
    five.record(a_record())
    tamper(delete(trail_head), insert(trail_head).values(id=1, **_columns(old)))

    assert _verdict(five.verify()) == (LINES, LINES + 1, "beyond_head")


def test_an_older_copy_of_everything_shows_against_a_head_kept_elsewhere(five, tamper):
    old = five.head()
    five.record(a_record())
    anchor = five.head()
    tamper(
        delete(trail).where(trail.c.sequence > LINES),
        delete(trail_head),
        insert(trail_head).values(id=1, **_columns(old)),
    )

    assert five.verify().intact  # nothing inside the database tells
    assert _verdict(five.verify(anchor)) == (LINES, LINES + 1, "cut")

    five.record(a_record(patient="Patient/another"))
    assert _verdict(five.verify(anchor)) == (LINES, 6, "departs_from_anchor")


def test_a_trail_that_grew_since_still_contains_the_head_kept_elsewhere(five):
    anchor = five.head()
    five.record(a_record())

    assert five.verify(anchor).intact


def test_a_head_kept_elsewhere_that_is_not_ours_is_no_anchor(five):
    forged = TrailHead(3, "0" * 64, "0" * 64)

    assert _verdict(five.verify(forged)) == (0, 3, "anchor_forged")


@pytest.mark.requirement("R38")
def test_a_trail_rewritten_with_another_key_is_found(five, audit_store, tamper):
    tamper(delete(trail), delete(trail_head))
    forger = a_trail(audit_store, OTHER_KEY)
    for _ in range(LINES):
        forger.record(a_record())

    assert forger.verify().intact
    assert _verdict(five.verify()) == (0, 1, "changed")


def test_verifying_while_others_record_finds_nothing_amiss(audit_url, audit_trail):
    stop, started = Event(), Event()

    def keep_recording() -> None:
        while not stop.is_set():
            audit_trail.record(a_record())
            started.set()

    writer = Thread(target=keep_recording)
    writer.start()
    assert started.wait(60)
    reports = [audit_trail.verify() for _ in range(10)]
    stop.set()
    writer.join()

    assert all(report.intact for report in reports)


def test_an_export_is_verified_without_the_database(five):
    out = io.StringIO()

    assert five.export(out) == LINES

    lines = out.getvalue().splitlines()
    assert len(lines) == LINES + 1
    assert json.loads(lines[0])["body"]["resourceType"] == "AuditEvent"
    assert verify_export(lines, trail_key(MASTER_KEY)) == five.verify()


@pytest.mark.parametrize(
    ("rewrite", "broken_at"),
    [
        (lambda lines: [lines[0].replace("Patient/0", "Patient/9"), *lines[1:]], 1),
        (lambda lines: lines[:2] + lines[3:], 3),
        (lambda lines: [lines[1], lines[0], *lines[2:]], 1),
        (lambda lines: lines[:3] + lines[5:], 4),
        (lambda lines: lines[:-1], 5),
        (
            lambda lines: [
                *lines[:-1],
                lines[-1].replace('"sequence":5', '"sequence":4'),
            ],
            4,
        ),
    ],
    ids=["changed", "deleted", "reordered", "cut", "no head", "forged head"],
)
def test_a_rewritten_export_is_found(five, rewrite, broken_at):
    out = io.StringIO()
    five.export(out)

    report = verify_export(rewrite(out.getvalue().splitlines()), trail_key(MASTER_KEY))

    assert report.broken_at == broken_at


@pytest.mark.parametrize("line", ["not json", "[]", '{"other": 1}', '{"head": [1]}'])
def test_a_file_that_is_no_export_is_refused(line):
    with pytest.raises(TrailBroken):
        verify_export([line], trail_key(MASTER_KEY))


def test_an_export_of_a_broken_trail_still_shows_the_break(five, tamper):
    tamper(update(trail).where(trail.c.sequence == 3).values(body=b"made up"))
    out = io.StringIO()

    five.export(out)

    report = verify_export(out.getvalue().splitlines(), trail_key(MASTER_KEY))
    assert report.broken_at == 3


def test_an_export_of_a_trail_whose_head_was_set_back_shows_it(five, tamper):
    old = five.head()
    five.record(a_record())
    tamper(delete(trail_head), insert(trail_head).values(id=1, **_columns(old)))
    out = io.StringIO()

    assert five.export(out) == LINES + 1

    report = verify_export(out.getvalue().splitlines(), trail_key(MASTER_KEY))
    assert _verdict(report) == (LINES, LINES + 1, "beyond_head")


@given(bodies=st.lists(st.text(max_size=20), min_size=1, max_size=6), data=st.data())
def test_any_single_change_of_a_chain_is_found_at_its_line(bodies, data):
    key, rows, previous = bytes(32), [], "0" * 64
    for number, body in enumerate(bodies, start=1):
        previous = line_hash(key, number, previous, body)
        rows.append(TrailRow(number, body, previous))
    assert follow(key, Mark(), rows) == Mark(len(rows), previous)
    at = data.draw(st.integers(0, len(rows) - 1))
    other = data.draw(st.text(max_size=20).filter(lambda text: text != bodies[at]))

    rows[at] = TrailRow(at + 1, other, rows[at].hash)

    assert follow(key, Mark(), rows) == Break(at + 1, "changed")


def _columns(head):
    return {"sequence": head.sequence, "hash": head.hash, "signature": head.signature}
