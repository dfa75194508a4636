"""Frames of one orientation dealt out to stacks: one frame at each position (H9).

First by what makes another picture of the same place (b-value, echo, segment), then
by where stacks lie side by side; then, only while several frames are at one
position, by whatever explains them: a coordinate that every position has. What
nothing explains is dealt out in order of the instances.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from smart_viewer.dicom.frame_address import FrameAddress
from smart_viewer.dicom.planes import dot, normal_of
from smart_viewer.dicom.stack_geometry import is_one_stack
from smart_viewer.dicom.study import FramePlane, Triple

SAME_POSITION_MM = 1e-3  # along the normal
BESIDE_MM = 1.0  # in the plane: farther apart are two stacks
JUMP = 3.0  # times the distances on both sides of it: between two blocks
LEAST_BLOCK = 3  # frames
MOST_SETS = 12  # volumes of a series in time that become sets of their own
LEAST_SHIFTED = 3  # frames of each of two stacks that are shifted against each other
MOST_PLACES = 1.2  # times those of the longest volume: more, and volumes are shifted
LEAST_COVERAGE = 0.65  # of the positions, by the parts of a coordinate on average
SAME_NUMBER = 0.015  # relative: b-values and echo times jitter
# Other pictures of the same place: never in one stack.
ALWAYS = tuple(
    "component,segment,energy window,detector,rotation,b-value,echo".split(",")
)
# Only where several frames are at one position, in this order.
AS_NEEDED = tuple(
    "contrast,echo number,inversion,flip,repetition,energy,kernel,thickness,"
    "interval".split(",")
)
# As those; where there are many, they are one stack with the volumes one after another.
SERIAL = tuple(
    "direction,time slot,phase,time,offset,trigger,acquisition,acquired,object".split(
        ","
    )
)
_JITTERING = frozenset(["b-value", "echo", "inversion", "flip", "thickness"])
_DRIFTING = frozenset(["time", "trigger"])
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?", re.IGNORECASE)


class Spot(NamedTuple):
    """A frame and where it is along the normal, mm; `rank` in order of instances."""

    along: float
    rank: int
    frame: FrameAddress


Volume = list[Spot]  # ascending, one at each position


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames to scroll through, in order; see `display_sets.DisplaySet`."""

    frames: tuple[FrameAddress, ...]
    positions: tuple[int, ...] = ()  # index of the first frame of each; of all alike
    volumes: tuple[tuple[int, ...], ...] = ()
    note: str = ""  # what tells it apart where no coordinate does
    pixelless: tuple[str, ...] = ()  # SOP Instance UIDs of what has no frames


def number_in(value: str) -> float | None:
    """The number with which a coordinate's value begins."""
    found = _NUMBER.match(value)
    return float(found[0]) if found else None


def coordinate(frame: FrameAddress, name: str) -> str:
    """The frame's value of this name; empty where it has none."""
    for known, value in frame.coordinates:
        if known == name:
            return value
    if name == "acquired":
        return frame.instance.acquisition_time
    if name == "object" and (frame.instance.frames or frame.tile is not None):
        return frame.instance.sop_instance_uid
    return ""


def without_planes(frames: Sequence[FrameAddress]) -> list[Stack]:
    """Stacks of frames that lie nowhere; in order of instance, then of dimensions."""
    if all(frame.instance is frames[0].instance for frame in frames):
        if frames[0].facts is None:  # a clip
            return [Stack(tuple(frames))]
    parts = [[Spot(0.0, rank, frame) for rank, frame in enumerate(frames)]]
    for name in _in_order(ALWAYS, frames):
        parts = [few for part in parts for few in _by_value(part, name)]
    return [Stack(tuple(_by_dimensions([s.frame for s in part]))) for part in parts]


def _by_dimensions(frames: Sequence[FrameAddress]) -> list[FrameAddress]:
    """H12: of one image by its Dimension Index Values, where every frame has them."""
    facts = [frame.facts for frame in frames]
    index = [one.dimension_index_values if one else () for one in facts]
    if not all(index) or len({f.instance.sop_instance_uid for f in frames}) > 1:
        return list(frames)
    return [frames[i] for i in sorted(range(len(frames)), key=index.__getitem__)]


def with_planes(frames: Sequence[FrameAddress], plane: FramePlane) -> list[Stack]:
    """Stacks of parallel frames; `frames` in order of instance and frame."""
    normal = normal_of(plane)
    spots = sorted(
        Spot(dot(_position(frame), normal), rank, frame)
        for rank, frame in enumerate(frames)
    )
    parts = [spots]
    for name in _in_order((*ALWAYS, "stack"), frames):
        parts = [few for part in parts for few in _by_weight(part, name)]
    found: list[Stack] = []
    for part in parts:
        beside = _side_by_side(part, plane)
        for number, stack in enumerate(beside, start=1):
            note = f"stack {number}" if len(beside) > 1 else ""
            for volumes in _unfolded(stack):
                found += _blocks(volumes, note)
    return found


def _position(frame: FrameAddress) -> Triple:
    plane = frame.plane
    return plane.position if plane else (0.0, 0.0, 0.0)


