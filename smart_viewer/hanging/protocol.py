"""Hanging protocols as data, in the words of PS3.3 C.23.1 and C.23.3.

There is no word for flipping or turning an image: the side on the screen is the
side in the patient (hanging.md P7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from smart_viewer.errors import SettingsInvalid
from smart_viewer.hanging.priors import PriorRules
from smart_viewer.hanging.table import Level

LARGEST_GRID = 5
Justification = Literal["", "LEFT", "RIGHT"]
JUSTIFICATIONS: tuple[Justification, ...] = ("", "LEFT", "RIGHT")
PartialData = Literal["MAINTAIN_LAYOUT", "ADAPT_LAYOUT"]
PARTIAL_DATA: tuple[PartialData, ...] = ("MAINTAIN_LAYOUT", "ADAPT_LAYOUT")
Choice = Literal["first", "thin", "thick", "earliest", "latest", "largest"]
CHOICES: tuple[Choice, ...] = (
    "first",
    "thin",
    "thick",
    "earliest",
    "latest",
    "largest",
)


@dataclass(frozen=True, slots=True)
class Preset:
    """A window by name; width and center in `unit` (HU, SUVbw).

    invert: what is high is dark, as PET is read.
    """

    name: str
    width: float
    center: float
    unit: str
    function: str = "LINEAR"  # VOI LUT Function (0028,1056)
    invert: bool = False


@dataclass(frozen=True, slots=True)
class Selector:
    """Which display set a viewport shows.

    All `roles` must hold and none of `avoid`; localizers, screens and projections
    only where they are asked for. b_value: s/mm2, least and most. prefer: points
    for a role; 0 is 0. choose: who wins among equals, then the series number.
    """

    id: str
    label: str
    modalities: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    avoid: frozenset[str] = frozenset()
    b_value: tuple[float, float] | None = None
    prefer: Mapping[str, float] = field(default_factory=dict)
    choose: Choice = "first"


@dataclass(frozen=True, slots=True)
class Viewport:
    """One cell of a layout.

    selectors: ids, the first that finds something counts. prior: 0 the current
    study, n the n-th prior. window: None is the file's own. again: it may show
    what another cell of the stage shows already. justify: to which edge of the
    cell the image is drawn (PS3.3 C.23.3, Display Set Horizontal Justification).
    """

    selectors: tuple[str, ...]
    prior: int = 0
    window: Preset | None = None
    sync: tuple[str, ...] = ()
    justify: Justification = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A grid of viewports, row by row; without viewports it takes what comes."""

    rows: int
    columns: int
    viewports: tuple[Viewport, ...] = ()

    def __post_init__(self) -> None:
        for name, value in (("rows", self.rows), ("columns", self.columns)):
            if not 1 <= value <= LARGEST_GRID:
                raise SettingsInvalid(f"{name} must be 1 to {LARGEST_GRID}: {value}")
        if self.viewports and len(self.viewports) != self.cells:
            raise SettingsInvalid(
                f"{self.rows} × {self.columns} needs {self.cells} viewports, "
                f"not {len(self.viewports)}"
            )

    @property
    def cells(self) -> int:
        """How many display sets it shows at once."""
        return self.rows * self.columns


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a protocol.

    layouts: either one with viewports, or several that grow without: the first
    that holds all display sets is taken. needs: selectors that must find
    something in the current study; priors: how many must hang, or it is left out.
    """

    name: str
    layouts: tuple[Layout, ...]
    partial_data: PartialData = "ADAPT_LAYOUT"
    needs: tuple[str, ...] = ()
    priors: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """Rules on the exam; an empty one is no rule. All that are given must hold.

    needs: selectors that must find something in the current study.
    """

    modalities: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    foci: tuple[str, ...] = ()
    without_foci: tuple[str, ...] = ()
    lateralities: tuple[str, ...] = ()
    contrasts: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protocol:
    """One hanging protocol. One without match rules is the last resort."""

    id: str
    label: str
    level: Level
    stages: tuple[Stage, ...]
    match: Match = Match()
    priors: PriorRules = PriorRules()
    selectors: Mapping[str, Selector] = field(default_factory=dict)

    @property
    def is_last_resort(self) -> bool:
        """It has no rule at all and fits every order."""
        return self.match == Match()
