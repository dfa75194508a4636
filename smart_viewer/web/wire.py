"""The JSON that the page reads; `viewer/src/wire/types.ts` is its other side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smart_viewer.dicom.study import Window
from smart_viewer.hanging.stages import HungCell
from smart_viewer.reading.page import OpenedPage
from smart_viewer.reading.plan import PlannedSet, ReadingPlan, SetImage, StudyFacts

Json = Mapping[str, object]
DATE_DIGITS = 8
TIME_DIGITS = 4
UNSPECIFIED = "US"  # a Rescale Type that names no unit (PS3.3 C.11.1.1.2)


def boot(base: str, page: OpenedPage) -> Json:
    """Everything the page needs to start; `base` is the path of its reading."""
    holder = page.holder
    return {
        "base": base,
        "secret": page.secret,
        "secondsLeft": page.seconds_left,
        "plan": plan(holder.plan, holder.revision),
    }


def plan(reading: ReadingPlan, revision: int) -> Json:
    """The plan without any UID: studies and frames are indices."""
    banner = reading.banner
    return {
        "revision": revision,
        "complete": reading.complete,
        "banner": {
            "name": banner.name,
            "birthDate": banner.birth_date,
            "sex": banner.sex,
            "mrn": banner.mrn,
            "order": banner.order,
            "accession": banner.accession,
            "needed": banner.needed,
        },
        "hanging": _hanging(reading),
        "displaySets": [
            _display_set(one, _study(reading, reading.studies[one.study]))
            for one in reading.display_sets
        ],
        "notices": [{"level": n.level, "text": n.text} for n in reading.notices],
        "archives": [
            {"name": a.name, "state": a.state, "text": a.text} for a in reading.archives
        ],
        "trace": [{"text": t.text, "outcome": t.outcome} for t in reading.trace],
    }


def _hanging(reading: ReadingPlan) -> Json:
    hanging = reading.hanging
    return {
        "protocol": hanging.protocol_id,
        "label": hanging.label,
        "reasons": list(hanging.reasons),
        "rejected": [
            {"protocol": one.protocol_id, "reason": one.reason}
            for one in hanging.rejected
        ],
        "stages": [
            {
                "name": stage.name,
                "rows": stage.rows,
                "columns": stage.columns,
                "cells": [_cell(cell, reading) for cell in stage.cells],
            }
            for stage in hanging.stages
        ],
    }


def _cell(cell: HungCell, reading: ReadingPlan) -> Json:
    return {
        "displaySet": cell.display_set,
        "window": _preset(cell, reading),
        "label": cell.label,
        "sync": "+".join(cell.sync) or None,
        "justify": cell.justify.lower() or None,
    }


def _preset(cell: HungCell, reading: ReadingPlan) -> Json | None:
    """The stage's window, where it is meant in the unit that the image is in."""
    if cell.window is None or cell.display_set is None:
        return None
    shown = reading.display_sets[cell.display_set]
    unit = shown.image.unit if shown.image else ""
    if (unit or ("HU" if shown.modality == "CT" else "")) != cell.window.unit:
        return None
    preset = cell.window
    name = preset.name.partition("_")[2] or preset.name  # ct_lung: Lung
    label = name.replace("_", " ").capitalize()
    return _window(Window(preset.center, preset.width, "LINEAR", label))


def _display_set(one: PlannedSet, study: Json) -> Json:
    refusal = {"code": one.refusal_code, "text": one.refusal} if one.refusal else None
    return {
        "label": one.label,
        "modality": one.modality,
        "seriesNumber": one.series_number,
        "study": study,
        "refusal": refusal,
        "frameCount": len(one.frames),
        "image": _image(one.image) if one.image else None,
    }


def _study(reading: ReadingPlan, study: StudyFacts) -> Json:
    patient, uid = study.patient, study.study_instance_uid
    prior = next(
        (p for p in reading.hanging.priors if p.study_instance_uid == uid), None
    )
    return {
        "role": study.role,
        "monthsBefore": prior.months if prior else None,
        "relevance": list(prior.reasons) if prior else [],
        "patientName": patient.patient_name,
        "patientId": patient.patient_id,
        "patientIdAssigned": patient.assigned,
        "birthDate": _iso_date(patient.patient_birth_date),
        "sex": patient.patient_sex,
        "date": _iso_date(study.study_date),
        "time": _clock_time(study.study_time),
        "description": study.study_description,
        "institution": study.institution_name,
        "warnings": list(study.warnings),
    }


def _image(image: SetImage) -> Json:
    pixels = image.pixels
    return {
        "rows": pixels.rows,
        "columns": pixels.columns,
        "transferSyntaxUid": image.transfer_syntax_uid,
        "pixels": {
            "bitsAllocated": pixels.bits_allocated,
            "bitsStored": pixels.bits_stored,
            "highBit": pixels.high_bit,
            "signed": pixels.signed,
            "samplesPerPixel": pixels.samples_per_pixel,
            "photometricInterpretation": pixels.photometric_interpretation,
        },
        "rescaleSlope": list(image.rescale_slopes),
        "rescaleIntercept": list(image.rescale_intercepts),
        "unit": "" if image.unit == UNSPECIFIED else image.unit,
        "windows": [_window(window) for window in image.windows],
        "spacing": _spacing(image),
        "geometry": _geometry(image),
        "sliceThicknessMm": image.slice_thickness_mm,
        "lossy": {"ratio": image.lossy_ratio} if image.lossy else None,
    }


def _window(window: Window) -> Json:
    return {
        "center": window.center,
        "width": window.width,
        "function": window.function,
        "explanation": window.explanation,
    }


def _spacing(image: SetImage) -> Json | None:
    if image.spacing is None:
        return None
    between_rows, between_columns = image.spacing
    return {
        "betweenRowsMm": between_rows,
        "betweenColumnsMm": between_columns,
        "source": image.spacing_source,
    }


def _geometry(image: SetImage) -> Json | None:
    geometry = image.geometry
    if geometry is None:
        return None
    return {
        "row": list(geometry.row),
        "column": list(geometry.column),
        "positions": _flat(geometry.positions),
        "frameOfReference": geometry.frame_of_reference,
    }


def _flat(points: Sequence[tuple[float, float, float]]) -> list[float]:
    return [coordinate for point in points for coordinate in point]


def _iso_date(da: str) -> str:
    digits = da.replace(".", "")
    if len(digits) != DATE_DIGITS or not digits.isdigit():
        return ""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _clock_time(tm: str) -> str:
    digits = tm.replace(":", "")[:TIME_DIGITS]
    if len(digits) != TIME_DIGITS or not digits.isdigit():
        return ""
    return f"{digits[:2]}:{digits[2:]}"
