"""Draws and writes the slices of the sample series; one process of several.

python -m smart_viewer.sandbox.chest_series FOLDER WORKER WORKERS
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from smart_viewer.sandbox.chest_dataset import SeriesPlan, stored_values, write_slice
from smart_viewer.sandbox.identity import (
    CHEST_PATIENT,
    OTHER_BIRTH_DATE_PATIENT,
    SampleIdentity,
)
from smart_viewer.sandbox.noise import LUNG, SOFT, filtered, noise
from smart_viewer.sandbox.phantom import PIXEL_MM, SEED, SLICES
from smart_viewer.sandbox.shapes import Floats
from smart_viewer.sandbox.truth import anatomy_slice_hu, reconstructed_circle

_SOFT_WINDOWS = ((40, 400, "MEDIASTINUM"), (-600, 1500, "LUNG"), (400, 2000, "BONE"))
_LUNG_WINDOWS = ((-600, 1500, "LUNG"), (40, 400, "MEDIASTINUM"))

CHEST_SOFT = SeriesPlan(
    key="chest/soft",
    number=1,
    description="CHEST 2.0 SOFT",
    kernel=SOFT,
    signed=True,
    feet_first=False,
    first=0,
    count=SLICES,
    windows=_SOFT_WINDOWS,
)
CHEST_LUNG = SeriesPlan(
    key="chest/lung",
    number=2,
    description="CHEST 2.0 LUNG",
    kernel=LUNG,
    signed=False,
    feet_first=True,
    first=0,
    count=SLICES,
    windows=_LUNG_WINDOWS,
)
OTHER_SOFT = SeriesPlan(
    key="mismatch/soft",
    number=1,
    description="CHEST 2.0 SOFT",
    kernel=SOFT,
    signed=False,
    feet_first=True,
    first=72,
    count=12,
    windows=_SOFT_WINDOWS,
)

PLANS: tuple[tuple[SampleIdentity, SeriesPlan], ...] = (
    (CHEST_PATIENT, CHEST_SOFT),
    (CHEST_PATIENT, CHEST_LUNG),
    (OTHER_BIRTH_DATE_PATIENT, OTHER_SOFT),
)


def draw_slice(plan: SeriesPlan, index: int, anatomy: Floats) -> Floats:
    """The slice in HU with the series' kernel and noise. anatomy: its plain truth."""
    rng = np.random.default_rng([SEED, 100 + plan.number, len(plan.key), index])
    grain = noise(anatomy, plan.kernel, PIXEL_MM, rng)
    return filtered(anatomy, plan.kernel) + grain


def write_index(folder: Path, index: int) -> None:
    """That slice of every series that has it; their folders are there."""
    anatomy = anatomy_slice_hu(index)
    for who, plan in PLANS:
        if plan.first <= index < plan.first + plan.count:
            hu = draw_slice(plan, index, anatomy)
            stored = stored_values(hu, reconstructed_circle(), plan)
            name = f"{plan.instance_number(index):04d}.dcm"
            write_slice(folder / plan.key / name, who, plan, index, stored)


def main(arguments: list[str]) -> None:
    """Every `workers`-th slice, from `worker` on."""
    folder, worker, workers = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    for _, plan in PLANS:
        (folder / plan.key).mkdir(parents=True, exist_ok=True)
    for index in range(worker, SLICES, workers):
        write_index(folder, index)


if __name__ == "__main__":
    main(sys.argv[1:])
