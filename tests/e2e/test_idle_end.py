"""In a browser: a reading that ended for want of its user leaves nothing to see."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect
from screen import wait_shown
from sqlalchemy import update
from world import World

from smart_viewer.store.tables import readings

IDLE_S = 15 * 60


@pytest.mark.requirement("R36")
def test_after_an_idle_end_neither_reload_nor_back_button_shows_the_patient(
    context: BrowserContext, world: World
) -> None:
    # given a page with its images, and another one of the same browser after it
    page = context.new_page()
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page)
    reading_id = page.url.rsplit("/", 1)[1]
    mrn = world.people.patients[0].mrn
    expect(page.locator("body")).to_contain_text(mrn)
    page.goto(f"{world.app_url}/")
    # when nobody has used it for so long
    with world.house.store.database.writing() as connection:
        mine = update(readings).where(readings.c.reading_id == reading_id)
        connection.execute(mine.values(used_at=world.house.clock() - IDLE_S))
    page.go_back()
    # then
    expect(page.locator("body")).to_contain_text("nothing here for this browser")
    expect(page.locator("body")).not_to_contain_text(mrn)
    answer = page.reload()
    assert answer is not None
    assert answer.status == 404
    assert world.house.store.readings.head(reading_id, 0.0) is None
