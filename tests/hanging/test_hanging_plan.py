"""The hanging plan is a pure function (hanging.md P1, P5–P8; section 4 and 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hanging_studies import (
    CT,
    CT_CHEST,
    CT_HEAD,
    MAMMOGRAM,
    MG,
    MR_BRAIN,
    PATIENT,
    PET_CT,
    ULTRASOUND,
    XR_CHEST,
    of,
    study,
)
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from smart_viewer.dicom.series_facts import NO_FACTS
from smart_viewer.errors import SettingsInvalid
from smart_viewer.hanging.plan import (
    HangingPlan,
    explain,
    hang,
)
from smart_viewer.hanging.protocol import Protocol
from smart_viewer.hanging.read_protocol import (
    LIBRARY_FOLDER,
    load_library,
    read_protocol,
)
from smart_viewer.hanging.table import (
    OrderFacts,
    Preference,
    SetEntry,
    StudyEntry,
    StudyTable,
)

LIBRARY = load_library(LIBRARY_FOLDER)
TODAY = date(2024, 6, 1)
NO_ORDER = OrderFacts()
CHEST_ORDER = OrderFacts(codings=(("http://loinc.org", "24627-2", "CT chest"),))

facts = st.sampled_from(
    (*CT_CHEST, *CT_HEAD, *MR_BRAIN, *XR_CHEST, *MAMMOGRAM, *PET_CT, *ULTRASOUND)
).map(lambda one: replace(one, study_description="")) | st.builds(
    of,
    st.just(MG),
    lateralities=st.sampled_from([(), ("R",), ("L",), ("R", "L"), ("B",)]),
    views=st.sampled_from([one.views for one in MAMMOGRAM]),
    series_description=st.sampled_from(["R CC", "L CC", "R MLO"]),
)
days = st.sampled_from(["", "20240305", "20240304", "20230301", "20220301", "x"])


@st.composite
def studies(draw, first: int, patient: str = PATIENT) -> StudyEntry:
    series = draw(st.lists(facts, max_size=9))
    made = study(*series, first=first, patient=patient, study_date=draw(days))
    shown = draw(st.lists(st.booleans(), min_size=9, max_size=9))
    sets = tuple(replace(s, shown=b) for s, b in zip(made.sets, shown, strict=False))
    return replace(made, sets=sets)


@st.composite
def tables(draw) -> StudyTable:
    others = [draw(studies(first=100 * n)) for n in range(1, draw(st.integers(1, 4)))]
    return StudyTable((draw(studies(first=0)),), tuple(others))


def plan_of(table: StudyTable, order: OrderFacts = NO_ORDER) -> HangingPlan:
    return hang(table, order, LIBRARY, today=TODAY)


def indices(table: StudyTable) -> set[int]:
    return {s.index for study in (*table.current, *table.others) for s in study.sets}


@given(tables(), st.randoms(use_true_random=False))
def test_shuffled_input_gives_the_same_plan(table, chance):
    """P1: studies, series and library in any order."""

    def shuffled(things: tuple) -> tuple:
        return tuple(chance.sample(things, len(things)))

    other = StudyTable(
        tuple(replace(s, sets=shuffled(s.sets)) for s in shuffled(table.current)),
        tuple(replace(s, sets=shuffled(s.sets)) for s in shuffled(table.others)),
    )
    again = hang(other, NO_ORDER, shuffled(LIBRARY), today=TODAY)
    assert again == plan_of(table) == plan_of(table)


@given(tables())
def test_every_display_set_can_be_reached_and_none_is_made_up(table):
    """P6: in a stage or in the list, never in both, and none that is refused."""
    plan = plan_of(table)
    hung = {i for stage in plan.stages for i in stage.display_sets() if i is not None}
    shown = {
        one.index
        for study in (*table.current, *table.others)
        for one in study.sets
        if one.shown
    }
    assert hung | set(plan.others) == indices(table)
    assert not hung & set(plan.others) and hung <= shown


@given(tables(), st.data())
def test_removing_a_series_never_raises(table, data):
    whole = table.current[0]
    kept = tuple(s for s in whole.sets if data.draw(st.booleans()))
    fewer = StudyTable((replace(whole, sets=kept),), table.others)
    plan = plan_of(fewer)
    assert plan.stages and len(plan.cells) == plan.rows * plan.columns


@given(st.lists(st.sampled_from(["Patient/1", "Patient/2"]), max_size=4), st.data())
def test_there_are_never_two_patients_in_a_plan(patients, data):
    """Studies of two patients make no table; of one, all cells are that patient's."""
    entries = [
        data.draw(studies(first=100 * n, patient=patient))
        for n, patient in enumerate(patients, start=1)
    ]
    current = data.draw(studies(first=0, patient="Patient/1"))
    if set(patients) - {"Patient/1"}:
        with pytest.raises(ValueError, match="one patient"):
            StudyTable((current,), tuple(entries))
        return
    table = StudyTable((current,), tuple(entries))
    plan = plan_of(table)
    hung = {i for stage in plan.stages for i in stage.display_sets() if i is not None}
    assert hung <= indices(table)
    uids = {entry.study_instance_uid for entry in entries}
    assert {prior.study_instance_uid for prior in plan.priors} <= uids


