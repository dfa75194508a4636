"""The DiagnosticReports of a launch, and the studies behind them (R15)."""

from __future__ import annotations

from collections.abc import Iterable

from smart_viewer.fhir.desk import Desk, Pending
from smart_viewer.fhir.imaging import Imaging
from smart_viewer.fhir.json_reading import Resource
from smart_viewer.fhir.launched import Named
from smart_viewer.fhir.nouns import NamedComparison, Order, Report
from smart_viewer.fhir.reports import (
    comparisons_of_report,
    read_report,
    studies_of_report,
)
from smart_viewer.fhir.studies import KnownStudy

KIND = "DiagnosticReport"


class Reports:
    """Asks for what the launch names when it is made, for the rest when needed."""

    def __init__(self, desk: Desk, named: Named) -> None:
        self._desk = desk
        what = f"{KIND} of the launch"
        self._by_id = [desk.read(KIND, one, what) for one in named.ids[KIND]]
        self._by_token = [
            desk.search(KIND, {"identifier": token}, f"{what}, by identifier")
            for token in named.tokens[KIND]
        ]
        self._searchable = desk.facts.allows(KIND, "s")
        self._by_order: dict[str, Pending | None] = {}
        for order_id in named.ids["ServiceRequest"]:
            self._ask_order(order_id)
        self._named: list[Resource] | None = None
        self._taken: list[Resource] = []

    def named(self) -> list[Resource]:
        """Those that the launch points to."""
        if self._named is None:
            read = [self._desk.one(pending) for pending in self._by_id]
            self._named = [resource for resource in read if resource]
            for pending in self._by_token:
                self._named += self._desk.several(pending)
            self._keep(self._named)
        return self._named

    def by_orders(self, orders: Iterable[Order]) -> list[Resource]:
        """Those of the orders; each order is asked for once."""
        orders = tuple(orders)
        for order in orders:
            self._ask_order(order.id)
        found: list[Resource] = []
        for order in orders:
            pending = self._by_order.get(order.id)
            self._by_order[order.id] = None
            if pending is not None:
                found += self._desk.several(pending)
        self._keep(found)
        return found

    def studies(
        self, reports: Iterable[Resource], imaging: Imaging
    ) -> tuple[list[KnownStudy], list[str]]:
        """The studies that reports name: those known, and UIDs of others."""
        found: list[KnownStudy] = []
        others: list[str] = []
        for report in reports:
            ids, uids = studies_of_report(report, self._desk.bases)
            known = {study.uid: study for study in imaging.listed()} if uids else {}
            named = imaging.by_ids(ids) + [known[uid] for uid in uids if uid in known]
            others += [uid for uid in uids if uid not in known]
            self._desk.trace.count(f"Studies that the {KIND} names", len(ids + uids))
            found += named
        return found, others

    def of(
        self, orders: tuple[Order, ...], listed: Iterable[KnownStudy]
    ) -> tuple[Report, ...]:
        """All reports of the launch and of its orders."""
        self.by_orders(orders)
        uid_of = {study.id: study.uid for study in listed}
        found = []
        for resource in self._taken:
            ids, uids = studies_of_report(resource, self._desk.bases)
            known = [uid_of[one] for one in ids if one in uid_of]
            found.append(read_report(resource, [*known, *uids]))
        return tuple({report.id: report for report in found}.values())

    def comparisons(self, own_uids: Iterable[str]) -> tuple[NamedComparison, ...]:
        """What these reports' words name for comparison."""
        own = tuple(own_uids)
        found = (c for one in self._taken for c in comparisons_of_report(one, own))
        return tuple(dict.fromkeys(found))

    def _keep(self, resources: Iterable[Resource]) -> None:
        for resource in resources:
            if resource not in self._taken:
                self._taken.append(resource)

    def _ask_order(self, order_id: str) -> None:
        """R4 search parameter `based-on`; silent where the scopes leave it out."""
        if order_id in self._by_order or not self._searchable:
            return
        params = {"based-on": f"ServiceRequest/{order_id}"}
        pending = self._desk.search(KIND, params, f"{KIND} of the order")
        self._by_order[order_id] = pending
