"""The facts of several images together: of a display set, or of a series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from smart_viewer.dicom.display_sets import DisplaySet
from smart_viewer.dicom.frame_address import FrameAddress, addresses
from smart_viewer.dicom.planes import dot, normal_of, plane_of
from smart_viewer.dicom.series_facts import NO_FACTS, Plane, SeriesFacts
from smart_viewer.dicom.set_stacks import number_in
from smart_viewer.dicom.study import FramePlane, Instance, Series, Triple

_SAME_ORIENTATION = 2  # decimals of a direction cosine
_GATHERED = (
    "procedure_codes protocol_codes reason_codes anatomic_regions lateralities views "
    "view_modifiers b_values"
).split()
_FIRST = tuple(
    field.name
    for field in fields(SeriesFacts)
    if field.name not in {*_GATHERED, "frame_count"}
)


def facts_of(display_set: DisplaySet) -> SeriesFacts:
    """The facts of a display set, and what matters of the series it is part of."""
    series, frames = display_set.series, display_set.frames
    instances = tuple({id(f.instance): f.instance for f in frames}.values())
    facts = facts_of_instances(instances or series.instances)
    if frames and any(f.facts or f.tile is not None for f in frames):
        facts = _of_frames(facts, frames)
    return replace(
        facts,
        modality=series.modality or facts.modality,
        series_image_count=len(series.instances),
        series_orientations=_orientations(series),
    )


def facts_of_instances(instances: Sequence[Instance]) -> SeriesFacts:
    """The facts of these images together; those of nothing where there is none."""
    if not instances:
        return NO_FACTS
    distinct = tuple({id(i.facts): i.facts for i in instances}.values())
    planes = [i.plane for i in instances if i.plane is not None]
    return replace(
        _with_geometry(merged(distinct), planes),
        acquisition_time=min(
            (i.acquisition_time for i in instances if i.acquisition_time), default=""
        ),
        image_count=len(instances),
        series_image_count=len(instances),
    )


def _of_frames(facts: SeriesFacts, frames: Sequence[FrameAddress]) -> SeriesFacts:
    """What these frames say, where they are not all of their images.

    Frames with planes count as images: a stack is one however it is stored.
    """
    planes = [f.plane for f in frames if f.plane is not None]
    told = [dict(f.coordinates) for f in frames]
    b_values = dict.fromkeys(_numbers(told, "b-value"))
    echo = next(iter(_numbers(told, "echo")), facts.echo_time_ms)
    is_stack = len(planes) == len(frames)
    return replace(
        _with_geometry(facts, planes),
        image_type=frames[0].image_type,
        b_values=tuple(b_values) or facts.b_values,
        echo_time_ms=echo,
        image_count=len(frames) if is_stack else facts.image_count,
        frame_count=1 if is_stack else facts.frame_count,
    )


def _numbers(told: Iterable[dict[str, str]], name: str) -> list[float]:
    found = [number_in(one[name]) for one in told if name in one]
    return [number for number in found if number is not None]


def _with_geometry(facts: SeriesFacts, planes: Sequence[FramePlane]) -> SeriesFacts:
    return replace(
        facts,
        plane=_common_plane(planes),
        slice_spacing_mm=_slice_spacing(planes),
        pixel_spacing_mm=planes[0].spacing if planes else None,
    )


def merged(facts: Sequence[SeriesFacts]) -> SeriesFacts:
    """One for all: gathered where images may differ, else the first that is given.

    Without geometry, counts and times of the group: those need `facts_of`.
    """
    if len(facts) == 1:
        return facts[0]
    whole: dict[str, object] = {
        name: _first_given([getattr(one, name) for one in facts]) for name in _FIRST
    }
    for name in _GATHERED:
        every = (value for one in facts for value in getattr(one, name))
        whole[name] = tuple(dict.fromkeys(every))
    largest = max((one.frame_count for one in facts), default=1)
    return replace(NO_FACTS, **whole, frame_count=largest)  # type: ignore[arg-type]  # names of its own fields, with values of those fields


def _first_given(found: Sequence[object]) -> object:
    return next((value for value in found if value), found[0])


def _common_plane(planes: Sequence[FramePlane]) -> Plane:
    found = {plane_of(plane) for plane in {id(p.row): p for p in planes}.values()}
    if len(found) > 1:
        return "oblique"
    return next(iter(found), "")


def _slice_spacing(planes: Sequence[FramePlane]) -> float | None:
    """The median distance of neighbours along the first plane's normal, in mm."""
    if len(planes) < 2:
        return None
    normal = normal_of(planes[0])
    along = sorted({round(dot(plane.position, normal), 3) for plane in planes})
    gaps = sorted(b - a for a, b in zip(along, along[1:], strict=False))
    return gaps[len(gaps) // 2] if gaps else None


def _orientations(series: Series) -> int:
    return len(set(_turned(series.instances)))


def _turned(instances: Iterable[Instance]) -> Iterable[tuple[float, ...]]:
    last: FramePlane | None = None
    for frame in (frame for one in instances for frame in addresses(one)):
        plane = frame.plane
        if plane is None or (last and (plane.row, plane.column) == _axes(last)):
            continue
        last = plane
        yield tuple(round(c, _SAME_ORIENTATION) for c in plane.row + plane.column)


def _axes(plane: FramePlane) -> tuple[Triple, Triple]:
    return plane.row, plane.column
