"""The hanging plan is a pure function (hanging.md P1, P5, P6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.errors import SettingsInvalid
from smart_viewer.hanging.plan import Candidate, plan_hanging
from smart_viewer.hanging.protocol import (
    LIBRARY_FOLDER,
    load_library,
    read_protocol,
)

LIBRARY = load_library(LIBRARY_FOLDER)


def candidate(index: int, **changes: object) -> Candidate:
    values = {
        "index": index,
        "label": f"S{index}",
        "series_number": index,
        "shown": True,
    }
    return Candidate(**{**values, **changes})


@pytest.mark.parametrize(
    ("count", "rows", "columns"),
    [(0, 1, 1), (1, 1, 1), (2, 1, 2), (3, 2, 2), (4, 2, 2), (5, 2, 3), (40, 2, 3)],
)
def test_the_grid_grows_with_the_number_of_series(count, rows, columns):
    plan = plan_hanging([candidate(i) for i in range(count)], LIBRARY)
    assert (plan.rows, plan.columns) == (rows, columns)
    assert len(plan.cells) == rows * columns


def test_series_hang_in_order_of_their_number_and_refused_ones_stay_out():
    candidates = [
        candidate(0, series_number=9),
        candidate(1, series_number=2),
        candidate(2, series_number=None),
        candidate(3, series_number=1, shown=False),
    ]
    assert plan_hanging(candidates, LIBRARY).cells == (1, 0, 2, None)


@given(st.permutations([candidate(i, series_number=i // 2) for i in range(9)]))
def test_shuffled_input_gives_the_same_plan(shuffled):
    straight = [candidate(i, series_number=i // 2) for i in range(9)]
    assert plan_hanging(shuffled, LIBRARY) == plan_hanging(straight, LIBRARY)


def test_the_plan_says_why_and_how_many_more_there_are():
    plan = plan_hanging([candidate(i) for i in range(8)], LIBRARY)
    assert plan.protocol_id == "default"
    assert "2 more are in the list" in " ".join(plan.reasons)


def test_an_empty_library_is_a_wrong_setting():
    with pytest.raises(SettingsInvalid, match="empty"):
        plan_hanging([], [])


@pytest.mark.parametrize(
    "change",
    [
        {"level": "EVERYBODY"},
        {"stages": []},
        {"stages": [{"name": "a", "layouts": []}]},
        {"stages": [{"name": "a", "layouts": [{"rows": 0, "columns": 1}]}]},
        {"match": {"modality": "CT"}},
    ],
)
def test_a_protocol_that_cannot_be_meant_is_refused(change):
    good = {
        "id": "x",
        "label": "X",
        "level": "SITE",
        "stages": [{"name": "a", "layouts": [{"rows": 1, "columns": 1}]}],
    }
    read_protocol(good)
    with pytest.raises(SettingsInvalid):
        read_protocol({**good, **change})


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "odd.toml").write_text("id = 3 =")
    with pytest.raises(SettingsInvalid, match=r"odd\.toml"):
        load_library(tmp_path)
