"""Native samples, deflated and wrapped ones. Oracle: numpy arrays and pydicom."""

from __future__ import annotations

import zlib

import numpy as np
import pydicom
import pytest
from codec_images import colour, colours, converted, dataset, decoded, grey, waves

from smart_viewer.codec.decode import decode_frame
from smart_viewer.codec.native import native_bytes
from smart_viewer.codec.stored import Stored
from smart_viewer.errors import NotInStandard

LITTLE = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.98"]
RAW, BIG, DEFLATED = LITTLE[1], "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.8.1"
SHAPE = (3, 5)
TYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"]


def known_of(dtype: str) -> tuple[np.ndarray, Stored]:
    known = np.arange(15).reshape(SHAPE).astype(dtype)
    if known.dtype.kind == "f":
        known = known / 7
    if known.dtype.kind == "i":
        known = known - 7
    known = known.astype(dtype)
    bits = known.dtype.itemsize * 8
    signed, is_float = known.dtype.kind == "i", known.dtype.kind == "f"
    stored = Stored(
        *SHAPE, 1, "MONOCHROME2", bits, bits, bits - 1, signed, is_float=is_float
    )
    return known, stored


def raw_deflated(data: bytes) -> bytes:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflater.compress(data) + deflater.flush()


@pytest.mark.parametrize("dtype", TYPES)
def test_every_type_comes_back_in_either_order(dtype):
    known, stored = known_of(dtype)
    little, big = (
        known.astype(f"<{dtype}").tobytes(),
        known.astype(f">{dtype}").tobytes(),
    )

    for uid in LITTLE:
        found = decode_frame(little, stored, uid).values
        np.testing.assert_array_equal(found, known)
        assert found.dtype == known.dtype
    np.testing.assert_array_equal(decode_frame(big, stored, BIG).values, known)
    wrapped = decode_frame(raw_deflated(little), stored, DEFLATED).values
    np.testing.assert_array_equal(wrapped, known)


@pytest.mark.debian
@pytest.mark.parametrize("bits", [8, 16])
def test_dcmtks_big_endian_is_read(need, tmp_path, bits):
    known = waves(6, 8, bits)
    made = dataset([known], bits_stored=bits)

    found = converted(need, tmp_path, made, "dcmconv", "+tb")
    values = decoded(found).values

    assert found.file_meta.TransferSyntaxUID == BIG
    if bits == 8 and found["PixelData"].VR == "OW":
        values = values.reshape(-1, 2)[:, ::-1].reshape(known.shape)
    np.testing.assert_array_equal(values, known)


def test_bits_are_counted_from_the_lowest():
    stored = Stored(2, 5, 1, "MONOCHROME2", 1, 1, 0, False)

    found = decode_frame(b"\x15\x02", stored, RAW).values

    assert found.tolist() == [[1, 0, 1, 0, 1], [0, 0, 0, 0, 1]]
    assert found.dtype == np.uint8


def test_planes_are_interleaved():
    known = colours(4, 6)
    planes = known.transpose(2, 0, 1).tobytes()

    found = decode_frame(planes, colour(4, 6, planar=1), RAW)

    np.testing.assert_array_equal(found.values, known)


def test_pairs_of_pixels_share_their_chroma():
    """Y Y Cb Cr; grey chroma is 128, so that luma comes out as it is."""
    data = bytes([10, 20, 128, 128, 30, 40, 128, 128])
    stored = colour(1, 4, "YBR_FULL_422")

    found = decode_frame(data, stored, RAW).values

    assert native_bytes(stored) == 8
    assert found[..., 0].tolist() == [[10, 20, 30, 40]]
    assert (found[..., 0] == found[..., 2]).all()
    with pytest.raises(NotInStandard, match="odd number"):
        decode_frame(bytes(10), colour(1, 5, "YBR_FULL_422"), RAW)


@pytest.mark.data
def test_stored_pairs_are_those_of_pydicom(need):
    path = need("data") / "us_ybr422_raw/US-YBR_FULL_422-EVRLE.dcm"
    found = pydicom.dcmread(path)

    difference = decoded(found).values.astype(int) - found.pixel_array.astype(int)

    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("uid", [RAW, BIG])
@pytest.mark.parametrize("length", [0, 29, 32])
def test_another_length_is_refused(uid, length):
    with pytest.raises(NotInStandard, match=f"{length} bytes"):
        decode_frame(bytes(length), grey(3, 5, 16, 16), uid)


def test_one_byte_of_padding_is_not_a_pixel():
    assert decode_frame(bytes(16), grey(3, 5, 8, 8), RAW).values.shape == (3, 5)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (raw_deflated(bytes(15)) + b"\0", None),  # padding behind the end
        (raw_deflated(bytes(15))[:-3], "cut off"),
        (raw_deflated(bytes(14)), "14 bytes"),
        (raw_deflated(bytes(1 << 24)), "17 bytes"),  # a bomb is left alone
        (b"\xff" * 20, "damaged"),
    ],
)
def test_deflated_frames_are_inflated_within_their_length(data, reason):
    if reason is None:
        assert decode_frame(data, grey(3, 5, 8, 8), DEFLATED).values.shape == SHAPE
        return
    with pytest.raises(NotInStandard, match=reason):
        decode_frame(data, grey(3, 5, 8, 8), DEFLATED)


@pytest.mark.data
def test_deflated_segmentations_are_those_stored_natively(need):
    name = "malformed/pydicom_data_misc/liver_deflate.dcm"
    deflated = pydicom.dcmread(need("data") / name)
    native = pydicom.dcmread(need("data") / "pydicom_data_misc/liver.dcm")

    for index, expected in enumerate(native.pixel_array):
        np.testing.assert_array_equal(decoded(deflated, index).values, expected)
