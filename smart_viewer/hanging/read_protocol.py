"""A protocol from TOML; whatever cannot be meant is refused at the start."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

from smart_viewer.errors import SettingsInvalid
from smart_viewer.hanging.priors import PriorRules
from smart_viewer.hanging.protocol import (
    CHOICES,
    JUSTIFICATIONS,
    PARTIAL_DATA,
    Layout,
    Match,
    Preset,
    Protocol,
    Selector,
    Stage,
    Viewport,
)
from smart_viewer.hanging.read_vocabulary import TABLES_FOLDER
from smart_viewer.hanging.roles import ROLES
from smart_viewer.hanging.table import LEVELS

LIBRARY_FOLDER = Path(__file__).parent / "library"  # the protocols that we ship
_SIDES = {"mg.r", "mg.l"}
_WRONG = (OSError, KeyError, TypeError, ValueError, AttributeError, SettingsInvalid)
Table = Mapping[str, object]
_T = TypeVar("_T", bound=str)


def load_library(folder: Path) -> tuple[Protocol, ...]:
    """The protocols of a folder of TOML files. SettingsInvalid names the file.

    Ids are unique, so that ranking ends in a total order (P5).
    """
    found: dict[str, Protocol] = {}
    for file in sorted(folder.glob("*.toml")):
        protocol = _load(file)
        if protocol.id in found:
            raise SettingsInvalid(f"{file.name}: the id {protocol.id} is taken")
        found[protocol.id] = protocol
    return tuple(found.values())


def _load(file: Path) -> Protocol:
    try:
        return read_protocol(tomllib.loads(file.read_text(encoding="utf-8")))
    except _WRONG as cause:
        raise SettingsInvalid(f"{file.name}: {cause}") from cause


@cache
def shipped_presets() -> Mapping[str, Preset]:
    """The window presets of the package, by name."""
    text = (TABLES_FOLDER / "windows.toml").read_text(encoding="utf-8")
    return {name: _preset(name, row) for name, row in tomllib.loads(text).items()}


def _preset(name: str, row: Table) -> Preset:
    _only(row, "width center unit function invert")
    return Preset(
        name,
        float(cast(float, row["width"])),
        float(cast(float, row["center"])),
        str(row["unit"]),
        str(row.get("function", "LINEAR")),
        bool(row.get("invert", False)),
    )


def read_protocol(table: Table) -> Protocol:
    """A protocol from its table. SettingsInvalid, KeyError or TypeError if unfit."""
    _only(table, "id label level match priors selectors stages")
    selectors = {
        id_: _selector(id_, cast(Table, row))
        for id_, row in cast(Table, table.get("selectors", {})).items()
    }
    protocol = Protocol(
        id=_text(table, "id"),
        label=_text(table, "label"),
        level=_one_of(table, "level", LEVELS),
        stages=tuple(_stage(row) for row in _rows(table, "stages")),
        match=_match(cast(Table, table.get("match", {}))),
        priors=_priors(cast(Table, table.get("priors", {}))),
        selectors=selectors,
    )
    _check(protocol)
    return protocol


def _check(protocol: Protocol) -> None:
    """Every selector that is named exists, and no prior is named beyond count."""
    if not protocol.stages:
        raise SettingsInvalid("a protocol needs a stage")
    viewports = [v for s in protocol.stages for lay in s.layouts for v in lay.viewports]
    named = {id_ for v in viewports for id_ in v.selectors}
    named |= {id_ for stage in protocol.stages for id_ in stage.needs}
    named |= set(protocol.match.needs)
    if unknown := named - protocol.selectors.keys():
        raise SettingsInvalid(f"there is no selector {', '.join(sorted(unknown))}")
    if any(v.prior > protocol.priors.count for v in viewports):
        raise SettingsInvalid("a viewport names a prior that priors.count leaves out")


def _selector(id_: str, row: Table) -> Selector:
    _only(row, "label modalities roles avoid b_value prefer choose")
    roles, avoid = frozenset(_texts(row, "roles")), frozenset(_texts(row, "avoid"))
    prefer = {
        role: _number(points)
        for role, points in cast(Table, row.get("prefer", {})).items()
    }
    if unknown := (roles | avoid | prefer.keys()) - ROLES:
        raise SettingsInvalid(f"there is no role {', '.join(sorted(unknown))}")
    modalities = _texts(row, "modalities")
    if "MG" in modalities and not roles & _SIDES:
        raise SettingsInvalid(f"{id_}: a selector of mammograms names the side (P7)")
    return Selector(
        id=id_,
        label=_text(row, "label"),
        modalities=modalities,
        roles=roles,
        avoid=avoid,
        b_value=_range(row),
        prefer=prefer,
        choose=_one_of(row, "choose", CHOICES, "first"),
    )


def _range(row: Table) -> tuple[float, float] | None:
    value = row.get("b_value")
    if value is None:
        return None
    least, most = [_number(v) for v in cast(list[object], value)]
    return least, most


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"not a number: {value}")
    return float(value)


def _stage(row: Table) -> Stage:
    _only(row, "name layouts partial_data needs priors")
    layouts = tuple(_layout(layout) for layout in _rows(row, "layouts"))
    if not layouts:
        raise SettingsInvalid("a stage needs a layout")
    if len(layouts) > 1 and any(layout.viewports for layout in layouts):
        raise SettingsInvalid("a stage with viewports has one layout")
    return Stage(
        name=_text(row, "name"),
        layouts=layouts,
        partial_data=_one_of(row, "partial_data", PARTIAL_DATA, "ADAPT_LAYOUT"),
        needs=_texts(row, "needs"),
        priors=_whole(row, "priors"),
    )


def _layout(row: Table) -> Layout:
    _only(row, "rows columns viewports")
    viewports = tuple(_viewport(v) for v in _rows(row, "viewports"))
    return Layout(_whole(row, "rows"), _whole(row, "columns"), viewports)


def _viewport(row: Table) -> Viewport:
    _only(row, "show prior window sync justify again")
    window = _text(row, "window", "")
    if window and window not in shipped_presets():
        raise SettingsInvalid(f"there is no window {window}")
    return Viewport(
        selectors=_texts(row, "show"),
        prior=_whole(row, "prior"),
        window=shipped_presets()[window] if window else None,
        sync=_texts(row, "sync"),
        justify=_one_of(row, "justify", JUSTIFICATIONS, ""),
        again=row.get("again") is True,
    )


def _match(row: Table) -> Match:
    names = "modalities regions foci without_foci lateralities contrasts purposes needs"
    _only(row, names)
    return Match(**{name: _texts(row, name) for name in names.split()})


def _priors(row: Table) -> PriorRules:
    _only(row, "count at_months")
    months = cast(list[object], row.get("at_months", []))
    return PriorRules(_whole(row, "count"), tuple(int(_number(m)) for m in months))


def _only(row: Table, names: str) -> None:
    """A misspelt key is refused, not ignored."""
    if unknown := row.keys() - set(names.split()):
        raise SettingsInvalid(f"unknown: {', '.join(sorted(unknown))}")


def _rows(row: Table, name: str) -> list[Table]:
    return cast(list[Table], row.get(name, []))


def _text(row: Table, name: str, default: str | None = None) -> str:
    value = row[name] if default is None else row.get(name, default)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text")
    return value


def _texts(row: Table, name: str) -> tuple[str, ...]:
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise TypeError(f"{name} must be a list of texts")
    return tuple(value)


def _whole(row: Table, name: str) -> int:
    value = row.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{name} must be a whole number")
    return value


def _one_of(
    row: Table, name: str, allowed: tuple[_T, ...], default: _T | None = None
) -> _T:
    value = row[name] if default is None else row.get(name, default)
    for choice in allowed:
        if value == choice:
            return choice
    raise SettingsInvalid(f"{name} must be one of {', '.join(allowed)}: {value}")
