"""ServiceRequest and Encounter, in the words of a context (R4; tolerant, R19)."""

from __future__ import annotations

from collections.abc import Iterable

from smart_viewer.fhir.json_reading import (
    Resource,
    codings_of,
    label_of,
    local_reference,
    object_of,
    objects_of,
    text_of,
)
from smart_viewer.fhir.nouns import Coding, Order, OrderCoding, Visit

IMAGING_WORDS = frozenset({"imaging", "radiology", "radiologic", "rad"})
IMAGING_CODES = frozenset(
    {
        ("http://snomed.info/sct", "363679005"),  # imaging
        ("http://terminology.hl7.org/CodeSystem/v2-0074", "RAD"),
        ("http://terminology.hl7.org/CodeSystem/v2-0074", "RUS"),
        ("http://terminology.hl7.org/CodeSystem/v2-0074", "NMR"),
        ("http://terminology.hl7.org/CodeSystem/v2-0074", "CT"),
        ("http://terminology.hl7.org/CodeSystem/v2-0074", "NMS"),
        ("http://loinc.org", "LP29684-5"),  # radiology
        ("http://loinc.org", "18748-4"),  # diagnostic imaging study
    }
)


def read_order(
    resource: Resource, accessions: tuple[str, ...], bases: Iterable[str]
) -> Order:
    """An order. accessions: the numbers of it that may be queried."""
    return Order(
        id=text_of(resource.get("id")) or "",
        text=label_of(resource.get("code")),
        codings=codings_of(resource.get("code")),
        accession_numbers=accessions,
        status=text_of(resource.get("status")) or "",
        priority=text_of(resource.get("priority")) or "",
        reason_texts=_labels(resource.get("reasonCode")),
        body_sites=_labels(resource.get("bodySite")),
        authored_on=text_of(resource.get("authoredOn")) or "",
        body_site_codings=concept_codings(resource.get("bodySite")),
        reason_codings=concept_codings(resource.get("reasonCode")),
        compares_with=referenced(resource.get("supportingInfo"), "ImagingStudy", bases),
    )


def order_codings(order: Order) -> tuple[OrderCoding, ...]:
    """The codes of ServiceRequest.code, or its words where it has no code."""
    return tuple(
        OrderCoding(
            *coding,
            source="ServiceRequest",
            body_sites=order.body_site_codings,
            reasons=order.reason_codings,
        )
        for coding in spelled(order.codings, order.text)
    )


def is_imaging(resource: Resource) -> bool:
    """An order's category says imaging, or it says nothing."""
    categories = objects_of(resource.get("category"))
    if not categories:
        return True
    codes = {coding[:2] for entry in categories for coding in codings_of(entry)}
    words = {word for c in categories for word in label_of(c).casefold().split()}
    return bool(codes & IMAGING_CODES or words & IMAGING_WORDS)


def read_visit(resource: Resource) -> Visit:
    """An Encounter; its class is a Coding in R4, a list of concepts in R5."""
    held = resource.get("class")
    code = text_of(object_of(held).get("code"))
    concepts = [coding for entry in objects_of(held) for coding in codings_of(entry)]
    period = object_of(resource.get("period") or resource.get("actualPeriod"))
    return Visit(
        id=text_of(resource.get("id")) or "",
        class_code=code or (concepts[0][1] if concepts else ""),
        status=text_of(resource.get("status")) or "",
        started=text_of(period.get("start")) or "",
    )


def referenced(value: object, kind: str, bases: Iterable[str]) -> tuple[str, ...]:
    """The ids of one type that a list of references into these bases names."""
    bases = tuple(bases)
    found = (local_reference(entry, bases) or "" for entry in objects_of(value))
    prefix = f"{kind}/"
    ids = (text.removeprefix(prefix) for text in found if text.startswith(prefix))
    return tuple(dict.fromkeys(ids))


def concept_codings(concepts: object) -> tuple[Coding, ...]:
    """Every coding of a list of CodeableConcepts."""
    found = (c for concept in objects_of(concepts) for c in codings_of(concept))
    return tuple(dict.fromkeys(found))


def spelled(codings: tuple[Coding, ...], text: str) -> tuple[Coding, ...]:
    """The codings, or the words alone where there are none."""
    return codings or ((("", "", text),) if text else ())


def _labels(concepts: object) -> tuple[str, ...]:
    return tuple(label for label in map(label_of, objects_of(concepts)) if label)
