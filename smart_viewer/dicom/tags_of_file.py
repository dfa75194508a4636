"""Every attribute of a Part 10 file as a tree, its meta group first (PS3.10 7.1)."""

from __future__ import annotations

from typing import BinaryIO

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from smart_viewer.dicom.frame_table import read_pixel_element
from smart_viewer.dicom.header import DAMAGE, parsed_header, quiet_pydicom
from smart_viewer.dicom.tag_tree import (
    BINARY,
    MAX_DEPTH,
    Budget,
    Tag,
    TagTree,
    keyword_of,
    text_tag,
)
from smart_viewer.dicom.to_json import attribute_of
from smart_viewer.errors import NotInStandard

UNDEFINED_LENGTH = 0xFFFFFFFF  # of compressed pixels (PS3.5 A.4)


def tags_of_file(file: BinaryIO) -> TagTree:
    """The tree; file: at its start. NotInStandard where its header is damaged."""
    with quiet_pydicom():
        dataset, data = parsed_header(file)
        budget = Budget()
        try:
            meta = _tags(dataset.file_meta, budget, 0)
            told = meta + _tags(dataset, budget, 0)
        except DAMAGE as damage:
            raise NotInStandard("The file's header is damaged.") from damage
        big_endian = dataset.original_encoding[1] is False
        pixels = _pixels(data, big_endian)
    return TagTree(told + pixels, budget.left_out)


def _tags(dataset: Dataset, budget: Budget, depth: int) -> tuple[Tag, ...]:
    return tuple(
        _tag(dataset, tag, budget, depth)
        for tag in sorted(dataset.keys())
        if tag.element != 0 and budget.spend()  # group lengths are not content
    )


def _tag(dataset: Dataset, tag: BaseTag, budget: Budget, depth: int) -> Tag:
    """One element; a value that cannot be read hides no other."""
    name = f"{tag:08X}"
    raw = dataset.get_item(tag)
    value, vr = getattr(raw, "value", None), str(getattr(raw, "VR", None) or "")
    if isinstance(raw, RawDataElement) and vr in BINARY:
        size = len(value) if isinstance(value, bytes) else 0
        return Tag(name, keyword_of(name), vr, bytes=size)
    try:
        element = dataset[tag]
        vr = str(element.VR)
        if vr == "SQ":
            within = element.value if depth < MAX_DEPTH else ()
            items = tuple(_tags(item, budget, depth + 1) for item in within)
            return Tag(name, keyword_of(name), vr, items=items)
    except DAMAGE:
        pass  # `attribute_of` says what can be said of it
    attribute = attribute_of(dataset, tag) or {}
    if "Value" in attribute or vr not in BINARY or not isinstance(value, bytes):
        return text_tag(name, str(attribute.get("vr", vr)), attribute)
    return Tag(name, keyword_of(name), vr, bytes=len(value))


def _pixels(data: BinaryIO, big_endian: bool) -> tuple[Tag, ...]:
    """Pixel Data, where the header ends at it."""
    try:
        element = read_pixel_element(data, data.tell(), not big_endian)
    except (NotInStandard, *DAMAGE):
        return ()
    tag = f"7FE0{element.element:04X}"
    length = None if element.length == UNDEFINED_LENGTH else element.length
    return (Tag(tag, keyword_of(tag), element.vr, bytes=length),)
