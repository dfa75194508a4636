"""Decoding frames. Oracle: pydicom with pyjpegls, and dcmtk."""

from __future__ import annotations

import subprocess

import imagecodecs
import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.encaps import generate_frames

from smart_viewer.codec.decode import decode_frame
from smart_viewer.errors import NotInStandard, NotSupported

RAW, LOSSLESS = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.80"
FILES = [
    "jpeg_ls_jpeg_ext_pylibjpeg/CT1_JLSN.dcm",
    "pydicom_test_files/MR_small_jpeg_ls_lossless.dcm",
    "pydicom_test_files/JPEGLSNearLossless_08.dcm",
    "pydicom_test_files/JPEGLSNearLossless_16.dcm",
    "ct_singleframe_fragments/CT1_UNC.fragmented_no_bot_jpeg_ls.80.dcm",
]


def layout(dataset: pydicom.Dataset) -> dict[str, object]:
    return {
        "rows": dataset.Rows,
        "columns": dataset.Columns,
        "bits_allocated": dataset.BitsAllocated,
        "signed": dataset.PixelRepresentation == 1,
        "samples_per_pixel": dataset.SamplesPerPixel,
        "transfer_syntax_uid": dataset.file_meta.TransferSyntaxUID,
    }


def decode(data: bytes, rows: int, columns: int, **changes: object) -> np.ndarray:
    plain: dict[str, object] = {
        "bits_allocated": 16,
        "signed": False,
        "samples_per_pixel": 1,
        "transfer_syntax_uid": LOSSLESS,
    }
    return decode_frame(data, rows=rows, columns=columns, **(plain | changes))


@pytest.mark.data
@pytest.mark.parametrize("name", FILES)
def test_jpeg_ls_decodes_as_in_pydicom(need, name):
    dataset = pydicom.dcmread(need("data") / name)
    (frame,) = generate_frames(dataset.PixelData, number_of_frames=1)

    decoded = decode_frame(frame, **layout(dataset))

    np.testing.assert_array_equal(decoded, dataset.pixel_array)
    assert decoded.dtype == dataset.pixel_array.dtype


@pytest.mark.data
@pytest.mark.debian
@pytest.mark.parametrize("name", FILES[:2])
def test_jpeg_ls_decodes_as_in_dcmtk(need, tmp_path, name):
    path, raw = need("data") / name, tmp_path / "raw.dcm"
    subprocess.run([need("dcmtk"), path, raw], check=True)
    compressed, plain = pydicom.dcmread(path), pydicom.dcmread(raw)
    (frame,) = generate_frames(compressed.PixelData, number_of_frames=1)

    decoded = decode_frame(frame, **layout(compressed))
    of_dcmtk = decode_frame(plain.PixelData, **layout(plain))

    assert plain.file_meta.TransferSyntaxUID == RAW
    np.testing.assert_array_equal(decoded, of_dcmtk)


@pytest.mark.parametrize(
    ("bits", "signed", "dtype"),
    [(8, False, "u1"), (8, True, "i1"), (16, False, "<u2"), (16, True, "<i2")],
)
def test_raw_values_come_back_as_they_were_stored(bits, signed, dtype):
    limits = np.iinfo(dtype)
    stored = np.array([[limits.min, 1, 2], [3, 4, limits.max]], dtype)

    decoded = decode(
        stored.tobytes(),
        2,
        3,
        bits_allocated=bits,
        signed=signed,
        transfer_syntax_uid=RAW,
    )

    np.testing.assert_array_equal(decoded, stored)
    assert decoded.dtype == np.dtype(dtype)


def test_eight_bit_samples_in_sixteen_bits_are_widened():
    stored = np.arange(6, dtype="u1").reshape(2, 3)

    decoded = decode(imagecodecs.jpegls_encode(stored), 2, 3)

    np.testing.assert_array_equal(decoded, stored)
    assert decoded.dtype == np.dtype("<u2")


WIDE = imagecodecs.jpegls_encode(np.arange(24, dtype="u2").reshape(4, 6) * 2000)
COLOUR = imagecodecs.jpegls_encode(np.zeros((4, 6, 3), "u1"))


@pytest.mark.parametrize(
    ("data", "changes", "reason"),
    [
        (b"\0" * 47, {"transfer_syntax_uid": RAW}, "47 bytes"),
        (b"\0" * 49, {"transfer_syntax_uid": RAW}, "49 bytes"),
        (WIDE, {"bits_allocated": 8}, "more bits"),
        (COLOUR, {"bits_allocated": 8}, "another size"),
        (WIDE[:20], {}, "no frame header|cut off"),
        (WIDE[: len(WIDE) // 2], {}, "cut off"),
        (b"\xff\xd8", {}, "no frame header"),
        (b"\xff\xd8\xff\xda\0\0\0\0", {}, "no frame header"),
        (b"not a code stream", {}, "not a JPEG-LS"),
    ],
)
def test_bytes_that_are_not_what_the_header_declares_are_refused(data, changes, reason):
    with pytest.raises(NotInStandard, match=reason):
        decode(data, 4, 6, **changes)


def test_a_frame_that_claims_to_be_huge_is_refused_before_it_is_decoded(monkeypatch):
    def never(_data: bytes) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(imagecodecs, "jpegls_decode", never)
    huge = WIDE.replace(
        b"\xff\xf7\x00\x0b\x10\x00\x04\x00\x06", b"\xff\xf7\x00\x0b\x10\xff\xff\xff\xff"
    )
    assert huge != WIDE

    with pytest.raises(NotInStandard, match="another size"):
        decode(huge, 4, 6)


def test_a_stream_that_was_cut_off_is_refused_before_it_is_decoded():
    with pytest.raises(NotInStandard, match="cut off"):
        decode(WIDE[:-2], 4, 6)


@pytest.mark.parametrize("padding", [b"\0", b"\0\0", b"\xff"])
def test_what_stands_behind_the_end_marker_is_padding(padding):
    assert (decode(WIDE + padding, 4, 6) == decode(WIDE, 4, 6)).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"bits_allocated": 32},
        {"samples_per_pixel": 3},
        {"transfer_syntax_uid": "1.2.840.10008.1.2.2"},
        {"transfer_syntax_uid": "1.2.840.10008.1.2.4.90"},
    ],
)
def test_what_is_not_decoded_is_named(changes):
    with pytest.raises(NotSupported):
        decode(WIDE, 4, 6, **changes)


@given(st.integers(0, len(WIDE) - 1), st.integers(0, 255))
def test_a_changed_byte_gives_a_picture_of_the_size_or_a_refusal(at, byte):
    damaged = WIDE[:at] + bytes([byte]) + WIDE[at + 1 :]

    try:
        assert decode(damaged, 4, 6).shape == (4, 6)
    except NotInStandard:
        pass
