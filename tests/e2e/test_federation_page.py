"""What the reader sees while one archive is slow, in Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from federation import CHEST, PRIOR, Remote, copied, federated, running_remote
from playwright.sync_api import Locator, Page, expect
from screen import read_cell, view_of, wait_shown
from world import World

COMPLETE_MS = 30_000
VIEWS = ["radiograph/pa", "radiograph/lat"]
EARLIER_VIEWS = ["radiograph_prior_1/pa", "radiograph_prior_1/lat"]
CHEST_ORDER, RADIOGRAPH_ORDER = 0, 5


@contextmanager
def divided(
    samples: Path, state: Path, here: Sequence[str], late: Sequence[str]
) -> Iterator[tuple[World, Remote]]:
    """A folder with these series, and a held DICOMweb service with those."""
    images = copied(samples, here, state / "images")
    with running_remote(copied(samples, late, state / "remote")) as remote:
        remote.held.free.clear()
        with federated(state, images, [remote.profile()]) as world:
            yield world, remote


def launched(page: Page, world: World, order: int) -> Locator:
    """The page is there and not complete; what says how far the archives are."""
    page.goto(world.launch_url(world.order_ids()[order]))
    archives = page.locator(".status-archives")
    expect(archives).to_have_attribute("data-complete", "false")
    return archives


def released(remote: Remote, archives: Locator) -> None:
    remote.held.free.set()
    expect(archives).to_have_attribute("data-complete", "true", timeout=COMPLETE_MS)


def test_a_late_study_moves_nothing_that_the_reader_looks_at(
    context, samples, tmp_path
):
    with divided(samples, tmp_path, [CHEST], [PRIOR]) as (world, remote):
        page = context.new_page()
        archives = launched(page, world, CHEST_ORDER)
        wait_shown(page, 0)
        cell = page.locator('[data-cell="0"]')
        before = int(cell.get_attribute("data-frame") or "")
        shown = cell.get_attribute("data-display-set")
        cell.click()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        moved = page.locator(f'[data-cell="0"][data-frame="{before - 2}"]')
        expect(moved).to_have_attribute("data-status", "shown")
        expect(page.locator('.rail [data-role="prior"]')).to_have_count(0)
        place, picture = moved.bounding_box(), read_cell(page)

        released(remote, archives)

        expect(page.locator('.rail [data-role="prior"]')).to_have_count(1)
        expect(moved).to_have_attribute("data-display-set", shown or "")
        expect(moved).to_have_attribute("data-status", "shown")
        assert moved.bounding_box() == place
        assert (read_cell(page) == picture).all()
        archives.click()
        pane = page.locator('[data-pane="trace"]')
        for words in (
            "The search is complete",
            "images, this order",
            "remote, earlier",
        ):
            expect(pane).to_contain_text(words)
        assert pane.locator("[data-outcome]").count() > 4


def test_a_late_prior_hangs_beside_an_untouched_study(context, samples, tmp_path):
    with divided(samples, tmp_path, VIEWS, EARLIER_VIEWS) as (world, remote):
        page = context.new_page()
        archives = launched(page, world, RADIOGRAPH_ORDER)
        wait_shown(page, 0)
        expect(page.locator('[data-cell][data-role="prior"]')).to_have_count(0)

        released(remote, archives)

        prior = page.locator('[data-cell][data-role="prior"]').first
        expect(prior).to_have_attribute("data-status", "shown", timeout=COMPLETE_MS)


def test_a_late_prior_takes_no_cell_that_the_reader_has_touched(
    context, samples, tmp_path
):
    with divided(samples, tmp_path, VIEWS, EARLIER_VIEWS) as (world, remote):
        page = context.new_page()
        archives = launched(page, world, RADIOGRAPH_ORDER)
        wait_shown(page, 0)
        cell = page.locator('[data-cell="0"]')
        shown = cell.get_attribute("data-display-set")
        cell.click()
        page.keyboard.press("i")

        released(remote, archives)

        expect(page.locator('.rail [data-role="prior"]')).to_have_count(1)
        expect(cell).to_have_attribute("data-display-set", shown or "")
        expect(cell).to_have_attribute("data-role", "current")
        assert '"invert": true' in json.dumps(view_of(page, 0))


def test_until_the_study_of_the_order_comes_no_earlier_one_takes_its_place(
    context, samples, tmp_path
):
    with divided(samples, tmp_path, [PRIOR], [CHEST]) as (world, remote):
        page = context.new_page()
        archives = launched(page, world, CHEST_ORDER)
        expect(page.locator('.rail [data-role="prior"]')).to_have_count(1)
        expect(page.locator('[data-cell][data-status="shown"]')).to_have_count(0)

        released(remote, archives)

        wait_shown(page, 0)
        expect(page.locator('[data-cell="0"]')).to_have_attribute(
            "data-role", "current"
        )
