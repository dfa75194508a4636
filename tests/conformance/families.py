"""Every family of synthetic cases, and the hazards of display.md it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.case import Case
from conformance.families_colour import COLOUR
from conformance.families_grey import GREY
from conformance.families_icc import ICC
from conformance.families_lut import LUTS
from conformance.families_mask import MASKS
from conformance.families_stream import STREAMS

MAKERS: tuple[Callable[[], Iterable[Case]], ...] = (
    *GREY,
    *LUTS,
    *COLOUR,
    *MASKS,
    *STREAMS,
    *ICC,
)

HAZARDS = {
    "bits": "H6",
    "float": "H6",
    "windows": "H2",
    "narrow windows": "H2",
    "identity": "H23",
    "photometric": "H4",
    "modality LUT": "H1",
    "VOI LUT": "H2",
    "VOI LUT packed": "H2",
    "padding": "H5",
    "zoom": "H23",
    "RGB": "H15",
    "YBR_FULL": "H15",
    "YBR_FULL_422": "H15",
    "palette": "H15",
    "palette segmented": "H15",
    "shutter": "H18",
    "aspect": "H7",
    "overlay": "H20",
    "stream": "H6",
    "component transform": "H15",
    "JPEG colour": "H15",
    "JPEG grey": "H15",
    "ICC": "H15",
}


def all_cases() -> list[Case]:
    """Every synthetic case, in a fixed order."""
    return [case for make in MAKERS for case in make()]
