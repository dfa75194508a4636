"""The page of a reading: its plan and a fresh secret."""

from __future__ import annotations

from dataclasses import dataclass

from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House
from smart_viewer.reading.idle import keep_alive
from smart_viewer.reading.preferences import KeptPreferences, read_preferences
from smart_viewer.store.seal import digest


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """What one answer of `GET /r/<reading>` carries."""

    holder: Holder
    secret: str
    seconds_left: int  # until the reading expires
    preferences: KeptPreferences
    idle_seconds: int  # without input of the user, then it ends sooner


def open_page(house: House, holder: Holder) -> OpenedPage:
    """A secret of its own for each time the page is loaded."""
    secret = house.secret()
    house.store.readings.add_secret(holder.reading_id, digest(secret), house.clock())
    left = keep_alive(house, holder.reading_id, holder.expires_at)
    preferences = read_preferences(house, holder)
    idle_seconds = int(house.settings.operation.idle_s)
    return OpenedPage(holder, secret, left.total_s, preferences, idle_seconds)
