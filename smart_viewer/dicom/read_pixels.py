"""Bit layout, plane and windows of one instance's DICOM JSON.

PS3.3 C.7.6.3 (Image Pixel), C.7.6.2 (Image Plane), C.11.2 (VOI LUT).
"""

from __future__ import annotations

from dataclasses import dataclass

from smart_viewer.dicom.json_values import (
    JsonDataset,
    as_number,
    holds_value,
    integer,
    numbers,
    text,
    texts,
    values,
)
from smart_viewer.dicom.study import FramePlane, PixelLayout, Triple, Window

ORTHONORMAL_TOLERANCE = 1e-3  # of lengths and of the dot product, both unitless
FARTHEST_MM = 1e6  # from the origin, and of a spacing: beyond it is no place
MAX_FRAMES = 250_000  # of one instance; a bound against absurd headers
_FLOAT_BITS = (32, 64)
_NARROWEST = {"LINEAR": 1.0, "LINEAR_EXACT": 0.0, "SIGMOID": 0.0}


def read_number_of_frames(dataset: JsonDataset) -> int | None:
    """NumberOfFrames, 1 where absent; None where it is not 1 to MAX_FRAMES."""
    if not holds_value(dataset, "00280008"):
        return 1
    found = integer(dataset, "00280008")
    return found if found is not None and 1 <= found <= MAX_FRAMES else None


def read_pixel_layout(dataset: JsonDataset) -> tuple[PixelLayout | None, str]:
    """The bit layout, or None with the reason; None and "" where it is no image."""
    if "00280010" not in dataset and "00280011" not in dataset:
        return None, ""
    sizes = [integer(dataset, tag) for tag in ("00280010", "00280011")]
    bits = [integer(dataset, tag) for tag in ("00280100", "00280101", "00280102")]
    representation = integer(dataset, "00280103")
    samples = integer(dataset, "00280002")
    if None in (*sizes, bits[0], samples):
        return None, "The header lacks the image's size or its bit depth."
    is_float = _is_float(dataset)
    if is_float:  # they have no stored bits: every bit of the cell counts
        bits[1:], representation = [bits[0], (bits[0] or 0) - 1], 1
    rows, columns = sizes
    allocated, stored, high = bits
    layout = PixelLayout(
        rows=rows or 0,
        columns=columns or 0,
        samples_per_pixel=samples or 0,
        photometric_interpretation=text(dataset, "00280004"),
        bits_allocated=allocated or 0,
        bits_stored=stored or 0,
        high_bit=-1 if high is None else high,
        signed=representation == 1,
        planar_configuration=integer(dataset, "00280006") or 0,
        is_float=is_float,
    )
    return _checked(layout, representation)


def _is_float(dataset: JsonDataset) -> bool:
    """Float or Double Float Pixel Data (PS3.3 C.7.6.24, C.7.6.25).

    Their modules have neither Bits Stored nor Pixel Representation; that tells them
    where the archive does not say which kind of pixel data there is.
    """
    if "7FE00008" in dataset or "7FE00009" in dataset:
        return True
    allocated = integer(dataset, "00280100")
    named = holds_value(dataset, "00280101") or holds_value(dataset, "00280103")
    return allocated in _FLOAT_BITS and not named


def _checked(
    layout: PixelLayout, representation: int | None
) -> tuple[PixelLayout | None, str]:
    if not (1 <= layout.rows <= 0xFFFF and 1 <= layout.columns <= 0xFFFF):
        return None, "The header's Rows or Columns is not a size."
    if layout.samples_per_pixel < 1 or layout.bits_allocated < 1:
        return None, "The header's Samples per Pixel or Bits Allocated is not a count."
    if not layout.bits_stored - 1 <= layout.high_bit < layout.bits_allocated:
        return None, "The header's Bits Stored and High Bit do not fit its samples."
    if layout.bits_stored < 1 or representation not in (0, 1):
        return None, "The header's Bits Stored or Pixel Representation is wrong."
    return layout, ""


@dataclass(frozen=True, slots=True)
class FrameAxes:
    """A `FramePlane` without its position: what the slices of a stack share."""

    row: Triple
    column: Triple
    spacing: tuple[float, float]  # mm (between rows, between columns)


def read_axes(dataset: JsonDataset) -> FrameAxes | None:
    """How the frame lies; None where that is missing or not orthonormal."""
    cosines = numbers(dataset, "00200037", count=6)
    spacing = numbers(dataset, "00280030", count=2)
    if not (cosines and spacing) or not 0 < min(spacing) <= max(spacing) < FARTHEST_MM:
        return None
    row: Triple = (cosines[0], cosines[1], cosines[2])
    column: Triple = (cosines[3], cosines[4], cosines[5])
    errors = (_dot(row, row) - 1, _dot(column, column) - 1, _dot(row, column))
    if max(map(abs, errors)) > ORTHONORMAL_TOLERANCE:
        return None
    return FrameAxes(row, column, (spacing[0], spacing[1]))


def read_plane(dataset: JsonDataset, axes: FrameAxes) -> FramePlane | None:
    """Where the frame lies; None where its position is missing or absurdly far."""
    position = numbers(dataset, "00200032", count=3)
    if position is None or max(map(abs, position)) > FARTHEST_MM:
        return None
    at: Triple = (position[0], position[1], position[2])
    return FramePlane(at, axes.row, axes.column, axes.spacing)


def _dot(a: Triple, b: Triple) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def read_windows(dataset: JsonDataset) -> tuple[Window, ...]:
    """The windows the object offers; those the Standard forbids are left out.

    Centers and widths belong together by their order, so lists of different
    length give none.
    """
    centers, widths = values(dataset, "00281050"), values(dataset, "00281051")
    function = text(dataset, "00281056") or "LINEAR"
    if len(centers) != len(widths) or function not in _NARROWEST:
        return ()
    explanations = texts(dataset, "00281055")
    offered = [
        _window(center, width, function, explanation)
        for center, width, explanation in zip(
            centers, widths, _padded(explanations, len(centers)), strict=True
        )
    ]
    return tuple(window for window in offered if window is not None)


def windows_stated(dataset: JsonDataset) -> int:
    """How many windows the object means to offer, usable or not."""
    found = (values(dataset, tag) for tag in ("00281050", "00281051"))
    counts = [len(v) for v in found if any(one not in (None, "") for one in v)]
    return max(counts, default=0)


def _padded(explanations: tuple[str, ...], count: int) -> tuple[str, ...]:
    if len(explanations) > count:
        return ("",) * count  # which explains which would be a guess
    return explanations + ("",) * (count - len(explanations))


def _window(
    center: object, width: object, function: str, explanation: str
) -> Window | None:
    at, wide = as_number(center), as_number(width)
    if at is None or wide is None:
        return None
    if wide < _NARROWEST[function] or wide <= 0:
        return None
    return Window(at, wide, function, explanation)
