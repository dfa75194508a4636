"""Requests that tests draw, made from the oracle's plain cases; and 60 varied ones."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from frame_oracle import Case, Lut

from smart_viewer.imaging.colour import ColourTransform, Palette, PaletteTransform
from smart_viewer.imaging.grayscale import (
    Floats,
    GrayscaleTransform,
    ModalityTransform,
    StoredBits,
    Table,
    Voi,
    VoiFunction,
)
from smart_viewer.imaging.mask import Mask
from smart_viewer.imaging.picture import PixelTransform
from smart_viewer.imaging.sampling import Affine, SamplingGrid
from smart_viewer.render.request import FrameRequest

ROWS, COLUMNS = 23, 31  # unequal, odd, prime: swaps become visible


def request_of(case: Case) -> FrameRequest:
    """The case as the package's request."""
    grid = SamplingGrid(*case.size, Affine(*case.affine), case.interpolation)
    mask = None
    if case.covered is not None:
        mask = Mask(case.covered.astype(np.uint8), case.shutter_level)
    return FrameRequest(case.words, transform_of(case), grid, mask)


def transform_of(case: Case) -> PixelTransform:
    """How the case's cells become grey or colour."""
    if case.words.ndim > 2:
        return ColourTransform("ybr" if case.ybr else "rgb", case.invert)
    if case.palette is not None:
        palette = Palette(*map(table_of, case.palette))
        return PaletteTransform(_stored_bits(case), palette, case.invert)
    voi: Voi | Table = Voi(case.center, case.width, VoiFunction(case.function))
    if case.voi_lut is not None:
        voi = table_of(case.voi_lut)
    return GrayscaleTransform(modality_of(case), voi, case.invert)


def modality_of(case: Case) -> ModalityTransform:
    """How the case's cells become modality values."""
    layout = Floats() if case.is_float else _stored_bits(case)
    lut = None if case.modality_lut is None else table_of(case.modality_lut)
    return ModalityTransform(layout, case.slope, case.intercept, lut, case.padding)


def table_of(lut: Lut) -> Table:
    """The oracle's table as the package's."""
    first, bits, entries = lut
    return Table(first, bits, np.array(entries, dtype=np.uint16))


def _stored_bits(case: Case) -> StoredBits:
    return StoredBits(case.bits_stored, case.high_bit, case.signed)


def random_words(seed: int, shape: tuple[int, int] = (ROWS, COLUMNS)) -> np.ndarray:
    """Words of which every bit is random, the unused ones too."""
    generator = np.random.default_rng(seed)
    return generator.integers(0, 65536, shape, dtype=np.uint16)


def smooth_words(bits: int, shape: tuple[int, int] = (ROWS, COLUMNS)) -> np.ndarray:
    """Two waves of different length, so that neighbours differ by little."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    wave = (np.sin(x / 5) + np.cos(y / 3) + 2) / 4
    return (wave * (2**bits - 1)).astype(np.uint16)


def turned(angle_deg: float, zoom: float, center: tuple[float, float], size):
    """The affine that shows `center` in the middle, turned and magnified."""
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    xx, xy, yx, yy = cos / zoom, sin / zoom, -sin / zoom, cos / zoom
    middle_x, middle_y = size[0] / 2, size[1] / 2
    x0 = center[0] - xx * middle_x - xy * middle_y
    y0 = center[1] - yx * middle_x - yy * middle_y
    return (xx, xy, x0, yx, yy, y0)


def varied_cases() -> list[Case]:
    """Five bit layouts, signed or not, both samplings, three windows: 60 cases."""
    cases = []
    functions = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
    for number in range(60):
        bits = (8, 10, 12, 14, 16)[number % 5]
        size = (61 + number, 47 + 2 * number)
        angle = (0, 90, 180, 270, 17.3, -41.0)[number % 6]
        zoom = (1.0, 1.37, 2.0, 0.61, 3.3, 7.0, 1 / 3)[number % 7]
        case = Case(
            words=random_words(number) if number % 3 else smooth_words(bits),
            bits_stored=bits,
            high_bit=min(15, bits - 1 + number % 3),
            signed=number % 2 == 1,
            slope=(1.0, 0.5, 2.37, 0.0012)[number % 4],
            intercept=(0.0, -1024.0, 13.75)[number % 3],
            function=functions[number % 3],
            invert=number % 4 >= 2,
            size=size,
            affine=turned(angle, zoom, (COLUMNS / 2 + 0.13, ROWS / 2 - 0.4), size),
            interpolation="bilinear" if (number // 2) % 2 else "nearest",
        )
        cases.append(replace(case, **_window(case, number)))
    return cases


def _window(case: Case, number: int) -> dict[str, float]:
    """Part of the range that the modality values have."""
    reach = 2**case.bits_stored * case.slope
    start = case.intercept - (reach / 2 if case.signed else 0)
    share = (0.9, 0.3, 0.05)[(number // 5) % 3]
    return {"center": start + reach * 0.45, "width": max(1.0, reach * share)}
