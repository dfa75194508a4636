"""JPEG 2000 and High-Throughput JPEG 2000 frames (ISO 15444-1, -15)."""

from __future__ import annotations

from smart_viewer.codec.jpeg_2000_header import (
    Jpeg2000Header,
    code_stream,
    read_jpeg_2000_header,
)
from smart_viewer.codec.jpeg_header import ColourModel
from smart_viewer.codec.stored import DAMAGE, Samples, Stored, in_cells
from smart_viewer.errors import NotInStandard

_END = b"\xff\xd9"


def decode_jpeg_2000(data: bytes, stored: Stored) -> tuple[Samples, ColourModel]:
    """Cells of shape `stored.shape`, and what three components are.

    The decoder undoes the component transform (YBR_RCT, YBR_ICT); what it leaves
    is RGB, but where there is none and the data set says YBR_FULL.
    """
    stream = code_stream(data)
    header = read_jpeg_2000_header(stream, stored)
    decoded = _run_decoder(stream)
    if decoded.shape != stored.shape:
        raise NotInStandard("The JPEG 2000 frame decodes to another size than it says.")
    precision = header.components[0][0]
    model = _colour_of(header, stored.photometric_interpretation)
    return in_cells(decoded, precision, stored), model


def _colour_of(header: Jpeg2000Header, interpretation: str) -> ColourModel:
    """Only RGB is component-transformed (PS3.3 C.7.6.3.1.2, ISO 15444-1 Annex G)."""
    if header.has_component_transform:
        return "rgb"
    return "ybr" if interpretation in ("YBR_FULL", "YBR_FULL_422") else "rgb"


def _run_decoder(stream: bytes) -> Samples:
    """Strict: a stream that is cut off is an error. The end mark itself may lack."""
    import imagecodecs  # heavy

    if _END not in stream[-3:]:
        stream += _END
    try:
        decoded: Samples = imagecodecs.jpeg2k_decode(stream)
    except DAMAGE as damage:
        raise NotInStandard("The JPEG 2000 frame is damaged.") from damage
    return decoded
