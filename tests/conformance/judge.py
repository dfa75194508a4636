"""Compares pictures with the oracles, and keeps the account of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from conformance import expected, oracle_dcmtk, oracle_pydicom
from conformance.campaign import Drawn

TOLERANCE = 1.001  # grey levels: one, and the last bits of 32-bit numbers
HALF_UP = 0.5 + 1 / 1024  # what lies halfway goes up, as the pipeline documents
RENDERERS = ("Chromium", "PyOpenGL", "numpy")


@dataclass
class Row:
    """The account of one family against one oracle."""

    pictures: int = 0
    largest: float = 0.0
    faults: list[str] = field(default_factory=list)


class Ledger:
    """Rows by (family, oracle); it is what docs/display-conformance.md is made of."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Row] = defaultdict(Row)
        self.remarks: dict[str, dict[str, str]] = {}

    def note(
        self, family: str, oracle: str, difference: float, fault: str = ""
    ) -> None:
        """One comparison; a fault where it is beyond the tolerance."""
        row = self.rows[(family, oracle)]
        row.pictures += 1
        row.largest = max(row.largest, difference)
        if fault:
            row.faults.append(fault)

    def remark(self, about: str, words: dict[str, str]) -> None:
        """Something that the document lists: what was refused, and why."""
        self.remarks.setdefault(about, {}).update(words)


def judge(drawn: Sequence[Drawn], ledger: Ledger, folder: Path) -> list[str]:
    """Note every picture against every oracle that knows its function; the faults."""
    before = {key: len(row.faults) for key, row in ledger.rows.items()}
    for one in drawn:
        _by_hand(one, ledger)
    _by_pydicom(drawn, ledger)
    _by_dcmtk(drawn, ledger, folder)
    return [
        f"{key[0]} / {key[1]}: {fault}"
        for key, row in ledger.rows.items()
        for fault in row.faults[before.get(key, 0) :]
    ]


def pictures_of(one: Drawn) -> dict[str, NDArray[np.uint8] | str]:
    """What each renderer made of it."""
    shown = one.chromium.refusal if one.chromium.pixels is None else one.chromium.pixels
    return {"Chromium": shown, **one.serverside}


def difference(
    shown: NDArray[np.uint8], due: NDArray[np.floating], *, exact: bool
) -> float:
    """The largest distance of a level from what is due; NaN in `due` is not compared.

    due: unrounded, or another program's levels.
    """
    due = _alike(due, shown)
    shown = _alike(shown, due)
    if shown.shape != due.shape:
        return float("inf")
    levels = np.floor(due + HALF_UP) if exact else due
    return float(np.nanmax(np.abs(shown - levels), initial=0.0))


def _alike(picture: NDArray, other: NDArray) -> NDArray:
    """A grey picture as colour where the other has channels."""
    if picture.ndim == 2 and other.ndim == 3:
        return np.repeat(picture[..., np.newaxis], 3, axis=2)
    return picture


def _by_hand(one: Drawn, ledger: Ledger) -> None:
    due = expected.picture(one.case.native, one.view, one.frame)
    for renderer, shown in pictures_of(one).items():
        _compare(one, renderer, "hand", shown, due, ledger)


def _by_pydicom(drawn: Iterable[Drawn], ledger: Ledger) -> None:
    for one in drawn:
        if oracle_pydicom.silent(one.case, one.view):
            continue
        native = oracle_pydicom.native(one.case, one.view, one.frame)
        due = expected.turned(native, one.view)
        _compare(one, "Chromium", "pydicom", pictures_of(one)["Chromium"], due, ledger)


def _by_dcmtk(drawn: Sequence[Drawn], ledger: Ledger, folder: Path) -> None:
    asked = [one for one in drawn if not oracle_dcmtk.silent(one.case, one.view)]
    answers = oracle_dcmtk.pictures([(o.case, o.view, o.frame) for o in asked], folder)
    for one, answer in zip(asked, answers, strict=True):
        if isinstance(answer, str):
            ledger.note(one.case.family, "dcmtk", 0.0, f"{one.case.name}: {answer}")
            continue
        due = expected.turned(oracle_dcmtk.where_it_agrees(one.case, answer), one.view)
        _compare(one, "Chromium", "dcmtk", pictures_of(one)["Chromium"], due, ledger)


def _compare(
    one: Drawn,
    renderer: str,
    oracle: str,
    shown: NDArray[np.uint8] | str,
    due: NDArray[np.floating],
    ledger: Ledger,
) -> None:
    name = oracle if renderer == "Chromium" else f"{oracle} ({renderer})"
    if isinstance(shown, str):
        ledger.note(
            one.case.family,
            name,
            0.0,
            f"{one.case.name}: {renderer} drew nothing: {shown}",
        )
        return
    found = difference(shown, due, exact=one.case.exact)
    allowed = 0.0 if one.case.exact else max(TOLERANCE, one.case.within)
    fault = (
        ""
        if found <= allowed
        else f"{one.case.name}, {one.view}: {renderer} is {found:.3g} levels off"
    )
    ledger.note(one.case.family, name, found, fault)
