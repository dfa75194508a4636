"""Regions and windows from pixels (H5, H24). Oracles: SimpleITK, plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest
import SimpleITK
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.errors import NotInStandard
from smart_viewer.imaging.grayscale import (
    Floats,
    ModalityTransform,
    StoredBits,
    Table,
    Voi,
    VoiFunction,
)
from smart_viewer.imaging.statistics import (
    Spread,
    ellipse_area,
    ellipse_region,
    polygon_area,
    polygon_region,
    spread_of,
    window_from_pixels,
)

CELLS = np.random.default_rng(4).integers(0, 4096, (40, 50)).astype(np.uint16)
HU = ModalityTransform(StoredBits(12, 11, False), 0.5, -1024.0)
EVERYWHERE = np.ones(CELLS.shape, dtype=bool)


def test_a_region_has_the_statistics_that_itk_gives():
    region = ellipse_region((25.3, 18.1), (12.2, 9.7), *CELLS.shape)
    values = CELLS.astype(np.float64) * 0.5 - 1024
    itk = SimpleITK.LabelStatisticsImageFilter()
    image = SimpleITK.GetImageFromArray(values)
    itk.Execute(image, SimpleITK.GetImageFromArray(region.astype(np.uint8)))
    found = spread_of(CELLS, HU, region)
    assert found is not None
    assert found.count == itk.GetCount(1)
    assert found.mean == pytest.approx(itk.GetMean(1))
    assert found.standard_deviation == pytest.approx(itk.GetSigma(1))  # n - 1
    assert (found.minimum, found.maximum) == (itk.GetMinimum(1), itk.GetMaximum(1))


def test_the_deviation_is_that_of_a_sample():
    cells = np.array([[2, 4, 4, 4, 5, 5, 7, 9]], dtype=np.uint16)
    plain = ModalityTransform(StoredBits(12, 11, False))
    found = spread_of(cells, plain, np.ones((1, 8), dtype=bool))
    assert found == Spread(8, 5.0, math.sqrt(32 / 7), 2.0, 9.0)


def test_padding_is_no_tissue():
    cells = np.array([[63536, 100, 200, 63536]], dtype=np.uint16)
    signed = ModalityTransform(StoredBits(16, 15, True), padding=(-2000, -2000))
    found = spread_of(cells, signed, np.ones((1, 4), dtype=bool))
    assert found is not None
    assert (found.count, found.mean, found.minimum) == (2, 150.0, 100.0)


@pytest.mark.parametrize("padded", [True, False])
def test_a_region_without_tissue_has_no_statistics(padded):
    cells = np.zeros((2, 2), dtype=np.uint16)
    modality = ModalityTransform(StoredBits(12, 11, False), padding=(0, 0))
    assert spread_of(cells, modality, np.full((2, 2), padded)) is None


def test_one_pixel_has_no_deviation():
    region = np.zeros(CELLS.shape, dtype=bool)
    region[3, 4] = True
    value = CELLS[3, 4] * 0.5 - 1024
    assert spread_of(CELLS, HU, region) == Spread(1, value, None, value, value)


def crossings_left_of(points, x: float, y: float) -> int:
    count = 0
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        if (y0 <= y) != (y1 <= y) and x0 + (y - y0) * (x1 - x0) / (y1 - y0) <= x:
            count += 1
    return count


COORDINATE = st.floats(-3, 14, width=32)


@given(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=3, max_size=8))
def test_a_polygon_holds_the_centres_inside(points):
    region = polygon_region(points, 9, 11)
    for row in range(9):
        for column in range(11):
            odd = crossings_left_of(points, column + 0.5, row + 0.5) % 2 == 1
            assert region[row, column] == odd


def test_polygons_with_a_common_side_share_no_pixel():
    left = polygon_region([(0, 0), (4.5, 0), (4.5, 8), (0, 8)], 8, 10)
    right = polygon_region([(4.5, 0), (10, 0), (10, 8), (4.5, 8)], 8, 10)
    assert not (left & right).any()
    assert (left | right).all()


def test_an_ellipse_holds_the_centres_inside():
    region = ellipse_region((5.0, 4.0), (3.5, 2.5), 8, 10)
    for row in range(8):
        for column in range(10):
            x, y = (column + 0.5 - 5) / 3.5, (row + 0.5 - 4) / 2.5
            assert region[row, column] == (math.hypot(x, y) <= 1)


def test_areas_are_of_the_outline_not_of_pixels():
    triangle = [(0.0, 0.0), (3.0, 0.0), (0.0, 2.0)]
    assert polygon_area(triangle) == 3.0
    assert polygon_area(triangle[::-1], spacing=(0.5, 2.0)) == 3.0
    assert polygon_area(triangle, spacing=(0.5, 1.0)) == 1.5
    assert ellipse_area((2.0, 3.0), (0.5, 0.25)) == pytest.approx(math.pi * 6 / 8)


def test_outlines_that_are_none_are_refused():
    with pytest.raises(NotInStandard):
        polygon_area([(0, 0), (1, 1)])
    with pytest.raises(NotInStandard):
        ellipse_region((1, 1), (0, 2), 4, 4)


def test_a_window_spans_what_there_is():
    low, high = CELLS.min() * 0.5 - 1024, CELLS.max() * 0.5 - 1024
    expected = Voi((low + high) / 2, high - low, VoiFunction.LINEAR_EXACT)
    assert window_from_pixels(CELLS, HU, "CT") == expected


def test_a_window_does_not_look_at_padding():
    cells = np.where(np.arange(2000).reshape(40, 50) < 1000, 63536, CELLS)
    signed = ModalityTransform(StoredBits(16, 15, True), padding=(-2000, -2000))
    window = window_from_pixels(cells.astype(np.uint16), signed, "CT")
    assert window.center - window.width / 2 >= 0


def test_mr_leaves_a_hundredth_out_at_either_end():
    cells = np.arange(1001, dtype=np.uint16).reshape(1, 1001)
    plain = ModalityTransform(StoredBits(16, 15, False))
    window = window_from_pixels(cells, plain, "MR")
    assert (window.center, window.width) == (500.0, 980.0)


@pytest.mark.parametrize("modality", ["PT", "NM"])
def test_counts_begin_at_zero(modality):
    cells = np.array([[5.0, 25.0]], dtype=np.float32)
    window = window_from_pixels(cells, ModalityTransform(Floats()), modality)
    assert (window.center, window.width) == (12.5, 25.0)


def test_a_modality_lut_counts():
    table = Table(0, 8, np.array([100, 200], dtype=np.uint16))
    modality = ModalityTransform(StoredBits(8, 7, False), lut=table)
    window = window_from_pixels(np.array([[0, 9]], dtype=np.uint8), modality, "DX")
    assert (window.center, window.width) == (150.0, 100.0)


@pytest.mark.parametrize("modality", ["CT", "MR", "PT"])
@pytest.mark.parametrize("value", [0, 77])
def test_flat_or_empty_images_have_a_window_of_width_1_at_least(modality, value):
    cells = np.full((3, 3), value, dtype=np.uint16)
    for padding in (None, (value, value)):
        flat = ModalityTransform(StoredBits(16, 15, False), padding=padding)
        assert window_from_pixels(cells, flat, modality).width >= 1


def test_many_pixels_are_sampled_evenly():
    """300 x 300: every second pixel; the odd ones are not looked at."""
    cells = np.where(np.arange(90000) % 2 == 1, 60000, 7).reshape(300, 300)
    plain = ModalityTransform(StoredBits(16, 15, False))
    window = window_from_pixels(cells.astype(np.uint16), plain, "MR")
    assert (window.center, window.width) == (7.0, 1.0)


@pytest.mark.parametrize(
    ("layout", "modality", "expected"),
    [
        (StoredBits(8, 7, signed=False), "US", (127.5, 255)),  # made for a screen
        (StoredBits(7, 6, signed=False), "OT", (63.5, 127)),
        (StoredBits(8, 7, signed=True), "US", (5.5, 1)),
        (StoredBits(8, 7, signed=False), "CT", (5.5, 1)),
        (StoredBits(12, 11, signed=False), "US", (5.5, 1)),
    ],
)
def test_grey_that_was_made_for_a_screen_is_shown_as_it_is(layout, modality, expected):
    """As `view/window.ts`: eight bits that measure nothing, and nothing else."""
    cells = np.array([[5, 6]], dtype=np.uint16)
    window = window_from_pixels(cells, ModalityTransform(layout), modality)
    assert (window.center, window.width) == expected
