"""Functional groups by attribute instead of by frame (PS3.3 C.7.6.16).

Thousands of frames repeat what they say; here each attribute stands once where all
frames agree in it, else as a list with one entry a frame. This is what the index
stores of a multi-frame image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from smart_viewer.dicom.json_values import JsonDataset, text, values
from smart_viewer.dicom.read_pet import PET_OWN_TAGS, PET_TAGS
from smart_viewer.dicom.read_pixels import read_number_of_frames
from smart_viewer.dicom.read_shutter import SHUTTER_TAGS

KEY = "frames"  # in a projection; never a tag
SHARED, PER_FRAME = "52009229", "52009230"
DIMENSIONS = "00209222"
_UNREADABLE = "The header's functional groups cannot be read"
# Group -> its attributes that are read; an attribute that is a sequence stays one.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "00209113": ("00200032",),  # Plane Position
    "00209116": ("00200037",),  # Plane Orientation
    "00289110": ("00280030", "00180050", "00180088"),  # Pixel Measures
    "00289145": ("00281052", "00281053", "00281054"),  # Pixel Value Transformation
    "00289132": ("00281050", "00281051", "00281055", "00281056", "00283010"),
    "00209111": (  # Frame Content
        "00209157",
        "00209056",
        "00209128",
        "00209156",
        "00189074",
    ),
    "00189114": ("00189082",),  # MR Echo
    "00189117": ("00189087", "00189089"),  # MR Diffusion
    "00189112": ("00180080", "00181314"),  # MR Timing
    "00189115": ("00189079",),  # MR Modifier
    "00189118": ("00209241", "00209153"),  # Cardiac Synchronization
    "00209253": ("00209245",),  # Respiratory Synchronization
    "00209310": ("0020930D",),  # Temporal Position
    "00189226": ("00089007", "00089208", "00089209"),  # MR Image Frame Type
    "00189329": ("00089007",),  # CT Image Frame Type
    "00189751": ("00089007",),  # PET Frame Type
    "00189504": ("00089007",),  # X-Ray 3D Frame Type
    "00189806": ("00089007",),  # US Image Description
    "00409092": ("00089007",),  # Parametric Map Frame Type
    "00189325": ("00180060",),  # CT X-Ray Details
    "00189314": ("00181210",),  # CT Reconstruction
    "00189341": ("00189344",),  # Contrast/Bolus Usage
    "00209071": ("00082218", "00209072"),  # Frame Anatomy
    "0062000A": ("0062000B",),  # Segment Identification
    "00409096": ("00409224", "00409225", "004008EA"),  # Real World Value Mapping
    "0020930E": ("00209301",),  # Plane Position (Volume)
    "0020930F": ("00209302",),  # Plane Orientation (Volume)
    "00189472": SHUTTER_TAGS,  # Frame Display Shutter
    "00209450": ("00200020",),  # Patient Orientation in Frame
    "00289443": ("00089007", "00181164"),  # Frame Pixel Data Properties (XA)
    # What a converter of classic images did not place elsewhere (C.7.6.16.2.25).
    "00209170": (),
    "00209171": (),
}
_UNASSIGNED = ("00209170", "00209171")
# Classic attributes that tell images apart, and what PET values mean, where unassigned.
_CLASSIC = tuple(
    "00080008 00080032 00180024 00180060 00180080 00180081 00180082 00180086 00181060 "
    "00181210 00181314 00189087 00190010 0019100C 0019100E 00200012 00200100 00430010 "
    "00431039 00541300".split()
) + (*PET_TAGS, *PET_OWN_TAGS, "00090010", "70530010")
_ONE_ITEM = ("00209113", "00209116", "00289110", "00289145", "00289132", "00209111")
_DIRECTION_SEQUENCE, _DIRECTION = "00189076", "00189089"
READ_TAGS = frozenset(tag for tags in _GROUPS.values() for tag in tags) | {*_CLASSIC}


@dataclass(frozen=True, slots=True)
class FrameColumns:
    """What the frames of one image say.

    same: as DICOM JSON, what holds for every frame. each: by tag, the `Value` of
    every frame, None for one that lacks it. dimensions: (tag, name) of each index
    in Dimension Index Values. problem: why they cannot be relied on; then the
    rest is empty.
    """

    count: int
    same: dict[str, object] = field(default_factory=dict)
    each: dict[str, list[object]] = field(default_factory=dict)
    dimensions: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    def at(self, index: int, tags: Sequence[str]) -> dict[str, object]:
        """One frame as DICOM JSON, of these attributes; `index` counts from 0."""
        found = {tag: self.same[tag] for tag in tags if tag in self.same}
        for tag in tags:
            column = self.each.get(tag)
            if column is not None and column[index] is not None:
                found[tag] = {"Value": column[index]}
        return found


def has_groups(dataset: JsonDataset) -> bool:
    """Whether the image says anything frame by frame."""
    return bool(values(dataset, SHARED) or values(dataset, PER_FRAME))


def group_columns(dataset: JsonDataset) -> FrameColumns:
    """The functional groups of a whole data set; a malformed one is a problem."""
    count = read_number_of_frames(dataset) or 1
    shared, frames = _items(dataset, SHARED), _items(dataset, PER_FRAME)
    if len(shared) > 1:
        return FrameColumns(count, problem=f"{_UNREADABLE}: they are shared twice.")
    if values(dataset, PER_FRAME) and len(frames) != count:
        said = f"they describe {len(frames)} frames of {count}"
        return FrameColumns(count, problem=f"{_UNREADABLE}: {said}.")
    if any(_is_double(item) for item in (*shared, *frames)):
        return FrameColumns(count, problem=f"{_UNREADABLE}: one is there twice.")
    same = _flat(shared[0]) if shared else {}
    each = _columns([_flat(item) for item in frames])
    _move_constant(same, each)
    return FrameColumns(count, same, each, _dimensions(dataset))


def to_stored(columns: FrameColumns) -> dict[str, object]:
    """The columns as JSON, for a projection."""
    return {
        "count": columns.count,
        "same": columns.same,
        "each": columns.each,
        "dimensions": [list(pair) for pair in columns.dimensions],
        "problem": columns.problem,
    }


def from_stored(stored: Mapping[str, object]) -> FrameColumns:
    """What `to_stored` wrote; it comes from our own index only."""
    count, same, each = stored["count"], stored["same"], stored["each"]
    dimensions, problem = stored["dimensions"], stored["problem"]
    assert isinstance(count, int) and isinstance(same, dict)
    assert isinstance(each, dict) and isinstance(dimensions, list)
    pairs = tuple((str(tag), str(name)) for tag, name in dimensions)
    return FrameColumns(count, same, each, pairs, str(problem))


def _items(dataset: JsonDataset, tag: str) -> list[JsonDataset]:
    """The items of a sequence; what is none counts as an empty one."""
    return [i if isinstance(i, Mapping) else {} for i in values(dataset, tag)]


def _is_double(item: JsonDataset) -> bool:
    """Whether a group that has one item by its definition has several."""
    return any(len(values(item, group)) > 1 for group in _ONE_ITEM)


def _flat(item: JsonDataset) -> dict[str, object]:
    """The attributes of one frame's groups, without the groups and without VRs."""
    found: dict[str, object] = {}
    for group, tags in _GROUPS.items():
        if group not in item:
            continue
        for inner in _items(item, group)[:1]:
            wanted = _CLASSIC if group in _UNASSIGNED else tags
            for tag in wanted:
                if tag not in found and (value := values(inner, tag)):
                    found[tag] = {"Value": bare(value)}
            for direction in _items(inner, _DIRECTION_SEQUENCE)[:1]:
                if value := values(direction, _DIRECTION):
                    found[_DIRECTION] = {"Value": bare(value)}
    return found


