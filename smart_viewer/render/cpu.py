"""The numpy path: the same request without GL."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smart_viewer.imaging.picture import picture
from smart_viewer.render.request import FrameRequest


def draw(request: FrameRequest) -> NDArray[np.uint8]:
    """The picture of the request, top row first, as `GlRenderer.draw`."""
    return picture(request.cells, request.transform, request.grid, request.mask)
