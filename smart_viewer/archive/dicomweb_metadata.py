"""A study's metadata made sure of: one study, no instance twice, every syntax known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple

from smart_viewer.archive.port import InstanceRef
from smart_viewer.dicom.json_values import JsonDataset, text, values
from smart_viewer.errors import NotInStandard, UpstreamUnavailable

WORKERS = 6
AVAILABLE_SYNTAX = "00083002"
_META_SYNTAX = "00020010"
# Instances of a series that agree in these were most likely stored alike.
_ALIKE = tuple(
    "0020000E 00080016 00080070 00080008 00280002 00280004 00280010 00280011 "
    "00280100 00282110 00282114".split()
)
_UID = re.compile(r"[0-9.]{1,64}")
_NO_FRAMES = "The archive did not give the image's frames."


def check_uids(*uids: str) -> None:
    """NotInStandard where one is no UID: they become parts of a URL."""
    if not all(_UID.fullmatch(uid) and uid.strip(".") for uid in uids):
        raise NotInStandard("This is not the UID of a study, series or image.")


def sure_instances(
    answers: Sequence[object], study_instance_uid: str
) -> list[dict[str, object]]:
    """The instances, each once; those that cannot be named are left out.

    UpstreamUnavailable: there is none, or one of another study.
    """
    found: dict[str, dict[str, object]] = {}
    for answer in answers:
        if not isinstance(answer, dict):
            continue
        uid = text(answer, "0020000D")
        if uid and uid != study_instance_uid:
            raise UpstreamUnavailable("The archive answered with another study.")
        if all(map(_UID.fullmatch, astuple(ref_of(answer)))):
            found.setdefault(text(answer, "00080018"), answer)
    if not found:
        raise UpstreamUnavailable("The archive does not hold this study.")
    return list(found.values())


def series_of(answers: Sequence[object], study_instance_uid: str) -> list[str]:
    """Series Instance UIDs of a search for one study's series, each once."""
    uids = {
        text(answer, "0020000E"): None
        for answer in answers
        if isinstance(answer, dict)
        and text(answer, "0020000D") in {"", study_instance_uid}
    }
    return [uid for uid in uids if _UID.fullmatch(uid)]


def ref_of(dataset: JsonDataset) -> InstanceRef:
    """Which instance the metadata is of."""
    return InstanceRef(
        text(dataset, "0020000D"), text(dataset, "0020000E"), text(dataset, "00080018")
    )


def stated_syntax(dataset: JsonDataset) -> str:
    """Available Transfer Syntax UID, or the file's own; empty where neither is told."""
    return text(dataset, AVAILABLE_SYNTAX) or text(dataset, _META_SYNTAX)


def fill_syntaxes(
    instances: Sequence[dict[str, object]], ask: Callable[[InstanceRef], str]
) -> dict[str, str]:
    """Write Available Transfer Syntax UID where it is not told; problems by SOP UID.

    ask: a frame's syntax, as the archive sends it; UpstreamUnavailable. Of
    instances that look alike the first and the last are asked, and all of them
    where those two differ.
    """
    groups: dict[str, list[dict[str, object]]] = {}
    for dataset in instances:
        if values(dataset, "00280010") and not stated_syntax(dataset):
            key = repr([_plain(values(dataset, tag)) for tag in _ALIKE])
            groups.setdefault(key, []).append(dataset)
    with ThreadPoolExecutor(WORKERS) as pool:
        ends = [dataset for group in groups.values() for dataset in _ends(group)]
        told = dict(_asked(pool, ends, ask))
        mixed = [group for group in groups.values() if _differ(group, told)]
        told |= dict(_asked(pool, [d for group in mixed for d in group[1:-1]], ask))
    problems: dict[str, str] = {}
    for group in groups.values():
        for dataset in group:
            syntax = told.get(id(dataset), told[id(group[0])])
            if syntax:
                dataset[AVAILABLE_SYNTAX] = {"vr": "UI", "Value": [syntax]}
            else:
                problems[text(dataset, "00080018")] = _NO_FRAMES
    return problems


def _plain(found: Sequence[object]) -> list[object]:
    return [value for value in found if isinstance(value, str | int | float)]


def _ends(group: list[dict[str, object]]) -> list[dict[str, object]]:
    return group if len(group) < 2 else [group[0], group[-1]]


def _differ(group: list[dict[str, object]], told: dict[int, str]) -> bool:
    return told[id(group[0])] != told[id(group[-1])]


def _asked(
    pool: ThreadPoolExecutor,
    datasets: Sequence[dict[str, object]],
    ask: Callable[[InstanceRef], str],
) -> Iterator[tuple[int, str]]:
    """By identity of the dataset; empty where the archive gave no frame."""

    def one(dataset: dict[str, object]) -> str:
        try:
            return ask(ref_of(dataset))
        except UpstreamUnavailable:
            return ""

    return zip(map(id, datasets), pool.map(one, datasets), strict=True)
