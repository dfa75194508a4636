"""The chest's prior. Oracles: the lesions' stated growth, measured in its pixels."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_viewer.sandbox.chest_series import CHEST_SOFT, PRIOR_SOFT
from smart_viewer.sandbox.identity import CHEST_PATIENT, CHEST_PRIOR, uid_of
from smart_viewer.sandbox.phantom import NODULES, PRIOR_VIEW, TODAY, Nodule, View
from smart_viewer.sandbox.truth import (
    anatomy_slice_hu,
    nodules,
    prior_nodules,
    prior_slice_hu,
)


def names(lesions: tuple[Nodule, ...]) -> set[str]:
    return {one.name for one in lesions}


def slice_through(view: View, z_lps: float) -> int:
    return round((z_lps - view.slice_z_lps(0)) / view.slice_mm)


def around(hu: NDArray[np.float32], view: View, at: tuple[float, float, float]):
    """The pixels within 15 mm of a position, and their distances from it."""
    x0, y0 = view.first_pixel_lps
    rows, columns = np.indices(hu.shape)
    away = np.hypot(
        x0 + columns * view.pixel_mm - at[0], y0 + rows * view.pixel_mm - at[1]
    )
    return hu[away < 15], away[away < 15]


@pytest.mark.parametrize("nodule", prior_nodules(), ids=lambda nodule: nodule.name)
def test_a_nodule_of_the_prior_has_its_stated_diameter(nodule: Nodule) -> None:
    # given the prior's slice next to the nodule's middle
    index = slice_through(PRIOR_VIEW, nodule.center_lps[2])
    off = PRIOR_VIEW.slice_z_lps(index) - nodule.center_lps[2]
    hu, away = around(prior_slice_hu(index), PRIOR_VIEW, nodule.center_lps)

    # when the middle of its edge is found: half way between its shell and the lung
    chord = np.sqrt((nodule.diameter_mm / 2) ** 2 - off**2)
    shell = hu[(away > nodule.core_mm / 2 + 1) & (away < chord - 1)]
    lung = np.percentile(hu[away > chord + 1], 20)
    half = (np.median(shell) + lung) / 2
    rings = [np.median(hu[np.abs(away - r) < 0.4]) for r in np.arange(1, 12, 0.5)]
    reach = np.arange(1, 12, 0.5)[int(np.argmax(np.array(rings) < half))]

    # then it lies at the radius stated, to a pixel
    assert reach == pytest.approx(chord, abs=PRIOR_VIEW.pixel_mm)


def test_the_small_nodule_of_today_was_not_there() -> None:
    # given the place of the nodule that only today's study has
    (new,) = names(nodules()) - names(prior_nodules())
    lesion = next(one for one in nodules() if one.name == new)
    own = tuple(TODAY.own(lesion.center_lps))
    before = PRIOR_VIEW.lps(own)

    # when both studies are read there
    now_hu = anatomy_slice_hu(slice_through(TODAY, lesion.center_lps[2]))
    then_hu = prior_slice_hu(slice_through(PRIOR_VIEW, before[2]))
    now, now_away = around(now_hu, TODAY, lesion.center_lps)
    then, then_away = around(then_hu, PRIOR_VIEW, before)

    # then today shows tissue, and the prior lung
    assert now[now_away < 2].mean() > 0
    assert then[then_away < 2].mean() < -700


def test_the_growth_is_as_told() -> None:
    today = {one.name: one for one in NODULES}
    grown = {
        one.name: today[one.name].diameter_mm / one.diameter_mm
        for one in prior_nodules()
    }
    assert grown["solid, right upper lobe"] == pytest.approx(14 / 9)
    assert grown["solid, left lower lobe"] == 1
    assert all(growth >= 1 for growth in grown.values())


def test_the_prior_is_of_the_same_patient_on_another_scanner() -> None:
    # given both studies
    today, prior = CHEST_SOFT.stored, PRIOR_SOFT.stored

    # then the patient is the same, and study, scanner and geometry are others
    assert CHEST_PRIOR.patient_id == CHEST_PATIENT.patient_id
    assert CHEST_PRIOR.birth_date == CHEST_PATIENT.birth_date
    assert CHEST_PRIOR.study_instance_uid != CHEST_PATIENT.study_instance_uid
    assert today.scan.scanner != prior.scan.scanner
    assert prior.grid.spacing_mm == 2.5
    assert prior.grid.pixel_mm != today.grid.pixel_mm
    assert uid_of("chest_prior/soft/series") == prior.uid != today.uid


def test_fourteen_months_lie_between_both() -> None:
    then, now = CHEST_PRIOR.study_date, CHEST_PATIENT.study_date
    months = 12 * (int(now[:4]) - int(then[:4])) + int(now[4:6]) - int(then[4:6])
    assert months == 14
