"""What the PET/CT shows, known without decoding it. Positions are LPS in mm.

No test of the viewer needs the viewer to know these.
"""

from __future__ import annotations

from dataclasses import dataclass

from smart_viewer.sandbox.mr_shapes import Point
from smart_viewer.sandbox.petct_anatomy import LESIONS
from smart_viewer.sandbox.petct_organs import (
    BLADDER,
    BRAIN,
    LIVER,
    SPLEEN,
    Stuff,
)
from smart_viewer.sandbox.petct_series import BODY_ORIGIN_LPS, center_lps


@dataclass(frozen=True, slots=True)
class PtRegion:
    """A ball of one tissue, far enough from its edge that the PET resolves it.

    suv: SUVbw, hu: of the CT; both before noise.
    """

    name: str
    center_lps: Point
    radius_mm: float
    suv: float
    hu: float


def _organ(name: str, stuff: Stuff, center: Point, radius_mm: float) -> PtRegion:
    x, y, z = (a + b for a, b in zip(center, BODY_ORIGIN_LPS, strict=True))
    return PtRegion(name, (x, y, z), radius_mm, stuff.suv, stuff.hu)


_CANCER = LESIONS[0]
REGIONS = (
    PtRegion(
        _CANCER.name,
        center_lps(_CANCER),
        _CANCER.diameter_mm / 2 - 9,
        _CANCER.suv,
        _CANCER.hu,
    ),
    _organ("liver", LIVER, (-70, -30, 25), 16.0),
    _organ("spleen", SPLEEN, (96, 44, 50), 10.0),
    _organ("bladder", BLADDER, (0, -26, -212), 18.0),
    _organ("brain", BRAIN, (0, 0, 455), 10.0),
)
