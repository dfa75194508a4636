"""Frames of a Nuclear Medicine image by its vectors (PS3.3 C.8.4.8, C.8.4.15)."""

from __future__ import annotations

from collections.abc import Mapping

from smart_viewer.dicom.frame_columns import FrameColumns
from smart_viewer.dicom.json_values import (
    JsonDataset,
    integer,
    number,
    numbers,
    text,
    texts,
    values,
)
from smart_viewer.dicom.planes import normal_of
from smart_viewer.dicom.read_pixels import read_axes, read_number_of_frames
from smart_viewer.dicom.study import FramePlane

_POINTER = "00280009"
_ENERGY, _DETECTOR, _SLICE = "00540010", "00540020", "00540080"
_VECTORS = (
    _ENERGY,
    _DETECTOR,
    "00540030",  # Phase
    "00540050",  # Rotation
    "00540060",  # R-R Interval
    "00540070",  # Time Slot
    _SLICE,
    "00540090",  # Angular View
    "00540100",  # Time Slice
)
_ENERGY_WINDOWS, _WINDOW_NAME = "00540012", "00540018"
_DETECTORS = "00540022"
_SPACING_BETWEEN = "00180088"
_POSITION, _ORIENTATION = "00200032", "00200037"
_STILL = {"STATIC", "WHOLE BODY"}  # of these the views stay together
# Every tag that is read here; those of the vectors alone make the image one of these.
NM_TAGS = (*_VECTORS, _POINTER, _ENERGY_WINDOWS, _DETECTORS, _SPACING_BETWEEN)


def has_vectors(dataset: JsonDataset) -> bool:
    """Whether the image names a vector that says what its frames are."""
    return any(values(dataset, tag) for tag in _VECTORS)


def nm_columns(dataset: JsonDataset) -> FrameColumns:
    """The frames of a Nuclear Medicine image.

    A vector that does not have one entry a frame is a problem: which frame is of
    which detector or slice would be a guess.
    """
    count = read_number_of_frames(dataset) or 1
    pointed = [t.upper() for t in texts(dataset, _POINTER)]
    order = [tag for tag in pointed if tag in _VECTORS] or list(_VECTORS)
    vectors = {tag: values(dataset, tag) for tag in order if values(dataset, tag)}
    if any(len(vector) != count for vector in vectors.values()):
        problem = "The header's frame vectors do not have one entry for each frame."
        return FrameColumns(count, problem=problem)
    each: dict[str, list[object]] = {
        tag: [[value] for value in vector]
        for tag, vector in vectors.items()
        if tag != _DETECTOR or not _STILL & {t.upper() for t in _types(dataset)}
    }
    _name_energy_windows(dataset, each)
    each["00209157"] = [list(index) for index in zip(*vectors.values(), strict=True)]
    same = _place(dataset, vectors.get(_SLICE), each)
    return FrameColumns(count, same, each, tuple((tag, "") for tag in vectors))


def _types(dataset: JsonDataset) -> tuple[str, ...]:
    return texts(dataset, "00080008")


def _items(dataset: JsonDataset, tag: str) -> list[JsonDataset]:
    return [item for item in values(dataset, tag) if isinstance(item, Mapping)]


def _name_energy_windows(dataset: JsonDataset, each: dict[str, list[object]]) -> None:
    """Numbers of energy windows become their names where all have one."""
    names = [text(item, _WINDOW_NAME) for item in _items(dataset, _ENERGY_WINDOWS)]
    column = each.get(_ENERGY)
    if column is None or not all(names) or len(set(names)) != len(names):
        return
    by_number = {number: [name] for number, name in enumerate(names, start=1)}
    each[_ENERGY] = [by_number.get(_first(value), value) for value in column]


def _first(value: object) -> int:
    found = value[0] if isinstance(value, list) and value else 0
    return found if isinstance(found, int) else 0


def _place(
    dataset: JsonDataset, slices: object, each: dict[str, list[object]]
) -> dict[str, object]:
    """Where reconstructed slices lie; written to `each`, what they share returned.

    The first slice is placed by the detector's item; the sign of Spacing Between
    Slices says on which side of it, along row x column, the others follow.
    """
    spacing = {"00280030": dataset.get("00280030", {})}
    step = number(dataset, _SPACING_BETWEEN)
    detector = next(iter(_items(dataset, _DETECTORS)), dataset)
    origin = numbers(detector, _POSITION, count=3)
    axes = read_axes({_ORIENTATION: detector.get(_ORIENTATION, {}), **spacing})
    if not isinstance(slices, list) or not (step and origin and axes):
        return {}
    is_tomographic = any("RECON" in t.upper() for t in _types(dataset))
    whole = [integer({"at": {"Value": [index]}}, "at") for index in slices]
    if not is_tomographic or None in whole:
        return {}
    at = (origin[0], origin[1], origin[2])
    normal = normal_of(FramePlane(at, axes.row, axes.column, axes.spacing))
    each[_POSITION] = [
        [p + ((index or 0) - 1) * step * n for p, n in zip(at, normal, strict=True)]
        for index in whole
    ]
    return {_ORIENTATION: {"Value": [*axes.row, *axes.column]}, **spacing}
