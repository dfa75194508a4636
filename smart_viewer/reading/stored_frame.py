"""A frame of a reading as its archive has it, for `pixels` and `picture`."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import NamedTuple

from smart_viewer.archive.port import EncodedFrame, InstanceRef
from smart_viewer.errors import NotSupported, OutsideReading, UpstreamUnavailable
from smart_viewer.reading.endpoints import archive_of
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House
from smart_viewer.reading.plan import PlannedSet, SetImage


class StoredFrame(NamedTuple):
    """The bytes on their way, and what the plan says of them."""

    encoded: EncodedFrame
    chosen: PlannedSet
    image: SetImage
    tile: int  # of a mosaic, or -1


def stored_frame(
    house: House, holder: Holder, set_index: int, frame_index: int
) -> StoredFrame:
    """The frame at those indices of the reading's own plan, both from 0.

    OutsideReading where the plan has no such frame, NotSupported where it says
    that the display set cannot be shown, UpstreamUnavailable from the archive.
    """
    plan = holder.plan
    if set_index >= len(plan.display_sets):
        raise OutsideReading("no such display set in this reading")
    chosen = plan.display_sets[set_index]
    if frame_index >= len(chosen.frames):
        raise OutsideReading("no such frame in this display set")
    if chosen.image is None:
        raise NotSupported(chosen.refusal)
    study = plan.studies[chosen.study]
    archive = archive_of(house, plan, study.archive_id, holder.grant_id)
    place = chosen.frames[frame_index]
    ref = InstanceRef(
        study.study_instance_uid,
        chosen.series_instance_uid,
        chosen.sop_instance_uids[place.instance],
    )
    with _metered(house, study.archive_id):
        frames = archive.frames(ref, [place.number])
        frame = next(frames, None)
        if frame is None:
            raise UpstreamUnavailable(
                "The archive answered without the frame asked for."
            )
    held = replace(frame, chunks=_held(frame, frames))
    return StoredFrame(held, chosen, chosen.image, place.tile)


@contextmanager
def _metered(house: House, archive_id: str) -> Iterator[None]:
    """Until the first byte may come."""
    began, outcome = time.monotonic(), "failed"
    try:
        yield
        outcome = "answered"
    finally:
        house.meter(archive_id, "frame", outcome, time.monotonic() - began)


def _held(frame: EncodedFrame, frames: Generator[EncodedFrame]) -> Iterator[bytes]:
    """The frame's chunks; upstream stays open until they end or are dropped."""
    with closing(frames):
        yield from frame.chunks
