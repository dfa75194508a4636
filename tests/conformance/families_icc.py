"""Colour images with an ICC profile, shown as sRGB: PS3.3 C.11.15.

Oracle: LittleCMS, as Pillow carries it. The profiles are written here, field by field.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms
from pydicom import Dataset

from conformance.case import Case, View
from conformance.families_colour import samples
from conformance.files import colour

# Red, green and blue primaries as XYZ under D50 (ICC.1 Annex E), and the tone
# curve's exponent.
SPACES = {
    "Adobe RGB (1998)": (
        (
            (0.60974, 0.31111, 0.01947),
            (0.20528, 0.62567, 0.06087),
            (0.14919, 0.06322, 0.74457),
        ),
        2.19921875,
    ),
    "ProPhoto": (
        ((0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491)),
        1.8,
    ),
    "sRGB primaries, gamma 1": (
        (
            (0.43607, 0.22249, 0.01392),
            (0.38515, 0.71687, 0.09708),
            (0.14307, 0.06061, 0.71410),
        ),
        1.0,
    ),
}
D50 = (0.9642, 1.0, 0.8249)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def profile(primaries: tuple[tuple[float, float, float], ...], gamma: float) -> bytes:
    """An input profile of three primaries and one exponent (ICC.1 v2, 6.3)."""
    curve = b"curv\0\0\0\0" + (1).to_bytes(4) + round(gamma * 256).to_bytes(2)
    text = b"text\0\0\0\0" + b"none\0"
    name = b"desc\0\0\0\0" + (5).to_bytes(4) + b"test\0" + b"\0" * 78
    parts = [(b"desc", name), (b"cprt", text), (b"wtpt", _xyz(D50))]
    for letter, value in zip(b"rgb", primaries, strict=True):
        parts += [
            (bytes([letter]) + b"XYZ", _xyz(value)),
            (bytes([letter]) + b"TRC", curve),
        ]
    table, data, at = len(parts).to_bytes(4), b"", 128 + 4 + 12 * len(parts)
    for tag, value in parts:
        table += tag + at.to_bytes(4) + len(value).to_bytes(4)
        padded = value + b"\0" * (-len(value) % 4)
        data, at = data + padded, at + len(padded)
    head = (
        at.to_bytes(4)
        + b"\0" * 4
        + b"\x02\x40\0\0"
        + b"mntrRGB XYZ "
        + bytes((7, 232, 0, 1, 0, 1))
        + b"\0" * 6
    )
    head += b"acsp" + b"\0" * 28 + b"".join(round(v * 65536).to_bytes(4) for v in D50)
    return head.ljust(128, b"\0") + table + data


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(round(part * 65536).to_bytes(4) for part in value)


def profiles() -> Iterator[Case]:
    """H15: greys and colours through three profiles; that of sRGB changes nothing."""
    for seed, (name, (primaries, gamma)) in enumerate(SPACES.items()):
        for pixels, what in (
            (samples(seed + 80).astype(np.uint8), "colours"),
            (_greys(), "greys"),
        ):
            written = profile(primaries, gamma)
            sent = colour(pixels, ICCProfile=written)
            yield Case(
                "ICC",
                f"{name}, {what}",
                sent,
                (View(), View(rotation=90)),
                judged=_by_littlecms(pixels, written),
            )
    same = samples(90).astype(np.uint8)
    yield Case(
        "ICC",
        "sRGB",
        colour(same, ICCProfile=SRGB.tobytes()),
        (View(),),
        judged=colour(same),
    )


def _greys() -> NDArray[np.uint8]:
    return np.repeat(
        (np.arange(24 * 32).reshape(24, 32) % 256).astype(np.uint8)[..., np.newaxis],
        3,
        axis=2,
    )


def _by_littlecms(pixels: NDArray[np.uint8], written: bytes) -> Dataset:
    source = ImageCms.ImageCmsProfile(BytesIO(written))
    shown = ImageCms.profileToProfile(
        Image.fromarray(pixels),
        source,
        SRGB,
        renderingIntent=ImageCms.Intent.PERCEPTUAL,
    )
    return colour(np.asarray(shown))


ICC = (profiles,)
