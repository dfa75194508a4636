"""Functional groups to frames (PS3.3 C.7.6.16, H12). Oracle: values of the test."""

from __future__ import annotations

import json

import pytest

from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.merge_facts import facts_of
from smart_viewer.dicom.read_study import project, read_parts, read_study, split
from smart_viewer.dicom.study import FrameFacts, FramePlane, Instance, Spacing, Window

MR = "1.2.840.10008.5.1.4.1.1.4.1"
Json = dict[str, object]


def tags(**given: object) -> Json:
    """DICOM JSON of t<tag>=values; a Json value becomes the one item of a sequence."""
    return {
        name[1:]: {"vr": "UN", "Value": value if isinstance(value, list) else [value]}
        for name, value in given.items()
    }


SHARED = tags(
    t00209116=tags(t00200037=[1.0, 0.0, 0.0, 0.0, 0.8, -0.6]),
    t00289110=tags(t00280030=[0.75, 0.5], t00180050=[3.0]),
    t00189226=tags(t00089007=["ORIGINAL", "PRIMARY", "T1", "NONE"]),
    t00189112=tags(t00180080=[500.0], t00181314=[15.0]),
)


def frame(z: float, **groups: object) -> Json:
    return tags(t00209113=tags(t00200032=[1.0, 2.0, z])) | tags(**groups)


def enhanced(frames: list[Json], shared: Json = SHARED, **changes: object) -> Json:
    """An enhanced MR image with these frames."""
    plain = tags(
        t00080008=["ORIGINAL", "PRIMARY", "T1", "NONE"],
        t00080016=[MR],
        t00080018=["2.999.1.1.1"],
        t00080060=["MR"],
        t00083002=["1.2.840.10008.1.2.1"],
        t0008103E=["T1 AX"],
        t00100020=["P-1"],
        t0020000D=["2.999.1"],
        t0020000E=["2.999.1.1"],
        t00200013=[1],
        t00200052=["2.999.1.9"],
        t00280002=[1],
        t00280004=["MONOCHROME2"],
        t00280008=[len(frames)],
        t00280010=[64],
        t00280011=[32],
        t00280100=[16],
        t00280101=[12],
        t00280102=[11],
        t00280103=[0],
        t52009229=[shared],
        t52009230=frames,
    )
    return plain | tags(**changes)


def instance(dataset: Json) -> Instance:
    return read_study([dataset]).series[0].instances[0]


def facts(frames: list[Json], shared: Json = SHARED) -> tuple[FrameFacts, ...]:
    found = instance(enhanced(frames, shared))
    assert not found.problem
    return found.frames


def test_shared_and_per_frame_groups_together_are_one_frame():
    """Normal of the shared orientation: (0, 0.6, 0.8)."""
    first, second = facts(
        [
            frame(
                0.0,
                t00289145=tags(t00281052=[-5.0], t00281053=[2.0], t00281054=["US"]),
                t00289132=tags(t00281050=[40.0, 50], t00281051=[400.0, 80]),
            ),
            frame(
                4.0,
                t00289145=tags(t00281052=[0.0], t00281053=[3.0]),
                t00289132=tags(
                    t00281050=[10.0],
                    t00281051=[0.5],
                    t00281056=["SIGMOID"],
                    t00281055=["SOFT"],
                ),
            ),
        ]
    )

    assert first.plane == FramePlane(
        (1.0, 2.0, 0.0), (1, 0, 0), (0, 0.8, -0.6), (0.75, 0.5)
    )
    assert second.plane and second.plane.position == (1.0, 2.0, 4.0)
    assert (first.rescale_slope, first.rescale_intercept) == (2.0, -5.0)
    assert (second.rescale_slope, second.rescale_intercept) == (3.0, 0.0)
    assert first.windows == (Window(40, 400), Window(50, 80))
    assert second.windows == (Window(10, 0.5, "SIGMOID", "SOFT"),)
    assert first.spacing == Spacing(0.75, 0.5, "patient")
    assert first.image_type == ("ORIGINAL", "PRIMARY", "T1", "NONE")


