"""SUV factors (H14). Oracle: hand computations with the published formulas."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.imaging.suv import (
    Body,
    Injection,
    SuvRefused,
    amounts,
    decayed_dose_bq,
    factors_of_activity,
    factors_of_suv,
    ideal_weight_kg,
    lean_mass_james_kg,
    lean_mass_janmahasatian_kg,
    require_weight,
    surface_m2,
)

F18_S = 6586.2  # 109.77 min
NOON = datetime(2024, 2, 3, 12)
MAN, WOMAN = Body(70.0, 1.75, "M"), Body(60.0, 1.6, "F")


def injection(**changes: object) -> Injection:
    values = {"dose_bq": 370e6, "half_life_s": F18_S, "at": NOON}
    return Injection(**(values | changes))  # type: ignore[arg-type]  # of one's own fields


def test_after_one_half_life_half_of_the_dose_is_left():
    later = NOON + timedelta(seconds=F18_S)

    assert decayed_dose_bq(injection(), NOON) == 370e6
    assert decayed_dose_bq(injection(), later) == pytest.approx(185e6, rel=1e-12)


def test_pixels_that_are_corrected_to_the_injection_need_no_decay():
    undated = injection(at=None, half_life_s=None)

    assert decayed_dose_bq(undated, None) == 370e6


@pytest.mark.parametrize(
    ("changes", "hours", "said"),
    [
        ({"dose_bq": None}, 1, "dose"),
        ({"dose_bq": 0.0}, 1, "dose"),
        ({"dose_bq": 370.0}, 1, "too small"),  # MBq in a place for Bq
        ({"half_life_s": None}, 1, "half-life"),
        ({"half_life_s": 0.0}, 1, "half-life"),
        ({"at": None}, 1, "time of injection"),
        ({}, -0.1, "after the scan"),
        ({}, 24, "decayed before"),  # 13 half-lives of F-18
    ],
)
def test_what_is_missing_or_impossible_is_refused_by_name(changes, hours, said):
    with pytest.raises(SuvRefused, match=said):
        decayed_dose_bq(injection(**changes), NOON + timedelta(hours=hours))


def test_a_long_lived_nuclide_is_scanned_days_later():
    zirconium = injection(half_life_s=282_276.0)  # Zr-89, 78.41 h

    left = decayed_dose_bq(zirconium, NOON + timedelta(hours=5 * 24))

    assert left == pytest.approx(370e6 * 0.34616, rel=1e-4)


def test_the_masses_are_those_of_the_formulas():
    # 1.10 * 70 - 128 * (70 / 175)^2; 1.07 * 60 - 148 * (60 / 160)^2
    assert lean_mass_james_kg(70, 1.75, "M") == pytest.approx(56.52)
    assert lean_mass_james_kg(60, 1.60, "F") == pytest.approx(43.3875)
    # 9270 * 70 / (6680 + 216 * 22.857142857); 9270 * 60 / (8780 + 244 * 23.4375)
    assert lean_mass_janmahasatian_kg(70, 1.75, "M") == pytest.approx(55.8571, abs=1e-4)
    assert lean_mass_janmahasatian_kg(60, 1.60, "F") == pytest.approx(38.3619, abs=1e-4)
    # 48 + 1.06 * 23; 45.5 + 0.91 * 8
    assert ideal_weight_kg(70, 1.75, "M") == pytest.approx(72.38)
    assert ideal_weight_kg(60, 1.60, "F") == pytest.approx(52.78)
    # Du Bois' table: 70 kg and 175 cm have 1.85 square metres
    assert surface_m2(70, 1.75) == pytest.approx(1.8481, abs=1e-4)


def test_each_type_divides_by_its_own_amount():
    factors = factors_of_activity(MAN, 185e6)

    assert factors == pytest.approx(
        {
            "BW": 70_000 / 185e6,
            "LBMJAMES128": 56_520 / 185e6,
            "LBMJANMA": 55_857.11 / 185e6,
            "IBW": 72_380 / 185e6,
            "BSA": 18_481.43 / 185e6,
        },
        rel=1e-5,
    )


def test_a_scale_to_activity_counts_in():
    assert factors_of_activity(MAN, 185e6, 2.0)["BW"] == pytest.approx(140_000 / 185e6)


@pytest.mark.parametrize(
    ("body", "types"),
    [
        (WOMAN, {"BW", "LBMJAMES128", "LBMJANMA", "IBW", "BSA"}),
        (Body(60.0, 1.6, ""), {"BW", "BSA"}),
        (Body(60.0, None, "F"), {"BW"}),
        (Body(60.0, 160.0, "F"), {"BW"}),  # centimetres
        (Body(60.0, 0.0, "F"), {"BW"}),
        # James gives less than nothing for the very obese
        (Body(250.0, 1.5, "F"), {"BW", "LBMJANMA", "IBW", "BSA"}),
        (Body(3.0, 0.5, "F"), {"BW", "LBMJANMA", "BSA", "LBMJAMES128"} - {"IBW"}),
        (Body(None, 1.6, "F"), set()),
        (Body(0.0, 1.6, "F"), set()),
    ],
)
def test_only_the_types_that_the_body_allows_are_there(body, types):
    assert amounts(body).keys() == types


def test_without_a_weight_there_is_no_concentration_per_body():
    for weight in (None, 0.0, -1.0):
        with pytest.raises(SuvRefused, match="weight"):
            require_weight(Body(weight, 1.6, "F"))
        assert factors_of_activity(Body(weight, 1.6, "F"), 1e8) == {}


def test_pixels_that_are_suv_already_pass_and_give_the_others_by_ratio():
    factors = factors_of_suv(MAN, "BW")

    assert factors["BW"] == 1.0
    assert factors["LBMJAMES128"] == pytest.approx(56.52 / 70)
    assert factors["BSA"] == pytest.approx(18_481.43 / 70_000, rel=1e-5)
    assert factors_of_suv(Body(None, None, ""), "BW") == {"BW": 1.0}
    assert factors_of_suv(Body(70.0, None, ""), "LBMJANMA") == {"LBMJANMA": 1.0}
    assert factors_of_suv(MAN, "BSA")["BW"] == pytest.approx(
        70_000 / 18_481.43, rel=1e-5
    )


@given(
    weight=st.floats(1, 400),
    height=st.floats(0.3, 2.5),
    sex=st.sampled_from(["M", "F"]),
    dose=st.floats(1e5, 1e10),
)
def test_every_way_to_a_factor_gives_the_same(weight, height, sex, dose):
    body = Body(weight, height, sex)
    direct = factors_of_activity(body, dose)

    by_ratio = factors_of_suv(body, "BW", direct["BW"])

    assert by_ratio == pytest.approx(direct)
    assert all(factor > 0 for factor in direct.values())