def _in_order(names: Sequence[str], frames: Sequence[FrameAddress]) -> list[str]:
    """Those of the names in which the frames differ."""
    distinct: dict[tuple[int, int], FrameAddress] = {}
    for frame in frames:
        facts = frame.facts
        own = id(facts.coordinates) if facts else 0
        distinct.setdefault((id(frame.instance.coordinates), own), frame)
    found = [dict(frame.coordinates) for frame in distinct.values()]
    return [name for name in names if len({one.get(name, "") for one in found}) > 1]


def _by_weight(part: Volume, name: str) -> list[Volume]:
    """By one coordinate; by StackID only where it does not number single frames."""
    few = _by_value(part, name)
    return [part] if name == "stack" and 2 * len(few) > len(part) else few


def _by_value(spots: Volume, name: str) -> list[Volume]:
    """Spots of equal value, in order of the value; numbers that jitter are equal."""
    by_text: dict[str, Volume] = {}
    for spot in spots:
        by_text.setdefault(coordinate(spot.frame, name), []).append(spot)
    if len(by_text) == 1:
        return [spots]
    ordered = sorted(by_text, key=_value_order)
    tolerance = SAME_NUMBER if name in _JITTERING else 0.0
    parts = [by_text[ordered[0]]]
    for before, value in pairwise(ordered):
        if _is_same(before, value, tolerance):
            parts[-1] = sorted(parts[-1] + by_text[value])
        else:
            parts.append(by_text[value])
    return parts


def _value_order(value: str) -> tuple[bool, float, str]:
    number = number_in(value)
    return (number is None, number or 0.0, value)


def _is_same(a: str, b: str, tolerance: float) -> bool:
    first, second = number_in(a), number_in(b)
    if first is None or second is None:
        return False
    return abs(first - second) <= tolerance * abs(second)


def _side_by_side(spots: Volume, plane: FramePlane) -> list[Volume]:
    """Stacks with the same normal that lie beside each other, as of two breasts.

    A tilted stack moves sideways too, but its frames at one place in the plane
    are at one position along the normal: that is no stack.
    """
    parts = [spots]
    for axis in (plane.row, plane.column):
        parts = [few for part in parts for few in _apart(part, axis)]
    return sorted(parts, key=lambda part: min(spot.rank for spot in part))


def _apart(spots: Volume, axis: Triple) -> list[Volume]:
    at = sorted((dot(_position(s.frame), axis), s.rank, s) for s in spots)
    if at[-1][0] - at[0][0] <= BESIDE_MM:
        return [spots]
    parts = [[at[0][2]]]
    for (before, _, _), (here, _, spot) in pairwise(at):
        if here - before > BESIDE_MM:
            parts.append([])
        parts[-1].append(spot)
    parts = [sorted(part) for part in parts]
    return parts if all(len(_places(part)) > 1 for part in parts) else [spots]


def _places(spots: Volume) -> list[Volume]:
    """Spots by position, ascending; those of one position in order of instances."""
    groups: list[Volume] = []
    start = 0.0
    for spot in spots:
        if not groups or spot.along - start > SAME_POSITION_MM:
            start = spot.along
            groups.append([])
        groups[-1].append(spot)
    return [sorted(g, key=lambda s: s.rank) if len(g) > 1 else g for g in groups]


def _unfolded(spots: Volume) -> list[list[Volume]]:
    """Stacks, each a list of volumes: several only where they are too many for sets."""
    places = _places(spots)
    is_stack = all(len(place) == 1 for place in places)
    is_even = _is_even([place[0] for place in places], nearly=True)
    if is_stack and is_even:
        return [[spots]]
    frames = [spot.frame for spot in spots]
    names = _in_order((*AS_NEEDED, *_dimensions(frames), *SERIAL), frames)
    every = (*names, "acquired", "object")
    if not is_even:
        for name in every:
            parts = _by_value(spots, name)
            if _are_shifted(parts):
                return _joined(parts, as_one=name in SERIAL and len(parts) > MOST_SETS)
    if is_stack:
        return [[spots]]
    for name in every:
        parts = _by_value(spots, name)
        if not _explains(parts, places):
            parts = _by_rank(places, name)
        if len(parts) > 1:
            is_many = len(parts) > MOST_SETS or len(places) == 1
            return _joined(parts, as_one=name in SERIAL and is_many)
    return _dealt(places)


def _is_even(spots: Volume, nearly: bool = False) -> bool:
    """See `stack_geometry.is_one_stack`."""
    plane = spots[0].frame.plane
    positions = [_position(spot.frame) for spot in spots]
    return plane is not None and is_one_stack(positions, normal_of(plane), nearly)


def _are_shifted(parts: Sequence[Volume]) -> bool:
    """Whether the parts are stacks over the same range, each in order by itself."""
    if len(parts) < 2 or min(map(len, parts)) < LEAST_SHIFTED:  # noqa: PLR2004 -- two
        return False
    spans = [part[-1].along - part[0].along for part in parts]
    low = min(part[0].along for part in parts)
    high = max(part[-1].along for part in parts)
    average = sum(spans) / len(spans)
    return average >= LEAST_COVERAGE * (high - low) and all(
        _is_even([place[0] for place in _places(part)]) for part in parts
    )


