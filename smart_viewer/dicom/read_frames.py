"""Frames of a multi-frame image: functional groups and vectors become FrameFacts.

PS3.3 C.7.6.16 (functional groups), C.7.6.17 (dimensions), C.8.4.8 (NM vectors). A
malformed group is a problem in words, or None; never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from smart_viewer.dicom.coordinates import FRAME_TAGS, Coordinates, read_coordinates
from smart_viewer.dicom.frame_columns import (
    KEY,
    READ_TAGS,
    FrameColumns,
    from_stored,
    group_columns,
    has_groups,
)
from smart_viewer.dicom.json_values import (
    JsonDataset,
    integer,
    number,
    text,
    texts,
    values,
)
from smart_viewer.dicom.nm_columns import has_vectors, nm_columns
from smart_viewer.dicom.read_common import GRAY_TAGS, Common, Gray, read_gray
from smart_viewer.dicom.read_orientation import ORIENTATION_TAGS, read_orientation
from smart_viewer.dicom.read_pixels import (
    FrameAxes,
    read_axes,
    read_number_of_frames,
    read_plane,
)
from smart_viewer.dicom.read_shutter import SHUTTER_TAGS, read_shutter
from smart_viewer.dicom.read_spacing import SPACING_TAGS, read_spacing
from smart_viewer.dicom.read_tables import (
    VOI_LUT,
    read_voi_luts,
    voi_input_is_signed,
)
from smart_viewer.dicom.study import (
    FrameFacts,
    FramePlane,
    LookupTable,
    PixelLayout,
    Shutter,
    Spacing,
)

_AXES = ("00200037", "00280030")
_POSITION, _VOLUME_ORIENTATION = "00200032", "00209302"
_INDEX, _STACK, _FRAME_TYPE, _IMAGE_TYPE = (
    "00209157",
    "00209056",
    "00089007",
    "00080008",
)
_REAL_WORLD = ("00409224", "00409225", "004008EA")
_PLACES = {
    "00200013",
    "00200032",
    "00209056",
    "00209057",
    "00209301",
    "00540080",
    "00540090",
}
_RESCALE, _WINDOW_CENTER = ("00281052", "00281053", "00281054"), "00281050"
_UNSPECIFIED = ("", "US")
_OF_ONE_FRAME = {_POSITION, *SHUTTER_TAGS, *ORIENTATION_TAGS}
_ECHO, _EFFECTIVE_ECHO = "00180081", "00189082"
_T = TypeVar("_T")


class FramesRead(NamedTuple):
    """Facts of every frame; coordinates that all share; what makes them unusable."""

    frames: tuple[FrameFacts, ...]
    coordinates: Coordinates
    problem: str
    left_out: tuple[str, ...] = ()  # names of `read_appearance.NOT_APPLIED`


def columns_of(dataset: JsonDataset) -> FrameColumns | None:
    """What the image says frame by frame; None where it says nothing so."""
    stored = dataset.get(KEY)
    if isinstance(stored, Mapping):
        return from_stored(stored)
    if has_groups(dataset):
        return group_columns(dataset)
    has_several = (read_number_of_frames(dataset) or 1) > 1
    return nm_columns(dataset) if has_several and has_vectors(dataset) else None


def overlaid(dataset: JsonDataset, columns: FrameColumns) -> dict[str, object]:
    """The data set with the first frame's groups beneath: one image in its place.

    For readers of what an image says as a whole; left out is what only one frame
    may say: its position, its shutter, its letters.
    """
    if columns.problem or not columns.count:
        return dict(dataset)
    first = columns.at(0, [tag for tag in READ_TAGS if tag not in _OF_ONE_FRAME])
    if _EFFECTIVE_ECHO in first:
        first[_ECHO] = first[_EFFECTIVE_ECHO]
    return {**first, **dataset}


def read_frames(
    columns: FrameColumns, dataset: JsonDataset, common: Common, unit: str
) -> FramesRead:
    """The facts of each frame; attributes at the top stand in where groups lack them.

    dataset: the image's own attributes. unit: of the image as a whole, for frames
    that tell none. No frame where there is a problem.
    """
    pixels = common.pixels
    if columns.problem or pixels is None:
        return FramesRead((), (), columns.problem)
    grays = _each(columns, (*GRAY_TAGS, *_REAL_WORLD), _gray_reader(dataset))
    problem = next((gray.problem for gray in grays if gray.problem), "")
    if problem:
        return FramesRead((), (), problem)
    shared, told_apart = _coordinates(columns)
    luts = _voi_luts(columns, dataset, pixels, grays)
    shutters = _shutters(columns, dataset, pixels)
    frames = [
        FrameFacts(
            plane=plane,
            rescale_slope=1.0 if common.ignores_modality else gray.rescale_slope,
            rescale_intercept=0.0
            if common.ignores_modality
            else gray.rescale_intercept,
            rescale_type=unit
            if gray.rescale_type in _UNSPECIFIED
            else gray.rescale_type,
            windows=gray.windows,
            spacing=spacing,
            dimension_index_values=index,
            stack_id=stack,
            coordinates=coordinates,
            modality_lut=common.modality_lut,
            voi_luts=tables,
            image_type=image_type,
            shutter=shutter,
            patient_orientation=letters,
        )
        for (
            plane,
            gray,
            spacing,
            index,
            stack,
            coordinates,
            tables,
            image_type,
            shutter,
            letters,
        ) in zip(
            _planes(columns),
            grays,
            _spacings(columns, dataset),
            _each(columns, (_INDEX,), _read_index),
            _each(columns, (_STACK,), lambda d: text(d, _STACK)),
            told_apart,
            [tables for tables, _ in luts],
            _each(columns, (_FRAME_TYPE, _IMAGE_TYPE), _read_frame_type),
            [shutter for shutter, _ in shutters],
            _letters(columns, dataset),
            strict=True,
        )
    ]
    whole = {
        "window": not any(gray.has_unusable_window for gray in grays),
        "voi_lut": all(is_whole for _, is_whole in luts),
        "shutter": all(is_whole for _, is_whole in shutters),
    }
    left_out = tuple(name for name, is_whole in whole.items() if not is_whole)
    return FramesRead(tuple(frames), shared, "", left_out)


def _each(
    columns: FrameColumns, tags: Sequence[str], read: Callable[[JsonDataset], _T]
) -> list[_T]:
    """What `read` makes of these attributes, frame by frame; the same once only."""
    fixed = {tag: columns.same[tag] for tag in tags if tag in columns.same}
    varying = [(tag, columns.each[tag]) for tag in tags if tag in columns.each]
    if not varying:
        return [read(fixed)] * columns.count
    return list(_read_each(columns.count, fixed, varying, read))


def _read_each(
    count: int,
    fixed: dict[str, object],
    varying: Sequence[tuple[str, list[object]]],
    read: Callable[[JsonDataset], _T],
) -> Iterator[_T]:
    last: list[tuple[list[object], _T]] = []
    for index in range(count):
        raw = [column[index] for _, column in varying]
        if not last or last[0][0] != raw:
            own = {
                tag: {"Value": value}
                for (tag, _), value in zip(varying, raw, strict=True)
                if value is not None
            }
            last[:] = [(raw, read(fixed | own))]
        yield last[0][1]


def _planes(columns: FrameColumns) -> list[FramePlane | None]:
    axes = _each(columns, _AXES, read_axes)
    if _POSITION not in columns.each and _POSITION not in columns.same:
        return [None] * columns.count
    at = _each(columns, (_POSITION,), lambda dataset: dataset)
    return [_plane(where, how) for where, how in zip(at, axes, strict=True)]


def _plane(position: JsonDataset, axes: FrameAxes | None) -> FramePlane | None:
    return read_plane(position, axes) if axes else None


def _gray_reader(dataset: JsonDataset) -> Callable[[JsonDataset], Gray]:
    """Of a frame's groups; the top level fills in whole groups, never parts of one."""
    top = {tag: dataset[tag] for tag in GRAY_TAGS if tag in dataset}
    top_rescale = {tag: top[tag] for tag in _RESCALE if tag in top}
    top_windows = {tag: top[tag] for tag in top if tag not in _RESCALE}

    def read(frame: JsonDataset) -> Gray:
        base = {} if any(tag in frame for tag in _RESCALE) else top_rescale
        if _WINDOW_CENTER not in frame:
            base = base | top_windows
        return _in_units(read_gray(base | dict(frame)), frame)

    return read