def test_a_group_of_one_frame_wins_over_the_shared_one():
    coronal = tags(t00200037=[1.0, 0, 0, 0, 0, -1.0])

    first, second = facts([frame(0.0, t00209116=coronal), frame(1.0)])

    assert first.plane and second.plane
    assert (first.plane.column, second.plane.column) == ((0, 0, -1), (0, 0.8, -0.6))


def test_attributes_at_the_top_stand_in_for_groups_that_are_not_there():
    top = tags(t00281052=[-1024.0], t00281053=[1.0], t00281050=[40], t00281051=[400])
    dataset = enhanced([frame(0.0), frame(1.0)]) | top

    found = instance(dataset).frames[1]

    assert (found.rescale_intercept, found.windows) == (-1024.0, (Window(40, 400),))


def test_what_a_frame_says_of_itself_becomes_its_coordinates():
    """In one order; what all frames share is the image's, not the frame's."""
    frames = [
        frame(
            0.0,
            t00189114=tags(t00189082=[echo]),
            t00189117=tags(
                t00189087=[b],
                t00189076=[tags(t00189089=[0.0, 0.6, -0.8])],
            ),
            t00209111=tags(
                t00209056=["A"], t00209128=[time], t00209157=[1, time], t00209156=[4]
            ),
        )
        for echo, b, time in ((2.46, 0.0, 1), (4.92, 1000.0, 2))
    ]

    found = instance(enhanced(frames))

    assert dict(found.coordinates) == {
        "stack": "A",
        "direction": "0.000 0.600 -0.800",
        "acquisition": "4",
        "flip": "15 °",
        "repetition": "500 ms",
        "thickness": "3 mm",
    }
    assert [f.coordinates for f in found.frames] == [
        (("b-value", "0"), ("echo", "2.46 ms"), ("time", "1")),
        (("b-value", "1000"), ("echo", "4.92 ms"), ("time", "2")),
    ]
    assert [f.dimension_index_values for f in found.frames] == [(1, 1), (1, 2)]
    assert found.frames[0].stack_id == "A"


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        (tags(t00189118=tags(t00209241=[30.0])), "phase", "30 %"),
        (tags(t00189118=tags(t00209153=[345.5])), "trigger", "345.5 ms"),
        (tags(t00209253=tags(t00209245=[50.0])), "phase", "50 %"),
        (tags(t00209310=tags(t0020930D=[1.5])), "offset", "1.5 s"),
        (tags(t00189325=tags(t00180060=[80.0])), "energy", "80 kV"),
        (tags(t00189314=tags(t00181210=["B30f"])), "kernel", "B30f"),
        (tags(t00189341=tags(t00189344=["PORTAL_VENOUS"])), "contrast")
        + ("portal venous",),
        (tags(t00189115=tags(t00189079=[150.0])), "inversion", "150 ms"),
        (tags(t0062000A=tags(t0062000B=[3])), "segment", "3"),
        (tags(t00189226=tags(t00089208=["PHASE"])), "component", "phase"),
    ],
)
def test_each_group_that_tells_frames_apart_is_read(group, name, value):
    first, second = facts([frame(0.0), frame(0.0) | group])

    assert (name, value) in second.coordinates
    assert name not in dict(first.coordinates)


def test_a_dimension_that_nobody_knows_tells_frames_apart_by_its_label():
    private = tags(t00209165=["20051011"], t00209421=["Private ImageTypeMR"])
    known = tags(t00209165=["00209057"])
    frames = [
        frame(z, t00209111=tags(t00209157=[k, n]))
        for n, z in enumerate((0.0, 3.0), start=1)
        for k in (1, 2)
    ]
    dataset = enhanced(frames, t00209222=[private, known])

    found = display_sets(read_study([dataset]))

    assert [len(one.frames) for one in found] == [2, 2]
    assert found[1].frames[0].coordinates[-1] == ("dimension Private ImageTypeMR", "2")


