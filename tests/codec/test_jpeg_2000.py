"""JPEG 2000 and HTJ2K. Oracle: known samples; OpenJPH encodes what OpenJPEG decodes."""

from __future__ import annotations

from struct import pack

import imagecodecs
import numpy as np
import pydicom
import pytest
from codec_images import (
    JPEG,
    colour,
    colours,
    dataset,
    decoded,
    frames_of,
    grey,
    waves,
)

from smart_viewer.codec.decode import decode_frame
from smart_viewer.codec.jpeg_2000_header import code_stream, read_jpeg_2000_header
from smart_viewer.codec.stored import Stored
from smart_viewer.errors import NotInStandard, NotSupported

LOSSLESS, LOSSY, HT = f"{JPEG}90", f"{JPEG}91", f"{JPEG}201"
ALL = [f"{JPEG}{n}" for n in (90, 91, 92, 93, 201, 202, 203)]
SHAPE = (40, 52)


def encoded(samples: np.ndarray, **options: object) -> bytes:
    given = {"codecformat": "J2K", "level": 0, "reversible": True, **options}
    return imagecodecs.jpeg2k_encode(samples, **given)


@pytest.mark.parametrize("bits", [1, 7, 8, 12, 13, 16])
def test_every_depth_gives_the_very_samples(bits):
    known = waves(*SHAPE, bits)
    stream = encoded(known, bitspersample=bits)
    layout = grey(*SHAPE, bits, known.dtype.itemsize * 8)

    for uid in ALL:
        np.testing.assert_array_equal(decode_frame(stream, layout, uid).values, known)


@pytest.mark.parametrize("dtype", ["u1", "u2", "i2"])
def test_high_throughput_streams_of_another_library_give_the_very_samples(dtype):
    known = waves(*SHAPE, 8 if dtype == "u1" else 15).astype(dtype)
    stream = imagecodecs.htj2k_encode(known, reversible=True)
    bits = known.dtype.itemsize * 8

    found = decode_frame(stream, grey(*SHAPE, bits, bits, dtype == "i2"), HT)

    np.testing.assert_array_equal(found.values, known)
    assert found.values.dtype == known.dtype


def test_lossy_high_throughput_streams_are_as_their_own_library_decodes_them():
    stream = imagecodecs.htj2k_encode(colours(*SHAPE), reversible=False, level=0.01)

    found = decode_frame(stream, colour(*SHAPE, "YBR_ICT"), f"{JPEG}203").values

    expected = imagecodecs.htj2k_decode(stream)
    assert np.abs(found.astype(int) - expected.astype(int)).max() <= 1


@pytest.mark.parametrize("encode", [encoded, imagecodecs.htj2k_encode])
def test_the_component_transform_is_undone(encode):
    known = colours(*SHAPE)
    stream = encode(known, reversible=True)

    for header in ("YBR_RCT", "RGB", "YBR_FULL"):  # the stream knows better
        found = decode_frame(stream, colour(*SHAPE, header), LOSSLESS)
        assert found.model == "rgb"
        np.testing.assert_array_equal(found.values, known)


def test_untransformed_components_are_what_the_header_says():
    known = colours(*SHAPE)
    stream = encoded(known, mct=False)

    as_rgb = decode_frame(stream, colour(*SHAPE, "RGB"), LOSSLESS).values
    as_ybr = decode_frame(stream, colour(*SHAPE, "YBR_FULL"), LOSSLESS).values
    by_pydicom = pydicom.pixels.convert_color_space(known, "YBR_FULL", "RGB")

    np.testing.assert_array_equal(as_rgb, known)
    assert np.abs(as_ybr.astype(int) - by_pydicom.astype(int)).max() <= 1


def test_the_irreversible_transform_is_near():
    known = colours(*SHAPE)
    stream = imagecodecs.jpeg2k_encode(known, codecformat="J2K", level=60)

    found = decode_frame(stream, colour(*SHAPE, "YBR_ICT"), LOSSY).values

    assert np.abs(found.astype(int) - known.astype(int)).max() <= 4