def _in_units(gray: Gray, frame: JsonDataset) -> Gray:
    """With the unit of a Real World Value Mapping that is the rescale itself."""
    units = [u for u in values(frame, _REAL_WORLD[2]) if isinstance(u, Mapping)]
    same = (
        number(frame, _REAL_WORLD[0]) == gray.rescale_intercept
        and number(frame, _REAL_WORLD[1]) == gray.rescale_slope
    )
    if gray.rescale_type not in _UNSPECIFIED or not same or not units:
        return gray
    unit = text(units[0], "00080100") or gray.rescale_type
    return replace(gray, rescale_type=unit)


def _voi_luts(
    columns: FrameColumns,
    dataset: JsonDataset,
    pixels: PixelLayout,
    grays: Sequence[Gray],
) -> list[tuple[tuple[LookupTable, ...], bool]]:
    """Of each frame, and whether all could be read.

    Those at the top stand in for frames that have no VOI of their own.
    """
    top = {tag: dataset[tag] for tag in (VOI_LUT,) if tag in dataset}
    if not top and VOI_LUT not in columns.same and VOI_LUT not in columns.each:
        return [((), True)] * columns.count
    stored = _each(columns, (VOI_LUT, _WINDOW_CENTER), lambda frame: frame or top)
    memo: dict[tuple[int, bool], tuple[tuple[LookupTable, ...], bool]] = {}
    found = []
    for frame, gray in zip(stored, grays, strict=True):
        signed = voi_input_is_signed(
            *(pixels.signed, pixels.bits_stored),
            *(gray.rescale_slope, gray.rescale_intercept),
        )
        key = id(frame), signed
        if key not in memo:
            tables, problem = read_voi_luts(frame, signed)
            memo[key] = tables, not problem
        found.append(memo[key])
    return found


