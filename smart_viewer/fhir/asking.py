"""Several requests at once, each with its answer or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from smart_viewer.errors import RequestForbidden, SmartViewerError, UpstreamUnavailable
from smart_viewer.fhir.json_reading import Resource
from smart_viewer.fhir.reader import FhirReader

MAX_PARALLEL = 8  # requests of one launch that one EHR has to bear at a time


@dataclass(frozen=True, slots=True)
class Reply:
    """What one request gave. failure: why it gave nothing, else None."""

    resources: tuple[Resource, ...] = ()
    warnings: tuple[str, ...] = ()
    failure: SmartViewerError | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Sends requests without waiting. GrantExpired comes out of `result()`."""

    executor: Executor

    def read(
        self, reader: FhirReader, resource_type: str, resource_id: str
    ) -> Future[Reply]:
        """One resource."""
        return self.executor.submit(
            _reply, lambda: Reply((reader.read(resource_type, resource_id),))
        )

    def search(
        self, reader: FhirReader, resource_type: str, params: Mapping[str, str]
    ) -> Future[Reply]:
        """All matches of a search."""
        return self.executor.submit(
            _reply, lambda: Reply(*reader.search(resource_type, params))
        )


def _reply(ask: Callable[[], Reply]) -> Reply:
    try:
        return ask()
    except (UpstreamUnavailable, RequestForbidden) as cause:
        return Reply(failure=cause)
