"""What orders, studies and reports add up to: codes, comparisons, priors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from smart_viewer.fhir.nouns import (
    NamedComparison,
    Order,
    OrderCoding,
    Report,
    StudyHint,
)
from smart_viewer.fhir.orders import order_codings
from smart_viewer.fhir.reports import report_codings
from smart_viewer.fhir.studies import KnownStudy


def codings(
    orders: Iterable[Order], studies: Iterable[KnownStudy], reports: Iterable[Report]
) -> tuple[OrderCoding, ...]:
    """Every code that says what is to be shown, orders first."""
    found: list[OrderCoding] = []
    for order in orders:
        found += order_codings(order)
    for study in studies:
        found += study.order_codings()
    for report in reports:
        found += report_codings(report)
    return tuple(dict.fromkeys(found))


def compared(
    orders: Iterable[Order], known: Iterable[KnownStudy]
) -> tuple[NamedComparison, ...]:
    """The earlier studies that orders name (supportingInfo), as far as known."""
    by_id = {study.id: study for study in known}
    found = (
        NamedComparison("ServiceRequest", by_id[one].uid, by_id[one].date)
        for order in orders
        for one in order.compares_with
        if one in by_id
    )
    return tuple(dict.fromkeys(found))


def hints(known: Iterable[KnownStudy], uids: Sequence[str]) -> tuple[StudyHint, ...]:
    """The patient's other studies, the newest first."""
    others = [study.hint() for study in known if study.uid not in uids]
    others.sort(key=lambda hint: hint.study_instance_uid)
    return tuple(sorted(others, key=lambda hint: hint.date, reverse=True))


def announced(known: Iterable[KnownStudy]) -> tuple[tuple[str, int], ...]:
    """How many instances each study has that says so."""
    return tuple(
        (study.uid, study.instances) for study in once(known) if study.instances
    )


def once(studies: Iterable[KnownStudy]) -> tuple[KnownStudy, ...]:
    """Each study once, in order."""
    return tuple({study.uid: study for study in studies}.values())
