"""A frame's picture by the Standard's own words, one pixel at a time, in plain Python.

Shares no line with the package. Instead of a tolerance on grey levels it answers the
lowest and the highest level that 32-bit arithmetic may give: a position may be wrong by
POSITION_ERROR_PX and a value by VALUE_ERROR of its terms.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

POSITION_ERROR_PX = 2.0**-12  # a few roundings of coordinates below 1024
VALUE_ERROR = 2.0**-21  # a few roundings of 24-bit mantissas
DISPLAY_ERROR = (
    2.0**-17
)  # division, exp of SIGMOID, 1/1024 of a level that rounds halves up
FARTHEST_FLOAT = 3.4028234663852886e38  # what 32 bits hold

Lut = tuple[int, int, tuple[int, ...]]  # first input, bits, entries


@dataclass(frozen=True)
class Case:
    """One request in plain words; affine = (xx, xy, x0, yx, yy, y0).

    words: pixel cells; floats are values as they are, (rows, columns, 3) is colour.
    palette: three tables. covered: 1 overlay, 2 shutter.
    """

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
    modality_lut: Lut | None = None
    voi_lut: Lut | None = None
    padding: tuple[float, float] | None = None
    ybr: bool = False
    palette: tuple[Lut, Lut, Lut] | None = None
    covered: np.ndarray | None = None
    shutter_level: int = 0

    @property
    def in_colour(self) -> bool:
        """Whether the picture has three channels."""
        return self.words.ndim > 2 or self.palette is not None

    @property
    def is_float(self) -> bool:
        """Whether cells are values."""
        return self.words.dtype.kind == "f"


def stored_value(
    word: int, bits_stored: int, high_bit: int, signed: bool, allocated: int = 16
) -> int:
    """PS3.5 8.1.1: the word written out in binary, read from the high bit on."""
    written = f"{word:0{allocated}b}"
    first = allocated - 1 - high_bit
    field = written[first : first + bits_stored]
    value = int(field, 2)
    return value - 2**bits_stored if signed and field[0] == "1" else value


def looked_up(lut: Lut, value: int) -> int:
    """PS3.3 C.11.1.1, C.11.2.1.1: below the first input the first entry, and so on."""
    first, _, entries = lut
    if value <= first:
        return entries[0]
    return entries[-1] if value - first >= len(entries) else entries[value - first]


@cache
def rgb_of_ybr(y: int, cb: int, cr: int) -> tuple[int, int, int]:
    """PS3.3 C.7.6.3.1.2 solved for R, G and B in exact fractions, halves up."""
    of_red, of_green, of_blue = (Fraction(n, 1000) for n in (299, 587, 114))
    red = y + 2 * (1 - of_red) * (cr - 128)
    blue = y + 2 * (1 - of_blue) * (cb - 128)
    green = (y - of_red * red - of_blue * blue) / of_green
    whole = [math.floor(channel + Fraction(1, 2)) for channel in (red, green, blue)]
    r, g, b = (min(255, max(0, channel)) for channel in whole)
    return r, g, b


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
    """The lowest and the highest allowed level, of the picture's shape."""
    width, height = case.size
    channels = _channels(case)
    low = np.zeros((height, width, len(channels)), dtype=int)
    high = np.zeros((height, width, len(channels)), dtype=int)
    for row in range(height):
        for column in range(width):
            for channel, values in enumerate(channels):
                levels = _levels(case, values, column + 0.5, row + 0.5)
                low[row, column, channel] = min(levels)
                high[row, column, channel] = max(levels)
    return (low, high) if case.in_colour else (low[..., 0], high[..., 0])


def assert_within_bounds(shown: np.ndarray, case: Case) -> None:
    """Every pixel of `shown` is a level that the case allows."""
    low, high = bounds(case)
    assert shown.shape == low.shape
    wrong = (shown < low) | (shown > high)
    assert not wrong.any(), _first_fault(wrong, shown, low, high)


def _first_fault(wrong, shown, low, high) -> str:
    where = tuple(np.argwhere(wrong)[0])
    allowed = f"{low[where]}..{high[where]}"
    place = ", ".join(map(str, where))
    return f"{wrong.sum()} wrong; at {place}: {shown[where]}, not {allowed}"


class _Values:
    """One channel's values; None where a pixel is padding."""

    def __init__(self, values: list[list[float | None]]) -> None:
        self.rows, self.columns = len(values), len(values[0])
        self._values = values

    def at(self, row: int, column: int, otherwise: float = math.nan) -> float:
        """At the rim the last pixel is held; padding is `otherwise`."""
        row = min(max(row, 0), self.rows - 1)
        value = self._values[row][min(max(column, 0), self.columns - 1)]
        return otherwise if value is None else value


def _channels(case: Case) -> list[_Values]:
    if not case.in_colour:
        return [_mapped(case.words, lambda cell: _modality_value(case, cell))]
    if case.palette is not None:
        return [
            _mapped(case.words, lambda cell, lut=lut: _palette_level(case, lut, cell))
            for lut in case.palette
        ]
    return [
        _mapped(case.words, lambda cell, n=n: _colour_level(case, cell, n))
        for n in range(3)
    ]


def _mapped(words: np.ndarray, of_cell: Callable[..., float | None]) -> _Values:
    return _Values([[of_cell(cell) for cell in row] for row in words])


