"""Why an instance cannot be shown, in words for the reader (DESIGN §5)."""

from __future__ import annotations

from typing import NamedTuple

from smart_viewer.dicom.read_instance import WHOLE_SLIDE
from smart_viewer.dicom.sop_class import is_image_storage
from smart_viewer.dicom.study import Instance, PixelLayout
from smart_viewer.dicom.transfer_syntax import Way, delivery, fits_colour, name, way


class Refusal(NamedTuple):
    """A stable code and one sentence: the cause and the next step."""

    code: str
    text: str


_ELSEWHERE = "Open it in the department's viewer."


def refusal(instance: Instance) -> Refusal | None:
    """The first reason why this instance is not shown, None where it can be."""
    pixels = instance.pixels
    if pixels is None:
        return _without_pixels(instance)
    if WHOLE_SLIDE in instance.unapplied:
        return Refusal(
            "whole_slide_not_yet",
            "This is a whole-slide image, stored in tiles; this version does not put "
            f"them together. {_ELSEWHERE}",
        )
    if instance.problem:
        return Refusal(
            "unreadable",
            f"{instance.problem} Ask for the image to be sent again from the modality "
            "or the archive.",
        )
    return _undeliverable(instance.transfer_syntax_uid, pixels)


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


def _undeliverable(uid: str, pixels: PixelLayout) -> Refusal | None:
    """No way to the page: by the syntax, the colour or the depth.

    An archive that does not tell the syntax is asked again with each frame.
    """
    if delivery(uid, pixels) is not Way.REFUSED:
        return None
    if uid and way(uid) is Way.REFUSED:
        return Refusal(
            "transfer_syntax",
            f"The image is stored as {name(uid)}, which this version does not decode. "
            "Have the archive send it uncompressed or as JPEG-LS, or open it in the "
            "department's viewer.",
        )
    if not fits_colour(pixels):
        said = pixels.photometric_interpretation or "unnamed"
        return Refusal(
            "colour",
            f"Its {pixels.samples_per_pixel} samples a pixel are of an interpretation "
            f"({said}) that this version does not know. {_ELSEWHERE}",
        )
    kind = "floating point" if pixels.is_float else "whole numbers"
    return Refusal(
        "bit_depth",
        f"Its samples have {pixels.bits_allocated} bits ({kind}), which this version "
        f"does not show in this transfer syntax. {_ELSEWHERE}",
    )
