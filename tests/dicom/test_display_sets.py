"""Display sets: what is one, in which order (H9). Oracle: stacks built by the test."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from set_builders import (
    AXIAL,
    CORONAL,
    GRAY,
    SR,
    at,
    labels,
    numbers,
    series,
    sets_of,
)

from smart_viewer.dicom.display_sets import DisplaySet
from smart_viewer.dicom.study import (
    Appearance,
    FrameFacts,
    FramePlane,
    Instance,
    LookupTable,
)


def test_slices_are_sorted_along_the_normal_not_by_number():
    """row x column of AXIAL is +z, so z ascends."""
    (found,) = sets_of(series([at(1, 30), at(2, 20), at(3, 10), at(4, -5)]))

    assert numbers(found) == [4, 3, 2, 1]
    assert [frame.frame_number for frame in found.frames] == [1, 1, 1, 1]


def test_an_oblique_stack_is_sorted_along_its_own_normal():
    """row (0.6, 0.8, 0) x column (0, 0, -1) = (-0.8, 0.6, 0)."""
    normal = np.array([-0.8, 0.6, 0.0])
    plane = FramePlane((0, 0, 0), (0.6, 0.8, 0), (0, 0, -1), (1, 1))
    tilted = [
        at(n, plane=replace(plane, position=tuple((normal * mm + [0, 0, n]).tolist())))
        for n, mm in ((1, 7.0), (2, -3.0), (3, 0.5))
    ]

    (found,) = sets_of(series(tilted))

    assert numbers(found) == [2, 3, 1]


def test_without_planes_the_order_is_by_instance_number():
    images = [at(n, plane=None) for n in (3, 1, 2)]
    unnumbered = at(9, plane=None, instance_number=None)

    (found,) = sets_of(series([unnumbered, *images]))

    assert numbers(found) == [1, 2, 3, None]


def test_jitter_of_the_orientation_does_not_split_a_stack():
    jittered = replace(AXIAL, row=(1, 1e-4, 0), position=(0.0, 0.0, 1.5))

    (found,) = sets_of(series([at(1), at(2), at(3, plane=jittered)]))

    assert numbers(found) == [1, 3, 2]


@pytest.mark.parametrize(
    "change",
    [
        {"plane": CORONAL},
        {"plane": replace(AXIAL, spacing=(0.6, 0.25))},
        {"plane": None},
        {"pixels": replace(GRAY, rows=8)},
        {"pixels": replace(GRAY, bits_stored=16, high_bit=15)},
        {"pixels": replace(GRAY, signed=True)},
        {"pixels": replace(GRAY, photometric_interpretation="MONOCHROME1")},
        {"image_type": ("ORIGINAL", "PRIMARY", "LOCALIZER")},
        {"frame_of_reference_uid": "2.999.8"},
        {"transfer_syntax_uid": "2.999.5"},
        {"image_type": ("DERIVED", "SECONDARY", "AXIAL")},
        {"image_type": ("DERIVED", "PRIMARY", "MPR")},
        {"modality_lut": LookupTable(0, 8, b"\0\0\1\0")},
        {"appearance": Appearance(padding=(-2000, -2000))},
        {"appearance": Appearance(inverse=True)},
        {"rescale_type": "US"},
        {"problem": "The file is cut off."},
    ],
)
def test_frames_that_differ_in_kind_never_share_a_display_set(change):
    found = sets_of(series([at(1), at(2, **change), at(3)]))

    assert [numbers(display_set) for display_set in found] == [[1, 3], [2]]


def test_images_at_one_position_are_dealt_out_in_stable_order():
    """Two echoes at three positions: numbers 1 to 6, echo by echo."""
    echoes = [at(n + 3 * echo, z=n) for echo in (0, 1) for n in (1, 2, 3)]
    extra = at(7, z=2.0004)  # within the tolerance of a position

    found = sets_of(series([extra, *echoes]))

    assert [numbers(s) for s in found] == [[1, 2, 3], [4, 5, 6], [7]]
    assert [s.label for s in found] == ["CHEST", "CHEST (2)", "CHEST (3)"]


def test_each_multi_frame_image_is_a_display_set_of_its_own():
    clips = [at(n, plane=None, number_of_frames=3) for n in (2, 1)]

    found = sets_of(series(clips))

    assert [numbers(s) for s in found] == [[1, 1, 1], [2, 2, 2]]
    assert [f.frame_number for f in found[0].frames] == [1, 2, 3]


def test_display_sets_follow_the_series_number_then_the_uid():
    found = sets_of(
        series([at(1)], number=None, uid="2.999.1.4", description="D"),
        series([at(2)], number=10, uid="2.999.1.3", description="C"),
        series([at(3)], number=2, uid="2.999.1.2", description="B"),
        series([at(4)], number=2, uid="2.999.1.1", description="A"),
    )

    assert [s.label for s in found] == ["A", "B", "C", "D"]


def test_labels_are_what_a_reader_calls_them():
    localizer = at(1, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"))
    found = [
        labels(one)[0]
        for one in (
            series([at(1)], description="CHEST 2.0 SOFT"),
            series([at(1)], description=""),
            series([at(1)], description="", number=None, modality=""),
            series([localizer], description="SCOUT"),
            series([localizer], description="Localizer AP"),
        )
    ]

    assert found == ["CHEST 2.0 SOFT", "CT 3", "Series", "SCOUT localizer"] + [
        "Localizer AP"
    ]


FLOAT = replace(GRAY, bits_allocated=32, is_float=True)


@pytest.mark.parametrize(
    ("change", "code", "word"),
    [
        ({"pixels": None, "sop_class_uid": SR}, "not_an_image", "document"),
        ({"pixels": None}, "no_pixel_data", "sent again"),
        ({"pixels": None, "problem": "Rows is wrong."}, "unreadable", "Rows is wrong."),
        ({"pixels": replace(GRAY, bits_allocated=64)}, "bit_depth", "64 bits"),
        ({"pixels": replace(GRAY, bits_allocated=12)}, "bit_depth", "12 bits"),
        (
            {"pixels": FLOAT, "transfer_syntax_uid": "1.2.840.10008.1.2.4.90"},
            "bit_depth",
            "floating point",
        ),
        ({"pixels": replace(GRAY, samples_per_pixel=3)}, "colour", "MONOCHROME2"),
        (
            {"pixels": replace(GRAY, photometric_interpretation="CMYK")},
            "colour",
            "CMYK",
        ),
        (
            {"pixels": replace(GRAY, photometric_interpretation="")},
            "colour",
            "unnamed",
        ),
        ({"unapplied": ("whole_slide",)}, "whole_slide_not_yet", "tiles"),
        (
            {"transfer_syntax_uid": "1.2.840.10008.1.2.4.102"},
            "transfer_syntax",
            "MPEG-4",
        ),
        ({"transfer_syntax_uid": "2.999.5"}, "transfer_syntax", "2.999.5"),
        ({"problem": "The file is cut off."}, "unreadable", "cut off"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_cause_and_the_next_step(
    change, code, word
):
    (found,) = sets_of(series([at(1, **change)]))

    assert found.refusal_code == code
    assert word in found.refusal
    assert (
        "Open it in" in found.refusal
        or "sent again" in found.refusal
        or ("open it in" in found.refusal)
    )


@pytest.mark.parametrize(
    "change",
    [
        {"transfer_syntax_uid": ""},  # the archive does not tell: the frame will
        {"transfer_syntax_uid": "1.2.840.10008.1.2.4.80"},
        {"transfer_syntax_uid": "1.2.840.10008.1.2.4.90"},
        {"transfer_syntax_uid": "1.2.840.10008.1.2.2"},
        {"unapplied": ("voi_lut", "functional_groups")},
        {"pixels": FLOAT},
        {"pixels": replace(GRAY, bits_allocated=1, bits_stored=1, high_bit=0)},
        {
            "pixels": replace(
                GRAY,
                bits_allocated=8,
                bits_stored=8,
                high_bit=7,
                samples_per_pixel=3,
                photometric_interpretation="YBR_FULL_422",
            )
        },
        {"pixels": replace(GRAY, bits_allocated=8, bits_stored=8, high_bit=7)},
    ],
)
def test_what_can_be_shown_is_not_refused(change):
    (found,) = sets_of(series([at(1, **change)]))

    assert (found.refusal, found.refusal_code) == ("", "")


PLANES = [None, AXIAL, AXIAL, CORONAL, replace(AXIAL, row=(1, 5e-4, 0))]
TOLD = [
    (),
    *((("time", value),) for value in "123"),
    *((("acquisition", value),) for value in "12"),
    (("echo", "2.5 ms"), ("trigger", "30 ms")),
    (("echo", "5 ms"), ("stack", "2")),
]


def frame_facts(z: float, told: tuple[tuple[str, str], ...]) -> FrameFacts:
    plane = replace(AXIAL, position=(0.0, 0.0, z))
    return FrameFacts(plane, 1.0, 0.0, "HU", (), None, coordinates=told)


@st.composite
def instances(draw: st.DrawFn) -> list[Instance]:
    count = draw(st.integers(1, 16))
    made = []
    for index in range(count):
        plane = draw(st.sampled_from(PLANES))
        z = float(draw(st.integers(0, 3)))
        frames = draw(st.sampled_from([1, 1, 1, 2]))
        grouped = frames == 2 and draw(st.booleans())
        made.append(
            at(
                index,
                plane=plane and replace(plane, position=(0.0, -z, z)),
                instance_number=draw(st.none() | st.integers(0, 3)),
                number_of_frames=frames,
                pixels=draw(st.sampled_from([GRAY, GRAY, GRAY, None])),
                acquisition_time=draw(st.sampled_from(["", "101500"])),
                coordinates=draw(st.sampled_from(TOLD)),
                frames=tuple(
                    frame_facts(z + n, draw(st.sampled_from(TOLD))) for n in (0, 1)
                )
                if grouped
                else (),
            )
        )
    return made


@given(instances(), st.randoms(use_true_random=False))
def test_the_order_in_which_instances_come_makes_no_difference(
    made: list[Instance], shuffle: random.Random
):
    half = len(made) // 2
    several = [
        series(made[:half], uid="2.999.1.1"),
        series(made[half:], uid="2.999.1.2"),
    ]
    expected = sets_of(*several)

    for one in several:
        shuffled = list(one.instances)
        shuffle.shuffle(shuffled)
        several[several.index(one)] = replace(one, instances=tuple(shuffled))
    shuffle.shuffle(several)
    found = sets_of(*several)

    def summary(sets: tuple[DisplaySet, ...]) -> list[object]:
        return [(s.label, s.frames, s.refusal_code) for s in sets]

    assert summary(found) == summary(expected)


@given(instances())
def test_every_frame_is_in_exactly_one_display_set(made: list[Instance]):
    found = sets_of(series(made))

    frames = [
        (frame.instance.sop_instance_uid, frame.frame_number)
        for display_set in found
        for frame in display_set.frames
    ]
    assert sorted(frames) == sorted(
        (instance.sop_instance_uid, number + 1)
        for instance in made
        if instance.pixels is not None
        for number in range(instance.number_of_frames)
    )


@given(instances())
def test_what_a_display_set_guarantees(made: list[Instance]):
    """docs/decisions/009-display-sets.md, point by point."""
    found = sets_of(series(made))

    assert len({one.label for one in found}) == len(found)
    for one in found:
        planes = [frame.plane for frame in one.frames]
        if one.stack is None:
            assert not one.frames or one.refusal or None in planes
            continue
        z = [np.dot(p.position, np.cross(p.row, p.column)) for p in planes if p]
        assert len(z) == len(planes)
        assert z == sorted(z)
        volumes = one.volumes or (tuple(range(len(planes))),)
        assert sorted(i for volume in volumes for i in volume) == list(range(len(z)))
        for volume in volumes:
            heights = [z[i] for i in volume]
            assert all(b - a > 1e-3 for a, b in pairwise(heights))
        assert len({frame.instance.pixels for frame in one.frames}) == 1
