"""JPEG frames. Oracle: known samples (lossless), dcmtk's decoder, byte-made headers."""

from __future__ import annotations

import subprocess
from struct import pack

import imagecodecs
import numpy as np
import pydicom
import pytest
from codec_images import (
    JPEG,
    colour,
    colours,
    converted,
    dataset,
    decoded,
    frames_of,
    grey,
    waves,
)

from smart_viewer.codec.decode import decode_frame
from smart_viewer.errors import NotInStandard, NotSupported

LOSSLESS, BASELINE, EXTENDED = f"{JPEG}57", f"{JPEG}50", f"{JPEG}51"
SHAPE = (48, 56)
# One unit of the last place: decoders may round the cosine transform otherwise.
ROUNDING = 1


@pytest.mark.debian
@pytest.mark.parametrize("bits", [2, 7, 8, 10, 12, 15, 16])
@pytest.mark.parametrize("selection", [1, 4, 6, 7])
def test_lossless_jpeg_gives_the_very_samples(need, tmp_path, bits, selection):
    known = waves(*SHAPE, bits)
    options = ["+el", "+sv", str(selection)] if selection != 1 else ["+e1"]
    found = converted(
        need, tmp_path, dataset([known], bits_stored=bits), "dcmcjpeg", *options
    )

    assert found.file_meta.TransferSyntaxUID == f"{JPEG}{70 if selection == 1 else 57}"
    np.testing.assert_array_equal(decoded(found).values, known)


@pytest.mark.debian
@pytest.mark.parametrize("bits", [9, 12, 16])
def test_lossless_jpeg_keeps_the_sign(need, tmp_path, bits):
    known = (waves(*SHAPE, bits).astype(int) - (1 << (bits - 1))).astype(np.int16)
    made = dataset([known], bits_stored=bits)

    found = decoded(converted(need, tmp_path, made, "dcmcjpeg", "+e1")).values

    np.testing.assert_array_equal(found, known)
    assert found.dtype == np.int16


@pytest.mark.debian
@pytest.mark.parametrize("planar", [0, 1])
def test_lossless_jpeg_of_colours_gives_the_very_colours(need, tmp_path, planar):
    """dcmtk writes a JFIF mark with RGB in the lossless process: it says nothing."""
    known = colours(*SHAPE)
    made = dataset([known], bits_stored=8, interpretation="RGB", planar=planar)

    found = decoded(converted(need, tmp_path, made, "dcmcjpeg", "+e1"))

    assert found.model == "rgb"
    np.testing.assert_array_equal(found.values, known)


@pytest.mark.debian
@pytest.mark.parametrize(
    ("process", "uid", "bits"),
    [
        ("+eb", 50, 8),
        *[
            (process, uid, bits)
            for process, uid in (("+ee", 51), ("+es", 53), ("+ep", 55))
            for bits in (8, 12)
        ],
    ],
)
def test_lossy_jpeg_is_within_rounding_of_dcmtk(need, tmp_path, process, uid, bits):
    made = dataset([waves(*SHAPE, bits)], bits_stored=bits)
    found = converted(need, tmp_path, made, "dcmcjpeg", process)

    assert found.file_meta.TransferSyntaxUID == f"{JPEG}{uid}"
    assert_as_dcmtk(found, tmp_path)


def assert_as_dcmtk(found, folder, *options):
    """Decoded by dcmdjpeg to the same samples, up to rounding."""
    path, plain = folder / "after.dcm", folder / "plain.dcm"
    subprocess.run(["dcmdjpeg", *options, path, plain], check=True)
    expected = pydicom.dcmread(plain)
    array = np.frombuffer(expected.PixelData, f"u{expected.BitsAllocated // 8}")
    values = decoded(found).values
    array = array[: values.size].reshape(values.shape)
    assert np.abs(values.astype(int) - array.astype(int)).max() <= ROUNDING


@pytest.mark.debian
@pytest.mark.parametrize("subsampling", ["+s4", "+s2"])
def test_lossy_colours_are_within_rounding_of_dcmtk(need, tmp_path, subsampling):
    made = dataset([colours(*SHAPE)], bits_stored=8, interpretation="RGB")
    found = converted(need, tmp_path, made, "dcmcjpeg", "+eb", "+cy", subsampling)

    assert found.PhotometricInterpretation.startswith("YBR_FULL")
    expected = imagecodecs.jpeg8_decode(frames_of(found)[0])  # libjpeg's own colours
    values = decoded(found).values
    assert np.abs(values.astype(int) - expected.astype(int)).max() <= ROUNDING
    assert_as_dcmtk(found, tmp_path, "+ca")


@pytest.mark.debian
def test_rgb_that_is_coded_as_rgb_stays(need, tmp_path):
    made = dataset([colours(*SHAPE)], bits_stored=8, interpretation="RGB")
    found = converted(need, tmp_path, made, "dcmcjpeg", "+eb", "+cr")

    assert_as_dcmtk(found, tmp_path, "+cn")


@pytest.mark.debian
def test_frames_of_a_multi_frame_image_are_decoded_each(need, tmp_path):
    known = [waves(*SHAPE, 12, seed) for seed in range(3)]
    found = converted(
        need, tmp_path, dataset(known, bits_stored=12), "dcmcjpeg", "+fs", "1"
    )

    for index, one in enumerate(known):
        np.testing.assert_array_equal(decoded(found, index).values, one)


def coded(samples: np.ndarray, **options: object) -> bytes:
    return imagecodecs.jpeg8_encode(samples, **options)


