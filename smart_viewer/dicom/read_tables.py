"""Lookup tables of DICOM JSON: Modality LUT, VOI LUTs, palettes (PS3.3 C.11.1, C.11.2).

The descriptor decides: number of entries (0 means 65536), first input, bits of an
entry. What the file says in US or SS is taken by its bits; the sign of the first
input is what the clause of the table says, not what the writer wrote. A table whose
data do not fit its descriptor is no table: which part is wrong would be a guess.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from typing import NamedTuple

from smart_viewer.dicom.json_values import (
    JsonDataset,
    as_number,
    binary,
    items,
    text,
    values,
)
from smart_viewer.dicom.segmented_palette import BadSegments, expand_segments
from smart_viewer.dicom.study import LookupTable, Palette

MODALITY_LUT, VOI_LUT = "00283000", "00283010"
_DESCRIPTOR, _EXPLANATION, _LUT_TYPE, _DATA = (
    "00283002",
    "00283003",
    "00283004",
    "00283006",
)
# Of red, green and blue: descriptor, data, segmented data.
_CHANNELS = (
    ("00281101", "00281201", "00281221"),
    ("00281102", "00281202", "00281222"),
    ("00281103", "00281203", "00281223"),
)
PALETTE_TAGS = tuple(tag for channel in _CHANNELS for tag in channel)
TABLE_TAGS = (MODALITY_LUT, VOI_LUT, *PALETTE_TAGS)
_WORD = 1 << 16
_BYTE_BITS, _MOST_BITS = 8, 16
_DESCRIPTOR_VALUES = 3


class BadTable(ValueError):
    """What is wrong with a table, as the end of a sentence about it."""


class _Descriptor(NamedTuple):
    length: int  # number of entries, 1 to 65536
    first: int  # its sign resolved
    bits: int  # 1 to 16


def project_tables(dataset: JsonDataset) -> dict[str, object]:
    """The part of the metadata that the readers here read, without VRs."""
    kept: dict[str, object] = {
        tag: _bare(dataset[tag]) for tag in PALETTE_TAGS if tag in dataset
    }
    for tag in (MODALITY_LUT, VOI_LUT):
        tables = [
            {inner: _bare(item[inner]) for inner in _INNER if inner in item}
            for item in items(dataset, tag)
        ]
        if tables:
            kept[tag] = {"Value": tables}
    return kept


_INNER = (_DESCRIPTOR, _EXPLANATION, _LUT_TYPE, _DATA)


def _bare(attribute: object) -> dict[str, object]:
    if not isinstance(attribute, dict):
        return {}
    return {key: value for key, value in attribute.items() if key != "vr"}


def read_modality_lut(
    dataset: JsonDataset, signed: bool
) -> tuple[LookupTable | None, str]:
    """The Modality LUT, or None and what is wrong with it, "" where there is none.

    signed: whether stored values are (PixelRepresentation), which is what the
    first input is then too (C.11.1.1.1).
    """
    tables = items(dataset, MODALITY_LUT)
    if not tables:
        return None, ""
    try:
        return _read_item(tables[0], signed), ""
    except BadTable as reason:
        return None, f"The Modality LUT {reason}."


def modality_lut_type(dataset: JsonDataset) -> str:
    """The unit of the Modality LUT's output (C.11.1.1.2), "" where there is none."""
    return next((text(item, _LUT_TYPE) for item in items(dataset, MODALITY_LUT)), "")


def read_voi_luts(
    dataset: JsonDataset, signed: bool
) -> tuple[tuple[LookupTable, ...], str]:
    """The VOI LUTs in order, and what is wrong with the first that is left out.

    signed: whether the values that go into the table may be negative (C.11.2.1.1):
    see `voi_input_is_signed`.
    """
    found, problem = [], ""
    for item in items(dataset, VOI_LUT):
        try:
            found.append(_read_item(item, signed))
        except BadTable as reason:
            problem = problem or f"A VOI LUT {reason}."
    return tuple(found), problem


def voi_input_is_signed(
    stored_signed: bool, bits_stored: int, slope: float, intercept: float
) -> bool:
    """Whether the output of a rescale may be negative (C.11.2.1.1).

    Not asked after a Modality LUT, whose output never is (C.11.1.1.1).
    """
    low = -(1 << (bits_stored - 1)) if stored_signed else 0
    high = (1 << (bits_stored - stored_signed)) - 1
    return min(low * slope, high * slope) + intercept < 0


