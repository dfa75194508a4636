"""JPEG frames: baseline, extended, progressive and lossless (ISO 10918-1)."""

from __future__ import annotations

from smart_viewer.codec.jpeg_header import (
    SOF_DCT,
    SOF_LOSSLESS,
    ColourModel,
    check_header,
    colour_of,
    read_jpeg_header,
    whole_stream,
)
from smart_viewer.codec.stored import DAMAGE, Samples, Stored, in_cells
from smart_viewer.errors import NotInStandard

_GREY, _RGB, _YBR = "GRAYSCALE", "RGB", "YCBCR"


def decode_jpeg(data: bytes, stored: Stored) -> tuple[Samples, ColourModel]:
    """Cells of shape `stored.shape`, and what three components are.

    Chroma is brought to full size, colours are not converted: "ybr" is YBR_FULL.
    Bits above the code stream's precision are zero, or the sign.
    """
    header = read_jpeg_header(data)
    if header.process not in (*SOF_DCT, SOF_LOSSLESS):
        raise NotInStandard("The frame is JPEG-LS; its header says JPEG.")
    check_header(header, stored)
    model = colour_of(header, stored.photometric_interpretation)
    decoded = _run_decoder(whole_stream(data, header), stored, model)
    if decoded.shape != stored.shape:
        raise NotInStandard("The JPEG frame decodes to another size than it says.")
    return in_cells(decoded, header.precision, stored), model


def _run_decoder(data: bytes, stored: Stored, model: ColourModel) -> Samples:
    """The components as they are coded: in and out of the decoder as one model."""
    import imagecodecs  # heavy

    space = _GREY
    if stored.samples_per_pixel == 3:
        space = _RGB if model == "rgb" else _YBR
    try:
        decoded: Samples = imagecodecs.jpeg8_decode(
            data, colorspace=space, outcolorspace=space
        )
    except DAMAGE as damage:
        raise NotInStandard("The JPEG frame is damaged.") from damage
    return decoded
