"""What the page says when something is missing, slow, broken or odd (ux.md 6)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from federation import copied
from playwright.sync_api import Page, expect
from screen import read_cell, view_of, wait_shown
from staged import Boot, hold_frames, opened, refuse_frames, with_boot
from world import running_world

from smart_viewer.sandbox.people import default_people

ULTRASOUND = 8
LOSE = """() => {
  const gl = document.querySelector("canvas.image").getContext("webgl2");
  window.lost = gl.getExtension("WEBGL_lose_context");
  window.lost.loseContext();
}"""
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Montgomery-Ndiaye de la Cruz"  # 64
HEBREW = "בן־דוד, אברהם שלמה"
ARABIC = "عبد الرحمن بن محمد الخوارزمي"
JAPANESE = "山田^太郎=ヤマダ^タロウ"


def cell(page: Page, index: int = 0) -> Any:
    return page.locator(f'[data-cell="{index}"]')


# ---- on the way, and not coming -----------------------------------------------------


def test_before_the_first_image_there_are_skeletons_and_rings_with_words(
    context, world
):
    page = context.new_page()
    let_go = hold_frames(page)
    page.goto(world.launch_url(world.order_ids()[0]))
    expect(page.locator('[data-picture="waiting"]')).to_have_count(3)
    for index in (0, 1):
        expect(cell(page, index)).to_have_attribute("data-status", "loading")
        expect(cell(page, index)).to_contain_text("Loading image 80")
        expect(cell(page, index)).to_contain_text("0 / 160")
        expect(cell(page, index)).to_contain_text("Sandbox, Chest")
    expect(page.locator(".banner")).to_contain_text("Chest Sandbox")
    let_go()
    wait_shown(page, 0)
    expect(page.locator('[data-picture="shown"]').first).to_be_visible()


def test_a_series_on_its_way_says_first_pass_and_then_final(context, world):
    page = context.new_page()
    let_go = hold_frames(page, lambda _, frame: frame != 79)
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    first = cell(page).locator('[data-pass="first"]')
    expect(first).to_contain_text("1 / 160 first pass")
    expect(first.locator(".ring-done")).to_be_attached()
    assert read_cell(page).max() > 100
    let_go()
    final = cell(page).locator('[data-pass="final"]')
    expect(final).to_have_text("final", timeout=60_000)
    expect(first).to_have_count(0)


def test_an_image_that_does_not_come_says_why_and_what_to_do_and_is_asked_for_again(
    context, world
):
    page = context.new_page()
    first = 1  # the display set of cell 0
    again = refuse_frames(page, lambda display_set, _: display_set == first)
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 1)
    card = cell(page).get_by_role("alert")
    for text in ("The archive did not answer", "Try again in a minute", "c0ffee-42"):
        expect(card).to_contain_text(text)
    expect(cell(page, 1)).to_have_attribute("data-status", "shown")  # it alone failed
    again()
    card.get_by_role("button", name="Retry").click()
    wait_shown(page, 0)
    expect(card).to_have_count(0)


def test_a_thumbnail_that_does_not_come_leaves_a_list_that_works(context, world):
    page = context.new_page()
    refuse_frames(page, lambda display_set, _: display_set == 2, status=404)
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    prior = page.locator('[data-series="2"]')
    expect(prior.locator('[data-picture="failed"]')).to_be_visible()
    prior.click()
    expect(cell(page)).to_have_attribute("data-status", "error")


def test_offline_is_said_and_what_is_loaded_stays(context, world):
    page = opened(context, world)
    context.set_offline(True)
    expect(page.locator(".offline")).to_contain_text("This computer is offline")
    expect(page.locator('.status [data-online="false"]')).to_have_text("Offline")
    expect(cell(page)).to_have_attribute("data-status", "shown")
    context.set_offline(False)
    expect(page.locator(".offline")).to_have_count(0)


def test_a_search_that_is_not_complete_says_so(context, world):
    def waiting(boot: Boot) -> None:
        boot["plan"]["complete"] = False
        boot["plan"]["archives"] = [
            {"name": "North", "state": "answered", "text": "312 of 400 images"},
            {"name": "South", "state": "asked", "text": ""},
        ]

    page = with_boot(context, world, waiting)
    expect(page.locator(".status-archives")).to_contain_text("1 of 2 archives")
    expect(page.locator(".rail")).to_contain_text("more may arrive")
    page.locator(".status-archives").click()
    expect(page.locator('[data-pane="trace"]')).to_contain_text("312 of 400 images")


def test_a_study_that_has_not_come_whole_says_how_much_of_it_has(
    context, samples, tmp_path
):
    images = copied(samples, ["chest/lung"], tmp_path / "images", 12)
    with running_world(tmp_path, images, default_people()) as partly:
        page = opened(context, partly)
        said = re.compile(r"Incomplete: received 12 of \d{2,}")
        expect(cell(page).locator('[data-corner="top-left"]')).to_contain_text(said)
        expect(page.locator(".rail-incomplete")).to_contain_text(said)
        page.keyboard.press("o")
        page.keyboard.press("o")
        expect(cell(page).locator(".overlay")).to_have_attribute("data-words", "none")
        expect(cell(page).locator('[data-corner="top-left"]')).to_contain_text(said)


def test_a_study_that_is_whole_says_nothing_of_it(context, world):
    page = opened(context, world)
    expect(page.locator("body")).not_to_contain_text("Incomplete")


def test_graphics_that_are_lost_come_back_by_themselves(context, world):
    page = opened(context, world)
    before = read_cell(page)
    page.evaluate(LOSE)
    expect(page.locator(".status-gpu")).to_contain_text("interrupted")
    expect(cell(page)).to_contain_text("Graphics were interrupted")
    page.evaluate("() => window.lost.restoreContext()")
    wait_shown(page, 0)
    assert (read_cell(page) == before).all()


def test_a_reading_that_is_ended_leaves_nothing_on_the_screen(context, world):
    page = opened(context, world)
    page.get_by_role("button", name="End reading").click()
    expect(page.locator('[data-state="ended"]')).to_contain_text("has ended")
    expect(page.locator("body")).not_to_contain_text("Sandbox")


def test_an_object_that_cannot_be_shown_offers_its_tags(context, world):
    def refuse(boot: Boot) -> None:
        shown = boot["plan"]["displaySets"][1]
        shown["refusal"] = {"code": "not_an_image", "text": "This is a report."}
        shown["image"] = None

    page = with_boot(context, world, refuse)
    card = cell(page).get_by_role("alert")
    expect(card).to_contain_text("This is a report.")
    card.locator('[data-do="tags"]').click()
    pane = page.locator('[data-pane="tags"]')
    expect(pane.locator('[data-tag="00080060"]')).to_contain_text("CT")
    pane.get_by_role("searchbox").fill("patient name")
    expect(pane.locator('[data-tag="00100010"]')).to_contain_text("Sandbox")


# ---- windows of any size, names of any kind, lists of any length --------------------


@pytest.mark.parametrize("width", [320, 340, 359])
def test_a_narrow_window_keeps_the_patient_the_image_and_every_tool(
    context, world, width
):
    page = opened(context, world)
    page.set_viewport_size({"width": width, "height": 640})
    expect(page.locator(".banner-name")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator('[data-tool="more"]').click()
    for name in ("grid", "invert", "fullScreen", "link"):
        spot = page.locator(f'.more [data-tool="{name}"]')
        expect(spot).to_be_visible()
        box = spot.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    page.keyboard.press("Escape")
    wait_shown(page, 0)


@pytest.mark.parametrize("name", [LONG_NAME, HEBREW, ARABIC, JAPANESE])
def test_a_name_of_any_length_and_script_breaks_nothing(context, world, name):
    def rename(boot: Boot) -> None:
        boot["plan"]["banner"]["name"] = name
        for one in boot["plan"]["displaySets"]:
            one["study"]["patientName"] = name
            one["study"]["description"] = name
            one["label"] = name

    page = with_boot(context, world, rename)
    wait_shown(page, 0)
    first = re.split(r"[\^,\s]", name)[0]
    expect(page.locator(".banner-name")).to_contain_text(first)
    expect(cell(page).locator('[data-corner="top-left"]')).to_contain_text(first)
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    assert page.locator(".banner").bounding_box()["height"] == 44
    corner = cell(page).locator('[data-corner="top-left"] .tone-strong')
    assert corner.evaluate("one => one.scrollWidth <= one.clientWidth")  # never cut
    if name in (HEBREW, ARABIC):
        name_of = page.locator(".banner-name bdi")
        assert name_of.evaluate("one => getComputedStyle(one).unicodeBidi") == "isolate"


def test_two_hundred_series_are_listed_and_reached_by_keyboard(context, world):
    def many(boot: Boot) -> None:
        sets = boot["plan"]["displaySets"]
        sets += [
            {**sets[0], "label": f"Series {n}", "frameCount": 1} for n in range(197)
        ]

    page = with_boot(context, world, many, refused=lambda series, _: series > 2)
    wait_shown(page, 0)
    expect(page.locator("[data-series]")).to_have_count(200)
    last = page.locator('[data-series="199"]')
    last.scroll_into_view_if_needed()
    last.focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-series]:focus")).to_have_attribute("data-series", "198")
    before = view_of(page)["cell"]["frameIndex"]
    cell(page).focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(f'[data-cell="0"][data-frame="{before + 1}"]')
