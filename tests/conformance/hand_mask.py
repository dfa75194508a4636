"""Overlays and shutters by the Standard's own words: PS3.3 C.9.2, C.7.6.11.

A pixel is asked one at a time, in plain Python. Shares no line with the package.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

Flags = NDArray[np.bool_]
GROUPS = range(0x6000, 0x6020, 2)
ON_A_SIDE = 1e-9


def overlaid(dataset: Dataset, frame: int = 0) -> Flags:
    """Image pixels that any overlay covers on that frame, (rows, columns)."""
    covered = np.zeros((int(dataset.Rows), int(dataset.Columns)), bool)
    for group in GROUPS:
        if (group, 0x0010) in dataset:
            _draw(dataset, group, frame, covered)
    return covered


def _draw(dataset: Dataset, group: int, frame: int, covered: Flags) -> None:
    def of(element: int, otherwise: object) -> object:
        found = dataset.get((group, element))
        return otherwise if found is None else found.value

    rows, columns = int(str(of(0x0010, 0))), int(str(of(0x0011, 0)))
    first_row, first_column = of(0x0050, [1, 1])  # type: ignore[misc]  # two numbers
    count, origin = int(str(of(0x0015, 1))), int(str(of(0x0051, 1)))
    own = frame + 1 - origin
    if not 0 <= own < count:
        return
    bits = _bits(dataset, group, int(str(of(0x0102, 0))), frame, own, rows * columns)
    for row in range(rows):
        for column in range(columns):
            at = first_row - 1 + row, first_column - 1 + column
            on_image = 0 <= at[0] < covered.shape[0] and 0 <= at[1] < covered.shape[1]
            if on_image and bits[row * columns + column]:
                covered[at] = True


def _bits(
    dataset: Dataset, group: int, position: int, frame: int, own: int, count: int
) -> list[int]:
    if position == 0:
        data = dataset[(group, 0x3000)].value
        return [
            data[n // 8] >> n % 8 & 1 for n in range(own * count, (own + 1) * count)
        ]
    words = np.frombuffer(dataset.PixelData, f"<u{int(dataset.BitsAllocated) // 8}")
    return [
        int(word) >> position & 1 for word in words[frame * count : (frame + 1) * count]
    ]


def hidden(
    dataset: Dataset, pixel: tuple[float, float] = (1.0, 1.0)
) -> tuple[Flags, Flags]:
    """Image pixels outside any shutter, and those on a border that nobody settles.

    pixel: (height, width): a circle's radius counts pixels along a row.
    """
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    shapes = {
        str(one).strip() for one in np.atleast_1d(dataset.get("ShutterShape", []))
    }
    shut, doubt = np.zeros((rows, columns), bool), np.zeros((rows, columns), bool)
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            at = row - 1, column - 1
            if "RECTANGULAR" in shapes:
                shut[at] |= not _in_rectangle(dataset, row, column)
            if "CIRCULAR" in shapes:
                beyond = _beyond_circle(dataset, row, column, pixel)
                shut[at] |= beyond > 0
                doubt[at] |= abs(beyond) < 1e-6
            if "POLYGONAL" in shapes:
                inside, side = in_polygon(_vertices(dataset), row, column)
                shut[at] |= not inside
                doubt[at] |= side
    return shut, doubt


def _in_rectangle(dataset: Dataset, row: int, column: int) -> bool:
    across = (
        int(dataset.ShutterLeftVerticalEdge)
        <= column
        <= int(dataset.ShutterRightVerticalEdge)
    )
    return across and int(dataset.ShutterUpperHorizontalEdge) <= row <= int(
        dataset.ShutterLowerHorizontalEdge
    )


def _beyond_circle(
    dataset: Dataset, row: int, column: int, pixel: tuple[float, float]
) -> float:
    center_row, center_column = dataset.CenterOfCircularShutter
    down = (row - center_row) * pixel[0] / pixel[1]
    return float(np.hypot(down, column - center_column)) - float(
        dataset.RadiusOfCircularShutter
    )


def _vertices(dataset: Dataset) -> list[tuple[int, int]]:
    numbers = [int(one) for one in dataset.VerticesOfThePolygonalShutter]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def in_polygon(
    vertices: list[tuple[int, int]], row: int, column: int
) -> tuple[bool, bool]:
    """Whether a point lies inside by even-odd, and whether on a side."""
    inside = side = False
    for (r1, c1), (r2, c2) in zip(vertices, vertices[1:] + vertices[:1], strict=True):
        cross = (r2 - r1) * (column - c1) - (c2 - c1) * (row - r1)
        within = min(r1, r2) <= row <= max(r1, r2) and min(c1, c2) <= column <= max(
            c1, c2
        )
        side |= within and abs(cross) < ON_A_SIDE
        if (r1 > row) != (r2 > row) and column < c1 + (c2 - c1) * (row - r1) / (
            r2 - r1
        ):
            inside = not inside
    return inside, side


def level(dataset: Dataset) -> int:
    """The grey of what is hidden: the presentation value's high 8 bits (C.7.6.11)."""
    return int(dataset.get("ShutterPresentationValue", 0)) >> 8
