"""How frames lie in their bytes, as the header says it, and what is never exceeded.

The fields are those of PS3.3 C.7.6.3; this room knows no DICOM data sets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import NotInStandard, NotSupported

MAX_DECODED_BYTES = 512 * 1024 * 1024  # of one frame; beyond it nothing is decoded

# What imagecodecs raises on damaged input: its own errors are RuntimeErrors.
DAMAGE = (RuntimeError, ValueError)
Samples = NDArray[np.integer | np.floating]


@dataclass(frozen=True, slots=True)
class Stored:
    """The bit layout of one frame, stored or delivered (PS3.3 C.7.6.3)."""

    rows: int
    columns: int
    samples_per_pixel: int
    photometric_interpretation: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    planar_configuration: int = 0
    is_float: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """(rows, columns), and 3 behind them for colour."""
        if self.samples_per_pixel == 1:
            return self.rows, self.columns
        return self.rows, self.columns, self.samples_per_pixel

    @property
    def samples(self) -> int:
        """How many samples a decoded frame has."""
        return self.rows * self.columns * self.samples_per_pixel

    @property
    def decoded_bytes(self) -> int:
        """Bytes of a decoded frame, 1-bit samples in a byte each."""
        return self.samples * max(self.bits_allocated // 8, 1)

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Type of the cells in memory, little endian."""
        if self.is_float:
            return np.dtype(f"<f{self.bits_allocated // 8}")
        if self.bits_allocated == 1:
            return np.dtype("u1")
        return np.dtype(f"<{'i' if self.signed else 'u'}{self.bits_allocated // 8}")


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of the stored frame: its first pixel, counted from 0, and its size."""

    row: int
    column: int
    rows: int
    columns: int


def check_decodable(stored: Stored) -> None:
    """Refuse what no decoder here is to be asked for.

    NotInStandard: a size of nothing. NotSupported: depth, samples or size.
    """
    if stored.rows < 1 or stored.columns < 1:
        raise NotInStandard("The header's Rows or Columns is not a size.")
    if stored.samples_per_pixel not in (1, 3):
        raise NotSupported(
            f"Pixels of {stored.samples_per_pixel} samples are not decoded."
        )
    depths = (32, 64) if stored.is_float else (1, 8, 16, 32)
    if stored.bits_allocated not in depths:
        raise NotSupported(
            f"Samples of {stored.bits_allocated} allocated bits are not decoded."
        )
    if stored.decoded_bytes > MAX_DECODED_BYTES:
        raise NotSupported("The frame is too large to be decoded.")


def in_cells(decoded: Samples, precision: int, stored: Stored) -> Samples:
    """A code stream's integers as cells of the header's type; same shape.

    The code stream carries bits, the header says what they mean (PS3.5 8.2): a
    signed image whose stream is unsigned or has no sign (JPEG, JPEG-LS) holds two's
    complement of `precision` bits, an unsigned image whose stream is signed holds
    the same bits. A stream of no more than Bits Stored bits is moved to where High
    Bit says; a deeper one holds the cells as they are. Other bits are left.
    """
    bits = 8 if stored.bits_allocated == 1 else stored.bits_allocated
    if precision > bits or decoded.dtype.itemsize * 8 > 32:
        raise NotInStandard("The code stream has more bits than its header allocates.")
    if decoded.dtype.kind not in "iub":
        raise NotInStandard("The code stream holds fractions, its header integers.")
    cells: Samples = decoded.astype(f"<u{bits // 8}", copy=False)
    if precision < bits and (stored.signed or decoded.dtype.kind == "i"):
        cells = _of_sign(cells, bits - precision, stored.signed)
    spare = stored.high_bit + 1 - stored.bits_stored
    if spare > 0 and precision <= stored.bits_stored:
        cells = np.left_shift(cells, spare)
    return cells.view(stored.dtype)


def _of_sign(cells: Samples, above: int, signed: bool) -> Samples:
    """The `above` highest bits as copies of the sign below them, or zero."""
    kind = "i" if signed else "u"
    wide: Samples = cells.view(f"<{kind}{cells.dtype.itemsize}")
    wide = np.right_shift(np.left_shift(wide, above), above)
    return wide.view(cells.dtype)
