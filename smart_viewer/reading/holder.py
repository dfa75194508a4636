"""Proof of possession: cookie and secret, before anything of a reading is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hmac import compare_digest

from smart_viewer.errors import OutsideReading
from smart_viewer.reading.house import House
from smart_viewer.reading.idle import end_over, reason_to_end
from smart_viewer.reading.plan import ReadingPlan
from smart_viewer.store.seal import digest

READING_ID = re.compile(r"[a-z0-9]{1,8}-[A-Za-z0-9_-]{1,64}")  # tag, then a secret
NOT_YOURS = "There is no such reading for this browser."


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who proved that this reading is theirs."""

    reading_id: str
    grant_id: str
    revision: int
    browser_hash: str
    expires_at: float
    plan: ReadingPlan


def holder_by_cookie(house: House, reading_id: str, browser_id: str) -> Holder:
    """The holder whose browser opened the reading. OutsideReading otherwise.

    Enough for the page itself, which hands out the secret, and for nothing else.
    """
    if not READING_ID.fullmatch(reading_id):  # PostgreSQL takes no NUL in a text
        raise OutsideReading(NOT_YOURS)
    return _holder(house, reading_id, digest(browser_id))


def holder_again(house: House, holder: Holder) -> Holder:
    """The same holder with the plan as it is now. OutsideReading once it ended."""
    return _holder(house, holder.reading_id, holder.browser_hash)


def holder_by_secret(
    house: House, reading_id: str, browser_id: str, secret: str
) -> Holder:
    """The holder who also has a secret that the reading's page gave out."""
    holder = holder_by_cookie(house, reading_id, browser_id)
    if not secret or not house.store.readings.has_secret(reading_id, digest(secret)):
        raise OutsideReading(NOT_YOURS)
    return holder


def _holder(house: House, reading_id: str, browser_hash: str) -> Holder:
    now = house.clock()
    head = house.store.readings.head(reading_id, now)
    if head is None or not compare_digest(head.browser_hash, browser_hash):
        raise OutsideReading(NOT_YOURS)
    if reason_to_end(house, head):
        end_over(house, head)
        raise OutsideReading(NOT_YOURS)
    plan = house.shelf.get(head)
    if plan is None:
        row = house.store.readings.read(reading_id, now)
        if row is None or not compare_digest(row.browser_hash, browser_hash):
            raise OutsideReading(NOT_YOURS)
        head = row.head  # a newer revision, where one was kept since
        plan = ReadingPlan.from_json(row.payload)
        house.shelf.put(head, plan)
    return Holder(
        reading_id,
        head.grant_id,
        head.revision,
        head.browser_hash,
        head.expires_at,
        plan,
    )