def test_frames_are_sorted_along_the_normal_whatever_their_number():
    """H12. Positions 9, 0, 6, 3 along z; the normal is (0, 0.6, 0.8)."""
    dataset = enhanced([frame(z) for z in (9.0, 0.0, 6.0, 3.0)])

    (found,) = display_sets(read_study([dataset]))

    assert [f.frame_number for f in found.frames] == [2, 4, 3, 1]
    assert found.stack and found.stack.state == "regular"
    assert found.stack.step_mm == pytest.approx(2.4)  # 3 mm of which 0.8 is upright


def test_frames_of_an_image_split_like_images_of_a_series():
    """Two echoes of three positions and a phase map of one echo."""
    phase = tags(t00089007=["ORIGINAL", "PRIMARY", "T1", "PHASE_MAP"])
    frames = [
        frame(float(z), t00189114=tags(t00189082=[echo]), **kind)
        for z in (2, 0, 1)
        for echo, kind in ((4.0, {}), (2.0, {}), (2.0, {"t00189226": phase}))
    ]

    found = display_sets(read_study([enhanced(frames)]))

    assert [(one.label, [f.frame_number for f in one.frames]) for one in found] == [
        ("T1 AX echo 1 · 2.0 ms", [5, 8, 2]),
        ("T1 AX echo 2 · 4.0 ms", [4, 7, 1]),
        ("T1 AX phase map", [6, 9, 3]),
    ]
    assert [facts_of(one).echo_time_ms for one in found] == [2.0, 4.0, 2.0]
    assert [facts_of(one).image_count for one in found] == [3, 3, 3]


def test_enhanced_images_of_one_series_make_one_stack():
    """As Siemens stores a volume a time point, and Philips a long one in parts."""
    parts = [
        enhanced([frame(float(z)) for z in range(3 * n, 3 * n + 3)])
        | tags(t00080018=[f"2.999.1.1.{n}"], t00200013=[n])
        for n in (2, 1)
    ]

    (found,) = display_sets(read_study(parts))

    assert [f.instance.instance_number for f in found.frames] == [1, 1, 1, 2, 2, 2]


def test_the_whole_image_has_the_facts_of_its_groups():
    anatomy = tags(
        t00082218=[tags(t00080100=["12738006"], t00080102=["SCT"])], t00209072=["L"]
    )
    shared = SHARED | tags(t00209071=anatomy)
    dataset = enhanced([frame(0.0, t00189114=tags(t00189082=[12.5]))], shared)

    found = instance(dataset)

    assert found.facts.repetition_time_ms == 500
    assert (found.facts.echo_time_ms, found.facts.flip_angle_deg) == (12.5, 15)
    assert [c.value for c in found.facts.anatomic_regions] == ["12738006"]
    assert found.facts.lateralities == ("L",)
    assert found.slice_thickness_mm == 3


def test_the_unit_of_a_real_world_mapping_that_is_the_rescale_is_its_unit():
    unit = tags(t00080100=["ml/100ml/s"], t00080102=["UCUM"])
    mapping = tags(t00409224=[0.0], t00409225=[0.5], t004008EA=[unit])
    rescale = tags(t00281052=[0.0], t00281053=[0.5], t00281054=["US"])
    other = tags(t00281052=[1.0], t00281053=[0.5], t00281054=["US"])

    same, different = facts(
        [
            frame(0.0, t00289145=rescale, t00409096=mapping),
            frame(1.0, t00289145=other, t00409096=mapping),
        ]
    )

    assert (same.rescale_type, different.rescale_type) == ("ml/100ml/s", "US")


def test_a_voi_lut_of_a_frame_is_read():
    lut = tags(t00283002=[2, 0, 8], t00283003=["CURVE"], t00283006=[3, 250])
    found = facts([frame(0.0, t00289132=tags(t00283010=[lut])), frame(1.0)])

    (table,) = found[0].voi_luts
    assert (table.first, table.bits, table.explanation) == (0, 8, "CURVE")
    assert table.entries == b"\x03\x00\xfa\x00"
    assert found[1].voi_luts == ()


