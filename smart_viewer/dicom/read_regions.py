"""Calibrated regions of ultrasound images (PS3.3 C.8.5.5.1)."""

from __future__ import annotations

from smart_viewer.dicom.json_values import JsonDataset, integer, items, number, values
from smart_viewer.dicom.study import UltrasoundRegion

REGIONS = "00186011"
_FORMAT, _DATA_TYPE, _FLAGS = "00186012", "00186014", "00186016"
_BOUNDS = ("00186018", "0018601A", "0018601C", "0018601E")  # left, top, right, bottom
_REFERENCE_PIXEL = ("00186020", "00186022")
_UNITS = ("00186024", "00186026")
_REFERENCE_VALUE = ("00186028", "0018602A")
_DELTAS = ("0018602C", "0018602E")
_INNER = (
    *(_FORMAT, _DATA_TYPE, _FLAGS, *_BOUNDS),
    *(*_REFERENCE_PIXEL, *_UNITS, *_REFERENCE_VALUE, *_DELTAS),
)
_CM = 3
# C.8.5.5.1.15; lengths in mm as everywhere here, others as the file has them.
_UNIT_NAMES = (
    *("", "%", "dB", "mm", "s", "Hz", "dB/s", "cm/s"),
    *("cm2", "cm2/s", "cm3", "cm3/s", "deg"),
)
_MM_IN_CM = 10.0
_LOW_PRIORITY = 1  # bit 0 of Region Flags: gives way where regions overlap


def project_regions(dataset: JsonDataset) -> dict[str, object]:
    """The part of the metadata that `read_regions` reads, without VRs."""
    kept = [
        {tag: {"Value": found} for tag in _INNER if (found := values(item, tag))}
        for item in items(dataset, REGIONS)
    ]
    return {REGIONS: {"Value": kept}} if kept else {}


def read_regions(dataset: JsonDataset) -> tuple[tuple[UltrasoundRegion, ...], bool]:
    """The regions, and whether each of them could be placed in the image.

    Where regions overlap the first that holds a pixel is the pixel's: those of low
    priority stand behind (C.8.5.5.1.3). A region whose units or deltas cannot be
    read stays as one without units: a place where nothing is measured.
    """
    listed = items(dataset, REGIONS)
    by_priority = sorted(listed, key=_gives_way)  # stable: then in file order
    found = [region for item in by_priority if (region := _read_one(item))]
    return tuple(found), len(found) == len(listed)


def _gives_way(item: JsonDataset) -> bool:
    return bool((integer(item, _FLAGS) or 0) & _LOW_PRIORITY)


def _read_one(item: JsonDataset) -> UltrasoundRegion | None:
    left, top, right, bottom = (integer(item, tag) for tag in _BOUNDS)
    if left is None or top is None or right is None or bottom is None:
        return None
    if not (0 <= left <= right and 0 <= top <= bottom):
        return None
    x, y = (_axis(item, direction) for direction in (0, 1))
    pixel = [integer(item, tag) for tag in _REFERENCE_PIXEL]
    value = [number(item, tag) for tag in _REFERENCE_VALUE]
    return UltrasoundRegion(
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        spatial_format=integer(item, _FORMAT) or 0,
        data_type=integer(item, _DATA_TYPE) or 0,
        unit_x=x[0],
        unit_y=y[0],
        delta_x=x[1],
        delta_y=y[1],
        reference_pixel=_both_whole(pixel),
        reference_value=_both(value, (x[2], y[2])),
    )


def _axis(item: JsonDataset, direction: int) -> tuple[str, float, float]:
    """Unit, signed delta a pixel, and what one of the file's units is in ours."""
    code, delta = integer(item, _UNITS[direction]), number(item, _DELTAS[direction])
    if code is None or not 0 < code < len(_UNIT_NAMES) or not delta:
        return "", 0.0, 1.0
    scale = _MM_IN_CM if code == _CM else 1.0
    return _UNIT_NAMES[code], delta * scale, scale


def _both_whole(found: list[int | None]) -> tuple[int, int] | None:
    x, y = found
    return None if x is None or y is None else (x, y)


def _both(
    found: list[float | None], scales: tuple[float, float]
) -> tuple[float, float] | None:
    x, y = found
    return None if x is None or y is None else (x * scales[0], y * scales[1])
