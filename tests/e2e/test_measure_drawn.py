"""Where annotations are drawn, and that no image is drawn for them."""

from __future__ import annotations

import re

import pytest
from measuring_hand import (
    A,
    B,
    C,
    D,
    Hand,
    frames,
    handle,
    marks,
    mm,
    name_of,
    numbers,
    press,
)
from playwright.sync_api import Page, expect
from screen import read_cell, view_of, wait_shown


def test_it_stays_on_the_anatomy_when_the_image_is_turned_flipped_and_zoomed(hand):
    page = hand.page
    page.keyboard.press("m")
    hand.drag(A, B)
    points = [hand.image(A), hand.image(B)]
    text = name_of(page)
    for key in ("r", "h", "v", "+", "l", "Control+ArrowLeft"):
        press(page, key)
        frames(page)
        for index, point in enumerate(points):
            x, y = hand.client_of(point)
            box = handle(page, index).bounding_box()
            assert box is not None
            seen = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            assert seen == pytest.approx((x, y), abs=0.6)
        assert name_of(page) == text
    upright = page.locator(".annotation-text").first.evaluate(
        "element => { const m = element.getScreenCTM(); return [m.a, m.b, m.c, m.d]; }"
    )
    assert upright == [1, 0, 0, 1]


def test_a_label_is_put_elsewhere_and_led_to_its_line(hand):
    page = hand.page
    page.keyboard.press("m")
    hand.drag(A, B)
    label = page.locator('[data-of] [data-part="label"]')
    box = label.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 10, y + 60)
    page.mouse.move(x - 60, y + 200)
    page.mouse.up()
    frames(page)
    moved = label.bounding_box()
    assert moved is not None
    assert (moved["x"], moved["y"]) != (box["x"], box["y"])
    expect(page.locator(".annotation-leader")).to_be_attached()
    page.mouse.dblclick(moved["x"] + 20, moved["y"] + 12)
    page.keyboard.type("Aorta")
    page.keyboard.press("Enter")
    expect(marks(page)).to_have_attribute("aria-label", re.compile("^Aorta: "))
    expect(page.locator('[data-cell="0"]')).to_have_count(1)
    press(page, "Control+z", "Control+z")
    frames(page)
    assert label.bounding_box() == box


def test_it_is_on_its_own_slice_alone_and_the_list_leads_back(hand):
    page = hand.page
    page.keyboard.press("m")
    hand.drag(A, B)
    frame = page.locator('[data-cell="0"]').get_attribute("data-frame")
    page.mouse.wheel(0, 120)
    expect(marks(page)).to_have_count(0)
    press(page, "Backspace")  # nothing is deleted unseen
    page.locator('[data-tool="findings"]').click()
    row = page.locator("[data-finding]")
    expect(row).to_contain_text("Length 1")
    expect(row).to_contain_text("mm")
    expect(row).to_contain_text(f"image {int(frame or 0) + 1} of 5")
    row.locator(".finding-jump").click()
    expect(marks(page)).to_have_count(1)
    expect(page.locator('[data-cell="0"]')).to_have_attribute("data-frame", frame or "")


def test_the_list_renames_and_deletes_and_a_table_says_it_all(hand):
    page = hand.page
    page.keyboard.press("m")
    hand.drag(A, B)
    page.locator('[data-tool="findings"]').click()
    page.locator('[data-finding] [data-tool="rename"]').click()
    page.keyboard.type("Node 4R")
    page.keyboard.press("Enter")
    expect(page.locator("[data-finding] .finding-name")).to_have_text("Node 4R")
    table = page.locator("[data-findings-table] tbody tr")
    expect(table).to_have_count(1)
    expect(table).to_contain_text("in the patient")
    expect(table.locator("th")).to_have_text("Node 4R")
    assert name_of(page).startswith("Node 4R: ")
    page.locator('[data-finding] [data-tool="erase"]').click()
    expect(page.locator("[data-finding]")).to_have_count(0)
    expect(marks(page)).to_have_count(0)


def test_between_clicks_the_image_may_be_zoomed(hand):
    page = hand.page
    page.keyboard.press("m")
    hand.click(A)
    start = hand.image(A)
    hand.move((0.5, 0.6))
    page.mouse.down(button="right")
    hand.move((0.5, 0.55))
    page.mouse.up(button="right")
    frames(page)
    assert view_of(page)["cell"]["view"]["zoom"] > 1
    expect(page.locator("[data-draft]")).to_have_count(1)
    hand.click(B)
    assert numbers(name_of(page))[0] == pytest.approx(
        mm(start, hand.image(B)), abs=0.051
    )


def test_linked_cells_scroll_together_and_each_shows_its_own(context, world):
    page = context.new_page()
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    wait_shown(page, 1)
    hand, other = Hand(page, 0), Hand(page, 1)
    page.keyboard.press("m")
    hand.drag((0.4, 0.45), (0.6, 0.5))
    expect(page.locator('[data-cell="0"] [data-annotation]')).to_have_count(1)
    expect(page.locator('[data-cell="1"] [data-annotation]')).to_have_count(0)
    other.move((0.5, 0.5))
    page.mouse.wheel(0, 120)
    expect(marks(page)).to_have_count(0)
    page.mouse.wheel(0, -120)
    expect(page.locator('[data-cell="0"] [data-annotation]')).to_have_count(1)
    other.click((0.4, 0.5), (0.55, 0.5))
    expect(page.locator('[data-cell="1"] [data-annotation]')).to_have_count(1)


def settled(page: Page) -> int:
    """GL calls so far, once the last frame is over."""
    frames(page)
    return int(page.evaluate("() => window.glCalls"))


def test_drawing_and_editing_make_no_gl_call(hand):
    page = hand.page
    picture = read_cell(page)
    page.keyboard.press("Shift+m")
    hand.move(A)
    before = settled(page)
    assert before > 0
    hand.drag(A, *[(0.42 + i * 0.005, 0.3 + i * 0.01) for i in range(20)])
    page.keyboard.press("m")
    hand.drag(C, B, D)
    target = handle(page, 1, annotation=1).bounding_box()
    assert target is not None
    page.mouse.move(target["x"] + 12, target["y"] + 12)
    page.mouse.down()
    for step in range(10):
        page.mouse.move(target["x"] + 12 - 3 * step, target["y"] + 12 - 4 * step)
    page.mouse.up()
    press(page, "Enter", "Enter", "ArrowLeft", "ArrowLeft", "Control+z", "Control+y")
    press(page, "Escape", "Escape", "Control+z", "Control+z", "Control+z", "Control+y")
    expect(marks(page)).not_to_have_count(0)
    assert settled(page) == before
    press(page, "i")  # the counter counts
    expect(page.locator('[data-cell="0"]')).to_contain_text("INVERTED")
    assert settled(page) > before
    press(page, "i")
    expect(page.locator('[data-cell="0"]')).not_to_contain_text("INVERTED")
    assert (read_cell(page) == picture).all()