def bare(found: Sequence[object]) -> list[object]:
    """Values with items of sequences freed of what is empty."""
    return [
        {tag: attribute for tag, attribute in value.items() if attribute != {}}
        if isinstance(value, Mapping)
        else value
        for value in found
    ]


def _columns(frames: Sequence[dict[str, object]]) -> dict[str, list[object]]:
    tags = dict.fromkeys(tag for frame in frames for tag in frame)
    return {
        tag: [values(frame, tag) if tag in frame else None for frame in frames]
        for tag in tags
    }


def _move_constant(same: dict[str, object], each: dict[str, list[object]]) -> None:
    """Take what all frames agree in to `same`; where some lack it, shared fills in."""
    for tag, column in list(each.items()):
        fallback = values(same, tag) or None
        filled = [value if value is not None else fallback for value in column]
        each[tag] = filled
        same.pop(tag, None)
        if all(value == filled[0] for value in filled):
            same[tag] = {"Value": filled[0]}
            del each[tag]


def _dimensions(dataset: JsonDataset) -> tuple[tuple[str, str], ...]:
    """Tag and label of each dimension, in order (PS3.3 C.7.6.17)."""
    return tuple(
        (_pointer(item), text(item, "00209421")) for item in _items(dataset, DIMENSIONS)
    )


def _pointer(item: JsonDataset) -> str:
    found = values(item, "00209165")
    return found[0].upper() if found and isinstance(found[0], str) else ""
