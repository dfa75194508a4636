"""The tag browser in Chromium: searched, opened by keyboard, kept while scrolling."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from screen import view_of
from staged import opened
from world import World


@pytest.fixture
def page(context: BrowserContext, world: World) -> Iterator[Page]:
    """The first order, its first cell active."""
    page = opened(context, world)
    page.locator('[data-cell="0"]').focus()
    yield page


def frame_of(page: Page) -> int:
    return int(view_of(page)["cell"]["frameIndex"])


def test_tags_are_searched_by_keyword_tag_and_value_and_opened_by_keyboard(page):
    page.keyboard.press("Shift+T")
    search = page.get_by_role("searchbox")
    for wanted, tag in (
        ("PatientID", "00100020"),
        ("(0010,0020)", "00100020"),
        ("SBX-0001", "00100020"),
    ):
        search.fill(wanted)
        line = page.locator(f'[data-pane=tags] [data-tag="{tag}"]')
        expect(line).to_contain_text("SBX-0001")
    search.fill("no such thing")
    expect(page.locator("[data-found]")).to_have_attribute("data-found", "0")
    search.fill("")
    first = page.locator(".tag-sequence").first
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(first.locator(".tag-items")).to_be_visible()
    expect(page.locator('[data-tag="7FE00010"]')).to_contain_text("binary")


def test_scrolling_on_leaves_the_tags_until_the_image_in_view_is_asked_for(page):
    page.keyboard.press("Shift+T")
    expect(page.locator("[data-found]")).to_be_visible()
    was = frame_of(page)
    number = page.locator('[data-tag="00200013"] .tag-value')
    before = number.inner_text()
    page.locator('[data-cell="0"]').focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".tags-of")).to_have_attribute("data-frame", str(was))
    assert number.inner_text() == before
    page.locator("[data-do=here]").click()
    expect(page.locator(".tags-of")).to_have_attribute("data-frame", str(was + 1))
    expect(number).not_to_have_text(before)
