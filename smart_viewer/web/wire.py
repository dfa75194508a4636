"""The JSON that the page reads; `viewer/src/wire/types.ts` is its other side."""

from __future__ import annotations

from collections.abc import Mapping

from smart_viewer.dicom.study import Window
from smart_viewer.hanging.protocol import Preset
from smart_viewer.hanging.stages import HungCell
from smart_viewer.reading.page import OpenedPage
from smart_viewer.reading.plan import PlannedSet, ReadingPlan, StudyFacts
from smart_viewer.web.wire_image import image_table, window_json
from smart_viewer.web.wire_preferences import preferences_json

Json = Mapping[str, object]
DATE_DIGITS = 8
TIME_DIGITS = 4
_ABBREVIATIONS = ("suv",)


def boot(base: str, page: OpenedPage) -> Json:
    """Everything the page needs to start; `base` is the path of its reading.

    session: the seconds without a heartbeat after which the reading ends, and when it
    ends in any case, in seconds since 1970. secondsLeft: until then, for a page whose
    clock is wrong.
    """
    holder = page.holder
    return {
        "base": base,
        "secret": page.secret,
        "secondsLeft": page.seconds_left,
        "preferences": preferences_json(page.preferences),
        "session": {
            "idleSeconds": page.idle_seconds,
            "absoluteEndsAt": int(holder.expires_at),
        },
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
            "allergies": None
            if banner.allergies is None
            else [{"text": one.text, "high": one.high} for one in banner.allergies],
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
        "invert": bool(cell.window and cell.window.invert),
    }


def _preset(cell: HungCell, reading: ReadingPlan) -> Json | None:
    """The stage's window in modality units, where the image can be put in its unit."""
    if cell.window is None or cell.display_set is None:
        return None
    scale = _units_a_modality_value(cell.window, reading.display_sets[cell.display_set])
    if scale is None:
        return None
    preset = cell.window
    name = preset.name.partition("_")[2] or preset.name  # ct_lung: Lung
    label = (
        name.upper() if name in _ABBREVIATIONS else name.replace("_", " ").capitalize()
    )
    return window_json(
        Window(preset.center / scale, preset.width / scale, preset.function, label)
    )


def _units_a_modality_value(preset: Preset, shown: PlannedSet) -> float | None:
    """What a modality value times this is in the preset's unit; None: it is not."""
    if shown.image is None:
        return None
    if preset.unit == "SUVbw":
        suv = next((one for one in shown.image.suv if one.name == preset.unit), None)
        return suv.factors[len(suv.factors) // 2] if suv else None
    unit = shown.image.unit or ("HU" if shown.modality == "CT" else "")
    return 1.0 if unit == preset.unit else None


def _display_set(one: PlannedSet, study: Json) -> Json:
    refusal = {"code": one.refusal_code, "text": one.refusal} if one.refusal else None
    return {
        "label": one.label,
        "modality": one.modality,
        "seriesNumber": one.series_number,
        "study": study,
        "refusal": refusal,
        "frameCount": len(one.frames),
        "image": image_table(one.image) if one.image else None,
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
        "incomplete": _incomplete(study),
    }


def _incomplete(study: StudyFacts) -> Json | None:
    """Of a study that is still on its way, or not whole in the archive (ux.md 6)."""
    if study.instances >= study.announced:
        return None
    return {"received": study.instances, "announced": study.announced}


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
