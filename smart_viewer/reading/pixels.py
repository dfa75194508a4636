"""One frame of a reading, as its display set is sent: untouched, or decoded here."""

from __future__ import annotations

from smart_viewer.archive.port import EncodedFrame
from smart_viewer.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN, Way
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House
from smart_viewer.reading.sent import arrives_decodable, joined, sent_frame
from smart_viewer.reading.stored_frame import stored_frame


def read_frame(
    house: House, holder: Holder, set_index: int, frame_index: int
) -> EncodedFrame:
    """The frame at those indices of the reading's own plan, both from 0.

    Errors as `stored_frame` has them; where it is decoded here NotSupported and
    NotInStandard too.
    """
    stored = stored_frame(house, holder, set_index, frame_index)
    frame, image = stored.encoded, stored.image
    if image.way is Way.BROWSER and arrives_decodable(image, frame.transfer_syntax_uid):
        return frame
    syntax = frame.transfer_syntax_uid
    sent = sent_frame(image, joined(frame), syntax, stored.tile)
    return EncodedFrame(len(sent), EXPLICIT_VR_LITTLE_ENDIAN, iter((sent,)))
