"""Colour samples to sRGB (PS3.3 C.7.6.3.1.2, C.11.15)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from smart_viewer.codec.stored import DAMAGE, Samples

MAX_PROFILE_BYTES = 16 * 1024 * 1024
_HEADER_BYTES = 128  # of an ICC profile (ICC.1 7.2)
_PROBED_LEVELS = 17  # of each channel, when a profile is compared with sRGB
_INVISIBLE = 1  # grey level out of 255
# Inverse of the equations of C.7.6.3.1.2, as ITU-R BT.601 rounds them.
_RED_CR, _GREEN_CB, _GREEN_CR, _BLUE_CB = 1.402, 0.344136, 0.714136, 1.772


def ybr_to_rgb(values: Samples) -> Samples:
    """YBR_FULL to RGB, rounded half up and clamped.

    values: shape (rows, columns, 3), uint8; so is the result.
    """
    red, green, blue = _tables()
    luma = values[..., 0].astype(np.int16)
    blueness, redness = values[..., 1], values[..., 2]
    rgb = np.empty(values.shape, np.uint8)
    rgb[..., 0] = np.clip(luma + red[redness], 0, 255)
    rgb[..., 1] = np.clip(luma + green[blueness, redness], 0, 255)
    rgb[..., 2] = np.clip(luma + blue[blueness], 0, 255)
    return rgb


@lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]:
    """What chroma adds to luma: luma is whole, so that rounding commutes."""
    chroma = np.arange(256, dtype=np.float64) - 128
    green = -_GREEN_CB * chroma[:, None] - _GREEN_CR * chroma[None, :]
    rounded = [
        np.floor(part + 0.5).astype(np.int16)
        for part in (_RED_CR * chroma, green, _BLUE_CB * chroma)
    ]
    return rounded[0], rounded[1], rounded[2]


def full_range(values: Samples) -> Samples:
    """YBR_PARTIAL_422 (8 bits, luma 16 to 235, chroma 16 to 240) as YBR_FULL."""
    luma = (values[..., :1].astype(np.float64) - 16) * (255 / 219)
    chroma = (values[..., 1:].astype(np.float64) - 128) * (255 / 224) + 128
    full = np.concatenate((luma, chroma), axis=-1)
    return np.clip(np.floor(full + 0.5), 0, 255).astype(np.uint8)


def to_eight_bits(values: Samples, bits_stored: int, high_bit: int) -> Samples:
    """Colour cells as 8 bits: the highest eight of those stored; the same shape."""
    if bits_stored == 8 and high_bit == 7 and values.dtype == np.uint8:
        return values
    cells: Samples = values.view(f"<u{values.dtype.itemsize}")
    cells = np.right_shift(cells, high_bit + 1 - bits_stored)
    highest = (1 << bits_stored) - 1
    cells = np.bitwise_and(cells, cells.dtype.type(highest))
    if bits_stored >= 8:
        return np.right_shift(cells, bits_stored - 8).astype(np.uint8)
    return ((cells.astype(np.uint32) * 510 + highest) // (2 * highest)).astype(np.uint8)


def is_srgb(profile: bytes) -> bool:
    """Whether colours need no conversion: none is moved by more than a grey level.

    True too where there is no profile, and where it is damaged or is not of RGB
    (C.11.15.1.1): it then says nothing about the colours, and they are sRGB's.
    """
    if not _is_rgb_profile(profile):
        return True
    return _keeps_colours(profile)


def _is_rgb_profile(profile: bytes) -> bool:
    if not _HEADER_BYTES < len(profile) <= MAX_PROFILE_BYTES:
        return False
    return profile[16:20] == b"RGB " and profile[36:40] == b"acsp"


@lru_cache(maxsize=16)
def _keeps_colours(profile: bytes) -> bool:
    levels = np.linspace(0, 255, _PROBED_LEVELS).astype(np.uint8)
    probes = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 1, 3)
    seen = _transformed(probes, profile)
    if seen is None:
        return True
    moved = np.abs(seen.astype(np.int16) - probes.astype(np.int16))
    return int(moved.max()) <= _INVISIBLE


def to_srgb(values: Samples, profile: bytes) -> Samples:
    """RGB of the profile's device as sRGB, perceptual intent (C.11.15.1.1).

    values: shape (rows, columns, 3), 8 or 16 bits. Unchanged where `is_srgb`.
    """
    if is_srgb(profile):
        return values
    seen = _transformed(np.ascontiguousarray(values), profile)
    return values if seen is None else seen


def palette_to_srgb(entries: NDArray[np.uint16], profile: bytes) -> NDArray[np.uint16]:
    """A palette's colours as sRGB. entries: shape (length, 3), scaled to 16 bits."""
    seen = to_srgb(entries.reshape(-1, 1, 3), profile)
    return seen.astype(np.uint16).reshape(entries.shape)


def _transformed(values: Samples, profile: bytes) -> Samples | None:
    """None where the profile is damaged."""
    import imagecodecs  # heavy

    flags = imagecodecs.CMS.FLAGS
    # LittleCMS's tables are off by up to ten levels where samples have 16 bits.
    precise = flags.HIGHRESPRECALC if values.itemsize == 1 else flags.NOOPTIMIZE
    try:
        seen: Samples = imagecodecs.cms_transform(
            values,
            profile,
            imagecodecs.cms_profile("srgb"),
            colorspace="rgb",
            outcolorspace="rgb",
            intent=imagecodecs.CMS.INTENT.PERCEPTUAL,
            flags=precise,
        )
    except DAMAGE:
        return None
    return seen
