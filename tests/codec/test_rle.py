"""RLE frames. Oracle: pydicom's and dcmtk's encoders, and codes written by hand."""

from __future__ import annotations

from struct import pack

import numpy as np
import pydicom
import pytest
from codec_images import colour, colours, converted, dataset, decoded, grey, waves
from pydicom.pixels import get_encoder

from smart_viewer.codec.decode import decode_frame
from smart_viewer.codec.stored import Stored
from smart_viewer.errors import NotInStandard

RLE = "1.2.840.10008.1.2.5"
SHAPE = (21, 33)


def by_pydicom(known: np.ndarray, interpretation: str = "MONOCHROME2") -> bytes:
    encode = get_encoder(RLE).encode
    bits = known.dtype.itemsize * 8
    return encode(
        known,
        encoding_plugin="pydicom",
        rows=known.shape[0],
        columns=known.shape[1],
        samples_per_pixel=3 if known.ndim == 3 else 1,
        bits_allocated=bits,
        bits_stored=bits,
        pixel_representation=int(known.dtype.kind == "i"),
        photometric_interpretation=interpretation,
        number_of_frames=1,
        planar_configuration=0,
    )


@pytest.mark.parametrize("dtype", ["u1", "i1", "<u2", "<i2"])
def test_pydicoms_frames_give_the_very_samples(dtype):
    limits = np.iinfo(dtype)
    known = np.random.default_rng(1).integers(
        limits.min, limits.max, SHAPE, dtype, endpoint=True
    )
    bits = limits.bits

    found = decode_frame(
        by_pydicom(known), grey(*SHAPE, bits, bits, limits.min < 0), RLE
    ).values

    np.testing.assert_array_equal(found, known)
    assert found.dtype == known.dtype


@pytest.mark.parametrize(("dtype", "expected"), [("u1", 0), ("<u2", 8)])
def test_colours_are_brought_to_eight_bits(dtype, expected):
    known = colours(*SHAPE).astype(dtype) << expected
    stored = Stored(*SHAPE, 3, "RGB", expected + 8, expected + 8, expected + 7, False)

    found = decode_frame(by_pydicom(known, "RGB"), stored, RLE)

    assert found.model == "rgb"
    np.testing.assert_array_equal(found.values, colours(*SHAPE))


@pytest.mark.debian
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_dcmtks_frames_give_the_very_samples(need, tmp_path, bits):
    known = waves(*SHAPE, bits)
    made = dataset([known], bits_stored=bits)

    found = decoded(converted(need, tmp_path, made, "dcmcrle"))

    np.testing.assert_array_equal(found.values, known)


def frame(*segments: bytes) -> bytes:
    firsts, at = [], 64
    for segment in segments:
        firsts.append(at)
        at += len(segment)
    spare = [0] * (15 - len(firsts))
    return pack("<16L", len(segments), *firsts, *spare) + b"".join(segments)


ROW = grey(1, 6, 8, 8)


@pytest.mark.parametrize(
    "codes",
    [
        b"\x05abcdef",
        b"\x01ab\x80\x03cdef",  # 80 does nothing (PS3.5 G.3.1)
        b"\x05abcdef\0",  # padding
        b"\x07abcdefgh",  # more than the row
    ],
)
def test_codes_written_by_hand(codes):
    found = decode_frame(frame(codes), ROW, RLE).values

    assert found.tobytes() == b"abcdef"


def test_repeated_bytes_and_packed_bits():
    assert decode_frame(frame(b"\xfba"), ROW, RLE).values.tobytes() == b"aaaaaa"
    bits = Stored(2, 5, 1, "MONOCHROME2", 1, 1, 0, False)

    found = decode_frame(frame(b"\x01\x15\x02"), bits, RLE).values

    assert found.tolist() == [[1, 0, 1, 0, 1], [0, 0, 0, 0, 1]]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\1\0\0\0", "shorter than its header"),
        (frame(b"\x05abcdef", b"\x05abcdef"), "has 2 segments"),
        (pack("<16L", 99, *[64] * 15), "99 segments"),
        (pack("<16L", 1, 0xFFFFFFF0, *[0] * 14) + b"\x05abcdef", "out of order"),
        (pack("<16L", 1, 8, *[0] * 14) + b"\x05abcdef", "out of order"),
        (frame(b"\x02abc"), "cut off"),
        (frame(b"\x05abc"), "cut off|damaged"),
        (frame(b"\x81a" * 100), "damaged"),  # 12800 bytes for 6 pixels
    ],
)
def test_what_is_not_the_images_frame_is_refused(data, reason):
    with pytest.raises(NotInStandard, match=reason):
        decode_frame(data, ROW, RLE)


def test_segments_out_of_order_are_refused():
    data = pack("<16L", 3, 64, 90, 70, *[0] * 12) + bytes(100)
    with pytest.raises(NotInStandard, match="out of order"):
        decode_frame(data, colour(1, 6), RLE)


@pytest.mark.data
def test_binary_segmentations_of_another_writer_are_read(need):
    """The same segmentation natively: packed bits, which pydicom reads."""
    packed = pydicom.dcmread(need("data") / "malformed/pydicom_data_misc/liver_rle.dcm")
    native = pydicom.dcmread(need("data") / "pydicom_data_misc/liver.dcm")

    for index, expected in enumerate(native.pixel_array):
        np.testing.assert_array_equal(decoded(packed, index).values, expected)
