"""The screen: banner, grid, list of series, menu of a viewport (ux.md 1 and 3)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from screen import view_of, wait_shown
from spots import cell, middle_of, picture_of, tool
from staged import opened, with_boot

BRAIN = 4


def test_the_banner_says_who_it_is_and_what_is_read(context, world):
    page = opened(context, world)
    banner = page.locator(".banner")
    for text in (
        "Chest Sandbox",
        "1958-04-12 (",
        "male",
        "SBX-0001",
        "CT CHEST WITH CONTRAST · 2024-03-05 10:15",
        "SBXA0001",
        "Iodinated contrast medium (high risk), Penicillin",
    ):
        expect(banner).to_contain_text(text)
    heights = [
        page.locator(selector).bounding_box()["height"]
        for selector in (".banner", ".tools")
    ]
    assert heights == [44, 36]
    assert page.locator(".rail").bounding_box()["width"] == 168


@pytest.mark.parametrize(
    ("allergies", "said"), [([], "none recorded"), (None, "not known here")]
)
def test_the_banner_tells_no_allergy_from_no_answer(context, world, allergies, said):
    def change(boot):
        boot["plan"]["banner"]["allergies"] = allergies

    page = with_boot(context, world, change)
    expect(page.locator(".fact", has_text="Allergies")).to_contain_text(said)
    expect(page.locator(".fact[data-flag]")).to_have_count(0)


def test_a_grid_is_chosen_by_one_drag_from_its_button(context, world):
    page = opened(context, world)
    page.mouse.move(*middle_of(tool(page, "grid")))
    page.mouse.down()
    box = page.locator('[data-size="3x4"]')
    expect(box).to_be_visible()
    page.mouse.move(*middle_of(box), steps=4)
    page.mouse.up()
    expect(page.locator("[data-cell]")).to_have_count(12)
    expect(tool(page, "grid")).to_have_text("3 × 4")


def test_a_grid_is_chosen_by_keyboard(context, world):
    page = opened(context, world)
    tool(page, "grid").focus()
    for key in ("Enter", "ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-cell]")).to_have_count(9)  # from 1 × 2 to 3 × 3
    expect(tool(page, "grid")).to_be_focused()


def test_a_series_is_dragged_into_a_viewport(context, world):
    page = opened(context, world, cells=2)
    before = cell(page, 0).get_attribute("data-display-set")
    prior = page.locator('[data-role="prior"] [data-series]').first
    page.mouse.move(*middle_of(prior))
    page.mouse.down()
    page.mouse.move(*middle_of(cell(page, 1)), steps=6)
    expect(cell(page, 1)).to_have_attribute("data-drop", "here")
    page.mouse.up()
    shown = prior.get_attribute("data-series") or ""
    expect(cell(page, 1)).to_have_attribute("data-display-set", shown)
    expect(cell(page, 1)).to_have_attribute("aria-current", "true")
    assert cell(page, 0).get_attribute("data-display-set") == before
    expect(page.locator("[data-drop]")).to_have_count(0)


def test_a_drag_that_is_cancelled_changes_nothing(context, world):
    page = opened(context, world, cells=2)
    before = cell(page, 1).get_attribute("data-display-set")
    page.mouse.move(*middle_of(page.locator('[data-role="prior"] [data-series]')))
    page.mouse.down()
    page.mouse.move(*middle_of(cell(page, 1)), steps=6)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".drag-ghost")).to_have_count(0)
    assert cell(page, 1).get_attribute("data-display-set") == before


def test_a_series_is_shown_by_keyboard_in_the_viewport_of_that_number(context, world):
    page = opened(context, world, cells=2)
    page.locator('[data-series][aria-current="true"]').focus()
    while page.locator('[data-role="prior"] [data-series]:focus').count() == 0:
        page.keyboard.press("ArrowDown")
    shown = page.locator("[data-series]:focus").get_attribute("data-series") or ""
    page.keyboard.press("2")
    expect(cell(page, 1)).to_have_attribute("data-display-set", shown)
    page.keyboard.press("1")
    expect(cell(page, 0)).to_have_attribute("data-display-set", shown)


def test_a_study_of_the_list_folds(context, world):
    page = opened(context, world)
    head = page.locator('[data-role="prior"] .rail-head')
    head.click()
    expect(page.locator('[data-role="prior"] [data-series]')).to_have_count(0)
    head.press("Enter")
    expect(page.locator('[data-role="prior"] [data-series]')).to_have_count(1)


def test_the_list_goes_by_study_and_date_the_current_first(context, world):
    page = opened(context, world)
    studies = page.locator(".rail [data-role]")
    assert studies.evaluate_all("all => all.map((one) => one.dataset.role)") == [
        "current",
        "prior",
    ]
    expect(studies.nth(0).locator(".rail-head")).to_contain_text("2024-03-05 10:15")
    expect(studies.nth(1).locator(".rail-head")).to_contain_text(
        "PRIOR 2023-01-03 (−14 mo)"
    )
    expect(studies.locator(".rail-head .chip")).to_have_text(["CT", "CT"])
    expect(studies.nth(0).locator(".series .chip")).to_have_text(["CT", "CT"])


def test_the_list_is_closed_and_opened_by_its_key(context, world):
    page = opened(context, world)
    cell(page).focus()
    page.keyboard.press("Shift+L")
    expect(page.locator(".rail")).to_have_count(0)
    page.keyboard.press("Shift+L")
    expect(page.locator(".rail")).to_be_visible()


def test_the_active_viewport_has_a_shape_as_well_as_a_colour(context, world):
    page = opened(context, world, BRAIN, cells=8)
    cell(page, 1).click()
    for index, active in ((1, True), (2, False), (5, False)):
        seen = picture_of(cell(page, index)).astype(int).min(axis=2)
        high, wide = seen.shape
        # Eighteen pixels along the edges from each corner, and not in their middle.
        corners = [seen[2, :16], seen[2, -16:], seen[-3, :16], seen[-3, -16:]]
        bright = [int(corner.min()) > 150 for corner in corners]
        assert bright == [active] * 4
        assert seen[high // 3, 2 : wide - 2].min() < 60
        assert seen[high // 3, 2] < 60


def test_the_tallest_grid_has_25_viewports_that_each_say_who_it_is(context, world):
    page = opened(context, world, BRAIN)
    tool(page, "grid").click()
    page.locator('[data-size="5x5"]').click()
    expect(page.locator("[data-cell]")).to_have_count(25)
    wait_shown(page, 0)
    filled = page.locator("[data-cell]:not([data-display-set=''])")
    assert filled.count() == 8
    for index in range(filled.count()):
        name = filled.nth(index).locator('[data-corner="top-left"]')
        expect(name).to_contain_text("Sandbox, Brain")
        expect(name).to_contain_text("SBX-0005")


def test_the_list_is_closed_and_opened_by_a_button(context, world):
    page = opened(context, world)
    tool(page, "seriesList").click()
    expect(page.locator(".rail")).to_have_count(0)
    tool(page, "seriesList").click()
    expect(page.locator(".rail")).to_be_visible()


def test_a_double_click_shows_one_and_then_all(context, world):
    page = opened(context, world, cells=2)
    cell(page, 1).dblclick()
    expect(page.locator("[data-cell]")).to_have_count(1)
    expect(cell(page, 1)).to_be_visible()
    cell(page, 1).dblclick()
    expect(page.locator("[data-cell]")).to_have_count(2)


def test_a_right_click_opens_the_menu_and_a_right_drag_zooms(context, world):
    page = opened(context, world)
    x, y = middle_of(cell(page))
    page.mouse.click(x, y, button="right")
    menu = page.get_by_role("menu")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(cell(page)).to_be_focused()
    page.mouse.move(x, y)
    page.mouse.down(button="right")
    page.mouse.move(x, y - 60, steps=4)
    page.mouse.up(button="right")
    expect(menu).to_have_count(0)
    assert view_of(page)["cell"]["view"]["zoom"] > 1.2


def test_the_menu_gives_a_window_by_keyboard(context, world):
    page = opened(context, world)
    cell(page).focus()
    page.keyboard.press("Shift+F10")
    bone = page.get_by_role("menuitem", name=re.compile("Bone"))
    expect(page.get_by_role("menu").get_by_role("menuitem").first).to_be_focused()
    while not bone.evaluate("one => one === document.activeElement"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(cell(page)).to_contain_text("W 2500 L 480")
    expect(page.get_by_role("menu")).to_have_count(0)


def test_a_window_at_the_edge_keeps_its_menu_inside(context, world):
    page = opened(context, world, cells=2)
    box = cell(page, 1).bounding_box()
    assert box is not None
    corner = (box["x"] + box["width"] - 4, box["y"] + box["height"] - 4)
    page.mouse.click(*corner, button="right")
    menu = page.get_by_role("menu").bounding_box()
    assert menu is not None
    assert menu["x"] + menu["width"] <= 1280
    assert menu["y"] + menu["height"] <= 800


def test_the_menu_acts_on_its_own_viewport(context, world):
    page = opened(context, world, cells=2)
    cell(page, 1).click(button="right")
    page.get_by_role("menuitemcheckbox", name="Invert").click()
    expect(cell(page, 1)).to_contain_text("INVERTED")
    expect(cell(page, 0)).not_to_contain_text("INVERTED")
