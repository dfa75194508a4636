"""Names of display sets. Oracle: what a radiologist would call them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from set_builders import (
    GRAY,
    MR_FACTS,
    at,
    labels,
    numbers,
    series,
    sets_of,
)

from smart_viewer.dicom.series_facts import Code, SeriesFacts

CC, MLO = Code("399162004", "SCT", "cranio-caudal"), Code("R-10226", "SRT", "oblique")


@pytest.mark.parametrize(
    ("words", "label"),
    [
        (("ORIGINAL", "PRIMARY", "P_FFE", "P", "FFE"), "phase map"),
        (("ORIGINAL", "PRIMARY", "R"), "real"),
        (("DERIVED", "PRIMARY", "DIFFUSION", "ADC"), "ADC"),
        (("DERIVED", "PRIMARY", "DIFFUSION", "TRACEW"), "trace"),
        (("DERIVED", "PRIMARY", "W", "W", "DERIVED"), "water"),
        (("DERIVED", "PRIMARY", "OP", "OP", "DERIVED"), "opposed phase"),
        (("DERIVED", "SECONDARY", "T2 MAP"), "T2 map"),
        (("DERIVED", "SECONDARY", "OTHER"), "secondary"),
    ],
)
def test_images_that_show_something_else_are_named_by_it(words, label):
    slices = [at(n, facts=MR_FACTS) for n in (1, 2)]
    others = [at(n, z=n - 10, facts=MR_FACTS, image_type=words) for n in (11, 12)]

    found = labels(series([*slices, *others], modality="MR"))

    assert found == ["CHEST", f"CHEST {label}"]


def test_the_magnitude_beside_the_phase_is_named_too():
    names = {"M": ("ORIGINAL", "PRIMARY", "M"), "P": ("ORIGINAL", "PRIMARY", "P")}
    images = [
        at(n, facts=MR_FACTS, image_type=words)
        for n, words in enumerate(names.values())
    ]

    assert labels(series(images)) == ["CHEST magnitude", "CHEST phase map"]


@pytest.mark.parametrize(("modality", "word"), [("US", "clip"), ("XA", "run")])
def test_clips_and_stills_are_apart_and_clips_bear_the_number_of_their_image(
    modality, word
):
    stills = [at(n, plane=None) for n in (2, 5)]
    clips = [at(n, plane=None, number_of_frames=3) for n in (4, 1)]

    found = sets_of(series([*stills, *clips], modality=modality))

    assert [(one.label, numbers(one)) for one in found] == [
        (f"CHEST {word} 1", [1, 1, 1]),
        ("CHEST stills", [2, 5]),
        (f"CHEST {word} 4", [4, 4, 4]),
    ]
    assert {one.stack for one in found} == {None}


def test_the_four_views_of_a_mammogram_have_the_names_of_readers():
    def view(side: str, code: Code) -> SeriesFacts:
        return SeriesFacts(modality="MG", lateralities=(side,), views=(code,))

    images = [
        at(n, plane=None, facts=view(side, code))
        for n, (side, code) in enumerate(
            [("R", CC), ("L", CC), ("R", MLO), ("L", MLO)], start=1
        )
    ]

    found = labels(series(images, description="", modality="MG"))

    assert found == ["MG 3 RCC", "MG 3 LCC", "MG 3 RMLO", "MG 3 LMLO"]


def test_sizes_and_colours_that_differ_are_said():
    large = replace(GRAY, rows=8, columns=9)
    colour = replace(
        large,
        samples_per_pixel=3,
        photometric_interpretation="RGB",
        bits_allocated=8,
        bits_stored=8,
        high_bit=7,
    )
    images = [at(n, plane=None, pixels=p) for n, p in enumerate((GRAY, large, colour))]

    assert labels(series(images)) == [
        "CHEST 6 × 4",
        "CHEST 9 × 8 12 bit",
        "CHEST 9 × 8 colour",
    ]


def test_no_two_sets_of_a_series_have_one_name():
    copies = [at(n, z=1.0) for n in range(1, 4)]

    assert labels(series(copies)) == ["CHEST", "CHEST (2)", "CHEST (3)"]