@given(tables())
def test_a_breast_never_hangs_on_the_others_side(table):
    """P7. Oracle: the laterality of the header alone, and the cell's own name."""
    side_of = {
        one.index: one.facts.lateralities
        for study in (*table.current, *table.others)
        for one in study.sets
    }
    plan = plan_of(table)
    if plan.protocol_id != "mg.screen":
        return
    for stage in plan.stages:
        for place, cell in enumerate(stage.cells):
            is_right = place % 2 == 0  # seen from the front: the left column
            assert cell.label.startswith("R" if is_right else "L")
            assert cell.justify == ("RIGHT" if is_right else "LEFT")
            if cell.display_set is not None:
                assert side_of[cell.display_set] == ("R" if is_right else "L",)


@given(tables())
def test_a_plan_survives_its_way_through_json(table):
    """It is stored with the reading."""
    plan = plan_of(table)
    adapter = TypeAdapter(HangingPlan)
    assert adapter.validate_json(adapter.dump_json(plan)) == plan


def test_a_plan_stored_before_there_were_stages_is_still_read():
    old = (
        b'{"protocol_id":"default","label":"x","reasons":[],"rows":1,"columns":1,'
        b'"cells":[0]}'
    )
    assert TypeAdapter(HangingPlan).validate_json(old).cells == (0,)


def protocol(id_: str, **changes: object) -> Protocol:
    """A protocol for CT that shows the axial series; one thing changed."""
    table: dict[str, object] = {
        "id": id_,
        "label": id_.title(),
        "level": "MANUFACTURER",
        "match": {"modalities": ["CT"]},
        "selectors": {"axial": {"label": "Axial", "roles": ["plane.axial"]}},
        "stages": [{"name": "a", "layouts": [layout("axial")]}],
    }
    return read_protocol({**table, **changes})


def layout(*selectors: str) -> dict[str, object]:
    return {
        "rows": 1,
        "columns": len(selectors),
        "viewports": [{"show": [one]} for one in selectors],
    }


DEFAULT = next(one for one in LIBRARY if one.id == "default")
CHEST = StudyTable((study(*CT_CHEST),))
WITH_PRIOR = StudyTable(
    (study(*CT_CHEST),), (study(*CT_CHEST, first=100, study_date="20230101"),)
)
COMPARED = {
    "priors": {"count": 1},
    "stages": [
        {
            "name": "a",
            "layouts": [
                {
                    "rows": 1,
                    "columns": 2,
                    "viewports": [{"show": ["axial"]}, {"show": ["axial"], "prior": 1}],
                }
            ],
        }
    ],
}


def winner(
    *library: Protocol, table: StudyTable = CHEST, **more: object
) -> HangingPlan:
    return hang(table, CHEST_ORDER, library, today=TODAY, **more)


