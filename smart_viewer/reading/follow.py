"""Newer plans of a reading, as they come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from smart_viewer.errors import OutsideReading
from smart_viewer.reading.holder import Holder, holder_again
from smart_viewer.reading.house import House
from smart_viewer.reading.plan import ArchiveState, Notice, ReadingPlan

LOOK_AGAIN_S = 1.0  # another replica's revisions ring no bell here
BEAT_S = 10.0  # a word now and then shows whether the page still listens
LONGEST_S = 120.0  # then the page asks again: no thread is held for ever
GIVE_UP_S = 120.0  # after the launch: the process that asked may have died
SECONDS_PER_HOUR = 3600.0


def follow(house: House, holder: Holder, after: int) -> Iterator[Holder | None]:
    """The holder with each plan newer than revision `after`; None is a heartbeat.

    Ends with the complete plan, with the reading, with this replica, or after two
    minutes; after one look where too many wait already, so that the page asks again.
    """
    if not house.news.sit():
        now = _now(house, holder)
        yield now if now and now.revision > after else None
        return
    try:
        yield from _seated(house, holder, after)
    finally:
        house.news.rise()


def _seated(house: House, holder: Holder, after: int) -> Iterator[Holder | None]:
    until, beat = time.monotonic() + LONGEST_S, 0.0
    while time.monotonic() < until and not house.news.is_closing:
        rung, now = house.news.rung, _now(house, holder)
        if now is None:
            return
        if now.revision > after:
            after = now.revision
            yield now
        elif time.monotonic() > beat:  # the first at once: the headers go with it
            beat = time.monotonic() + BEAT_S
            yield None
        if now.plan.complete:
            return
        house.news.wait(rung, LOOK_AGAIN_S)


def _now(house: House, holder: Holder) -> Holder | None:
    """The plan as it is now; None once the reading has ended.

    Of one still incomplete long after the launch the page is told that it is all:
    in place of a revision, which is not stored, so that a real one still can be.
    """
    try:
        now = holder_again(house, holder)
    except OutsideReading:
        return None
    opened = now.expires_at - house.settings.reading_hours * SECONDS_PER_HOUR
    if now.plan.complete or house.clock() < opened + GIVE_UP_S:
        return now
    return replace(now, revision=now.revision + 1, plan=_given_up(now.plan))


def _given_up(plan: ReadingPlan) -> ReadingPlan:
    silent = [one.name for one in plan.archives if one.state == "asked"]
    states = tuple(
        ArchiveState(one.name, "failed", "has not answered in time")
        if one.name in silent
        else one
        for one in plan.archives
    )
    notices = tuple(
        Notice(
            "warning",
            f"The archive “{name}” has not answered in time: images may be missing. "
            "Reload the page later, or launch again.",
        )
        for name in silent
    )
    return replace(
        plan, archives=states, notices=(*plan.notices, *notices), complete=True
    )
