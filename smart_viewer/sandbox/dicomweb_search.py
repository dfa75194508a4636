"""QIDO-RS of the sandbox archive: what is found at each level (PS3.18 10.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from smart_viewer.sandbox.dicomweb_match import tag_of
from smart_viewer.sandbox.dicomweb_objects import Held

Level = Literal["study", "series", "instance"]
JsonDataset = dict[str, Any]

# PS3.18 Tables 10.6.3-3 to 10.6.3-5.
_STUDY = (
    "00080020 00080030 00080050 00080056 00080061 00080090 00100010 00100020 "
    "00100030 00100040 0020000D 00200010 00201206 00201208"
).split()
_SERIES = "00080060 0008103E 0020000E 00200011 00201209".split()
_INSTANCE = "00080016 00080018 00200013 00280010 00280011 00280100 00280008".split()
_RETURNED: dict[Level, list[str]] = {
    "study": _STUDY,
    "series": ["0020000D", *_SERIES],
    "instance": ["0020000D", "0020000E", *_INSTANCE],
}
_KEY: dict[Level, Callable[[Held], str]] = {
    "study": lambda held: held.study_uid,
    "series": lambda held: held.series_uid,
    "instance": lambda held: held.sop_uid,
}


def results(level: Level, held: Iterable[Held]) -> list[JsonDataset]:
    """One dataset a study, series or instance, with the computed attributes."""
    groups: dict[str, list[Held]] = {}
    for one in held:
        groups.setdefault(_KEY[level](one), []).append(one)
    return [_result(members) for members in groups.values()]


def reduced(dataset: JsonDataset, level: Level, include: Sequence[str]) -> JsonDataset:
    """What an answer holds: the level's own attributes and those asked for."""
    if "all" in include:
        return {tag: v for tag, v in dataset.items() if "BulkDataURI" not in v}
    asked = [tag_of(name) for names in include for name in names.split(",")]
    wanted = set(_RETURNED[level]) | set(asked)
    return {tag: value for tag, value in sorted(dataset.items()) if tag in wanted}


def _result(members: list[Held]) -> JsonDataset:
    series = {one.series_uid for one in members}
    modalities = sorted({_first(one, "00080060") for one in members} - {""})
    return {
        **members[0].metadata,
        "00080056": {"vr": "CS", "Value": ["ONLINE"]},
        "00080061": {"vr": "CS", "Value": modalities},
        "00201206": {"vr": "IS", "Value": [len(series)]},
        "00201208": {"vr": "IS", "Value": [len(members)]},
        "00201209": {"vr": "IS", "Value": [len(members)]},
    }


def _first(held: Held, tag: str) -> str:
    found = held.metadata.get(tag, {}).get("Value") or [""]
    return str(found[0])
