"""A case: one image as a Part 10 file, and the views in which it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydicom import Dataset

Turn = Literal[0, 90, 180, 270]
Interpolation = Literal["nearest", "bilinear"]


@dataclass(frozen=True)
class Window:
    """A window that the reader sets, in modality units."""

    center: float
    width: float
    function: str = "LINEAR"


@dataclass(frozen=True)
class View:
    """How the picture is asked for; by itself as the page would first show it.

    choice: the n-th of the file's windows, then of its VOI LUTs; own: the reader's.
    size: (width, height) of the picture; None: one screen pixel an image pixel.
    """

    choice: int | None = None
    own: Window | None = None
    invert: bool = False
    rotation: Turn = 0
    flip: bool = False
    interpolation: Interpolation = "nearest"
    size: tuple[int, int] | None = None

    def picture_size(self, rows: int, columns: int) -> tuple[int, int]:
        """(width, height) of the picture of such an image."""
        if self.size is not None:
            return self.size
        return (columns, rows) if self.rotation % 180 == 0 else (rows, columns)

    def page(self, windows: int) -> dict[str, Any]:
        """The same as the page's ViewState; `windows`: how many the file states."""
        return {
            "rotation": self.rotation,
            "flip": self.flip,
            "invert": self.invert,
            "interpolation": self.interpolation,
            "window": self._window(windows),
        }

    def _window(self, windows: int) -> dict[str, Any]:
        if self.own is not None:
            window = {
                "center": self.own.center,
                "width": self.own.width,
                "function": self.own.function,
                "explanation": "",
            }
            return {"kind": "own", "window": window}
        if self.choice is not None and self.choice >= windows:
            return {"kind": "table", "index": self.choice - windows}
        if self.choice is not None:
            return {"kind": "stated", "index": self.choice}
        return {"kind": "default"}


@dataclass(frozen=True)
class Case:
    """One image and its views.

    family: what the case belongs to, a row of docs/display-conformance.md.
    exact: the picture must be the oracle's to the last level (identity windows).
    frames: those looked at, from 0. within: levels that a lossy decoder may be off.
    judged: what the oracles read, where the file itself is compressed.
    """

    family: str
    name: str
    dataset: Dataset
    views: Sequence[View] = (View(),)
    exact: bool = False
    frames: Sequence[int] = (0,)
    within: float = 0.0
    judged: Dataset | None = None
    number: int = 0  # its SeriesNumber, given when it is written
    path: Path = field(default=Path())

    @property
    def native(self) -> Dataset:
        """The same image without compression."""
        return self.dataset if self.judged is None else self.judged

    def written(self, number: int, path: Path) -> Case:
        """The same case, as file `path` and series `number`."""
        return replace(self, number=number, path=path)
