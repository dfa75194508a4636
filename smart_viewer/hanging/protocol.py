"""Hanging protocols as data, in the words of PS3.3 C.23.1 and C.23.3."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from smart_viewer.errors import SettingsInvalid

Level = Literal["MANUFACTURER", "SITE", "USER_GROUP", "SINGLE_USER"]
LEVELS: tuple[Level, ...] = ("MANUFACTURER", "SITE", "USER_GROUP", "SINGLE_USER")
LARGEST_GRID = 5
LIBRARY_FOLDER = Path(__file__).parent / "library"  # the protocols that we ship


@dataclass(frozen=True, slots=True)
class Layout:
    """A grid of viewports."""

    rows: int
    columns: int

    def __post_init__(self) -> None:
        for name, value in (("rows", self.rows), ("columns", self.columns)):
            if not 1 <= value <= LARGEST_GRID:
                raise SettingsInvalid(f"{name} must be 1 to {LARGEST_GRID}: {value}")

    @property
    def cells(self) -> int:
        """How many display sets it shows at once."""
        return self.rows * self.columns


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a protocol; `layouts` grow, the first that fits is taken."""

    name: str
    layouts: tuple[Layout, ...]


@dataclass(frozen=True, slots=True)
class Protocol:
    """One hanging protocol. One without match rules fits every order."""

    id: str
    label: str
    level: Level
    stages: tuple[Stage, ...]


def load_library(folder: Path) -> tuple[Protocol, ...]:
    """The protocols of a folder of TOML files. SettingsInvalid names the file."""
    return tuple(_load(file) for file in sorted(folder.glob("*.toml")))


def _load(file: Path) -> Protocol:
    try:
        return read_protocol(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, KeyError, TypeError, ValueError, SettingsInvalid) as cause:
        raise SettingsInvalid(f"{file.name}: {cause}") from cause


def read_protocol(table: Mapping[str, object]) -> Protocol:
    """A protocol from its table. SettingsInvalid, KeyError or TypeError if unfit."""
    level = table["level"]
    if level not in LEVELS:
        raise SettingsInvalid(f"level must be one of {', '.join(LEVELS)}: {level}")
    if table.get("match"):
        raise SettingsInvalid("match rules are not read yet")
    stages = tuple(
        _stage(stage) for stage in cast(list[dict[str, object]], table["stages"])
    )
    if not stages:
        raise SettingsInvalid("a protocol needs a stage")
    return Protocol(str(table["id"]), str(table["label"]), level, stages)


def _stage(table: Mapping[str, object]) -> Stage:
    layouts = tuple(
        Layout(int(layout["rows"]), int(layout["columns"]))
        for layout in cast(list[dict[str, int]], table["layouts"])
    )
    if not layouts:
        raise SettingsInvalid("a stage needs a layout")
    return Stage(str(table["name"]), layouts)
