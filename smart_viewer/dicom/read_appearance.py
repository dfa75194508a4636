"""Everything in a header that changes a picture or its measure, read together.

What cannot be read is left out and named, so that the page can say so; what would
make a wrong picture is a problem, and the image is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smart_viewer.dicom.json_values import (
    JsonDataset,
    binary,
    items,
    numbers,
    text,
    values,
)
from smart_viewer.dicom.read_cine import CINE_TAGS, read_cine
from smart_viewer.dicom.read_orientation import ORIENTATION_TAGS, read_orientation
from smart_viewer.dicom.read_overlays import (
    OVERLAY_TAGS,
    project_overlays,
    read_overlays,
)
from smart_viewer.dicom.read_padding import PADDING_TAGS, read_padding
from smart_viewer.dicom.read_regions import REGIONS, project_regions, read_regions
from smart_viewer.dicom.read_shutter import SHUTTER_TAGS, read_shutter
from smart_viewer.dicom.read_spacing import SPACING_TAGS, read_spacing
from smart_viewer.dicom.read_tables import (
    TABLE_TAGS,
    has_palette,
    modality_lut_type,
    project_tables,
    read_modality_lut,
    read_palette,
)
from smart_viewer.dicom.study import (
    PLAIN,
    Appearance,
    LookupTable,
    Palette,
    PixelLayout,
    Spacing,
)

_SOP_CLASS, _SHAPE, _ASPECT = "00080016", "20500020", "00280034"
_ICC, _OPTICAL_PATHS, _PIXEL_PRESENTATION = "00282000", "00480105", "00089205"
_VALUES = (
    *(_SHAPE, _ASPECT, _PIXEL_PRESENTATION),
    *(*SPACING_TAGS, *PADDING_TAGS, *SHUTTER_TAGS, *CINE_TAGS, *ORIENTATION_TAGS),
)
# Every tag that `read_appearance` reads beside those of the pixel layout.
APPEARANCE_TAGS = (
    *(*_VALUES, *TABLE_TAGS, *OVERLAY_TAGS),
    *(_ICC, _OPTICAL_PATHS, REGIONS),
)
# What an object may carry that is not applied, or that is damaged and left out.
NOT_APPLIED: Mapping[str, str] = {
    "supplemental_palette": "The image has colours of its own that are not shown.",
    "xray_modality_lut": "The image's table to X-ray intensity is not applied.",
    "window": "A window of the image's header cannot be used and is left out.",
    "voi_lut": "A VOI LUT of the image is damaged and left out.",
    "pixel_padding": "The header's pixel padding cannot be read.",
    "pixel_aspect": "The header's pixel aspect ratio cannot be read.",
    "icc_profile": "The image's colour profile cannot be read.",
    "shutter": "A shutter of the image cannot be read: more of it is shown.",
    "overlay": "An overlay of the image cannot be read.",
    "ultrasound_region": "A calibrated region of the image cannot be read.",
}
_PALETTE_COLOR = "PALETTE COLOR"
_STORAGE = "1.2.840.10008.5.1.4.1.1."
# The Modality LUT module of XA and XRF leads back to X-ray intensity, for
# measurement; it is no step of their display (C.8.7.1.1.2).
_XRAY = frozenset(_STORAGE + end for end in ("12.1", "12.2", "12.3"))


@dataclass(frozen=True, slots=True)
class Read:
    """What an object's own attributes say, and what of them could not be used.

    problem: why the picture would be wrong, "" where it would not. left_out: names
    of NOT_APPLIED. modality_unit: of the Modality LUT's output, or "".
    """

    appearance: Appearance
    spacing: Spacing | None
    modality_lut: LookupTable | None
    modality_unit: str
    problem: str
    left_out: tuple[str, ...]


NOTHING = Read(PLAIN, None, None, "", "", ())


def ignores_modality(sop_class_uid: str) -> bool:
    """Whether rescale and Modality LUT are no part of this class's display."""
    return sop_class_uid in _XRAY


def project_appearance(dataset: JsonDataset) -> dict[str, object]:
    """The part of the metadata that `read_appearance` reads, without VRs."""
    kept: dict[str, object] = {
        tag: {"Value": found} for tag in _VALUES if (found := values(dataset, tag))
    }
    if _ICC in dataset:
        kept[_ICC] = _bare(dataset[_ICC])
    paths = [
        {_ICC: _bare(item[_ICC])}
        for item in items(dataset, _OPTICAL_PATHS)
        if _ICC in item
    ]
    if paths:
        kept[_OPTICAL_PATHS] = {"Value": paths}
    return (
        kept
        | project_tables(dataset)
        | project_overlays(dataset)
        | project_regions(dataset)
    )


def _bare(attribute: object) -> dict[str, object]:
    found = attribute if isinstance(attribute, dict) else {}
    return {key: value for key, value in found.items() if key != "vr"}


