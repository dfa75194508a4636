"""Pictures as PNG files (ISO/IEC 15948), for thumbnails and rendered images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def encode_png(levels: NDArray[np.uint8]) -> bytes:
    """The file of grey levels (height, width) or of RGB (height, width, 3)."""
    import imagecodecs  # heavy, and only where pictures are made

    return bytes(imagecodecs.png_encode(np.ascontiguousarray(levels)))
