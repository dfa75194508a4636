"""Overlay planes of groups 60xx, without their bits (PS3.3 C.9.2, C.9.3)."""

from __future__ import annotations

from smart_viewer.dicom.json_values import (
    JsonDataset,
    integer,
    numbers,
    text,
    values,
)
from smart_viewer.dicom.study import OverlayPlane, PixelLayout

OVERLAY_GROUPS = tuple(range(0x6000, 0x6020, 2))
DATA = "3000"
_ROWS, _COLUMNS, _FRAMES, _KIND = "0010", "0011", "0015", "0040"
_ORIGIN, _FIRST_FRAME, _BITS, _POSITION = "0050", "0051", "0100", "0102"
_DESCRIPTION, _LABEL = "0022", "1500"
_VALUES = (
    *(_ROWS, _COLUMNS, _FRAMES, _KIND, _ORIGIN, _FIRST_FRAME),
    *(_BITS, _POSITION, _DESCRIPTION, _LABEL),
)
_LARGEST = 0xFFFF
OVERLAY_TAGS = tuple(
    f"{group:04X}{element}" for group in OVERLAY_GROUPS for element in (*_VALUES, DATA)
)


def project_overlays(dataset: JsonDataset) -> dict[str, object]:
    """The part of the metadata that `read_overlays` reads, without VRs and bits."""
    kept: dict[str, object] = {}
    for group in _groups(dataset):
        tags = [f"{group:04X}{element}" for element in _VALUES]
        kept |= {tag: {"Value": v} for tag in tags if (v := values(dataset, tag))}
        if has_data(dataset, group):
            kept[f"{group:04X}{DATA}"] = {"BulkDataURI": "#overlay"}
    return kept


def _groups(dataset: JsonDataset) -> list[int]:
    """Those of which the data set has anything; most images have none."""
    found = {tag[:4] for tag in dataset}
    return [group for group in OVERLAY_GROUPS if f"{group:04X}" in found]


def has_data(dataset: JsonDataset, group: int) -> bool:
    """Whether the overlay has bits of its own; how they are sent does not matter."""
    attribute = dataset.get(f"{group:04X}{DATA}")
    return isinstance(attribute, dict) and bool(
        {"InlineBinary", "BulkDataURI", "Value"} & attribute.keys()
    )


def read_overlays(
    dataset: JsonDataset, layout: PixelLayout | None, frames: int
) -> tuple[tuple[OverlayPlane, ...], bool]:
    """The overlays by group, and whether every one that is there could be read.

    layout, frames: of the image that they lie on.
    """
    present = [g for g in _groups(dataset) if _is_present(dataset, g)]
    read = [_read_one(dataset, group, layout, frames) for group in present]
    found = tuple(plane for plane in read if plane)
    return found, len(found) == len(present)


def _is_present(dataset: JsonDataset, group: int) -> bool:
    return has_data(dataset, group) or bool(values(dataset, f"{group:04X}{_ROWS}"))


def _read_one(
    dataset: JsonDataset, group: int, layout: PixelLayout | None, frames: int
) -> OverlayPlane | None:
    rows, columns = (_whole(dataset, group, e) for e in (_ROWS, _COLUMNS))
    origin = numbers(dataset, f"{group:04X}{_ORIGIN}")
    bit = 0 if has_data(dataset, group) else _embedded_bit(dataset, group, layout)
    if bit is None or origin is None or len(origin) < 2:  # noqa: PLR2004 -- a pair
        return None
    if not (1 <= (rows or 0) <= _LARGEST and 1 <= (columns or 0) <= _LARGEST):
        return None
    # What lies in the pixel cells has a bit for each of the image's frames; bits of
    # their own without a word on frames are one drawing, which is on all of them.
    stated, first_stated = (
        _whole(dataset, group, element) for element in (_FRAMES, _FIRST_FRAME)
    )
    first = first_stated or 1
    is_everywhere = not stated and (bool(bit) or not first_stated)
    number = stated or (frames if is_everywhere else 1)
    if number < 1 or first < 1:
        return None
    return OverlayPlane(
        group=group,
        rows=rows or 0,
        columns=columns or 0,
        origin=(int(origin[0]), int(origin[1])),
        kind=text(dataset, f"{group:04X}{_KIND}"),
        label=text(dataset, f"{group:04X}{_LABEL}")
        or text(dataset, f"{group:04X}{_DESCRIPTION}"),
        bit=bit,
        number_of_frames=number,
        first_image_frame=first,
        repeats=is_everywhere and not bit and frames > 1,
    )


def _whole(dataset: JsonDataset, group: int, element: str) -> int | None:
    return integer(dataset, f"{group:04X}{element}")


def _embedded_bit(
    dataset: JsonDataset, group: int, layout: PixelLayout | None
) -> int | None:
    """The cell's bit that holds it (retired, PS3.3-2004 C.9.2); None: none can.

    It must be one that stored values do not use. Bit 0 of a cell whose values lie
    in its high bits is not read: no image is known that has one.
    """
    position = _whole(dataset, group, _POSITION)
    if layout is None or position is None or layout.samples_per_pixel != 1:
        return None
    lowest = layout.high_bit - layout.bits_stored + 1
    is_free = not lowest <= position <= layout.high_bit
    return position if is_free and 0 < position < layout.bits_allocated else None
