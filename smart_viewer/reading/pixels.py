"""One frame of a reading, its stored bytes untouched."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace

from smart_viewer.archive.port import EncodedFrame, InstanceRef
from smart_viewer.errors import NotSupported, OutsideReading, UpstreamUnavailable
from smart_viewer.reading.endpoints import archive_of
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House


def read_frame(
    house: House, holder: Holder, set_index: int, frame_index: int
) -> EncodedFrame:
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
    instance, frame_number = chosen.frames[frame_index]
    ref = InstanceRef(
        study.study_instance_uid,
        chosen.series_instance_uid,
        chosen.sop_instance_uids[instance],
    )
    frames = archive.frames(ref, [frame_number])
    frame = next(frames, None)
    if frame is None:
        raise UpstreamUnavailable("The archive answered without the frame asked for.")
    return replace(frame, chunks=_held(frame, frames))


def _held(frame: EncodedFrame, frames: Generator[EncodedFrame]) -> Iterator[bytes]:
    """The frame's chunks; upstream stays open until they end or are dropped."""
    with closing(frames):
        yield from frame.chunks
