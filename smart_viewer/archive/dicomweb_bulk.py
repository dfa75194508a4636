"""Values that a picture needs and the metadata only point to (PS3.18 F, BulkDataURI).

Lookup tables, palettes, colour profiles, and private values that some PET and
diffusion images and mosaics cannot do without. Only those that the image uses are
fetched; what cannot be had stays a pointer, which `dicom` names to the reader.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from smart_viewer.archive.dicomweb_metadata import WORKERS
from smart_viewer.dicom.json_values import (
    JsonDataset,
    integer,
    items,
    private_tag,
    text,
    texts,
)
from smart_viewer.errors import UpstreamUnavailable

MAX_VALUES = 2000  # of one study; beyond, the rest are said to be missing
_LUT_DATA, _ICC = "00283006", "00282000"
_PALETTES = tuple("00281201 00281202 00281203 00281221 00281222 00281223".split())
_LUTS = ("00283000", "00283010")
_OPTICAL_PATHS, _FRAME_VOI = "00480105", "00289132"
_GROUPS = ("52009229", "52009230")
_LONGEST_TEXT = 64
# (group, low digits, creator) of short private texts that a PET image's SUV needs.
_PET_TEXTS = (
    (0x0009, 0x0D, "GEMS_PETD_01"),
    (0x7053, 0x00, "Philips PET Private Group"),
    (0x7053, 0x09, "Philips PET Private Group"),
)
# The same of b-values, which tell diffusion images apart.
_B_VALUES = (
    (0x0019, 0x0C, "SIEMENS MR HEADER"),
    (0x0043, 0x39, "GEMS_PARM_01"),
)
_STANDARD_B_VALUE = "00189087"
_MOSAIC = ((0x0029, 0x10, "SIEMENS CSA HEADER"),)

Fetch = Callable[[str], bytes]
_Attribute = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One attribute that is a pointer; short texts become values."""

    attribute: _Attribute
    uri: str
    is_text: bool = False


def fill_bulk(instances: Sequence[dict[str, object]], fetch: Fetch) -> None:
    """Write what is pointed to into the data sets, each address asked once.

    fetch: the bytes behind a URI; UpstreamUnavailable.
    """
    wanted = [one for dataset in instances for one in _wanted(dataset)][:MAX_VALUES]
    if not wanted:
        return
    uris = list(dict.fromkeys(one.uri for one in wanted))
    with ThreadPoolExecutor(WORKERS) as pool:
        found = dict(zip(uris, pool.map(_quietly(fetch), uris), strict=True))
    for one in wanted:
        if value := found[one.uri]:
            _write(one, value)


def bulk_uri(dataset: JsonDataset, tag: str) -> str:
    """Where the attribute's value is, "" where it is not elsewhere."""
    attribute = dataset.get(tag)
    return _uri(attribute) if isinstance(attribute, dict) else ""


def _uri(attribute: _Attribute) -> str:
    if "InlineBinary" in attribute or "Value" in attribute:
        return ""
    found = attribute.get("BulkDataURI")
    return found if isinstance(found, str) else ""


def _quietly(fetch: Fetch) -> Fetch:
    def fetched(uri: str) -> bytes:
        try:
            return fetch(uri)
        except UpstreamUnavailable:
            return b""

    return fetched


def _write(one: _Wanted, value: bytes) -> None:
    one.attribute.pop("BulkDataURI", None)
    if not one.is_text:
        one.attribute["InlineBinary"] = base64.b64encode(value).decode("ascii")
    elif value.isascii() and len(value) <= _LONGEST_TEXT:
        one.attribute["Value"] = value.decode("ascii").strip(" \0").split("\\")


def _wanted(dataset: JsonDataset) -> Iterator[_Wanted]:
    if text(dataset, "00280004") == "PALETTE COLOR":
        yield from _pointers(dataset, _PALETTES)
    if (integer(dataset, "00280002") or 1) > 1:
        for place in (dataset, *items(dataset, _OPTICAL_PATHS)):
            yield from _pointers(place, (_ICC,))
    for place in _places_of_luts(dataset):
        for sequence in _LUTS:
            for table in items(place, sequence):
                yield from _pointers(table, (_LUT_DATA,))
    if "MOSAIC" in texts(dataset, "00080008"):
        yield from _private(dataset, _MOSAIC, is_text=False)
    modality = text(dataset, "00080060")
    if modality == "PT":
        yield from _private(dataset, _PET_TEXTS, is_text=True)
    if modality == "MR" and _STANDARD_B_VALUE not in dataset:
        yield from _private(dataset, _B_VALUES, is_text=True)


def _places_of_luts(dataset: JsonDataset) -> Iterator[JsonDataset]:
    """The image itself, and the Frame VOI LUT groups (C.7.6.16.2.10)."""
    yield dataset
    for groups in _GROUPS:
        for frame in items(dataset, groups):
            yield from items(frame, _FRAME_VOI)


def _pointers(place: JsonDataset, tags: Sequence[str]) -> Iterator[_Wanted]:
    for tag in tags:
        attribute = place.get(tag)
        if isinstance(attribute, dict) and (uri := _uri(attribute)):
            yield _Wanted(attribute, uri)


def _private(
    dataset: JsonDataset, places: Sequence[tuple[int, int, str]], is_text: bool
) -> Iterator[_Wanted]:
    for place in places:
        attribute = dataset.get(private_tag(dataset, *place))
        if isinstance(attribute, dict) and (uri := _uri(attribute)):
            yield _Wanted(attribute, uri, is_text)
