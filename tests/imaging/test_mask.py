"""Overlays and shutters (H18, H20). Oracles: dcmtk, pydicom, exact plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from dcmtk_pictures import embed_overlay, image_of, with_overlay
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.overlays import get_overlay_array

from smart_viewer.errors import NotInStandard
from smart_viewer.imaging.grayscale import (
    GrayscaleTransform,
    ModalityTransform,
    StoredBits,
    Voi,
)
from smart_viewer.imaging.mask import (
    CLEAR,
    OVERLAY,
    SHUTTER,
    Mask,
    Overlay,
    ShutterShapes,
    embedded_bits,
    hidden_by,
    mask_of,
    overlay_bits,
    overlay_on,
)
from smart_viewer.imaging.picture import picture
from smart_viewer.imaging.sampling import Affine, SamplingGrid

ROWS, COLUMNS = 40, 50
CELLS = np.random.default_rng(2).integers(0, 4096, (ROWS, COLUMNS)).astype(np.uint16)
NOTHING = np.zeros((ROWS, COLUMNS), dtype=bool)


def random_bits(rows: int, columns: int) -> np.ndarray:
    return np.random.default_rng(rows).integers(0, 2, (rows, columns)).astype(bool)


def packed(image: Dataset, group: int = 0x6000) -> bytes:
    return bytes(image[group, 0x3000].value)


def levels(mask: Mask, cells: np.ndarray, invert: bool = False) -> np.ndarray:
    layout = ModalityTransform(StoredBits(12, 11, signed=False))
    transform = GrayscaleTransform(layout, Voi(2048, 4096), invert)
    grid = SamplingGrid(COLUMNS, ROWS, Affine(), "nearest")
    return picture(cells, transform, grid, mask).astype(int)


@pytest.mark.debian
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize(
    ("origin", "size"),
    [
        ((1, 1), (ROWS, COLUMNS)),
        ((5, 9), (20, 30)),
        ((-3, -7), (20, 30)),  # cut off above and left
        ((30, 40), (20, 30)),  # cut off below and right
    ],
)
def test_overlays_are_drawn_as_dcmtk_draws_them(dcmtk, origin, size, photometric):
    image = image_of(CELLS, 12)
    image.PhotometricInterpretation = photometric
    image.WindowCenter, image.WindowWidth = 2048, 4096
    with_overlay(image, random_bits(*size), origin)
    mask = mask_of(NOTHING, [Overlay(overlay_bits(packed(image), *size), origin)])
    by_dcmtk = dcmtk(image, "+Wi", "1", "+O", "0")
    shown = levels(mask, CELLS, invert=photometric == "MONOCHROME1")
    assert (by_dcmtk[mask.covered == OVERLAY] == 255).all()  # white, also inverted
    assert np.abs(shown - by_dcmtk).max() <= 1


@pytest.mark.debian
def test_an_embedded_overlay_is_dcmtks_and_leaves_the_grey_alone(dcmtk):
    bits = random_bits(ROWS, COLUMNS)
    cells = (CELLS | (bits.astype(np.uint16) << 14)).astype(np.uint16)
    image = image_of(cells, 12)
    image.WindowCenter, image.WindowWidth = 2048, 4096
    embed_overlay(image, bits.shape, (1, 1), 0x6000, allocated=16, bit=14)
    mask = mask_of(NOTHING, [Overlay(embedded_bits(cells, 14))])
    assert np.array_equal(mask.covered == OVERLAY, bits)
    assert np.abs(levels(mask, cells) - dcmtk(image, "+Wi", "1", "+O", "0")).max() <= 1


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (8, 8), (13, 7)])
def test_bits_are_unpacked_as_pydicom_unpacks_them(size):
    bits = random_bits(*size)
    image = with_overlay(image_of(CELLS, 12), bits, (1, 1))
    found = overlay_bits(packed(image), *size)
    assert np.array_equal(found, get_overlay_array(image, 0x6000))
    assert np.array_equal(found, bits)


def test_the_first_bit_is_the_lowest():
    assert overlay_bits(b"\x01", 1, 3).tolist() == [[True, False, False]]


def test_too_few_bits_are_refused():
    with pytest.raises(NotInStandard, match="16 bits where 20"):
        overlay_bits(b"\0\0", 4, 5)


@pytest.mark.parametrize("bit", [0, 16, -1])
def test_an_embedded_bit_outside_the_cell_is_refused(bit):
    with pytest.raises(NotInStandard):
        embedded_bits(CELLS, bit)


@given(
    origin=st.tuples(st.integers(-12, 15), st.integers(-12, 15)),
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
)
def test_an_overlay_is_cut_off_at_the_rim_wherever_it_lies(origin, size):
    bits = random_bits(*size)
    expected = np.zeros((7, 10), dtype=bool)
    for row, column in np.argwhere(bits):
        r, c = row + origin[0] - 1, column + origin[1] - 1
        if 0 <= r < 7 and 0 <= c < 10:
            expected[r, c] = True
    assert np.array_equal(overlay_on((7, 10), Overlay(bits, origin)), expected)


def test_a_rectangle_shows_its_edges():
    hidden = hidden_by(ShutterShapes(rectangle=(3, 6, 2, 4)), 6, 8)
    shown = np.zeros((6, 8), dtype=bool)
    shown[1:4, 2:6] = True  # columns 3 to 6, rows 2 to 4, from 1
    assert np.array_equal(~hidden, shown)


def test_a_circle_shows_its_rim():
    hidden = hidden_by(ShutterShapes(circle=(4, 5, 3)), 7, 9)
    drawn = [
        "....#....",
        "..#####..",
        "..#####..",
        ".#######.",
        "..#####..",
        "..#####..",
        "....#....",
    ]
    assert ["".join(".#"[int(not h)] for h in row) for row in hidden] == drawn


def test_a_circle_is_round_where_pixels_are_not_square():  # H7
    """Pixels twice as high as wide: a radius of 10 columns is 5 rows."""
    hidden = hidden_by(ShutterShapes(circle=(20, 20, 10)), 40, 40, (2.0, 1.0))
    rows, columns = np.nonzero(~hidden)
    assert (np.ptp(rows), np.ptp(columns)) == (10, 20)


def inside(polygon, row: int, column: int) -> bool:
    """Even-odd with the sides, in whole numbers: one pixel at a time."""
    crossings = 0
    for (r0, c0), (r1, c1) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        area = (c1 - c0) * (row - r0) - (r1 - r0) * (column - c0)
        between = min(r0, r1) <= row <= max(r0, r1)
        if area == 0 and between and min(c0, c1) <= column <= max(c0, c1):
            return True
        if (r0 <= row) != (r1 <= row):
            crossings += (area > 0) == (r1 > r0)
    return crossings % 2 == 1


VERTEX = st.tuples(st.integers(-6, 20), st.integers(-6, 24))


@given(st.lists(VERTEX, min_size=3, max_size=9))
def test_a_polygon_shows_what_lies_inside_or_on_its_sides(vertices):
    """Crossing sides included: the Standard forbids them, files do not."""
    hidden = hidden_by(ShutterShapes(polygon=tuple(vertices)), 12, 15)
    for row in range(12):
        for column in range(15):
            visible = inside(vertices, row + 1, column + 1)
            assert hidden[row, column] == (not visible), (row, column)


def test_what_any_shape_hides_is_hidden():
    shapes = {
        "rectangle": (3, 30, 2, 25),
        "circle": (20, 20, 15),
        "polygon": ((1, 1), (1, 40), (35, 20)),
    }
    each = [
        hidden_by(ShutterShapes(**{name: shape}), ROWS, COLUMNS)
        for name, shape in shapes.items()
    ]
    together = hidden_by(ShutterShapes(**shapes), ROWS, COLUMNS)
    assert np.array_equal(together, np.logical_or.reduce(each))
    assert not hidden_by(ShutterShapes(), ROWS, COLUMNS).any()


@pytest.mark.parametrize(
    "polygon", [((1, 1),), ((1, 1), (2, 2)), ((1, 1), (2, 2), (3, 1 << 21))]
)
def test_polygons_that_are_none_are_refused(polygon):
    with pytest.raises(NotInStandard):
        ShutterShapes(polygon=polygon)


def test_an_overlay_is_seen_over_a_shutter():
    """PS3.4 N.2.3.1, note 1: annotations follow the shutter."""
    hidden = np.array([[True, True, False, False]])
    bits = np.array([[True, False, True, False]])
    mask = mask_of(hidden, [Overlay(bits)], presentation_value=0x80FF)
    assert mask.covered.tolist() == [[OVERLAY, SHUTTER, OVERLAY, CLEAR]]
    assert mask.shutter_level == 0x80


@given(
    center=st.floats(0, 4000),
    width=st.floats(1, 4000),
    invert=st.booleans(),
    cells=st.integers(0, 4095),
)
def test_what_is_covered_never_depends_on_the_window(center, width, invert, cells):
    covered = (np.arange(12) % 3).astype(np.uint8).reshape(3, 4)
    layout = ModalityTransform(StoredBits(12, 11, signed=False))
    transform = GrayscaleTransform(layout, Voi(center, width), invert)
    shown = picture(
        np.full((3, 4), cells, dtype=np.uint16),
        transform,
        SamplingGrid(4, 3, Affine()),
        Mask(covered, 77),
    )
    assert (shown[covered == OVERLAY] == 255).all()
    assert (shown[covered == SHUTTER] == 77).all()


@pytest.mark.parametrize(
    ("covered", "level"),
    [
        (np.zeros((2, 2), dtype=np.uint16), 0),
        (np.zeros(4, dtype=np.uint8), 0),
        (np.zeros((2, 2), dtype=np.uint8), 256),
        (np.zeros((2, 2), dtype=np.uint8), -1),
    ],
)
def test_masks_that_are_none_are_refused(covered, level):
    with pytest.raises(NotInStandard):
        Mask(covered, level)
