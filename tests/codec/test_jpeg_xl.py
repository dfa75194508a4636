"""JPEG XL frames. Oracle: known samples, and the JPEG that was recompressed."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest
from codec_images import JPEG, colour, colours, grey, waves

from smart_viewer.codec.decode import decode_frame
from smart_viewer.codec.jpeg_xl import read_jpeg_xl_header
from smart_viewer.errors import NotInStandard, NotSupported

LOSSLESS, RECOMPRESSED, LOSSY = (f"{JPEG}{n}" for n in (110, 111, 112))
SIZES = [(8, 8), (40, 52), (33, 77), (64, 256), (300, 200), (1, 600), (700, 1)]


def encoded(known: np.ndarray, **options: object) -> bytes:
    return imagecodecs.jpegxl_encode(known, lossless=True, effort=1, **options)


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("boxed", [False, True])
def test_every_size_and_form_gives_the_very_samples(shape, boxed):
    known = waves(*shape, 8)
    stream = encoded(known, usecontainer=boxed)

    found = decode_frame(stream, grey(*shape, 8, 8), LOSSLESS).values

    assert stream.startswith(b"\0\0\0\x0cJXL" if boxed else b"\xff\x0a")
    np.testing.assert_array_equal(found, known)


@pytest.mark.parametrize("bits", [9, 10, 12, 15, 16])
def test_every_depth_gives_the_very_samples(bits):
    known = waves(40, 52, bits)
    stream = encoded(known, bitspersample=bits)

    found = decode_frame(stream, grey(40, 52, bits, 16), LOSSLESS).values

    np.testing.assert_array_equal(found, known)


def test_colours_are_the_very_colours():
    known = colours(40, 52)

    found = decode_frame(encoded(known), colour(40, 52), LOSSLESS)

    assert found.model == "rgb"
    np.testing.assert_array_equal(found.values, known)


def test_lossy_colours_are_near():
    known = colours(40, 52)
    stream = imagecodecs.jpegxl_encode(known, lossless=False, distance=0.5)

    found = decode_frame(stream, colour(40, 52, "XYB"), LOSSY).values

    assert np.abs(found.astype(int) - known.astype(int)).mean() < 4


@pytest.mark.parametrize("subsampling", ["444", "420"])
def test_a_recompressed_jpeg_gives_the_samples_of_the_jpeg(subsampling):
    jpeg = imagecodecs.jpeg8_encode(colours(40, 52), subsampling=subsampling)
    stream = imagecodecs.jpegxl_encode_jpeg(jpeg, usecontainer=True)
    stored = colour(40, 52, "YBR_FULL_422")

    found = decode_frame(stream, stored, RECOMPRESSED).values

    expected = decode_frame(jpeg, stored, f"{JPEG}50").values
    np.testing.assert_array_equal(found, expected)


GREY = encoded(waves(40, 52, 8))
WITH_ALPHA = encoded(np.dstack([colours(40, 52), waves(40, 52, 8)]))
ANIMATED = imagecodecs.jpegxl_encode(
    np.stack([colours(40, 52, n) for n in range(3)]), lossless=True, photometric="rgb"
)


@pytest.mark.parametrize(
    ("data", "stored", "error", "reason"),
    [
        (GREY, grey(52, 40, 8, 8), NotInStandard, "another size"),
        (GREY, colour(40, 52), NotInStandard, "another size"),
        (encoded(waves(40, 52, 16)), grey(40, 52, 8, 8), NotInStandard, "more bits"),
        (WITH_ALPHA, colour(40, 52), NotSupported, "more channels"),
        (ANIMATED, colour(40, 52), NotSupported, "animated"),
        (encoded(waves(40, 52, 8).astype("f4")), grey(40, 52, 8, 8), NotSupported,
         "fractions"),
        (GREY[:-20], grey(40, 52, 8, 8), NotInStandard, "damaged"),
        (GREY[:5], grey(40, 52, 8, 8), NotInStandard, "cut off"),
        (GREY[:12] + b"\xff" * 40, grey(40, 52, 8, 8), NotInStandard, "damaged"),
        (b"", grey(40, 52, 8, 8), NotInStandard, "not a JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", grey(40, 52, 8, 8), NotInStandard, "not a JPEG"),
        (b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x08jbrd", grey(40, 52, 8, 8), NotInStandard,
         "damaged"),
    ],
)  # fmt: skip
def test_what_is_not_the_images_frame_is_refused(data, stored, error, reason):
    with pytest.raises(error, match=reason):
        decode_frame(data, stored, LOSSLESS)


def test_partial_code_streams_are_put_together():
    parts = [GREY[:3], GREY[3:20], GREY[20:]]
    boxes = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    for n, part in enumerate(parts):
        number = n | (0x80000000 if n == 2 else 0)
        boxes += box(b"jxlp", number.to_bytes(4) + part)

    found = decode_frame(boxes, grey(40, 52, 8, 8), LOSSLESS).values

    np.testing.assert_array_equal(found, waves(40, 52, 8))


def box(kind: bytes, contents: bytes) -> bytes:
    return (len(contents) + 8).to_bytes(4) + kind + contents


def test_a_header_of_nothing_but_defaults():
    """Bits by hand, lowest first: small, 5 bits of rows, ratio 1 to 1, all default."""
    bits = 0b1 | (3 << 1) | (1 << 6) | (1 << 9)
    header = read_jpeg_xl_header(b"\xff\x0a" + bits.to_bytes(4, "little"))

    assert (header.rows, header.columns, header.precision) == (32, 32, 8)
    assert header.components == 3


def test_boxes_of_eight_byte_lengths_are_read():
    large = (1).to_bytes(4) + b"jxlc" + (len(GREY) + 16).to_bytes(8) + GREY
    data = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ") + large

    found = decode_frame(data, grey(40, 52, 8, 8), LOSSLESS).values

    np.testing.assert_array_equal(found, waves(40, 52, 8))
