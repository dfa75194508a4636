"""Properties that hold for every picture (H4, H5, H23)."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.imaging.colour import ColourTransform
from smart_viewer.imaging.grayscale import (
    Floats,
    GrayscaleTransform,
    ModalityTransform,
    StoredBits,
    Voi,
)
from smart_viewer.imaging.picture import picture
from smart_viewer.imaging.sampling import Affine, SamplingGrid, bilinear

SEED = st.integers(0, 1000)
STEP = st.floats(-2, 2)
AFFINE = st.builds(Affine, STEP, STEP, st.floats(-3, 9), STEP, STEP, st.floats(-3, 9))
INTERPOLATION = st.sampled_from(["nearest", "bilinear"])


def cells_of(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (6, 7)).astype(np.uint16)


def identity(
    padding: tuple[float, float] | None = None, invert: bool = False
) -> GrayscaleTransform:
    modality = ModalityTransform(StoredBits(8, 7, False), padding=padding)
    return GrayscaleTransform(modality, Voi(128, 256), invert)


@given(SEED, AFFINE)
def test_interpolation_stays_within_the_range_of_the_neighbours(seed, affine):
    cells = cells_of(seed).astype(np.float64)
    x, y = SamplingGrid(5, 4, affine).points()
    inside = (x >= 0) & (x < 7) & (y >= 0) & (y < 6)
    x, y = x[inside], y[inside]
    values = bilinear(x, y, (6, 7), lambda r, c: cells[r, c])
    for value, u, v in zip(values, x, y, strict=True):
        rows = np.clip([int(np.floor(v - 0.5)), int(np.floor(v - 0.5)) + 1], 0, 5)
        columns = np.clip([int(np.floor(u - 0.5)), int(np.floor(u - 0.5)) + 1], 0, 6)
        near = cells[np.ix_(rows, columns)]
        slack = 1e-9
        assert near.min() - slack <= value <= near.max() + slack


@given(SEED, AFFINE, INTERPOLATION, st.booleans(), st.integers(0, 255))
def test_padding_is_always_black(seed, affine, interpolation, invert, high):
    cells = cells_of(seed)
    grid = SamplingGrid(5, 4, affine, interpolation)
    shown = picture(cells, identity((100, high), invert), grid)
    x, y = grid.points()
    for row, column in np.ndindex(4, 5):
        c, r = np.floor((x[row, column], y[row, column])).astype(int)
        outside = not (0 <= c < 7 and 0 <= r < 6)
        if outside or 100 <= cells[r, c] <= high:
            assert shown[row, column] == 0


@given(SEED, AFFINE, INTERPOLATION)
def test_padding_never_bleeds_into_tissue(seed, affine, interpolation):
    """Whatever number pads: the picture of the tissue is the same."""
    generator = np.random.default_rng(seed)
    tissue = generator.integers(0, 200, (6, 7))
    hole = generator.random((6, 7)) < 0.3
    grid = SamplingGrid(5, 4, affine, interpolation)
    pictures = [
        picture(np.where(hole, value, tissue).astype(np.uint8), identity(padding), grid)
        for value, padding in ((200, (200, 255)), (255, (255, 255)))
    ]
    assert np.array_equal(*pictures)


@given(SEED, AFFINE, INTERPOLATION)
def test_colour_is_inverted_back(seed, affine, interpolation):
    generator = np.random.default_rng(seed)
    cells = generator.integers(0, 256, (6, 7, 3)).astype(np.uint8)
    grid = SamplingGrid(5, 4, affine, interpolation)
    upright = picture(cells, ColourTransform("rgb"), grid)
    inverted = picture(255 - cells, ColourTransform("rgb", invert=True), grid)
    apart = np.abs(upright.astype(int) - inverted)
    assert apart.max() <= 1  # halves go up both ways
    assert upright.shape == (4, 5, 3)


@given(SEED, AFFINE, INTERPOLATION)
def test_broken_floats_are_black_and_spoil_no_neighbour(seed, affine, interpolation):
    """Beside them the picture is that of whole numbers with padding."""
    cells = cells_of(seed)
    padded = (cells >= 100) & (cells <= 150)
    broken = np.random.default_rng(seed).choice([np.nan, np.inf, -np.inf], (6, 7))
    floats = np.where(padded, broken, cells).astype(np.float32)
    grid = SamplingGrid(5, 4, affine, interpolation)
    transform = GrayscaleTransform(ModalityTransform(Floats()), Voi(128, 256))
    expected = picture(cells, identity((100, 150)), grid)
    assert np.array_equal(picture(floats, transform, grid), expected)
