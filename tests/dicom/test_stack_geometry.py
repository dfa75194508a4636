"""Steps, gaps and tilt of stacks (H10, H11). Oracle: stacks made by formula, numpy."""

from __future__ import annotations

from math import cos, radians, sin, tan

import numpy as np
import pydicom
import pytest
import SimpleITK
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.dicom.stack_geometry import stack_geometry
from smart_viewer.dicom.study import Triple

UP: Triple = (0.0, 0.0, 1.0)


def stack(z: list[float], aside: float = 0.0) -> list[Triple]:
    """Positions at these heights; `aside`: millimetres sideways a millimetre up."""
    return [(10.0, -20.0 + aside * height, height) for height in z]


def test_one_position_is_single():
    found = stack_geometry(stack([3.0]), UP)

    assert (found.state, found.step_mm, found.step, found.gaps) == (
        *("single", None, None),
        (),
    )


def test_equal_distances_are_regular_with_the_step_as_a_vector():
    found = stack_geometry(stack([2.5 * n for n in range(80)]), UP)

    assert (found.state, found.step_mm, found.gaps, found.tilt_deg) == (
        *("regular", 2.5),
        (),
        0.0,
    )
    assert found.step == pytest.approx((0, 0, 2.5))
    assert found.residual_mm == pytest.approx(0, abs=1e-9)


def test_a_dropped_slice_is_a_gap_behind_its_predecessor():
    z = [2.5 * n for n in range(80) if n != 40]

    found = stack_geometry(stack(z), UP)

    assert (found.state, found.gaps, found.step_mm) == ("gaps", (39,), 2.5)
    assert found.step == pytest.approx((0, 0, 2.5))


def test_several_gaps_of_several_slices_are_each_told():
    z = [float(n) for n in range(60) if n not in (10, 11, 12, 30, 50, 51)]

    found = stack_geometry(stack(z, aside=0.2), UP)

    assert (found.state, found.gaps) == ("gaps", (9, 26, 45))
    assert found.step == pytest.approx((0, 0.2, 1))


@pytest.mark.parametrize("coarse", [5.0, 4.7])
def test_two_spacings_in_one_stack_are_variable_not_gaps(coarse):
    """5 mm through the chest, 1 mm through a nodule."""
    z = [coarse * n for n in range(10)]
    z += [z[-1] + 1.0 * n for n in range(1, 30)]

    found = stack_geometry(stack(z), UP)

    assert (found.state, found.step_mm, found.gaps) == ("variable", 1.0, ())
    assert found.step == pytest.approx((0, 0, 1))
    assert found.residual_mm > 1


def test_positions_off_one_line_are_irregular():
    positions = stack([float(n) for n in range(20)])
    positions[7] = (12.0, -20.0, 7.0)

    assert stack_geometry(positions, UP).state == "irregular"


@pytest.mark.parametrize("jitter_mm", [0.004, -0.004])
def test_jitter_below_the_tolerance_is_regular(jitter_mm):
    z = [0.5 * n + (jitter_mm if n == 3 else 0) for n in range(30)]

    assert stack_geometry(stack(z), UP).state == "regular"


def test_jitter_above_the_tolerance_is_not():
    """1 % of 0.5 mm is less than 0.01 mm, which is what counts then."""
    z = [0.5 * n + (0.02 if n == 15 else 0) for n in range(30)]

    assert stack_geometry(stack(z), UP).state == "variable"


def test_a_hundredth_of_a_wide_step_is_allowed():
    z = [5.0 * n + (0.045 if n == 15 else 0) for n in range(30)]

    assert stack_geometry(stack(z), UP).state == "regular"


@pytest.mark.parametrize("degrees", [15.0, -15.0, 20.0])
def test_a_tilted_gantry_steps_along_the_table_not_along_the_normal(degrees):
    """The table moves along z; the gantry leans about x. dz * normal would shear.

    The step is (0, 0, 3); along the normal it is 3 cos(tilt).
    """
    angle = radians(degrees)
    normal = (0.0, -sin(angle), cos(angle))
    positions = [(0.0, 0.0, 3.0 * n) for n in range(30)]

    found = stack_geometry(positions, normal)

    assert found.state == "regular"
    assert found.tilt_deg == pytest.approx(abs(degrees))
    assert found.step == pytest.approx((0, 0, 3))
    assert found.step_mm == pytest.approx(3 * cos(angle))


def test_a_tilt_with_a_dropped_slice_is_both():
    aside = tan(radians(15))
    z = [3.0 * n for n in range(30) if n != 12]

    found = stack_geometry(stack(z, aside), UP)

    assert (found.state, found.gaps) == ("gaps", (11,))
    assert found.tilt_deg == pytest.approx(15)


def test_rounded_direction_cosines_are_no_tilt():
    """A normal that is off by 1e-6 over 200 mm: two ten-thousandths of a millimetre."""
    found = stack_geometry(stack([1.0 * n for n in range(200)]), (0.0, 1e-6, 1.0))

    assert found.tilt_deg == 0


finite = st.floats(-500, 500)


@given(
    st.tuples(finite, finite, finite),
    st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4), st.floats(0.2, 8)),
    st.integers(2, 40),
)
def test_any_straight_stack_is_regular_with_its_own_step(
    origin: Triple, step: Triple, count: int
):
    positions = [
        (origin[0] + n * step[0], origin[1] + n * step[1], origin[2] + n * step[2])
        for n in range(count)
    ]

    found = stack_geometry(positions, UP)

    assert found.state == "regular"
    assert found.step == pytest.approx(step, abs=1e-6)
    assert found.step_mm == pytest.approx(step[2], abs=1e-6)


@given(st.lists(st.tuples(finite, finite, st.integers(0, 10_000)), min_size=1))
def test_any_positions_have_a_geometry_whose_gaps_are_between_frames(raw):
    by_height = {z: (x, y, z / 10) for x, y, z in raw}
    positions = [by_height[z] for z in sorted(by_height)]

    found = stack_geometry(positions, UP)

    assert all(0 <= gap < len(positions) - 1 for gap in found.gaps)
    assert (found.state == "gaps") == bool(found.gaps)
    assert np.isfinite([found.tilt_deg, found.residual_mm]).all()


@pytest.mark.data
def test_the_step_of_a_tilted_series_is_that_of_simpleitk(need):
    """A real head CT, gantry 14 degrees: ITK's distance is that of the positions."""
    folder = need("data") / "geometry_traps_dicom2nifti" / "001"
    paths = []
    for path in sorted(folder.glob("*.dcm")):
        if pydicom.dcmread(path, stop_before_pixels=True).Modality == "CT":
            paths.append(path)
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in paths]
    headers.sort(key=lambda h: float(h.ImagePositionPatient[2]))
    positions = [tuple(map(float, h.ImagePositionPatient)) for h in headers]
    row, column = np.array(headers[0].ImageOrientationPatient, float).reshape(2, 3)
    normal = np.cross(row, column)
    assert normal[2] > 0

    found = stack_geometry(positions, tuple(normal.tolist()))  # type: ignore[arg-type]  # three numbers each

    names = [str(path) for path in paths]
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(names)
    euclidean = reader.Execute().GetSpacing()[2]
    assert found.step is not None and found.step_mm is not None
    assert np.linalg.norm(found.step) == pytest.approx(euclidean, abs=1e-3)
    assert found.step_mm / euclidean == pytest.approx(cos(radians(found.tilt_deg)))
    assert found.tilt_deg == pytest.approx(14, abs=0.01)
