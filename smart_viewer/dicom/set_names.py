"""Names of display sets: the series' own, and what tells its sets apart.

Only what differs is said, in the order of `_ASPECTS`; a number in brackets is left
for what nothing known tells apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from smart_viewer.dicom.frame_address import FrameAddress
from smart_viewer.dicom.planes import plane_of
from smart_viewer.dicom.read_mosaic import is_mosaic
from smart_viewer.dicom.series_facts import Code
from smart_viewer.dicom.set_kinds import Kind
from smart_viewer.dicom.set_stacks import (
    ALWAYS,
    AS_NEEDED,
    SERIAL,
    Stack,
    number_in,
)
from smart_viewer.dicom.study import Appearance, Series

_RUNS = frozenset(["XA", "RF"])
# Views of mammography by SNOMED CT and SRT (PS3.16 CID 4014), as readers write them.
_VIEWS = {
    "399162004": "CC",
    "R-10242": "CC",
    "399368009": "MLO",
    "R-10226": "MLO",
    "399260004": "ML",
    "R-10224": "ML",
    "399352003": "LM",
    "R-10228": "LM",
    "399099002": "LMO",
    "R-10230": "LMO",
    "399192008": "XCCL",
    "R-1024A": "XCCL",
    "399101009": "XCCM",
    "R-1024B": "XCCM",
}
_LONGEST_VIEW = 24


class Named(NamedTuple):
    """One set to be named: what its frames have in common."""

    kind: Kind
    stack: Stack
    coordinates: dict[str, str]  # those that all its frames share


_Aspect = Callable[[Sequence[Named], Series], list[str]]


def names_of(series: Series, sets: Sequence[Named]) -> list[str]:
    """One name a set, all different; the same whatever order instances came in."""
    number = "" if series.series_number is None else f" {series.series_number}"
    plain = series.series_description or f"{series.modality or 'Series'}{number}"
    names = [_marked(plain, one) for one in sets]
    if len(sets) > 1:
        for aspect in _ASPECTS:
            _tell_apart(names, aspect(sets, series))
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            names[index] = f"{name} ({seen[name]})"
    return names


def _marked(name: str, one: Named) -> str:
    """What is said of a set in any case."""
    if one.kind.is_localizer and "LOC" not in name.upper():
        return f"{name} localizer"
    frame = next(iter(one.stack.frames), None)
    if frame is None or frame.tile is not None or not is_mosaic(frame.image_type):
        return name
    return name if "MOSAIC" in name.upper() else f"{name} mosaic"


def _tell_apart(names: list[str], words: Sequence[str]) -> None:
    """Add the words to sets of one name that differ in them."""
    by_name: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        by_name.setdefault(name, []).append(index)
    for alike in by_name.values():
        if len({words[index] for index in alike}) > 1:
            for index in alike:
                if words[index]:
                    names[index] = f"{names[index]} {words[index]}"


def _each(say: Callable[[Named], str]) -> _Aspect:
    """An aspect that looks at one set at a time."""
    return lambda sets, series: [say(one) for one in sets]


def _view(one: Named) -> str:
    if not one.kind.view or not one.stack.frames:
        return ""
    facts = one.stack.frames[0].instance.facts
    side = "".join(facts.lateralities)
    view = next(map(_view_word, facts.views), "") or facts.view_position
    return f"{side}{view}" if view in _VIEWS.values() else f"{side} {view}".strip()


def _view_word(code: Code) -> str:
    return _VIEWS.get(code.value, code.meaning[:_LONGEST_VIEW])


def _plane(one: Named) -> str:
    frame = next(iter(one.stack.frames), None)
    if frame is None or frame.plane is None or one.kind.refusal:
        return ""
    return plane_of(frame.plane) if one.stack.positions else "rotation"


def _clips(sets: Sequence[Named], series: Series) -> list[str]:
    """By the image's number, which the department knows too; the rest are stills."""
    numbers = {
        one.kind.clip_uid: one.stack.frames[0].instance.instance_number
        for one in sets
        if one.kind.clip_uid
    }
    is_told = None not in numbers.values() and len(set(numbers.values())) == len(
        numbers
    )
    if not is_told:
        numbers = {uid: rank for rank, uid in enumerate(numbers, start=1)}
    word = "run" if series.modality in _RUNS else "clip"
    rest = "stills" if numbers else ""
    return [
        f"{word} {numbers[one.kind.clip_uid]}"
        if one.kind.clip_uid
        else ("" if one.kind.has_plane or one.kind.refusal else rest)
        for one in sets
    ]


def _size(one: Named) -> str:
    pixels = one.kind.pixels
    return f"{pixels.columns} × {pixels.rows}" if pixels else ""


def _colour(one: Named) -> str:
    pixels = one.kind.pixels
    if pixels is None:
        return ""
    is_grey = pixels.photometric_interpretation.startswith("MONOCHROME")
    return f"{pixels.bits_stored} bit" if is_grey else "colour"


def _spacing(one: Named) -> str:
    frame = next(iter(one.stack.frames), None)
    spacing = frame.spacing if frame else None
    return f"{spacing.between_rows:.3g} mm" if spacing else ""


