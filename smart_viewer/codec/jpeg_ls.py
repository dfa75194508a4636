"""JPEG-LS frames (ISO 14495-1)."""

from __future__ import annotations

from smart_viewer.codec.jpeg_header import (
    SOF_JPEG_LS,
    check_header,
    read_jpeg_header,
    whole_stream,
)
from smart_viewer.codec.stored import DAMAGE, Samples, Stored, in_cells
from smart_viewer.errors import NotInStandard


def decode_jpeg_ls(data: bytes, stored: Stored) -> Samples:
    """Cells of shape `stored.shape`; the code stream knows no colours and no sign."""
    header = read_jpeg_header(data)
    if header.process != SOF_JPEG_LS:
        raise NotInStandard("The frame is not a JPEG-LS code stream.")
    check_header(header, stored)
    if any((h, v) != (1, 1) for _id, h, v in header.components):
        raise NotInStandard("The JPEG-LS frame's samples are not of one size.")
    decoded = _run_decoder(whole_stream(data, header))
    if decoded.shape != stored.shape:
        raise NotInStandard("The JPEG-LS frame decodes to another size than it says.")
    return in_cells(decoded, header.precision, stored)


def _run_decoder(data: bytes) -> Samples:
    import imagecodecs  # heavy

    try:
        decoded: Samples = imagecodecs.jpegls_decode(data)
    except DAMAGE as damage:
        raise NotInStandard("The JPEG-LS frame is damaged.") from damage
    return decoded
