"""Volumes over the same range, a little apart from each other (H9, H10).

Oracle: the positions that the test gives each of the volumes.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from set_builders import at, series, sets_of, told

from smart_viewer.dicom.stack_geometry import stack_geometry
from smart_viewer.dicom.study import Instance

UP = (0.0, 0.0, 1.0)


def volume(
    name: str, value: str, z: list[float], first: int, **changes: object
) -> list[Instance]:
    return [
        at(first + n, at_z, **told((name, value)), **changes)
        for n, at_z in enumerate(z)
    ]


def two(name: str, shift: float, count: int = 20, step: float = 5.0) -> list[Instance]:
    straight = [step * n for n in range(count)]
    return [
        *volume(name, "1", straight, 1),
        *volume(name, "2", [z + shift for z in straight], 101),
    ]


@pytest.mark.parametrize("name", ["acquisition", "time", "contrast", "kernel"])
@pytest.mark.parametrize("shift", [0.002, 0.02, 0.3, 0.5, 1.0, 2.0, -0.3])
def test_two_volumes_shifted_against_each_other_are_two_sets(name, shift):
    """Twenty positions each, 5 mm apart; the patient breathed between them."""
    found = sets_of(series(two(name, shift)))

    assert [len(one.frames) for one in found] == [20, 20]
    for one in found:
        assert one.stack and (one.stack.state, one.stack.step_mm) == (
            "regular",
            pytest.approx(5.0),
        )
        assert len({dict(f.coordinates)[name] for f in one.frames}) == 1


def test_shifts_that_differ_from_slice_to_slice_are_no_reason_to_mix_them():
    """Some positions meet within a thousandth of a millimetre, some do not."""
    straight = [5.0 * n for n in range(20)]
    jittered = [z + (0.0005 if n % 2 else 0.003) for n, z in enumerate(straight)]
    images = volume("time", "1", straight, 1) + volume("time", "2", jittered, 101)

    found = sets_of(series(images))

    assert [(one.label, len(one.frames)) for one in found] == [
        ("CHEST time 1", 20),
        ("CHEST time 2", 20),
    ]


@pytest.mark.parametrize("rounding", [0, 1])
def test_odd_and_even_slices_that_mesh_are_one_stack(rounding):
    """Acquired by turns, 3.33 mm apart; positions as exact, or to 0.1 mm."""
    z = [n * 10 / 3 for n in range(24)]
    kept = [round(at_z, 1) if rounding else at_z for at_z in z]
    images = volume("acquisition", "1", kept[::2], 1)
    images += volume("acquisition", "2", kept[1::2], 101)

    assert [len(one.frames) for one in sets_of(series(images))] == [24]


def test_meshing_slices_with_one_lost_are_one_stack_with_a_gap():
    z = [3.0 * n for n in range(24)]
    images = volume("acquisition", "1", z[::2], 1)
    images += volume("acquisition", "2", [*z[1:11:2], *z[13::2]], 101)

    (found,) = sets_of(series(images))

    assert found.stack and (found.stack.state, found.stack.gaps) == ("gaps", (10,))


def test_slabs_one_behind_the_other_are_no_volumes_of_one_range():
    """Of 1 mm and of 5 mm: one irregular stack, which says so."""
    images = volume("acquisition", "1", [5.0 * n for n in range(10)], 1)
    images += volume("acquisition", "2", [46.0 + n for n in range(10)], 11)

    (found,) = sets_of(series(images))

    assert len(found.frames) == 20
    assert found.stack and found.stack.state == "variable"


def test_many_time_points_that_jitter_are_one_set_whose_volumes_are_told():
    """Twenty time points of six slices; each is 0.004 mm farther than the last one."""
    images = [
        image
        for t in range(20)
        for image in volume(
            "time", str(t + 1), [5.0 * n + 0.004 * t for n in range(6)], 10 * t
        )
    ]

    (found,) = sets_of(series(images))

    shown = [f.plane.position[2] for f in found.frames if f.plane]
    assert [round(z / 5) for z in shown] == [n for n in range(6) for _ in range(20)]
    times = [dict(f.coordinates)["time"] for f in found.frames]
    assert times == [str(t + 1) for t in range(20)] * 6
    assert found.volumes == tuple(
        tuple(t + 20 * n for n in range(6)) for t in range(20)
    )
    assert found.stack and (found.stack.state, found.stack.step_mm) == (
        "regular",
        pytest.approx(5.0),
    )


@given(st.integers(6, 30), st.floats(1, 10), st.floats(0.01, 0.42), st.booleans())
def test_no_shift_ever_makes_an_alternating_set(count, step, part, backwards):
    """The shift is less than 0.42 of the step: nobody would call that meshing."""
    shift = -part * step if backwards else part * step

    found = sets_of(series(two("acquisition", shift, count, step)))

    assert [len(one.frames) for one in found] == [count, count]


@pytest.mark.parametrize("shift", [0.002, 1.0, 0.5])
def test_gaps_as_many_as_steps_are_none(shift):
    """Without a coordinate nothing can be told apart; but it is not called regular."""
    z = sorted([5.0 * n for n in range(20)] + [5.0 * n + shift for n in range(20)])

    found = stack_geometry([(0.0, 0.0, at_z) for at_z in z], UP)

    assert (found.state, found.gaps) == ("variable", ())


def test_two_of_three_slices_are_variable():
    z = [2.0 * n for n in range(30) if n % 3]

    assert stack_geometry([(0.0, 0.0, at_z) for at_z in z], UP).state == "variable"


def test_far_more_missing_than_present_is_no_gap():
    """Ten slices 1 mm apart, then one at 200 mm: 190 would be missing."""
    z = [*map(float, range(10)), 200.0]

    assert stack_geometry([(0.0, 0.0, at_z) for at_z in z], UP).state == "variable"
