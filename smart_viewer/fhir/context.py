"""Who, why, which studies: from the launch to identifiers, with a trace (R15-R24).

Order of resolution: ImagingStudy of the launch, else ServiceRequest (basedOn,
accession number), else DiagnosticReport (imagingStudy, basedOn), else the orders of
the encounter, else the patient's list. What FHIR does not tell is left to the
archives: accession numbers with MRNs, then MRNs alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor

from smart_viewer.fhir.allergies import ask_allergies, take_allergies
from smart_viewer.fhir.asking import MAX_PARALLEL
from smart_viewer.fhir.desk import Desk, Pending
from smart_viewer.fhir.identifiers import study_uid
from smart_viewer.fhir.imaging import Imaging
from smart_viewer.fhir.json_reading import Resource
from smart_viewer.fhir.launched import read_named
from smart_viewer.fhir.merged import merged_records
from smart_viewer.fhir.nouns import (
    Context,
    GrantFacts,
    Order,
    TraceStep,
    Visit,
)
from smart_viewer.fhir.orders import is_imaging, read_order, read_visit, referenced
from smart_viewer.fhir.patient import EhrPatient, read_patient, with_merged
from smart_viewer.fhir.reader import FhirReader
from smart_viewer.fhir.report_search import Reports
from smart_viewer.fhir.studies import KnownStudy
from smart_viewer.fhir.summary import announced, codings, compared, hints, once
from smart_viewer.settings import EhrProfile

__all__ = ["Context", "GrantFacts", "Order", "TraceStep", "read_context"]

MERGED_NOTICE = (
    "This patient’s record was merged with another one in the EHR; images under "
    "the numbers of both are looked for."
)


def read_context(
    reader: FhirReader, profile: EhrProfile, grant_facts: GrantFacts
) -> Context:
    """The context of a launch. UpstreamUnavailable where even Patient is not read.

    Everything else that fails is a step of the trace. GrantExpired.
    """
    executor = ThreadPoolExecutor(MAX_PARALLEL, thread_name_prefix="fhir")
    try:
        return _Resolution(reader, profile, grant_facts, executor).run()
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


class _Resolution:
    """One resolution under way. What can be asked at once is asked when it is made."""

    def __init__(
        self,
        reader: FhirReader,
        profile: EhrProfile,
        facts: GrantFacts,
        executor: Executor,
    ) -> None:
        self._desk = desk = Desk(reader, profile, facts, executor)
        self._named = named = read_named(facts.fhir_context, profile.accession_systems)
        self._trace = desk.trace
        self._patient_asked = desk.asker.read(reader, "Patient", facts.patient)
        self._allergies_asked = ask_allergies(desk)
        self._orders_asked = self._ask_named_orders()
        self._imaging = Imaging(desk)
        self._reports = Reports(desk, named)
        self._visit_asked = self._ask_visit()
        self._visit_orders_asked = None if named.anything else self._ask_visit_orders()
        self._spelled = list(named.study_uids)

    def run(self) -> Context:
        """Take the answers in the order of the reasoning."""
        record = self._patient_record()
        ids = self._named.ids
        self._imaging.open(() if ids["ImagingStudy"] else ids["ServiceRequest"])
        studies_asked = self._ask_named_studies()
        patient, linked = self._patient(record)
        for merged_id in linked:
            self._imaging.ask_patient(merged_id)
        studies = self._named_studies(studies_asked)
        orders = self._named_orders()
        self._other_items()
        visit = self._visit()
        chosen, orders = self._choose(studies, orders)
        return self._context(patient, linked, visit, orders, chosen)

    def _context(
        self,
        patient: EhrPatient,
        linked: tuple[str, ...],
        visit: Visit | None,
        orders: tuple[Order, ...],
        chosen: tuple[KnownStudy, ...],
    ) -> Context:
        listed = self._imaging.listed()
        uids = self._uids(chosen)
        reports = self._reports.of(orders, listed)
        accessions = self._accessions(orders, chosen)
        self._imaging.check(chosen or listed)
        endpoints = self._imaging.endpoints()
        self._conclude(uids, accessions)
        return Context(
            patient=patient,
            order=orders[0] if orders else None,
            study_uids=uids,
            accession_numbers=accessions,
            trace=tuple(self._trace.steps),
            warnings=tuple(dict.fromkeys(self._trace.warnings)),
            orders=orders,
            order_codings=codings(orders, chosen, reports),
            reports=reports,
            encounter=visit,
            named_comparisons=(
                *compared(orders, listed),
                *self._reports.comparisons(uids),
            ),
            prior_hints=hints(listed, uids),
            imaging_endpoints=endpoints,
            patient_level=not uids and not accessions,
            merged=bool(linked),
            linked_patients=linked,
            announced=announced((*chosen, *listed)),
            allergies=take_allergies(self._desk, self._allergies_asked),
        )

    def _ask_named_orders(self) -> list[Pending]:
        named, desk, kind = self._named, self._desk, "ServiceRequest"
        what = f"{kind} of the launch"
        asked = [desk.read(kind, one, what) for one in named.ids[kind]]
        asked += [
            desk.search(kind, {"identifier": token}, f"{what}, by identifier")
            for token in named.tokens[kind]
        ]
        asked += [
            desk.search(kind, {"instantiates-canonical": url}, f"{what}, by canonical")
            for url in named.canonicals
        ]
        return asked

    def _ask_named_studies(self) -> list[Pending]:
        named, imaging = self._named, self._imaging
        asked = [imaging.named(one) for one in named.ids["ImagingStudy"]]
        asked += [imaging.with_uid(uid) for uid in named.study_uids]
        return [pending for pending in asked if pending]

    def _ask_visit(self) -> Pending | None:
        encounter = self._desk.facts.encounter
        if not encounter or not self._desk.facts.allows("Encounter", "r"):
            return None
        return self._desk.read("Encounter", encounter, "Encounter of the launch")

    def _ask_visit_orders(self) -> Pending | None:
        encounter = self._desk.facts.encounter
        if not encounter:
            return None
        params = {"encounter": f"Encounter/{encounter}"}
        what = "ServiceRequest of the encounter"
        return self._desk.search("ServiceRequest", params, what)

    def _patient_record(self) -> Resource:
        """The Patient resource; without it the launch ends. UpstreamUnavailable."""
        reply = self._patient_asked.result()
        if reply.failure is not None:
            raise reply.failure
        self._desk.check(reply.resources[0])
        self._trace.step("Patient of the launch", "found")
        return reply.resources[0]

    def _patient(self, record: Resource) -> tuple[EhrPatient, tuple[str, ...]]:
        """The patient with what merged records add, and those records' ids (R24)."""
        desk, systems = self._desk, self._desk.profile.mrn_systems
        patient = read_patient(record, systems)
        linked, elsewhere = merged_records(record, desk.bases)
        asked = [desk.asker.read(desk.reader, "Patient", one) for one in linked]
        others = []
        for merged_id, future in zip(linked, asked, strict=True):
            desk.add_owner(merged_id)
            reply = future.result()
            if reply.failure is not None:
                self._trace.failed("Patient record merged with it", reply.failure)
                continue
            self._trace.step("Patient record merged with it", "found")
            others += [read_patient(one, systems) for one in reply.resources]
        if elsewhere:
            self._trace.step("A patient record on another server", "refused")
        if linked:
            self._trace.warn([MERGED_NOTICE])
        if any(o.birth_date not in {"", patient.birth_date} for o in others):
            self._trace.warn(["The merged records differ in birth date."])
        patient = with_merged(patient, others)
        self._trace.count("MRNs by the configured systems", len(patient.mrns))
        return patient, linked

    def _named_studies(self, asked: list[Pending]) -> tuple[KnownStudy, ...]:
        found: list[KnownStudy | None] = []
        for pending in asked:
            if pending.what.endswith("UID"):
                found += map(self._imaging.take, self._desk.several(pending))
            elif resource := self._desk.one(pending):
                found.append(self._imaging.take(resource))
        return once(study for study in found if study)

    def _named_orders(self) -> tuple[Order, ...]:
        if not self._orders_asked:
            self._trace.step("The launch names no order (ServiceRequest)", "none")
            return ()
        found: list[Order] = []
        for pending in self._orders_asked:
            if pending.what.endswith("of the launch"):
                resource = self._desk.one(pending)
                found += [self._order(resource)] if resource else []
            else:
                several = _newest_first(map(self._order, self._desk.several(pending)))
                # a canonical names what was planned: the newest order is the one
                canonical = pending.what.endswith("canonical")
                found += several[:1] if canonical else several
        orders = tuple({order.id: order for order in found}.values())
        if len(orders) > 1:
            self._trace.warn(["the launch names several orders; the first one leads"])
        if orders:
            numbers = {n for order in orders for n in order.accession_numbers}
            self._trace.count("Accession numbers of the order", len(numbers))
        return orders

    def _order(self, resource: Resource) -> Order:
        desk = self._desk
        return read_order(resource, desk.accessions(resource), desk.bases)

    def _other_items(self) -> None:
        for kind, count in self._named.others.items():
            words = f"The launch also names what leads to no study ({kind}): {count}"
            self._trace.step(words, "skipped")

    def _visit(self) -> Visit | None:
        resource = self._desk.one(self._visit_asked) if self._visit_asked else None
        return read_visit(resource) if resource else None

    def _choose(
        self, studies: tuple[KnownStudy, ...], orders: tuple[Order, ...]
    ) -> tuple[tuple[KnownStudy, ...], tuple[Order, ...]]:
        """R15: the first fact that leads to studies chooses; which one, is said.

        Orders are looked for behind it, since they say what to hang and how.
        """
        if studies or self._uids(()):
            behind = orders or self._orders_behind(
                (one for study in studies for one in study.based_on), "ImagingStudy"
            )
            self._say("the ImagingStudy of the launch")
            return studies, behind
        if orders:
            found = once(self._imaging.of_orders(orders))
            if found:
                self._say("the order of the launch")
                return found, orders
        return self._choose_by_report(orders)

    def _choose_by_report(
        self, orders: tuple[Order, ...]
    ) -> tuple[tuple[KnownStudy, ...], tuple[Order, ...]]:
        reports = self._reports.named() or self._reports.by_orders(orders)
        known, others = self._reports.studies(reports, self._imaging)
        self._spelled += others
        found, behind = once(known), orders or self._orders_of(reports)
        if not found and not self._uids(()) and not orders:
            found = once(self._imaging.of_orders(behind))
        if found or self._uids(()):
            self._say("the report")
        if found or behind or self._uids(()):
            return found, behind
        return self._choose_by_visit()

    def _orders_of(self, reports: Iterable[Resource]) -> tuple[Order, ...]:
        bases = self._desk.bases
        ids = (
            order_id
            for report in reports
            for order_id in referenced(report.get("basedOn"), "ServiceRequest", bases)
        )
        return self._orders_behind(ids, "DiagnosticReport")

    def _choose_by_visit(
        self,
    ) -> tuple[tuple[KnownStudy, ...], tuple[Order, ...]]:
        """Every imaging order of the visit; the newest one leads."""
        asked = self._visit_orders_asked or self._ask_visit_orders()
        if asked is None or self._named.accession_numbers:
            return (), ()
        listed = [order for order in self._desk.several(asked) if is_imaging(order)]
        orders = tuple(_newest_first(map(self._order, listed)))
        if not orders:
            return (), ()
        if len(orders) > 1:
            self._trace.warn(["the visit has several imaging orders; the newest leads"])
        found = once(self._imaging.of_orders(orders))
        if found:
            self._say("the orders of the encounter")
        return found, orders

    def _orders_behind(self, ids: Iterable[str], kind: str) -> tuple[Order, ...]:
        what = f"ServiceRequest behind the {kind}"
        wanted = dict.fromkeys(ids)
        asked = [self._desk.read("ServiceRequest", one, what) for one in wanted]
        found = [self._desk.one(pending) for pending in asked]
        return tuple(self._order(resource) for resource in found if resource)

    def _say(self, fact: str) -> None:
        self._trace.step(f"Chosen by {fact}", "found")

    def _uids(self, chosen: tuple[KnownStudy, ...]) -> tuple[str, ...]:
        """Also those that a launch or report spells out, unless they are another's."""
        others = {study_uid(one.get("identifier")) for one in self._desk.foreign}
        spelled = (uid for uid in self._spelled if uid not in others)
        return tuple(dict.fromkeys((*(study.uid for study in chosen), *spelled)))

    def _accessions(
        self, orders: tuple[Order, ...], chosen: tuple[KnownStudy, ...]
    ) -> tuple[str, ...]:
        numbers = [*self._named.accession_numbers]
        numbers += [number for order in orders for number in order.accession_numbers]
        numbers += [number for study in chosen for number in study.accession_numbers]
        return tuple(dict.fromkeys(numbers))

    def _conclude(self, uids: tuple[str, ...], accessions: tuple[str, ...]) -> None:
        """The last word: what is left for the archives (R16)."""
        if not uids and accessions:
            words = "Left to the archives: accession numbers with the patient’s MRNs"
            self._trace.step(f"{words}: {len(accessions)}", "found")
        elif not uids:
            self._trace.step("Only the list of the patient’s studies is left", "none")


def _newest_first(orders: Iterable[Order]) -> list[Order]:
    return sorted(orders, key=lambda order: order.authored_on, reverse=True)
