"""What a JPEG or JPEG-LS code stream says of itself, before it is decoded.

ISO 10918-1 Annex B, ISO 14495-1 Annex C; JFIF and Adobe marks: ISO 10918-5, -6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from smart_viewer.codec.stored import Stored
from smart_viewer.errors import NotInStandard, NotSupported

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
SOF_LOSSLESS, SOF_JPEG_LS = 0xC3, 0xF7
SOF_DCT = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive; Huffman
_SOF_OTHER = (0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)
_SOS, _JFIF, _ADOBE = 0xDA, 0xE0, 0xEE
_STAND_ALONE = (0x01, *range(0xD0, 0xD8))  # markers without a length
_MAX_SCANS = 64  # each may go over the whole image: thousands are an attack
_MAX_SEGMENTS = 4096  # marker segments before the first scan

ColourModel = Literal["rgb", "ybr"]


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """A frame header (ISO 10918-1 B.2.2) and the marks that tell its colours."""

    process: int  # the SOF marker's second byte
    precision: int
    rows: int
    columns: int
    components: tuple[tuple[int, int, int], ...]  # (id, horizontal, vertical sampling)
    adobe_transform: int | None  # of APP14; None: no such segment
    has_jfif: bool

    @property
    def is_subsampled(self) -> bool:
        """Whether any component has another sampling than the first."""
        return len({(across, down) for _id, across, down in self.components}) > 1


def read_jpeg_header(data: bytes) -> JpegHeader:
    """The frame header, found by walking the marker segments before the first scan.

    NotInStandard: no JPEG, or cut off. NotSupported: arithmetic coding or a
    hierarchical process.
    """
    adobe: int | None = None
    has_jfif = False
    frame: tuple[int, bytes] | None = None
    for marker, body in _segments(data):
        if marker == _ADOBE and body.startswith(b"Adobe") and len(body) >= 12:
            adobe = body[11]
        elif marker == _JFIF and body.startswith(b"JFIF\0"):
            has_jfif = True
        elif marker in _SOF_OTHER:
            raise NotSupported("This process of JPEG is not decoded.")
        elif marker in (*SOF_DCT, SOF_LOSSLESS, SOF_JPEG_LS) and frame is None:
            frame = (marker, body)
    if frame is None:
        raise NotInStandard("The JPEG code stream has no frame header.")
    return _parsed(*frame, adobe, has_jfif)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, body) of each marker segment before the first scan."""
    if not data.startswith(SOI):
        raise NotInStandard("The frame is not a JPEG code stream.")
    at, walked = len(SOI), 0
    while at + 4 <= len(data) and data[at] == 0xFF and walked < _MAX_SEGMENTS:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker == _SOS:
            return
        walked += 1
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _STAND_ALONE:
            at += 2
        else:
            yield marker, data[at + 4 : at + 2 + length]
            at += 2 + length


def _parsed(marker: int, body: bytes, adobe: int | None, has_jfif: bool) -> JpegHeader:
    count = body[5] if len(body) > 5 else 0
    if not count or len(body) < 6 + 3 * count:
        raise NotInStandard("The JPEG code stream's frame header is cut off.")
    parts = (body[at : at + 3] for at in range(6, 6 + 3 * count, 3))
    return JpegHeader(
        process=marker,
        precision=body[0],
        rows=int.from_bytes(body[1:3]),
        columns=int.from_bytes(body[3:5]),
        components=tuple((part[0], part[1] >> 4, part[1] & 15) for part in parts),
        adobe_transform=adobe,
        has_jfif=has_jfif,
    )


def check_header(header: JpegHeader, stored: Stored) -> None:
    """NotInStandard where the code stream is not what the data set declares."""
    size = (header.rows, header.columns, len(header.components))
    if size != (stored.rows, stored.columns, stored.samples_per_pixel):
        raise NotInStandard(
            "The JPEG code stream has another size than its header says."
        )
    if not 2 <= header.precision <= max(stored.bits_allocated, 8):
        raise NotInStandard("The JPEG code stream has more bits than its header says.")
    if any(not (1 <= h <= 4 and 1 <= v <= 4) for _id, h, v in header.components):
        raise NotInStandard("The JPEG code stream's sampling is not one.")


def whole_stream(data: bytes, header: JpegHeader) -> bytes:
    """The code stream up to its end marker, without the padding behind it.

    Decoders fill what is missing with grey, or run on. Coded data never holds
    the marker (byte or bit stuffing), so that the last one found is the end.
    NotInStandard: there is none. NotSupported: too many scans.
    """
    end = data.rfind(EOI)
    if end < 0:
        name = "JPEG-LS" if header.process == SOF_JPEG_LS else "JPEG"
        raise NotInStandard(f"The {name} frame is cut off: it has no end marker.")
    if data.count(bytes((0xFF, _SOS))) > _MAX_SCANS:
        raise NotSupported("The JPEG code stream has too many scans.")
    return data[: end + len(EOI)]


def colour_of(header: JpegHeader, photometric_interpretation: str) -> ColourModel:
    """What three components are: the code stream's own word, else the data set's.

    Adobe's transform, else component ids, else (of the lossy processes) JFIF and
    sampling, else Photometric Interpretation. A lossless process converts no
    colours, so that a JFIF mark says nothing there.
    """
    if header.adobe_transform is not None:
        return "ybr" if header.adobe_transform == 1 else "rgb"
    ids = bytes(component[0] for component in header.components)
    if ids.upper() == b"RGB":
        return "rgb"
    if header.process in SOF_DCT and (header.has_jfif or header.is_subsampled):
        return "ybr"
    return "ybr" if photometric_interpretation.startswith("YBR") else "rgb"