@pytest.mark.parametrize(
    ("stored", "bits", "expected"),
    [
        ([0, 4095, 8191], 13, [0, 4095, -1]),  # bits of another sign than the stream's
        ([0, 4096, 8191], 13, [0, -4096, -1]),
    ],
)
def test_an_unsigned_stream_of_a_signed_image_holds_twos_complement(
    stored, bits, expected
):
    stream = encoded(np.array([stored], "u2"), bitspersample=bits)

    found = decode_frame(stream, grey(1, 3, bits, 16, signed=True), LOSSLESS).values

    assert found.tolist() == [expected]


def test_a_signed_stream_of_an_unsigned_image_holds_the_same_bits():
    stream = encoded(np.array([[-1, -2048, 2047]], "i2"), bitspersample=12)

    found = decode_frame(stream, grey(1, 3, 12, 16), LOSSLESS).values

    assert found.tolist() == [[4095, 2048, 2047]]


def test_bits_go_where_the_high_bit_says():
    known = np.array([[1, 2, 4095]], "u2")
    layout = Stored(1, 3, 1, "MONOCHROME2", 16, 12, 15, False)

    aligned = decode_frame(encoded(known, bitspersample=12), layout, LOSSLESS).values
    whole = decode_frame(encoded(known, bitspersample=16), layout, LOSSLESS).values

    assert aligned.tolist() == [[16, 32, 65520]]
    assert whole.tolist() == [[1, 2, 4095]]  # deeper than Bits Stored: whole cells


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [
        ("pydicom_test_files/J2K_pixelrep_mismatch.dcm", -2000, 2492),
        ("jpeg_ls_jpeg_ext_pylibjpeg/ELSCINT1_JP2vsJ2K.dcm", None, None),
        ("pydicom_test_files/GDCMJ2K_TextGBR.dcm", None, None),
        ("pydicom_data_misc/emri_small_jpeg_2k_lossless.dcm", None, None),
    ],
)
def test_known_traps_decode_as_in_pydicom(need, name, lowest, highest):
    path = need("data") / name
    if not path.exists():
        path = next(need("data").rglob(path.name))
    found = pydicom.dcmread(path)

    values = decoded(found).values
    expected = found.pixel_array
    first = expected[0] if int(found.get("NumberOfFrames") or 1) > 1 else expected

    np.testing.assert_array_equal(values, first)
    if lowest is not None:
        assert values.min() == lowest


def test_the_encoder_of_pydicom_is_understood():
    made = dataset([waves(*SHAPE, 12, seed) for seed in (1, 2)], bits_stored=12)
    known = made.pixel_array
    made.compress(LOSSLESS)

    for index in (0, 1):
        np.testing.assert_array_equal(decoded(made, index).values, known[index])
    assert len(frames_of(made)) == 2


GREY = encoded(waves(*SHAPE, 8))
COD = GREY.index(b"\xff\x52")
SOT = GREY.index(b"\xff\x90")


HUGE = {"x": 65535, "y": 65535, "tx": 65535, "ty": 65535}


def with_size(**changes: int) -> bytes:
    names = ["x", "y", "x0", "y0", "tx", "ty", "tx0", "ty0"]
    sizes = dict(zip(names, (52, 40, 0, 0, 52, 40, 0, 0), strict=True)) | changes
    return GREY[:8] + pack(">8L", *sizes.values()) + GREY[40:]


def changed(at: int, value: bytes) -> bytes:
    return GREY[:at] + value + GREY[at + len(value) :]


