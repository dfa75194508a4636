"""A data set as a tree of words for a reader: every attribute, in bounds.

Values stand as the file has them, several joined by a backslash (PS3.5 6.4). Of binary
values the size alone is told.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import dataclass

from smart_viewer.dicom.json_values import JsonDataset

MAX_TAGS = 10_000
MAX_TEXT = 1024  # characters of one attribute
MAX_DEPTH = 16
BINARY = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "UN"])
_PN_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


@dataclass(frozen=True, slots=True)
class Tag:
    """One attribute.

    tag: eight hexadecimal digits. keyword: empty where it is private or unknown.
    bytes: of a binary value, None where it is text or its size is not known.
    items: of a sequence.
    """

    tag: str
    keyword: str
    vr: str
    text: str = ""
    bytes: int | None = None
    cut: bool = False
    items: tuple[tuple[Tag, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class TagTree:
    """All of one instance; left_out: how many attributes a very large one has more."""

    tags: tuple[Tag, ...]
    left_out: int = 0


class Budget:
    """How many attributes may still be told."""

    def __init__(self) -> None:
        self._left = MAX_TAGS
        self.left_out = 0

    def spend(self) -> bool:
        """Whether there is room for one more; what has none is counted."""
        if self._left == 0:
            self.left_out += 1
            return False
        self._left -= 1
        return True


def tags_of_json(dataset: JsonDataset) -> TagTree:
    """The tree of an archive's DICOM JSON, without the archive's own addresses."""
    budget = Budget()
    tags = _tags(dataset, budget, 0)
    return TagTree(tags, budget.left_out)


def _tags(dataset: JsonDataset, budget: Budget, depth: int) -> tuple[Tag, ...]:
    told = []
    for tag, attribute in sorted(dataset.items()):
        if not isinstance(attribute, Mapping) or attribute.get("vr") == "UR":
            continue
        if budget.spend():
            told.append(_tag(tag, attribute, budget, depth))
    return tuple(told)


def _tag(tag: str, attribute: JsonDataset, budget: Budget, depth: int) -> Tag:
    vr = str(attribute.get("vr", ""))
    if vr == "SQ":
        listed = attribute.get("Value")
        found = listed if isinstance(listed, list) and depth < MAX_DEPTH else []
        items = tuple(
            _tags(item, budget, depth + 1) for item in found if isinstance(item, dict)
        )
        return Tag(tag, keyword_of(tag), vr, items=items)
    if vr in BINARY and "Value" not in attribute:
        return Tag(tag, keyword_of(tag), vr, bytes=_inline_bytes(attribute))
    return text_tag(tag, vr, attribute)


def text_tag(tag: str, vr: str, attribute: JsonDataset) -> Tag:
    """An attribute with values that can be written."""
    listed = attribute.get("Value")
    values = listed if isinstance(listed, list) else []
    text = "\\".join(map(_written, values))
    return Tag(tag, keyword_of(tag), vr, text=text[:MAX_TEXT], cut=len(text) > MAX_TEXT)


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):  # a person's name
        groups = [str(value.get(group) or "") for group in _PN_GROUPS]
        return "=".join(groups).rstrip("=")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _inline_bytes(attribute: JsonDataset) -> int | None:
    inline = attribute.get("InlineBinary")
    if not isinstance(inline, str):
        return None
    try:
        return len(b64decode(inline, validate=True))
    except BadBase64:
        return None


def keyword_of(tag: str) -> str:
    """The Standard's keyword; empty where it has none."""
    from pydicom.datadict import keyword_for_tag  # heavy

    try:
        return str(keyword_for_tag(int(tag, 16)))
    except ValueError:
        return ""
