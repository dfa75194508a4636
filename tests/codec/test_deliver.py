"""Frames as they are sent. Oracle: numpy arrays that were stored."""

from __future__ import annotations

from dataclasses import replace

import imagecodecs
import numpy as np
import pytest
from codec_images import JPEG, colour, colours, grey, waves

from smart_viewer.codec.deliver import Stored, Tile, deliver, delivered_layout
from smart_viewer.errors import NotInStandard

RAW, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"


def read_back(sent: bytes, layout: Stored) -> np.ndarray:
    """As a page reads native little endian, interleaved samples."""
    kind = "f" if layout.is_float else "i" if layout.signed else "u"
    samples = np.frombuffer(sent, f"<{kind}{layout.bits_allocated // 8}")
    shape = (layout.rows, layout.columns, layout.samples_per_pixel)
    assert layout.planar_configuration == 0
    return samples.reshape(shape[: 2 if shape[2] == 1 else 3])


@pytest.mark.parametrize("dtype", ["u1", "i2", "u2", "i4", "u4", "f4", "f8"])
def test_grey_cells_are_sent_as_the_header_describes_them(dtype):
    known = waves(6, 9, 7).astype(dtype)
    bits = known.dtype.itemsize * 8
    stored = Stored(
        6,
        9,
        1,
        "MONOCHROME1",
        bits,
        bits,
        bits - 1,
        known.dtype.kind == "i",
        is_float=known.dtype.kind == "f",
    )

    sent = deliver(known.astype(f">{dtype}").tobytes(), stored, BIG)

    assert delivered_layout(stored) == stored
    np.testing.assert_array_equal(read_back(sent, stored), known)


def test_bits_above_bits_stored_are_left_where_they_are():
    cells = np.array([[0xF123, 0x0456]], ">u2")

    sent = deliver(cells.tobytes(), grey(1, 2, 12, 16), BIG)

    assert sent == b"\x23\xf1\x56\x04"


def test_bits_become_bytes():
    stored = Stored(2, 5, 1, "MONOCHROME2", 1, 1, 0, False)
    layout = delivered_layout(stored)

    sent = deliver(b"\x15\x02", stored, RAW)

    assert (layout.bits_allocated, layout.bits_stored, layout.high_bit) == (8, 1, 0)
    assert read_back(sent, layout).tolist() == [[1, 0, 1, 0, 1], [0, 0, 0, 0, 1]]


@pytest.mark.parametrize("planar", [0, 1])
def test_colours_are_sent_interleaved_as_rgb(planar):
    known = colours(6, 9).astype("<u2") << 4
    stored = Stored(6, 9, 3, "RGB", 16, 12, 11, False, planar)
    planes = known.transpose(2, 0, 1) if planar else known

    layout, sent = delivered_layout(stored), deliver(planes.tobytes(), stored, RAW)

    assert layout == colour(6, 9)
    np.testing.assert_array_equal(read_back(sent, layout), colours(6, 9))


def test_palette_indices_stay_indices():
    known = waves(6, 9, 16)
    stored = replace(grey(6, 9, 16, 16), photometric_interpretation="PALETTE COLOR")

    sent = deliver(known.astype(">u2").tobytes(), stored, BIG)

    np.testing.assert_array_equal(read_back(sent, delivered_layout(stored)), known)


def test_a_tile_is_cut_out_of_the_frame():
    known = waves(6, 9, 12)
    stored, tile = grey(6, 9, 12, 16), Tile(2, 3, 4, 5)
    stream = imagecodecs.jpegls_encode(known)

    layout, sent = (
        delivered_layout(stored, tile),
        deliver(stream, stored, f"{JPEG}80", tile=tile),
    )

    assert (layout.rows, layout.columns) == (4, 5)
    np.testing.assert_array_equal(read_back(sent, layout), known[2:6, 3:8])


@pytest.mark.parametrize(
    "tile", [Tile(3, 0, 4, 5), Tile(0, 5, 4, 5), Tile(-1, 0, 2, 2), Tile(0, 0, 0, 5)]
)
def test_a_tile_outside_of_the_frame_is_refused(tile):
    with pytest.raises(NotInStandard, match="tile"):
        deliver(bytes(108), grey(6, 9, 12, 16), RAW, tile=tile)


def test_colours_of_another_device_are_sent_as_srgb():
    wide = imagecodecs.cms_profile("adobergb")
    known = np.full((2, 2, 3), (200, 40, 40), np.uint8)

    sent = deliver(known.tobytes(), colour(2, 2), RAW, icc=wide)

    assert sent[0] > 220  # a red of Adobe RGB is redder than sRGB's
