"""A study as an archive describes it, without pixels (PS3.3 A.1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.series_facts import NO_FACTS, SeriesFacts

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Window:
    """One choice of VOI (PS3.3 C.11.2.1.2), in modality units."""

    center: float
    width: float
    function: str = "LINEAR"  # LINEAR, LINEAR_EXACT or SIGMOID
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A LUT: Modality, VOI or one colour of a palette (PS3.3 C.11.1, C.11.2, C.7.9).

    Inputs below `first` map to the first entry, those behind the last to the last.
    """

    first: int  # the input that maps to the first entry, its sign resolved
    bits: int  # 1 to 16: entries lie in 0 to 2**bits - 1
    entries: bytes  # uint16, little endian; at least one
    explanation: str = ""  # LUTExplanation, or empty


@dataclass(frozen=True, slots=True)
class Palette:
    """PALETTE COLOR's three tables, segments expanded (PS3.3 C.7.6.3.1.5, C.7.9.2)."""

    red: LookupTable
    green: LookupTable
    blue: LookupTable


SpacingSource = Literal["patient", "calibrated", "detector"]


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distance between pixel centres in mm, and what kind of millimetre (PS3.3 10.7).

    patient: of the Image Plane. calibrated: PixelSpacing of a projection with a
    calibration, or of a geometry that the file states. detector: where the rays
    arrive; `magnification` (ERMF) then divides it for the object's plane.
    """

    between_rows: float
    between_columns: float
    source: SpacingSource
    note: str = ""  # the file's own words on the calibration
    magnification: float | None = None  # EstimatedRadiographicMagnificationFactor


@dataclass(frozen=True, slots=True)
class UltrasoundRegion:
    """One calibrated region (PS3.3 C.8.5.5.1); bounds are pixels, inclusive.

    delta_x, delta_y: signed units a pixel, in `unit_x`, `unit_y`; units of length
    are converted to mm. reference_*: the pixel, counted from the region's corner,
    where the reference values hold; None where absent.
    """

    left: int
    top: int
    right: int
    bottom: int
    spatial_format: int
    data_type: int
    unit_x: str  # "mm", "s", "cm/s", "Hz", "dB", "%", ...; empty: none
    unit_y: str
    delta_x: float
    delta_y: float
    reference_pixel: tuple[int, int] | None = None  # (x, y)
    reference_value: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class OverlayPlane:
    """One overlay of group 60xx, without its bits (PS3.3 C.9.2)."""

    group: int  # 0x6000 to 0x601E, even
    rows: int
    columns: int
    origin: tuple[int, int]  # (row, column) of its first bit in the image, from 1
    kind: str  # G graphics, R region of interest
    label: str
    bit: int  # embedded: the bit of the pixel cell; 0: bits of its own
    number_of_frames: int = 1
    first_image_frame: int = 1  # ImageFrameOrigin
    repeats: bool = False  # its bits are those of one frame, and lie on all these


@dataclass(frozen=True, slots=True)
class Shutter:
    """What is hidden (PS3.3 C.7.6.11); what any of the shapes hides is hidden.

    Rows and columns count from 1, as in the file. None or empty: not that shape.
    """

    rectangle: tuple[int, int, int, int] | None = None  # left, right, upper, lower
    circle: tuple[int, int, int] | None = None  # centre row, centre column, radius
    polygon: tuple[tuple[int, int], ...] = ()  # (row, column)
    presentation_value: int = 0  # P-value, 0 to 65535


@dataclass(frozen=True, slots=True)
class Cine:
    """How frames follow each other in time (PS3.3 C.7.6.5).

    intervals_ms: one for all, or one between each two frames in file order.
    first, last: the frames to play, from 1 (StartTrim, StopTrim).
    """

    intervals_ms: tuple[float, ...]
    source: str  # the attribute that decided, as a keyword
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Suv:
    """Modality value x factor = SUV (PS3.3 C.8.9.1, C.8.9.4); one type of it."""

    name: str  # SUVbw, SUVlbm(James), SUVlbm(Janma), SUVbsa, SUVibw
    unit: str  # g/ml, cm2/ml
    factor: float


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """How stored values lie in the bytes (PS3.3 C.7.6.3, PS3.5 8.1.1)."""

    rows: int
    columns: int
    samples_per_pixel: int
    photometric_interpretation: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool  # PixelRepresentation = 1
    planar_configuration: int = 0
    is_float: bool = False  # Float or Double Float Pixel Data (C.7.6.24, C.7.6.25)


@dataclass(frozen=True, slots=True)
class FramePlane:
    """Where one frame lies in the patient (PS3.3 C.7.6.2), LPS millimetres."""

    position: Triple  # centre of the first pixel
    row: Triple  # unit vector along a row, towards growing column index
    column: Triple  # unit vector along a column, towards growing row index
    spacing: tuple[float, float]  # mm (between rows, between columns)


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """What one frame of a multi-frame image says of itself (PS3.3 C.7.6.16).

    coordinates: what tells frames at one position apart, as (name, value) in the
    order of the file's dimensions: ("b-value", "1000"), ("echo", "2.46 ms"), ...;
    only what differs within the object and is not its place along the normal.
    """

    plane: FramePlane | None
    rescale_slope: float
    rescale_intercept: float
    rescale_type: str
    windows: tuple[Window, ...]
    spacing: Spacing | None
    dimension_index_values: tuple[int, ...] = ()
    stack_id: str = ""
    coordinates: tuple[tuple[str, str], ...] = ()
    modality_lut: LookupTable | None = None
    voi_luts: tuple[LookupTable, ...] = ()
    image_type: tuple[str, ...] = ()  # FrameType
    shutter: Shutter | None = None
    patient_orientation: tuple[str, str] | None = None  # (row, column) letters


@dataclass(frozen=True, slots=True)
class Mosaic:
    """Slices tiled over one image (Siemens); tiles row by row from the top left."""

    tiles: int
    across: int  # tiles side by side
    planes: tuple[FramePlane, ...]  # one a tile


@dataclass(frozen=True, slots=True)
class Appearance:
    """What else changes the picture or its meaning, mostly equal in a series."""

    padding: tuple[int, int] | None = None  # stored values, inclusive (C.7.5.1.1.2)
    inverse: bool = False  # MONOCHROME1, or PresentationLUTShape INVERSE: once
    pixel_aspect: tuple[float, float] | None = None  # (vertical, horizontal)
    palette: Palette | None = None
    icc_profile: bytes = b""
    overlays: tuple[OverlayPlane, ...] = ()
    shutter: Shutter | None = None
    regions: tuple[UltrasoundRegion, ...] = ()
    cine: Cine | None = None
    patient_orientation: tuple[str, str] | None = None  # (row, column) letters
    quadruped: bool = False
    suv: tuple[Suv, ...] = ()
    suv_refusal: str = ""  # why a PET image has none; empty where not PET


PLAIN = Appearance()


@dataclass(frozen=True, slots=True)
class Instance:
    """One SOP instance. Attributes that the object lacks are None or empty."""

    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    instance_number: int | None
    number_of_frames: int
    image_type: tuple[str, ...]
    pixels: PixelLayout | None  # None: no Pixel Data, or not an image
    plane: FramePlane | None  # None: no geometry, or one that is not orthonormal
    frame_of_reference_uid: str
    slice_thickness_mm: float | None
    imager_pixel_spacing: tuple[float, float] | None  # mm at the detector
    rescale_slope: float
    rescale_intercept: float
    rescale_type: str  # "HU", "US", ... empty where unspecified
    windows: tuple[Window, ...]
    lossy: bool  # LossyImageCompression = 01
    lossy_ratio: float | None
    acquisition_time: str = ""
    problem: str = ""  # one sentence: why its pixels cannot be read; empty: they can
    unapplied: tuple[str, ...] = ()  # names of read_common.UNAPPLIED
    facts: SeriesFacts = NO_FACTS  # of this image: what the hanging rules read
    spacing: Spacing | None = None
    modality_lut: LookupTable | None = None
    voi_luts: tuple[LookupTable, ...] = ()
    appearance: Appearance = PLAIN
    frames: tuple[FrameFacts, ...] = ()  # one a frame; empty: as the instance says
    mosaic: Mosaic | None = None
    coordinates: tuple[tuple[str, str], ...] = ()  # as FrameFacts; of all its frames


@dataclass(frozen=True, slots=True)
class Series:
    """One series with its instances in the archive's order."""

    series_instance_uid: str
    modality: str
    series_number: int | None
    series_description: str
    body_part_examined: str
    instances: tuple[Instance, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One study, and everybody whom its instances say that it is of.

    identities: every distinct one found among the instances, at least one; also
    of those that the archive does not serve because they contradict the others.
    """

    study_instance_uid: str
    identities: tuple[PatientIdentity, ...]
    study_date: str  # DA, empty where absent
    study_time: str  # TM
    study_description: str
    accession_number: str
    institution_name: str
    series: tuple[Series, ...]

    def __post_init__(self) -> None:
        if not self.identities:
            raise ValueError("a study needs a patient's identity")

    @property
    def patient(self) -> PatientIdentity:
        """The first of the identities: whom the page names."""
        return self.identities[0]
