"""What a reading rests on, given up: its tokens revoked, its key destroyed."""

from __future__ import annotations

import logging

from smart_viewer.launch.refresh import revoke
from smart_viewer.reading.house import House

log = logging.getLogger(__name__)


def forget_grant(house: House, grant_id: str) -> None:
    """Revoke the grant's tokens at the EHR, and shred it with its readings."""
    grants = house.store.grants
    if not revoke(grant_id, grants, house.outbound, house.settings):
        log.warning("a grant was deleted here but not revoked at its EHR")
    grants.delete(grant_id)
