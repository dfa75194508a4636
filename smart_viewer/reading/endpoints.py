"""The archives of one reading: the configured ones, and those that its EHR named."""

from __future__ import annotations

from collections.abc import Sequence

from smart_viewer.archive.endpoint import EndpointArchive
from smart_viewer.archive.port import Archive
from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.fhir.context import Context
from smart_viewer.reading.house import House
from smart_viewer.reading.plan import EndpointFacts, ReadingPlan
from smart_viewer.reading.token import token_of, with_token


def endpoints_of(context: Context) -> tuple[EndpointFacts, ...]:
    """What the plan keeps of SMART Imaging Access, to find the frames again."""
    return tuple(
        EndpointFacts(
            f"ehr_{number}", one.address, one.requires_access_token, one.study_uids
        )
        for number, one in enumerate(context.imaging_endpoints, start=1)
    )


def endpoint_archives(
    house: House, endpoints: Sequence[EndpointFacts], grant_id: str
) -> list[Archive]:
    """One archive an endpoint; the token goes only where it is asked for (R17)."""
    return [_endpoint(house, one, grant_id) for one in endpoints]


def archive_of(
    house: House, plan: ReadingPlan, archive_id: str, grant_id: str
) -> Archive:
    """The archive that a study of the plan is in. UpstreamUnavailable if it is gone."""
    for one in plan.endpoints:
        if one.archive_id == archive_id:
            return _endpoint(house, one, grant_id)
    archive = house.archives.get(archive_id)
    if archive is None:
        raise UpstreamUnavailable("The archive of this study is no longer configured.")
    return with_token(house, archive, grant_id)


def _endpoint(house: House, one: EndpointFacts, grant_id: str) -> EndpointArchive:
    bearer = token_of(house, grant_id) if one.requires_access_token else None
    return EndpointArchive(
        one.archive_id, one.address, one.study_uids, bearer, house.outbound
    )