def _modality_value(case: Case, cell) -> float | None:
    if case.is_float:
        value = float(cell)
        if not abs(value) <= FARTHEST_FLOAT:
            return None
    else:
        value = _stored(case, cell)
    if case.padding is not None and case.padding[0] <= value <= case.padding[1]:
        return None
    if case.modality_lut is not None:
        return float(looked_up(case.modality_lut, int(value)))
    return value * case.slope + case.intercept


def _stored(case: Case, cell) -> int:
    bits = (case.bits_stored, case.high_bit, case.signed)
    return stored_value(int(cell), *bits, allocated=8 * case.words.dtype.itemsize)


def _palette_level(case: Case, lut: Lut, cell) -> float:
    entry = looked_up(lut, _stored(case, cell))
    return float(entry // 2 ** max(0, lut[1] - 8))


def _colour_level(case: Case, cell, channel: int) -> float:
    samples = [int(sample) for sample in cell]
    return float((rgb_of_ybr(*samples) if case.ybr else samples)[channel])


def _levels(case: Case, values: _Values, screen_x: float, screen_y: float) -> list[int]:
    xx, xy, x0, yx, yy, y0 = case.affine
    x = xx * screen_x + xy * screen_y + x0
    y = yx * screen_x + yy * screen_y + y0
    e = POSITION_ERROR_PX
    levels: list[int] = []
    if x < e or y < e or x >= values.columns - e or y >= values.rows - e:
        levels.append(0)  # black, inverted or not
    for row in {math.floor(y - e), math.floor(y + e)}:
        for column in {math.floor(x - e), math.floor(x + e)}:
            if 0 <= row < values.rows and 0 <= column < values.columns:
                levels += _levels_in(case, values, (row, column), (x, y))
    return levels


def _levels_in(case: Case, values: _Values, pixel, point) -> list[int]:
    """Of a point that lies in `pixel`, or so near that it may."""
    if case.covered is not None and case.covered[pixel] != 0:
        return [255 if case.covered[pixel] == 1 else case.shutter_level]
    nearest = values.at(*pixel)
    if math.isnan(nearest):
        return [0]  # padding: black, inverted or not
    value, reach = nearest, 0.0
    if case.interpolation == "bilinear":
        value, reach = _bilinear(values, nearest, *point)
    error = 4 * POSITION_ERROR_PX * reach
    if case.in_colour:
        return _colour_range(case, value, error)
    return _grey_range(case, value, error + _rounding(case, value, reach))


def _bilinear(
    values: _Values, nearest: float, x: float, y: float
) -> tuple[float, float]:
    """The value, and how far its neighbours lie apart."""
    left, top = math.floor(x - 0.5), math.floor(y - 0.5)
    u, v = x - 0.5 - left, y - 0.5 - top

    def at(row: int, column: int) -> float:
        return values.at(row, column, otherwise=nearest)

    a, b = at(top, left), at(top, left + 1)
    c, d = at(top + 1, left), at(top + 1, left + 1)
    value = (a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v
    reach = [
        at(r, q) for r in range(top - 1, top + 3) for q in range(left - 1, left + 3)
    ]
    moving = u != 0 or v != 0  # on a pixel centre neighbours have no weight
    return value, (max(reach) - min(reach)) if moving else 0.0


def _rounding(case: Case, value: float, reach: float) -> float:
    """What 32 bits may lose of a modality value less the window's centre."""
    center = case.center if case.voi_lut is None else case.voi_lut[0]
    deep = case.words.dtype == np.uint32 and case.modality_lut is None
    if deep or case.words.dtype == np.float64:  # relative to a value near the window
        step = abs(case.slope) if deep else 0.0
        return VALUE_ERROR * (abs(value - center) + step + reach)
    terms = abs(value - case.intercept) + abs(case.intercept) + abs(center) + reach
    exact = all(float(2 * n).is_integer() for n in (value, case.intercept, center))
    return 0.0 if exact and terms < 2**24 else VALUE_ERROR * terms


def _grey_range(case: Case, value: float, error: float) -> list[int]:
    if case.voi_lut is not None:
        return _voi_lut_range(case, case.voi_lut, value, error)
    levels = []
    for x, e in ((value - error, -DISPLAY_ERROR), (value + error, DISPLAY_ERROR)):
        shown = display_value(x, case.center, case.width, case.function)
        for end in (shown, min(1.0, max(0.0, shown + e))):
            levels.append(_level(case, end))
    return levels


def _voi_lut_range(case: Case, lut: Lut, value: float, error: float) -> list[int]:
    """Every entry that the nearest whole number may choose; the LUT may jump."""
    lowest, highest = math.floor(value - error + 0.5), math.floor(value + error + 0.5)
    last = lut[0] + len(lut[2])
    inputs = {lowest, highest, *range(max(lowest, lut[0]), min(highest, last) + 1)}
    largest = 2 ** lut[1] - 1
    shown = {min(1.0, looked_up(lut, n) / largest) for n in inputs}
    return [
        _level(case, min(1.0, max(0.0, one + e)))
        for one in shown
        for e in (-DISPLAY_ERROR, 0.0, DISPLAY_ERROR)
    ]


def _level(case: Case, shown: float) -> int:
    turned = 1 - shown if case.invert else shown
    return math.floor(turned * 255 + 0.5)


def _colour_range(case: Case, value: float, error: float) -> list[int]:
    exact = error == 0 and value.is_integer()
    error += 0.0 if exact else 255 * DISPLAY_ERROR
    turned = 255 - value if case.invert else value
    ends = (turned - error, turned, turned + error)
    return [math.floor(min(255.0, max(0.0, end)) + 0.5) for end in ends]
