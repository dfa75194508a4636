"""The end of a reading by its user: tokens revoked, everything of it wiped."""

from __future__ import annotations

from smart_viewer.reading.forget import forget_grant
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House
from smart_viewer.reading.preferences import forget_with_reading


def end_reading(house: House, holder: Holder) -> bool:
    """Revoke and purge; whether it was the last reading of this browser.

    The audit comes first: an end that cannot be recorded does not happen. What
    cannot be revoked upstream is purged here all the same.
    """
    plan = holder.plan
    house.report(
        "logout", "success", user=plan.user, patient=plan.patient, ehr_id=plan.ehr_id
    )
    forget_with_reading(house, holder)
    forget_grant(house, holder.grant_id)
    house.shelf.drop(holder.reading_id)
    left = house.store.readings.count_of_browser(holder.browser_hash, house.clock())
    return left == 0