@pytest.mark.parametrize(
    ("data", "error", "reason"),
    [
        (with_size(**HUGE), NotInStandard, "another size"),
        (with_size(x=40, y=52, tx=52, ty=52), NotInStandard, "another size"),
        (with_size(x=0xDDE0FEFF), NotInStandard, "another size"),
        (with_size(tx=0), NotInStandard, "not one"),
        (with_size(x0=60), NotInStandard, "not one"),
        (with_size(tx=26), NotInStandard, "tiles are missing"),
        (changed(42, b"\x0f"), NotInStandard, "more bits"),
        (changed(42, b"\x18"), NotSupported, "more than 24 bits"),
        (changed(43, b"\x02"), NotSupported, "not of one size"),
        (changed(40, b"\x00\x00"), NotInStandard, "cut off"),
        (changed(COD + 9, b"\x21"), NotInStandard, "levels"),
        (GREY[: COD + 4], NotInStandard, "cut off|damaged"),
        (GREY[:SOT], NotInStandard, "cut off|damaged"),
        (GREY[: SOT + 6], NotInStandard, "cut off"),
        (GREY[: len(GREY) // 2], NotInStandard, "cut off"),
        (changed(SOT + 6, pack(">L", 13)), NotInStandard, "cut off"),
        (changed(2, b"\xff\x52"), NotInStandard, "not a JPEG 2000"),
        (b"", NotInStandard, "not a JPEG 2000"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0\0\0\x10ftypjp2 " * 70, NotInStandard,
         "not a JPEG 2000"),
        (imagecodecs.jpeg2k_encode(colours(*SHAPE)), NotInStandard, "another size"),
    ],
)  # fmt: skip
def test_a_stream_that_is_not_what_its_header_declares_is_refused(data, error, reason):
    with pytest.raises(error, match=reason):
        decode_frame(data, grey(*SHAPE, 8, 8), LOSSLESS)


def test_thousands_of_tiles_are_refused():
    stream = with_size(tx=1, ty=1, x=65, y=64)

    with pytest.raises(NotSupported, match="too many tiles"):
        decode_frame(stream, grey(64, 65, 8, 8), LOSSLESS)


def precincts(exponents: int, levels: int = 5) -> bytes:
    """The stream whose COD names precincts; only its header is looked at."""
    cod = bytearray(GREY[COD : COD + 14])
    cod[3] += levels + 1
    cod[4] |= 1
    cod[9] = levels
    return (
        GREY[:COD] + bytes(cod) + bytes([exponents] * (levels + 1)) + GREY[COD + 14 :]
    )


def test_precincts_that_would_take_memory_out_of_proportion_are_refused():
    read_jpeg_2000_header(precincts(0x77), grey(*SHAPE, 8, 8))
    large = (
        precincts(0x11)[:8]
        + pack(">8L", *(4000, 4000, 0, 0) * 2)
        + precincts(0x11)[40:]
    )

    with pytest.raises(NotSupported, match="precincts"):
        read_jpeg_2000_header(large, grey(4000, 4000, 8, 8))


def test_a_component_of_its_own_coding_is_looked_at_too():
    coc = b"\xff\x53" + pack(">HBB", 9, 0, 0) + b"\x40\x04\x04\x00\x01"
    with pytest.raises(NotInStandard, match="levels"):
        read_jpeg_2000_header(GREY[:SOT] + coc + GREY[SOT:], grey(*SHAPE, 8, 8))


@pytest.mark.parametrize("marker", [0x74, 0x75, 0x77, 0x78, 0x79])
def test_extensions_of_part_2_are_refused_by_name(marker):
    stream = GREY[:SOT] + bytes((0xFF, marker, 0, 4, 0, 0)) + GREY[SOT:]

    with pytest.raises(NotSupported, match="part 2"):
        decode_frame(stream, grey(*SHAPE, 8, 8), f"{JPEG}93")


def test_samples_of_different_depth_are_refused():
    stream = bytearray(encoded(colours(*SHAPE)))
    stream[45] = 0x08  # the second component's Ssiz

    with pytest.raises(NotSupported, match="differ in depth"):
        decode_frame(bytes(stream), colour(*SHAPE), LOSSLESS)


def test_endless_marker_segments_are_refused():
    stream = GREY[:SOT] + b"\xff\x64\x00\x02" * 70_000 + GREY[SOT:]

    with pytest.raises(NotSupported, match="too many parts"):
        decode_frame(stream, grey(*SHAPE, 8, 8), LOSSLESS)


def test_streams_without_an_end_marker_or_a_length_are_whole():
    without_end = GREY[:-2]
    without_length = changed(SOT + 6, pack(">L", 0))

    for stream in (without_end, without_length, GREY + b"\0", without_length[:-2]):
        found = decode_frame(stream, grey(*SHAPE, 8, 8), LOSSLESS).values
        np.testing.assert_array_equal(found, waves(*SHAPE, 8))


@pytest.mark.parametrize("large", [False, True])
def test_a_code_stream_is_found_in_its_box(large):
    size = len(GREY)
    head = pack(">L4sQ", 1, b"jp2c", size + 16) if large else pack(">L4s", 0, b"jp2c")
    boxed = b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0\0\0\x10ftypjp2 abcd" + head + GREY

    assert code_stream(boxed) == GREY
