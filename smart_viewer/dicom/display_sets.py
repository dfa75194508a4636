"""What a reader scrolls through: frames that belong together, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from smart_viewer.dicom.refusals import Refusal, refusal
from smart_viewer.dicom.series_facts import SeriesFacts
from smart_viewer.dicom.study import (
    FramePlane,
    Instance,
    PixelLayout,
    Series,
    Study,
    Triple,
)

SAME_DIRECTION = 1e-3  # of a unit vector's components
SAME_SPACING = 1e-3  # of the spacing
SAME_POSITION_MM = 1e-3  # along the normal
_LAST = float("inf")
_RADIOGRAPHS = frozenset(["CR", "DX", "MG", "IO", "RG"])
_DIFFUSION_MAPS = frozenset(["ADC", "EADC", "FA", "TRACEW"])


@dataclass(frozen=True, slots=True)
class FrameAddress:
    """One frame of one instance; `frame_number` counts from 1 (PS3.18 10.4)."""

    instance: Instance
    frame_number: int


@dataclass(frozen=True, slots=True)
class DisplaySet:
    """Frames of one series with one geometry, sorted for scrolling.

    Where every frame has a plane, the order is along the normal (row x column)
    by dot(position, normal), ascending; otherwise by InstanceNumber, then by
    frame number. `refusal` is empty when the set can be shown, else one
    sentence that says why it cannot and what to do; `refusal_code` is stable.
    """

    study_instance_uid: str
    series: Series
    frames: tuple[FrameAddress, ...]
    label: str
    refusal: str = ""
    refusal_code: str = ""


def display_sets(study: Study) -> tuple[DisplaySet, ...]:
    """The study's display sets in order of series number, none left out.

    A series that cannot be shown becomes a display set with a refusal: nothing
    is hidden. Frames that differ in size, bit layout, orientation, spacing or
    frame of reference never share a display set, nor do localizers and axial
    slices, nor two multi-frame images, nor radiographs of different views, nor
    MR images of different b-values or of maps made from them. Images at one
    position (echoes, phases) are dealt out to several display sets (H9). The
    order of instances and series in `study` makes no difference.
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
    sets: list[DisplaySet] = []
    for kind, members in _by_kind(instances):
        for stack in _stacks(members):
            sets.append(
                DisplaySet(
                    study_instance_uid=study_instance_uid,
                    series=series,
                    frames=() if stack[0].pixels is None else _frames(stack),
                    label=_label(series, kind, len(sets)),
                    refusal=kind.refusal.text if kind.refusal else "",
                    refusal_code=kind.refusal.code if kind.refusal else "",
                )
            )
    return sets


class _Kind(NamedTuple):
    """What frames must have in common to be scrolled through together."""

    refusal: Refusal | None
    pixels: PixelLayout | None
    is_localizer: bool
    frame_of_reference_uid: str
    plane: FramePlane | None  # of the first frame; position does not count
    clip_uid: str  # SOP Instance UID of a multi-frame image, else empty
    told_apart: tuple[object, ...]  # view and side, or b-value and map


def _kind(instance: Instance) -> _Kind:
    refused = refusal(instance)
    if instance.pixels is None:
        return _Kind(refused, None, False, "", None, "", ())
    return _Kind(
        refused,
        instance.pixels,
        "LOCALIZER" in instance.image_type,
        instance.frame_of_reference_uid if instance.plane else "",
        instance.plane,
        instance.sop_instance_uid if instance.number_of_frames > 1 else "",
        _told_apart(instance.facts),
    )


def _told_apart(facts: SeriesFacts) -> tuple[object, ...]:
    if facts.modality in _RADIOGRAPHS:
        return (facts.lateralities, facts.views, facts.view_position)
    if facts.modality == "MR":
        return (facts.b_values, _DIFFUSION_MAPS.intersection(facts.image_type))
    return ()


def _by_kind(instances: Sequence[Instance]) -> list[tuple[_Kind, list[Instance]]]:
    """Groups of one kind, in order of their first instance."""
    groups: dict[_Kind, list[tuple[_Kind, list[Instance]]]] = {}
    ordered: list[tuple[_Kind, list[Instance]]] = []
    for instance in instances:
        kind = _kind(instance)
        near = groups.setdefault(kind._replace(plane=None), [])
        group = next((g for g in near if _same_plane(g[0].plane, kind.plane)), None)
        if group is None:
            group = (kind, [])
            near.append(group)
            ordered.append(group)
        group[1].append(instance)
    return ordered


def _same_plane(a: FramePlane | None, b: FramePlane | None) -> bool:
    """Whether two planes are parallel, turned alike, and of one spacing."""
    if a is None or b is None:
        return a is b
    turned = zip(a.row + a.column, b.row + b.column, strict=True)
    spaced = zip(a.spacing, b.spacing, strict=True)
    return all(abs(x - y) <= SAME_DIRECTION for x, y in turned) and all(
        abs(x - y) <= SAME_SPACING * x for x, y in spaced
    )


def _stacks(instances: list[Instance]) -> list[list[Instance]]:
    """Stacks with one image at each position, sorted along the normal.

    The n-th image of every position, by `_instance_order`, goes to the n-th
    stack. Without planes all are one stack, in the order given.
    """
    first = instances[0].plane
    if first is None:
        return [instances]
    along = _projection(_normal(first))
    stacks: list[list[Instance]] = []
    for at_one_position in _by_position(instances, along):
        for index, instance in enumerate(at_one_position):
            if index == len(stacks):
                stacks.append([])
            stacks[index].append(instance)
    return stacks


def _normal(plane: FramePlane) -> Triple:
    (a, b, c), (d, e, f) = plane.row, plane.column
    return (b * f - c * e, c * d - a * f, a * e - b * d)


def _projection(normal: Triple) -> Callable[[Instance], float]:
    """Millimetres of an instance's position along the normal."""

    def along(instance: Instance) -> float:
        position = instance.plane.position if instance.plane else (0.0, 0.0, 0.0)
        return sum(p * n for p, n in zip(position, normal, strict=True))

    return along


def _by_position(
    instances: list[Instance], along: Callable[[Instance], float]
) -> list[list[Instance]]:
    """Instances grouped by position, ascending; each group by `_instance_order`."""
    groups: list[list[Instance]] = []
    start = -_LAST
    for instance in sorted(instances, key=lambda i: (along(i), _instance_order(i))):
        if along(instance) - start > SAME_POSITION_MM:
            start = along(instance)
            groups.append([])
        groups[-1].append(instance)
    return [sorted(group, key=_instance_order) for group in groups]


def _frames(stack: Sequence[Instance]) -> tuple[FrameAddress, ...]:
    return tuple(
        FrameAddress(instance, number)
        for instance in stack
        for number in range(1, instance.number_of_frames + 1)
    )


def _label(series: Series, kind: _Kind, sets_before: int) -> str:
    """The series' description or "CT 3"; what sets this set apart is added."""
    number = "" if series.series_number is None else f" {series.series_number}"
    name = series.series_description or f"{series.modality or 'Series'}{number}"
    if kind.is_localizer and "LOC" not in name.upper():
        name = f"{name} localizer"
    return name if sets_before == 0 else f"{name} ({sets_before + 1})"
