"""What a picture of one frame is made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import NotSupported
from smart_viewer.imaging.grayscale import GrayscaleTransform
from smart_viewer.imaging.sampling import SamplingGrid


@dataclass(frozen=True, slots=True, eq=False)
class FrameRequest:
    """One frame of stored bits, how it becomes grey and where it is seen from.

    bits: (rows, columns) of uint8 or uint16; signed values as their unsigned bits.
    NotSupported where the bits are of another kind.
    """

    bits: NDArray[np.uint8] | NDArray[np.uint16]
    transform: GrayscaleTransform
    grid: SamplingGrid

    def __post_init__(self) -> None:
        if self.bits.ndim != 2 or self.bits.size == 0:
            raise NotSupported(f"a frame of shape {self.bits.shape} is not an image")
        if self.bits.dtype not in (np.uint8, np.uint16):
            raise NotSupported(f"stored bits of type {self.bits.dtype} are not drawn")
        if self.transform.layout.high_bit >= self.bits.dtype.itemsize * 8:
            raise NotSupported("the high bit lies outside the allocated bits")
