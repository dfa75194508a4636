"""What a reader scrolls through: frames that belong together, in order.

docs/decisions/009-display-sets.md says what a display set guarantees, and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from smart_viewer.dicom.frame_address import FrameAddress
from smart_viewer.dicom.planes import normal_of
from smart_viewer.dicom.refusals import Refusal, refusal
from smart_viewer.dicom.set_kinds import Group, Kind, groups_of, refused_kind
from smart_viewer.dicom.set_names import Named, names_of
from smart_viewer.dicom.set_stacks import Stack, with_planes, without_planes
from smart_viewer.dicom.stack_geometry import StackGeometry, stack_geometry
from smart_viewer.dicom.study import Instance, Series, Study

__all__ = ["DisplaySet", "FrameAddress", "display_sets"]
_LAST = float("inf")


@dataclass(frozen=True, slots=True)
class DisplaySet:
    """Frames of one series with one geometry, sorted for scrolling.

    Where every frame has a plane, the order is along the normal (row x column)
    by dot(position, normal), ascending; otherwise by InstanceNumber, then by
    the frame's dimensions or number. `refusal` is empty when the set can be shown,
    else one sentence that says why it cannot and what to do; `refusal_code` is
    stable.

    stack: how the positions lie behind each other; None where frames have no planes,
    or are turned against each other (a rotating projection): then they have no
    geometry in common. volumes: indices of frames, one tuple a volume, where the
    set holds many in time or direction; then the frames of a position stand
    together, in order of the volumes. Empty: all frames are one volume.
    pixelless: SOP Instance UIDs of a set whose instances have no frames.
    """

    study_instance_uid: str
    series: Series
    frames: tuple[FrameAddress, ...]
    label: str
    refusal: str = ""
    refusal_code: str = ""
    stack: StackGeometry | None = None
    volumes: tuple[tuple[int, ...], ...] = ()
    pixelless: tuple[str, ...] = ()


def display_sets(study: Study) -> tuple[DisplaySet, ...]:
    """The study's display sets in order of series number, none left out.

    A series that cannot be shown becomes a display set with a refusal: nothing
    is hidden. Each frame is in exactly one set. Frames that differ in size, bit
    layout, orientation, spacing, frame of reference or in what they show never
    share a display set; several at one position never do but as volumes (H9, H12).
    The order of instances and series in `study` makes no difference.
    """
    return tuple(
        display_set
        for series in sorted(study.series, key=_series_order)
        for display_set in _of_series(study.study_instance_uid, series)
    )


def _series_order(series: Series) -> tuple[float, str]:
    return _number_order(series.series_number), series.series_instance_uid


def _number_order(number: int | None) -> float:
    return _LAST if number is None else number


def _instance_order(instance: Instance) -> tuple[float, str, str]:
    """InstanceNumber, then AcquisitionTime (H9), then what is always there."""
    return (
        _number_order(instance.instance_number),
        instance.acquisition_time,
        instance.sop_instance_uid,
    )


def _of_series(study_instance_uid: str, series: Series) -> list[DisplaySet]:
    instances = sorted(series.instances, key=_instance_order)
    found = [*_pictures(instances), *_without_pixels(instances)]
    named = [Named(kind, stack, _common(stack.frames)) for kind, stack in found]
    return [
        DisplaySet(
            study_instance_uid=study_instance_uid,
            series=series,
            frames=stack.frames,
            label=label,
            refusal=kind.refusal.text if kind.refusal else "",
            refusal_code=kind.refusal.code if kind.refusal else "",
            stack=_geometry(stack),
            volumes=stack.volumes,
            pixelless=stack.pixelless,
        )
        for (kind, stack), label in zip(found, names_of(series, named), strict=True)
    ]


def _pictures(instances: Sequence[Instance]) -> list[tuple[Kind, Stack]]:
    return [
        (group.kind, stack)
        for group in groups_of(instances)
        for stack in _stacks(group)
    ]


def _stacks(group: Group) -> list[Stack]:
    if group.kind.refusal:
        return [Stack(tuple(group.frames))]
    if group.plane is None or group.is_rotation:
        return without_planes(group.frames)
    return with_planes(group.frames, group.plane)


def _without_pixels(instances: Sequence[Instance]) -> list[tuple[Kind, Stack]]:
    """One set for each reason why nothing is shown."""
    found: dict[Refusal, list[str]] = {}
    for instance in instances:
        reason = refusal(instance) if instance.pixels is None else None
        if reason:
            found.setdefault(reason, []).append(instance.sop_instance_uid)
    return [
        (refused_kind(reason), Stack((), pixelless=tuple(uids)))
        for reason, uids in found.items()
    ]


def _geometry(stack: Stack) -> StackGeometry | None:
    """Of the positions; a gap is told of the last frame in front of it."""
    first = stack.frames[0].plane if stack.positions else None
    if first is None:
        return None
    planes = [stack.frames[index].plane for index in stack.positions]
    found = stack_geometry([p.position for p in planes if p], normal_of(first))
    if not stack.volumes:
        return found
    gaps = tuple(stack.positions[index + 1] - 1 for index in found.gaps)
    return replace(found, gaps=gaps)


def _common(frames: Sequence[FrameAddress]) -> dict[str, str]:
    """The coordinates that all frames have, with the first one's value."""
    runs = [next(run) for _, run in groupby(frames, key=_coordinates_by_identity)]
    if not runs:
        return {}
    first, *others = [dict(frame.coordinates) for frame in runs]
    return {
        name: value
        for name, value in first.items()
        if all(other.get(name) == value for other in others)
    }


def _coordinates_by_identity(frame: FrameAddress) -> tuple[int, int]:
    facts = frame.facts
    return id(frame.instance.coordinates), id(facts.coordinates) if facts else 0
