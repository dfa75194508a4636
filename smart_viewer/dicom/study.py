"""A study as an archive describes it, without pixels (PS3.3 A.1.2)."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class FramePlane:
    """Where one frame lies in the patient (PS3.3 C.7.6.2), LPS millimetres."""

    position: Triple  # centre of the first pixel
    row: Triple  # unit vector along a row, towards growing column index
    column: Triple  # unit vector along a column, towards growing row index
    spacing: tuple[float, float]  # mm (between rows, between columns)


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
