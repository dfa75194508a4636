"""Who, why, which studies: from the launch to identifiers, with a trace (R15, R16).

Order of resolution: ImagingStudy of the launch, else ServiceRequest (basedOn,
accession number). Further steps are the archive's: accession and MRN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.fhir.identifiers import accession_numbers, study_uid
from smart_viewer.fhir.json_reading import (
    Resource,
    codings_of,
    label_of,
    objects_of,
    reference_of,
    text_of,
)
from smart_viewer.fhir.models import model_warnings
from smart_viewer.fhir.patient import EhrPatient, read_patient
from smart_viewer.fhir.reader import FhirReader
from smart_viewer.settings import EhrProfile

Outcome = Literal["found", "none", "skipped", "refused", "failed"]
_NOT_THERE = frozenset({403, 404, 405, 410, 501})


class GrantFacts(Protocol):
    """What the launch said, as far as reading the context needs it."""

    @property
    def patient(self) -> str:
        """The patient's FHIR id."""
        ...

    @property
    def references(self) -> tuple[str, ...]:
        """`Type/id` of what the launch is about (fhirContext), in order."""
        ...

    def allows(self, resource: str, verbs: str) -> bool:
        """The granted scopes cover these verbs ("r", "s", "rs") on a type."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """The ServiceRequest of the launch. text, codings: of its code, what to image.

    codings: (system, code, display).
    """

    id: str
    text: str
    codings: tuple[tuple[str, str, str], ...]
    accession_numbers: tuple[str, ...]
    status: str
    priority: str
    reason_texts: tuple[str, ...] = ()
    body_sites: tuple[str, ...] = ()
    authored_on: str = ""


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of the resolution, in words for the user. No PHI."""

    text: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that the EHR says about this launch.

    study_uids: Study Instance UIDs of this order's ImagingStudy resources.
    accession_numbers: of the order, then of those resources.
    """

    patient: EhrPatient
    order: Order | None
    study_uids: tuple[str, ...]
    accession_numbers: tuple[str, ...]
    trace: tuple[TraceStep, ...]
    warnings: tuple[str, ...]


def read_context(
    reader: FhirReader, profile: EhrProfile, grant_facts: GrantFacts
) -> Context:
    """The context of a launch. UpstreamUnavailable where even Patient is not read.

    Everything else that fails is a step of the trace.
    """
    return _Resolution(reader, profile, grant_facts).run()


class _Resolution:
    """One resolution under way; it gathers trace and warnings."""

    def __init__(
        self, reader: FhirReader, profile: EhrProfile, facts: GrantFacts
    ) -> None:
        self._reader = reader
        self._profile = profile
        self._facts = facts
        self._trace: list[TraceStep] = []
        self._warnings: list[str] = []

    def run(self) -> Context:
        patient = self._patient()
        order = self._order()
        studies = self._launched_studies() or self._studies_of(order)
        found = [study_uid(study.get("identifier")) for study in studies]
        if None in found:
            self._warnings.append("an ImagingStudy without valid UID was skipped")
        accessions = [*(order.accession_numbers if order else ())]
        for study in studies:
            accessions += self._accessions(study)
        return Context(
            patient=patient,
            order=order,
            study_uids=tuple(dict.fromkeys(uid for uid in found if uid)),
            accession_numbers=tuple(dict.fromkeys(accessions)),
            trace=tuple(self._trace),
            warnings=tuple(dict.fromkeys(self._warnings)),
        )

    def _patient(self) -> EhrPatient:
        resource = self._reader.read("Patient", self._facts.patient)
        self._warnings += model_warnings(resource)
        patient = read_patient(resource, self._profile.mrn_systems)
        self._step("Patient of the launch", "found")
        self._step(
            f"MRNs by the configured systems: {len(patient.mrns)}",
            "found" if patient.mrns else "none",
        )
        return patient

    def _order(self) -> Order | None:
        """The first ServiceRequest of the launch that belongs to its patient."""
        ids = self._launched("ServiceRequest")
        if not ids:
            self._step("The launch names no order (ServiceRequest)", "none")
            return None
        if len(ids) > 1:
            self._warnings.append("the launch names several orders; the first is used")
        resource = self._read_own("ServiceRequest", ids[0])
        if resource is None:
            return None
        order = self._as_order(ids[0], resource)
        count = len(order.accession_numbers)
        self._step(f"Accession numbers of the order: {count}", _found(count))
        return order

    def _as_order(self, order_id: str, resource: Resource) -> Order:
        return Order(
            id=order_id,
            text=label_of(resource.get("code")),
            codings=codings_of(resource.get("code")),
            accession_numbers=tuple(self._accessions(resource)),
            status=text_of(resource.get("status")) or "",
            priority=text_of(resource.get("priority")) or "",
            reason_texts=_labels(resource.get("reasonCode")),
            body_sites=_labels(resource.get("bodySite")),
            authored_on=text_of(resource.get("authoredOn")) or "",
        )

    def _launched_studies(self) -> list[Resource]:
        """ImagingStudy resources that the launch itself names; they win."""
        ids = self._launched("ImagingStudy")
        found = [self._read_own("ImagingStudy", study_id) for study_id in ids]
        return [study for study in found if study is not None]

    def _studies_of(self, order: Order | None) -> list[Resource]:
        if order is None:
            return []
        if not self._facts.allows("ImagingStudy", "s"):
            self._step("ImagingStudy is not among the granted scopes", "skipped")
            return []
        return self._by_order(order) or self._by_patient(order)

    def _by_order(self, order: Order) -> list[Resource]:
        """R4 search parameter `basedon`; servers may ignore it, so check again."""
        params = {
            "patient": self._facts.patient,
            "basedon": f"ServiceRequest/{order.id}",
        }
        entries = self._search("ImagingStudy by its order", params)
        return [study for study in entries if _is_based_on(study, order.id)]

    def _by_patient(self, order: Order) -> list[Resource]:
        """All of the patient's, then those of this order by reference or accession."""
        if self._trace[-1].outcome == "refused":
            return []  # no ImagingStudy here at all: do not ask twice
        params = {"patient": self._facts.patient}
        entries = self._search("ImagingStudy of the patient", params)
        found = [study for study in entries if self._is_of_order(study, order)]
        self._step(f"Of these, of this order: {len(found)}", _found(len(found)))
        return found

    def _is_of_order(self, study: Resource, order: Order) -> bool:
        if _is_based_on(study, order.id):
            return True
        based_on = objects_of(study.get("basedOn"))
        numbers = set(self._accessions(study)).union(
            *(self._accessions(reference) for reference in based_on)
        )
        return bool(numbers.intersection(order.accession_numbers))

    def _search(self, what: str, params: dict[str, str]) -> list[Resource]:
        """The patient's own ImagingStudy entries of a search."""
        try:
            entries, warnings = self._reader.search("ImagingStudy", params)
        except UpstreamUnavailable as cause:
            self._failed(what, cause)
            return []
        self._warnings += warnings
        studies = [e for e in entries if e.get("resourceType") == "ImagingStudy"]
        own = [study for study in studies if self._is_own(study)]
        if len(own) < len(studies):
            self._warnings.append("an ImagingStudy of another patient was skipped")
        for study in own:
            self._warnings += model_warnings(study)
        self._step(f"{what}: {len(own)}", _found(len(own)))
        return own

    def _read_own(self, kind: str, resource_id: str) -> Resource | None:
        """A resource of the launch, where it can be read and is its patient's."""
        what = f"{kind} of the launch"
        if not self._facts.allows(kind, "r"):
            self._step(f"{kind} is not among the granted scopes", "skipped")
            return None
        try:
            resource = self._reader.read(kind, resource_id)
        except UpstreamUnavailable as cause:
            self._failed(what, cause)
            return None
        if not self._is_own(resource):
            self._step(f"{what} belongs to another patient", "refused")
            return None
        self._warnings += model_warnings(resource)
        self._step(what, "found")
        return resource

    def _is_own(self, resource: Resource) -> bool:
        reference = reference_of(resource.get("subject")) or ""
        mine = f"Patient/{self._facts.patient}"
        return reference.split("/_history/")[0] in {mine, f"{self._base}{mine}"}

    @property
    def _base(self) -> str:
        return self._profile.iss.rstrip("/") + "/"

    def _launched(self, kind: str) -> list[str]:
        prefix = f"{kind}/"
        listed = [r for r in self._facts.references if r.startswith(prefix)]
        return [reference.removeprefix(prefix) for reference in dict.fromkeys(listed)]

    def _accessions(self, resource: Resource) -> list[str]:
        numbers, warnings = accession_numbers(
            resource.get("identifier"), self._profile.accession_systems
        )
        self._warnings += warnings
        return list(numbers)

    def _failed(self, what: str, cause: UpstreamUnavailable) -> None:
        refused = cause.status in _NOT_THERE
        said = f"status {cause.status}" if cause.status else "no answer"
        self._step(f"{what}: {said}", "refused" if refused else "failed")

    def _step(self, text: str, outcome: Outcome) -> None:
        self._trace.append(TraceStep(text, outcome))


def _is_based_on(study: Resource, order_id: str) -> bool:
    wanted = f"ServiceRequest/{order_id}"
    references = [reference_of(entry) for entry in objects_of(study.get("basedOn"))]
    return any(r and (r == wanted or r.endswith(f"/{wanted}")) for r in references)


def _labels(concepts: object) -> tuple[str, ...]:
    return tuple(label for label in map(label_of, objects_of(concepts)) if label)


def _found(count: int) -> Outcome:
    return "found" if count else "none"
