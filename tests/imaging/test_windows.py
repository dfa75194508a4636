"""Windows and inversion as dcmtk draws them (H2, H4). Oracle: dcmtk's dcm2pnm."""

from __future__ import annotations

import numpy as np
import pytest
from dcmtk_pictures import image_of

from smart_viewer.imaging.grayscale import (
    GrayscaleTransform,
    ModalityTransform,
    StoredBits,
    Voi,
    VoiFunction,
    grey,
    modality_values,
)

pytestmark = pytest.mark.debian

RAMP = np.arange(4096, dtype=np.uint16).reshape(64, 64)
WINDOWS = [(2048, 4096), (1000, 700), (40, 1), (40.5, 3), (3000.25, 10.5)]


def shown(voi: Voi, invert: bool = False, slope: float = 1.0, intercept: float = 0.0):
    layout = StoredBits(12, 11, signed=False)
    modality = ModalityTransform(layout, slope, intercept)
    transform = GrayscaleTransform(modality, voi, invert)
    return grey(modality_values(RAMP, modality), transform).astype(int)


@pytest.mark.parametrize("function", ["LINEAR", "SIGMOID"])
@pytest.mark.parametrize(("center", "width"), WINDOWS)
def test_windows_are_dcmtks(dcmtk, function, center, width):
    image = image_of(RAMP, 12)
    image.WindowCenter, image.WindowWidth = center, width
    image.VOILUTFunction = function
    apart = shown(Voi(center, width, VoiFunction(function))) - dcmtk(image, "+Wi", "1")
    assert np.abs(apart).max() <= 1


def test_dcmtk_knows_sigmoid_from_linear(dcmtk):
    """Else it would be no oracle of the one or the other."""
    image = image_of(RAMP, 12)
    image.WindowCenter, image.WindowWidth = 2048, 1000
    linear = dcmtk(image, "+Wi", "1")
    image.VOILUTFunction = "SIGMOID"
    assert np.abs(dcmtk(image, "+Wi", "1") - linear).max() > 20


def test_dcmtk_does_not_know_linear_exact(dcmtk):
    """It draws LINEAR: the hand computations of this folder are the oracle."""
    image = image_of(RAMP, 12)
    image.WindowCenter, image.WindowWidth = 2048, 3
    linear = dcmtk(image, "+Wi", "1")
    image.VOILUTFunction = "LINEAR_EXACT"
    assert np.array_equal(dcmtk(image, "+Wi", "1"), linear)


@pytest.mark.parametrize(("center", "width"), [*WINDOWS, (100, 0.5), (7, 1e-3)])
def test_linear_exact_is_the_standards_formula(center, width):
    levels = shown(Voi(center, width, VoiFunction.LINEAR_EXACT))
    for value in (0, 7, 40, 99, 100, 101, 999, 1000, 1001, 2048, 3000, 3001, 4095):
        expected = linear_exact(value, center, width) * 255
        assert levels[divmod(value, 64)] == int(expected + 0.5)


def linear_exact(x: float, center: float, width: float) -> float:
    """PS3.3 C.11.2.1.3.2, word by word, with output from 0 to 1."""
    if x <= center - width / 2:
        return 0.0
    return 1.0 if x > center + width / 2 else (x - center) / width + 0.5


@pytest.mark.parametrize(
    ("photometric", "shape", "inverse"),
    [
        ("MONOCHROME2", None, False),
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", None, True),
        ("MONOCHROME1", "INVERSE", True),
        ("MONOCHROME1", "IDENTITY", False),  # contradicts itself; dcmtk: the shape wins
    ],
)
def test_photometric_and_shape_are_one_inversion_at_most(
    dcmtk, photometric, shape, inverse
):  # H4
    image = image_of(RAMP, 12)
    image.PhotometricInterpretation = photometric
    image.WindowCenter, image.WindowWidth = 1000, 700
    if shape is not None:
        image.PresentationLUTShape = shape
    apart = shown(Voi(1000, 700), invert=inverse) - dcmtk(image, "+Wi", "1")
    assert np.abs(apart).max() <= 1


def test_the_window_works_behind_the_rescale(dcmtk):  # H3
    image = image_of(RAMP, 12)
    image.RescaleSlope, image.RescaleIntercept, image.RescaleType = 0.5, -300, "HU"
    image.WindowCenter, image.WindowWidth = 100, 500
    apart = shown(Voi(100, 500), slope=0.5, intercept=-300) - dcmtk(image, "+Wi", "1")
    assert np.abs(apart).max() <= 1
