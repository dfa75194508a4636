"""A pydicom data set as DICOM JSON, one element at a time (PS3.18 Annex F)."""

from __future__ import annotations

import math

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.tag import BaseTag

_BINARY_VRS = frozenset(
    ["OB", "OD", "OF", "OL", "OV", "OW", "UN"]
    + ["OB or OW", "US or OW", "US or SS or OW", "US or SS"]
)
# Private b-values that some writers store as bytes of text (Siemens, GE).
_TEXT_IN_BYTES = frozenset([0x0019100C, 0x00431039])
_LONGEST_TEXT_IN_BYTES = 64
# What pydicom raises when it converts a bad value.
_BAD_VALUE = (
    ArithmeticError,
    AttributeError,
    BytesLengthException,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)


def to_json(dataset: Dataset) -> dict[str, object]:
    """DICOM JSON without binary values and group lengths.

    A value that cannot be converted stays as the text it is in the file, so
    that a bad value is not taken for a missing one.
    """
    found: dict[str, object] = {}
    for tag in sorted(dataset.keys()):
        if tag.element == 0:
            continue
        attribute = _attribute(dataset, tag)
        if attribute is not None:
            found[f"{tag:08X}"] = attribute
    return found


def _attribute(dataset: Dataset, tag: BaseTag) -> dict[str, object] | None:
    raw = dataset.get_item(tag)
    try:
        element = dataset[tag]
        return _converted(element)
    except _BAD_VALUE:
        return _as_raw_text(raw, tag)


def _converted(element: DataElement) -> dict[str, object] | None:
    if element.VR in _BINARY_VRS:
        return _text_in_bytes(element)
    if element.VR == "SQ":
        return {"vr": "SQ", "Value": [to_json(item) for item in element.value]}
    attribute: dict[str, object] = element.to_json_dict(None, 0)
    listed = attribute.get("Value")
    if isinstance(listed, list) and not all(map(_fits_json, listed)):
        return {"vr": element.VR, "Value": [str(value) for value in listed]}
    return attribute


def _text_in_bytes(element: DataElement) -> dict[str, object] | None:
    value = element.value
    if element.tag not in _TEXT_IN_BYTES or not isinstance(value, bytes):
        return None
    if len(value) > _LONGEST_TEXT_IN_BYTES or not value.isascii():
        return None
    return {"vr": "LO", "Value": value.decode("ascii").strip(" \0").split("\\")}


def _fits_json(value: object) -> bool:
    """JSON has no NaN and no infinity."""
    return not isinstance(value, float) or math.isfinite(value)


def _as_raw_text(raw: object, tag: BaseTag) -> dict[str, object] | None:
    if not isinstance(raw, RawDataElement) or not isinstance(raw.value, bytes):
        return None
    try:
        vr = raw.VR or dictionary_VR(tag)
    except KeyError:
        return None
    if vr in _BINARY_VRS or vr == "SQ" or len(raw.value) > 1024:
        return {"vr": vr}
    text = raw.value.decode("ascii", "replace").rstrip(" \0")
    return {"vr": vr, "Value": text.split("\\")}
