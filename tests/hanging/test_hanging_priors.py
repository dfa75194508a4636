"""Relevant priors (hanging.md section 3, P4). Oracle: points added by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest
from hanging_studies import CC, CT, MG, MR, PT, XR, mammogram, of, study

from smart_viewer.dicom.series_facts import SeriesFacts
from smart_viewer.hanging.exam import read_exam
from smart_viewer.hanging.priors import (
    Prior,
    PriorRules,
    is_excluded,
    months_between,
    rank_priors,
)
from smart_viewer.hanging.read_vocabulary import shipped_vocabulary
from smart_viewer.hanging.table import OrderFacts, StudyEntry, StudyTable
from smart_viewer.hanging.vocabulary import Exam

WORDS = shipped_vocabulary()
TODAY = date(2024, 6, 1)
TWO = PriorRules(count=2)
CHEST = of(CT, contrast_bolus_agent="agent")
BRAIN = of(MR, body_part_examined="BRAIN")


def priors_of(
    current: StudyEntry,
    *others: StudyEntry,
    named: tuple[str, ...] = (),
    rules: PriorRules = TWO,
) -> tuple[Prior, ...]:
    order = OrderFacts(named_comparisons=named)
    exam = read_exam([current], order, WORDS).exam
    table = StudyTable((current,), others)
    return rank_priors(table, order, exam, WORDS, TODAY, rules)


def current_of(facts: SeriesFacts) -> StudyEntry:
    return study(facts, study_date="20240601", study_time="120000")


def prior(number: int, facts: SeriesFacts, day: str, time: str = "120000"):
    return study(facts, first=10 * number, study_date=day, study_time=time)


def numbered(found: tuple[Prior, ...]) -> list[str]:
    return [one.study_instance_uid for one in found if one.number]


WEEK = "20240525"  # seven days before


@pytest.mark.parametrize(
    ("now", "then", "points"),
    [
        (CHEST, CHEST, 25 + 20 + 5),
        (CHEST, CT, 25 + 20),  # another contrast
        (BRAIN, BRAIN, 40 + 25 + 20),
        (CHEST, of(CHEST, body_part_examined="CHESTABDPELVIS"), 15 + 20 + 5),
        (CHEST, of(CHEST, body_part_examined="HEAD"), 20 + 5),
        (CT, of(PT, body_part_examined="CHEST"), 25 + 8),
        (XR, of(XR, modality="CR"), 25 + 20),
        (BRAIN, of(CT, body_part_examined="BRAIN"), 40 + 25 + 8),
        (CT, of(MR, body_part_examined="CHEST"), 25),  # not alike outside the head
        (mammogram("R", CC), mammogram("R", CC), 40 + 25 + 20 + 10),
    ],
)
def test_each_match_adds_its_points_and_the_age_takes_its_logarithm(now, then, points):
    (found,) = priors_of(current_of(now), prior(1, then, WEEK))
    assert found.points == pytest.approx(points - math.log(8), abs=0.01)


def test_a_prior_has_its_date_distance_relevance_and_reasons():
    (found,) = priors_of(current_of(CHEST), prior(1, CHEST, "20230815"))
    assert (found.number, found.study_date, found.months) == (1, "20230815", 9)
    assert found.days == 291
    assert found.relevance == "moderate"
    assert found.reasons == ("same region", "same modality", "same contrast")


def test_high_moderate_and_low_relevance():
    found = priors_of(
        current_of(BRAIN),
        prior(1, BRAIN, WEEK),
        prior(2, of(CT, body_part_examined="HEAD"), WEEK),
        prior(3, of(XR, body_part_examined="FOOT"), WEEK),
    )
    assert [one.relevance for one in found] == ["high", "moderate", "low"]
    assert found[2].reasons == ("no matching anatomy or modality",)


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [
        (date(2023, 6, 1), date(2024, 6, 1), 12),
        (date(2023, 6, 2), date(2024, 6, 1), 11),
        (date(2024, 1, 31), date(2024, 2, 29), 0),
        (date(2024, 5, 31), date(2024, 6, 1), 0),
    ],
)
def test_months_are_whole_calendar_months(earlier, later, months):
    assert months_between(earlier, later) == months


def test_first_the_recent_one_older_than_a_day_then_the_oldest_of_two_years():
    found = priors_of(
        current_of(CHEST),
        prior(1, CHEST, "20210601"),  # three years
        prior(2, CHEST, "20220701"),  # 23 months
        prior(3, CHEST, "20240301"),
        prior(4, CHEST, "20240601", "080000"),  # four hours
        prior(5, CHEST, "20231201"),
    )
    assert numbered(found) == ["2.999.30", "2.999.20"]
    assert len(found) == 5


@pytest.mark.parametrize(
    ("day", "time", "chosen"),
    [
        ("20240531", "115900", True),  # 24 h and a minute
        ("20240531", "120100", False),
        ("20240531", "", True),  # no time: midnight
    ],
)
def test_a_day_is_24_hours(day, time, chosen):
    found = priors_of(current_of(CHEST), prior(1, CHEST, day, time))
    assert (found[0].number == 1) is chosen


def test_the_comparison_named_in_the_report_comes_first_whatever_it_is():
    found = priors_of(
        current_of(CHEST),
        prior(1, CHEST, WEEK),
        prior(2, of(MR, body_part_examined="HEAD"), "20190101"),
        named=("2.999.20",),
    )
    assert numbered(found) == ["2.999.20", "2.999.10"]
    assert found[0].relevance == "named"
    assert found[0].reasons[0] == "named in the prior report"


def test_a_much_better_match_wins_over_a_more_recent_one():
    found = priors_of(
        current_of(CT),
        prior(1, of(PT, body_part_examined="CHEST"), WEEK),
        prior(2, CT, "20230601"),
        rules=PriorRules(count=1),
    )
    assert numbered(found) == ["2.999.20"]


def test_mammograms_are_compared_with_those_of_one_and_of_two_years_back():
    found = priors_of(
        current_of(MG),
        prior(1, MG, "20240201"),
        prior(2, MG, "20230530"),
        prior(3, MG, "20220525"),
        prior(4, MG, "20200101"),
        rules=PriorRules(count=2, at_months=(12, 24)),
    )
    assert numbered(found) == ["2.999.20", "2.999.30"]


KNEE = of(MR, body_part_examined="KNEE")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (mammogram("R", CC), mammogram("L", CC)),
        (of(KNEE, lateralities=("L",)), of(KNEE, lateralities=("R",))),
    ],
)
def test_the_other_side_is_no_prior_not_even_in_the_list(now, then):
    """P7."""
    assert priors_of(current_of(now), prior(1, then, WEEK)) == ()


@pytest.mark.parametrize(
    ("exam", "other", "excluded"),
    [
        (Exam("MG", laterality="R"), Exam("MG", laterality="L"), True),
        (Exam("MG", laterality="R"), Exam("MG", laterality="B"), False),
        (Exam("MG", laterality="R"), Exam("MG"), False),
        (Exam("CT", laterality="R"), Exam("CT", laterality="L"), False),
    ],
)
def test_only_a_known_mismatch_of_a_pair_excludes(exam, other, excluded):
    assert is_excluded(exam, other) is excluded


@pytest.mark.parametrize("day", ["", "2024", "20241301", "20250101"])
def test_what_has_no_date_or_is_later_is_no_prior(day):
    assert priors_of(current_of(CHEST), prior(1, CHEST, day)) == ()


def test_without_a_date_of_its_own_the_study_is_taken_as_of_today():
    now = replace(current_of(CHEST), study_date="", study_time="")
    (found,) = priors_of(now, prior(1, CHEST, "2024.05.02"))
    assert found.days == 30


def test_a_prior_without_metadata_is_scored_by_what_the_search_answered():
    listed = replace(
        study(study_date=WEEK, first=10, study_description="CT CHEST"),
        modalities=("CT",),
    )
    (found,) = priors_of(current_of(CT), listed)
    assert (found.number, found.reasons) == (1, ("same region", "same modality"))


def test_two_patients_do_not_fit_in_one_table():
    with pytest.raises(ValueError, match="one patient"):
        StudyTable((study(CT),), (study(CT, first=10, patient="Patient/2"),))


@pytest.mark.parametrize(
    "again", [{"first": 0}, {"first": 0, "study_instance_uid": "2"}]
)
def test_a_study_or_a_display_set_stands_in_the_table_once(again):
    with pytest.raises(ValueError, match="twice"):
        StudyTable((study(CT),), (study(CT, **again),))
