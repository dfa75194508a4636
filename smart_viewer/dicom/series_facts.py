"""What headers say of one image, or of the images of a series together.

The hanging rules read nothing else. PS3.3 C.7.3 (series), C.7.6 (image), C.8
(modalities), C.12.1.1 (codes). Everything may be absent: then it is empty or None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Plane = Literal["axial", "coronal", "sagittal", "oblique", ""]


@dataclass(frozen=True, slots=True)
class Code:
    """A coded concept (PS3.3 8): value, scheme designator, and its meaning."""

    value: str
    scheme: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """Facts of a group of images; of one image as `read_facts` makes them.

    Of several images, tuples marked * hold every value of every image, in order
    of appearance; other attributes are the first image's that has a value.
    Times are TM; `plane` is that of all images, empty without geometry.
    """

    modality: str = ""
    sop_class_uid: str = ""
    manufacturer: str = ""
    image_type: tuple[str, ...] = ()
    presentation_intent_type: str = ""  # FOR PRESENTATION or FOR PROCESSING
    series_description: str = ""
    protocol_name: str = ""
    study_description: str = ""
    requested_procedure_description: str = ""
    procedure_codes: tuple[Code, ...] = ()  # * of the request, then of the study
    protocol_codes: tuple[Code, ...] = ()  # *
    reason_codes: tuple[Code, ...] = ()  # *
    body_part_examined: str = ""
    anatomic_regions: tuple[Code, ...] = ()  # *
    lateralities: tuple[str, ...] = ()  # * R, L, B or U
    views: tuple[Code, ...] = ()  # *
    view_modifiers: tuple[Code, ...] = ()  # *
    view_position: str = ""
    patient_orientation: tuple[str, ...] = ()
    convolution_kernel: str = ""
    slice_thickness_mm: float | None = None
    contrast_bolus_agent: str = ""
    contrast_bolus_start_time: str = ""
    acquisition_time: str = ""
    echo_time_ms: float | None = None
    repetition_time_ms: float | None = None
    inversion_time_ms: float | None = None
    flip_angle_deg: float | None = None
    scanning_sequence: tuple[str, ...] = ()
    sequence_variant: tuple[str, ...] = ()
    scan_options: tuple[str, ...] = ()
    sequence_name: str = ""
    acquisition_contrast: str = ""
    b_values: tuple[float, ...] = ()  # * s/mm2
    temporal_positions: int | None = None
    trigger_time_ms: float | None = None
    cardiac_phase_percent: float | None = None
    corrected_image: tuple[str, ...] = ()
    attenuation_correction_method: str = ""
    units: str = ""
    series_type: tuple[str, ...] = ()
    frame_time_ms: float | None = None
    has_mask_subtraction: bool = False
    frame_count: int = 1  # NumberOfFrames of one image; of several, the largest
    frame_of_reference_uid: str = ""
    # Of the group, not of one image:
    image_count: int = 1
    plane: Plane = ""
    slice_spacing_mm: float | None = None  # between neighbours, along the normal
    pixel_spacing_mm: tuple[float, float] | None = None  # between rows, columns
    series_image_count: int = 1  # of the whole series, of which this is a part
    series_orientations: int = 0  # distinct orientations in the whole series


NO_FACTS = SeriesFacts()
