"""Real studies hang as a reader would hang them. Oracle: their published content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.merge_facts import facts_of
from smart_viewer.dicom.read_study import project, read_study
from smart_viewer.hanging.plan import hang
from smart_viewer.hanging.read_protocol import LIBRARY_FOLDER, load_library
from smart_viewer.hanging.read_vocabulary import shipped_vocabulary
from smart_viewer.hanging.roles import roles_of
from smart_viewer.hanging.table import OrderFacts, SetEntry, StudyEntry, StudyTable

LIBRARY = load_library(LIBRARY_FOLDER)

pytestmark = pytest.mark.data


@pytest.fixture
def table(need: Callable[[str], Path]) -> Callable[[str], StudyTable]:
    """`table(folder)`: the study of a folder of real data, by way of the index."""

    def read(name: str) -> StudyTable:
        files = sorted(p for p in (need("data") / name).rglob("*") if p.is_file())
        found = read_study([project(read_header(file).metadata) for file in files])
        sets = tuple(
            SetEntry(n, s.label, s.series.series_number, not s.refusal, facts_of(s))
            for n, s in enumerate(display_sets(found))
        )
        entry = StudyEntry(
            found.study_instance_uid,
            "Patient/1",
            found.study_date,
            found.study_time,
            found.study_description,
            (),
            sets,
        )
        return StudyTable((entry,))

    return read


def hung(table: StudyTable) -> tuple[str, list[tuple[str, str]]]:
    """The protocol, and for each cell of the first stage its name and its series."""
    plan = hang(table, OrderFacts(), LIBRARY, today=date(2024, 6, 1))
    label = {one.index: one.label for one in table.current[0].sets}
    return plan.protocol_id, [
        (
            cell.label,
            label.get(-1 if cell.display_set is None else cell.display_set, ""),
        )
        for cell in plan.stages[0].cells
    ]


def roles(table: StudyTable, index: int) -> frozenset[str]:
    return roles_of(table.current[0].sets[index].facts, shipped_vocabulary())


def test_the_prostate_by_its_six_series(table):
    study = table("mr_prostate_prostatex_0207")
    assert hung(study) == (
        "mr.prostate",
        [
            ("Axial T2", "t2_tse_tra"),
            ("ADC", "ep2d_diff_tra_DYNDIST_ADC"),
            ("DWI, high b", "ep2d_diff_tra_DYNDISTCALC_BVAL"),
            ("Early contrast", "tfl_dyn_fast_tra_1.5x1.5_t3.5sec"),
            ("Sagittal T2", "t2_tse_sag"),
            ("Coronal T2", "t2_tse_cor"),
        ],
    )


def test_the_three_b_values_of_one_series_are_three_display_sets(table):
    found = [s.facts for s in table("mr_prostate_prostatex_0207").current[0].sets]
    diffusion = [f for f in found if f.series_description == "ep2d_diff_tra_DYNDIST"]
    assert [(f.b_values, f.image_count) for f in diffusion] == [
        ((50.0,), 19),
        ((400.0,), 19),
        ((800.0,), 19),
    ]


def test_the_pet_beside_its_ct_without_the_scout(table):
    study = table("petct_acrin_nsclc_042")
    assert hung(study) == (
        "pt.ct",
        [("Axial CT", "CT IMAGES"), ("Axial PET, corrected", "PET AC")],
    )
    assert "localizer" in roles(study, 0)


def test_the_one_series_of_the_screening_chest_in_two_windows(table):
    protocol, cells = hung(table("ct_chest_nlst_101287"))
    assert protocol == "ct.chest"
    assert [label for label, _ in cells] == ["Axial lung", "Axial"]  # kernel FC51
    assert len({series for _, series in cells}) == 1


def test_the_old_chest_radiograph_by_its_view(table):
    study = table("cr_chest_mono1")
    assert hung(study) == ("xr.chest", [("Frontal", "CR")])
    assert roles(study, 0) == {"dx.pa", "dx.frontal"}


def test_the_six_clips_of_the_stress_echo_in_their_order(table):
    """As when their colour can be shown."""
    study = table("us_cine_stress_echo").current[0]
    shown = tuple(replace(one, shown=True) for one in study.sets)
    protocol, cells = hung(StudyTable((replace(study, sets=shown),)))
    assert protocol == "us.gen"
    assert [series for _, series in cells] == [one.label for one in study.sets]
    assert len(cells) == 6
