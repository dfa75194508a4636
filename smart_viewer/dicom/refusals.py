"""Why an instance cannot be shown, in words for the reader (DESIGN §5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from smart_viewer.dicom.sop_class import is_image_storage
from smart_viewer.dicom.study import Instance, PixelLayout
from smart_viewer.dicom.transfer_syntax import name, shown_by_browser


class Refusal(NamedTuple):
    """A stable code and one sentence: the cause and the next step."""

    code: str
    text: str


_GRAY = ("MONOCHROME1", "MONOCHROME2")
_ELSEWHERE = "Open it in the department's viewer."


def refusal(instance: Instance) -> Refusal | None:
    """The first reason why this instance is not shown, None where it can be."""
    if instance.pixels is None:
        return _without_pixels(instance)
    for check in (_depth, _colour):
        found = check(instance.pixels)
        if found:
            return found
    return next((found for check in _CHECKS if (found := check(instance))), None)


def _without_pixels(instance: Instance) -> Refusal:
    if instance.problem:
        return Refusal("unreadable", f"{instance.problem} {_ELSEWHERE}")
    if is_image_storage(instance.sop_class_uid):
        return Refusal(
            "no_pixel_data",
            "The image has no pixel data. Ask for it to be sent again from the "
            "modality or the archive.",
        )
    return Refusal(
        "not_an_image",
        "This is a document or a plan, not an image, and this version does not "
        f"show it. {_ELSEWHERE}",
    )


def _depth(pixels: PixelLayout) -> Refusal | None:
    if pixels.bits_allocated in (8, 16):
        return None
    return Refusal(
        "bit_depth",
        f"Its samples have {pixels.bits_allocated} bits; this version shows images "
        f"of 8 and 16 bits. {_ELSEWHERE}",
    )


def _colour(pixels: PixelLayout) -> Refusal | None:
    if pixels.samples_per_pixel == 1 and pixels.photometric_interpretation in _GRAY:
        return None
    return Refusal(
        "colour_not_yet",
        f"This is a colour image ({pixels.photometric_interpretation or 'unnamed'}); "
        f"this version shows grey images only. {_ELSEWHERE}",
    )


def _enhanced(instance: Instance) -> Refusal | None:
    if "functional_groups" not in instance.unapplied:
        return None
    return Refusal(
        "enhanced_multiframe_not_yet",
        "This is an enhanced multi-frame image; this version does not read its "
        f"geometry and grey scale per frame. {_ELSEWHERE}",
    )


def _modality_lut(instance: Instance) -> Refusal | None:
    if "modality_lut" not in instance.unapplied:
        return None
    return Refusal(
        "modality_lut_not_yet",
        "The image needs its own Modality LUT, which this version does not apply: "
        f"its grey values would be wrong. {_ELSEWHERE}",
    )


def _transfer_syntax(instance: Instance) -> Refusal | None:
    """An archive that does not tell the syntax is asked again with each frame."""
    uid = instance.transfer_syntax_uid
    if not uid or shown_by_browser(uid):
        return None
    return Refusal(
        "transfer_syntax",
        f"The image is stored as {name(uid)}, which this version does not decode. "
        "Have the archive send it uncompressed or as JPEG-LS, or open it in the "
        "department's viewer.",
    )


def _problem(instance: Instance) -> Refusal | None:
    if not instance.problem:
        return None
    return Refusal(
        "unreadable",
        f"{instance.problem} Ask for the image to be sent again from the modality or "
        "the archive.",
    )


_CHECKS: tuple[Callable[[Instance], Refusal | None], ...] = (
    _enhanced,
    _modality_lut,
    _transfer_syntax,
    _problem,
)
