"""What a reading holds: the plan, its display sets and where each frame lies.

Indices into `display_sets` and into a set's frames are what the browser may
name. They are append-only: a revision adds at the end and changes nothing before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import ConfigDict, TypeAdapter

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.stack_geometry import StackGeometry
from smart_viewer.dicom.study import (
    Cine,
    LookupTable,
    OverlayPlane,
    PixelLayout,
    Shutter,
    Spacing,
    Triple,
    UltrasoundRegion,
    Window,
)
from smart_viewer.dicom.transfer_syntax import Way
from smart_viewer.hanging.plan import HangingPlan


@dataclass(frozen=True, slots=True)
class AllergyFact:
    """An allergy that holds. high: of high criticality."""

    text: str
    high: bool


@dataclass(frozen=True, slots=True)
class BannerFacts:
    """The patient and the order as the EHR knows them.

    allergies: None where the EHR was not asked or gave no answer.
    """

    name: str
    birth_date: str  # FHIR date
    sex: str  # FHIR gender
    mrn: str
    order: str
    accession: str
    needed: bool
    allergies: tuple[AllergyFact, ...] | None = None


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
    """What the archive says of one study that passed the gate.

    instances: distinct ones that the archive described. announced: how many there
    are, as archive or EHR say; 0 where neither does.
    """

    archive_id: str
    study_instance_uid: str
    patient: PatientIdentity
    study_date: str
    study_time: str
    study_description: str
    institution_name: str
    warnings: tuple[str, ...]
    role: str  # current or prior
    instances: int = 0
    announced: int = 0


@dataclass(frozen=True, slots=True)
class SetGeometry:
    """One orientation for all frames; positions of the first pixels, LPS mm."""

    row: Triple
    column: Triple
    positions: tuple[Triple, ...]
    frame_of_reference: int  # index into ReadingPlan.frames_of_reference
    stack: StackGeometry


@dataclass(frozen=True, slots=True)
class SetOverlay:
    """One overlay as it lies on one frame of the display set."""

    frame: int  # index into the set's frames
    instance: int  # index into PlannedSet.sop_instance_uids
    overlay_frame: int  # of the overlay's own frames, from 0
    plane: OverlayPlane


@dataclass(frozen=True, slots=True)
class SetSuv:
    """One type of SUV: modality value x factor; one factor, or one a frame."""

    name: str
    unit: str
    factors: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Lossy:
    """Detail was given up; ratio: how many times smaller, None where not stated."""

    ratio: float | None


@dataclass(frozen=True, slots=True)
class SetImage:
    """How the frames of one display set become pictures.

    pixels: as they are sent to the page; stored: as the archive has them. Tuples
    marked * hold one value for all frames, or one a frame.
    """

    pixels: PixelLayout
    stored: PixelLayout
    transfer_syntax_uid: str  # as stored; empty where the archive does not tell
    way: Way
    rescale_slopes: tuple[float, ...]  # *
    rescale_intercepts: tuple[float, ...]  # *
    unit: str
    windows: tuple[Window, ...]
    tables: tuple[LookupTable, ...]  # all of the set; the next three are indices
    modality_lut: int | None
    voi_luts: tuple[int, ...]
    palette: tuple[int, int, int] | None
    inverse: bool
    padding: tuple[int, int] | None
    icc_profile: bytes
    spacing: Spacing | None
    pixel_aspect: tuple[float, float] | None  # (vertical, horizontal)
    geometry: SetGeometry | None
    patient_orientations: tuple[tuple[str, str] | None, ...]  # *
    quadruped: bool
    slice_thickness_mm: tuple[float | None, ...]  # *
    lossy: tuple[Lossy | None, ...]  # *; empty: nothing is
    overlays: tuple[SetOverlay, ...]
    shutters: tuple[Shutter | None, ...]  # *
    regions: tuple[tuple[UltrasoundRegion, ...], ...]  # *
    cine: Cine | None
    suv: tuple[SetSuv, ...]
    suv_refusal: str
    mosaic: tuple[int, int] | None  # tiles, and tiles side by side
    frame_names: tuple[str, ...]  # one a frame, where one position has several
    notes: tuple[tuple[str, str], ...]  # (code, sentence): what is not as stored


class FramePlace(NamedTuple):
    """Where a frame of a display set is stored."""

    instance: int  # index into PlannedSet.sop_instance_uids
    number: int  # frame number, from 1
    tile: int = -1  # of a mosaic, from 0; -1: the whole frame


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One display set of the plan."""

    study: int  # index into ReadingPlan.studies
    series_instance_uid: str
    label: str
    modality: str
    series_number: int | None
    refusal_code: str
    refusal: str
    sop_instance_uids: tuple[str, ...]
    frames: tuple[FramePlace, ...]
    image: SetImage | None


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """Everything of one reading; stored sealed, one JSON text a revision."""

    __pydantic_config__ = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

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
