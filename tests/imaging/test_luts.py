"""Modality and VOI LUTs, padding, floats (H1, H2, H5). Oracles: pydicom, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from dcmtk_pictures import image_of, lut_item, with_lut
from hypothesis import given
from hypothesis import strategies as st
from pydicom.pixels import apply_modality_lut, apply_voi_lut

from smart_viewer.errors import NotInStandard
from smart_viewer.imaging.grayscale import (
    Floats,
    GrayscaleTransform,
    ModalityTransform,
    StoredBits,
    Table,
    Voi,
    display_values,
    grey,
    is_padding,
    modality_values,
    table_of_bytes,
)

RAMP = np.arange(4096, dtype=np.uint16).reshape(64, 64)
TWELVE = StoredBits(12, 11, signed=False)
HALF_UP_TOO_EARLY = 1 / 1024  # of a level: halves go up on every host


def rising(count: int, bits: int, seed: int = 1) -> np.ndarray:
    """Sorted entries up to the largest that the bits hold."""
    entries = np.random.default_rng(seed).integers(0, 2**bits, count)
    return np.sort(np.append(entries[:-1], 2**bits - 1)).astype(np.uint16)


def shown(voi: Table, intercept: float = 0.0) -> np.ndarray:
    transform = GrayscaleTransform(ModalityTransform(TWELVE, 1.0, intercept), voi)
    values = modality_values(RAMP, transform.modality)
    return grey(values, transform).astype(int)


@pytest.mark.parametrize(
    ("first", "count"), [(0, 4096), (100, 500), (-1024, 3000), (4000, 65536), (5, 1)]
)
@pytest.mark.parametrize("bits", [8, 16])  # pydicom reads no others
def test_a_modality_lut_maps_as_pydicom_does_and_wins_over_the_rescale(
    first, count, bits
):  # H1
    cells = RAMP if first >= 0 else RAMP.astype(np.int16) - 2048
    layout = StoredBits(16, 15, signed=first < 0)
    entries = rising(count, bits)
    image = image_of(cells.view(np.uint16), 16, signed=first < 0)
    with_lut(image, "ModalityLUTSequence", lut_item(first, bits, entries))
    modality = ModalityTransform(layout, 7.0, -3.0, Table(first, bits, entries))
    found = modality_values(cells.view(np.uint16), modality)
    assert np.array_equal(found, apply_modality_lut(cells, image))


@pytest.mark.parametrize("first", [-32768, -3, 0, 7, 60000])
def test_a_lut_is_clamped_at_both_ends(first):  # H1
    table = Table(first, 8, np.array([10, 20, 30], dtype=np.uint16))
    inputs = np.array([first - 1000, first, first + 1, first + 2, first + 3, 2**40])
    assert table.look_up(inputs).tolist() == [10, 10, 20, 30, 30, 30]


def test_a_slope_of_a_thousandth_keeps_its_digits():  # H1
    modality = ModalityTransform(StoredBits(16, 15, False), 0.0012, 0.5)
    cells = np.array([0, 1, 65535], dtype=np.uint16)
    assert modality_values(cells, modality).tolist() == pytest.approx(
        [0.5, 0.5012, 79.142]
    )


@pytest.mark.parametrize(
    ("first", "bits", "count"),
    [(0, 14, 16384), (500, 14, 2000), (-1024, 16, 3000), (1000, 10, 256)],
)  # not 8 bits: there pydicom's own index has 8 bits and wraps around
def test_voi_luts_give_the_entries_that_pydicom_gives(first, bits, count):  # H2
    entries = rising(count, bits)
    image = image_of(RAMP, 12)
    image.RescaleSlope, image.RescaleIntercept = 1, -1024
    with_lut(image, "VOILUTSequence", lut_item(first, bits, entries))
    values = apply_modality_lut(RAMP, image).astype(np.int16)
    chosen = apply_voi_lut(values, image, index=0)
    expected = chosen / (2**bits - 1) * 255
    apart = shown(Table(first, bits, entries), -1024.0) - expected
    assert np.abs(apart).max() <= 0.5 + HALF_UP_TOO_EARLY


@pytest.mark.debian
@pytest.mark.parametrize(
    ("first", "bits", "count"),
    [(0, 14, 16384), (0, 8, 4096), (500, 14, 2000), (1000, 10, 256)],
)
def test_voi_luts_are_drawn_as_dcmtk_draws_them(dcmtk, first, bits, count):  # H2
    entries = rising(count, bits)
    image = image_of(RAMP, 12)
    with_lut(image, "VOILUTSequence", lut_item(first, bits, entries))
    apart = shown(Table(first, bits, entries)) - dcmtk(image, "+Wl", "1")
    assert np.abs(apart).max() <= 1


def test_a_voi_lut_takes_the_nearest_whole_number():  # H2
    table = Table(-1, 8, np.array([0, 51, 102], dtype=np.uint16))
    values = np.array([-9.0, -0.51, -0.5, 0.49, 0.5, 1.5, 1e12])
    display = display_values(values, table)
    assert display.tolist() == [0.0, 0.0, 0.2, 0.2, 0.4, 0.4, 0.4]


def test_entries_beyond_their_bits_are_white():
    table = Table(0, 8, np.array([0, 255, 4095], dtype=np.uint16))
    display = display_values(np.array([0.0, 1.0, 2.0]), table)
    assert display.tolist() == [0.0, 1.0, 1.0]


def test_tables_are_read_little_endian():
    table = table_of_bytes(-5, 16, bytes([0x01, 0x02, 0xFF, 0x00]))
    assert table.entries.tolist() == [0x0201, 0x00FF]
    assert (table.first, table.last, table.largest) == (-5, -4, 65535)


@pytest.mark.parametrize(
    ("first", "bits", "entries"),
    [
        (0, 8, b""),
        (0, 8, b"\0\0\0"),
        (0, 0, b"\0\0"),
        (0, 17, b"\0\0"),
        (-32769, 8, b"\0\0"),
        (65536, 8, b"\0\0"),
        (0, 8, b"\0\0" * 65537),
    ],
)
def test_tables_that_are_none_are_refused(first, bits, entries):
    with pytest.raises(NotInStandard):
        table_of_bytes(first, bits, entries)


@pytest.mark.parametrize(
    "entries", [np.zeros(3, dtype=np.int32), np.zeros((2, 2), dtype=np.uint16)]
)
def test_entries_of_another_kind_are_refused(entries):
    with pytest.raises(NotInStandard):
        Table(0, 8, entries)


@pytest.mark.parametrize(
    ("cells", "layout", "padding", "expected"),
    [
        ([0, 63536, 64], StoredBits(16, 15, True), (-2000, -2000), [0, 1, 0]),
        ([0, 63536, 64], StoredBits(16, 15, False), (63536, 63536), [0, 1, 0]),
        ([0, 9, 10, 20, 21], StoredBits(12, 11, False), (10, 20), [0, 0, 1, 1, 0]),
        ([0xF00A, 0x000B], StoredBits(12, 11, False), (10, 10), [1, 0]),  # garbage
        ([0, 5], StoredBits(12, 11, False), (-7, -7), [0, 0]),  # no value is there
        ([0, 5], StoredBits(12, 11, False), None, [0, 0]),
    ],
)
def test_padding_is_compared_as_stored_values(cells, layout, padding, expected):  # H5
    modality = ModalityTransform(layout, padding=padding)
    found = is_padding(np.array(cells, dtype=np.uint16), modality)
    assert found.astype(int).tolist() == expected


def test_what_is_no_number_is_padding():  # H5, H6
    cells = np.array([math.nan, math.inf, -math.inf, 0.0, -7.5, 1e39])
    modality = ModalityTransform(Floats(), padding=(-7.5, -7.5))
    assert is_padding(cells, modality).tolist() == [1, 1, 1, 0, 1, 1]
    assert is_padding(cells.clip(-9, 9), modality).tolist() == [1, 0, 0, 0, 1, 0]


def test_floats_are_rescaled_as_they_are():  # H6
    cells = np.array([0.5, -1e-9, 3e30], dtype=np.float32)
    modality = ModalityTransform(Floats(), 2.0, 1.0)
    expected = cells.astype(np.float64) * 2 + 1
    assert np.array_equal(modality_values(cells, modality), expected)


def test_a_modality_lut_of_floats_is_refused():
    table = Table(0, 8, np.zeros(1, dtype=np.uint16))
    with pytest.raises(NotInStandard):
        ModalityTransform(Floats(), lut=table)


@given(
    center=st.floats(-4000, 4000),
    width=st.floats(1, 8000),
    cells=st.lists(st.integers(0, 65535), min_size=2, max_size=40),
    slope=st.floats(0.001, 10),
)
def test_a_brighter_cell_is_never_shown_darker(center, width, cells, slope):
    """Monotone in the stored value, and inverted the other way round."""
    ordered = np.array(sorted(cells), dtype=np.uint16)
    modality = ModalityTransform(StoredBits(16, 15, False), slope, -1024.0)
    values = modality_values(ordered, modality)
    for invert, sign in ((False, 1), (True, -1)):
        levels = grey(values, GrayscaleTransform(modality, Voi(center, width), invert))
        assert (sign * np.diff(levels.astype(int)) >= 0).all()


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=300), st.integers(1, 16))
def test_inverting_twice_is_the_picture_itself(entries, bits):
    """Levels of a LUT of 8 bits: 255 - level, which turns back exactly."""
    levels = np.array(entries, dtype=np.uint16) % 256
    table = Table(0, 8, levels)
    modality = ModalityTransform(StoredBits(bits, bits - 1, False))
    values = modality_values(np.arange(300, dtype=np.uint16), modality)
    upright = grey(values, GrayscaleTransform(modality, table)).astype(int)
    inverted = grey(values, GrayscaleTransform(modality, table, True)).astype(int)
    assert np.array_equal(255 - inverted, upright)
