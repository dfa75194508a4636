"""Studies for the tests of hanging: made of facts, as the headers would give them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from smart_viewer.dicom.series_facts import Code, SeriesFacts
from smart_viewer.hanging.table import SetEntry, StudyEntry

PATIENT = "Patient/1"
STORAGE = "1.2.840.10008.5.1.4.1.1."
CT = SeriesFacts(
    modality="CT",
    image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
    body_part_examined="CHEST",
    plane="axial",
    slice_spacing_mm=2.0,
    image_count=150,
    series_image_count=150,
)
MR = SeriesFacts(
    modality="MR",
    image_type=("ORIGINAL", "PRIMARY", "M", "NORM"),
    body_part_examined="BRAIN",
    scanning_sequence=("SE",),
    plane="axial",
    slice_spacing_mm=5.0,
    image_count=27,
)
XR = SeriesFacts(modality="DX", body_part_examined="CHEST", view_position="PA")
MG = SeriesFacts(
    modality="MG",
    sop_class_uid=f"{STORAGE}1.2",
    image_type=("ORIGINAL", "PRIMARY"),
    presentation_intent_type="FOR PRESENTATION",
    body_part_examined="BREAST",
)
PT = SeriesFacts(
    modality="PT",
    corrected_image=("DECY", "ATTN", "SCAT"),
    attenuation_correction_method="measured",
    units="BQML",
    plane="axial",
    image_count=135,
)
US = SeriesFacts(modality="US", frame_count=30)
CC = Code("399162004", "SCT", "cranio-caudal")
MLO = Code("399368009", "SCT", "medio-lateral oblique")


def entry(index: int, facts: SeriesFacts, **changes: Any) -> SetEntry:
    """A display set of that index; the series number follows it."""
    whole = SetEntry(index, f"S{index}", index + 1, True, facts)
    return replace(whole, **changes)


def study(*facts: SeriesFacts, first: int = 0, **changes: Any) -> StudyEntry:
    """A study of these series; its display sets are numbered from `first`."""
    whole = StudyEntry(
        study_instance_uid=f"2.999.{first}",
        patient=PATIENT,
        study_date="20240305",
        study_time="1015",
        study_description="",
        modalities=tuple(dict.fromkeys(f.modality for f in facts)),
        sets=tuple(entry(first + n, one) for n, one in enumerate(facts)),
    )
    return replace(whole, **changes)


def of(base: SeriesFacts, **changes: Any) -> SeriesFacts:
    """Valid facts with one thing changed."""
    return replace(base, **changes)


def mammogram(side: str, view: Code, **changes: Any) -> SeriesFacts:
    """One mammographic view."""
    return of(MG, lateralities=(side,), views=(view,), **changes)


CT_CHEST = (
    of(CT, convolution_kernel="Br40d", contrast_bolus_agent="agent"),
    of(CT, convolution_kernel="Bl57d", contrast_bolus_agent="agent"),
)
CT_HEAD = (
    of(CT, body_part_examined="HEAD", convolution_kernel="Hr40", slice_spacing_mm=5.0),
    of(CT, body_part_examined="HEAD", convolution_kernel="Hr60", slice_spacing_mm=2.5),
)
MR_BRAIN = (
    of(MR, repetition_time_ms=500, echo_time_ms=10, plane="sagittal"),
    of(MR, b_values=(0.0,), scanning_sequence=("EP",)),
    of(MR, b_values=(1000.0,), scanning_sequence=("EP",)),
    of(MR, image_type=("DERIVED", "PRIMARY", "DIFFUSION", "ADC")),
    of(MR, repetition_time_ms=4500, echo_time_ms=100),
    of(
        MR,
        repetition_time_ms=9000,
        echo_time_ms=120,
        inversion_time_ms=2500,
        scanning_sequence=("SE", "IR"),
    ),
    of(MR, repetition_time_ms=28, echo_time_ms=20, scanning_sequence=("GR",)),
    of(MR, repetition_time_ms=500, echo_time_ms=10),
    of(MR, repetition_time_ms=500, echo_time_ms=10, contrast_bolus_agent="agent"),
)
XR_CHEST = (XR, of(XR, view_position="LL"))
MAMMOGRAM = (
    mammogram("L", MLO),
    mammogram("R", MLO),
    mammogram("L", CC),
    mammogram("R", CC),
)
PET_CT = (
    of(CT, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"), plane="coronal"),
    PT,
    of(CT, convolution_kernel="SOFT", body_part_examined=""),
    of(PT, corrected_image=("DECY",), attenuation_correction_method="NONE"),
)
ULTRASOUND = (US, of(US, frame_count=1), of(US, frame_count=12))
