"""Real studies, walked from a launch to their images or to the word why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import pytest
from patients import hanging_pane, opened
from playwright.sync_api import BrowserContext, Page, expect
from screen import read_cell, read_colours, wait_shown
from world import running_world

CLIPS = 6
A_PICTURE = 100  # grey levels between darkest and lightest, or it is a flat field
Open = Callable[[str], AbstractContextManager[Page]]


@pytest.fixture
def real(need: Callable[[str], Path], tmp_path: Path, context: BrowserContext) -> Open:
    """`real(study)`: the page of a folder's one study, launched by its order."""

    @contextmanager
    def start(study: str) -> Iterator[Page]:
        with running_world(tmp_path, need("data") / study) as world:
            (order,) = world.order_ids()
            yield opened(context, world, order)

    return start


@pytest.mark.parametrize(
    ("study", "protocol", "cells"),
    [
        (
            "mr_prostate_prostatex_0207",
            "mr.prostate",
            [
                "Axial T2, MR t2_tse_tra",
                "ADC, MR ep2d_diff_tra_DYNDIST_ADC",
                "DWI, high b, MR ep2d_diff_tra_DYNDISTCALC_BVAL",
                "Early contrast, MR tfl_dyn_fast_tra_1.5x1.5_t3.5sec",
                "Sagittal T2, MR t2_tse_sag",
                "Coronal T2, MR t2_tse_cor",
            ],
        ),
        (
            "petct_acrin_nsclc_042",
            "pt.ct",
            ["Axial CT, CT CT IMAGES", "Axial PET, corrected, PT PET AC"],
        ),
        ("cr_chest_mono1", "xr.chest", ["Frontal, CR CR"]),
    ],
)
def test_a_real_study_hangs_by_its_headers_where_the_order_says_nothing(
    real: Open, study, protocol, cells
):
    with real(study) as page:
        for cell in range(len(cells)):
            wait_shown(page, cell)
        names = [
            (one.get_attribute("aria-label") or "").split(": ", 1)[1]
            for one in page.locator("[data-cell]").all()
        ]
        assert names == cells
        assert np.ptp(read_cell(page)) > A_PICTURE
        assert page.locator('.notice[data-level="blocked"]').count() == 0
        expect(hanging_pane(page)).to_contain_text(f"Protocol {protocol}")


def test_an_id_that_was_assigned_is_shown_as_assigned(real: Open):
    with real("cr_chest_mono1") as page:
        wait_shown(page)
        cell = page.locator('[data-cell="0"]')
        expect(cell).to_contain_text("(assigned id)")
        expect(cell).to_contain_text("birth date not verified")


def test_a_stress_echo_is_shown_in_its_colours_as_clips(real: Open):
    with real("us_cine_stress_echo") as page:
        wait_shown(page)
        assert page.locator("[data-refused]").count() == 0
        assert page.locator("[data-series]").count() == CLIPS
        colours = read_colours(page).astype(int)
        assert np.ptp(colours.max(axis=2)) > A_PICTURE
        assert (np.ptp(colours, axis=2) > A_PICTURE).any()  # the flow, or a marker
        expect(page.locator('[data-cell="0"] [data-cine]')).to_have_count(1)
        expect(hanging_pane(page)).to_contain_text("Protocol us.gen")
