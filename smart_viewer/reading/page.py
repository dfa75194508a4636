"""The page of a reading: its plan and a fresh secret."""

from __future__ import annotations

from dataclasses import dataclass

from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House
from smart_viewer.reading.preferences import KeptPreferences, read_preferences
from smart_viewer.store.seal import digest


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """What one answer of `GET /r/<reading>` carries."""

    holder: Holder
    secret: str
    seconds_left: int  # until the reading expires
    preferences: KeptPreferences


def open_page(house: House, holder: Holder) -> OpenedPage:
    """A secret of its own for each time the page is loaded."""
    secret = house.secret()
    house.store.readings.add_secret(holder.reading_id, digest(secret), house.clock())
    seconds_left = max(0, int(holder.expires_at - house.clock()))
    preferences = read_preferences(house, holder)
    return OpenedPage(holder, secret, seconds_left, preferences)
