"""Members of raw FHIR JSON: a member of another type counts as absent (R19)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_REFERENCE = re.compile(
    r"([A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?"
)
Resource = dict[str, object]


def text_of(value: object) -> str | None:
    """A string with something in it, stripped; else None.

    Half of a surrogate pair, which JSON can hold and UTF-8 cannot, becomes "?":
    one bad letter must not end a launch.
    """
    text = value.strip() if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode("utf-8") or None


def texts_of(value: object) -> tuple[str, ...]:
    """The non-empty strings of a list; a string alone counts as a list of one."""
    listed = value if isinstance(value, list) else [value]
    return tuple(text for text in map(text_of, listed) if text is not None)


def objects_of(value: object) -> tuple[Resource, ...]:
    """The objects of a list; an object alone counts as a list of one."""
    listed = value if isinstance(value, list) else [value]
    return tuple(item for item in listed if isinstance(item, dict))


def object_of(value: object) -> Resource:
    """An object; empty where it is none."""
    return value if isinstance(value, dict) else {}


def reference_of(value: object) -> str | None:
    """`Reference.reference` of a Reference element."""
    return text_of(object_of(value).get("reference"))


def local_reference(value: object, bases: Iterable[str]) -> str | None:
    """`Type/id` of a Reference into one of these FHIR bases; None if elsewhere.

    bases: with a slash at the end. A version (`/_history/…`) is left out.
    """
    text = reference_of(value) or ""
    for base in bases:
        text = text.removeprefix(base)
    match = _REFERENCE.fullmatch(text)
    return match[1] if match else None


def codings_of(value: object) -> tuple[tuple[str, str, str], ...]:
    """(system, code, display) of each coding of a CodeableConcept that has a code."""
    found = []
    for coding in objects_of(object_of(value).get("coding")):
        code = text_of(coding.get("code"))
        if code is not None:
            system = text_of(coding.get("system")) or ""
            found.append((system, code, text_of(coding.get("display")) or ""))
    return tuple(found)


def label_of(value: object) -> str:
    """The words of a CodeableConcept: text, else the first display or code."""
    concept: Mapping[str, object] = object_of(value)
    text = text_of(concept.get("text"))
    if text is not None:
        return text
    spelled = [display or code for _, code, display in codings_of(concept)]
    return spelled[0] if spelled else ""
