"""The attributes of an instance of a reading, for the reader who looks behind it."""

from __future__ import annotations

from smart_viewer.archive.port import InstanceRef
from smart_viewer.dicom.tag_tree import TagTree
from smart_viewer.errors import OutsideReading
from smart_viewer.reading.endpoints import archive_of
from smart_viewer.reading.holder import Holder
from smart_viewer.reading.house import House
from smart_viewer.reading.plan import PlannedSet


def read_tags(
    house: House, holder: Holder, set_index: int, frame_index: int
) -> TagTree:
    """What the instance that holds this frame says of itself, as it stands.

    A display set that cannot be shown has no frames: there the index counts its
    instances. OutsideReading where the plan has no such frame or instance.
    """
    plan = holder.plan
    if set_index >= len(plan.display_sets):
        raise OutsideReading("no such display set in this reading")
    chosen = plan.display_sets[set_index]
    study = plan.studies[chosen.study]
    archive = archive_of(house, plan, study.archive_id, holder.grant_id)
    ref = InstanceRef(
        study.study_instance_uid,
        chosen.series_instance_uid,
        chosen.sop_instance_uids[_instance(chosen, frame_index)],
    )
    return archive.tags(ref)


def _instance(chosen: PlannedSet, frame_index: int) -> int:
    if frame_index < len(chosen.frames):
        return chosen.frames[frame_index].instance
    if not chosen.frames and frame_index < len(chosen.sop_instance_uids):
        return frame_index
    raise OutsideReading("no such frame in this display set")
