"""Display shutters (PS3.3 C.7.6.11): what the file wants hidden around the image."""

from __future__ import annotations

from smart_viewer.dicom.json_values import JsonDataset, integer, numbers, texts
from smart_viewer.dicom.study import Shutter

_SHAPES, _CENTER, _RADIUS, _VERTICES = "00181600", "00181610", "00181612", "00181620"
_EDGES = ("00181602", "00181604", "00181606", "00181608")  # left, right, upper, lower
_PRESENTATION_VALUE = "00181622"
SHUTTER_TAGS = (*(_SHAPES, _CENTER, _RADIUS, _VERTICES), *_EDGES, _PRESENTATION_VALUE)
_WHITE = 0xFFFF
_FEWEST_VERTICES = 3


def read_shutter(dataset: JsonDataset) -> tuple[Shutter | None, bool]:
    """The shutter, and whether every shape that the file names could be read.

    A shape that cannot be read hides nothing. Without a presentation value the
    Standard leaves the look open: black.
    """
    named = {shape.upper() for shape in texts(dataset, _SHAPES)} - {""}
    if not named:
        return None, True
    shutter = Shutter(
        rectangle=_rectangle(dataset) if "RECTANGULAR" in named else None,
        circle=_circle(dataset) if "CIRCULAR" in named else None,
        polygon=_polygon(dataset) if "POLYGONAL" in named else (),
        presentation_value=_presentation_value(dataset),
    )
    found = (shutter.rectangle, shutter.circle, shutter.polygon)
    shapes = sum(1 for shape in found if shape)
    return (shutter if shapes else None), shapes == len(named)


def _rectangle(dataset: JsonDataset) -> tuple[int, int, int, int] | None:
    edges = [integer(dataset, tag) for tag in _EDGES]
    left, right, upper, lower = edges
    if left is None or right is None or upper is None or lower is None:
        return None
    if left >= right or upper >= lower:
        return None  # it would hide the whole image
    return left, right, upper, lower


def _circle(dataset: JsonDataset) -> tuple[int, int, int] | None:
    center = numbers(dataset, _CENTER, count=2)
    radius = integer(dataset, _RADIUS)
    if center is None or radius is None or radius <= 0:
        return None
    return round(center[0]), round(center[1]), radius


def _polygon(dataset: JsonDataset) -> tuple[tuple[int, int], ...]:
    found = numbers(dataset, _VERTICES)
    if found is None or len(found) % 2 or len(found) < 2 * _FEWEST_VERTICES:
        return ()
    whole = [round(value) for value in found]
    return tuple(zip(whole[::2], whole[1::2], strict=True))


def _presentation_value(dataset: JsonDataset) -> int:
    value = integer(dataset, _PRESENTATION_VALUE)
    return value if value is not None and 0 <= value <= _WHITE else 0
