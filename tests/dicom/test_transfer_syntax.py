"""The table of transfer syntaxes. Oracle: pydicom's dictionary of PS3.6 Annex A."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydicom._uid_dict import UID_dictionary

from smart_viewer.dicom.study import PixelLayout
from smart_viewer.dicom.transfer_syntax import (
    Way,
    delivery,
    fits_colour,
    fits_depth,
    is_native,
    name,
    shown_by_browser,
    way,
)

NATIVE = "1.2.840.10008.1.2.1"
JPEG = "1.2.840.10008.1.2.4."
GREY = PixelLayout(4, 6, 1, "MONOCHROME2", 16, 16, 15, False)
BYTES = PixelLayout(4, 6, 1, "MONOCHROME2", 8, 8, 7, False)
RGB = PixelLayout(4, 6, 3, "RGB", 8, 8, 7, False)
FLOAT = PixelLayout(4, 6, 1, "MONOCHROME2", 32, 32, 31, True, is_float=True)
DEEP = PixelLayout(4, 6, 3, "RGB", 16, 16, 15, False)
BITS = PixelLayout(4, 6, 1, "MONOCHROME2", 1, 1, 0, False)


def photometric(pixels: PixelLayout, interpretation: str) -> PixelLayout:
    return replace(pixels, photometric_interpretation=interpretation)


def test_every_transfer_syntax_of_the_standard_is_named():
    listed = {
        uid for uid, entry in UID_dictionary.items() if entry[1] == "Transfer Syntax"
    }

    assert len(listed) > 50
    assert [uid for uid in listed if name(uid) == uid] == []
    assert name("2.999") == "2.999" and way("2.999") is Way.REFUSED


@pytest.mark.parametrize(
    ("found", "ends"),
    [
        (Way.BROWSER, ["", ".1", ".4.50", ".4.51", ".4.57", ".4.70", ".4.80", ".4.81",
                       ".4.90", ".4.91", ".4.201", ".4.202", ".4.203", ".5"]),
        (Way.SERVER, [".1.98", ".1.99", ".2", ".4.53", ".4.55", ".4.92", ".4.93",
                      ".4.110", ".4.111", ".4.112", ".8.1"]),
        (Way.REFUSED, [".4.52", ".4.54", ".4.56", ".4.58", ".4.65", ".4.94", ".4.100",
                       ".4.102", ".4.108", ".4.204", ".7.1"]),
    ],
)  # fmt: skip
def test_the_way_of_each_syntax(found, ends):
    for end in ends:
        uid = f"1.2.840.10008.1.2{end}"
        assert way(uid) is found
        assert delivery(uid, BYTES) is found
        assert shown_by_browser(uid) == (found is Way.BROWSER)


@pytest.mark.parametrize(
    ("uid", "pixels", "found"),
    [
        ("", GREY, Way.BROWSER),  # not told: looked at when the frame comes
        (NATIVE, BITS, Way.SERVER),
        (NATIVE, FLOAT, Way.BROWSER),
        (NATIVE, replace(FLOAT, bits_allocated=64), Way.BROWSER),
        (NATIVE, replace(FLOAT, bits_allocated=16), Way.REFUSED),
        (f"{JPEG}80", FLOAT, Way.REFUSED),
        (NATIVE, replace(GREY, bits_allocated=32), Way.BROWSER),
        (NATIVE, replace(GREY, bits_allocated=12), Way.REFUSED),
        (f"{JPEG}90", replace(GREY, bits_allocated=32), Way.SERVER),
        (f"{JPEG}90", BITS, Way.SERVER),
        (f"{JPEG}50", BITS, Way.REFUSED),
        (f"{JPEG}51", replace(GREY, bits_stored=12, high_bit=11), Way.SERVER),
        (f"{JPEG}51", replace(GREY, bits_stored=8, high_bit=7), Way.BROWSER),
        (f"{JPEG}80", replace(GREY, bits_stored=12, high_bit=15), Way.SERVER),
        ("1.2.840.10008.1.2.5", replace(GREY, bits_stored=12), Way.BROWSER),
        (NATIVE, RGB, Way.BROWSER),
        (NATIVE, photometric(RGB, "YBR_FULL_422"), Way.BROWSER),
        (NATIVE, photometric(RGB, "YBR_PARTIAL_422"), Way.SERVER),
        (NATIVE, replace(RGB, photometric_interpretation="HSV"), Way.REFUSED),
        (NATIVE, DEEP, Way.SERVER),
        (NATIVE, replace(RGB, samples_per_pixel=4), Way.REFUSED),
        (NATIVE, photometric(GREY, "PALETTE COLOR"), Way.BROWSER),
        (NATIVE, replace(GREY, photometric_interpretation="RGB"), Way.REFUSED),
    ],
)  # fmt: skip
def test_the_way_depends_on_the_samples_too(uid, pixels, found):
    assert delivery(uid, pixels) is found
    if found is Way.REFUSED:
        assert not (fits_depth(uid, pixels) and fits_colour(pixels))


def test_what_the_page_cannot_do_to_the_bytes_is_done_here():
    assert delivery(NATIVE, RGB, has_foreign_profile=True) is Way.SERVER
    assert delivery(NATIVE, GREY, is_tiled=True) is Way.SERVER
    assert delivery(f"{JPEG}100", RGB, has_foreign_profile=True) is Way.REFUSED


def test_native_syntaxes_are_told_from_encapsulated_ones():
    natives = ["", ".1", ".2", ".1.99"]
    assert all(is_native(f"1.2.840.10008.1.2{end}") for end in natives)
    assert not is_native("1.2.840.10008.1.2.1.98")
