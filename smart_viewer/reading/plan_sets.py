"""Display sets become entries of the plan: what the page needs of each, per frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from smart_viewer.codec.colour import is_srgb
from smart_viewer.dicom.display_sets import DisplaySet, FrameAddress
from smart_viewer.dicom.read_appearance import NOT_APPLIED
from smart_viewer.dicom.study import Cine, Instance, Study
from smart_viewer.dicom.transfer_syntax import LOSSY, Way
from smart_viewer.reading.plan import (
    FramePlace,
    Lossy,
    PlannedSet,
    SetGeometry,
    SetImage,
    SetOverlay,
    SetSuv,
)
from smart_viewer.reading.plan_tables import PlanTables
from smart_viewer.reading.sent import sent_layout, way_of

ONE_WINDOW = "The images state windows of their own; one of them is used for all."
TOO_MANY_OVERLAYS = "The images have more overlays than are shown."
MAX_OVERLAYS = 4096  # of one display set, each on one frame
ICC_APPLIED = "The image's own colour profile was applied: colours are in sRGB."
CT_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.2"
_T = TypeVar("_T")


def planned_sets(
    study: Study,
    sets: Sequence[DisplaySet],
    study_index: int,
    frames_of_reference: list[str],
) -> tuple[PlannedSet, ...]:
    """The study's display sets as the plan holds them.

    frames_of_reference: UIDs known so far; new ones are appended.
    """
    return tuple(_planned(one, study_index, frames_of_reference) for one in sets)


def _planned(one: DisplaySet, study_index: int, references: list[str]) -> PlannedSet:
    uids = tuple(dict.fromkeys(f.instance.sop_instance_uid for f in one.frames))
    index_of = {uid: index for index, uid in enumerate(uids)}
    places = tuple(
        FramePlace(
            index_of[f.instance.sop_instance_uid],
            f.frame_number,
            -1 if f.tile is None else f.tile,
        )
        for f in one.frames
    )
    return PlannedSet(
        study=study_index,
        series_instance_uid=one.series.series_instance_uid,
        label=one.label,
        modality=one.series.modality,
        series_number=one.series.series_number,
        refusal_code=one.refusal_code,
        refusal=one.refusal,
        sop_instance_uids=uids or one.pixelless,
        frames=places,
        image=None if one.refusal else _image(one, places, references),
    )


def _image(
    one: DisplaySet, places: Sequence[FramePlace], references: list[str]
) -> SetImage | None:
    frames = one.frames
    first = frames[0]
    stored, appearance = first.instance.pixels, first.instance.appearance
    if stored is None:
        return None
    middle = frames[len(frames) // 2]  # its windows suit most of the stack
    tables = PlanTables()
    mosaic = first.instance.mosaic if first.tile is not None else None
    syntax = first.instance.transfer_syntax_uid
    way = way_of(syntax, stored, appearance, is_tile=mosaic is not None)
    return SetImage(
        pixels=sent_layout(stored, way, mosaic),
        stored=stored,
        transfer_syntax_uid=syntax,
        way=way,
        rescale_slopes=_collapsed([f.rescale_slope for f in frames]),
        rescale_intercepts=_collapsed([f.rescale_intercept for f in frames]),
        unit=_unit(first),
        windows=middle.windows,
        modality_lut=tables.add(first.modality_lut) if first.modality_lut else None,
        voi_luts=tuple(tables.add(table) for table in middle.voi_luts),
        palette=tables.palette(appearance.palette, appearance.icc_profile),
        tables=tuple(tables.all),
        inverse=appearance.inverse,
        padding=appearance.padding,
        icc_profile=appearance.icc_profile if way is Way.SERVER else b"",
        spacing=first.spacing,
        pixel_aspect=None if first.spacing else appearance.pixel_aspect,
        geometry=_geometry(one, references),
        patient_orientations=_each([f.patient_orientation for f in frames]),
        quadruped=appearance.quadruped,
        slice_thickness_mm=_each([f.instance.slice_thickness_mm for f in frames]),
        lossy=_each([_lossy(f.instance) for f in frames]),
        overlays=_overlays(frames, places),
        shutters=_each([f.shutter for f in frames]),
        regions=_each([f.instance.appearance.regions for f in frames]),
        cine=_cine(appearance.cine, frames),
        suv=_suv(frames),
        suv_refusal=next((t for f in frames if (t := _suv_refusal(f))), ""),
        mosaic=(mosaic.tiles, mosaic.across) if mosaic else None,
        frame_names=tuple(map(_frame_name, frames)) if one.volumes else (),
        notes=_notes(frames),
    )


def _notes(frames: Sequence[FrameAddress]) -> tuple[tuple[str, str], ...]:
    """What the images carry that is not applied, and what was done to colours."""
    names = dict.fromkeys(name for f in frames for name in f.instance.unapplied)
    said = [(name, NOT_APPLIED[name]) for name in names if name in NOT_APPLIED]
    if _count_of_overlays(frames) > MAX_OVERLAYS:
        said.append(("overlay", TOO_MANY_OVERLAYS))
    if any(_voi(f) != _voi(frames[0]) for f in frames):
        said.append(("one_window", ONE_WINDOW))
    first = frames[0].instance
    in_colour = first.pixels is not None and (
        first.pixels.samples_per_pixel > 1 or first.appearance.palette is not None
    )
    if in_colour and not is_srgb(first.appearance.icc_profile):
        said.append(("icc", ICC_APPLIED))
    return tuple(said)


def _voi(frame: FrameAddress) -> object:
    return frame.windows, frame.voi_luts


def _lossy(instance: Instance) -> Lossy | None:
    """Of the header, or of a syntax that cannot but lose."""
    if instance.lossy or instance.transfer_syntax_uid in LOSSY:
        return Lossy(instance.lossy_ratio)
    return None


def _suv_refusal(frame: FrameAddress) -> str:
    return frame.instance.appearance.suv_refusal


def _frame_name(frame: FrameAddress) -> str:
    """What tells it from the others at its position: "time 3"."""
    return " · ".join(f"{name} {value}" for name, value in frame.coordinates)


def _unit(frame: FrameAddress) -> str:
    """Rescale Type; a CT image may leave it out where it is HU (PS3.3 C.8.2.1.1).

    Without a rescale nothing makes Hounsfield units of the stored values.
    """
    rescaled = (frame.rescale_slope, frame.rescale_intercept) != (1.0, 0.0)
    is_ct = frame.instance.sop_class_uid == CT_IMAGE_STORAGE
    if not frame.rescale_type and is_ct and rescaled and frame.modality_lut is None:
        return "HU"
    return frame.rescale_type


def _geometry(one: DisplaySet, references: list[str]) -> SetGeometry | None:
    planes = [f.plane for f in one.frames]
    first, uid = planes[0], one.frames[0].instance.frame_of_reference_uid
    if first is None or not uid or one.stack is None:
        return None
    positions = tuple(plane.position for plane in planes if plane is not None)
    if len(positions) != len(planes):
        return None
    if uid not in references:
        references.append(uid)
    reference = references.index(uid)
    return SetGeometry(first.row, first.column, positions, reference, one.stack)


def _overlays(
    frames: Sequence[FrameAddress], places: Sequence[FramePlace]
) -> tuple[SetOverlay, ...]:
    """Every overlay on every frame that it lies on (PS3.3 C.9.2, C.9.3)."""
    if _count_of_overlays(frames) > MAX_OVERLAYS:
        return ()
    found = []
    for index, (frame, place) in enumerate(zip(frames, places, strict=True)):
        if frame.tile is not None:
            continue  # of a mosaic: no overlay is meant for a part of it
        for plane in frame.instance.appearance.overlays:
            at = frame.frame_number - plane.first_image_frame
            own = 0 if plane.repeats else at
            if 0 <= at < plane.number_of_frames:
                found.append(SetOverlay(index, place.instance, own, plane))
    return tuple(found)


def _count_of_overlays(frames: Sequence[FrameAddress]) -> int:
    """Counted, not made: a header can claim any number."""
    return sum(len(frame.instance.appearance.overlays) for frame in frames)


def _cine(cine: Cine | None, frames: Sequence[FrameAddress]) -> Cine | None:
    """The timing of a clip: of one image whose frames are all here, in order."""
    numbers = [f.frame_number for f in frames]
    one_image = len({f.instance.sop_instance_uid for f in frames}) == 1
    if cine is None or not one_image or numbers != list(range(1, len(frames) + 1)):
        return None
    return cine


def _suv(frames: Sequence[FrameAddress]) -> tuple[SetSuv, ...]:
    """The types that every frame has."""
    per_frame = [{suv.name: suv for suv in f.instance.appearance.suv} for f in frames]
    return tuple(
        SetSuv(name, suv.unit, _collapsed([one[name].factor for one in per_frame]))
        for name, suv in per_frame[0].items()
        if all(name in one for one in per_frame)
    )


def _each(values: Sequence[_T]) -> tuple[_T, ...]:
    """One for all frames, or one a frame; nothing where all have nothing."""
    found = _collapsed(values)
    return () if len(found) == 1 and not found[0] else found


def _collapsed(values: Sequence[_T]) -> tuple[_T, ...]:
    same = all(value == values[0] for value in values)
    return (values[0],) if same else tuple(values)
