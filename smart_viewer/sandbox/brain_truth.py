"""What the MR of the brain shows, known without decoding it.

Positions are LPS in mm. No test of the viewer needs the viewer to know these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.brain_anatomy import INFARCT, SPOTS
from smart_viewer.sandbox.brain_series import to_head, to_lps
from smart_viewer.sandbox.mr_receiver import coil_sensitivity
from smart_viewer.sandbox.mr_shapes import Point
from smart_viewer.sandbox.shapes import Floats, Points, as_floats


@dataclass(frozen=True, slots=True)
class MrRegion:
    """A ball of one tissue, of `mr_signal.TISSUES`, and nothing else.

    The nearest slice to its middle shows it through its whole thickness.
    """

    tissue: str
    center_lps: Point
    radius_mm: float


def _region(tissue: str, center: Point, radius_mm: float) -> MrRegion:
    x, y, z = (float(v) for v in to_lps(np.array(center)))
    return MrRegion(tissue, (x, y, z), radius_mm)


REGIONS = (
    _region("infarct", (36.0, 6.0, 22.0), 6.0),
    _region("white matter", (-27.0, 2.0, 22.0), 4.0),
    _region("brain stem", (0.0, 7.0, -28.0), 8.0),
    _region("deep grey", (25.5, -5.0, 2.0), 3.0),
    _region("csf", (0.0, 24.0, -33.0), 3.0),
)
INFARCT_LPS: Point = _region("infarct", INFARCT.center, INFARCT.core_mm).center_lps
"""Middle of the infarct, on the patient's left."""
SPOTS_LPS: tuple[Point, ...] = tuple(
    _region(spot.tissue, spot.center, 1.0).center_lps for spot in SPOTS
)
"""Middles of the small lesions of the white matter; the fifth takes up contrast."""


def shading(points_lps: Points) -> Floats:
    """How strongly the coil receives at positions (…, 3) in LPS, about 1."""
    x, y, z = np.moveaxis(to_head(points_lps), -1, 0)
    return coil_sensitivity(as_floats(x), as_floats(y), as_floats(z))
