"""The phantom's truth. Oracles: anatomy, and the geometry the phantom was told."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_viewer.sandbox.noise import LUNG, SOFT, Kernel, noise
from smart_viewer.sandbox.phantom import (
    FIRST_PIXEL_LPS,
    ORIGIN_LPS,
    PIXEL_MM,
    SIZE,
    Nodule,
    Phantom,
)
from smart_viewer.sandbox.truth import (
    REGIONS,
    Region,
    anatomy_slice_hu,
    index_of,
    nodules,
    truth_slice_hu,
)

MIDLINE = round((ORIGIN_LPS[0] - FIRST_PIXEL_LPS[0]) / PIXEL_MM)
HEART, LIVER = 64, 35
"""Slices through the ventricles and through the liver."""


def disc(center: tuple[float, float, float], radius_mm: float) -> NDArray[np.bool_]:
    """Pixels (rows, columns) within a disc."""
    _, row, column = index_of(center)
    rows, columns = np.ogrid[:SIZE, :SIZE]
    return np.hypot(rows - row, columns - column) * PIXEL_MM < radius_mm


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.name)
def test_each_region_holds_one_tissue_of_the_stated_hu(region: Region) -> None:
    # given the slice through the region's middle, without noise
    hu = anatomy_slice_hu(index_of(region.center_lps)[0])

    # when its disc is read
    inside = hu[disc(region.center_lps, region.radius_mm)]

    # then its mean is as stated, and nothing else reaches into it
    assert abs(inside.mean() - region.hu) <= region.tolerance_hu
    assert inside.std() <= 1.5 * region.texture_hu + 0.5


@pytest.mark.parametrize("nodule", nodules(), ids=lambda nodule: nodule.name)
@pytest.mark.parametrize("series", ["soft", "lung"])
def test_a_nodule_is_as_wide_at_half_height_as_stated(
    nodule: Nodule, series: str
) -> None:
    # given the row through the middle of the nodule
    index, row, column = index_of(nodule.center_lps)
    hu = truth_slice_hu("soft" if series == "soft" else "lung", index)[row]
    shell = column + round((nodule.core_mm + nodule.diameter_mm) / 4 / PIXEL_MM)
    inside = hu[shell] if nodule.core_mm else hu[column]

    # when its width is measured half way between it and the lung about it
    reach = round(nodule.diameter_mm / 2 / PIXEL_MM) + 6
    around = hu[column - reach : column + reach + 1]
    half = (inside + np.percentile(around, 10)) / 2
    above = around > half
    left = reach - int(np.argmin(above[reach::-1])) + 1
    right = reach + int(np.argmin(above[reach:])) - 1
    width_mm = (right - left + 1) * PIXEL_MM

    # then it is the diameter, to the pixel: of the chord in the nearest slice's plane
    z = ORIGIN_LPS[2] + 2.0 * index
    off = z - nodule.center_lps[2]
    chord_mm = 2 * np.sqrt((nodule.diameter_mm / 2) ** 2 - off**2)
    assert width_mm == pytest.approx(chord_mm, abs=1.5 * PIXEL_MM)


def test_the_heart_points_to_the_patients_left() -> None:
    # given a slice through the ventricles, whose columns run to the patient's left
    hu = anatomy_slice_hu(HEART)

    # when the blood in its front half is found (spine and aorta lie behind)
    front = hu[: SIZE // 2]
    columns = np.nonzero((front > 150) & (front < 210))[1]

    # then it reaches further left of the midline than right of it
    assert columns.max() - MIDLINE > 1.3 * (MIDLINE - np.percentile(columns, 1))


def test_the_spine_lies_behind() -> None:
    # given the same slice, whose rows run to the back
    hu = anatomy_slice_hu(HEART)

    # when the bone near the midline is found, the sternum apart
    middle = hu[:, MIDLINE - 20 : MIDLINE + 20]
    rows = np.nonzero(middle > 400)[0]
    behind = rows[rows > SIZE // 3]

    # then it lies in the rear half of the body
    body_rows = np.nonzero((hu > -300).sum(axis=1) > 40)[0]
    assert behind.size > 200
    assert behind.mean() > body_rows.mean()


def test_the_liver_lies_on_the_right() -> None:
    # given a slice of the upper abdomen
    hu = anatomy_slice_hu(LIVER)

    # when tissue of the liver's density is found
    liver = np.abs(hu - 108) < 2

    # then most of it lies to the patient's right: in the lower columns
    assert liver[:, :MIDLINE].sum() > 5 * liver[:, MIDLINE:].sum()


@pytest.mark.parametrize("kernel", [SOFT, LUNG], ids=lambda kernel: kernel.name)
def test_noise_is_band_limited_and_has_no_offset(kernel: Kernel) -> None:
    # given noise over uniform water
    grain = noise_over_water(kernel)

    # when its power is averaged in rings of frequency
    power = ring_power(grain)

    # then the middle of the band is the strongest: neither white nor a drift
    peak = power.max()
    assert power[0] < 0.5 * peak
    assert power[-1] < 0.75 * peak
    assert abs(grain.mean()) < 0.05 * grain.std()


def test_the_sharp_kernel_has_more_noise_at_higher_frequency() -> None:
    # given the noise of both kernels over uniform water
    soft, lung = noise_over_water(SOFT), noise_over_water(LUNG)

    # when the frequency of most power is found
    peaks = [int(np.argmax(ring_power(grain))) for grain in (soft, lung)]

    # then the lung kernel's is higher, and its noise is twice as strong or more
    assert peaks[1] > 1.3 * peaks[0]
    assert lung.std() > 2 * soft.std()


def test_noise_is_stronger_through_the_shoulders_and_streaks_sideways() -> None:
    # given the noise of a slice through the shoulders and of one through the lungs
    shoulders = soft_noise(140)[200:300, 160:352]
    chest = soft_noise(90)[200:300, 160:352]

    # when neighbours are compared along rows and along columns
    along = np.abs(np.diff(shoulders, axis=1)).mean()
    across = np.abs(np.diff(shoulders, axis=0)).mean()

    # then the shoulders are noisier and change more slowly along a row
    assert shoulders.std() > 1.3 * chest.std()
    assert along < 0.95 * across


def test_a_slice_is_the_same_each_time_it_is_drawn() -> None:
    # given two phantoms of one seed, when both draw a slice, then they agree
    assert np.array_equal(Phantom().hu(HEART), anatomy_slice_hu(HEART))


def noise_over_water(kernel: Kernel) -> NDArray[np.float32]:
    water = np.zeros((256, 256), np.float32)
    return noise(water, kernel, PIXEL_MM, np.random.default_rng(7))


def soft_noise(index: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(index)
    return noise(anatomy_slice_hu(index), SOFT, PIXEL_MM, rng)


def ring_power(image: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean power in 16 rings of frequency, from zero to the axis' Nyquist frequency."""
    power = np.abs(np.fft.fft2(image)) ** 2
    f = np.fft.fftfreq(image.shape[0])
    ring = (np.hypot(f[:, None], f[None, :]) * 32).astype(int)
    return np.array([power[ring == k].mean() for k in range(16)])
