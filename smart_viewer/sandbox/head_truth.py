"""What the head's images show, known without decoding them.

Slices are counted from the feet upwards. Positions are LPS in mm, values HU.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from smart_viewer.sandbox.head_phantom import (
    FIRST_PIXEL_LPS,
    HAEMORRHAGE,
    PIXEL_MM,
    THIN_MM,
    Haemorrhage,
    Head,
    head_lps,
    thin_z_lps,
)
from smart_viewer.sandbox.noise import Kernel, filtered
from smart_viewer.sandbox.shapes import Floats
from smart_viewer.sandbox.truth import Region

BRAIN = Kernel("Hr40f", 0.36, 4.6, 1.0)
BONE = Kernel("Hr64h", 0.85, 42.0, -0.5)

HEAD_REGIONS = (
    Region("blood", HAEMORRHAGE.center_lps, 5.0, 68.0),
    Region("water of the left ventricle", head_lps(9.5, -18, 52), 2.0, 6.0, 2.0),
    Region("vitreous of the left eye", head_lps(32, -74, 12), 6.0, 9.0),
    Region("vitreous of the right eye", head_lps(-32, -74, 12), 6.0, 9.0),
    Region("left white matter", head_lps(24, 0, 75), 6.0, 27.5, 1.0),
    Region("right white matter", head_lps(-24, 0, 75), 6.0, 27.5, 1.0),
    Region("left putamen", head_lps(26, -6, 37), 2.5, 38.0, 0.7),
    Region("pons", head_lps(0, 14, 2), 5.0, 33.0, 1.0),
    Region("air of the left maxillary sinus", head_lps(33, -62, -18), 6.0, -988.0),
)


def haemorrhage() -> Haemorrhage:
    """The fresh blood: where, how large, and its HU."""
    return HAEMORRHAGE


@lru_cache(maxsize=1)
def _head() -> Head:
    return Head()


def index_of(center_lps: tuple[float, float, float]) -> tuple[int, int, int]:
    """Nearest (thin slice, row, column) of a position, each from 0."""
    x, y, z = center_lps
    slice_index = round((z - thin_z_lps(0)) / THIN_MM)
    row = round((y - FIRST_PIXEL_LPS[1]) / PIXEL_MM)
    return slice_index, row, round((x - FIRST_PIXEL_LPS[0]) / PIXEL_MM)


def thick_slice_hu(index: int) -> Floats:
    """The thick slice before any kernel: the mean of two thin ones."""
    return (thin_slice_hu(2 * index) + thin_slice_hu(2 * index + 1)) * np.float32(0.5)


def thin_slice_hu(index: int) -> Floats:
    """The thin slice before any kernel."""
    return _head().hu(index)


def rendered(anatomy: Floats, kernel: Kernel) -> Floats:
    """The truth as sharp or smooth as the kernel makes it; means are kept."""
    once = filtered(anatomy, kernel)
    return filtered(once, kernel) if kernel.blur > 0 else once
