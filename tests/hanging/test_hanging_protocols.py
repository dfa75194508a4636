"""One golden table for each protocol (P10) and its stages (P12).

Oracle: section 6 of hanging.md, written out by hand: index of the display set.
"""

from __future__ import annotations

from datetime import date

import pytest
from hanging_studies import (
    CC,
    CT,
    CT_CHEST,
    CT_HEAD,
    MAMMOGRAM,
    MLO,
    MR,
    MR_BRAIN,
    PET_CT,
    PT,
    ULTRASOUND,
    US,
    XR,
    XR_CHEST,
    mammogram,
    of,
    study,
)

from smart_viewer.dicom.series_facts import Code, SeriesFacts
from smart_viewer.hanging.plan import HangingPlan, hang
from smart_viewer.hanging.read_protocol import LIBRARY_FOLDER, load_library
from smart_viewer.hanging.stages import HungStage
from smart_viewer.hanging.table import OrderFacts, StudyTable

LIBRARY = load_library(LIBRARY_FOLDER)
TODAY = date(2024, 6, 1)
Cells = list[list[int | None]]


def plan_of(
    current: tuple[SeriesFacts, ...], *priors: tuple[SeriesFacts, ...], **order: object
) -> HangingPlan:
    """Priors are numbered from 100, 200, ...; one year older each."""
    others = tuple(
        study(*facts, first=100 * n, study_date=f"{2024 - n}0305")
        for n, facts in enumerate(priors, start=1)
    )
    table = StudyTable((study(*current),), others)
    return hang(table, OrderFacts(**order), LIBRARY, today=TODAY)


def grid(stage: HungStage) -> Cells:
    """The stage's display sets, row by row."""
    found = stage.display_sets()
    width = stage.columns
    return [list(found[n * width : (n + 1) * width]) for n in range(stage.rows)]


def grids(plan: HangingPlan) -> list[Cells]:
    return [grid(stage) for stage in plan.stages]


BRAIN_8 = [[2, 3, 5, 4], [6, 7, 8, 0]]
GOLDEN: list[tuple[str, tuple[SeriesFacts, ...], int, list[Cells]]] = [
    ("ct.chest", CT_CHEST, 0, [[[1, 0]]]),
    ("ct.chest", CT_CHEST, 1, [[[1, 0]], [[1, 0], [101, 100]]]),
    ("ct.chest", CT_CHEST[:1], 0, [[[0, 0]]]),  # one series, in two windows
    ("ct.head", CT_HEAD, 0, [[[0, 1]], [[0, 0]]]),
    ("ct.head", CT_HEAD, 1, [[[0, 1]], [[0, 100]], [[0, 0]]]),
    ("mr.brain", MR_BRAIN, 0, [BRAIN_8, [[7, 8]]]),
    ("mr.brain", MR_BRAIN, 1, [BRAIN_8, [[7, 8]], [[5, 8], [105, 108]]]),
    ("xr.chest", XR_CHEST, 0, [[[0, 1]]]),
    ("xr.chest", XR_CHEST, 1, [[[0, 100, 1]], [[0, 1], [100, 101]]]),
    (
        "xr.chest",
        XR_CHEST,
        2,
        [[[0, 100, 1]], [[0, 1], [100, 101]], [[0, 100, 200]]],
    ),
    (
        "mg.screen",
        MAMMOGRAM,
        0,
        [[[3, 2], [1, 0]], [[3, 2]], [[1, 0]]],
    ),
    (
        "mg.screen",
        MAMMOGRAM,
        2,
        [
            [[3, 2], [1, 0]],
            [[3, 2], [103, 102]],
            [[1, 0], [101, 100]],
            [[3, 2], [203, 202]],
            [[1, 0], [201, 200]],
            [[3, 2]],
            [[1, 0]],
        ],
    ),
    ("pt.ct", PET_CT, 0, [[[2, 1]], [[1, 3]]]),
    ("pt.ct", PET_CT, 1, [[[2, 1]], [[2, 1], [102, 101]], [[1, 3]]]),
    ("us.gen", ULTRASOUND, 0, [[[0, 1], [2, None]]]),
    ("default", (of(MR, body_part_examined="FOOT"),) * 3, 0, [[[0, 1], [2, None]]]),
]


@pytest.mark.parametrize(("protocol", "series", "priors", "expected"), GOLDEN)
def test_each_protocol_hangs_its_study_as_drawn(protocol, series, priors, expected):
    plan = plan_of(series, *[series] * priors)
    assert (plan.protocol_id, grids(plan)) == (protocol, expected)


