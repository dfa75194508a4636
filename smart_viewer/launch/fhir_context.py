"""Launch context members beyond the patient (R14; SMART 2.2, fhirContext)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from smart_viewer.launch.lenient import objects_of, text_of

LAUNCH_ROLE = "launch"
_REFERENCE = re.compile(
    r"([A-Z][A-Za-z]{1,63})/([A-Za-z0-9\-.]{1,64})(?:/_history/.*)?"
)
_UID = re.compile(r"(?:urn:oid:)?[0-9]+(?:\.[0-9]+)+")
USER_TYPES = frozenset(
    {"Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Person"}
)


@dataclass(frozen=True, slots=True)
class ContextItem:
    """One entry of fhirContext, with at least one of its three ways to point.

    reference: `Type/id`, relative to the FHIR base. role: a URI, or "launch".
    identifier_type: code of Identifier.type (v2-0203), as ACSN.
    """

    reference: str | None = None
    canonical: str | None = None
    identifier_system: str | None = None
    identifier_value: str | None = None
    type: str | None = None
    role: str = LAUNCH_ROLE
    identifier_type: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """A JSON object that `ContextItem(**…)` reads back."""
        return asdict(self)


def relative_reference(reference: object, iss: str) -> str | None:
    """`Type/id` where the reference points into this FHIR base, else None."""
    text = text_of(reference) or ""
    match = _REFERENCE.fullmatch(text.removeprefix(iss.rstrip("/") + "/"))
    return f"{match[1]}/{match[2]}" if match else None


def user_reference(value: object, iss: str) -> str | None:
    """fhirUser as `Type/id`; None where absent, foreign or of another type."""
    reference = relative_reference(value, iss)
    known = reference is not None and reference.partition("/")[0] in USER_TYPES
    return reference if known else None


def read_fhir_context(
    value: object, iss: str
) -> tuple[tuple[ContextItem, ...], tuple[str, ...]]:
    """The entries that can be used, and a warning for each that cannot."""
    items: list[ContextItem] = []
    warnings: list[str] = []
    for number, entry in enumerate(objects_of(value), start=1):
        item, problem = _item(entry, iss)
        if problem:
            warnings.append(f"fhirContext entry {number} is ignored: {problem}")
        elif item is not None:
            items.append(item)
    return tuple(items), tuple(warnings)


def _item(entry: Mapping[str, object], iss: str) -> tuple[ContextItem | None, str]:
    role = entry.get("role", LAUNCH_ROLE)
    if not isinstance(role, str) or not role:
        return None, "its role is empty"
    identifiers = objects_of(entry.get("identifier"))
    identifier = identifiers[0] if identifiers else {}
    item = ContextItem(
        reference=relative_reference(entry.get("reference"), iss),
        canonical=text_of(entry.get("canonical")),
        identifier_system=text_of(identifier.get("system")),
        identifier_value=text_of(identifier.get("value")),
        type=text_of(entry.get("type")),
        role=role,
        identifier_type=_type_code(identifier),
    )
    if entry.get("reference") is not None and item.reference is None:
        return None, "its reference points outside this EHR"
    if item.reference or item.canonical or item.identifier_value:
        return item, ""
    return None, "it points nowhere"


def _type_code(identifier: Mapping[str, object]) -> str | None:
    """The first code of Identifier.type, else its words."""
    for kind in objects_of(identifier.get("type")):
        codes = [text_of(c.get("code")) for c in objects_of(kind.get("coding"))]
        return next((code for code in codes if code), None) or text_of(kind.get("text"))
    return None


def items_of_vendor_keys(
    response: Mapping[str, object], key_map: Mapping[str, str]
) -> tuple[tuple[ContextItem, ...], tuple[str, ...]]:
    """What configured members of the token response point to, and warnings (R14, R46).

    key_map: member -> `order` (FHIR id of a ServiceRequest), `study` (Study Instance
    UID, or FHIR id of an ImagingStudy) or `accession`. Other members say nothing.
    """
    items: list[ContextItem] = []
    warnings: list[str] = []
    for key, meaning in key_map.items():
        if key not in response:
            continue
        item = _vendor_item(meaning, (text_of(response[key]) or "").strip())
        if item is None:
            warnings.append(f"{key} of the launch is ignored: it holds no {meaning}")
        else:
            items.append(item)
    return tuple(items), tuple(warnings)


def _vendor_item(meaning: str, value: str) -> ContextItem | None:
    if not value:
        return None
    if meaning == "accession":
        return ContextItem(identifier_value=value, identifier_type="ACSN")
    if meaning == "study" and _UID.fullmatch(value):
        return ContextItem(identifier_system="urn:dicom:uid", identifier_value=value)
    kind = "ImagingStudy" if meaning == "study" else "ServiceRequest"
    if not _REFERENCE.fullmatch(f"{kind}/{value}"):
        return None
    return ContextItem(reference=f"{kind}/{value}")
