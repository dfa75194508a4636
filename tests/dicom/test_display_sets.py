"""Display sets. Oracle: SimpleITK's order, and stacks built by the test (H9)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pydicom
import pytest
import SimpleITK
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.dicom.display_sets import DisplaySet, display_sets
from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.read_study import read_study
from smart_viewer.dicom.study import FramePlane, Instance, PixelLayout, Series, Study

CT, SR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.88.33"
AXIAL = FramePlane((0, 0, 0), (1, 0, 0), (0, 1, 0), (0.5, 0.25))
CORONAL = FramePlane((0, 0, 0), (1, 0, 0), (0, 0, -1), (0.5, 0.25))
GRAY = PixelLayout(4, 6, 1, "MONOCHROME2", 16, 12, 11, False)


def at(index: int, z: float | None = None, **changes: object) -> Instance:
    """A CT slice at z mm, by default at z = index."""
    plain = Instance(
        sop_instance_uid=f"2.999.{index}",
        sop_class_uid=CT,
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        instance_number=index,
        number_of_frames=1,
        image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
        pixels=GRAY,
        plane=replace(AXIAL, position=(0.0, 0.0, index if z is None else z)),
        frame_of_reference_uid="2.999.9",
        slice_thickness_mm=1.0,
        imager_pixel_spacing=None,
        rescale_slope=1.0,
        rescale_intercept=-1024.0,
        rescale_type="HU",
        windows=(),
        lossy=False,
        lossy_ratio=None,
    )
    return replace(plain, **changes)


def series(
    instances: Sequence[Instance],
    number: int | None = 3,
    description: str = "CHEST",
    modality: str = "CT",
    uid: str = "2.999.1.1",
) -> Series:
    return Series(uid, modality, number, description, "", tuple(instances))


def sets_of(*several: Series) -> tuple[DisplaySet, ...]:
    patient = PatientIdentity("P-1")
    return display_sets(Study("2.999.1", (patient,), "", "", "", "", "", several))


def numbers(display_set: DisplaySet) -> list[int | None]:
    return [frame.instance.instance_number for frame in display_set.frames]


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
        {"transfer_syntax_uid": "1.2.840.10008.1.2.5"},
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
    labels = [
        sets_of(one)[0].label
        for one in (
            series([at(1)], description="CHEST 2.0 SOFT"),
            series([at(1)], description=""),
            series([at(1)], description="", number=None, modality=""),
            series([localizer], description="SCOUT"),
            series([localizer], description="Localizer AP"),
        )
    ]

    assert labels == ["CHEST 2.0 SOFT", "CT 3", "Series", "SCOUT localizer"] + [
        "Localizer AP"
    ]


@pytest.mark.parametrize(
    ("change", "code", "word"),
    [
        ({"pixels": None, "sop_class_uid": SR}, "not_an_image", "document"),
        ({"pixels": None}, "no_pixel_data", "sent again"),
        ({"pixels": None, "problem": "Rows is wrong."}, "unreadable", "Rows is wrong."),
        ({"pixels": replace(GRAY, bits_allocated=32)}, "bit_depth", "32 bits"),
        ({"pixels": replace(GRAY, bits_allocated=1)}, "bit_depth", "1 bits"),
        ({"pixels": replace(GRAY, samples_per_pixel=3)}, "colour_not_yet", "colour"),
        (
            {"pixels": replace(GRAY, photometric_interpretation="PALETTE COLOR")},
            "colour_not_yet",
            "PALETTE COLOR",
        ),
        (
            {"unapplied": ("functional_groups",)},
            "enhanced_multiframe_not_yet",
            "enhanced",
        ),
        ({"unapplied": ("modality_lut",)}, "modality_lut_not_yet", "Modality LUT"),
        (
            {"transfer_syntax_uid": "1.2.840.10008.1.2.4.90"},
            "transfer_syntax",
            "JPEG 2000 (Lossless Only)",
        ),
        (
            {"transfer_syntax_uid": "1.2.840.10008.1.2.2"},
            "transfer_syntax",
            "Big Endian",
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
        {"unapplied": ("voi_lut",)},
        {"pixels": replace(GRAY, bits_allocated=8, bits_stored=8, high_bit=7)},
    ],
)
def test_what_can_be_shown_is_not_refused(change):
    (found,) = sets_of(series([at(1, **change)]))

    assert (found.refusal, found.refusal_code) == ("", "")


PLANES = [None, AXIAL, CORONAL, replace(AXIAL, row=(1, 5e-4, 0))]


@st.composite
def instances(draw: st.DrawFn) -> list[Instance]:
    count = draw(st.integers(1, 12))
    made = []
    for index in range(count):
        plane = draw(st.sampled_from(PLANES))
        z = float(draw(st.integers(0, 3)))
        made.append(
            at(
                index,
                plane=plane and replace(plane, position=(0.0, -z, z)),
                instance_number=draw(st.none() | st.integers(0, 3)),
                number_of_frames=draw(st.sampled_from([1, 1, 1, 2])),
                pixels=draw(st.sampled_from([GRAY, GRAY, None])),
                acquisition_time=draw(st.sampled_from(["", "101500"])),
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


@pytest.mark.data
def test_a_real_stack_has_the_order_of_simpleitk(need):
    paths = sorted((need("data") / "ct_chest_nlst_101287").rglob("CT_*.dcm"))
    read = [read_header(path).metadata for path in paths]
    random.Random(7).shuffle(read)

    (found,) = display_sets(read_study(read))

    by_itk = SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(paths[0].parent))
    uids = [
        str(pydicom.dcmread(name, specific_tags=["SOPInstanceUID"]).SOPInstanceUID)
        for name in by_itk
    ]
    order = [frame.instance.sop_instance_uid for frame in found.frames]
    assert len(order) == 143
    assert order in (uids, uids[::-1])
    z = [f.instance.plane.position[2] for f in found.frames if f.instance.plane]
    assert z == sorted(z)  # row x column of this series is +z


@pytest.mark.data
def test_a_real_fmri_series_becomes_one_stack_a_time_point(need):
    paths = sorted((need("data") / "mr_4d_fmri_studyforrest").rglob("MR.*"))

    found = display_sets(read_study([read_header(path).metadata for path in paths]))

    positions = {
        frame.instance.plane.position
        for display_set in found
        for frame in display_set.frames
        if frame.instance.plane
    }
    assert len(paths) == len(found) * len(positions)
    assert {len(display_set.frames) for display_set in found} == {len(positions)}
