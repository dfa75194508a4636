"""Cells to stored values (H6). Oracle: the cell written out in binary by the test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.errors import NotInStandard
from smart_viewer.imaging.grayscale import StoredBits, stored_values

WORD = {8: np.uint8, 16: np.uint16, 32: np.uint32}
MATRIX = [
    (allocated, bits, high_bit)
    for allocated in WORD
    for bits in (1, 7, 8, 9, 10, 12, 14, 15, 16, 17, 24, 31, 32)
    for high_bit in {bits - 1, bits, allocated - 1}
    if bits <= high_bit + 1 <= allocated
]


def cell_of(field: str, high_bit: int, allocated: int, garbage: str) -> int:
    """A cell whose stored bits are `field`; everything around it is garbage."""
    above = garbage[: allocated - 1 - high_bit]
    below = garbage[: allocated - len(above) - len(field)]
    return int(above + field + below, 2)


def two_complement(field: str, signed: bool) -> int:
    """PS3.5 8.1.1, read digit by digit."""
    weights = [2**place for place in reversed(range(len(field)))]
    if signed:
        weights[0] = -weights[0]
    return sum(w for w, digit in zip(weights, field, strict=True) if digit == "1")


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("garbage", ["0" * 32, "1" * 32, "10" * 16, "0110" * 8])
@pytest.mark.parametrize(("allocated", "bits", "high_bit"), sorted(MATRIX))
def test_only_the_stored_bits_count_whatever_lies_beside_them(
    allocated, bits, high_bit, garbage, signed
):
    numbers = {0, 1, 2**bits - 1, 2 ** (bits - 1), 2 ** (bits - 1) - 1, 2**bits // 3}
    fields = [f"{number:0{bits}b}" for number in numbers if number < 2**bits]
    cells = [cell_of(field, high_bit, allocated, garbage) for field in fields]
    layout = StoredBits(bits, high_bit, signed)
    found = stored_values(np.array(cells, dtype=WORD[allocated]), layout)
    assert found.tolist() == [two_complement(field, signed) for field in fields]


@given(
    bits=st.integers(1, 32),
    spare=st.integers(0, 31),
    signed=st.booleans(),
    data=st.data(),
)
def test_any_layout_gives_back_the_value_that_was_put_in(bits, spare, signed, data):
    high_bit = min(31, bits - 1 + spare)
    layout = StoredBits(bits, high_bit, signed)
    value = data.draw(st.integers(layout.smallest, layout.largest))
    garbage = data.draw(st.integers(0, 2**32 - 1))
    shift = high_bit + 1 - bits
    field = (2**bits - 1) << shift
    cell = (garbage & ~field) | ((value << shift) & field)
    assert stored_values(np.array([cell], dtype=np.uint32), layout)[0] == value


@given(bits=st.integers(1, 32), signed=st.booleans())
def test_the_range_of_a_layout_is_that_of_its_bits(bits, signed):
    layout = StoredBits(bits, bits - 1, signed)
    assert layout.largest - layout.smallest + 1 == 2**bits
    assert layout.smallest == (-(2 ** (bits - 1)) if signed else 0)


@pytest.mark.parametrize("bits", [(0, 11), (13, 11), (33, 32), (12, 32), (-1, 3)])
def test_bits_that_do_not_fit_are_refused(bits):
    with pytest.raises(NotInStandard):
        StoredBits(*bits, signed=False)
