"""One instance out of its parts: a classic image, a multi-frame one, or a mosaic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from smart_viewer.dicom import read_mosaic
from smart_viewer.dicom.coordinates import (
    OWN_TAGS,
    TAGS,
    Coordinates,
    read_coordinates,
)
from smart_viewer.dicom.frame_columns import KEY, PER_FRAME, SHARED, FrameColumns
from smart_viewer.dicom.json_values import JsonDataset, integer, text
from smart_viewer.dicom.read_common import (
    Common,
    Gray,
    read_common,
    read_gray,
    read_values,
)
from smart_viewer.dicom.read_facts import read_facts
from smart_viewer.dicom.read_frames import columns_of, overlaid, read_frames
from smart_viewer.dicom.read_pixels import read_plane
from smart_viewer.dicom.series_facts import SeriesFacts
from smart_viewer.dicom.study import Instance

WHOLE_SLIDE = "whole_slide"  # in Instance.unapplied: its frames are tiles of a picture
_TOTAL_COLUMNS, _COLUMNS = "00480006", "00280011"
_GREY = frozenset(["MONOCHROME1", "MONOCHROME2"])
INSTANCE_TAGS = (_TOTAL_COLUMNS,)


def read_instance(
    own: JsonDataset,
    common: Common,
    gray: Gray,
    problems: Mapping[str, str],
    facts: SeriesFacts,
    coordinates: Coordinates = (),
) -> Instance:
    """One image as its own attributes say. `problems`: as `read_study` has them."""
    uid = text(own, "00080018")
    meant = read_values(own, common, gray)
    return Instance(
        sop_instance_uid=uid,
        sop_class_uid=common.sop_class_uid,
        transfer_syntax_uid=common.transfer_syntax_uid,
        instance_number=integer(own, "00200013"),
        number_of_frames=common.number_of_frames,
        image_type=common.image_type,
        pixels=common.pixels,
        plane=read_plane(own, common.axes) if common.axes else None,
        frame_of_reference_uid=common.frame_of_reference_uid,
        slice_thickness_mm=common.slice_thickness_mm,
        imager_pixel_spacing=common.imager_pixel_spacing,
        rescale_slope=meant.rescale_slope,
        rescale_intercept=meant.rescale_intercept,
        rescale_type=meant.rescale_type,
        windows=gray.windows,
        lossy=common.lossy,
        lossy_ratio=common.lossy_ratio,
        acquisition_time=text(own, "00080032"),
        problem=common.problem or gray.problem or problems.get(uid, ""),
        unapplied=(*common.unapplied, *_unusable_window(common, gray)),
        facts=facts,
        spacing=common.spacing,
        modality_lut=common.modality_lut,
        voi_luts=meant.voi_luts,
        appearance=meant.appearance,
        coordinates=coordinates,
    )


def _unusable_window(common: Common, gray: Gray) -> tuple[str, ...]:
    """Of grey values: colours have no window."""
    pixels = common.pixels
    is_grey = pixels is not None and pixels.photometric_interpretation in _GREY
    return ("window",) if gray.has_unusable_window and is_grey else ()


def frames_of(own: JsonDataset, common: Common) -> FrameColumns | None:
    """What an image says frame by frame; None of the classic ones, at little cost."""
    is_single = common.number_of_frames == 1
    if is_single and KEY not in own and PER_FRAME not in own and SHARED not in own:
        return None
    return columns_of(own)


def read_multi_frame(
    dataset: JsonDataset, columns: FrameColumns, problems: Mapping[str, str]
) -> Instance:
    """A multi-frame image; what its groups share stands for the whole.

    dataset: all its attributes. Its problem is that of its groups where those
    cannot be relied on.
    """
    whole = overlaid(dataset, columns)
    common, gray = read_common(whole), read_gray(whole)
    instance = read_instance(whole, common, gray, problems, read_facts(whole))
    read = read_frames(columns, dataset, common, instance.rescale_type)
    return replace(
        instance,
        plane=read.frames[0].plane if len(read.frames) == 1 else None,
        frames=read.frames,
        coordinates=read.coordinates,
        problem=common.problem or read.problem or instance.problem,
        unapplied=tuple(
            dict.fromkeys((*instance.unapplied, *read.left_out, *_tiled(dataset)))
        ),
    )


def _tiled(dataset: JsonDataset) -> tuple[str, ...]:
    """Whether the frames are parts of a larger picture (PS3.3 C.8.12.4)."""
    total, columns = integer(dataset, _TOTAL_COLUMNS), integer(dataset, _COLUMNS)
    return (WHOLE_SLIDE,) if total and columns and total > columns else ()


def cut_mosaic(instance: Instance, dataset: JsonDataset) -> Instance:
    """A mosaic with its tiles; the plane of the whole is nobody's and goes."""
    told = {} if read_mosaic.KEY in dataset else read_mosaic.project_mosaic(dataset)
    mosaic = read_mosaic.read_mosaic({**dataset, **told}, instance.pixels)
    return replace(instance, plane=None, mosaic=mosaic)


def coordinate_reader() -> Callable[[JsonDataset, JsonDataset], Coordinates]:
    """Coordinates of classic images; read once while the attributes stay the same."""
    last: list[tuple[list[object], Coordinates]] = []

    def read(own: JsonDataset, shared: JsonDataset) -> Coordinates:
        raw = [id(shared), *map(own.get, OWN_TAGS)]
        if not last or last[0][0] != raw:
            mine = {tag: own[tag] for tag in OWN_TAGS if tag in own}
            theirs = {tag: shared[tag] for tag in TAGS if tag in shared}
            last[:] = [(raw, read_coordinates(theirs | mine))]
        return last[0][1]

    return read
