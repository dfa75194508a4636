"""Where the trail lies: order, lock, and what its rows show. No keys, no meaning."""

import pytest
from sqlalchemy import delete, insert, update

from smart_viewer.errors import TrailBroken
from smart_viewer.store.tables import trail, trail_head
from smart_viewer.store.trail import NewLine, TrailHead, TrailRow


def _line(body):
    return lambda head: NewLine(body, f"hash of {body}", f"signature of {body}")


def test_an_empty_trail_has_no_head(store):
    assert store.trail.head() is None
    assert list(store.trail.lines()) == []


def test_lines_are_numbered_from_one_and_follow_the_head(store):
    heads = []

    def make(body):
        def line(head):
            heads.append(head)
            return _line(body)(head)

        return line

    assert [store.trail.append(make(body)) for body in ("a", "b")] == [1, 2]

    assert heads == [None, TrailHead(1, "hash of a", "signature of a")]
    assert store.trail.head() == TrailHead(2, "hash of b", "signature of b")
    expected = [TrailRow(1, "a", "hash of a"), TrailRow(2, "b", "hash of b")]
    assert list(store.trail.lines()) == expected
    assert list(store.trail.lines(after=1)) == expected[1:]


def test_a_line_that_cannot_be_made_leaves_no_trace(store):
    store.trail.append(_line("a"))

    def fail(head):
        raise TrailBroken("forged")

    with pytest.raises(TrailBroken):
        store.trail.append(fail)
    assert store.trail.append(_line("b")) == 2


def test_a_long_trail_is_read_page_by_page(store):
    for number in range(3):
        store.trail.append(_line(str(number)))
    rows = [{"sequence": number, "body": b"", "hash": "h"} for number in range(4, 1204)]
    with store.database.writing() as connection:
        connection.execute(insert(trail), rows)

    assert [row.sequence for row in store.trail.lines()] == list(range(1, 1204))


def test_a_body_moved_to_another_line_does_not_open(store):
    store.trail.append(_line("a"))
    with store.database.writing() as connection:
        connection.execute(update(trail).values(sequence=2))

    assert list(store.trail.lines()) == [TrailRow(2, None, "hash of a")]


@pytest.mark.parametrize(
    "tampering",
    [
        delete(trail),
        delete(trail).where(trail.c.sequence == 2),
        delete(trail_head),
        update(trail).where(trail.c.sequence == 2).values(hash="another"),
        update(trail_head).values(sequence=1, hash="hash of a"),
    ],
    ids=["all lines", "cut tail", "no head", "changed end", "head set back"],
)
def test_nothing_is_appended_to_an_end_that_was_tampered_with(store, tampering):
    store.trail.append(_line("a"))
    store.trail.append(_line("b"))
    with store.database.writing() as connection:
        connection.execute(tampering)

    with pytest.raises(TrailBroken):
        store.trail.append(_line("c"))
