"""Decoding whatever the syntax. Oracle: pydicom of the same bytes; bytes made wrong."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest
from codec_images import JPEG, colour, colours, grey, waves
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.codec import decode
from smart_viewer.codec.decode import decode_frame
from smart_viewer.codec.stored import Stored
from smart_viewer.dicom.transfer_syntax import _SYNTAXES, Way, way
from smart_viewer.errors import NotInStandard, NotSupported

RAW, LOSSLESS = "1.2.840.10008.1.2.1", f"{JPEG}80"


def test_every_syntax_that_is_not_refused_has_a_decoder_and_no_other():
    decoded = {uid for uid in _SYNTAXES if way(uid) is not Way.REFUSED}

    assert decoded == decode._DECODERS.keys()


@pytest.mark.parametrize(
    ("stored", "uid", "error"),
    [
        (grey(4, 6, 8, 8), "1.2.840.10008.1.2.4.100", NotSupported),
        (grey(4, 6, 8, 8), "", NotSupported),
        (grey(4, 6, 12, 12), RAW, NotSupported),
        (grey(4, 6, 64, 64), RAW, NotSupported),
        (grey(0, 6, 8, 8), RAW, NotInStandard),
        (Stored(4, 6, 4, "CMYK", 8, 8, 7, False), RAW, NotSupported),
        (Stored(4, 6, 1, "", 16, 16, 15, False, is_float=True), RAW, NotSupported),
        (Stored(4, 6, 1, "", 32, 32, 31, True, is_float=True), LOSSLESS, NotSupported),
        (grey(0xFFFF, 0xFFFF, 16, 16), RAW, NotSupported),
    ],
)
def test_what_is_not_decoded_is_named(stored, uid, error):
    with pytest.raises(error):
        decode_frame(bytes(24), stored, uid)


@pytest.mark.parametrize("uid", sorted(decode._DECODERS))
def test_a_frame_that_claims_to_be_huge_takes_no_memory(uid, monkeypatch):
    def never(*_data: object, **_options: object) -> None:
        raise AssertionError("decoded")

    for name in ("jpeg8", "jpegls", "jpeg2k", "jpegxl"):
        monkeypatch.setattr(imagecodecs, f"{name}_decode", never)

    with pytest.raises((NotInStandard, NotSupported)):
        decode_frame(b"\xff\xd8\xff\xd9" * 20, grey(11_000, 11_000, 16, 16), uid)


def test_a_decoder_without_memory_says_so(monkeypatch):
    def exhausted(_data: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(imagecodecs, "jpegls_decode", exhausted)
    with pytest.raises(NotSupported, match="too large"):
        decode_frame(SEEDS[LOSSLESS], grey(4, 6, 8, 8), LOSSLESS)


def test_a_decoder_that_answers_another_size_is_not_believed(monkeypatch):
    other = np.zeros((5, 6), "u1")
    for name, uid in (("jpegls", LOSSLESS), ("jpeg8", f"{JPEG}50"),
                      ("jpeg2k", f"{JPEG}90"), ("jpegxl", f"{JPEG}110")):  # fmt: skip
        monkeypatch.setattr(imagecodecs, f"{name}_decode", lambda *_, **__: other)
        with pytest.raises(NotInStandard, match="another size"):
            decode_frame(SEEDS[uid], grey(4, 6, 8, 8), uid)


def test_a_decoder_that_answers_another_type_is_not_believed(monkeypatch):
    fractions = np.zeros((4, 6), "f4")
    monkeypatch.setattr(imagecodecs, "jpegls_decode", lambda _data: fractions)
    with pytest.raises(NotInStandard, match="fractions"):
        decode_frame(SEEDS[LOSSLESS], grey(4, 6, 8, 8), LOSSLESS)

    monkeypatch.setitem(decode._DECODERS, "1.2", lambda *_: (fractions, "rgb"))
    with pytest.raises(NotInStandard, match="something else"):
        decode_frame(b"", grey(4, 6, 8, 8), "1.2")


KNOWN = waves(4, 6, 8)
SEEDS = {
    RAW: KNOWN.tobytes(),
    f"{JPEG}50": imagecodecs.jpeg8_encode(KNOWN),
    f"{JPEG}57": imagecodecs.jpeg8_encode(KNOWN, lossless=True, predictor=2),
    LOSSLESS: imagecodecs.jpegls_encode(KNOWN),
    f"{JPEG}90": imagecodecs.jpeg2k_encode(KNOWN, codecformat="J2K", level=0),
    f"{JPEG}201": imagecodecs.htj2k_encode(KNOWN, reversible=True),
    f"{JPEG}110": imagecodecs.jpegxl_encode(KNOWN, lossless=True, effort=1),
}


@given(st.sampled_from(sorted(SEEDS)), st.data())
def test_a_changed_byte_gives_a_picture_of_the_size_or_a_refusal(uid, data):
    seed = SEEDS[uid]
    at = data.draw(st.integers(0, len(seed) - 1))
    damaged = seed[:at] + bytes([data.draw(st.integers(0, 255))]) + seed[at + 1 :]

    try:
        assert decode_frame(damaged, grey(4, 6, 8, 8), uid).values.shape == (4, 6)
    except (NotInStandard, NotSupported):
        pass


@pytest.mark.parametrize("uid", sorted(SEEDS))
def test_a_stream_that_was_cut_off_is_refused(uid):
    for length in (len(SEEDS[uid]) // 2, 10, 1, 0):
        with pytest.raises(NotInStandard):
            decode_frame(SEEDS[uid][:length], grey(4, 6, 8, 8), uid)


@pytest.mark.parametrize("uid", sorted(SEEDS.keys() - {RAW, f"{JPEG}110"}))
@pytest.mark.parametrize("padding", [b"\0", b"\xff"])
def test_what_stands_behind_the_end_marker_is_padding(uid, padding):
    whole = decode_frame(SEEDS[uid], grey(4, 6, 8, 8), uid)
    padded = decode_frame(SEEDS[uid] + padding, grey(4, 6, 8, 8), uid)

    np.testing.assert_array_equal(padded.values, whole.values)


def test_narrow_streams_are_widened_to_the_headers_cells():
    found = decode_frame(SEEDS[LOSSLESS], grey(4, 6, 8, 16), LOSSLESS).values

    np.testing.assert_array_equal(found, KNOWN)
    assert found.dtype == np.dtype("<u2")


def test_retired_partial_chroma_is_brought_to_the_full_range():
    stored = colour(1, 2, "YBR_PARTIAL_422")

    found = decode_frame(bytes([16, 235, 128, 128]), stored, RAW).values

    assert found.tolist() == [[[0, 0, 0], [255, 255, 255]]]
    assert decode_frame(colours(2, 2).tobytes(), colour(2, 2), RAW).model == "rgb"
