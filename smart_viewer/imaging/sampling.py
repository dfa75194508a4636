"""One frame seen through an affine map (numpy only, no I/O).

The reference of `static/shaders/frame.frag.glsl`. Image coordinates are continuous:
the pixel of column c and row r covers [c, c + 1) x [r, r + 1), its centre is at
(c + 0.5, r + 0.5). Screen coordinates likewise, y down.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import NotInStandard

Interpolation = Literal["nearest", "bilinear"]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Affine:
    """x' = xx x + xy y + x0, y' = yx x + yy y + y0 (as `math/affine.ts`)."""

    xx: float = 1.0
    xy: float = 0.0
    x0: float = 0.0
    yx: float = 0.0
    yy: float = 1.0
    y0: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.xx, self.xy, self.x0, self.yx, self.yy, self.y0)
        if not all(map(math.isfinite, numbers)):
            raise NotInStandard("a map from screen to image must be made of numbers")

    def apply(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The images of the points (x, y), of the shape that x and y broadcast to."""
        return (
            self.xx * x + self.xy * y + self.x0,
            self.yx * x + self.yy * y + self.y0,
        )


@dataclass(frozen=True, slots=True)
class SamplingGrid:
    """The picture to make: its size in pixels and where each pixel looks."""

    width: int
    height: int
    image_from_screen: Affine
    interpolation: Interpolation = "bilinear"

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise NotInStandard(f"no picture of {self.width} x {self.height} pixels")

    def points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Image x and y of each pixel's centre, (height, width) both."""
        x = np.arange(self.width, dtype=np.float64) + 0.5
        y = (np.arange(self.height, dtype=np.float64) + 0.5)[:, np.newaxis]
        across, down = np.broadcast_arrays(*self.image_from_screen.apply(x, y))
        return across, down


def fitted(
    rows: int,
    columns: int,
    width: int,
    height: int,
    spacing: tuple[float, float] = (1.0, 1.0),
) -> Affine:
    """The map that shows a whole image as large as fits width x height, centred.

    spacing: (between rows, between columns), as PixelSpacing or PixelAspectRatio
    give it (PS3.3 10.7.1.3): unequal ones stretch the picture, not the anatomy.
    """
    between_rows, between_columns = spacing
    if not (between_rows > 0 and between_columns > 0):
        raise NotInStandard(f"PixelSpacing must be over 0, got {spacing}")
    step = max(columns * between_columns / width, rows * between_rows / height)
    xx, yy = step / between_columns, step / between_rows
    return Affine(
        xx=xx, x0=(columns - xx * width) / 2, yy=yy, y0=(rows - yy * height) / 2
    )


def bilinear(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    shape: tuple[int, int],
    values_at: Callable[[Indices, Indices], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Between the four nearest pixel centres; at the rim the last pixel is held.

    x, y: (n,) image coordinates. shape: (rows, columns). values_at(row, column)
    answers (n,) or, of colour, (n, channels).
    """
    left, right, across = _taps(x, shape[1])
    upper, lower, down = _taps(y, shape[0])
    top = _between(values_at(upper, left), values_at(upper, right), across)
    bottom = _between(values_at(lower, left), values_at(lower, right), across)
    return _between(top, bottom, down)


def _taps(
    position: NDArray[np.float64], size: int
) -> tuple[Indices, Indices, NDArray[np.float64]]:
    from_center = position - 0.5
    base = np.floor(from_center)
    low = np.clip(base, 0, size - 1).astype(np.intp)
    high = np.clip(base + 1, 0, size - 1).astype(np.intp)
    return low, high, from_center - base


def _between(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    per_value = weight.reshape(weight.shape + (1,) * (first.ndim - weight.ndim))
    return first + (second - first) * per_value
