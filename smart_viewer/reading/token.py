"""This launch's token, for the EHR and for archives that take it."""

from __future__ import annotations

from collections.abc import Callable

from smart_viewer.archive.dicomweb import DicomwebArchive
from smart_viewer.archive.port import Archive
from smart_viewer.launch.refresh import bearer
from smart_viewer.reading.house import House


def token_of(house: House, grant_id: str) -> Callable[[], str]:
    """A function that gives the grant's token, valid now. GrantExpired when called."""
    return bearer(
        grant_id, house.store.grants, house.outbound, house.settings, house.clock
    )


def with_token(house: House, archive: Archive, grant_id: str) -> Archive:
    """The archive, with the grant's token where its profile says so."""
    if isinstance(archive, DicomwebArchive):
        return archive.with_bearer(token_of(house, grant_id))
    return archive