def _dimensions(frames: Sequence[FrameAddress]) -> list[str]:
    """Names of dimensions that have no reader of their own, in order."""
    names = (name for frame in frames[:1] for name, _ in frame.coordinates)
    return [name for name in names if name.startswith("dimension ")]


def _explains(parts: Sequence[Volume], places: Sequence[Volume]) -> bool:
    """Whether a coordinate is why several frames are at one position.

    Its parts must cover most positions: a number that counts slices or table
    positions differs too, and explains nothing.
    """
    covered = [len(_places(part)) for part in parts]
    several = sum(len(place) - 1 for place in places)
    left = sum(len(p) - c for p, c in zip(parts, covered, strict=True))
    average = sum(covered) / (len(parts) * len(places))
    return len(parts) > 1 and left < several and average >= LEAST_COVERAGE


def _by_rank(places: Sequence[Volume], name: str) -> list[Volume]:
    """By the order of the values at each position, as trigger times drift."""
    if name not in _DRIFTING or len({len(place) for place in places}) > 1:
        return []
    parts: list[Volume] = [[] for _ in places[0]]
    for place in places:
        valued = [(_value_order(coordinate(s.frame, name)), s) for s in place]
        if len({value for value, _ in valued}) < len(place):
            return []
        for part, (_, spot) in zip(parts, sorted(valued), strict=True):
            part.append(spot)
    return parts


def _joined(parts: Sequence[Volume], *, as_one: bool) -> list[list[Volume]]:
    """The stacks of every part; as one: the n-th stack of each, one after another."""
    unfolded = [_unfolded(part) for part in parts]
    if not as_one:
        return [stack for stacks in unfolded for stack in stacks]
    return [
        [volume for stacks in unfolded for s in stacks[n : n + 1] for volume in s]
        for n in range(max(map(len, unfolded)))
    ]


def _dealt(places: Sequence[Volume]) -> list[list[Volume]]:
    """The n-th frame of every position goes to the n-th volume."""
    deepest = max(map(len, places))
    volumes = [[p[n] for p in places if n < len(p)] for n in range(deepest)]
    if deepest > MOST_SETS:
        return [volumes]
    return [[volume] for volume in volumes]


def _blocks(volumes: list[Volume], note: str) -> list[Stack]:
    """One stack, or one a block where a wide jump was meant.

    It was where images that follow each other in number are on its two sides;
    else something is missing there, which is a gap of one stack (H10).
    """
    if len(volumes) > 1:
        return [_interleaved(volumes, note)]
    spots = volumes[0]
    gaps = [b.along - a.along for a, b in pairwise(spots)]
    borders = [
        i + 1
        for i in range(1, len(gaps) - 1)
        if gaps[i] >= JUMP * max(gaps[i - 1], gaps[i + 1])
        and _follow(spots[i].frame, spots[i + 1].frame)
    ]
    edges = [0, *borders, len(spots)]
    if not borders or min(b - a for a, b in pairwise(edges)) < LEAST_BLOCK:
        return [_single(spots, note)]
    prefix = f"{note} " if note else ""
    return [
        _single(spots[a:b], f"{prefix}{'part' if note else 'stack'} {number}")
        for number, (a, b) in enumerate(pairwise(edges), start=1)
    ]


def _follow(a: FrameAddress, b: FrameAddress) -> bool:
    """Whether one comes directly after the other by its number."""
    if a.instance is b.instance:
        return a.tile is None and abs(a.frame_number - b.frame_number) == 1
    first, second = a.instance.instance_number, b.instance.instance_number
    return first is not None and second is not None and abs(first - second) == 1


def _single(spots: Volume, note: str) -> Stack:
    return Stack(
        tuple([spot.frame for spot in spots]), tuple(range(len(spots))), (), note
    )


def _interleaved(volumes: Sequence[Volume], note: str) -> Stack:
    """All volumes in one stack: at each position, one frame of each volume in turn."""
    number_of = {s.rank: n for n, volume in enumerate(volumes) for s in volume}
    places = _shared_places(volumes)
    frames: list[FrameAddress] = []
    first: list[int] = []
    within: list[list[int]] = [[] for _ in volumes]
    for place in places:
        first.append(len(frames))
        for spot in sorted(place, key=lambda s: number_of[s.rank]):
            within[number_of[spot.rank]].append(len(frames))
            frames.append(spot.frame)
    return Stack(tuple(frames), tuple(first), tuple(map(tuple, within)), note)


def _shared_places(volumes: Sequence[Volume]) -> list[Volume]:
    """The positions of all; volumes shifted a little have those of the longest one."""
    spots = sorted(spot for volume in volumes for spot in volume)
    places = _places(spots)
    longest = max(volumes, key=len)
    if len(places) <= MOST_PLACES * len(longest):
        return places
    borders = [(a.along + b.along) / 2 for a, b in pairwise(longest)]
    shared: list[Volume] = [[] for _ in longest]
    for spot in spots:
        shared[bisect(borders, spot.along)].append(spot)
    return shared