def test_an_ultrasound_volume_has_its_own_millimetres_and_no_place_in_the_patient():
    shared = tags(
        t0020930F=tags(t00209302=[1.0, 0, 0, 0, 1.0, 0]),
        t00289110=tags(t00280030=[0.4, 0.3]),
    )
    frames = [tags(t0020930E=tags(t00209301=[0.0, 0.0, float(z)])) for z in range(3)]
    found = instance(enhanced(frames, shared, t00209311=["OTHER"]))

    assert [f.plane for f in found.frames] == [None] * 3
    assert found.frames[0].spacing == Spacing(
        0.4, 0.3, "calibrated", "ultrasound volume"
    )


def test_frames_without_a_place_follow_their_dimensions():
    frames = [tags(t00209111=tags(t00209157=[index, 1])) for index in (3, 1, 2)]
    shared = tags(t00289110=tags(t00280030=[0.4, 0.3]))

    (found,) = display_sets(read_study([enhanced(frames, shared)]))

    assert [f.frame_number for f in found.frames] == [2, 3, 1]
    assert found.stack is None


def test_tiles_of_a_whole_slide_are_refused_by_name():
    dataset = enhanced([frame(0.0), frame(1.0)], t00480006=[320])

    (found,) = display_sets(read_study([dataset]))

    assert found.refusal_code == "whole_slide_not_yet"


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        (enhanced([frame(0.0)], t00280008=[3]), "they describe 1 frames of 3"),
        (enhanced([frame(0.0)] * 3, t00280008=[2]), "they describe 3 frames of 2"),
        (enhanced([frame(0.0)], t52009229=[SHARED, SHARED]), "shared twice"),
        (
            enhanced([frame(0.0) | tags(t00209113=[{}, {}])]),
            "one is there twice",
        ),
        (
            enhanced([frame(0.0, t00289145=tags(t00281053=["steep"]))]),
            "Rescale Slope or Intercept is not a number",
        ),
        (
            enhanced([frame(0.0), frame(1.0, t00289145=tags(t00281053=[0]))]),
            "Rescale Slope or Intercept is not a number",
        ),
    ],
)
def test_groups_that_cannot_be_relied_on_are_a_problem_with_a_name(dataset, words):
    study = read_study([dataset])
    (found,) = display_sets(study)

    assert words in study.series[0].instances[0].problem
    assert (found.refusal_code, words in found.refusal) == ("unreadable", True)
    assert study.series[0].instances[0].frames == ()


@pytest.mark.parametrize(
    "position",
    [[1.0, 2.0], [1.0, 2.0, "NaN"], [], [None, 0, 0], ["1e999", 0, 0]],
)
def test_a_frame_with_a_bad_position_has_no_plane_and_stands_apart(position):
    bad = tags(t00209113=tags(t00200032=position))

    found = display_sets(read_study([enhanced([frame(0.0), bad, frame(3.0)])]))

    assert [[f.frame_number for f in one.frames] for one in found] == [[1, 3], [2]]
    assert found[1].frames[0].plane is None


def test_the_index_keeps_thousands_of_frames_in_little_room():
    """Two attributes differ from frame to frame: the rest is stored once."""
    frames = [
        frame(
            0.5 * n,
            t00289145=tags(t00281052=[-1024.0], t00281053=[1.0], t00281054=["HU"]),
            t00209111=tags(t00209157=[1, n + 1], t00209056=["1"]),
        )
        for n in range(2000)
    ]
    dataset = enhanced(frames)

    stored = json.dumps(project(dataset))

    assert len(stored) < 2000 * 60
    again = read_parts([split(json.loads(stored))])
    assert again == read_study([dataset])


def test_what_only_our_index_may_say_is_not_taken_from_an_archive():
    hostile = {"frames": {"count": "x", "each": 3}, "mosaic": {"Value": [9]}}

    assert instance(enhanced([frame(0.0)]) | hostile) == instance(
        enhanced([frame(0.0)])
    )
