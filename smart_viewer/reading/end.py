"""The end of a reading: tokens revoked, everything of it wiped."""

from __future__ import annotations

from smart_viewer.launch.refresh import revoke
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House


def end_reading(house: House, holder: Holder) -> bool:
    """Revoke and purge; whether it was the last reading of this browser.

    What cannot be revoked upstream is purged here all the same.
    """
    grants, plan = house.store.grants, holder.plan
    revoked = revoke(holder.grant_id, grants, house.outbound, house.settings)
    grants.delete(holder.grant_id)
    house.shelf.drop(holder.reading_id)
    house.report(
        "logout",
        "success",
        user=plan.user,
        patient=plan.patient,
        ehr_id=plan.ehr_id,
        reason="" if revoked else "not_revoked_upstream",
    )
    left = house.store.readings.count_of_browser(holder.browser_hash, house.clock())
    return left == 0
