"""Numbers out of FHIR identifiers: MRNs, accession numbers, study UIDs (R21)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from smart_viewer.fhir.json_reading import (
    Resource,
    codings_of,
    object_of,
    objects_of,
    text_of,
)
from smart_viewer.settings import IdentifierSystem

DICOM_UID_SYSTEM = "urn:dicom:uid"
V2_0203 = frozenset(
    {
        "http://terminology.hl7.org/CodeSystem/v2-0203",
        "http://hl7.org/fhir/v2/0203",
        "urn:oid:2.16.840.1.113883.18.108",
        "",
    }
)
ACCESSION_MAX = 16  # VR SH
_UID = re.compile(r"[0-9.]{1,64}")
_NO_WILDCARD = re.compile(r"[^*?\\\x00-\x1f]+")


def numbers_of(
    identifiers: object, systems: Iterable[IdentifierSystem]
) -> tuple[tuple[str, str], ...]:
    """(value, issuer) of each identifier that a system describes, old ones too.

    In the order of `systems`, then of the identifiers, without repeats.
    """
    entries = objects_of(identifiers)
    found = (
        (value, system.issuer)
        for system in systems
        for entry in entries
        if _matches(entry, system) and (value := text_of(entry.get("value")))
    )
    return tuple(dict.fromkeys(found))


def accession_numbers(
    identifiers: object, systems: Iterable[IdentifierSystem]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The accession numbers that may be queried, and a warning per other one.

    A wildcard or more than 16 characters (VR SH) would find other studies.
    """
    values = dict.fromkeys(value for value, _ in numbers_of(identifiers, systems))
    good = tuple(value for value in values if is_accession(value))
    refused = len(values) - len(good)
    warnings = ("an accession number that cannot be queried was ignored",) * refused
    return good, warnings


def is_accession(value: str) -> bool:
    """The value may stand in a query without matching more than itself (R21)."""
    return len(value) <= ACCESSION_MAX and bool(_NO_WILDCARD.fullmatch(value))


def study_uid(identifiers: object) -> str | None:
    """The Study Instance UID of an ImagingStudy, without `urn:oid:`; None if bad."""
    for entry in objects_of(identifiers):
        if text_of(entry.get("system")) != DICOM_UID_SYSTEM:
            continue
        uid = uid_of_urn(text_of(entry.get("value")) or "")
        if uid is not None:
            return uid
    return None


def uid_of_urn(value: str) -> str | None:
    """A UID of `urn:oid:1.2.3` or `1.2.3`; None where it is none (R21)."""
    uid = value.removeprefix("urn:oid:")
    return uid if _UID.fullmatch(uid) else None


def _matches(entry: Resource, system: IdentifierSystem) -> bool:
    if system.system and text_of(entry.get("system")) != system.system:
        return False
    return not system.type_code or system.type_code in _type_codes(entry)


def _type_codes(entry: Resource) -> set[str]:
    """Codes of v2-0203, and the type's text, which is all that some EHRs send."""
    kind = object_of(entry.get("type"))
    codes = {code for scheme, code, _ in codings_of(kind) if scheme in V2_0203}
    text = text_of(kind.get("text"))
    return codes | {text} if text else codes
