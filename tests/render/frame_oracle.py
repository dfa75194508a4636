"""A frame's picture by the Standard's own words, one pixel at a time, in plain Python.

Shares no line with the package. Instead of a tolerance on grey levels it answers the
lowest and the highest level that 32-bit arithmetic may give: a position may be wrong by
POSITION_ERROR_PX and a value by VALUE_ERROR of its terms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

POSITION_ERROR_PX = 2.0**-12  # a few roundings of coordinates below 1024
VALUE_ERROR = 2.0**-21  # a few roundings of 24-bit mantissas
DISPLAY_ERROR = (
    2.0**-17
)  # division, exp of SIGMOID, 1/1024 of a level that rounds halves up


@dataclass(frozen=True)
class Case:
    """One request in plain words; affine = (xx, xy, x0, yx, yy, y0)."""

    words: np.ndarray
    bits_stored: int = 16
    high_bit: int = 15
    signed: bool = False
    slope: float = 1.0
    intercept: float = 0.0
    center: float = 32768.0
    width: float = 65536.0
    function: str = "LINEAR"
    invert: bool = False
    affine: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    size: tuple[int, int] = (8, 8)  # width, height of the picture
    interpolation: str = "nearest"


def stored_value(word: int, bits_stored: int, high_bit: int, signed: bool) -> int:
    """PS3.5 8.1.1: the word written out in binary, read from the high bit on."""
    written = f"{word:016b}"
    first = 15 - high_bit
    field = written[first : first + bits_stored]
    value = int(field, 2)
    return value - 2**bits_stored if signed and field[0] == "1" else value


def display_value(x: float, center: float, width: float, function: str) -> float:
    """PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2 with output from 0 to 1."""
    if function == "SIGMOID":
        return 1 / (1 + math.exp(min(700.0, -4 * (x - center) / width)))
    if function == "LINEAR_EXACT":
        if x <= center - width / 2:
            return 0.0
        return 1.0 if x > center + width / 2 else (x - center) / width + 0.5
    if x <= center - 0.5 - (width - 1) / 2:
        return 0.0
    if x > center - 0.5 + (width - 1) / 2:
        return 1.0
    return (x - (center - 0.5)) / (width - 1) + 0.5


def bounds(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest allowed grey level of each pixel, (height, width)."""
    width, height = case.size
    low = np.zeros((height, width), dtype=int)
    high = np.zeros((height, width), dtype=int)
    values = _modality_values(case)
    for row in range(height):
        for column in range(width):
            levels = _levels(case, values, column + 0.5, row + 0.5)
            low[row, column], high[row, column] = min(levels), max(levels)
    return low, high


def assert_within_bounds(shown: np.ndarray, case: Case) -> None:
    """Every pixel of `shown` is a level that the case allows."""
    low, high = bounds(case)
    wrong = (shown < low) | (shown > high)
    assert not wrong.any(), _first_fault(wrong, shown, low, high)


def _first_fault(wrong, shown, low, high) -> str:
    row, column = np.argwhere(wrong)[0]
    allowed = f"{low[row, column]}..{high[row, column]}"
    found = shown[row, column]
    return f"{wrong.sum()} wrong; row {row}, column {column}: {found}, not {allowed}"


def _modality_values(case: Case) -> list[list[float]]:
    bits = (case.bits_stored, case.high_bit, case.signed)
    return [
        [stored_value(int(w), *bits) * case.slope + case.intercept for w in row]
        for row in case.words
    ]


def _levels(case: Case, values, screen_x: float, screen_y: float) -> list[int]:
    xx, xy, x0, yx, yy, y0 = case.affine
    x = xx * screen_x + xy * screen_y + x0
    y = yx * screen_x + yy * screen_y + y0
    rows, columns = len(values), len(values[0])
    e = POSITION_ERROR_PX
    levels: list[int] = []
    if x < e or y < e or x >= columns - e or y >= rows - e:
        levels.append(0)  # black, inverted or not
    if -e <= x < columns + e and -e <= y < rows + e:
        sample = _nearest if case.interpolation == "nearest" else _bilinear
        for value, error in sample(values, x, y):
            levels += _level_range(case, value, error)
    if x < -e or y < -e or x >= columns + e or y >= rows + e:
        return [0]
    return levels


def _nearest(values, x: float, y: float) -> list[tuple[float, float]]:
    rows, columns = len(values), len(values[0])
    e = POSITION_ERROR_PX
    return [
        (values[r][c], 0.0)
        for r in {math.floor(y - e), math.floor(y + e)}
        for c in {math.floor(x - e), math.floor(x + e)}
        if 0 <= r < rows and 0 <= c < columns
    ]


def _bilinear(values, x: float, y: float) -> list[tuple[float, float]]:
    rows, columns = len(values), len(values[0])
    left, top = math.floor(x - 0.5), math.floor(y - 0.5)
    u, v = x - 0.5 - left, y - 0.5 - top

    def at(row: int, column: int) -> float:
        return values[min(max(row, 0), rows - 1)][min(max(column, 0), columns - 1)]

    a, b = at(top, left), at(top, left + 1)
    c, d = at(top + 1, left), at(top + 1, left + 1)
    value = (a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v
    reach = [
        at(r, q) for r in range(top - 1, top + 3) for q in range(left - 1, left + 3)
    ]
    moving = u != 0 or v != 0  # on a pixel centre neighbours have no weight
    steepness = (max(reach) - min(reach)) if moving else 0.0
    return [(value, 4 * POSITION_ERROR_PX * steepness)]


def _level_range(case: Case, value: float, error: float) -> list[int]:
    terms = abs(value - case.intercept) + abs(case.intercept) + abs(case.center)
    exact = all(float(2 * n).is_integer() for n in (value, case.intercept, case.center))
    error += 0.0 if exact and terms < 2**24 else VALUE_ERROR * terms
    levels = []
    for x, e in ((value - error, -DISPLAY_ERROR), (value + error, DISPLAY_ERROR)):
        shown = display_value(x, case.center, case.width, case.function)
        for end in (shown, min(1.0, max(0.0, shown + e))):
            turned = 1 - end if case.invert else end
            levels.append(math.floor(turned * 255 + 0.5))
    return levels
