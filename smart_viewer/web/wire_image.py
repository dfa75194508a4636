"""One display set's picture as the page reads it: `ImageTable` of `wire/types.ts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smart_viewer.dicom.study import (
    Cine,
    PixelLayout,
    Shutter,
    Spacing,
    UltrasoundRegion,
    Window,
)
from smart_viewer.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN, Way
from smart_viewer.reading.plan import SetGeometry, SetImage, SetOverlay

Json = Mapping[str, object]
UNSPECIFIED = "US"  # a Rescale Type that names no unit (PS3.3 C.11.1.1.2)


def image_table(image: SetImage) -> Json:
    """Everything that the page needs to draw and measure; no UID but the syntax's."""
    decoded = image.way is Way.SERVER
    syntax = EXPLICIT_VR_LITTLE_ENDIAN if decoded else image.transfer_syntax_uid
    geometry = image.geometry
    return {
        "rows": image.pixels.rows,
        "columns": image.pixels.columns,
        "transferSyntaxUid": syntax,
        "pixels": _pixels(image.pixels),
        "rescaleSlope": list(image.rescale_slopes),
        "rescaleIntercept": list(image.rescale_intercepts),
        "modalityLut": _table(image, image.modality_lut),
        "unit": "" if image.unit == UNSPECIFIED else image.unit,
        "windows": [window_json(window) for window in image.windows],
        "voiLuts": [_table(image, index) for index in image.voi_luts],
        "inverse": image.inverse,
        "padding": _padding(image.padding),
        "palette": [_table(image, i) for i in image.palette] if image.palette else None,
        "spacing": _spacing(image.spacing) if image.spacing else None,
        "pixelAspect": list(image.pixel_aspect) if image.pixel_aspect else None,
        "geometry": _geometry(geometry) if geometry else None,
        "stack": _stack(geometry) if geometry else None,
        "patientOrientation": [
            list(one) if one else None for one in image.patient_orientations
        ],
        "quadruped": image.quadruped,
        "sliceThicknessMm": list(image.slice_thickness_mm),
        "lossy": [{"ratio": one.ratio} if one else None for one in image.lossy],
        "overlays": [_overlay(i, one) for i, one in enumerate(image.overlays)],
        "shutters": [_shutter(one) if one else None for one in image.shutters],
        "regions": [[_region(one) for one in regions] for regions in image.regions],
        "cine": _cine(image.cine) if image.cine else None,
        "suv": _suv(image),
        "frameNames": list(image.frame_names),
        "notes": [{"code": code, "text": text} for code, text in image.notes],
    }


def window_json(window: Window) -> Json:
    """One choice of VOI, in modality units."""
    return {
        "center": window.center,
        "width": window.width,
        "function": window.function,
        "explanation": window.explanation,
    }


def _pixels(pixels: PixelLayout) -> Json:
    return {
        "bitsAllocated": pixels.bits_allocated,
        "bitsStored": pixels.bits_stored,
        "highBit": pixels.high_bit,
        "signed": pixels.signed,
        "isFloat": pixels.is_float,
        "samplesPerPixel": pixels.samples_per_pixel,
        "planarConfiguration": pixels.planar_configuration,
        "photometricInterpretation": pixels.photometric_interpretation,
    }


def _table(image: SetImage, index: int | None) -> Json | None:
    if index is None:
        return None
    table = image.tables[index]
    return {
        "index": index,
        "first": table.first,
        "count": len(table.entries) // 2,
        "bits": table.bits,
        "explanation": table.explanation,
    }


def _padding(padding: tuple[int, int] | None) -> Json | None:
    return {"low": padding[0], "high": padding[1]} if padding else None


def _spacing(spacing: Spacing) -> Json:
    return {
        "betweenRowsMm": spacing.between_rows,
        "betweenColumnsMm": spacing.between_columns,
        "source": spacing.source,
        "note": spacing.note,
        "magnification": spacing.magnification,
    }


def _geometry(geometry: SetGeometry) -> Json:
    return {
        "row": list(geometry.row),
        "column": list(geometry.column),
        "positions": _flat(geometry.positions),
        "frameOfReference": geometry.frame_of_reference,
    }


def _stack(geometry: SetGeometry) -> Json:
    stack = geometry.stack
    return {
        "state": stack.state,
        "stepMm": stack.step_mm,
        "gaps": list(stack.gaps),
        "tiltDeg": stack.tilt_deg,
    }


def _flat(points: Sequence[Sequence[float]]) -> list[float]:
    return [coordinate for point in points for coordinate in point]


def _overlay(index: int, one: SetOverlay) -> Json:
    return {
        "index": index,
        "frame": one.frame,
        "rows": one.plane.rows,
        "columns": one.plane.columns,
        "origin": list(one.plane.origin),
        "bit": one.plane.bit,
        "label": one.plane.label,
    }


def _shutter(shutter: Shutter) -> Json:
    edges = ("left", "right", "upper", "lower")
    round_parts = ("row", "column", "radius")
    return {
        "rectangle": _named(edges, shutter.rectangle),
        "circle": _named(round_parts, shutter.circle),
        "polygon": _flat(shutter.polygon),
        "presentationValue": shutter.presentation_value,
    }


def _named(names: Sequence[str], numbers: Sequence[int] | None) -> Json | None:
    return dict(zip(names, numbers, strict=True)) if numbers else None


def _region(region: UltrasoundRegion) -> Json:
    pixel, value = region.reference_pixel, region.reference_value
    return {
        "left": region.left,
        "top": region.top,
        "right": region.right,
        "bottom": region.bottom,
        "spatialFormat": region.spatial_format,
        "dataType": region.data_type,
        "unitX": region.unit_x,
        "unitY": region.unit_y,
        "deltaX": region.delta_x,
        "deltaY": region.delta_y,
        "referencePixel": list(pixel) if pixel else None,
        "referenceValue": list(value) if value else None,
    }


def _cine(cine: Cine) -> Json:
    return {
        "intervalsMs": list(cine.intervals_ms),
        "source": cine.source,
        "first": cine.first - 1,
        "last": cine.last - 1,
    }


def _suv(image: SetImage) -> Json | None:
    if not image.suv and not image.suv_refusal:
        return None
    return {
        "types": [
            {"name": one.name, "unit": one.unit, "factors": list(one.factors)}
            for one in image.suv
        ],
        "refusal": "" if image.suv else image.suv_refusal,
    }
