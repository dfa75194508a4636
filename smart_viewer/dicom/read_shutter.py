"""Display shutters (PS3.3 C.7.6.11): what the file wants hidden around the image."""

from __future__ import annotations

from typing import NamedTuple

from smart_viewer.dicom.json_values import JsonDataset, integer, numbers, texts
from smart_viewer.dicom.study import PixelLayout, Shutter

_SHAPES, _CENTER, _RADIUS, _VERTICES = "00181600", "00181610", "00181612", "00181620"
_EDGES = ("00181602", "00181604", "00181606", "00181608")  # left, right, upper, lower
_PRESENTATION_VALUE = "00181622"
SHUTTER_TAGS = (*(_SHAPES, _CENTER, _RADIUS, _VERTICES), *_EDGES, _PRESENTATION_VALUE)
_WHITE = 0xFFFF
_FEWEST_VERTICES = 3
FARTHEST = 1 << 20  # pixels; a number beyond it is no place near an image


class _Box(NamedTuple):
    """Rows and columns from 1, inclusive; empty where an end comes before its start."""

    left: int
    right: int
    upper: int
    lower: int

    def within(self, other: _Box) -> _Box:
        return _Box(
            max(self.left, other.left),
            min(self.right, other.right),
            max(self.upper, other.upper),
            min(self.lower, other.lower),
        )

    @property
    def is_empty(self) -> bool:
        return self.left > self.right or self.upper > self.lower


def read_shutter(
    dataset: JsonDataset, layout: PixelLayout | None = None
) -> tuple[Shutter | None, bool]:
    """The shutter, and whether every shape that the file names could be used.

    A shape that cannot be read hides nothing, nor does one that would hide the whole
    image of this layout, nor shapes that would do so together: nobody means that.
    Without a presentation value the Standard leaves the look open: black.
    """
    named = {shape.upper() for shape in texts(dataset, _SHAPES)} - {""}
    if not named:
        return None, True
    image = _Box(1, FARTHEST, 1, FARTHEST)
    if layout is not None:
        image = _Box(1, layout.columns, 1, layout.rows)
    shutter = Shutter(
        rectangle=_rectangle(dataset, image) if "RECTANGULAR" in named else None,
        circle=_circle(dataset, image) if "CIRCULAR" in named else None,
        polygon=_polygon(dataset, image) if "POLYGONAL" in named else (),
        presentation_value=_presentation_value(dataset),
    )
    found = (shutter.rectangle, shutter.circle, shutter.polygon)
    shapes = sum(1 for shape in found if shape)
    if not shapes or _left_visible(shutter, image).is_empty:
        return None, False
    return shutter, shapes == len(named)


def _left_visible(shutter: Shutter, image: _Box) -> _Box:
    """A box around all that the shapes together leave visible."""
    box = image
    if shutter.rectangle:
        box = box.within(_Box(*shutter.rectangle))
    if shutter.circle:
        row, column, radius = shutter.circle
        around = (column - radius, column + radius, row - radius, row + radius)
        box = box.within(_Box(*around))
    if shutter.polygon:
        box = box.within(_around(shutter.polygon))
    return box


def _around(vertices: tuple[tuple[int, int], ...]) -> _Box:
    rows, columns = zip(*vertices, strict=True)
    return _Box(min(columns), max(columns), min(rows), max(rows))


def _is_near(*found: float) -> bool:
    return all(abs(value) <= FARTHEST for value in found)


def _rectangle(dataset: JsonDataset, image: _Box) -> tuple[int, int, int, int] | None:
    edges = [integer(dataset, tag) for tag in _EDGES]
    left, right, upper, lower = edges
    if left is None or right is None or upper is None or lower is None:
        return None
    if left >= right or upper >= lower or not _is_near(left, right, upper, lower):
        return None
    is_outside = _Box(left, right, upper, lower).within(image).is_empty
    return None if is_outside else (left, right, upper, lower)


def _circle(dataset: JsonDataset, image: _Box) -> tuple[int, int, int] | None:
    center = numbers(dataset, _CENTER, count=2)
    radius = integer(dataset, _RADIUS)
    if center is None or radius is None or radius <= 0:
        return None
    if not _is_near(*center, radius):
        return None
    row, column = round(center[0]), round(center[1])
    down = row - min(max(row, image.upper), image.lower)  # to the image's nearest pixel
    across = column - min(max(column, image.left), image.right)
    is_outside = down**2 + across**2 > radius**2
    return None if is_outside else (row, column, radius)


def _polygon(dataset: JsonDataset, image: _Box) -> tuple[tuple[int, int], ...]:
    found = numbers(dataset, _VERTICES)
    if found is None or len(found) % 2 or not _is_near(*found):
        return ()
    whole = [round(value) for value in found]
    vertices = tuple(zip(whole[::2], whole[1::2], strict=True))
    if len(set(vertices)) < _FEWEST_VERTICES or _is_line(vertices):
        return ()
    return () if _around(vertices).within(image).is_empty else vertices


def _is_line(vertices: tuple[tuple[int, int], ...]) -> bool:
    """Whether all vertices are on one line: nothing is inside."""
    (row, column), *others = vertices
    end_row, end_column = next(v for v in others if v != vertices[0])
    return all(
        (r - row) * (end_column - column) == (c - column) * (end_row - row)
        for r, c in others
    )


def _presentation_value(dataset: JsonDataset) -> int:
    value = integer(dataset, _PRESENTATION_VALUE)
    return value if value is not None and 0 <= value <= _WHITE else 0
