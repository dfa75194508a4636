"""The ultrasound. Oracles: dciodvfy, PS3.3 C.8.5.5, Rayleigh's law, known distances."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset
from radiograph_build import build, said_by

from smart_viewer.sandbox.ultrasound_anatomy import (
    AORTA_RADIUS_MM,
    PULSE_MM,
    REFLECTORS_MM,
)
from smart_viewer.sandbox.ultrasound_study import STUDIES, tasks

APART_CM = 5.0
"""Between the two reflectors: 40 mm sideways, 30 mm down."""
BEAT_MS = 60000 / 75


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ultrasound")
    build(path, STUDIES, tasks())
    return path


@pytest.fixture(scope="module")
def clip(folder: Path) -> FileDataset:
    return pydicom.dcmread(folder / "ultrasound/clip/0001.dcm")


@pytest.fixture(scope="module")
def still(folder: Path) -> FileDataset:
    return pydicom.dcmread(folder / "ultrasound/still/0001.dcm")


def pixel_at(region: Dataset, x_cm: float, y_cm: float) -> tuple[int, int]:
    """(row, column) of a physical place, by the region's own calibration (C.8.5.5)."""
    column = region.RegionLocationMinX0 + region.ReferencePixelX0
    row = region.RegionLocationMinY0 + region.ReferencePixelY0
    right, down = x_cm / region.PhysicalDeltaX, y_cm / region.PhysicalDeltaY
    return round(row + down), round(column + right)


def brightest_near(
    image: NDArray[np.uint8], place: tuple[int, int], reach: int = 7
) -> tuple[float, float]:
    """Centre (row, column) of the light about a pixel."""
    rows, columns = (slice(p - reach, p + reach + 1) for p in place)
    light = np.clip(image[rows, columns].astype(float) - 170, 0, None)
    offsets = np.arange(-reach, reach + 1)
    row = (light.sum(axis=1) * offsets).sum() / light.sum()
    column = (light.sum(axis=0) * offsets).sum() / light.sum()
    return place[0] + row, place[1] + column


def lumen_mm(image: NDArray[np.uint8], region: Dataset) -> float:
    """Width of the black band that is the aorta, by the columns about the middle."""
    row, column = pixel_at(region, 0.0, 9.6)
    band = image[row - 50 : row + 50, column - 20 : column + 21]
    dark = (band < 50).sum(axis=0)
    return float(np.median(dark)) * float(region.PhysicalDeltaY) * 10


def test_dciodvfy_finds_nothing_wrong_with_clip_and_still(
    folder: Path, need: Callable[[str], Path]
) -> None:
    program = need("dciodvfy")
    clip, still = (folder / f"ultrasound/{n}/0001.dcm" for n in ("clip", "still"))
    assert said_by(program, clip) == ["USMultiFrameImage"]
    assert said_by(program, still) == ["USImage"]


def test_the_clip_tells_its_rate_and_holds_whole_beats(clip: FileDataset) -> None:
    # given the clip, then its frames point at FrameTime and last three beats
    assert clip.FrameIncrementPointer == 0x00181063
    assert clip.NumberOfFrames * clip.FrameTime == 3 * BEAT_MS
    assert clip.RecommendedDisplayFrameRate == 25
    assert clip.pixel_array.shape == (60, 480, 640)
    assert (clip.PhotometricInterpretation, clip.BurnedInAnnotation) == (
        "MONOCHROME2",
        "NO",
    )


@pytest.mark.parametrize("frame", [0, 5, 41])
def test_the_reflectors_are_as_far_apart_as_stated(
    clip: FileDataset, frame: int
) -> None:
    # given where the region's calibration puts the two reflectors
    (region,) = clip.SequenceOfUltrasoundRegions
    places = [pixel_at(region, x / 10, z / 10) for x, z in REFLECTORS_MM]

    # when the light there is found
    image = clip.pixel_array[frame]
    (row_1, column_1), (row_2, column_2) = (brightest_near(image, p) for p in places)

    # then they are 5 cm apart, to half a millimetre, whatever the aorta does
    across = (column_2 - column_1) * region.PhysicalDeltaX
    down = (row_2 - row_1) * region.PhysicalDeltaY
    assert np.hypot(across, down) == pytest.approx(APART_CM, abs=0.05)
    assert region.PhysicalUnitsXDirection == region.PhysicalUnitsYDirection == 3


