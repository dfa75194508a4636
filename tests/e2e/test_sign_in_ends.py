"""A sign-in that runs out: renewed in silence, else the image stays, then it locks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from federation import CHEST, SOMEBODY_ELSE, copied, federated, running_remote
from playwright.sync_api import BrowserContext, Page, expect
from screen import read_cell, wait_shown
from staged import Boot, hold_frames, refuse_frames, with_boot
from world import World

from smart_viewer.archive_profile import BearerOfLaunch
from smart_viewer.operation import Operation

SLICES, SHOWN = 8, 3  # the middle one
GRACE_S = 60
HOUR_S = 3600.0


@dataclass
class Clock:
    """The viewer's own; the EHR keeps to the true one."""

    ahead_s: float = field(default=0.0)

    def __call__(self) -> float:
        return time.time() + self.ahead_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guarded(samples: Path, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """Every frame needs the launch's token."""
    here = copied(samples, [SOMEBODY_ELSE], tmp_path / "here", 1)
    images = copied(samples, [CHEST], tmp_path / "images", SLICES)
    with running_remote(images, bearer=lambda token: token != "") as remote:
        profile = remote.profile(auth=BearerOfLaunch(kind="bearer_of_launch"))
        long = {"operation": Operation(idle_minutes=HOUR_S / 30)}
        with federated(
            tmp_path, here, [profile], clock=clock, settings_changes=long
        ) as world:
            yield world


def one_image(context: BrowserContext, world: World) -> tuple[Page, object]:
    """The page with its first image; the others come when the answer is called."""
    page = context.new_page()
    page.clock.install()
    let_go = hold_frames(page, lambda _, frame: frame != SHOWN)
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    return page, let_go


def test_a_token_that_runs_out_is_renewed_and_the_reader_sees_nothing_of_it(
    context, guarded, clock
):
    page, let_go = one_image(context, guarded)
    asked = guarded.ehr.extensions["sandbox_log"].count("/oauth/token")
    clock.ahead_s = HOUR_S
    let_go()
    loaded = page.locator(f'.status-progress[data-ready="{SLICES}"]')
    expect(loaded).to_be_visible()
    assert guarded.ehr.extensions["sandbox_log"].count("/oauth/token") == asked + 1
    expect(page.locator("[data-closing]")).to_have_count(0)


def test_one_that_is_not_renewed_keeps_the_image_for_a_minute_and_then_locks(
    context, guarded, clock
):
    page, let_go = one_image(context, guarded)
    before = read_cell(page)
    guarded.ehr.extensions["sandbox_faults"].token_members = {"access_token": None}
    clock.ahead_s = HOUR_S
    let_go()
    overlay = page.locator('[data-closing="expired"]')
    expect(overlay.get_by_role("alert")).to_contain_text("Your sign-in has ended")
    expect(overlay).to_contain_text("open the study again from the EHR")
    expect(overlay).to_contain_text("Locks in")
    assert (read_cell(page) == before).all()
    expect(page.locator(".banner-name")).to_be_visible()

    cell = page.locator('[data-cell="0"]')
    cell.focus()
    page.keyboard.press("ArrowDown")  # an image that has not come
    expect(cell.get_by_role("alert")).to_contain_text("Start again from the EHR")
    page.keyboard.press("ArrowUp")
    wait_shown(page, 0)

    page.clock.fast_forward(GRACE_S * 1000)
    expect(page.locator('[data-state="ended"]')).to_contain_text("has ended")
    expect(page.locator("body")).not_to_contain_text("Sandbox")
    assert page.locator("canvas").count() == 0


def test_after_the_sign_in_has_ended_the_server_is_asked_for_nothing(context, world):
    page = context.new_page()
    page.clock.install()
    asked: list[str] = []
    refuse_frames(page, lambda _, frame: frame > 100, 401, "grant_expired")
    page.goto(world.launch_url(world.order_ids()[0]))
    expect(page.locator('[data-closing="expired"]')).to_be_visible()
    page.on("request", lambda request: asked.append(request.url))
    cell = page.locator('[data-cell="0"]')
    cell.focus()
    page.keyboard.press("End")
    cell.get_by_role("button", name="Retry").click()
    expect(cell).to_have_attribute("data-status", "error")
    page.keyboard.press("Home")
    expect(cell).to_have_attribute("data-frame", "0")
    page.wait_for_function(
        "() => Number(document.querySelector('.status-progress').dataset.ready) >= 0"
    )
    assert [url for url in asked if "/d/" in url] == []


@pytest.mark.parametrize("code", ["outside_reading", "reading_ended"])
def test_a_reading_that_the_server_no_longer_knows_locks_at_once(context, world, code):
    page = context.new_page()
    refuse_frames(page, lambda _, frame: frame > 100, 404, code)
    page.goto(world.launch_url(world.order_ids()[0]))
    expect(page.locator('[data-state="ended"]')).to_contain_text("has ended")
    assert page.locator("canvas").count() == 0


def nearly_over(boot: Boot) -> None:
    boot["secondsLeft"] = 50


def test_the_end_of_a_readings_time_is_announced_and_then_it_locks(context, world):
    context.clock.install()
    page = with_boot(context, world, nearly_over)
    wait_shown(page, 0)
    expect(page.locator('[data-closing="time"]')).to_contain_text("almost over")
    page.clock.fast_forward(51_000)
    expect(page.locator('[data-state="ended"]')).to_be_visible()


def test_whoever_goes_away_may_lock_at_once(context, world):
    page = with_boot(context, world, nearly_over)
    wait_shown(page, 0)
    page.get_by_role("button", name="Lock now").click()
    expect(page.locator('[data-state="ended"]')).to_contain_text("removed from this")
    expect(page.locator("body")).not_to_contain_text("Sandbox")


def test_a_page_left_alone_asks_stays_by_a_hand_and_locks(context, world):
    # R36, by the page's own clock; the server's is tests/web/test_session.py
    def soon(boot):
        boot["session"]["idleSeconds"] = 8

    page = with_boot(context, world, soon)
    closing = page.locator('[data-closing="idle"]')
    closing.wait_for()
    assert page.locator('[data-cell="0"][data-status="shown"]').is_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/alive")) as told:
        page.mouse.move(300, 300)
        page.mouse.move(310, 310)
    assert told.value.status == 200
    closing.wait_for(state="detached")
    page.wait_for_selector('[data-state="ended"]')
