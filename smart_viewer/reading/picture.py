"""One frame as a picture that the server makes without GL."""

from __future__ import annotations

from smart_viewer.codec.png import encode_png
from smart_viewer.errors import NotInStandard, UpstreamUnavailable
from smart_viewer.reading.extras import read_overlay
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House
from smart_viewer.reading.picture_request import picture_request
from smart_viewer.reading.sent import decoded_cells, joined
from smart_viewer.reading.stored_frame import stored_frame
from smart_viewer.render.cpu import draw


def read_picture(
    house: House,
    holder: Holder,
    set_index: int,
    frame_index: int,
    size: tuple[int, int],
) -> bytes:
    """A PNG file of `size` (width, height) px: the whole frame in its first VOI.

    An overlay that cannot be read is left out. Errors as `stored_frame` has them,
    and NotSupported or NotInStandard where the frame cannot be decoded.
    """
    stored = stored_frame(house, holder, set_index, frame_index)
    frame, image = stored.encoded, stored.image
    cells = decoded_cells(image, joined(frame), frame.transfer_syntax_uid, stored.tile)
    overlays = {
        index: bits
        for index, one in enumerate(image.overlays)
        if one.frame == frame_index and not one.plane.bit
        if (bits := _overlay(house, holder, set_index, index)) is not None
    }
    modality = stored.chosen.modality
    return encode_png(
        draw(picture_request(image, cells, frame_index, modality, size, overlays))
    )


def _overlay(house: House, holder: Holder, set_index: int, index: int) -> bytes | None:
    try:
        return read_overlay(house, holder, set_index, index)
    except (NotInStandard, UpstreamUnavailable):
        return None