def test_the_aorta_beats_seventy_five_times_a_minute(clip: FileDataset) -> None:
    # given the width of the aorta in every frame
    (region,) = clip.SequenceOfUltrasoundRegions
    widths = np.array([lumen_mm(image, region) for image in clip.pixel_array])

    # when its strongest rhythm is found
    power = np.abs(np.fft.rfft(widths - widths.mean()))
    beats = int(np.argmax(power[1:6])) + 1
    minutes = clip.NumberOfFrames * clip.FrameTime / 60000

    # then it is the stated one, and the swing is that of the pulse
    assert beats / minutes == pytest.approx(75)
    swing = widths.max() - widths.min()
    assert swing == pytest.approx(2 * PULSE_MM, abs=0.7)
    assert widths.min() == pytest.approx(2 * AORTA_RADIUS_MM, abs=1.0)


def test_speckle_is_fully_developed(clip: FileDataset) -> None:
    # given a patch of liver without vessels
    (region,) = clip.SequenceOfUltrasoundRegions
    row, column = pixel_at(region, 2.6, 5.0)
    patch = clip.pixel_array[0][row - 25 : row + 25, column - 25 : column + 25]

    # then its shades spread as a Rayleigh envelope's logarithm does: by 5.57 dB, of
    # the 58 dB between black and white, less a little that scan conversion smooths
    spread_db = patch.std() * 58 / 255
    assert 4.0 < spread_db < 6.0


def test_nothing_but_the_fan_the_ruler_and_the_strip_is_drawn(
    clip: FileDataset, still: FileDataset
) -> None:
    # given the corners of both
    for image in (clip.pixel_array[0], still.pixel_array):
        # then they are black: no name, no date, no letter
        assert image[:100, :100].max() == image[:100, 500:600].max() == 0
    assert still.pixel_array[474:].max() == 0


def test_the_still_has_a_fan_and_a_strip_that_do_not_overlap(
    still: FileDataset,
) -> None:
    # given the two regions
    fan, strip = still.SequenceOfUltrasoundRegions

    # then one is of centimetres and tissue, the other of seconds and velocity
    assert (fan.RegionSpatialFormat, fan.RegionDataType) == (1, 1)
    assert (strip.RegionSpatialFormat, strip.RegionDataType) == (3, 3)
    units = strip.PhysicalUnitsXDirection, strip.PhysicalUnitsYDirection
    assert units == (4, 7)
    assert fan.RegionLocationMaxY1 < strip.RegionLocationMinY0
    assert fan.PhysicalDeltaY > 0 > strip.PhysicalDeltaY


def test_the_strip_shows_the_stated_velocity_and_rate(still: FileDataset) -> None:
    # given the strip's own pixels
    strip = still.SequenceOfUltrasoundRegions[1]
    rows = slice(strip.RegionLocationMinY0, strip.RegionLocationMaxY1 + 1)
    columns = slice(strip.RegionLocationMinX0, strip.RegionLocationMaxX1 + 1)
    light = still.pixel_array[rows, columns].astype(float)

    # when the highest light in each column is taken as the velocity there
    kernel = np.full(5, 0.2)
    smooth = np.apply_along_axis(np.convolve, 1, light, kernel, mode="same")
    top = np.argmax(smooth > 60, axis=0)
    velocity = (top - strip.ReferencePixelY0) * strip.PhysicalDeltaY
    velocity[~(smooth > 60).any(axis=0)] = 0

    # then it peaks at 95 cm/s, once in 0.8 s
    assert velocity.max() == pytest.approx(95, abs=6)
    rest = velocity - velocity.mean()
    lags = np.arange(
        round(0.5 / strip.PhysicalDeltaX), round(1.2 / strip.PhysicalDeltaX)
    )
    alike = [(rest[lag:] * rest[:-lag]).mean() for lag in lags]
    period_s = lags[int(np.argmax(alike))] * strip.PhysicalDeltaX
    assert period_s == pytest.approx(BEAT_MS / 1000, rel=0.03)


def test_ultrasound_is_written_with_the_same_bytes_each_time(
    folder: Path, tmp_path: Path
) -> None:
    build(tmp_path, STUDIES, tasks())
    for path in sorted(tmp_path.rglob("*.dcm")):
        known = folder / path.relative_to(tmp_path)
        assert path.read_bytes() == known.read_bytes()