GREY = coded(waves(16, 24, 8))
YBR = coded(colours(16, 24))  # JFIF, ids 1 2 3, subsampled
SOF = YBR.index(b"\xff\xc0")


def remarked(
    data: bytes, *, jfif: bool = True, ids: bytes = b"\1\2\3", adobe: int | None = None
) -> bytes:
    """The stream with other marks of colour; the coded samples stay the same."""
    at = data.index(b"\xff\xc0")
    head = bytearray(data[at : at + 19])
    scan = data.index(b"\xff\xda")
    tail = bytearray(data[scan:])
    for n, one in enumerate(ids):
        head[10 + 3 * n] = tail[5 + 2 * n] = one
    tables = data[20:at] + bytes(head) + data[at + 19 : scan] + bytes(tail)
    marks = data[2:20] if jfif else b""
    if adobe is not None:
        marks += b"\xff\xee\x00\x0eAdobe" + pack(">HHHB", 100, 0, 0, adobe)
    return b"\xff\xd8" + marks + tables


# The same coded components, of a stream without subsampling, as RGB and as YBR.
FULL = coded(colours(16, 24), subsampling="444")
AS_RGB = imagecodecs.jpeg8_decode(FULL, colorspace="RGB", outcolorspace="RGB")
AS_YBR = imagecodecs.jpeg8_decode(FULL)


@pytest.mark.parametrize(
    ("marks", "header", "expected"),
    [
        ({"adobe": 0}, "YBR_FULL_422", AS_RGB),  # the transform goes first
        ({"adobe": 1}, "RGB", AS_YBR),
        ({"adobe": 1, "ids": b"RGB"}, "RGB", AS_YBR),
        ({"ids": b"RGB"}, "YBR_FULL_422", AS_RGB),  # then the ids
        ({}, "RGB", AS_YBR),  # then JFIF
        ({"jfif": False}, "RGB", AS_RGB),  # then the header
        ({"jfif": False}, "YBR_FULL", AS_YBR),
        ({"jfif": False, "ids": b"\0\1\2"}, "YBR_FULL_422", AS_YBR),
    ],
)
def test_colours_are_what_the_code_stream_says_they_are(marks, header, expected):
    found = decode_frame(remarked(FULL, **marks), colour(16, 24, header), BASELINE)

    difference = np.abs(found.values.astype(int) - expected.astype(int))
    assert difference.max() <= ROUNDING


def test_subsampled_components_cannot_be_rgb():
    stream = remarked(YBR, jfif=False)

    found = decode_frame(stream, colour(16, 24, "RGB"), BASELINE).values

    assert np.abs(found.astype(int) - imagecodecs.jpeg8_decode(YBR)).max() <= ROUNDING


def claiming(data: bytes, rows: int, columns: int, precision: int = 8) -> bytes:
    at = data.index(b"\xff\xc0")
    return data[: at + 4] + pack(">BHH", precision, rows, columns) + data[at + 9 :]


@pytest.mark.parametrize(
    ("data", "error", "reason"),
    [
        (claiming(GREY, 0xFFFF, 0xFFFF), NotInStandard, "another size"),
        (claiming(GREY, 24, 16), NotInStandard, "another size"),
        (claiming(GREY, 0, 24), NotInStandard, "another size"),
        (claiming(GREY, 16, 24, 12), NotInStandard, "more bits"),
        (claiming(GREY, 16, 24, 1), NotInStandard, "more bits"),
        (YBR, NotInStandard, "another size"),
        (GREY[:-2], NotInStandard, "end marker"),
        (GREY[: len(GREY) // 2], NotInStandard, "end marker"),
        (GREY[:30], NotInStandard, "no frame header"),
        (b"", NotInStandard, "not a JPEG"),
        (b"\xff\xd8\xff\xc0\x00\x05\x08", NotInStandard, "cut off"),
        (GREY.replace(b"\xff\xc0", b"\xff\xc9"), NotSupported, "process"),
        (GREY.replace(b"\xff\xc0", b"\xff\xc5"), NotSupported, "process"),
        (imagecodecs.jpegls_encode(waves(16, 24, 8)), NotInStandard, "is JPEG-LS"),
        (GREY[:-2] + b"\xff\xda" * 65 + b"\xff\xd9", NotSupported, "too many scans"),
        (GREY.replace(b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x18\x01\x01\x11",
                      b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x18\x01\x01\x51"),
         NotInStandard, "sampling"),
        (GREY.replace(b"\xff\xdb", b"\xff\xeb"), NotInStandard, "damaged"),
    ],
)  # fmt: skip
def test_a_stream_that_is_not_what_its_header_declares_is_refused(data, error, reason):
    with pytest.raises(error, match=reason):
        decode_frame(data, grey(16, 24, 8, 8), BASELINE)


def test_fill_bytes_and_stand_alone_markers_are_stepped_over():
    stream = GREY[:2] + b"\xff\xff\xff\x01" + GREY[2:]

    found = decode_frame(stream, grey(16, 24, 8, 8), BASELINE)

    np.testing.assert_array_equal(found.values, imagecodecs.jpeg8_decode(GREY))


def test_a_sample_deeper_than_bits_stored_keeps_its_cell():
    known = waves(16, 24, 16)
    stream = coded(known, lossless=True, bitspersample=16)

    found = decode_frame(stream, grey(16, 24, 12, 16), LOSSLESS)

    np.testing.assert_array_equal(found.values, known)
