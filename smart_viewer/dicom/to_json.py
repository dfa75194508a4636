"""A pydicom data set as DICOM JSON, one element at a time (PS3.18 Annex F)."""

from __future__ import annotations

import base64
import math
from struct import unpack

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.tag import BaseTag

LARGEST_INLINE = 256 * 1024  # bytes of one binary value that is kept
# Stands for the BulkDataURI of a value that is longer than that.
TOO_LARGE = "#too-large"
_BINARY_VRS = frozenset(
    ["OB", "OD", "OF", "OL", "OV", "OW", "UN"]
    + ["OB or OW", "US or OW", "US or SS or OW", "US or SS"]
)
# Private values that some writers store as bytes of text: by group and the two low
# digits, for which block a creator has is the file's choice (PS3.5 7.8.1). b-values
# of Siemens and GE; factors of Philips PET, scan time of GE PET.
_TEXT_IN_BYTES = frozenset(
    [(0x0019, 0x0C), (0x0043, 0x39)] + [(0x7053, 0x00), (0x7053, 0x09), (0x0009, 0x0D)]
)
_LONGEST_TEXT_IN_BYTES = 64
# Binary values that are kept: LUT data, palettes, ICC profile.
_KEPT = frozenset(
    [0x00283006, 0x00282000]
    + [0x00281201, 0x00281202, 0x00281203, 0x00281221, 0x00281222, 0x00281223]
)
_MOSAIC_HEADER = (0x0029, 0x10)  # CSA image header of Siemens; kept of mosaics only
_MOSAIC_COUNT = (0x0019, 0x0A)  # number of images in a mosaic (Siemens), US
_DESCRIPTORS = "US or SS"
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
    """DICOM JSON without group lengths and without most binary values.

    Kept as InlineBinary, little endian, are tables, ICC profiles and a few private
    values, up to LARGEST_INLINE bytes each. Of overlays' bits only the presence is
    told. A value that cannot be converted stays as the text it is in the file, so
    that a bad value is not taken for a missing one.
    """
    found: dict[str, object] = {}
    for tag in sorted(dataset.keys()):
        if tag.element == 0:
            continue
        attribute = attribute_of(dataset, tag)
        if attribute is not None:
            found[f"{tag:08X}"] = attribute
    return found


def attribute_of(dataset: Dataset, tag: BaseTag) -> dict[str, object] | None:
    """One element as `to_json` has it; None for a binary value that is left out."""
    raw = dataset.get_item(tag)
    if _is_kept(dataset, tag):
        return _inline(raw)
    if _is_overlay_data(tag):
        return {"vr": "OW", "BulkDataURI": "#overlay"}
    try:
        element = dataset[tag]
        return _converted(element)
    except _BAD_VALUE:
        return _as_raw_text(raw, tag)


def _is_kept(dataset: Dataset, tag: BaseTag) -> bool:
    if tag in _KEPT:
        return True
    return _private(tag) == _MOSAIC_HEADER and _is_mosaic(dataset)


def _is_mosaic(dataset: Dataset) -> bool:
    return "MOSAIC" in str(dataset.get("ImageType", ""))


def _is_overlay_data(tag: BaseTag) -> bool:
    return tag.group & 0xFFE1 == 0x6000 and tag.element == 0x3000  # noqa: PLR2004


def _private(tag: BaseTag) -> tuple[int, int] | None:
    """Group and low digits of a private element; None for every other tag."""
    if not tag.is_private or tag.element < 0x1000:  # noqa: PLR2004 -- creators
        return None
    return tag.group, tag.element & 0xFF


def _inline(raw: object) -> dict[str, object] | None:
    """The bytes as a little endian file has them (PS3.18 F.2.7)."""
    value = getattr(raw, "value", None)
    if not isinstance(value, bytes):
        return None
    vr = "OB" if _is_byte_wise(raw) else "OW"
    if len(value) > LARGEST_INLINE:
        return {"vr": vr, "BulkDataURI": TOO_LARGE}
    encoded = base64.b64encode(little_endian_bytes(raw)).decode("ascii")
    return {"vr": vr, "InlineBinary": encoded}


def little_endian_bytes(raw: object) -> bytes:
    """The bytes of an element of words or bytes, as it was read; b"" for none."""
    value = getattr(raw, "value", None)
    if not isinstance(value, bytes):
        return b""
    is_big = isinstance(raw, RawDataElement) and not raw.is_little_endian
    return _swapped(value) if is_big and not _is_byte_wise(raw) else value


def _is_byte_wise(raw: object) -> bool:
    return isinstance(raw, RawDataElement) and raw.VR in {"OB", "UN"}


def _swapped(value: bytes) -> bytes:
    """The bytes of each word in the other order; an odd last byte stays."""
    words = bytearray(value)
    even = len(value) // 2 * 2
    words[0:even:2], words[1:even:2] = value[1:even:2], value[0:even:2]
    return bytes(words)


def _converted(element: DataElement) -> dict[str, object] | None:
    if element.VR == _DESCRIPTORS:
        return _as_words(element.value)
    if element.VR in _BINARY_VRS:
        return _in_bytes(element)
    if element.VR == "SQ":
        return {"vr": "SQ", "Value": [to_json(item) for item in element.value]}
    attribute: dict[str, object] = element.to_json_dict(None, 0)
    listed = attribute.get("Value")
    if isinstance(listed, list) and not all(map(_fits_json, listed)):
        return {"vr": element.VR, "Value": [str(value) for value in listed]}
    return attribute


def _as_words(value: object) -> dict[str, object]:
    """US or SS, which pydicom could not decide: the readers go by the 16 bits.

    Only an implicit file leaves it open, and that is little endian.
    """
    if not isinstance(value, bytes) or len(value) > _LONGEST_TEXT_IN_BYTES:
        return {"vr": "US"}
    count = len(value) // 2
    return {"vr": "US", "Value": list(unpack(f"<{count}H", value[: 2 * count]))}


def _in_bytes(element: DataElement) -> dict[str, object] | None:
    """What some writers store as bytes: short text, or one number."""
    value, place = element.value, _private(element.tag)
    if not isinstance(value, bytes) or len(value) > _LONGEST_TEXT_IN_BYTES:
        return None
    if place == _MOSAIC_COUNT:
        return _as_words(value)
    if place not in _TEXT_IN_BYTES or not value.isascii():
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