PROSTATE = tuple(
    of(facts, body_part_examined="PROSTATE")
    for facts in (
        of(MR, repetition_time_ms=5000, echo_time_ms=101, plane="sagittal"),
        of(MR, repetition_time_ms=6000, echo_time_ms=104),
        of(MR, repetition_time_ms=4000, echo_time_ms=101, plane="coronal"),
        of(MR, b_values=(800.0,)),
        of(MR, b_values=(1400.0,)),
        of(MR, image_type=("DERIVED", "PRIMARY", "DIFFUSION", "ADC")),
        of(MR, contrast_bolus_agent="a", acquisition_time="103000"),
        of(MR, contrast_bolus_agent="a", acquisition_time="102900"),
    )
)


def test_the_prostate_shows_the_highest_b_value_and_the_first_image_after_contrast():
    plan = plan_of(PROSTATE)
    assert plan.protocol_id == "mr.prostate"
    assert grids(plan) == [[[1, 5, 4], [7, 0, 2]]]


def test_every_protocol_of_the_library_has_a_golden_table():
    covered = {row[0] for row in GOLDEN} | {"mr.prostate"}
    assert covered == {protocol.id for protocol in LIBRARY}


def test_the_first_stage_is_what_the_page_shows_at_once():
    plan = plan_of(XR_CHEST, XR_CHEST)
    assert (plan.rows, plan.columns, plan.cells) == (1, 3, (0, 100, 1))


def test_chest_walls_meet_at_the_centre_and_nothing_is_flipped():
    """Right to the right edge of the left cells, left to the left edge (row 16)."""
    stage = plan_of(MAMMOGRAM, MAMMOGRAM).stages[1]
    assert [cell.justify for cell in stage.cells] == ["RIGHT", "LEFT"] * 2
    assert [cell.prior for cell in stage.cells] == [0, 0, 1, 1]
    assert not any("flip" in name for name in type(stage.cells[0]).__slots__)


def test_windows_and_synchronisation_are_those_of_the_protocol():
    """Widths and centres of section 6; a column of lung windows moves together."""
    stage = plan_of(CT_CHEST, CT_CHEST).stages[1]
    windows = [cell.window for cell in stage.cells]
    assert [(w.width, w.center, w.unit) for w in windows if w] == [
        (1500, -600, "HU"),
        (400, 40, "HU"),
    ] * 2
    assert stage.cells[0].sync == stage.cells[2].sync
    assert {"position", "zoom", "pan"} <= set(stage.cells[0].sync)
    assert stage.cells[0].sync != stage.cells[1].sync


def test_a_radiograph_keeps_its_own_window():
    assert {cell.window for cell in plan_of(XR_CHEST).stages[0].cells} == {None}


def test_a_pet_is_windowed_in_suv_and_its_ct_in_hounsfield_units():
    ct, pt = plan_of(PET_CT).stages[0].cells
    assert ct.window is not None and pt.window is not None
    assert (ct.window.unit, pt.window.unit) == ("HU", "SUVbw")
    assert (pt.window.width, pt.window.center) == (5, 2.5)


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ({8}, [[2, 3, 5, 4], [6, 7, 0, None]]),  # no contrast: what is left moves up
        ({6, 7, 8, 0}, [[2, 3, 5, 4]]),  # an empty row goes
        ({3, 8}, [[2, 5, 4], [6, 7, 0]]),  # an empty column goes
        ({0, 2, 3, 6, 7, 8}, [[1, 5, 4]]),
        ({1, 2, 3, 4, 5, 6, 7}, [[8, 0]]),
    ],
)
def test_a_stage_adapts_to_what_is_there(missing, expected):
    """P12, ADAPT_LAYOUT."""
    whole = study(*MR_BRAIN)
    kept = tuple(one for one in whole.sets if one.index not in missing)
    table = StudyTable((study(sets=kept, modalities=("MR",)),))
    plan = hang(table, OrderFacts(), LIBRARY, today=TODAY)
    assert grid(plan.stages[0]) == expected


def test_mammograms_keep_their_place_where_a_view_is_missing():
    """P12, MAINTAIN_LAYOUT: a left breast never stands in the right one's place."""
    plan = plan_of((mammogram("L", CC), mammogram("R", MLO), mammogram("L", MLO)))
    assert grid(plan.stages[0]) == [[None, 0], [1, 2]]


def test_a_stage_without_its_prior_or_its_series_is_left_out():
    assert [stage.name for stage in plan_of(MR_BRAIN[:8]).stages] == ["All contrasts"]
    assert [stage.name for stage in plan_of(XR_CHEST).stages] == [
        "Frontal, prior, lateral"
    ]


