"""What a picture of one frame is made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.errors import NotSupported
from smart_viewer.imaging.colour import CHANNELS, ColourTransform, PaletteTransform
from smart_viewer.imaging.grayscale import (
    Cells,
    Floats,
    GrayscaleTransform,
    StoredBits,
)
from smart_viewer.imaging.mask import Mask
from smart_viewer.imaging.picture import PixelTransform
from smart_viewer.imaging.sampling import SamplingGrid

INTEGERS = (np.uint8, np.uint16, np.uint32)
FLOATS = (np.float32, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class FrameRequest:
    """One frame of pixel cells, how it becomes a picture and where it is seen from.

    cells: (rows, columns) of uint8, uint16 or uint32, signed values as their unsigned
    bits; of float32 or float64; of colour (rows, columns, 3) of uint8. The picture is
    (height, width) of grey levels, of colour and palettes (height, width, 3).
    NotSupported where cells, transform and mask do not fit each other.
    """

    cells: Cells
    transform: PixelTransform
    grid: SamplingGrid
    mask: Mask | None = None

    def __post_init__(self) -> None:
        in_channels = isinstance(self.transform, ColourTransform)
        shape = (*self.cells.shape[:2], CHANNELS) if in_channels else self.size
        if len(self.size) != 2 or self.cells.size == 0 or self.cells.shape != shape:  # noqa: PLR2004
            raise NotSupported(f"a frame of shape {self.cells.shape} is not an image")
        if self.cells.dtype not in self._types():
            raise NotSupported(f"pixel cells of type {self.cells.dtype} are not drawn")
        layout = self.layout
        if layout is not None and layout.high_bit >= self.cells.dtype.itemsize * 8:
            raise NotSupported("the high bit lies outside the allocated bits")
        if self.mask is not None and self.mask.covered.shape != self.size:
            raise NotSupported("the mask is not of the image's size")

    @property
    def size(self) -> tuple[int, ...]:
        """(rows, columns)."""
        return self.cells.shape[:2]

    @property
    def layout(self) -> StoredBits | None:
        """Of cells that are whole numbers; None of floats and of colour."""
        match self.transform:
            case GrayscaleTransform(modality=modality):
                return None if isinstance(modality.layout, Floats) else modality.layout
            case PaletteTransform(layout=layout):
                return layout
            case ColourTransform():
                return None

    def _types(self) -> tuple[type[np.generic], ...]:
        if isinstance(self.transform, ColourTransform):
            return INTEGERS[:1]
        return INTEGERS if self.layout is not None else FLOATS
