"""Pixel cells to grey, as in PS3.3 C.11 (numpy only, no I/O).

The reference, in 64-bit floats, of `static/shaders/frame.frag.glsl`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import NotInStandard

GREY_LEVELS = 255
HALF_UP = 0.5 + 1 / 1024  # of a level: what lies halfway goes up, as in the shader
MAX_BITS = 32
MAX_TABLE_BITS = 16
MAX_TABLE_ENTRIES = 65536
FIRST_INPUTS = (-32768, 65535)  # a descriptor is US or SS
BEYOND_ALL = 1e300  # differences of such values are still finite

Cells = NDArray[np.unsignedinteger] | NDArray[np.floating]


class VoiFunction(Enum):
    """VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class StoredBits:
    """Which bits of an allocated word are the pixel's (PS3.5 8.1.1)."""

    bits_stored: int
    high_bit: int
    signed: bool

    def __post_init__(self) -> None:
        if not (1 <= self.bits_stored <= self.high_bit + 1 <= MAX_BITS):
            raise NotInStandard(
                f"{self.bits_stored} bits stored with high bit {self.high_bit} "
                f"do not fit {MAX_BITS} bits"
            )

    @property
    def smallest(self) -> int:
        """The smallest stored value that so many bits hold."""
        return -(1 << (self.bits_stored - 1)) if self.signed else 0

    @property
    def largest(self) -> int:
        """The largest stored value that so many bits hold."""
        return self.smallest + (1 << self.bits_stored) - 1


@dataclass(frozen=True, slots=True)
class Floats:
    """Float or Double Float Pixel Data (PS3.3 C.7.6.24, C.7.6.25): cells are values."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A LUT: Modality, VOI or one colour of a palette (PS3.3 C.11.1, C.11.2, C.7.9).

    first: the input of the first entry. bits: entries mean 0 to 2**bits - 1.
    """

    first: int
    bits: int
    entries: NDArray[np.uint16]  # (count,)

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= MAX_TABLE_BITS:
            raise NotInStandard(f"a lookup table with entries of {self.bits} bits")
        if self.entries.ndim != 1 or self.entries.dtype != np.uint16:
            raise NotInStandard("a lookup table is a row of 16-bit entries")
        if not 1 <= self.entries.size <= MAX_TABLE_ENTRIES:
            raise NotInStandard(f"a lookup table of {self.entries.size} entries")
        if not FIRST_INPUTS[0] <= self.first <= FIRST_INPUTS[1]:
            raise NotInStandard(f"a lookup table from {self.first} on")

    @property
    def last(self) -> int:
        """The input of the last entry."""
        return self.first + self.entries.size - 1

    @property
    def largest(self) -> int:
        """What the brightest entry may be."""
        return (1 << self.bits) - 1

    def look_up(self, inputs: NDArray[np.int64]) -> NDArray[np.uint16]:
        """The entries of inputs of any shape; beyond its ends, those of the ends."""
        return self.entries[np.clip(inputs, self.first, self.last) - self.first]


def table_of_bytes(first: int, bits: int, entries: bytes) -> Table:
    """A table of 16-bit little endian entries. NotInStandard."""
    if len(entries) % 2:
        raise NotInStandard("a lookup table ends within an entry")
    return Table(first, bits, np.frombuffer(entries, dtype="<u2").astype(np.uint16))


@dataclass(frozen=True, slots=True)
class Voi:
    """A window in modality units (HU for CT), PS3.3 C.11.2.1.2."""

    center: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR

    def __post_init__(self) -> None:
        if not (math.isfinite(self.center) and math.isfinite(self.width)):
            raise NotInStandard("WindowCenter and WindowWidth must be numbers")
        if self.function is VoiFunction.LINEAR and self.width < 1:
            raise NotInStandard(f"WindowWidth must be at least 1, got {self.width}")
        if self.width <= 0:
            raise NotInStandard(f"WindowWidth must be over 0, got {self.width}")