def _shutters(
    columns: FrameColumns, dataset: JsonDataset, pixels: PixelLayout
) -> list[tuple[Shutter | None, bool]]:
    """Of each frame; the one at the top for frames that have none of their own."""
    top = {tag: dataset[tag] for tag in SHUTTER_TAGS if tag in dataset}
    return _each(
        columns, SHUTTER_TAGS, lambda frame: read_shutter(frame or top, pixels)
    )


def _letters(
    columns: FrameColumns, dataset: JsonDataset
) -> list[tuple[str, str] | None]:
    top = {tag: dataset[tag] for tag in ORIENTATION_TAGS if tag in dataset}
    return _each(
        columns, ORIENTATION_TAGS, lambda frame: read_orientation(top | dict(frame))[0]
    )


def _spacings(columns: FrameColumns, dataset: JsonDataset) -> list[Spacing | None]:
    top = {tag: dataset[tag] for tag in SPACING_TAGS if tag in dataset}

    def read(frame: JsonDataset) -> Spacing | None:
        if _VOLUME_ORIENTATION in frame:
            return _in_volume(frame)
        return read_spacing(top | dict(frame))

    tags = (*SPACING_TAGS, _VOLUME_ORIENTATION)
    return _each(columns, tags, read)


def _in_volume(frame: JsonDataset) -> Spacing | None:
    """Of an ultrasound volume: millimetres of its own, not the patient's frame."""
    cosines = {"00200037": frame[_VOLUME_ORIENTATION], **frame}
    axes = read_axes(cosines)
    return Spacing(*axes.spacing, "calibrated", "ultrasound volume") if axes else None


def _coordinates(columns: FrameColumns) -> tuple[Coordinates, list[Coordinates]]:
    """Those that all frames share, and per frame those in which they differ."""
    found = _each(columns, FRAME_TAGS, read_coordinates)
    unknown = _unknown_dimensions(columns)
    if unknown:
        index = _each(columns, (_INDEX,), _read_index)
        found = [
            known + tuple((name, str(at[n])) for n, name in unknown if n < len(at))
            for known, at in zip(found, index, strict=True)
        ]
    shared = set(found[0]).intersection(*found[1:]) if found else set()
    memo: dict[Coordinates, Coordinates] = {}
    differing = [
        memo.setdefault(one, tuple(pair for pair in one if pair not in shared))
        for one in found
    ]
    return tuple(pair for pair in found[0] if pair in shared), differing


def _unknown_dimensions(columns: FrameColumns) -> list[tuple[int, str]]:
    """Dimensions that are neither a place nor read by name: their label or tag."""
    return [
        (n, f"dimension {label or tag}")
        for n, (tag, label) in enumerate(columns.dimensions)
        if tag not in FRAME_TAGS and tag not in _PLACES
    ]


def _read_index(dataset: JsonDataset) -> tuple[int, ...]:
    found = [
        integer({"at": {"Value": [value]}}, "at") for value in values(dataset, _INDEX)
    ]
    known = tuple(value for value in found if value is not None)
    return known if len(known) == len(found) else ()


def _read_frame_type(dataset: JsonDataset) -> tuple[str, ...]:
    return texts(dataset, _FRAME_TYPE) or texts(dataset, _IMAGE_TYPE)