def _kind_of_spacing(one: Named) -> str:
    frame = next(iter(one.stack.frames), None)
    spacing = frame.spacing if frame else None
    if spacing is None or spacing.source == "patient":
        return ""
    if spacing.source == "calibrated":
        return "calibrated"
    factor = spacing.magnification
    return f"magnified {factor:.3g}" if factor else "at the detector"


def _picture(say: Callable[[FrameAddress, Appearance], str]) -> _Aspect:
    """An aspect of how stored values become a picture, which a set has once."""

    def aspect(one: Named) -> str:
        if one.kind.refusal or not one.stack.frames:
            return ""
        frame = one.stack.frames[0]
        return say(frame, frame.instance.appearance)

    return _each(aspect)


def _padding(frame: FrameAddress, appearance: Appearance) -> str:
    if appearance.padding is None:
        return ""
    low, high = (str(end).replace("-", "−") for end in appearance.padding)
    return f"padding {low}" if low == high else f"padding {low} to {high}"


def _aspect_ratio(frame: FrameAddress, appearance: Appearance) -> str:
    ratio = appearance.pixel_aspect
    return f"pixels {ratio[0]:.3g}:{ratio[1]:.3g}" if ratio else ""


def _layout(frame: FrameAddress, appearance: Appearance) -> str:
    """How values are stored, where it is not the size that differs."""
    pixels = frame.pixels
    if pixels is None:
        return ""
    if pixels.is_float:
        return "floating point"
    return "signed values" if pixels.signed else ""


def _voi(one: Named) -> str:
    """A picture by its number, which the department knows too; a run by its window."""
    frames = one.stack.frames
    if not frames or one.kind.has_plane or one.kind.refusal:
        return ""
    number = frames[0].instance.instance_number
    if len(frames) == 1 and not one.kind.clip_uid and number is not None:
        return f"image {number}"
    if frames[0].voi_luts or not frames[0].windows:
        return frames[0].voi_luts[0].explanation if frames[0].voi_luts else ""
    window = frames[0].windows[0]
    return f"W {window.width:.6g} L {window.center:.6g}".replace("-", "−")


def _references(sets: Sequence[Named], series: Series) -> list[str]:
    uids = [one.kind.frame_of_reference_uid for one in sets]
    rank = {uid: n for n, uid in enumerate(dict.fromkeys(filter(None, uids)), start=1)}
    return [f"reference {rank[uid]}" if uid else "" for uid in uids]


def _coordinate(name: str, say: Callable[[str, int], str]) -> _Aspect:
    """A coordinate in words; `say` gets the value and its rank among the sets."""

    def aspect(sets: Sequence[Named], series: Series) -> list[str]:
        values = [one.coordinates.get(name, "") for one in sets]
        ordered = sorted(
            set(values) - {""}, key=lambda value: (number_in(value) or 0.0, value)
        )
        rank = {value: n for n, value in enumerate(ordered, start=1)}
        return [say(value, rank[value]) if value else "" for value in values]

    return aspect


def _echo(value: str, rank: int) -> str:
    return f"echo {rank} · {number_in(value) or 0.0:.1f} ms"


def _ranked(word: str) -> Callable[[str, int], str]:
    """A whole number as it is; anything else by its rank."""
    return lambda value, rank: f"{word} {value if value.isdigit() else rank}"


def _valued(word: str) -> Callable[[str, int], str]:
    return lambda value, rank: f"{word} {value}".strip()


_SAID: dict[str, Callable[[str, int], str]] = {
    "component": _valued(""),
    "segment": _ranked("segment"),
    "energy window": _valued("energy window"),
    "detector": _ranked("detector"),
    "rotation": _ranked("rotation"),
    "b-value": _valued("b"),
    "echo": _echo,
    "contrast": _valued(""),
    "echo number": _ranked("echo"),
    "inversion": _valued("TI"),
    "flip": _valued("flip"),
    "repetition": _valued("TR"),
    "energy": _valued(""),
    "kernel": _valued(""),
    "thickness": _valued(""),
    "interval": _ranked("interval"),
    "direction": _ranked("direction"),
    "time slot": _ranked("phase"),
    "phase": _valued("phase"),
    "time": _ranked("time"),
    "offset": _ranked("time"),
    "trigger": _valued("phase"),
    "acquisition": _ranked("acquisition"),
}


def _of(names: Sequence[str]) -> list[_Aspect]:
    return [_coordinate(name, _SAID[name]) for name in names if name in _SAID]


_ASPECTS: tuple[_Aspect, ...] = (
    _each(_view),
    _each(lambda one: " ".join(one.kind.shows)),
    _each(lambda one: "secondary" if one.kind.is_secondary else ""),
    *_of(ALWAYS),
    _each(_plane),
    _clips,
    _coordinate("stack", _ranked("stack")),
    _each(lambda one: one.stack.note),
    *_of(AS_NEEDED),
    *_of(SERIAL),
    _each(_size),
    _each(_colour),
    _each(_spacing),
    _each(_kind_of_spacing),
    _references,
    _picture(_padding),
    _picture(lambda frame, appearance: "inverse" if appearance.inverse else ""),
    _picture(lambda frame, appearance: frame.rescale_type),
    _picture(_layout),
    _picture(_aspect_ratio),
    _picture(lambda frame, appearance: "table" if frame.modality_lut else ""),
    _picture(lambda frame, appearance: "profile" if appearance.icc_profile else ""),
    _each(_voi),
)
