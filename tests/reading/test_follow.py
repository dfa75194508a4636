"""Answers that come late, from several threads, and who is told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from fake_archives import EXPECTED, FakeArchive, Reports, context_of, launched, study
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.errors import GrantExpired, UpstreamUnavailable
from smart_viewer.operation import Operation
from smart_viewer.reading import growing as growing_room
from smart_viewer.reading.assemble import Assembly
from smart_viewer.reading.follow import GIVE_UP_S, follow
from smart_viewer.reading.gather import Answer, gather
from smart_viewer.reading.growing import Growing
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.lanes import Lanes
from smart_viewer.reading.news import News
from smart_viewer.reading.plan import ReadingPlan
from smart_viewer.reading.shelf import PlanShelf
from smart_viewer.store.readings import ReadingRow

DEADLINE_S = 30.0
HOURS = 8.0
ORDER = context_of(uids=["1.2.1"], accessions=())


@dataclass
class FakeReadings:
    """One reading's row, as the store keeps it."""

    row: ReadingRow | None = None
    refuse: int = 0  # so many revisions cannot be kept
    lose: int = 0  # of so many that are kept the store's answer is lost
    ended: bool = False

    def keep(self, plan: bytes) -> str:
        self.row = ReadingRow("r", "g", "hash", 0, plan, HOURS * 3600)
        return "r"

    def read(self, _reading_id: str, _now: float) -> ReadingRow | None:
        return None if self.ended else self.row

    def head(self, _reading_id: str, _now: float) -> Any:
        return None if self.ended or self.row is None else self.row.head

    def revise(self, _reading_id: str, expected: int, plan: bytes) -> bool:
        if self.refuse:
            self.refuse -= 1
            raise UpstreamUnavailable("The store is busy.")
        if self.ended or self.row is None or self.row.revision != expected:
            return False
        self.row = replace(self.row, revision=expected + 1, payload=plan)
        if self.lose:
            self.lose -= 1
            raise UpstreamUnavailable("The store broke off.")
        return True

    @property
    def plan(self) -> ReadingPlan:
        assert self.row is not None
        return ReadingPlan.from_json(self.row.payload)


@dataclass
class FakeHouse:
    """As much of a House as answers and their followers need."""

    readings: FakeReadings = field(default_factory=FakeReadings)
    news: News = field(default_factory=News)
    shelf: PlanShelf = field(default_factory=PlanShelf)
    now: float = 0.0
    reading: Any = None  # the Growing of `grown`

    @property
    def store(self) -> Any:
        return SimpleNamespace(readings=self.readings)

    @property
    def settings(self) -> Any:
        return SimpleNamespace(reading_hours=HOURS, operation=Operation())

    def clock(self) -> float:
        return self.now

    def holder(self) -> Holder:
        row = self.readings.row
        assert row is not None
        return Holder(
            "r", "g", row.revision, "hash", row.expires_at, self.readings.plan
        )


ARCHIVES = (
    FakeArchive("a", [study(2, "20230101"), study(3, "20220101")]),
    FakeArchive("b", [study(1), study(2, "20230101")]),
)


def answers(*archives: FakeArchive) -> list[Answer]:
    return [
        answer
        for archive in archives
        for answer in gather(archive, ORDER, EXPECTED, Reports())
    ]


def growing(house: FakeHouse) -> Growing:
    return Growing(house, Assembly(launched(ORDER, "a", "b")))


def following(house: FakeHouse, after: int = -1) -> Any:
    return follow(house, house.holder(), after)


def shuffled(draw: Callable[..., Any]) -> list[Answer]:
    """Both archives' answers, each archive's own in its order."""
    queues = [answers(one) for one in ARCHIVES]
    found = []
    while any(queues):
        found.append(draw(st.sampled_from([q for q in queues if q])).pop(0))
    return found


@given(st.data())
def test_what_comes_in_the_first_moment_is_one_plan_whatever_came_first(data):
    plans = []
    for order in (answers(*ARCHIVES), shuffled(data.draw)):
        house = FakeHouse()
        reading = growing(house)
        for answer in order:
            assert reading.take(answer)
        reading.keep_after(DEADLINE_S, house.readings.keep)
        plans.append(house.readings.plan)
    assert plans[0] == plans[1]
    assert plans[0].complete
    assert plans[0].hanging.cells[0] is not None


@given(st.data(), st.integers(0, 4))
def test_each_later_answer_is_a_revision_and_a_ring(data, early):
    house, order = FakeHouse(), shuffled(data.draw)
    reading = growing(house)
    for answer in order[:early]:
        reading.take(answer)
    reading.keep_after(0, house.readings.keep)
    for number, answer in enumerate(order[early:], start=1):
        assert reading.take(answer)
        assert house.readings.row is not None
        assert (house.readings.row.revision, house.news.rung) == (number, number)
    assert house.readings.plan.complete
    roles = {s.study_instance_uid: s.role for s in house.readings.plan.studies}
    assert roles == {"1.2.1": "current", "1.2.2": "prior", "1.2.3": "prior"}


def test_the_first_moment_ends_when_all_have_answered():
    house = FakeHouse()
    reading = growing(house)
    opener = Thread(
        target=reading.keep_after, args=(10 * DEADLINE_S, house.readings.keep)
    )
    opener.start()
    for answer in answers(*ARCHIVES):
        reading.take(answer)
    opener.join(DEADLINE_S)
    assert not opener.is_alive()
    assert house.readings.plan.complete


