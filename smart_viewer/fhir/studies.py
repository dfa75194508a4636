"""ImagingStudy, in the words of a context (R4; tolerant, R19, R21)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from smart_viewer.fhir.identifiers import accession_numbers, study_uid
from smart_viewer.fhir.json_reading import Resource, codings_of, objects_of, text_of
from smart_viewer.fhir.nouns import Coding, Order, OrderCoding, StudyHint
from smart_viewer.fhir.orders import concept_codings, referenced, spelled
from smart_viewer.settings import IdentifierSystem

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class KnownStudy:
    """An ImagingStudy whose UID can be used.

    accession_numbers: its own. order_numbers: those of its basedOn identifiers.
    based_on: ids of ServiceRequests. instances: as stated, 0 where it is not.
    """

    id: str
    uid: str = field(repr=False)
    accession_numbers: tuple[str, ...] = field(repr=False)
    order_numbers: tuple[str, ...] = field(repr=False)
    based_on: tuple[str, ...]
    modalities: tuple[str, ...]
    date: str
    description: str
    codings: tuple[Coding, ...]
    body_sites: tuple[Coding, ...]
    reasons: tuple[Coding, ...] = field(repr=False)
    instances: int
    resource: Resource = field(repr=False, compare=False)

    def is_of(self, order: Order) -> bool:
        """Of this order, by reference or by a shared accession number."""
        numbers = {*self.accession_numbers, *self.order_numbers}
        return order.id in self.based_on or bool(
            numbers.intersection(order.accession_numbers)
        )

    def hint(self) -> StudyHint:
        """What a search for priors needs of it."""
        return StudyHint(
            study_instance_uid=self.uid,
            date=self.date,
            modalities=self.modalities,
            description=self.description,
            codings=self.codings,
            accession_numbers=self.accession_numbers,
        )

    def order_codings(self) -> tuple[OrderCoding, ...]:
        """The codes of procedureCode, or the description where it has none."""
        return tuple(
            OrderCoding(
                *coding,
                source="ImagingStudy",
                body_sites=self.body_sites,
                reasons=self.reasons,
                modalities=self.modalities,
            )
            for coding in spelled(self.codings, self.description)
        )


def read_study(
    resource: Resource, systems: Iterable[IdentifierSystem], bases: Iterable[str]
) -> tuple[KnownStudy | None, tuple[str, ...]]:
    """The study, None without a valid UID; and warnings."""
    uid = study_uid(resource.get("identifier"))
    if uid is None:
        return None, ("an ImagingStudy without valid UID was skipped",)
    systems = tuple(systems)
    own, warnings = accession_numbers(resource.get("identifier"), systems)
    behind = [
        number
        for reference in objects_of(resource.get("basedOn"))
        for number in accession_numbers(reference.get("identifier"), systems)[0]
    ]
    series = objects_of(resource.get("series"))
    study = KnownStudy(
        id=text_of(resource.get("id")) or "",
        uid=uid,
        accession_numbers=own,
        order_numbers=tuple(dict.fromkeys(behind)),
        based_on=referenced(resource.get("basedOn"), "ServiceRequest", bases),
        modalities=_modalities(resource, series),
        date=_date(resource.get("started")),
        description=text_of(resource.get("description")) or "",
        codings=concept_codings(resource.get("procedureCode")),
        body_sites=tuple(dict.fromkeys(c for s in series for c in _sites(s))),
        reasons=concept_codings(resource.get("reasonCode")),
        instances=_count(resource.get("numberOfInstances")),
        resource=resource,
    )
    return study, warnings


def _modalities(resource: Resource, series: tuple[Resource, ...]) -> tuple[str, ...]:
    """Of the study, else of its series: a Coding in R4, a CodeableConcept in R5."""
    stated = _codes(resource.get("modality"))
    return stated or tuple(
        dict.fromkeys(code for one in series for code in _codes(one.get("modality")))
    )


def _codes(value: object) -> tuple[str, ...]:
    found = [
        code
        for entry in objects_of(value)
        for code in (
            text_of(entry.get("code")),
            *(code for _, code, _ in codings_of(entry)),
        )
        if code
    ]
    return tuple(dict.fromkeys(found))


def _sites(series: Resource) -> tuple[Coding, ...]:
    """Series.bodySite: a Coding in R4, a CodeableReference in R5."""
    found: list[Coding] = []
    for site in objects_of(series.get("bodySite")):
        found += codings_of({"coding": site})
        found += codings_of(site.get("concept"))
    return tuple(found)


def _count(stated: object) -> int:
    """unsignedInt; anything else states nothing."""
    if not isinstance(stated, int) or isinstance(stated, bool):
        return 0
    return max(0, stated)


def _date(started: object) -> str:
    match = _DATE.match(text_of(started) or "")
    return match[0] if match else ""