@pytest.mark.parametrize(
    ("better", "worse", "table", "because"),
    [
        # In the order of section 4; each worse one would win by all that follows.
        (
            protocol("z", level="SITE"),
            protocol("a", match={"modalities": ["CT"], "regions": ["chest"]}),
            CHEST,
            "level is higher",
        ),
        (
            protocol("z", **COMPARED),
            protocol("a", match={"modalities": ["CT"], "regions": ["chest"]}),
            WITH_PRIOR,
            "compares with more priors",
        ),
        (
            protocol("z", match={"modalities": ["CT"], "regions": ["chest"]}),
            protocol("a", **COMPARED),
            CHEST,  # a prior that is not there decides nothing
            "rules on the exam are more specific",
        ),
        (
            protocol("z", **{**COMPARED, "stages": [*COMPARED["stages"]] * 2}),
            protocol("a", **COMPARED),
            WITH_PRIOR,
            "compare in more ways",
        ),
        (
            protocol(
                "z",
                selectors={
                    "axial": {"label": "Axial", "roles": ["plane.axial"]},
                    "other": {"label": "Other"},
                },
            ),
            protocol("a"),
            CHEST,
            "more rules",
        ),
        (protocol("a"), protocol("z"), CHEST, "the first id"),
        (protocol("z"), DEFAULT, CHEST, "the others have none"),
    ],
)
def test_protocols_are_ranked_step_by_step(better, worse, table, because):
    """P5."""
    for library in ((better, worse), (worse, better)):
        plan = winner(*library, table=table)
        assert plan.protocol_id == better.id
        assert because in plan.reasons[0]
        assert plan.choices == (better.id, worse.id)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["MANUFACTURER", "SITE", "USER_GROUP", "SINGLE_USER"]),
            st.sampled_from([{}, {"modalities": ["CT"]}, {"regions": ["chest"]}]),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_any_library_ends_in_a_total_order(rows, chance):
    """P5: whatever the rules, the order of the library makes no difference."""
    library = [
        protocol(f"p{n}", level=level, match=match, **(COMPARED if compared else {}))
        for n, (level, match, compared) in enumerate(rows)
    ]
    plan = winner(*library, table=WITH_PRIOR)
    assert winner(*chance.sample(library, len(library)), table=WITH_PRIOR) == plan
    assert len(plan.choices) == len(library)


def test_two_protocols_of_one_id_are_a_wrong_setting(tmp_path):
    text = (LIBRARY_FOLDER / "default.toml").read_text()
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(text)
    with pytest.raises(SettingsInvalid, match=r"two\.toml: the id default is taken"):
        load_library(tmp_path)


@pytest.mark.parametrize(
    ("preferences", "chosen"),
    [
        ((Preference("default", "SINGLE_USER"),), "default"),
        ((Preference("default", "SITE", (("LN", "24627-2"),)),), "default"),
        ((Preference("default", "SITE", (("LN", "30799-1"),)),), "ct.chest"),
        (
            (Preference("default", "SITE"), Preference("ct.head", "SINGLE_USER")),
            "ct.head",
        ),
        ((Preference("us.gen", "SINGLE_USER"),), "us.gen"),  # fits by choice alone
        ((Preference("no.such", "SINGLE_USER"),), "ct.chest"),
        ((Preference("mg.screen", "SINGLE_USER"),), "ct.chest"),  # would be empty
    ],
)
def test_a_choice_by_name_wins_for_its_exam_codes(preferences, chosen):
    """The engine's half of P9."""
    plan = hang(CHEST, CHEST_ORDER, LIBRARY, preferences, TODAY)
    assert plan.protocol_id == chosen