def read_palette(dataset: JsonDataset, signed: bool) -> tuple[Palette | None, str]:
    """The palette of PALETTE COLOR, or None and what is wrong with it (C.7.6.3.1.5)."""
    try:
        red, green, blue = (
            _read_channel(dataset, channel, signed) for channel in _CHANNELS
        )
    except BadTable as reason:
        return None, f"The colour palette {reason}."
    return Palette(red, green, blue), ""


def has_palette(dataset: JsonDataset) -> bool:
    """Whether the object carries palette data, for its use or beside it."""
    return any(dataset.get(tag) for _, *data in _CHANNELS for tag in data)


def _read_item(item: JsonDataset, signed: bool) -> LookupTable:
    descriptor = _read_descriptor(item, _DESCRIPTOR, signed)
    entries = _entries(_data_bytes(item, _DATA), descriptor)
    return _table(descriptor, entries, text(item, _EXPLANATION))


def _read_channel(
    dataset: JsonDataset, channel: tuple[str, str, str], signed: bool
) -> LookupTable:
    tag, data, segmented = channel
    descriptor = _read_descriptor(dataset, tag, signed)
    if data in dataset or segmented not in dataset:
        return _table(descriptor, _entries(_data_bytes(dataset, data), descriptor))
    raw = _data_bytes(dataset, segmented)
    unit_bytes = 1 if descriptor.bits <= _BYTE_BITS else 2
    units = raw if unit_bytes == 1 else _words(raw)
    try:
        entries = expand_segments(units, descriptor.length, unit_bytes)
    except BadSegments as cause:
        raise BadTable("has segments that make no table") from cause
    return _table(descriptor, array("H", entries))


def _read_descriptor(dataset: JsonDataset, tag: str, signed: bool) -> _Descriptor:
    """US or SS: the three values by their 16 bits, whatever sign they came with."""
    raw = [as_number(value) for value in values(dataset, tag)]
    whole = [int(n) % _WORD for n in raw if n is not None and -_WORD < n < _WORD]
    if len(raw) != _DESCRIPTOR_VALUES or len(whole) != len(raw):
        raise BadTable("has no usable descriptor")
    count, first, bits = whole
    if not 1 <= bits <= _MOST_BITS:
        raise BadTable(f"has entries of {bits} bits")
    if signed and first >= _WORD // 2:
        first -= _WORD
    return _Descriptor(count or _WORD, first, bits)


def _data_bytes(dataset: JsonDataset, tag: str) -> bytes:
    """The data as they lie in a little endian file: OW inline, or US as numbers."""
    attribute = dataset.get(tag)
    inline = binary(dataset, tag)
    if inline is not None:
        return inline
    if isinstance(attribute, dict) and "BulkDataURI" in attribute:
        raise BadTable("was not sent with the image's description")
    found = [as_number(value) for value in values(dataset, tag)]
    whole = [int(n) % _WORD for n in found if n is not None and -_WORD < n < _WORD]
    if not found or len(whole) != len(found):
        raise BadTable("has no usable data")
    return _little_endian(array("H", whole))


def _entries(raw: bytes, descriptor: _Descriptor) -> array[int]:
    """One entry a byte or one a word: the length tells (C.11.1.1.1, note).

    Entries of 8 bits are also found padded to words; others are words always.
    What lies behind the last entry is not part of the table.
    """
    length, _, bits = descriptor
    if bits <= _BYTE_BITS and len(raw) in (length, length + length % 2):
        return array("H", list(raw[:length]))
    if len(raw) < 2 * length:
        raise BadTable("is shorter than its descriptor says")
    return _words(raw[: 2 * length])


def _words(raw: bytes) -> array[int]:
    words = array("H")
    words.frombytes(raw[: len(raw) // 2 * 2])
    if sys.byteorder == "big":
        words.byteswap()
    return words


def _little_endian(words: array[int]) -> bytes:
    if sys.byteorder == "big":
        words = words[:]
        words.byteswap()
    return words.tobytes()


def _table(
    descriptor: _Descriptor, entries: array[int], explanation: str = ""
) -> LookupTable:
    if max(entries) >> descriptor.bits:
        raise BadTable("has entries larger than its descriptor says")
    return LookupTable(
        descriptor.first, descriptor.bits, _little_endian(entries), explanation
    )


def table_values(table: LookupTable) -> Sequence[int]:
    """The entries as numbers."""
    return _words(table.entries)
