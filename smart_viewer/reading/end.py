"""The end of a reading: tokens revoked, everything of it wiped."""

from __future__ import annotations

import logging

from smart_viewer.launch.refresh import revoke
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House
from smart_viewer.reading.preferences import forget_with_reading

log = logging.getLogger(__name__)


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


def forget_grant(house: House, grant_id: str) -> None:
    """Revoke the grant's tokens at the EHR, and shred it with its readings."""
    grants = house.store.grants
    if not revoke(grant_id, grants, house.outbound, house.settings):
        log.warning("a grant was deleted here but not revoked at its EHR")
    grants.delete(grant_id)
