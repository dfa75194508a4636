"""Which frames of a series are alike enough to be scrolled through together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor
from typing import NamedTuple

from smart_viewer.dicom.frame_address import FrameAddress, addresses
from smart_viewer.dicom.image_words import is_localizer, is_secondary, shown
from smart_viewer.dicom.planes import SAME_DIRECTION, same_plane
from smart_viewer.dicom.refusals import Refusal, refusal
from smart_viewer.dicom.series_facts import SeriesFacts
from smart_viewer.dicom.study import FramePlane, Instance, PixelLayout

LEAST_TURNS = 6  # orientations that make a rotation, where each has one frame
MOST_VOI = 12  # choices of window by which one image's frames are several sets
MOST_TURNED = 1.1  # or nearly so: a full turn may end where it began
_WEIGHTS = (1.0, 1.37, 1.73, 2.11, 2.57, 3.01)  # of no orientation in particular
_RADIOGRAPHS = frozenset(["CR", "DX", "MG", "IO", "RG"])


class Kind(NamedTuple):
    """What frames must have in common, their plane aside.

    Of what is refused, only the refusal.
    """

    refusal: Refusal | None
    pixels: PixelLayout | None
    is_localizer: bool
    shows: tuple[str, ...]  # `image_words.shown`
    is_secondary: bool
    frame_of_reference_uid: str
    view: tuple[object, ...]  # side and view of a radiograph
    clip_uid: str  # SOP Instance UID of a multi-frame image without planes
    has_plane: bool
    look: int  # equal for what becomes a picture and is measured in the same way


def refused_kind(reason: Refusal) -> Kind:
    """Of what is not shown: its reason is all that counts."""
    return Kind(reason, None, False, (), False, "", (), "", False, 0)


@dataclass(slots=True)
class Group:
    """Frames of one kind and one orientation, in order of instance and frame.

    is_rotation: each is turned against the others, as in a rotating projection;
    then they have no geometry in common.
    """

    kind: Kind
    plane: FramePlane | None
    frames: list[FrameAddress] = field(default_factory=list)
    is_rotation: bool = False


def groups_of(instances: Sequence[Instance]) -> list[Group]:
    """Groups in order of their first frame; `instances` in their order."""
    near: dict[Kind, _Near] = {}
    ordered: list[Group] = []
    kind_of = _Kinds()
    for instance in instances:
        by_voi = _is_told_by_voi(instance)
        for run in _alike(addresses(instance)):
            kind = kind_of(run[0], by_voi)
            plane = run[0].plane if kind.has_plane else None
            group = near.setdefault(kind, _Near()).find(kind, plane)
            if not group.frames:
                ordered.append(group)
            group.frames += run
    rank = {id(instance): n for n, instance in enumerate(instances)}
    turning = [one.groups for one in near.values() if _turn(one.groups)]
    others = {id(group) for alike in turning for group in alike[1:]}
    for alike in turning:
        alike[0].is_rotation = True
        frames = [frame for group in alike for frame in group.frames]
        alike[0].frames = sorted(
            frames, key=lambda f: (rank[id(f.instance)], f.frame_number)
        )
    return [group for group in ordered if id(group) not in others]


def _alike(frames: list[FrameAddress]) -> list[list[FrameAddress]]:
    """Frames that say nothing of themselves together, which are many in a clip."""
    if not frames or (frames[0].facts is None and frames[0].tile is None):
        return [frames] if frames else []
    return [[frame] for frame in frames]


def _is_told_by_voi(instance: Instance) -> bool:
    """Whether frames without planes are apart by window and VOI LUTs.

    Colours have neither. Where the frames of one run have more of them than anybody
    chooses from, apart they would be single pictures and no run.
    """
    pixels = instance.pixels
    if pixels is None or not pixels.photometric_interpretation.startswith("MONO"):
        return False
    if len(instance.frames) <= MOST_VOI:
        return True
    return len({(f.windows, f.voi_luts) for f in instance.frames}) <= MOST_VOI


class _Near:
    """Groups of one kind, found by their plane without looking at each of them.

    Planes that are the same differ in `_place` by less than one: they are in the
    same cell or in neighbouring ones.
    """

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self._cells: dict[int, list[Group]] = {}

    def find(self, kind: Kind, plane: FramePlane | None) -> Group:
        """The first group with that plane, else a new one."""
        cell = 0 if plane is None else floor(_place(plane))
        for near in (cell, cell - 1, cell + 1):
            for group in self._cells.get(near, ()):
                if same_plane(group.plane, plane):
                    return group
        group = Group(kind, plane)
        self.groups.append(group)
        self._cells.setdefault(cell, []).append(group)
        return group


def _place(plane: FramePlane) -> float:
    """A number for an orientation: each cosine may differ by SAME_DIRECTION."""
    weighed = zip(_WEIGHTS, plane.row + plane.column, strict=True)
    return sum(weight * cosine for weight, cosine in weighed) / (
        SAME_DIRECTION * sum(_WEIGHTS)
    )


def _turn(alike: Sequence[Group]) -> bool:
    """Whether groups that differ in orientation only make one rotation."""
    kind = alike[0].kind
    return (
        len(alike) >= LEAST_TURNS
        and not kind.is_localizer
        and kind.refusal is None
        and sum(len(group.frames) for group in alike) <= MOST_TURNED * len(alike)
    )


class _Kinds:
    """The kind of a frame; worked out once for frames that share their attributes."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Kind] = {}
        self._looks: dict[tuple[object, ...], int] = {}

    def __call__(self, frame: FrameAddress, by_voi: bool) -> Kind:
        """by_voi: whether window and VOI LUTs tell frames without planes apart."""
        instance, facts = frame.instance, frame.facts
        has_plane = frame.plane is not None
        own = _own_look(frame, by_voi)
        key = (
            *_identities(instance),
            id(facts.image_type) if facts else None,
            facts.rescale_type if facts else None,
            own,
            frame.tile is None,
            has_plane,
        )
        kind = self._known.get(key)
        if kind is None:
            kind = self._known[key] = self._read(frame, own)
        return kind

    def _read(self, frame: FrameAddress, own: tuple[object, ...]) -> Kind:
        instance, words = frame.instance, frame.image_type
        has_plane = frame.plane is not None
        refused = refusal(instance)
        if refused:
            return refused_kind(refused)
        is_clip = instance.number_of_frames > 1 and not has_plane
        return Kind(
            None,
            frame.pixels,
            is_localizer(words),
            shown(words, instance.facts.modality == "MR"),
            is_secondary(words),
            instance.frame_of_reference_uid if has_plane else "",
            _view(instance.facts),
            instance.sop_instance_uid if is_clip else "",
            has_plane,
            self._look(frame, own),
        )

    def _look(self, frame: FrameAddress, own: tuple[object, ...]) -> int:
        """The number of what a display set has once: tables, padding, unit, mm."""
        appearance = frame.instance.appearance
        look = (
            frame.modality_lut,
            frame.rescale_type,
            appearance.padding,
            appearance.inverse,
            appearance.palette,
            appearance.icc_profile,
            appearance.pixel_aspect,
            own,
        )
        return self._looks.setdefault(look, len(self._looks))


def _own_look(frame: FrameAddress, by_voi: bool) -> tuple[object, ...]:
    """What frames of one image may differ in: the spacing, and the choices of VOI.

    A stack has its millimetres from its planes, which `same_plane` compares, and is
    windowed as one, whatever its slices offer.
    """
    spacing = frame.spacing
    if frame.plane is not None:
        if spacing is None:
            return ()
        return (spacing.source, spacing.note, spacing.magnification)
    return (spacing, frame.windows, frame.voi_luts) if by_voi else (spacing,)


def _identities(instance: Instance) -> tuple[object, ...]:
    """Of the attributes that decide: values, or identities where comparing is dear."""
    return (
        instance.sop_class_uid,
        instance.transfer_syntax_uid,
        instance.frame_of_reference_uid,
        instance.problem,
        instance.unapplied,
        instance.rescale_type,
        instance.sop_instance_uid if instance.number_of_frames > 1 else "",
        id(instance.pixels),
        id(instance.image_type),
        id(instance.facts),
        id(instance.modality_lut),
        id(instance.appearance),
    )


def _view(facts: SeriesFacts) -> tuple[object, ...]:
    if facts.modality not in _RADIOGRAPHS:
        return ()
    return (facts.lateralities, facts.views, facts.view_position)
