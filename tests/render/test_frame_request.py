"""What can be drawn at all: cells, transform and mask must fit each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from frame_cases import request_of
from frame_oracle import Case

from smart_viewer.errors import ImagingError, NotSupported
from smart_viewer.imaging.colour import ColourTransform
from smart_viewer.imaging.grayscale import (
    Floats,
    GrayscaleTransform,
    ModalityTransform,
    StoredBits,
    Voi,
)
from smart_viewer.imaging.sampling import Affine, SamplingGrid
from smart_viewer.render.request import FrameRequest

GRID = SamplingGrid(2, 2, Affine())
GREY = GrayscaleTransform(ModalityTransform(StoredBits(8, 7, False)), Voi(0, 1))
FLOATS = GrayscaleTransform(ModalityTransform(Floats()), Voi(0, 1))
RGB = ColourTransform("rgb")


@pytest.mark.parametrize(
    ("shape", "kind", "transform"),
    [
        ((2, 2), "int16", GREY),
        ((2, 2), "uint64", GREY),
        ((2, 2), "float32", GREY),
        ((2, 2), "bool", GREY),
        ((2, 2, 3), "uint8", GREY),
        ((4,), "uint8", GREY),
        ((0, 2), "uint8", GREY),
        ((2, 2), "uint16", FLOATS),
        ((2, 2), "float16", FLOATS),
        ((2, 2, 3), "float32", FLOATS),
        ((2, 2, 3), "uint16", RGB),
        ((2, 2, 4), "uint8", RGB),
        ((2, 2), "uint8", RGB),
        ((0, 2, 3), "uint8", RGB),
    ],
)
def test_cells_of_another_kind_are_refused(shape, kind, transform):
    with pytest.raises(NotSupported):
        FrameRequest(np.zeros(shape, dtype=kind), transform, GRID)


@pytest.mark.parametrize("transform", [GREY, FLOATS, RGB])
def test_what_fits_is_taken(transform):
    cells = {
        id(GREY): np.zeros((2, 2), dtype=np.uint32),
        id(FLOATS): np.zeros((2, 2), dtype=np.float64),
        id(RGB): np.zeros((2, 2, 3), dtype=np.uint8),
    }[id(transform)]
    assert FrameRequest(cells, transform, GRID).size == (2, 2)


@pytest.mark.parametrize(
    ("kind", "high_bit"), [("uint8", 8), ("uint16", 16), ("uint32", 32)]
)
def test_a_high_bit_outside_the_word_is_refused(kind, high_bit):
    cells = np.zeros((2, 2), dtype=kind)
    palette = ((0, 8, (0,)),) * 3
    for case in (Case(cells, 8, high_bit), Case(cells, 8, high_bit, palette=palette)):
        with pytest.raises(ImagingError, match="high bit"):
            request_of(case)


def test_a_mask_of_another_size_is_refused():
    case = Case(np.zeros((2, 3), dtype=np.uint8), 8, 7, size=(3, 2))
    request_of(replace(case, covered=np.zeros((2, 3))))
    with pytest.raises(NotSupported, match="mask"):
        request_of(replace(case, covered=np.zeros((3, 2))))
