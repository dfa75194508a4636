"""One frame through an affine map. Oracle: hand computation, numpy's own turns."""

from __future__ import annotations

import math

import numpy as np
import pytest

from smart_viewer.errors import NotInStandard
from smart_viewer.imaging.grayscale import (
    GrayscaleTransform,
    ModalityTransform,
    StoredBits,
    Voi,
)
from smart_viewer.imaging.picture import picture
from smart_viewer.imaging.sampling import Affine, SamplingGrid, fitted

WORDS = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint16)
AS_IS = GrayscaleTransform(ModalityTransform(StoredBits(8, 7, False)), Voi(128, 256))


def shown(affine: Affine, width: int, height: int, interpolation="nearest") -> list:
    grid = SamplingGrid(width, height, affine, interpolation)
    return picture(WORDS, AS_IS, grid).tolist()


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_the_identity_reads_pixels_back(interpolation):  # H23
    assert shown(Affine(), 3, 2, interpolation) == WORDS.tolist()


def test_a_quarter_turn_and_a_mirror_are_numpys():
    turned = Affine(xx=0, xy=1, x0=0, yx=-1, yy=0, y0=2)  # clockwise on the screen
    assert shown(turned, 2, 3) == np.rot90(WORDS, k=-1).tolist()
    assert shown(Affine(xx=-1, x0=3), 3, 2) == np.fliplr(WORDS).tolist()


def test_outside_it_is_black():
    assert shown(Affine(x0=-1, y0=1), 5, 2) == [[0, 4, 5, 6, 0], [0, 0, 0, 0, 0]]


def test_bilinear_lies_between_and_holds_the_rim():
    steps = shown(Affine(xx=0.5), 6, 1, "bilinear")[0]
    assert steps == [1, 1, 2, 2, 3, 3]  # 1, 1.25, 1.75, 2.25, 2.75, 3


def test_a_fitted_image_touches_two_sides_and_is_centred():
    affine = fitted(rows=100, columns=200, width=50, height=50)
    corners = affine.apply(np.array([0.0, 50.0]), np.array([0.0, 50.0]))
    assert corners[0].tolist() == [0.0, 200.0]
    assert corners[1].tolist() == [-50.0, 150.0]


def test_a_fitted_image_of_flat_pixels_is_stretched_not_squeezed():  # H7
    """2 mm between rows, 1 mm between columns: 100 x 200 pixels are a square."""
    affine = fitted(rows=100, columns=200, width=50, height=50, spacing=(2.0, 1.0))
    corners = affine.apply(np.array([0.0, 50.0]), np.array([0.0, 50.0]))
    assert corners[0].tolist() == [0.0, 200.0]
    assert corners[1].tolist() == [0.0, 100.0]


def test_what_is_no_view_is_refused():
    with pytest.raises(NotInStandard):
        Affine(xx=math.nan)
    with pytest.raises(NotInStandard):
        SamplingGrid(0, 5, Affine())
    with pytest.raises(NotInStandard):
        fitted(1, 1, 1, 1, spacing=(0.0, 1.0))
