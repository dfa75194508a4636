"""Stored bits to grey. Oracle: worked cases of PS3.3 C.11.2.1.2.1, hand computation."""

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
    VoiFunction,
    display_values,
    grey,
    modality_values,
    stored_values,
)

PLAIN = StoredBits(16, 15, signed=False)


def display(value: float, voi: Voi) -> float:
    return float(display_values(np.array([value]), voi)[0])


@pytest.mark.parametrize(
    ("word", "layout", "expected"),
    [
        (0xF0FF, StoredBits(12, 11, False), 0x0FF),  # garbage above the high bit
        (0xF0FF, StoredBits(12, 11, True), 0x0FF),
        (0xFFFF, StoredBits(12, 11, True), -1),
        (0x0800, StoredBits(12, 11, True), -2048),
        (0x07FF, StoredBits(12, 11, True), 2047),
        (0b1010_0000_0000_0011, StoredBits(3, 15, False), 5),  # high bit at the top
        (0b1010_0000_0000_0011, StoredBits(3, 15, True), -3),
        (0x8000, StoredBits(16, 15, True), -32768),
        (0x8000, StoredBits(16, 15, False), 32768),
        (0x0001, StoredBits(1, 0, False), 1),
    ],
)
def test_the_stored_bits_are_cut_out_and_signed(word, layout, expected):  # H6
    assert stored_values(np.array([word], dtype=np.uint16), layout)[0] == expected


@pytest.mark.parametrize(
    ("center", "width", "value", "expected"),
    [
        (2048, 4096, 0, 0.0),
        (2048, 4096, 4095, 1.0),
        (2048, 4096, 2047.5, 0.5),
        (2048, 1, 2047.5, 0.0),  # the step belongs to the dark side
        (2048, 1, 2048, 1.0),
        (0, 100, -50, 0.0),
        (0, 100, 49, 1.0),
        (0, 100, -0.5, 0.5),
    ],
)
def test_a_linear_window_follows_the_standard(center, width, value, expected):  # H2
    assert display(value, Voi(center, width)) == expected


@pytest.mark.parametrize(
    ("center", "width", "value", "expected"),
    [(2048, 4096, 0, 0.0), (2048, 4096, 4096, 1.0), (0, 0.5, 0.125, 0.75)],
)
def test_an_exact_window_subtracts_nothing(center, width, value, expected):  # H2
    voi = Voi(center, width, VoiFunction.LINEAR_EXACT)
    assert display(value, voi) == expected


def test_a_sigmoid_is_a_half_at_its_centre_and_rises_by_one_over_the_width():  # H2
    voi = Voi(40, 400, VoiFunction.SIGMOID)
    assert display(40, voi) == 0.5
    assert display(140, voi) == pytest.approx(1 / (1 + math.exp(-1)))
    assert display(-1e9, voi) == pytest.approx(0)
    assert display(1e9, voi) == pytest.approx(1)


def test_the_window_works_on_modality_values():  # H3
    transform = GrayscaleTransform(ModalityTransform(PLAIN, 2.0, -1024.0), Voi(0, 256))
    words = np.array([512], dtype=np.uint16)
    assert modality_values(words, transform.modality)[0] == 0.0
    assert grey(modality_values(words, transform.modality), transform)[0] == 128


def test_inversion_turns_black_and_white():  # H4
    transform = GrayscaleTransform(ModalityTransform(PLAIN), Voi(128, 256), invert=True)
    assert grey(np.array([0.0, 100.0, 255.0]), transform).tolist() == [255, 155, 0]


def test_halves_of_a_grey_level_go_up():
    transform = GrayscaleTransform(ModalityTransform(PLAIN), Voi(128, 256))
    assert grey(np.array([62.5, 62.4, 62.6]), transform).tolist() == [63, 62, 63]


@pytest.mark.parametrize("bits", [(0, 11), (13, 11), (33, 32), (12, 32)])
def test_bits_that_do_not_fit_are_refused(bits):
    with pytest.raises(NotInStandard):
        StoredBits(*bits, signed=False)


@pytest.mark.parametrize(
    ("center", "width", "function"),
    [
        (0, 0.5, VoiFunction.LINEAR),
        (0, 0, VoiFunction.LINEAR_EXACT),
        (0, -3, VoiFunction.SIGMOID),
        (math.nan, 3, VoiFunction.LINEAR),
        (0, math.inf, VoiFunction.LINEAR),
    ],
)
def test_windows_that_are_none_are_refused(center, width, function):
    with pytest.raises(NotInStandard):
        Voi(center, width, function)


@pytest.mark.parametrize(("slope", "intercept"), [(math.nan, 0), (1, math.inf)])
def test_a_rescale_that_is_no_number_is_refused(slope, intercept):
    with pytest.raises(NotInStandard):
        ModalityTransform(PLAIN, slope, intercept)