def test_spot_views_and_displaced_implants_do_not_stand_for_the_standard_views():
    """OHIF's selectors lack them (section 7)."""
    spot = mammogram("R", CC, view_modifiers=(Code("399055006", "SCT"),))
    displaced = mammogram("R", CC, view_modifiers=(Code("R-102D5", "SRT"),))
    plan = plan_of((spot, displaced, *MAMMOGRAM))
    assert grid(plan.stages[0]) == [[5, 4], [3, 2]]
    assert plan.others == (0, 1)


def test_for_presentation_is_hung_not_the_raw_image():
    raw = of(mammogram("R", CC), presentation_intent_type="FOR PROCESSING")
    assert grid(plan_of((raw, *MAMMOGRAM)).stages[0])[0] == [4, 3]


def test_localizers_never_take_a_cell_that_did_not_ask_for_one():
    scout = of(CT, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"), image_count=900)
    assert grid(plan_of((scout, *CT_CHEST)).stages[0]) == [[2, 1]]


def test_a_pet_without_ct_falls_back_series_by_series():
    plan = plan_of((PT, PT))
    assert (plan.protocol_id, plan.cells) == ("default", (0, 1))
    assert ("pt.ct", "this study has no series “Axial CT”") in [
        (one.protocol_id, one.reason) for one in plan.rejected
    ]


@pytest.mark.parametrize(
    ("count", "shape"),
    [(1, (1, 1)), (2, (1, 2)), (4, (2, 2)), (6, (2, 3)), (12, (3, 4)), (30, (3, 4))],
)
def test_the_ultrasound_grid_grows_with_clips_and_stills(count, shape):
    plan = plan_of((US,) * count)
    assert (plan.rows, plan.columns) == shape


@pytest.mark.parametrize("scheme", ["SCT", "SRT", "SNM3"])
def test_the_same_study_in_three_code_schemes_has_the_same_plan(scheme):
    """P3."""
    values = {
        "SCT": ("399162004", "399368009", "76752008"),
        "SRT": ("R-10242", "R-10226", "T-04000"),
    }
    cc, mlo, breast = values["SCT" if scheme == "SCT" else "SRT"]
    current = tuple(
        of(
            mammogram(side, Code(view, scheme)),
            body_part_examined="",
            anatomic_regions=(Code(breast, scheme),),
        )
        for view in (mlo, cc)
        for side in "LR"
    )
    straight = tuple(
        of(
            facts,
            body_part_examined="",
            anatomic_regions=(Code("76752008", "SCT"),),
        )
        for facts in MAMMOGRAM
    )
    assert plan_of(current, current) == plan_of(straight, straight)
    assert grid(plan_of(current).stages[0]) == [[3, 2], [1, 0]]


LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
# Every study here is silent on its anatomy, so that the order decides.
ORDERS = [
    ((LOINC, "24627-2", ""), of(CT, body_part_examined=""), "ct.chest"),
    ((LOINC, "24628-0", ""), of(CT, body_part_examined=""), "ct.chest"),
    ((SNOMED, "169069000", ""), of(CT, body_part_examined=""), "ct.chest"),
    ((LOINC, "30799-1", ""), of(CT, body_part_examined=""), "ct.head"),
    ((LOINC, "24590-2", ""), of(MR_BRAIN[4], body_part_examined=""), "mr.brain"),
    ((SNOMED, "816077007", ""), of(MR_BRAIN[4], body_part_examined=""), "mr.brain"),
    ((LOINC, "42272-5", ""), of(XR, body_part_examined=""), "xr.chest"),
    ((LOINC, "24606-6", ""), of(MAMMOGRAM[0], body_part_examined=""), "mg.screen"),
    ((LOINC, "24558-9", ""), US, "us.gen"),
    ((LOINC, "30799-1", ""), CT, "ct.head"),  # the order wins over the header
    (("http://loinc.org", "0-0", ""), of(CT, body_part_examined=""), "default"),
]


@pytest.mark.parametrize(("coding", "facts", "protocol"), ORDERS)
def test_the_order_chooses_the_protocol(coding, facts, protocol):
    """R22."""
    plan = plan_of((facts,), codings=(coding,))
    assert plan.protocol_id == protocol


def test_the_order_chooses_between_pet_ct_and_its_ct_alone():
    assert plan_of(PET_CT, codings=((SNOMED, "450436003", ""),)).protocol_id == "pt.ct"
    chest = plan_of(PET_CT, codings=((LOINC, "24627-2", ""),))
    assert chest.protocol_id == "ct.chest"