def test_answers_of_many_threads_all_come_in():
    house = FakeHouse()
    names = [f"a{n}" for n in range(8)]
    archives = [FakeArchive(name, [study(n)]) for n, name in enumerate(names, start=1)]
    reading = Growing(house, Assembly(launched(ORDER, *names)))
    reading.keep_after(0, house.readings.keep)
    threads = [
        Thread(target=lambda a=a: [reading.take(x) for x in answers(a)])
        for a in archives
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert house.readings.plan.complete
    assert len(house.readings.plan.studies) == len(names)


def test_when_the_reading_has_ended_who_asks_is_told_to_stop():
    house = FakeHouse()
    reading = growing(house)
    reading.keep_after(0, house.readings.keep)
    house.readings.ended = True
    assert [reading.take(answer) for answer in answers(*ARCHIVES)] == [False] * 4
    assert reading.is_over


def test_when_the_first_plan_cannot_be_kept_who_asks_is_told_to_stop():
    def refuse(_plan: bytes) -> str:
        raise GrantExpired("The grant has ended.")

    reading = growing(FakeHouse())
    with pytest.raises(GrantExpired):
        reading.keep_after(0, refuse)
    assert reading.is_over


@pytest.mark.parametrize("trouble", [{"refuse": 3}, {"lose": 2}])
def test_a_revision_that_could_not_be_kept_is_tried_until_it_can(monkeypatch, trouble):
    monkeypatch.setattr(growing_room, "AGAIN_S", 0.001)
    house = FakeHouse(FakeReadings(**trouble))
    (late,) = grown(house, late=1)
    assert house.reading.take(late)
    assert house.readings.plan.complete
    assert (house.readings.refuse, house.readings.lose) == (0, 0)


def test_a_revision_that_could_never_be_kept_comes_with_the_next_answer(monkeypatch):
    monkeypatch.setattr(growing_room, "KEEP_FOR_S", 0.0)
    house = FakeHouse(FakeReadings(refuse=1))
    reading = growing(house)
    reading.keep_after(0, house.readings.keep)
    assert all([reading.take(answer) for answer in answers(*ARCHIVES)])
    assert house.readings.plan.complete
    assert house.readings.row is not None
    assert house.readings.row.revision == 3


def grown(house: FakeHouse, late: int) -> list[Answer]:
    """The reading is kept without its last answers, which are returned."""
    reading, order = growing(house), answers(*ARCHIVES)
    for answer in order[: len(order) - late]:
        reading.take(answer)
    reading.keep_after(0, house.readings.keep)
    house.reading = reading
    return order[len(order) - late :]


def test_a_page_that_knows_the_complete_plan_is_not_kept_waiting():
    house = FakeHouse()
    grown(house, late=0)
    assert [n.revision for n in following(house) if n] == [0]
    assert [n for n in following(house, after=0) if n] == []


def test_a_page_that_waits_is_given_each_newer_plan_up_to_the_complete_one():
    house = FakeHouse()
    late = grown(house, late=2)
    stream = following(house, after=0)
    assert next(stream) is None  # the connection stands
    for answer in late:
        assert house.reading.take(answer)
        assert (news := next(stream)) is not None
        assert news.plan.complete is answer.last
    assert list(stream) == []


def test_a_revision_of_another_process_is_seen_without_a_ring():
    house = FakeHouse()
    late = grown(house, late=1)
    stream = following(house, after=0)
    next(stream)
    house.reading._house = SimpleNamespace(store=house.store, news=News())
    house.reading.take(late[0])
    assert house.news.rung == 0
    assert (news := next(stream)) is not None
    assert news.plan.complete


def test_the_stream_ends_with_the_reading():
    house = FakeHouse()
    grown(house, late=1)
    stream = following(house, after=0)
    next(stream)
    house.readings.ended = True
    assert list(stream) == []


def test_when_all_seats_are_taken_a_page_is_answered_at_once_and_asks_again():
    house = FakeHouse(news=News(seats=1))
    late = grown(house, late=1)
    first, second = following(house, after=0), following(house, after=0)
    next(first)
    assert list(second) == [None]
    house.reading.take(late[0])
    assert [n.revision for n in following(house, after=0) if n] == [1]
    first.close()
    assert house.news.sit()  # the seat is free again


def test_an_incomplete_plan_is_said_to_be_all_some_minutes_after_the_launch():
    house = FakeHouse()
    late = grown(house, late=1)
    house.now = GIVE_UP_S
    (news,) = [n for n in following(house, after=0) if n]
    assert (news.revision, news.plan.complete) == (1, True)
    assert [one.state for one in news.plan.archives] == ["answered", "failed"]
    assert "“b” has not answered in time" in news.plan.notices[-1].text
    assert not house.readings.plan.complete  # nothing was stored in its place
    assert house.reading.take(late[0])
    assert house.readings.plan.complete


def test_a_lane_that_hangs_holds_up_nobody_else():
    lanes, hang, done = Lanes(width=2, waiting=1), Event(), Event()
    assert [lanes.submit("a", lambda: _wait(hang)) for _ in range(4)] == [
        True,
        True,
        True,
        False,
    ]
    assert lanes.submit("b", done.set)
    assert done.wait(DEADLINE_S)
    hang.set()


def test_work_that_waits_in_a_lane_is_done_in_turn_whatever_failed_before():
    lanes, hang, seen, done = Lanes(width=1), Event(), [], Event()
    lanes.submit("a", lambda: _wait(hang))
    lanes.submit("a", lambda: seen.append(1 / 0))
    for number in range(3):
        lanes.submit("a", lambda n=number: seen.append(n))
    lanes.submit("a", done.set)
    hang.set()
    assert done.wait(DEADLINE_S)
    assert seen == [0, 1, 2]


def _wait(event: Event) -> None:
    event.wait(DEADLINE_S)
