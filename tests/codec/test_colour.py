"""Colours. Oracle: PS3.3 C.7.6.3.1.2 by hand, Pillow's LittleCMS for ICC profiles."""

from __future__ import annotations

from io import BytesIO

import imagecodecs
import numpy as np
import pytest
from codec_images import colours
from PIL import Image, ImageCms

from smart_viewer.codec.colour import (
    full_range,
    is_srgb,
    palette_to_srgb,
    to_eight_bits,
    to_srgb,
    ybr_to_rgb,
)

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# Adobe RGB's primaries and white with a gamma of 2.2.
WIDE = imagecodecs.cms_profile(
    "rgb",
    whitepoint=[0.3127, 0.3290, 1.0],
    primaries=[0.64, 0.33, 1.0, 0.21, 0.71, 1.0, 0.15, 0.06, 1.0],
    gamma=2.2,
)


@pytest.mark.parametrize(
    ("ybr", "rgb"),
    [
        ((128, 128, 128), (128, 128, 128)),
        ((0, 128, 128), (0, 0, 0)),
        ((255, 128, 128), (255, 255, 255)),
        ((76, 85, 255), (254, 0, 0)),  # 76 + 1.402 x 127 = 254.05; 76 - 75.9, no less
        ((149, 43, 21), (0, 255, 0)),
        ((29, 255, 107), (0, 0, 254)),
        ((100, 100, 200), (201, 58, 50)),  # 100.94+100, 109.6-51.4, 100-49.6
    ],
)
def test_ybr_full_becomes_rgb_by_the_standards_equations(ybr, rgb):
    found = ybr_to_rgb(np.array([[ybr]], np.uint8))[0, 0]

    assert np.abs(found.astype(int) - rgb).max() <= 1


def test_every_ybr_is_rounded_half_up_and_clamped():
    every = np.arange(0, 256, 5)
    ybr = np.stack(np.meshgrid(every, every, every), axis=-1).reshape(-1, 1, 3)
    y, cb, cr = np.moveaxis(ybr.astype(float), -1, 0)
    rgb = np.stack(
        (
            y + 1.402 * (cr - 128),
            y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
            y + 1.772 * (cb - 128),
        ),
        axis=-1,
    )
    expected = np.clip(np.floor(rgb + 0.5), 0, 255)

    found = ybr_to_rgb(ybr.astype(np.uint8))

    np.testing.assert_array_equal(found, expected)


def test_the_reduced_range_is_stretched():
    ends = np.array([[[16, 128, 128], [235, 16, 240], [0, 0, 255]]], np.uint8)

    assert full_range(ends).tolist() == [
        [[0, 128, 128], [255, 1, 256 - 1], [0, 0, 255]]
    ]


def test_deep_colours_keep_their_highest_eight_bits():
    cells = np.array([[[0, 0xFFFF, 0x1234]]], "<u2")

    assert to_eight_bits(cells, 16, 15).tolist() == [[[0, 255, 0x12]]]
    assert to_eight_bits(cells, 12, 11).tolist() == [[[0, 255, 0x23]]]
    assert to_eight_bits(cells, 8, 15).tolist() == [[[0, 255, 0x12]]]
    assert to_eight_bits(cells, 4, 3).tolist() == [[[0, 255, 68]]]  # 4 of 15


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        SRGB,
        imagecodecs.cms_profile("srgb"),
        b"junk" * 100,
        SRGB[:200],
        WIDE[:36] + b"xxxx" + WIDE[40:],
        WIDE[:16] + b"CMYK" + WIDE[20:],
    ],
)
def test_what_is_srgb_or_no_profile_changes_nothing(profile):
    assert is_srgb(profile)
    known = colours(8, 8)
    assert to_srgb(known, profile) is known


def test_another_profile_is_applied_as_littlecms_does_for_pillow():
    known = colours(30, 40)
    assert not is_srgb(WIDE)

    found = to_srgb(known, WIDE)
    expected = ImageCms.profileToProfile(
        Image.fromarray(known),
        ImageCms.ImageCmsProfile(BytesIO(WIDE)),
        ImageCms.ImageCmsProfile(BytesIO(SRGB)),
        renderingIntent=ImageCms.Intent.PERCEPTUAL,
    )

    assert np.abs(found.astype(int) - np.asarray(expected).astype(int)).max() <= 1
    assert np.abs(found.astype(int) - known.astype(int)).max() > 20


def test_greys_stay_grey():
    grey = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 3, axis=2)

    found = to_srgb(grey, WIDE).astype(int)

    assert np.ptp(found, axis=2).max() <= 1
    assert (np.diff(found[:, 0, 0]) >= 0).all()


def test_a_palettes_colours_are_converted_in_sixteen_bits():
    eight = colours(1, 256).reshape(-1, 3)
    entries = eight.astype(np.uint16) * 257

    found = palette_to_srgb(entries, WIDE)
    expected = to_srgb(eight.reshape(-1, 1, 3), WIDE).reshape(-1, 3)

    assert found.dtype == np.uint16
    assert np.abs((found / 257) - expected).max() <= 1
    np.testing.assert_array_equal(palette_to_srgb(entries, SRGB), entries)
