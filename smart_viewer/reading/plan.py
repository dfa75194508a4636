"""What a reading holds: the plan, its display sets and where each frame lies.

Indices into `display_sets` and into a set's frames are what the browser may
name. They are append-only: a revision adds at the end and changes nothing before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from smart_viewer.dicom.display_sets import DisplaySet, FrameAddress
from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.study import FramePlane, PixelLayout, Study, Triple, Window
from smart_viewer.hanging.plan import HangingPlan


@dataclass(frozen=True, slots=True)
class BannerFacts:
    """The patient and the order as the EHR knows them."""

    name: str
    birth_date: str  # FHIR date
    sex: str  # FHIR gender
    mrn: str
    order: str
    accession: str
    needed: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that the reader must know. It holds nothing of a blocked study."""

    level: str  # blocked, warning or info
    text: str


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One step on the way to the images, in words, without identifiers."""

    text: str
    outcome: str  # found, none, skipped, refused or failed


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """How far one archive is with answering."""

    name: str
    state: str  # asked, answered or failed
    text: str


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """A WADO-RS endpoint that the EHR named for these studies (SMART Imaging Access).

    address: a credential where no token is required; it never leaves the server.
    """

    archive_id: str
    address: str = field(repr=False)
    requires_access_token: bool
    study_uids: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What the archive says of one study that passed the gate."""

    archive_id: str
    study_instance_uid: str
    patient: PatientIdentity
    study_date: str
    study_time: str
    study_description: str
    institution_name: str
    warnings: tuple[str, ...]
    role: str  # current or prior


@dataclass(frozen=True, slots=True)
class SetGeometry:
    """One orientation for all frames; positions of the first pixels, LPS mm."""

    row: Triple
    column: Triple
    positions: tuple[Triple, ...]
    frame_of_reference: int  # index into ReadingPlan.frames_of_reference


@dataclass(frozen=True, slots=True)
class SetImage:
    """How the frames of one display set become pictures."""

    pixels: PixelLayout
    transfer_syntax_uid: str
    rescale_slopes: tuple[float, ...]  # one for all frames, or one a frame
    rescale_intercepts: tuple[float, ...]
    unit: str
    windows: tuple[Window, ...]
    spacing: tuple[float, float] | None  # mm (between rows, between columns)
    spacing_source: str  # patient, detector or empty
    geometry: SetGeometry | None
    slice_thickness_mm: float | None
    lossy: bool
    lossy_ratio: float | None


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One display set of the plan.

    frames: per frame (index into sop_instance_uids, frame number from 1).
    """

    study: int  # index into ReadingPlan.studies
    series_instance_uid: str
    label: str
    modality: str
    series_number: int | None
    refusal_code: str
    refusal: str
    sop_instance_uids: tuple[str, ...]
    frames: tuple[tuple[int, int], ...]
    image: SetImage | None


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """Everything of one reading; stored sealed, one JSON text a revision."""

    ehr_id: str
    user: str | None  # fhirUser, for the audit
    patient: str  # FHIR reference, for the audit
    banner: BannerFacts
    studies: tuple[StudyFacts, ...]
    display_sets: tuple[PlannedSet, ...]
    frames_of_reference: tuple[str, ...]
    hanging: HangingPlan
    notices: tuple[Notice, ...]
    trace: tuple[TraceLine, ...]
    archives: tuple[ArchiveState, ...]
    complete: bool  # every archive has answered: no revision will come
    endpoints: tuple[EndpointFacts, ...] = ()

    def to_json(self) -> bytes:
        """The plan as bytes, for the store."""
        return _ADAPTER.dump_json(self)

    @staticmethod
    def from_json(data: bytes) -> ReadingPlan:
        """The plan that `to_json` wrote."""
        return _ADAPTER.validate_json(data)


_ADAPTER = TypeAdapter(ReadingPlan)


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
    return PlannedSet(
        study=study_index,
        series_instance_uid=one.series.series_instance_uid,
        label=one.label,
        modality=one.series.modality,
        series_number=one.series.series_number,
        refusal_code=one.refusal_code,
        refusal=one.refusal,
        sop_instance_uids=uids,
        frames=tuple(
            (index_of[f.instance.sop_instance_uid], f.frame_number) for f in one.frames
        ),
        image=None if one.refusal else _image(one.frames, references),
    )


def _image(frames: Sequence[FrameAddress], references: list[str]) -> SetImage | None:
    first = frames[0].instance
    if first.pixels is None:
        return None
    middle = frames[len(frames) // 2].instance  # its windows suit most of the stack
    spacing, source = _spacing(first.plane, first.imager_pixel_spacing)
    return SetImage(
        pixels=first.pixels,
        transfer_syntax_uid=first.transfer_syntax_uid,
        rescale_slopes=_collapsed([f.instance.rescale_slope for f in frames]),
        rescale_intercepts=_collapsed([f.instance.rescale_intercept for f in frames]),
        unit=first.rescale_type,
        windows=middle.windows,
        spacing=spacing,
        spacing_source=source,
        geometry=_geometry(frames, references),
        slice_thickness_mm=first.slice_thickness_mm,
        lossy=any(f.instance.lossy for f in frames),
        lossy_ratio=next(
            (f.instance.lossy_ratio for f in frames if f.instance.lossy_ratio), None
        ),
    )


def _spacing(
    plane: FramePlane | None, imager: tuple[float, float] | None
) -> tuple[tuple[float, float] | None, str]:
    if plane is not None:
        return plane.spacing, "patient"
    return (imager, "detector") if imager else (None, "")


def _geometry(
    frames: Sequence[FrameAddress], references: list[str]
) -> SetGeometry | None:
    planes = [f.instance.plane for f in frames]
    first, uid = planes[0], frames[0].instance.frame_of_reference_uid
    if first is None or not uid:
        return None
    if uid not in references:
        references.append(uid)
    positions = tuple(plane.position for plane in planes if plane is not None)
    if len(positions) != len(planes):
        return None
    return SetGeometry(first.row, first.column, positions, references.index(uid))


def _collapsed(values: Sequence[float]) -> tuple[float, ...]:
    return (values[0],) if len(set(values)) == 1 else tuple(values)
