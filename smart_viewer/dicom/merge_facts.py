"""The facts of several images together: of a display set, or of a series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from smart_viewer.dicom.display_sets import DisplaySet
from smart_viewer.dicom.series_facts import NO_FACTS, Plane, SeriesFacts
from smart_viewer.dicom.study import FramePlane, Instance, Series, Triple

MAIN_DIRECTION = 0.8  # cosine above which a plane is called after its axis
_AXES: tuple[Plane, Plane, Plane] = ("sagittal", "coronal", "axial")  # x, y, z
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
    series = display_set.series
    instances = tuple({id(f.instance): f.instance for f in display_set.frames}.values())
    facts = facts_of_instances(instances or series.instances)
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
    first = planes[0] if planes else None
    return replace(
        merged(distinct),
        acquisition_time=min(
            (i.acquisition_time for i in instances if i.acquisition_time), default=""
        ),
        image_count=len(instances),
        plane=_common_plane(planes),
        slice_spacing_mm=_slice_spacing(planes),
        pixel_spacing_mm=first.spacing if first else None,
        series_image_count=len(instances),
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


def plane_of(plane: FramePlane) -> Plane:
    """The axis along which the normal mostly runs (cosine > 0.8), else oblique."""
    for axis, cosine in zip(_AXES, _normal(plane), strict=True):
        if abs(cosine) > MAIN_DIRECTION:
            return axis
    return "oblique"


def _common_plane(planes: Sequence[FramePlane]) -> Plane:
    found = {plane_of(plane) for plane in {id(p.row): p for p in planes}.values()}
    if len(found) > 1:
        return "oblique"
    return next(iter(found), "")


def _normal(plane: FramePlane) -> Triple:
    (a, b, c), (d, e, f) = plane.row, plane.column
    return (b * f - c * e, c * d - a * f, a * e - b * d)


def _slice_spacing(planes: Sequence[FramePlane]) -> float | None:
    """The median distance of neighbours along the first plane's normal, in mm."""
    if len(planes) < 2:
        return None
    normal = _normal(planes[0])
    along = sorted({round(_dot(plane.position, normal), 3) for plane in planes})
    gaps = sorted(b - a for a, b in zip(along, along[1:], strict=False))
    return gaps[len(gaps) // 2] if gaps else None


def _dot(a: Triple, b: Triple) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _orientations(series: Series) -> int:
    return len(set(_turned(series.instances)))


def _turned(instances: Iterable[Instance]) -> Iterable[tuple[float, ...]]:
    for one in instances:
        if one.plane is not None:
            yield tuple(
                round(c, _SAME_ORIENTATION) for c in one.plane.row + one.plane.column
            )
