"""The chest's series, today's and the prior's, drawn and written slice by slice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from smart_viewer.sandbox.ct_dataset import (
    CtSeries,
    CtSlice,
    Grid,
    Scan,
    Scanner,
    Window,
    stored_values,
    write_slice,
)
from smart_viewer.sandbox.identity import (
    CHEST_PATIENT,
    CHEST_PRIOR,
    OTHER_BIRTH_DATE_PATIENT,
    SampleIdentity,
)
from smart_viewer.sandbox.noise import LUNG, OLD_SOFT, SOFT, Kernel, filtered, noise
from smart_viewer.sandbox.phantom import PRIOR_VIEW, SEED, SIZE, SLICES, TODAY, View
from smart_viewer.sandbox.shapes import Floats
from smart_viewer.sandbox.truth import (
    anatomy_slice_hu,
    prior_slice_hu,
    reconstructed_circle,
)

_SOFT_WINDOWS = ((40, 400, "MEDIASTINUM"), (-600, 1500, "LUNG"), (400, 2000, "BONE"))
_LUNG_WINDOWS = ((-600, 1500, "LUNG"), (40, 400, "MEDIASTINUM"))

_SCANNER = Scanner("Phantom", "SANDBOXCT1", "1", "1")
_OLD_SCANNER = Scanner("Phantom Mk I", "SANDBOXCT0", "7", "0.9")
_PROTOCOL = "Chest routine with contrast"
_SCAN = Scan(
    _SCANNER, _PROTOCOL, "CHEST", "SN", (120, 260, 500, 130), "BODY FILTER", True
)
_OLD_SCAN = Scan(
    _OLD_SCANNER, _PROTOCOL, "CHEST", "SN", (120, 180, 600, 108), "BODY", True, "76"
)


@dataclass(frozen=True, slots=True)
class ChestSeries:
    """One series and how it is drawn.

    first, count: the slices, counted from the feet. feet_first: InstanceNumber rises
    with the position.
    """

    who: SampleIdentity
    stored: CtSeries
    kernel: Kernel
    feet_first: bool
    first: int
    count: int

    @property
    def key(self) -> str:
        """Names its folder and its UIDs."""
        return self.stored.key

    def holds(self, index: int) -> bool:
        """Whether the slice at `index` belongs to it."""
        return self.first <= index < self.first + self.count

    def instance_number(self, index: int) -> int:
        """InstanceNumber of the slice at `index`."""
        place = index - self.first
        return place + 1 if self.feet_first else self.count - place


def _grid(view: View) -> Grid:
    return Grid(SIZE, view.pixel_mm, view.first_pixel_lps, view.slice_mm, view.slice_mm)


def _stored(
    key: str,
    number: int,
    description: str,
    kernel: Kernel,
    signed: bool,
    windows: tuple[Window, ...],
) -> CtSeries:
    return CtSeries(
        key, number, description, kernel.name, signed, windows, _SCAN, _grid(TODAY)
    )


CHEST_SOFT = ChestSeries(
    who=CHEST_PATIENT,
    stored=_stored("chest/soft", 1, "CHEST 2.0 SOFT", SOFT, True, _SOFT_WINDOWS),
    kernel=SOFT,
    feet_first=False,
    first=0,
    count=SLICES,
)
CHEST_LUNG = ChestSeries(
    who=CHEST_PATIENT,
    stored=_stored("chest/lung", 2, "CHEST 2.0 LUNG", LUNG, False, _LUNG_WINDOWS),
    kernel=LUNG,
    feet_first=True,
    first=0,
    count=SLICES,
)
OTHER_SOFT = ChestSeries(
    who=OTHER_BIRTH_DATE_PATIENT,
    stored=_stored("mismatch/soft", 1, "CHEST 2.0 SOFT", SOFT, False, _SOFT_WINDOWS),
    kernel=SOFT,
    feet_first=True,
    first=72,
    count=12,
)
PRIOR_SOFT = ChestSeries(
    who=CHEST_PRIOR,
    stored=CtSeries(
        key="chest_prior/soft",
        number=3,
        description="Thorax 2.5 Br38",
        kernel=OLD_SOFT.name,
        signed=False,
        windows=_SOFT_WINDOWS,
        scan=_OLD_SCAN,
        grid=_grid(PRIOR_VIEW),
    ),
    kernel=OLD_SOFT,
    feet_first=False,
    first=0,
    count=PRIOR_VIEW.slices,
)

TODAYS = (CHEST_SOFT, CHEST_LUNG, OTHER_SOFT)


def draw_slice(plan: ChestSeries, index: int, anatomy: Floats) -> Floats:
    """The slice in HU with the series' kernel and noise. anatomy: its plain truth."""
    number, pixel_mm = plan.stored.number, plan.stored.grid.pixel_mm
    rng = np.random.default_rng([SEED, 100 + number, len(plan.key), index])
    grain = noise(anatomy, plan.kernel, pixel_mm, rng)
    return filtered(anatomy, plan.kernel) + grain


def write_todays(folder: Path, index: int) -> None:
    """That slice of every series of today that has it; their folders are there."""
    anatomy = anatomy_slice_hu(index)
    for plan in TODAYS:
        if plan.holds(index):
            _write(folder, plan, index, TODAY.slice_z_lps(index), anatomy)


def write_prior(folder: Path, index: int) -> None:
    """That slice of the prior; its folder is there."""
    z_lps = PRIOR_VIEW.slice_z_lps(index)
    _write(folder, PRIOR_SOFT, index, z_lps, prior_slice_hu(index))


def _write(
    folder: Path, plan: ChestSeries, index: int, z_lps: float, anatomy: Floats
) -> None:
    hu = draw_slice(plan, index, anatomy)
    stored = stored_values(hu, reconstructed_circle(), plan.stored.signed)
    at = CtSlice(plan.instance_number(index), z_lps, index)
    write_slice(folder, plan.who, plan.stored, at, stored)
