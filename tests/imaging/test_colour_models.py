"""Colour (H15). Oracles: pydicom, exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from dcmtk_pictures import image_of
from pydicom.pixels import apply_color_lut, convert_color_space

from smart_viewer.imaging.colour import (
    ColourTransform,
    Palette,
    PaletteTransform,
    colours,
    rgb_of_ybr,
    shown_levels,
)
from smart_viewer.imaging.grayscale import StoredBits, Table

CHROMA = np.stack([np.full((256, 256), 128), *np.mgrid[:256, :256]], axis=-1).astype(
    np.uint8
)


def exact_rgb(y: int, cb: int, cr: int) -> list[int]:
    """PS3.3 C.7.6.3.1.2 solved for R, G, B; halves up."""
    red = y + Fraction(1402, 1000) * (cr - 128)
    blue = y + Fraction(1772, 1000) * (cb - 128)
    green = (y - Fraction(299, 1000) * red - Fraction(114, 1000) * blue) / Fraction(
        587, 1000
    )
    whole = [math.floor(channel + Fraction(1, 2)) for channel in (red, green, blue)]
    return [min(255, max(0, channel)) for channel in whole]


def test_every_pair_of_chroma_is_converted_without_any_error():
    """Luma only adds a whole number: these are all the cases that round differently."""
    expected = [[exact_rgb(128, cb, cr) for cr in range(256)] for cb in range(256)]
    assert np.array_equal(rgb_of_ybr(CHROMA), expected)


@pytest.mark.parametrize("luma", [0, 16, 77, 128, 235, 255])
def test_pydicom_converts_ybr_to_the_same_bytes(luma):
    ybr = CHROMA.copy()
    ybr[..., 0] = luma
    assert np.array_equal(rgb_of_ybr(ybr), convert_color_space(ybr, "YBR_FULL", "RGB"))


def test_grey_stays_grey_and_primaries_turn_back():
    rgb = np.array([[0, 0, 0], [255, 255, 255], [9, 9, 9], [255, 0, 0], [0, 0, 255]])
    ybr = convert_color_space(rgb.astype(np.uint8), "RGB", "YBR_FULL")
    assert np.abs(rgb_of_ybr(ybr).astype(int) - rgb).max() <= 1


@pytest.mark.parametrize(
    ("bits", "first", "count", "signed"),
    [(8, 0, 256, False), (16, 0, 256, False), (16, 10, 50, False), (8, -9, 34, True)],
)
def test_palettes_are_pydicoms(bits, first, count, signed):
    cells = np.arange(-32, 224).reshape(16, 16)
    cells = (cells if signed else cells % 256).astype(np.int16)
    image = image_of(cells.view(np.uint16), 16, signed)
    image.PhotometricInterpretation = "PALETTE COLOR"
    tables = []
    for number, name in enumerate(("Red", "Green", "Blue")):
        entries = np.random.default_rng(number).integers(0, 2**bits, count)
        descriptor = [count, first, bits]
        keyword = f"{name}PaletteColorLookupTable"
        vr = "SS" if signed else "US"
        image.add_new(f"{keyword}Descriptor", vr, descriptor)
        words = entries.astype("u1" if bits == 8 else "<u2").tobytes()
        image.add_new(f"{keyword}Data", "OW", words + b"\0" * (len(words) % 2))
        tables.append(Table(first, bits, entries.astype(np.uint16)))
    transform = PaletteTransform(StoredBits(16, 15, signed), Palette(*tables))
    expected = apply_color_lut(cells, image) >> (bits - 8)
    assert np.array_equal(colours(cells.view(np.uint16), transform), expected)


def test_a_palette_of_unequal_tables_takes_each_by_itself():
    tables = [
        Table(first, 8, np.array([10, 20], dtype=np.uint16)) for first in (0, 1, 5)
    ]
    transform = PaletteTransform(StoredBits(8, 7, False), Palette(*tables))
    found = colours(np.array([0, 1, 5, 9], dtype=np.uint8), transform)
    assert found.tolist() == [[10, 10, 10], [20, 10, 10], [20, 20, 10], [20, 20, 20]]


def test_rgb_is_left_as_it_is_and_inverted_channel_by_channel():
    cells = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert np.array_equal(colours(cells, ColourTransform("rgb")), cells)
    values = cells.astype(np.float64)
    assert np.array_equal(shown_levels(values, invert=False), cells)
    assert np.array_equal(shown_levels(values, invert=True), 255 - cells)
    assert shown_levels(np.array([0.5, 0.49]), invert=False).tolist() == [1, 0]
