"""Encoded frames to stored values, bounded (PS3.5 8, 10, Annexes A and G).

What a frame decodes to is known from the header: a code stream that says
otherwise is refused before any memory is given to it. The decoders leave the
interpreter's lock while they work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from smart_viewer.codec.colour import full_range, to_eight_bits, ybr_to_rgb
from smart_viewer.codec.deflate import decode_deflated
from smart_viewer.codec.jpeg import decode_jpeg
from smart_viewer.codec.jpeg_2000 import decode_jpeg_2000
from smart_viewer.codec.jpeg_header import ColourModel
from smart_viewer.codec.jpeg_ls import decode_jpeg_ls
from smart_viewer.codec.jpeg_xl import decode_jpeg_xl
from smart_viewer.codec.native import decode_native
from smart_viewer.codec.rle import decode_rle
from smart_viewer.codec.stored import Samples, Stored, check_decodable
from smart_viewer.errors import NotInStandard, NotSupported

Model = Literal["grey", "rgb", "palette"]


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """Stored values of one frame.

    grey, palette: shape (rows, columns), the cells before any masking, of the
    header's type (1 bit: 0 and 1 in uint8). rgb: shape (rows, columns, 3), uint8.
    """

    values: Samples
    model: Model


def decode_frame(data: bytes, stored: Stored, transfer_syntax_uid: str) -> DecodedFrame:
    """One frame, whatever its transfer syntax; colours as RGB of 8 bits.

    NotSupported: another syntax, or legal data that is not decoded here.
    NotInStandard: the bytes are not what the header declares, or damaged.
    """
    check_decodable(stored)
    decoder = _DECODERS.get(transfer_syntax_uid)
    if decoder is None:
        raise NotSupported(f"Frames stored as {transfer_syntax_uid} are not decoded.")
    if stored.is_float and decoder not in _OF_FLOATS:
        raise NotSupported("Fractions are not decoded in this transfer syntax.")
    try:
        values, colours = decoder(data, stored)
    except MemoryError as failure:
        raise NotSupported("The frame is too large to be decoded here.") from failure
    if values.shape != stored.shape or values.dtype != stored.dtype:
        raise NotInStandard("The frame decodes to something else than it declares.")
    if stored.samples_per_pixel == 1:
        is_palette = stored.photometric_interpretation == "PALETTE COLOR"
        return DecodedFrame(values, "palette" if is_palette else "grey")
    return DecodedFrame(_as_rgb(values, stored, colours), "rgb")


def _as_rgb(values: Samples, stored: Stored, colours: ColourModel) -> Samples:
    eight = to_eight_bits(values, stored.bits_stored, stored.high_bit)
    if colours == "rgb":
        return eight
    if stored.photometric_interpretation.startswith("YBR_PARTIAL"):
        eight = full_range(eight)
    return ybr_to_rgb(eight)


def _by_header(stored: Stored) -> ColourModel:
    """Colours of syntaxes that know none: Photometric Interpretation alone."""
    interpretation = stored.photometric_interpretation
    return "ybr" if interpretation.startswith(("YBR_FULL", "YBR_PARTIAL")) else "rgb"


Decoder = Callable[[bytes, Stored], tuple[Samples, ColourModel]]


def _native(data: bytes, stored: Stored) -> tuple[Samples, ColourModel]:
    return decode_native(data, stored), _by_header(stored)


def _big_endian(data: bytes, stored: Stored) -> tuple[Samples, ColourModel]:
    return decode_native(data, stored, big_endian=True), _by_header(stored)


def _deflated(data: bytes, stored: Stored) -> tuple[Samples, ColourModel]:
    return decode_deflated(data, stored), _by_header(stored)


def _rle(data: bytes, stored: Stored) -> tuple[Samples, ColourModel]:
    return decode_rle(data, stored), _by_header(stored)


def _jpeg_ls(data: bytes, stored: Stored) -> tuple[Samples, ColourModel]:
    return decode_jpeg_ls(data, stored), _by_header(stored)


_OF_FLOATS = (_native, _big_endian, _deflated)
_DECODERS: dict[str, Decoder] = {
    "1.2.840.10008.1.2": _native,
    "1.2.840.10008.1.2.1": _native,
    "1.2.840.10008.1.2.1.98": _native,
    "1.2.840.10008.1.2.1.99": _native,  # inflated by whoever reads the file
    "1.2.840.10008.1.2.2": _big_endian,
    "1.2.840.10008.1.2.8.1": _deflated,
    "1.2.840.10008.1.2.5": _rle,
    **dict.fromkeys(
        [f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 53, 55, 57, 70)], decode_jpeg
    ),
    **dict.fromkeys([f"1.2.840.10008.1.2.4.{n}" for n in (80, 81)], _jpeg_ls),
    **dict.fromkeys(
        [f"1.2.840.10008.1.2.4.{n}" for n in (90, 91, 92, 93, 201, 202, 203)],
        decode_jpeg_2000,
    ),
    **dict.fromkeys(
        [f"1.2.840.10008.1.2.4.{n}" for n in (110, 111, 112)], decode_jpeg_xl
    ),
}
