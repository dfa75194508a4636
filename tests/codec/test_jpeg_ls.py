"""JPEG-LS frames. Oracle: dcmtk's and pydicom's encoders of known samples, pyjpegls."""

from __future__ import annotations

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
    grey,
    waves,
)

from smart_viewer.codec.decode import decode_frame
from smart_viewer.errors import NotInStandard

LOSSLESS = f"{JPEG}80"
SHAPE = (40, 52)


@pytest.mark.debian
@pytest.mark.parametrize("bits", [2, 7, 8, 10, 12, 15, 16])
def test_dcmtks_streams_give_the_very_samples(need, tmp_path, bits):
    known = waves(*SHAPE, bits)
    made = dataset([known], bits_stored=bits)

    found = decoded(converted(need, tmp_path, made, "dcmcjpls"))

    np.testing.assert_array_equal(found.values, known)


@pytest.mark.debian
@pytest.mark.parametrize("interleave", ["+in", "+il", "+is"])
def test_colours_of_every_interleaving_are_the_very_colours(need, tmp_path, interleave):
    known = colours(*SHAPE)
    made = dataset([known], bits_stored=8, interpretation="RGB")
    option = [] if interleave == "+in" else [interleave]

    found = decoded(converted(need, tmp_path, made, "dcmcjpls", *option))

    assert found.model == "rgb"
    np.testing.assert_array_equal(found.values, known)


def test_ybr_full_is_converted_after_decoding():
    known = colours(*SHAPE)
    stream = imagecodecs.jpegls_encode(known)

    found = decode_frame(stream, colour(*SHAPE, "YBR_FULL"), LOSSLESS)
    expected = pydicom.pixels.convert_color_space(known, "YBR_FULL", "RGB")

    assert np.abs(found.values.astype(int) - expected.astype(int)).max() <= 1


@pytest.mark.parametrize("bits", [9, 15])
def test_a_sign_is_that_of_the_streams_own_precision(bits):
    known = waves(*SHAPE, bits).astype("<i2") - (1 << (bits - 1))
    made = dataset([known], bits_stored=bits)
    made.compress(LOSSLESS, encoding_plugin="pyjpegls")

    np.testing.assert_array_equal(decoded(made).values, known)


@pytest.mark.debian
def test_near_lossless_stays_within_its_error(need, tmp_path):
    known = waves(*SHAPE, 12)
    made = dataset([known], bits_stored=12)

    found = decoded(converted(need, tmp_path, made, "dcmcjpls", "+en", "+md", "3"))

    assert 0 < np.abs(found.values.astype(int) - known.astype(int)).max() <= 3


def test_other_streams_are_refused():
    jpeg = imagecodecs.jpeg8_encode(waves(*SHAPE, 8))
    with pytest.raises(NotInStandard, match="not a JPEG-LS"):
        decode_frame(jpeg, grey(*SHAPE, 8, 8), LOSSLESS)

    stream = bytearray(imagecodecs.jpegls_encode(waves(*SHAPE, 8)))
    stream[stream.index(b"\xff\xf7") + 11] = 0x21
    with pytest.raises(NotInStandard, match="not of one size"):
        decode_frame(bytes(stream), grey(*SHAPE, 8, 8), LOSSLESS)
