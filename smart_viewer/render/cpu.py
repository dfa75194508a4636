"""The numpy path: the same request without GL."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_viewer.imaging.sampling import picture
from smart_viewer.render.request import FrameRequest


def draw(request: FrameRequest) -> NDArray[np.uint8]:
    """Grey levels (height, width) of the request, top row first."""
    return picture(request.bits, request.transform, request.grid)
