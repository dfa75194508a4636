"""Attribute matching of a search, as the Standard says it (PS3.4 C.2.2.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword

JsonDataset = Mapping[str, Any]

_NO_WILDCARD = frozenset("AE DA DT TM UI IS DS US SS UL SL FL FD OB OW".split())
_RANGES = frozenset({"DA", "DT", "TM"})
_KEYWORDS = frozenset({"includefield", "fuzzymatching", "limit", "offset"})


class BadQuery(Exception):
    """A parameter that is no attribute."""


def tag_of(name: str) -> str:
    """Eight hex digits for a keyword or for a tag written so. BadQuery."""
    tag = tag_for_keyword(name)
    if tag is not None:
        return f"{tag:08X}"
    if re.fullmatch(r"[0-9A-Fa-f]{8}", name):
        return name.upper()
    raise BadQuery(f"{name} is no attribute")


def filters_of(parameters: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The matching keys by tag; universal ones (empty) are left out. BadQuery."""
    return {
        tag_of(name): value
        for name, value in parameters
        if name not in _KEYWORDS and value
    }


def without(filters: Mapping[str, str], keywords: frozenset[str]) -> dict[str, str]:
    """The filters but those of these keywords."""
    return {t: v for t, v in filters.items() if keyword_for_tag(t) not in keywords}


def matches(dataset: JsonDataset, filters: Mapping[str, str]) -> bool:
    """Whether the dataset meets every filter."""
    return all(_matches_one(dataset, tag, wanted) for tag, wanted in filters.items())


def _matches_one(dataset: JsonDataset, tag: str, wanted: str) -> bool:
    vr = dictionary_VR(tag)
    found = [_text(value) for value in dataset.get(tag, {}).get("Value", [])]
    return any(_matches_value(vr, value, wanted) for value in found)


def _matches_value(vr: str, value: str, wanted: str) -> bool:
    if vr in _RANGES and "-" in wanted:
        first, _, last = wanted.partition("-")
        return bool(value) and first <= value and (not last or value <= last + "~")
    if vr == "UI":
        return value in re.split(r"[,\\]", wanted)
    if vr in _NO_WILDCARD or not set(wanted) & {"*", "?"}:
        return value == wanted
    pattern = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in wanted)
    return re.fullmatch(pattern, value, re.DOTALL) is not None


def _text(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("Alphabetic", ""))
    return str(value)
