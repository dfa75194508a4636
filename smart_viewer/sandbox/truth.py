"""What the sample images show, known without decoding them.

Slices are counted from the feet upwards, whatever InstanceNumber says. Positions are
LPS in mm, values HU. No test of the viewer needs the viewer to know these.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from smart_viewer.sandbox.noise import LUNG, SOFT, Kernel, filtered
from smart_viewer.sandbox.phantom import (
    FIRST_PIXEL_LPS,
    NODULES,
    ORIGIN_LPS,
    PIXEL_MM,
    PRIOR_NODULES,
    PRIOR_VIEW,
    SIZE,
    SLICE_MM,
    Nodule,
    Phantom,
)
from smart_viewer.sandbox.shapes import Floats

SeriesName = Literal["soft", "lung"]
KERNELS: dict[SeriesName, Kernel] = {"soft": SOFT, "lung": LUNG}
PADDING_HU = -3024.0
"""Outside the reconstructed circle of the soft series (stored -2000)."""


_GRAIN_MM2 = 17.0
"""Area over which the fine texture is much the same (lattice of 2.6 mm)."""


@dataclass(frozen=True, slots=True)
class Region:
    """A ball of one tissue. texture_hu: standard deviation of its own grain."""

    name: str
    center_lps: tuple[float, float, float]
    radius_mm: float
    hu: float
    texture_hu: float = 0.0

    @property
    def tolerance_hu(self) -> float:
        """Three standard errors of the grain's mean over a disc; half a HU at least."""
        independent = max(1.0, np.pi * self.radius_mm**2 / _GRAIN_MM2)
        return float(0.5 + 3 * self.texture_hu / np.sqrt(independent))


def _at(x: float, y: float, z: float) -> tuple[float, float, float]:
    return x + ORIGIN_LPS[0], y + ORIGIN_LPS[1], z + ORIGIN_LPS[2]


REGIONS = (
    Region("descending aorta", _at(26, 44, 170), 8.0, 178.0),
    Region("liver", _at(-95, -20, 60), 10.0, 108.0),
    Region("left ventricle's blood", _at(40, -29, 132), 8.0, 178.0),
    Region("lung", _at(-106, 12, 190), 6.0, -868.0, 20.0),
    Region("vertebral marrow", _at(0, 62, 164), 7.0, 185.0, 20.0),
    Region("air in front of the patient", _at(-20, -150, 160), 12.0, -1000.0),
    Region("air in the trachea", _at(-1, 9, 275), 4.0, -985.0),
)


def nodules() -> tuple[Nodule, ...]:
    """The lesions: centre, diameter and HU of each."""
    return NODULES


def truth_slice_hu(series: SeriesName, index: int) -> Floats:
    """The noise-free slice (rows, columns) as the series' kernel renders it.

    Stored pixels differ from it by noise, by rounding to 1 HU and by clipping at
    -1024 HU (lung series: what 12 bits cannot hold).
    """
    hu = filtered(anatomy_slice_hu(index), KERNELS[series])
    if series == "soft":
        hu = np.where(reconstructed_circle(), hu, np.float32(PADDING_HU))
    return hu


def prior_nodules() -> tuple[Nodule, ...]:
    """The lesions as the prior shows them; those that it lacks are left out."""
    return PRIOR_NODULES


@lru_cache(maxsize=1)
def _phantom() -> Phantom:
    return Phantom()


def prior_slice_hu(index: int) -> Floats:
    """The prior's slice before any kernel. index counts from its lowest slice."""
    return _phantom().hu(index, PRIOR_VIEW, PRIOR_NODULES)


def anatomy_slice_hu(index: int) -> Floats:
    """The slice before any kernel."""
    return _phantom().hu(index)


@lru_cache(maxsize=1)
def reconstructed_circle() -> NDArray[np.bool_]:
    """Which pixels (rows, columns) the scanner reconstructs: a disc."""
    steps = np.arange(SIZE) - (SIZE - 1) / 2
    return np.asarray(np.hypot(steps[:, None], steps[None, :]) <= SIZE / 2)


def index_of(center_lps: tuple[float, float, float]) -> tuple[int, int, int]:
    """Nearest (slice, row, column) of a position, each from 0."""
    x, y, z = center_lps
    slice_index = round((z - ORIGIN_LPS[2]) / SLICE_MM)
    row = round((y - FIRST_PIXEL_LPS[1]) / PIXEL_MM)
    return slice_index, row, round((x - FIRST_PIXEL_LPS[0]) / PIXEL_MM)
