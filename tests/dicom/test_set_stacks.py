"""Display sets by what tells images apart (H9, H12). Oracle: stacks of the test."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from set_builders import (
    AXIAL,
    CORONAL,
    at,
    labels,
    numbers,
    series,
    sets_of,
    told,
)

from smart_viewer.dicom.series_facts import Code
from smart_viewer.dicom.study import FramePlane, Instance

CC, MLO = Code("399162004", "SCT", "cranio-caudal"), Code("R-10226", "SRT", "oblique")


def volumes(
    count: int, name: str, values: list[str], **changes: object
) -> list[Instance]:
    """`count` positions for each value; instances numbered slice by slice."""
    return [
        at(n * len(values) + k + 1, float(n), **told((name, value)), **changes)
        for n in range(count)
        for k, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("b-value", ["1000", "0", "50"], ["b 0", "b 50", "b 1000"]),
        ("echo", ["9.84 ms", "4.92 ms"], ["echo 1 · 4.9 ms", "echo 2 · 9.8 ms"]),
        ("component", ["phase", "magnitude"], ["magnitude", "phase"]),
        ("phase", ["75 %", "5 %"], ["phase 5 %", "phase 75 %"]),
        ("trigger", ["345 ms", "20 ms"], ["phase 20 ms", "phase 345 ms"]),
        ("time", ["10", "9"], ["time 9", "time 10"]),
        ("time", ["5000 ms", "1000 ms"], ["time 1", "time 2"]),
        ("acquisition", ["3", "2"], ["acquisition 2", "acquisition 3"]),
        ("contrast", ["portal venous", "arterial"], ["arterial", "portal venous"]),
        ("inversion", ["500 ms", "100 ms"], ["TI 100 ms", "TI 500 ms"]),
        ("flip", ["15 °", "3 °"], ["flip 3 °", "flip 15 °"]),
        ("energy", ["140 kV", "80 kV"], ["80 kV", "140 kV"]),
        ("kernel", ["B60f", "B30f"], ["B30f", "B60f"]),
        ("thickness", ["5 mm", "1 mm"], ["1 mm", "5 mm"]),
        ("stack", ["2", "1"], ["stack 1", "stack 2"]),
        ("segment", ["2", "1"], ["segment 1", "segment 2"]),
        (
            "energy window",
            ["Tc99m", "I131"],
            ["energy window I131"] + ["energy window Tc99m"],
        ),
    ],
)
def test_several_volumes_at_the_same_positions_are_sets_with_names(name, values, words):
    found = sets_of(series(volumes(4, name, values)))

    assert [one.label for one in found] == [f"CHEST {word}" for word in words]
    for one in found:
        assert [f.plane and f.plane.position[2] for f in one.frames] == [0, 1, 2, 3]
        assert len({dict(f.coordinates)[name] for f in one.frames}) == 1


@pytest.mark.parametrize("name", ["acquisition", "time", "trigger", "acquired"])
def test_a_number_that_counts_slices_splits_nothing(name):
    slices = [at(n, **told((name, str(n)))) for n in range(1, 9)]

    assert [len(one.frames) for one in sets_of(series(slices))] == [8]


@pytest.mark.parametrize(("slabs", "rest"), [(2, 1), (3, 2)])
def test_slabs_that_overlap_by_a_slice_stay_one_stack(slabs, rest):
    """Step and shoot: four slices each; every fourth position is taken twice."""
    images = [
        at(4 * a + n, 3.0 * a + n, **told(("acquisition", str(a))))
        for a in range(slabs)
        for n in range(4)
    ]

    found = sets_of(series(images))

    assert [len(one.frames) for one in found] == [4 * slabs - rest, rest]


def test_a_phase_that_ends_early_is_a_set_of_its_own():
    portal = [at(n, **told(("acquisition", "2"))) for n in range(1, 11)]
    arterial = [at(20 + n, float(n), **told(("acquisition", "1"))) for n in range(1, 7)]

    found = sets_of(series([*portal, *arterial]))

    assert [(one.label, len(one.frames)) for one in found] == [
        ("CHEST acquisition 1", 6),
        ("CHEST acquisition 2", 10),
    ]


def test_trigger_times_that_drift_from_slice_to_slice_are_phases_by_their_order():
    """Oracle: three phases at each of four positions, later by 7 ms a position."""
    images = [
        at(10 * n + k, float(n), **told(("trigger", f"{20 + 300 * k + 7 * n} ms")))
        for n in range(4)
        for k in (2, 0, 1)
    ]

    found = sets_of(series(images))

    assert [numbers(one) for one in found] == [
        [0, 10, 20, 30],
        [1, 11, 21, 31],
        [2, 12, 22, 32],
    ]


def test_numbers_that_jitter_are_one_echo_and_one_b_value():
    echoes = ["4.92 ms", "4.921 ms", "4.9 ms"]
    images = [
        at(n, **told(("echo", e), ("b-value", b)))
        for n, (e, b) in enumerate(zip(echoes, ["1000", "995", "1005"], strict=True))
    ]

    assert len(sets_of(series(images))) == 1


def test_many_time_points_are_one_set_whose_volumes_are_told():
    """Twenty time points of three positions: a position plays through its times."""
    times = [str(n) for n in range(1, 21)]

    (found,) = sets_of(series(volumes(3, "time", times)))

    assert len(found.frames) == 60
    z = [f.plane.position[2] for f in found.frames if f.plane]
    assert z == [0.0] * 20 + [1.0] * 20 + [2.0] * 20
    shown = [dict(f.coordinates)["time"] for f in found.frames]
    assert shown == times * 3
    assert found.volumes == tuple((t, t + 20, t + 40) for t in range(20))
    assert found.stack and (found.stack.state, found.stack.step_mm) == ("regular", 1.0)


def test_a_missing_slice_of_one_time_point_leaves_the_others_whole():
    images = volumes(3, "time", [str(n) for n in range(1, 15)])
    (lost,) = [i for i in images if i.coordinates == (("time", "7"),)][1:2]

    (found,) = sets_of(series([i for i in images if i is not lost]))

    assert [len(volume) for volume in found.volumes] == [3] * 6 + [2] + [3] * 7
    assert sorted(i for v in found.volumes for i in v) == list(range(41))


def test_a_gap_in_a_set_of_many_volumes_is_behind_the_last_frame_before_it():
    images = [i for i in volumes(8, "time", [str(n) for n in range(1, 15)])]
    kept = [i for i in images if i.plane and i.plane.position[2] != 5]

    (found,) = sets_of(series(kept))

    assert found.stack and found.stack.state == "gaps"
    (gap,) = found.stack.gaps
    before, behind = found.frames[gap].plane, found.frames[gap + 1].plane
    assert before and behind
    assert (before.position[2], behind.position[2]) == (4, 6)


def test_directions_of_one_b_value_become_one_set_where_they_are_many():
    around = [f"{n / 40:.3f} 0.5 0.5" for n in range(30)]
    weighted = [
        at(100 + 30 * n + k, float(n), **told(("b-value", "1000"), ("direction", d)))
        for n in range(3)
        for k, d in enumerate(around)
    ]
    plain = [at(n + 1, float(n), **told(("b-value", "0"))) for n in range(3)]

    found = sets_of(series([*weighted, *plain]))

    assert [(s.label, len(s.frames), len(s.volumes)) for s in found] == [
        ("CHEST b 0", 3, 0),
        ("CHEST b 1000", 90, 30),
    ]


def test_a_cine_of_one_slice_is_one_set_in_order_of_time():
    cine = [
        at(n, 5.0, **told(("trigger", f"{(n * 7) % 25 * 40} ms"))) for n in range(25)
    ]

    (found,) = sets_of(series(cine))

    shown = [int(dict(f.coordinates)["trigger"][:-3]) for f in found.frames]
    assert shown == sorted(shown)
    assert found.stack and found.stack.state == "single"
    assert len(found.volumes) == 25


def test_more_than_a_dozen_images_at_each_position_that_nothing_explains_are_one_set():
    images = [at(20 * n + k, float(n)) for n in range(3) for k in range(15)]

    (found,) = sets_of(series(images))

    assert (len(found.frames), len(found.volumes)) == (45, 15)


def test_two_stacks_beside_each_other_are_two_sets():
    """Two hips: the same positions along the normal, 200 mm apart in the plane."""
    hips = [
        at(10 * side + n, plane=replace(AXIAL, position=(200.0 * side, 0, 3.0 * n)))
        for n in range(5)
        for side in (0, 1)
    ]

    found = sets_of(series(hips))

    assert [s.label for s in found] == ["CHEST stack 1", "CHEST stack 2"]
    assert [{f.plane.position[0] for f in s.frames if f.plane} for s in found] == [
        {0.0},
        {200.0},
    ]


def test_stacks_that_interleave_are_two_sets_of_regular_spacing():
    """Positions 0, 3, 6 and 1, 4, 7; two millimetres apart in the plane."""
    both = [
        at(n, plane=replace(AXIAL, position=(0.0, 2.0 * odd, 3.0 * n + odd)))
        for n in range(4)
        for odd in (0, 1)
    ]

    found = sets_of(series(both))

    assert [s.stack and (s.stack.state, s.stack.step_mm) for s in found] == [
        ("regular", 3.0)
    ] * 2


def test_a_tilted_stack_is_not_taken_for_stacks_beside_each_other():
    tilted = [
        at(n, plane=replace(AXIAL, position=(0.0, 1.8 * n, 5.0 * n))) for n in range(20)
    ]

    (found,) = sets_of(
        series(
            [
                *tilted,
                *[
                    replace(t, sop_instance_uid=f"{t.sop_instance_uid}.1")
                    for t in tilted
                ],
            ]
        )
    )[:1]

    assert len(found.frames) == 20


def test_two_blocks_with_a_jump_that_was_meant_are_two_stacks():
    """The numbers go on across the jump: nothing is missing there."""
    blocks = [at(n, 4.0 * n + (60 if n > 5 else 0)) for n in range(1, 11)]

    found = sets_of(series(blocks))

    assert [(s.label, numbers(s)) for s in found] == [
        ("CHEST stack 1", [1, 2, 3, 4, 5]),
        ("CHEST stack 2", [6, 7, 8, 9, 10]),
    ]
    assert [s.stack and s.stack.state for s in found] == ["regular", "regular"]


def test_a_jump_across_which_numbers_are_missing_is_a_gap_of_one_stack():
    """H10: slice 40 of 80 is dropped, and then ten more."""
    slices = [at(n, 2.5 * n) for n in range(1, 81)]

    (one,) = sets_of(series([s for s in slices if s.instance_number != 40]))
    (ten,) = sets_of(
        series([s for s in slices if not 40 <= (s.instance_number or 0) < 50])
    )

    assert one.stack and (one.stack.state, one.stack.gaps) == ("gaps", (38,))
    assert ten.stack and (ten.stack.state, ten.stack.gaps) == ("gaps", (38,))


def test_stack_ids_that_number_slices_split_nothing():
    slices = [at(n, **told(("stack", str(n)))) for n in range(1, 6)]

    assert [len(one.frames) for one in sets_of(series(slices))] == [5]


def test_orientations_of_one_series_are_named_by_their_plane():
    planes: list[FramePlane] = [AXIAL, CORONAL]
    survey = [
        at(10 * n + k, plane=replace(p, position=(0.0, 7.0 * k, 7.0 * k)))
        for n, p in enumerate(planes)
        for k in range(3)
    ]

    assert labels(series(survey)) == ["CHEST axial", "CHEST coronal"]


def test_a_rotating_projection_is_one_set_in_order_of_number_without_geometry():
    """Twelve projections, 30 degrees apart about the long axis."""
    images = []
    for n in range(12):
        a = radians(30 * n)
        plane = FramePlane((0, 0, 0), (cos(a), sin(a), 0), (0, 0, -1), (1, 1))
        images.append(at(12 - n, plane=plane))

    (found,) = sets_of(series(images))

    assert numbers(found) == list(range(1, 13))
    assert found.stack is None


small = st.floats(-0.9e-3, 0.9e-3)
angle = st.floats(0, 360)


@given(st.tuples(angle, angle, angle), st.lists(small, min_size=6, max_size=6))
def test_any_two_orientations_within_the_tolerance_are_one(turns, jitter):
    """Rotation matrices by numpy; every cosine moved by less than a thousandth."""
    matrix = np.eye(3)
    for axis, degrees in enumerate(turns):
        c, s = cos(radians(degrees)), sin(radians(degrees))
        turn = np.eye(3)
        turn[np.ix_([axis, (axis + 1) % 3], [axis, (axis + 1) % 3])] = [[c, -s], [s, c]]
        matrix = turn @ matrix
    cosines = np.concatenate([matrix[0], matrix[1]])
    images = []
    for number, values in enumerate((cosines, cosines + jitter)):
        place = tuple((5.0 * number * matrix[2]).tolist())
        row, column = tuple(values[:3].tolist()), tuple(values[3:].tolist())
        images.append(at(number, plane=FramePlane(place, row, column, (1, 1))))

    assert [len(one.frames) for one in sets_of(series(images))] == [2]


def test_thousands_of_frames_of_any_kind_become_few_sets():
    """None of these may take time that grows with the square of their number."""
    turned = [
        at(n, plane=FramePlane((0, 0, n), (cos(a), sin(a), 0), (0, 0, -1), (1, 1)))
        for n, a in enumerate(np.linspace(0, 2 * np.pi, 3000).tolist())
    ]
    at_one_place = [at(n, 1.0) for n in range(3000)]
    echoes = [at(n, **told(("echo", f"{1 + n * n} ms"))) for n in range(3000)]
    clip = at(1, plane=None, number_of_frames=250_000)

    assert [len(sets_of(series(turned))), len(sets_of(series(at_one_place)))] == [1, 1]
    assert len(sets_of(series(echoes))) > 100
    assert [len(one.frames) for one in sets_of(series([clip]))] == [250_000]
