"""Readings that end by themselves: nobody uses them, or their time is over (R36).

Use is what the user does: opening the page, and input, of which the page tells by a
heartbeat. Frames, tables, pictures and news are none: a page fetches ahead, a cine
runs by itself, and a workstation that was left alone would never lock.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from smart_viewer.errors import GrantExpired, SmartViewerError
from smart_viewer.reading.forget import forget_grant
from smart_viewer.reading.house import House
from smart_viewer.reading.plan import ReadingPlan
from smart_viewer.store.readings import ReadingHead, ReadingRow

log = logging.getLogger(__name__)
AT_ONCE = 50  # a minute and a replica; the next ones in the minute after
ANY_TIME = 0.0  # before every expiry: the row is read although it is over


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Seconds until a reading ends: without input, and whatever happens."""

    idle_s: int
    total_s: int


def keep_alive(house: House, reading_id: str, expires_at: float) -> TimeLeft:
    """The user did something: the idle limit begins anew."""
    now = house.clock()
    house.store.readings.touch(reading_id, now)
    total_s = max(0, int(expires_at - now))
    return TimeLeft(min(int(house.settings.operation.idle_s), total_s), total_s)


def reason_to_end(house: House, head: ReadingHead) -> str:
    """`expired`, `idle`, or nothing where the reading goes on."""
    now = house.clock()
    if head.expires_at <= now:
        return "expired"
    return "idle" if head.is_idle(now, house.settings.operation.idle_s) else ""


def over(house: House) -> list[ReadingHead]:
    """Readings that are to be ended, some of them where there are many."""
    return house.store.readings.over(
        house.clock(), house.settings.operation.idle_s, AT_ONCE
    )


def end_all(house: House, heads: Sequence[ReadingHead]) -> None:
    """End each of them; one that cannot be ended now is tried again later."""
    for head in heads:
        end_over(house, head)


def end_over(house: House, head: ReadingHead) -> bool:
    """End a reading that is over; False where another replica does, or it cannot be.

    The grant is held meanwhile, so that one of several replicas records the end, and
    only one. An end that cannot be recorded waits, but nothing is given out: who asks
    for the reading is refused by `reason_to_end`, whether or not it was wiped.
    """
    try:
        with house.store.grants.exclusive(head.grant_id, timeout_s=0.0):
            return _end_held(house, head)
    except GrantExpired:  # ended by another
        return False
    except SmartViewerError as error:  # another is at it, or it cannot be recorded
        log.warning("a reading that is over could not be ended now: %s", error.code)
        return False


def _end_held(house: House, head: ReadingHead) -> bool:
    """As `end_over`; somebody may have used it since `head` was read."""
    row = house.store.readings.read(head.reading_id, ANY_TIME)
    reason = reason_to_end(house, row.head if row else head)
    if not reason:
        return False
    _record(house, row, reason)
    forget_grant(house, head.grant_id)
    house.shelf.drop(head.reading_id)
    return True


def _record(house: House, row: ReadingRow | None, reason: str) -> None:
    """Whose it was, unless the row does not open any more."""
    if row is None:
        house.report("logout", "success", reason=reason)
        return
    plan = ReadingPlan.from_json(row.payload)
    house.report(
        "logout",
        "success",
        user=plan.user,
        patient=plan.patient,
        ehr_id=plan.ehr_id,
        reason=reason,
    )