def test_why_this_hanging_names_rule_sources_prior_and_what_was_rejected():
    """P8, word for word."""
    assert explain(plan_of(WITH_PRIOR, CHEST_ORDER)).splitlines() == [
        "CT chest (ct.chest)",
        "“CT chest”: it has rules that this exam meets; the others have none.",
        "Matched modality: CT.",
        "Matched region: chest.",
        "The contrast is known from the images’ headers.",
        "The modality is known from the order’s code.",
        "The place is known from the order’s code.",
        "Prior 1, 14 months before: same region, same modality, same contrast.",
        "Stage “Lung and mediastinum”: 1 × 2",
        "  [1] Axial lung, window ct_lung",
        "  [0] Axial soft tissue, window ct_mediastinum",
        "Stage “With prior”: 2 × 2",
        "  [1] Axial lung, window ct_lung",
        "  [0] Axial soft tissue, window ct_mediastinum",
        "  [101] Axial lung, prior 1, window ct_lung",
        "  [100] Axial soft tissue, prior 1, window ct_mediastinum",
        "Not ct.head: its region is head; here it is chest.",
        "Not mg.screen: its modality is MG; here it is CT.",
        "Not mr.brain: its modality is MR; here it is CT.",
        "Not mr.prostate: its modality is MR; here it is CT.",
        "Not pt.ct: its modality is PT; here it is CT.",
        "Not us.gen: its modality is US; here it is CT.",
        "Not xr.chest: its modality is XR; here it is CT.",
    ]


@pytest.mark.parametrize(
    ("day", "ago"),
    [("20240304", "1 day"), ("20240210", "24 days"), ("20240204", "1 month")],
)
def test_the_distance_of_a_prior_is_in_days_then_in_months(day, ago):
    other = study(*CT_CHEST, first=100, study_date=day)
    plan = plan_of(StudyTable((study(*CT_CHEST),), (other,)))
    assert f"Prior 1, {ago} before" in " ".join(plan.reasons)


def test_the_last_resort_says_that_nothing_fits_and_how_many_are_left():
    foot = [of(CT, body_part_examined="FOOT")] * 8
    plan = plan_of(StudyTable((study(*foot),)))
    assert plan.reasons[0] == "“Series by series”: no protocol for this exam fits."
    assert plan.reasons[-1] == "2 more are in the list at the left."
    assert plan.others == (6, 7)


def test_a_gated_ct_of_the_heart_is_no_chest():
    heart = StudyTable((study(of(CT, body_part_examined="HEART")),))
    plan = plan_of(heart)
    assert plan.protocol_id == "default"
    assert "it is not for the heart" in [one.reason for one in plan.rejected]


def test_without_any_study_the_plan_is_one_empty_cell():
    plan = plan_of(StudyTable(()), CHEST_ORDER)
    assert (plan.protocol_id, plan.cells) == ("default", (None,))


def test_several_studies_of_one_order_hang_together():
    ct, pt = PET_CT[2], PET_CT[1]
    plan = plan_of(StudyTable((study(ct), study(pt, first=100))))
    assert (plan.protocol_id, plan.cells) == ("pt.ct", (0, 100))


@pytest.mark.parametrize(("points", "chosen"), [(0, 0), (0.5, 1), (1, 1), (-0.5, 0)])
def test_points_are_numbers_and_zero_is_zero(points, chosen):
    """OHIF reads 0 as 1 and cuts fractions (section 7)."""
    selectors = {"axial": {"label": "Axial", "prefer": {"ct.kernel.lung": points}}}
    one = protocol("a", selectors=selectors)
    assert winner(one).cells == (chosen,)


@pytest.mark.parametrize(
    ("choose", "expected"),
    [("first", 0), ("thin", 2), ("thick", 1), ("largest", 3)]
    + [("earliest", 3), ("latest", 1)],
)
def test_among_equals_the_selectors_choice_decides(choose, expected):
    series = (
        of(CT, slice_spacing_mm=None),
        of(CT, slice_spacing_mm=5.0, acquisition_time="11:30"),
        of(CT, slice_spacing_mm=1.0, acquisition_time="101010.5"),
        of(CT, image_count=900, acquisition_time="090000"),
    )
    selectors = {"axial": {"label": "Axial", "choose": choose}}
    one = protocol("a", selectors=selectors)
    assert winner(one, table=StudyTable((study(*series),))).cells == (expected,)


GOOD: dict[str, object] = {
    "id": "x",
    "label": "X",
    "level": "SITE",
    "match": {"modalities": ["CT"]},
    "priors": {"count": 1},
    "selectors": {"axial": {"label": "Axial", "roles": ["plane.axial"]}},
    "stages": [{"name": "a", "layouts": [layout("axial")]}],
}


