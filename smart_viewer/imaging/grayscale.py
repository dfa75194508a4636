"""Stored bits to grey, as in PS3.3 C.11 (numpy only, no I/O).

The reference, in 64-bit floats, of `static/shaders/frame.frag.glsl`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from smart_viewer.errors import NotInStandard

GREY_LEVELS = 255
HALF_UP = 0.5 + 1 / 1024  # of a level: what lies halfway goes up, as in the shader


class VoiFunction(Enum):
    """VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class StoredBits:
    """Which bits of an allocated word are the pixel's (PS3.5 8.1.1)."""

    bits_stored: int
    high_bit: int
    signed: bool

    def __post_init__(self) -> None:
        if not (1 <= self.bits_stored <= self.high_bit + 1 <= 16):
            raise NotInStandard(
                f"{self.bits_stored} bits stored with high bit {self.high_bit} "
                "do not fit 16 bits"
            )


@dataclass(frozen=True, slots=True)
class Voi:
    """A window in modality units (HU for CT), PS3.3 C.11.2.1.2."""

    center: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR

    def __post_init__(self) -> None:
        if not (math.isfinite(self.center) and math.isfinite(self.width)):
            raise NotInStandard("WindowCenter and WindowWidth must be numbers")
        if self.function is VoiFunction.LINEAR and self.width < 1:
            raise NotInStandard(f"WindowWidth must be at least 1, got {self.width}")
        if self.width <= 0:
            raise NotInStandard(f"WindowWidth must be over 0, got {self.width}")


@dataclass(frozen=True, slots=True)
class GrayscaleTransform:
    """How stored bits become grey.

    `invert` is MONOCHROME1 XOR the reader's own invert: one inversion, after
    the VOI (PS3.3 C.7.6.3.1.2).
    """

    layout: StoredBits
    rescale_slope: float
    rescale_intercept: float
    voi: Voi
    invert: bool = False

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.rescale_slope, self.rescale_intercept))):
            raise NotInStandard("RescaleSlope and RescaleIntercept must be numbers")


def stored_values(
    bits: NDArray[np.unsignedinteger], layout: StoredBits
) -> NDArray[np.int32]:
    """The pixel's own bits with their sign; what lies above or below is dropped.

    bits: allocated words, 8 or 16 bits each, any shape.
    """
    shift = layout.high_bit + 1 - layout.bits_stored
    field = (bits.astype(np.int32) >> shift) & ((1 << layout.bits_stored) - 1)
    if not layout.signed:
        return field
    sign = 1 << (layout.bits_stored - 1)
    return (field ^ sign) - sign


def modality_values(
    bits: NDArray[np.unsignedinteger], transform: GrayscaleTransform
) -> NDArray[np.float64]:
    """Modality values (HU for CT) of allocated words. PS3.3 C.11.1."""
    stored = stored_values(bits, transform.layout).astype(np.float64)
    return stored * transform.rescale_slope + transform.rescale_intercept


def display_values(values: NDArray[np.float64], voi: Voi) -> NDArray[np.float64]:
    """Display values between 0 and 1 of modality values.

    Standard: PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID),
    C.11.2.1.3.2 (LINEAR_EXACT).
    """
    match voi.function:
        case VoiFunction.LINEAR_EXACT:
            return np.clip((values - voi.center) / voi.width + 0.5, 0.0, 1.0)
        case VoiFunction.SIGMOID:
            exponent = np.clip(-4 * (values - voi.center) / voi.width, -80, 80)
            return np.asarray(1 / (1 + np.exp(exponent)))
        case VoiFunction.LINEAR:
            from_middle = values - (voi.center - 0.5)
            if voi.width == 1:  # the ramp is a step; its middle is dark
                return (from_middle > 0).astype(np.float64)
            return np.clip(from_middle / (voi.width - 1) + 0.5, 0.0, 1.0)


def grey(
    values: NDArray[np.float64], transform: GrayscaleTransform
) -> NDArray[np.uint8]:
    """Grey levels 0 to 255 of modality values, any shape."""
    display = display_values(values, transform.voi)
    shown = 1 - display if transform.invert else display
    return np.floor(shown * GREY_LEVELS + HALF_UP).astype(np.uint8)
