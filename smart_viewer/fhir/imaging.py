"""ImagingStudy of a launch: which server has it, and what it lists (R16, R17)."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime

from smart_viewer.errors import RequestForbidden, UpstreamUnavailable
from smart_viewer.fhir.desk import Desk, Pending
from smart_viewer.fhir.imaging_access import (
    INCLUDE,
    announced_access,
    configured_origins,
    endpoints_of,
    serves,
)
from smart_viewer.fhir.json_reading import Resource
from smart_viewer.fhir.nouns import ImagingEndpoint, Order
from smart_viewer.fhir.reader import FhirReader
from smart_viewer.fhir.studies import KnownStudy, read_study

KIND = "ImagingStudy"
CONFIGURATION = ".well-known/smart-configuration"
DOCUMENT_WAIT_S = 1.0  # a slow document delays no launch: it is there for the next


class Imaging:
    """What the EHR knows of the patient's studies.

    Documents are asked for when it is made, studies once `open` was called.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._reader: FhirReader | None = None
        self._announced = False
        self._documents: dict[str, Future[Resource | None]] = {}
        self._listing: list[Pending] = []
        self._by_order: dict[str, Pending] = {}
        self._known: dict[str, KnownStudy] = {}
        self._included: list[Resource] = []
        self._allowed = any(desk.facts.allows(KIND, verb) for verb in "rs")
        if self._allowed:
            for path in (CONFIGURATION, "metadata"):
                ask = desk.asker.executor.submit(_document, desk.reader, path)
                self._documents[path] = ask

    def open(self, order_ids: Iterable[str]) -> None:
        """Find the server and ask it for all that is already known to be wanted."""
        if not self._allowed:
            words = f"{KIND} is not among the granted scopes"
            self._desk.trace.once(words, "skipped")
            return
        self._choose()
        self.ask_patient("")
        for order_id in order_ids:
            self.ask_order(order_id)

    def ask_patient(self, merged_id: str) -> None:
        """Ask for the list of the patient, or of a record merged with it."""
        params = {"patient": merged_id} if merged_id else {}
        if self._announced:
            params["_include"] = INCLUDE
        what = f"{KIND} of the {'merged record' if merged_id else 'patient'}"
        self._listing += self._searched(params, what)

    def ask_order(self, order_id: str) -> None:
        """Ask for the studies of an order, once (R4 search parameter `basedon`)."""
        if order_id in self._by_order:
            return
        params = {"basedon": f"ServiceRequest/{order_id}"}
        for pending in self._searched(params, f"{KIND} by its order"):
            self._by_order[order_id] = pending

    def named(self, study_id: str, by: str = "launch") -> Pending | None:
        """Ask for a study that the launch, or a report, refers to."""
        if not self._allowed:
            return Pending(KIND, KIND, None)
        if self._reader is None:
            return None
        return self._desk.read(KIND, study_id, f"{KIND} of the {by}", self._reader)

    def with_uid(self, uid: str) -> Pending | None:
        """Ask for the study of a Study Instance UID."""
        params = {"identifier": f"urn:dicom:uid|urn:oid:{uid}"}
        found = self._searched(params, f"{KIND} of the launch, by its UID")
        return found[0] if found else None

    def take(self, resource: Resource) -> KnownStudy | None:
        """Keep a study of the patient; None where its UID cannot be used."""
        systems = self._desk.profile.accession_systems
        study, warnings = read_study(resource, systems, self._desk.bases)
        self._desk.trace.warn(warnings)
        if study is not None:
            self._known.setdefault(study.uid, study)
        return study

    def of_orders(self, orders: Iterable[Order]) -> list[KnownStudy]:
        """The studies of these orders, by reference or by accession number.

        A server may ignore `basedon`, so what it sends is looked at again.
        """
        orders = tuple(orders)
        if not self._allowed or not orders:
            return []
        for order in orders:
            self.ask_order(order.id)
        found: list[KnownStudy] = []
        for order in orders:
            pending = self._by_order.pop(order.id, None)
            listed = self._desk.several(pending) if pending else []
            known = [study for study in map(self.take, listed) if study]
            found += [study for study in known if study.is_of(order)]
        if not found:
            listed_ones = self.listed()
            found = [s for s in listed_ones if any(map(s.is_of, orders))]
            if listed_ones:
                self._desk.trace.count("Of these, of this order", len(found))
        return found

    def listed(self) -> list[KnownStudy]:
        """Every study that is known of the patient; the list is taken in once."""
        pending, self._listing = self._listing, []
        for one in pending:
            own, included = self._desk.with_included(one)
            self._included += included
            for resource in own:
                self.take(resource)
        return list(self._known.values())

    def by_ids(self, ids: Iterable[str]) -> list[KnownStudy]:
        """Listed studies of these FHIR ids; the others are asked for."""
        listed = {study.id: study for study in self.listed()}
        found = []
        for study_id in ids:
            study = listed.get(study_id) or self._read(study_id)
            found += [study] if study else []
        return found

    def endpoints(self) -> tuple[ImagingEndpoint, ...]:
        """WADO-RS bases of SMART Imaging Access, where it is announced."""
        if not self._announced:
            return ()
        allowed = configured_origins(self._desk.profile)
        found, refused = endpoints_of(self._known.values(), self._included, allowed)
        self._desk.trace.count("Endpoints of the studies", len(found))
        for reason, count in refused.items():
            words = f"Endpoints that {reason}: {count}"
            self._desk.trace.step(words, "refused")
        return found

    def check(self, studies: Iterable[KnownStudy]) -> None:
        """Compare these studies with FHIR's own model (R19)."""
        for study in studies:
            self._desk.check(study.resource)

    def _searched(self, params: dict[str, str], what: str) -> list[Pending]:
        if self._reader is None:
            return []
        return [self._desk.search(KIND, params, what, self._reader)]

    def _read(self, study_id: str) -> KnownStudy | None:
        pending = self.named(study_id, "report")
        resource = self._desk.one(pending) if pending else None
        return self.take(resource) if resource else None

    def _choose(self) -> None:
        """The announced imaging server, else the FHIR base where it has the type."""
        desk, trace = self._desk, self._desk.trace
        announced = announced_access(self._read_document(CONFIGURATION) or {})
        if announced is not None and announced.base is None:
            self._reader, self._announced = desk.reader, True
            trace.step("SMART Imaging Access by the EHR itself", "found")
            return
        if announced is not None and announced.base is not None:
            if self._use(announced.base):
                return
        statement = self._read_document("metadata")
        if statement is not None and not serves(statement, KIND):
            trace.step(f"{KIND} is not in the CapabilityStatement", "refused")
            return
        self._reader = desk.reader

    def _use(self, base: str) -> bool:
        desk = self._desk
        what = "SMART Imaging Access by a server of its own"
        try:
            self._reader = desk.reader.at(base, configured_origins(desk.profile))
        except RequestForbidden as cause:
            desk.trace.failed(what, cause)
            return False
        desk.add_base(self._reader.base)
        self._announced = True
        desk.trace.step(what, "found")
        return True

    def _read_document(self, path: str) -> Resource | None:
        try:
            return self._documents[path].result(DOCUMENT_WAIT_S)
        except NotInTime:
            return None


def _document(reader: FhirReader, path: str) -> Resource | None:
    """None where the server does not show it: it is no condition of anything."""
    try:
        return reader.document(path)
    except (UpstreamUnavailable, RequestForbidden):
        return None
