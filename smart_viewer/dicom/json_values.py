"""Values out of DICOM JSON, tolerantly (PS3.18 Annex F).

A bad value is None here and hides no other: archives and modalities write numbers
as strings, single values as lists of another length, and worse.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping, Sequence

# One dataset: tag as eight hex digits -> {"vr": ..., "Value": [...]}.
JsonDataset = Mapping[str, object]

_PN_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def values(dataset: JsonDataset, tag: str) -> Sequence[object]:
    """The attribute's values; empty where it is absent, empty or malformed."""
    attribute = dataset.get(tag)
    if not isinstance(attribute, dict):
        return ()
    found = attribute.get("Value")
    return found if isinstance(found, list) else ()


def holds_value(dataset: JsonDataset, tag: str) -> bool:
    """Whether the attribute has any value but null and empty text."""
    return any(value not in (None, "") for value in values(dataset, tag))


def texts(dataset: JsonDataset, tag: str) -> tuple[str, ...]:
    """The attribute's texts, stripped, in order; one that is not text is left empty."""
    found = values(dataset, tag)
    return tuple([v.strip(" \0") if isinstance(v, str) else "" for v in found])


def text(dataset: JsonDataset, tag: str) -> str:
    """The first text, stripped; empty where there is none."""
    found = values(dataset, tag)
    first = found[0] if found else ""
    return first.strip(" \0") if isinstance(first, str) else ""


def person_name(dataset: JsonDataset, tag: str) -> str:
    """The first name with its component groups joined by "=" (PS3.5 6.2)."""
    found = values(dataset, tag)
    if not found:
        return ""
    first = found[0]
    if isinstance(first, str):
        return first.strip()
    if not isinstance(first, dict):
        return ""
    groups = [first.get(group) for group in _PN_GROUPS]
    joined = "=".join(g.strip() if isinstance(g, str) else "" for g in groups)
    return joined.rstrip("=")


def as_number(value: object) -> float | None:
    """A finite number of a JSON number or of a DS/IS text, else None."""
    if type(value) is float and math.isfinite(value):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def numbers(
    dataset: JsonDataset, tag: str, count: int | None = None
) -> tuple[float, ...] | None:
    """All values as finite numbers; None where one is not, or `count` differs."""
    found = values(dataset, tag)
    if not found or (count is not None and len(found) != count):
        return None
    finite = tuple([n for value in found if (n := as_number(value)) is not None])
    return finite if len(finite) == len(found) else None


def number(dataset: JsonDataset, tag: str) -> float | None:
    """The only value as a finite number; None where absent, bad or one of many."""
    found = numbers(dataset, tag, count=1)
    return found[0] if found else None


def integer(dataset: JsonDataset, tag: str) -> int | None:
    """The only value as a whole number, else None."""
    found = number(dataset, tag)
    return int(found) if found is not None and found == int(found) else None


def items(dataset: JsonDataset, tag: str) -> list[JsonDataset]:
    """The sequence's items, in order; those that are no data sets are left out."""
    return [item for item in values(dataset, tag) if isinstance(item, Mapping)]


def binary(dataset: JsonDataset, tag: str) -> bytes | None:
    """The attribute's InlineBinary, little endian; None where there is none."""
    attribute = dataset.get(tag)
    encoded = attribute.get("InlineBinary") if isinstance(attribute, dict) else None
    if not isinstance(encoded, str):
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


def private_tag(dataset: JsonDataset, group: int, element: int, creator: str) -> str:
    """The tag of a private element in its creator's block (PS3.5 7.8.1), or "".

    element: the two low digits; which block holds them is the file's choice.
    """
    for block in range(0x10, 0x100):
        if text(dataset, f"{group:04X}00{block:02X}") == creator:
            return f"{group:04X}{block:02X}{element:02X}"
    return ""