@dataclass(frozen=True, slots=True)
class ModalityTransform:
    """How cells become modality values (HU for CT); a LUT wins over the rescale.

    padding: stored values from low to high, inclusive, that are no tissue (PS3.3
    C.7.5.1.1.2); of floats, what is no number in 32 bits is padding too.
    """

    layout: StoredBits | Floats
    rescale_slope: float = 1.0
    rescale_intercept: float = 0.0
    lut: Table | None = None
    padding: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.rescale_slope, self.rescale_intercept))):
            raise NotInStandard("RescaleSlope and RescaleIntercept must be numbers")
        if self.lut is not None and isinstance(self.layout, Floats):
            raise NotInStandard("a Modality LUT maps whole numbers, not floats")


@dataclass(frozen=True, slots=True)
class GrayscaleTransform:
    """How cells become grey; `voi` is a window or a VOI LUT.

    `invert` is (MONOCHROME1 or Presentation LUT Shape INVERSE) XOR the reader's own
    invert: one inversion, after the VOI (PS3.3 C.7.6.3.1.2, C.11.6).
    """

    modality: ModalityTransform
    voi: Voi | Table
    invert: bool = False


def stored_values(cells: Cells, layout: StoredBits) -> NDArray[np.int64]:
    """The pixel's own bits with their sign; what lies above or below is dropped.

    cells: allocated words of 8, 16 or 32 bits, any shape.
    """
    shift = layout.high_bit + 1 - layout.bits_stored
    field = (cells.astype(np.int64) >> shift) & ((1 << layout.bits_stored) - 1)
    if not layout.signed:
        return field
    sign = 1 << (layout.bits_stored - 1)
    return (field ^ sign) - sign


def modality_values(cells: Cells, modality: ModalityTransform) -> NDArray[np.float64]:
    """Modality values of cells of any shape, padding included. PS3.3 C.11.1."""
    if isinstance(modality.layout, Floats):
        values = cells.astype(np.float64)
    else:
        stored = stored_values(cells, modality.layout)
        if modality.lut is not None:
            return modality.lut.look_up(stored).astype(np.float64)
        values = stored.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        rescaled = values * modality.rescale_slope + modality.rescale_intercept
    return np.clip(rescaled, -BEYOND_ALL, BEYOND_ALL)


def is_padding(cells: Cells, modality: ModalityTransform) -> NDArray[np.bool_]:
    """Which cells are no tissue. PS3.3 C.7.5.1.1.2."""
    if isinstance(modality.layout, Floats):
        with np.errstate(over="ignore"):
            padded: NDArray[np.bool_] = ~np.isfinite(cells.astype(np.float32))
        stored: NDArray[np.float64] | NDArray[np.int64] = cells.astype(np.float64)
    else:
        padded = np.zeros(cells.shape, dtype=bool)
        stored = stored_values(cells, modality.layout)
    if modality.padding is None:
        return padded
    low, high = modality.padding
    return padded | ((stored >= low) & (stored <= high))


def display_values(
    values: NDArray[np.float64], voi: Voi | Table
) -> NDArray[np.float64]:
    """Display values between 0 and 1 of modality values.

    Standard: PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID), C.11.2.1.3.2
    (LINEAR_EXACT), C.11.2.1.1 (VOI LUT; its input is the nearest whole number).
    """
    if isinstance(voi, Table):
        nearest = np.floor(np.clip(values, voi.first, voi.last) + 0.5).astype(np.int64)
        return np.minimum(voi.look_up(nearest) / voi.largest, 1.0)
    match voi.function:
        case VoiFunction.LINEAR_EXACT:
            return np.clip((values - voi.center) / voi.width + 0.5, 0.0, 1.0)
        case VoiFunction.SIGMOID:
            exponent = np.clip(-4 * (values - voi.center) / voi.width, -80, 80)
            return np.asarray(1 / (1 + np.exp(exponent)))
        case VoiFunction.LINEAR:
            from_middle = values - (voi.center - 0.5)
            if voi.width == 1:  # the ramp is a step; its middle is dark
                return (from_middle > 0).astype(np.float64)
            return np.clip(from_middle / (voi.width - 1) + 0.5, 0.0, 1.0)


def grey(
    values: NDArray[np.float64], transform: GrayscaleTransform
) -> NDArray[np.uint8]:
    """Grey levels 0 to 255 of modality values, any shape."""
    display = display_values(values, transform.voi)
    shown = 1 - display if transform.invert else display
    return np.floor(shown * GREY_LEVELS + HALF_UP).astype(np.uint8)
