"""Pixel padding in stored values (PS3.3 C.7.5.1.1.2, C.7.6.24, C.7.6.25)."""

from __future__ import annotations

from smart_viewer.dicom.json_values import JsonDataset, holds_value, number
from smart_viewer.dicom.study import PixelLayout

_VALUE, _LIMIT = "00280120", "00280121"
_FLOAT = ("00280122", "00280124")
_DOUBLE = ("00280123", "00280125")
PADDING_TAGS = (_VALUE, _LIMIT, *_FLOAT, *_DOUBLE)
_WORD = 1 << 16
_DOUBLE_BITS = 64


def read_padding(
    dataset: JsonDataset, layout: PixelLayout | None
) -> tuple[tuple[int, int] | None, bool]:
    """(lowest, highest) stored value that is padding, and whether it could be read.

    US or SS is taken by its 16 bits with the sign of the image's own samples. The
    two ends come in either order: for MONOCHROME1 the value is the larger. A value
    that the image's stored bits cannot hold is none: C.7.5.1.1.2 forbids it, and
    its low bits are some tissue's value.
    """
    if layout is None or layout.samples_per_pixel != 1:
        return None, True  # one value of padding belongs to one sample
    value_tag, limit_tag = _tags(layout)
    if not holds_value(dataset, value_tag):
        return None, not holds_value(dataset, limit_tag)
    value = _stored(number(dataset, value_tag), layout)
    limit = value
    if holds_value(dataset, limit_tag):
        limit = _stored(number(dataset, limit_tag), layout)
    if value is None or limit is None:
        return None, False
    return (min(value, limit), max(value, limit)), True


def _tags(layout: PixelLayout) -> tuple[str, str]:
    if not layout.is_float:
        return _VALUE, _LIMIT
    return _DOUBLE if layout.bits_allocated == _DOUBLE_BITS else _FLOAT


def _stored(value: float | None, layout: PixelLayout) -> int | None:
    """The value as one of the image's stored values; None where it is none."""
    if value is None or value != int(value):
        return None
    if layout.is_float:
        return int(value)
    if not -_WORD < value < _WORD:
        return None
    whole = int(value) % _WORD
    if layout.signed and whole >= _WORD // 2:
        whole -= _WORD
    half = 1 << (layout.bits_stored - 1)
    low, high = (-half, half - 1) if layout.signed else (0, 2 * half - 1)
    return whole if low <= whole <= high else None