def stage_with(**viewport: object) -> dict[str, object]:
    one = {"rows": 1, "columns": 1, "viewports": [{"show": ["axial"], **viewport}]}
    return {"stages": [{"name": "a", "layouts": [one]}]}


@pytest.mark.parametrize(
    "change",
    [
        {"level": "EVERYBODY"},
        {"stages": []},
        {"stages": [{"name": "a", "layouts": []}]},
        {"stages": [{"name": "a", "layouts": [{"rows": 0, "columns": 1}]}]},
        {"stages": [{"name": "a", "layouts": [{"rows": 6, "columns": 1}]}]},
        {"stages": [{"name": "a", "layouts": [{**layout("axial"), "rows": 2}]}]},
        {"stages": [{"name": "a", "layouts": [layout("axial")] * 2}]},
        {"stages": [{"name": "a", "layouts": [layout("nothing")]}]},
        {"stages": [{"name": "a", "layouts": [layout("axial")], "needs": ["no"]}]},
        {"stages": [{"name": "a", "layouts": [layout("axial")], "partial_data": "?"}]},
        {"match": {"modality": "CT"}},  # misspelt
        {"match": {"needs": ["no"]}},
        {"selectors": {"axial": {"label": "A", "roles": ["plane.upright"]}}},
        {"selectors": {"axial": {"label": "A", "prefer": {"nothing": 1}}}},
        {"selectors": {"axial": {"label": "A", "choose": "best"}}},
        {"selectors": {"axial": {"label": "A", "modalities": ["MG"]}}},  # P7
        {"more": 1},
        stage_with(window="ct_nothing"),
        stage_with(prior=2),
        stage_with(justify="TOP"),
        stage_with(flip=True),  # there is no such word
        stage_with(invert=True),
    ],
)
def test_a_protocol_that_cannot_be_meant_is_refused(change):
    read_protocol(GOOD)
    with pytest.raises(SettingsInvalid):
        read_protocol({**GOOD, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"id": 3},
        {"match": {"modalities": "CT"}},
        {"priors": {"count": -1}},
        {"priors": {"count": True}},
        {"selectors": {"axial": {"label": "A", "prefer": {"mr.fs": "1"}}}},
        {"selectors": {"axial": {"label": "A", "prefer": {"mr.fs": True}}}},
    ],
)
def test_a_value_of_another_type_is_refused(change):
    with pytest.raises(TypeError):
        read_protocol({**GOOD, **change})


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "odd.toml").write_text("id = 3 =")
    with pytest.raises(SettingsInvalid, match=r"odd\.toml"):
        load_library(tmp_path)


def test_a_library_that_fits_nothing_is_a_wrong_setting():
    with pytest.raises(SettingsInvalid, match="fits every order"):
        hang(CHEST, NO_ORDER, [])


def bare(index: int, number: int | None = 0, shown: bool = True) -> SetEntry:
    """A display set of which nothing is known but its number."""
    series_number = index if number == 0 else number
    return SetEntry(index, f"S{index}", series_number, shown, NO_FACTS)


def hung_bare(*sets: SetEntry) -> HangingPlan:
    study = StudyEntry("2.999.1", "Patient/1", "", "", "", (), sets)
    return hang(StudyTable((study,)), NO_ORDER, LIBRARY)


@pytest.mark.parametrize(
    ("count", "rows", "columns"),
    [(0, 1, 1), (1, 1, 1), (2, 1, 2), (3, 2, 2), (4, 2, 2), (5, 2, 3), (40, 2, 3)],
)
def test_without_facts_the_grid_grows_with_the_number_of_series(count, rows, columns):
    plan = hung_bare(*[bare(i) for i in range(count)])
    assert plan.protocol_id == "default"
    assert (plan.rows, plan.columns) == (rows, columns)
    assert len(plan.cells) == rows * columns


def test_series_hang_in_order_of_their_number_and_refused_ones_stay_out():
    sets = [bare(0, 9), bare(1, 2), bare(2, None), bare(3, 1, shown=False)]
    assert hung_bare(*sets).cells == (1, 0, 2, None)
