"""What the errands of a reading are given: rooms below, a clock, a UID maker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol as Shape

from smart_viewer.archive.port import Archive
from smart_viewer.audit.event import Action, Outcome
from smart_viewer.hanging.protocol import Protocol
from smart_viewer.net.outbound import Outbound
from smart_viewer.reading.lanes import Lanes
from smart_viewer.reading.news import News
from smart_viewer.reading.shelf import PlanShelf
from smart_viewer.settings import Settings
from smart_viewer.store import Store


class Report(Shape):
    """Appends one record to the audit trail, with the time and the request's id."""

    def __call__(
        self,
        action: Action,
        outcome: Outcome,
        *,
        user: str | None = None,
        patient: str | None = None,
        study_instance_uid: str | None = None,
        ehr_id: str | None = None,
        reason: str = "",
        correlation_id: str | None = None,
        token: str | None = None,
    ) -> None:
        """TrailBroken, UpstreamUnavailable: the act must then not happen."""
        ...


class Meter(Shape):
    """Counts what an archive was asked and how long it took; knows no reading."""

    def __call__(
        self, archive_id: str, errand: str, outcome: str, seconds: float
    ) -> None:
        """errand: `search` or `frame`; outcome: `answered` or `failed`."""
        ...


def unmetered(archive_id: str, errand: str, outcome: str, seconds: float) -> None:
    """For those who count nothing."""


@dataclass(frozen=True, slots=True)
class House:
    """Made once by `app.create_app`; nothing of it is global.

    clock: seconds since the epoch. secret: an unguessable URL-safe text.
    report: see `Report`.
    """

    settings: Settings
    store: Store
    outbound: Outbound
    archives: Mapping[str, Archive]
    library: tuple[Protocol, ...]
    report: Report
    clock: Callable[[], float]
    secret: Callable[[], str]
    meter: Meter = unmetered
    lanes: Lanes = field(default_factory=Lanes)  # for what goes on beside a request
    news: News = field(default_factory=News)
    shelf: PlanShelf = field(default_factory=PlanShelf)
