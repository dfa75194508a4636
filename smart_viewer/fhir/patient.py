"""The EHR's patient, in the words that DICOM compares (R4 Patient; PS3.5 6.2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from smart_viewer.fhir.identifiers import numbers_of
from smart_viewer.fhir.json_reading import Resource, objects_of, text_of, texts_of
from smart_viewer.settings import IdentifierSystem

# Names that are not the patient's present legal one, but may be in an archive.
VARIANT_USES = frozenset({"old", "maiden", "nickname", "temp", "anonymous"})
_FIRST_USES = ("official", "usual")
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class EhrPatient:
    """Who the EHR says the patient is.

    names: `Family^Given^Middle`, the official one first. variant_names: former
    and other names, by themselves no proof of identity. birth_date: FHIR date,
    YYYY, YYYY-MM or YYYY-MM-DD, empty where unknown. sex: male, female, other,
    unknown or empty. mrns: (value, issuer), old ones too.
    other_identifiers: (value, system) of the rest.
    """

    fhir_id: str
    names: tuple[str, ...] = field(repr=False)
    display_name: str = field(repr=False)
    birth_date: str = field(repr=False)
    sex: str
    mrns: tuple[tuple[str, str], ...] = field(repr=False)
    variant_names: tuple[str, ...] = field(default=(), repr=False)
    other_identifiers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def read_patient(
    resource: Resource, mrn_systems: Iterable[IdentifierSystem]
) -> EhrPatient:
    """What a Patient resource says; what is not readable in it is left out."""
    names = sorted(objects_of(resource.get("name")), key=_rank)
    present = [name for name in names if not _is_variant(name)]
    others = [name for name in names if _is_variant(name)]
    birth_date = text_of(resource.get("birthDate")) or ""
    mrns = numbers_of(resource.get("identifier"), mrn_systems)
    return EhrPatient(
        fhir_id=text_of(resource.get("id")) or "",
        names=_person_names(present),
        display_name=next((d for d in map(_display, present or others) if d), ""),
        birth_date=birth_date if _DATE.fullmatch(birth_date) else "",
        sex=text_of(resource.get("gender")) or "",
        mrns=mrns,
        variant_names=_person_names(others),
        other_identifiers=_others(resource, {value for value, _ in mrns}),
    )


def with_merged(patient: EhrPatient, others: Iterable[EhrPatient]) -> EhrPatient:
    """The patient with the numbers and names of records merged with it (R24).

    Their names are by themselves no proof of identity, as former names are not.
    """
    others = tuple(others)
    mrns = (*patient.mrns, *(mrn for other in others for mrn in other.mrns))
    names = (
        *patient.variant_names,
        *(n for other in others for n in (*other.names, *other.variant_names)),
    )
    more = (
        *patient.other_identifiers,
        *(pair for other in others for pair in other.other_identifiers),
    )
    return replace(
        patient,
        mrns=tuple(dict.fromkeys(mrns)),
        variant_names=tuple(n for n in dict.fromkeys(names) if n not in patient.names),
        other_identifiers=tuple(dict.fromkeys(more)),
    )


def person_name(name: Resource) -> str:
    """A HumanName as the alphabetic group of a PN: Family^Given^Middle.

    The first given name is PN's given name, the rest its middle name. A name in
    one piece is split at a comma, or stays one piece.
    """
    family = text_of(name.get("family")) or ""
    given = texts_of(name.get("given"))
    if not family and not given:
        text = text_of(name.get("text")) or ""
        family, _, rest = text.partition(",")
        given = tuple(rest.split())
    parts = [family, *given[:1], " ".join(given[1:])]
    return "^".join(_plain(part) for part in parts).rstrip("^")


def _person_names(names: Iterable[Resource]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pn for pn in map(person_name, names) if pn))


def _display(name: Resource) -> str:
    spelled = [
        *texts_of(name.get("prefix")),
        *texts_of(name.get("given")),
        *texts_of(name.get("family")),
        *texts_of(name.get("suffix")),
    ]
    return text_of(name.get("text")) or " ".join(spelled)


def _rank(name: Resource) -> int:
    use = text_of(name.get("use"))
    return _FIRST_USES.index(use) if use in _FIRST_USES else len(_FIRST_USES)


def _is_variant(name: Resource) -> bool:
    """By its use, or since it has an end (as a name before marriage)."""
    period = name.get("period")
    ended = isinstance(period, dict) and text_of(period.get("end")) is not None
    return text_of(name.get("use")) in VARIANT_USES or ended


def _plain(part: str) -> str:
    """One PN component: without the signs that separate components and groups."""
    return " ".join(re.sub(r"[\^=\\]", " ", part).split())


def _others(resource: Resource, mrns: set[str]) -> tuple[tuple[str, str], ...]:
    found = (
        (value, text_of(entry.get("system")) or "")
        for entry in objects_of(resource.get("identifier"))
        if (value := text_of(entry.get("value"))) and value not in mrns
    )
    return tuple(dict.fromkeys(found))
