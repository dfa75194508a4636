"""The head's two series: thick slices for the brain, thin ones for the bone."""

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
    stored_values,
    write_slice,
)
from smart_viewer.sandbox.head_phantom import (
    FIRST_PIXEL_LPS,
    PIXEL_MM,
    SEED,
    SIZE,
    THICK_MM,
    THICK_SLICES,
    THIN_MM,
    THIN_SLICES,
    thick_z_lps,
    thin_z_lps,
)
from smart_viewer.sandbox.head_truth import (
    BONE,
    BRAIN,
    rendered,
    thin_slice_hu,
)
from smart_viewer.sandbox.identity import HEAD_PATIENT
from smart_viewer.sandbox.noise import Kernel, noise
from smart_viewer.sandbox.shapes import Floats
from smart_viewer.sandbox.truth import reconstructed_circle

_SCANNER = Scanner("Phantom", "SANDBOXCT1", "1", "1")
_SCAN = Scan(
    _SCANNER,
    "Head routine without contrast",
    "HEAD",
    "OM",
    (120, 320, 1000, 320),
    "HEAD FILTER",
    False,
    "81",
)


@dataclass(frozen=True, slots=True)
class HeadSeries:
    """One series and how it is drawn. count: of its slices, from the feet upwards."""

    stored: CtSeries
    kernel: Kernel
    count: int


def _grid(slice_mm: float) -> Grid:
    return Grid(SIZE, PIXEL_MM, FIRST_PIXEL_LPS, slice_mm, slice_mm)


HEAD_SOFT = HeadSeries(
    CtSeries(
        key="head/soft",
        number=2,
        description="HEAD 5.0 BRAIN",
        kernel=BRAIN.name,
        signed=True,
        windows=((40, 80, "BRAIN"), (75, 200, "SUBDURAL"), (40, 40, "STROKE")),
        scan=_SCAN,
        grid=_grid(THICK_MM),
    ),
    BRAIN,
    THICK_SLICES,
)
HEAD_BONE = HeadSeries(
    CtSeries(
        key="head/bone",
        number=3,
        description="HEAD 2.5 BONE",
        kernel=BONE.name,
        signed=False,
        windows=((600, 2800, "BONE"), (40, 80, "BRAIN")),
        scan=_SCAN,
        grid=_grid(THIN_MM),
    ),
    BONE,
    THIN_SLICES,
)


def write_thick(folder: Path, index: int) -> None:
    """Thick slice `index` and the two thin ones that it holds."""
    thin = [thin_slice_hu(2 * index + n) for n in range(2)]
    for n, anatomy in enumerate(thin):
        place = 2 * index + n
        _write(folder, HEAD_BONE, place, thin_z_lps(place), anatomy)
    mean = (thin[0] + thin[1]) * np.float32(0.5)
    _write(folder, HEAD_SOFT, index, thick_z_lps(index), mean)


def _write(
    folder: Path, plan: HeadSeries, index: int, z_lps: float, anatomy: Floats
) -> None:
    rng = np.random.default_rng([SEED, 100 + plan.stored.number, index])
    grain = noise(anatomy, plan.kernel, PIXEL_MM, rng)
    hu = rendered(anatomy, plan.kernel) + grain
    stored = stored_values(hu, reconstructed_circle(), plan.stored.signed)
    at = CtSlice(index + 1, z_lps, index)
    write_slice(folder, HEAD_PATIENT, plan.stored, at, stored)
