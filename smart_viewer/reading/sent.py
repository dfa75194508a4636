"""How frames of a display set are sent to the page: untouched, or decoded here."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from smart_viewer.archive.port import EncodedFrame
from smart_viewer.codec.colour import is_srgb
from smart_viewer.codec.deliver import Stored, Tile, deliver, delivered_layout
from smart_viewer.dicom.study import Appearance, Mosaic, PixelLayout
from smart_viewer.dicom.transfer_syntax import Way, delivery
from smart_viewer.errors import NotSupported
from smart_viewer.imaging.grayscale import Cells
from smart_viewer.reading.plan import SetImage

MAX_ENCODED_BYTES = 512 * 1024 * 1024  # of one frame


def way_of(uid: str, stored: PixelLayout, look: Appearance, *, is_tile: bool) -> Way:
    """How a frame goes; an ICC profile other than sRGB's is applied here (C.11.15)."""
    foreign = stored.samples_per_pixel > 1 and not is_srgb(look.icc_profile)
    return delivery(uid, stored, has_foreign_profile=foreign, is_tiled=is_tile)


def sent_layout(stored: PixelLayout, way: Way, mosaic: Mosaic | None) -> PixelLayout:
    """The layout of the frames that the page gets."""
    if way is not Way.SERVER:
        return stored
    tile = _tile(stored, (mosaic.tiles, mosaic.across), 0) if mosaic else None
    return PixelLayout(**asdict(delivered_layout(_stored(stored), tile)))


def arrives_decodable(image: SetImage, syntax: str) -> bool:
    """Whether the page decodes a frame that came in `syntax`, as the plan promised.

    An archive may send another syntax than it told of.
    """
    return delivery(syntax, image.stored) is Way.BROWSER


def sent_frame(image: SetImage, encoded: bytes, syntax: str, tile: int) -> bytes:
    """One stored frame as it is sent: native, little endian, samples interleaved.

    syntax: of the bytes; empty: as the plan has it. tile: index in a mosaic, or -1.
    NotSupported: the plan promised another layout. NotInStandard, NotSupported as
    `codec.deliver`.
    """
    if image.way is Way.BROWSER and image.stored.samples_per_pixel > 1:
        raise NotSupported("The archive sent the image in a form that it did not tell.")
    cut = _tile(image.stored, image.mosaic, tile) if image.mosaic else None
    uid = syntax or image.transfer_syntax_uid
    icc = image.icc_profile
    return deliver(encoded, _stored(image.stored), uid, icc=icc, tile=cut)


def decoded_cells(image: SetImage, encoded: bytes, syntax: str, tile: int) -> Cells:
    """The frame's cells, whoever decodes it for the page; of colour as sRGB.

    Errors as `sent_frame`.
    """
    tile_of = _tile(image.stored, image.mosaic, tile) if image.mosaic else None
    stored, uid = _stored(image.stored), syntax or image.transfer_syntax_uid
    sent = deliver(encoded, stored, uid, icc=image.icc_profile, tile=tile_of)
    layout = delivered_layout(stored, tile_of)
    return np.frombuffer(sent, layout.dtype).reshape(layout.shape)


def joined(frame: EncodedFrame) -> bytes:
    """The frame's bytes. NotSupported where they are more than is ever decoded."""
    if frame.length > MAX_ENCODED_BYTES:
        raise NotSupported("The frame is too large to be decoded.")
    return b"".join(frame.chunks)


def _stored(layout: PixelLayout) -> Stored:
    return Stored(**asdict(layout))


def _tile(stored: PixelLayout, mosaic: tuple[int, int], index: int) -> Tile:
    """Where a slice lies in the mosaic: row by row, as many tiles down as across."""
    across = mosaic[1]
    rows, columns = stored.rows // across, stored.columns // across
    return Tile(index // across * rows, index % across * columns, rows, columns)
