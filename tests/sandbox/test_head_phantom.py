"""The head's truth. Oracles: anatomy, and the geometry the phantom was told."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_viewer.sandbox.head_phantom import (
    FIRST_PIXEL_LPS,
    ORIGIN_LPS,
    PIXEL_MM,
    SIZE,
    THIN_MM,
    THIN_SLICES,
    Head,
)
from smart_viewer.sandbox.head_truth import (
    HEAD_REGIONS,
    haemorrhage,
    index_of,
    thick_slice_hu,
    thin_slice_hu,
)
from smart_viewer.sandbox.truth import Region

MIDLINE = round((ORIGIN_LPS[0] - FIRST_PIXEL_LPS[0]) / PIXEL_MM)
EYES, VERTEX = 15, 48
"""Thin slices through the eyes and above the ventricles."""


def distances_mm(center_lps: tuple[float, float, float]) -> NDArray[np.float64]:
    """In the slice's plane, from every pixel (rows, columns) to a position."""
    x0, y0 = FIRST_PIXEL_LPS
    rows, columns = np.ogrid[:SIZE, :SIZE]
    x, y = x0 + columns * PIXEL_MM, y0 + rows * PIXEL_MM
    return np.asarray(np.hypot(x - center_lps[0], y - center_lps[1]))


@pytest.mark.parametrize("region", HEAD_REGIONS, ids=lambda region: region.name)
def test_each_region_of_the_head_holds_one_tissue(region: Region) -> None:
    # given the thin slice through the region's middle, without noise
    hu = thin_slice_hu(index_of(region.center_lps)[0])

    # when its disc is read
    inside = hu[distances_mm(region.center_lps) < region.radius_mm]

    # then its mean is as stated, and nothing else reaches into it
    assert abs(inside.mean() - region.hu) <= region.tolerance_hu
    assert inside.std() <= 1.5 * region.texture_hu + 0.5


def test_the_blood_has_the_volume_of_its_ellipsoid() -> None:
    # given the blood and all thin slices that it may reach
    blood = haemorrhage()
    middle = index_of(blood.center_lps)[0]
    near = distances_mm(blood.center_lps) < max(blood.radii_mm) + 1

    # when the pixels nearer to blood than to oedema are counted
    half = (blood.hu + blood.rim_hu) / 2
    counted = sum(
        int((thin_slice_hu(index)[near] > half).sum())
        for index in range(middle - 5, middle + 6)
    )
    volume_ml = counted * PIXEL_MM**2 * THIN_MM / 1000

    # then it is that of the ellipsoid: 3.9 ml
    assert blood.volume_ml == pytest.approx(4 / 3 * np.pi * 9 * 13 * 8 / 1000)
    assert volume_ml == pytest.approx(blood.volume_ml, rel=0.05)


def test_the_blood_lies_on_the_patients_right() -> None:
    # given the slice through the blood, whose columns run to the patient's left
    hu = thin_slice_hu(index_of(haemorrhage().center_lps)[0])

    # when pixels of its HU are found, then they lie in the columns before the midline
    columns = np.nonzero(np.abs(hu - 68) < 0.5)[1]
    assert columns.size > 1000
    assert np.percentile(columns, 99) < MIDLINE


def test_grey_matter_is_denser_than_white_and_lies_outside() -> None:
    # given a slice above the ventricles
    hu = thin_slice_hu(VERTEX - 8)
    skull = hu > 300
    inside = np.zeros_like(skull)
    rows, columns = np.nonzero(skull)
    inside[rows.min() : rows.max(), columns.min() : columns.max()] = True

    # when pixels of grey and of white matter are found within the skull
    grey = inside & (np.abs(hu - 38.5) < 1.5)
    white = inside & (np.abs(hu - 27.5) < 1.5)

    # then both are there in the share of a brain, and the grey lies further out
    assert 0.3 < grey.sum() / white.sum() < 3
    center = haemorrhage().center_lps[0] + 29, haemorrhage().center_lps[1] + 36, 0.0
    away = distances_mm(center)
    assert away[grey].mean() > away[white].mean() + 4


def test_the_eyes_look_forwards() -> None:
    # given the slice through the eyes, whose rows run to the back
    hu = thin_slice_hu(EYES)

    # when the lenses are found, then both lie in front, one on each side
    lens = np.abs(hu - 92) < 1
    rows, columns = np.nonzero(lens[: SIZE // 3])
    assert (columns < MIDLINE).sum() > 20
    assert (columns > MIDLINE).sum() > 20
    assert np.percentile(rows, 95) < SIZE // 4


def test_the_skull_has_two_tables_with_diploe_between() -> None:
    # given the midline of the skull's front, from outside to inside
    hu = thin_slice_hu(VERTEX)[: SIZE // 2, MIDLINE + 40]
    bone = hu[np.nonzero(hu > 400)[0].min() : np.nonzero(hu > 400)[0].max() + 1]

    # then its ends are denser than its middle
    third = len(bone) // 3
    assert bone[:third].max() > 1300 < bone[-third:].max()
    assert bone[third:-third].min() < 1000


def test_a_thick_slice_is_the_mean_of_two_thin_ones() -> None:
    pair = thin_slice_hu(30), thin_slice_hu(31)
    assert np.allclose(thick_slice_hu(15), (pair[0] + pair[1]) / 2)


def test_the_range_reaches_from_the_foramen_to_above_the_scalp() -> None:
    # given the lowest and the highest slice
    lowest, highest = thin_slice_hu(0), thin_slice_hu(THIN_SLICES - 1)

    # then the first has bone round the foramen, and the last has only air and holder
    assert (lowest > 300).sum() > 5000
    assert (highest > -200).sum() == 0


def test_a_slice_of_the_head_is_the_same_each_time() -> None:
    assert np.array_equal(Head().hu(31), thin_slice_hu(31))