def read_appearance(
    dataset: JsonDataset, layout: PixelLayout | None, frames: int
) -> Read:
    """All of it, of an image with this layout and number of frames.

    Never raises; NOTHING for an object that is no image.
    """
    if layout is None:
        return NOTHING
    spacing = read_spacing(dataset)
    palette, palette_problem = _read_palette(dataset, layout)
    lut, lut_problem = _read_modality_lut(dataset, layout)
    padding, padding_ok = read_padding(dataset, layout)
    overlays, overlays_ok = read_overlays(dataset, layout, frames)
    shutter, shutter_ok = read_shutter(dataset, layout)
    regions, regions_ok = read_regions(dataset)
    aspect, aspect_ok = _read_aspect(dataset, spacing)
    profile, profile_ok = _read_profile(dataset, layout)
    letters, quadruped = read_orientation(dataset)
    readable = {
        "supplemental_palette": not _has_supplemental_palette(dataset, layout),
        "xray_modality_lut": not _has_xray_table(dataset),
        "pixel_padding": padding_ok,
        "pixel_aspect": aspect_ok,
        "icc_profile": profile_ok,
        "shutter": shutter_ok,
        "overlay": overlays_ok,
        "ultrasound_region": regions_ok,
    }
    appearance = Appearance(
        padding=padding,
        inverse=_is_inverse(dataset, layout),
        pixel_aspect=aspect,
        palette=palette,
        icc_profile=profile,
        overlays=overlays,
        shutter=shutter,
        regions=regions,
        cine=read_cine(dataset, frames),
        patient_orientation=letters,
        quadruped=quadruped,
    )
    return Read(
        appearance=appearance,
        spacing=spacing,
        modality_lut=lut,
        modality_unit=modality_lut_type(dataset) if lut else "",
        problem=palette_problem or lut_problem,
        left_out=tuple(name for name, ok in readable.items() if not ok),
    )


def _read_palette(
    dataset: JsonDataset, layout: PixelLayout
) -> tuple[Palette | None, str]:
    if layout.photometric_interpretation != _PALETTE_COLOR:
        return None, ""
    return read_palette(dataset, layout.signed)


def _has_supplemental_palette(dataset: JsonDataset, layout: PixelLayout) -> bool:
    """Grey images whose upper values are colours (C.7.6.19, C.8.16.2.1.1)."""
    is_grey = layout.photometric_interpretation != _PALETTE_COLOR
    used = text(dataset, _PIXEL_PRESENTATION) in {"COLOR", "MIXED"}
    return is_grey and used and has_palette(dataset)


def _read_modality_lut(
    dataset: JsonDataset, layout: PixelLayout
) -> tuple[LookupTable | None, str]:
    if ignores_modality(text(dataset, _SOP_CLASS)) or layout.samples_per_pixel != 1:
        return None, ""
    return read_modality_lut(dataset, layout.signed)


def _has_xray_table(dataset: JsonDataset) -> bool:
    return ignores_modality(text(dataset, _SOP_CLASS)) and bool(
        values(dataset, TABLE_TAGS[0])
    )


def _is_inverse(dataset: JsonDataset, layout: PixelLayout) -> bool:
    """MONOCHROME1, or INVERSE, or both at once: one inversion (C.7.6.3.1.2, C.8.11.3).

    DX wants IDENTITY with MONOCHROME2 and INVERSE with MONOCHROME1. Where a file
    has MONOCHROME1 with IDENTITY the photometric interpretation is believed: it is
    of every image and every reader goes by it.
    """
    if layout.samples_per_pixel != 1 or (
        layout.photometric_interpretation == _PALETTE_COLOR
    ):
        return False
    return (
        layout.photometric_interpretation == "MONOCHROME1"
        or text(dataset, _SHAPE).upper() == "INVERSE"
    )


def _read_aspect(
    dataset: JsonDataset, spacing: Spacing | None
) -> tuple[tuple[float, float] | None, bool]:
    """(vertical, horizontal) size of a pixel; only without a spacing (C.7.6.3.1.7)."""
    found = values(dataset, _ASPECT)
    if spacing is not None or not any(value not in (None, "") for value in found):
        return None, True
    pair = _positive_pair(dataset)
    if pair is None:
        return None, False
    return (pair if pair[0] != pair[1] else None), True


def _positive_pair(dataset: JsonDataset) -> tuple[float, float] | None:
    found = numbers(dataset, _ASPECT, count=2)
    return (found[0], found[1]) if found and min(found) > 0 else None


def _read_profile(dataset: JsonDataset, layout: PixelLayout) -> tuple[bytes, bool]:
    """The ICC profile, of the image or of its one optical path (C.11.15, C.8.12.5).

    Paths with different profiles leave open which one a frame has: none is taken.
    """
    if layout.samples_per_pixel == 1 and (
        layout.photometric_interpretation != _PALETTE_COLOR
    ):
        return b"", True
    places = [dataset, *items(dataset, _OPTICAL_PATHS)]
    named = [place for place in places if _bare(place.get(_ICC))]
    profiles = {binary(place, _ICC) for place in named}
    if not named:
        return b"", True
    only = profiles.pop() if len(profiles) == 1 else None
    return (only, True) if only else (b"", False)
