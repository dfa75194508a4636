"""Measuring by keyboard alone, by fingers; editing and undoing."""

from __future__ import annotations

import math
import re

import pytest
from measuring_hand import (
    A,
    B,
    C,
    D,
    Hand,
    Point,
    frames,
    handle,
    marks,
    mm,
    name_of,
    numbers,
    opened,
    press,
)
from playwright.sync_api import expect
from screen import view_of


def test_a_length_by_keyboard_alone(hand):
    page = hand.page
    page.locator('[data-cell="0"]').focus()
    press(page, "m")
    expect(page.locator("[data-cross]")).to_be_attached()
    expect(page.locator("[data-news]")).to_contain_text("Arrow keys move the cross")
    press(page, "Enter", "Shift+ArrowRight", "ArrowRight", "ArrowRight")
    press(page, "ArrowDown", "ArrowDown", "Enter")
    # 12 columns of 0.5 mm and 2 rows of 2 mm
    expected = f"Length 1: {math.hypot(6, 4):.1f} mm, in the patient"
    assert name_of(page) == expected
    expect(page.locator("[data-news]")).to_have_text(expected)


def test_a_region_by_keyboard_alone(hand):
    page = hand.page
    page.locator('[data-cell="0"]').focus()
    press(page, "Shift+m", "Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter")
    expect(marks(page).first).to_have_attribute("aria-label", re.compile("Mean"))
    # half axes of 5 columns and 5 rows: 2.5 mm and 10 mm
    assert numbers(name_of(page))[0] == pytest.approx(25 * math.pi, abs=0.1)


@pytest.mark.parametrize(
    ("kind", "points"),
    [("angle", 3), ("cobb", 4), ("bidirectional", 4), ("rectangle", 2), ("probe", 1)],
)
def test_every_tool_of_the_menu_works_by_keyboard(hand, kind, points):
    page = hand.page
    page.locator('[data-tool="measureMore"]').focus()
    press(page, "Enter")
    choice = page.locator(f'[data-measure="{kind}"]')
    for _ in range(12):
        if choice.evaluate("element => element === document.activeElement"):
            break
        press(page, "ArrowDown")
    press(page, "Enter")
    expect(page.locator("[data-cross]")).to_be_attached()
    for steps in ("ArrowLeft", "ArrowDown", "ArrowRight", "ArrowRight")[:points]:
        press(page, f"Shift+{steps}", "ArrowRight", "Enter")
    expect(marks(page)).to_have_count(1)
    expect(marks(page)).to_have_attribute("data-kind", kind)


def test_an_outline_and_an_arrow_by_keyboard_alone(hand):
    page = hand.page
    hand.choose("freehand")
    page.locator('[data-cell="0"]').focus()
    press(page, "Enter", "Enter", "Shift+ArrowRight", "Enter")
    press(page, "Shift+ArrowDown", "Enter", "Enter")
    # a triangle of 10 columns by 10 rows: 5 mm × 20 mm / 2
    expect(marks(page)).to_have_count(1)
    assert numbers(name_of(page))[0] == pytest.approx(50, abs=0.1)
    press(page, "Escape", "Escape")
    hand.choose("arrow")
    page.locator('[data-cell="0"]').focus()
    press(page, "Enter", "Enter", "Shift+ArrowRight", "Enter")
    page.keyboard.type("here")
    press(page, "Enter")
    expect(marks(page)).to_have_count(2)


def test_handles_are_taken_by_enter_and_moved_by_arrows(hand):
    page = hand.page
    hand.page.keyboard.press("m")
    hand.drag(A, B)
    before = numbers(name_of(page))[0]
    a, b = hand.image(A), hand.image(B)
    frame = page.locator('[data-cell="0"]').get_attribute("data-frame")
    press(page, "Enter")
    expect(page.locator("[data-news]")).to_contain_text("Point 1 of 2")
    press(page, "Enter", "Shift+ArrowRight", "ArrowDown")
    moved = (b[0] + 10, b[1] + 1)
    assert numbers(name_of(page))[0] == pytest.approx(mm(a, moved), abs=0.051)
    press(page, "Control+z")  # all steps of one handle at once
    assert numbers(name_of(page))[0] == before
    assert page.locator('[data-cell="0"]').get_attribute("data-frame") == frame


def test_tab_reaches_an_annotation_and_backspace_deletes_it(hand):
    page = hand.page
    page.keyboard.press("m")
    hand.drag(A, B)
    press(page, "Escape")
    expect(marks(page)).to_have_attribute("aria-pressed", "false")
    page.locator('[data-cell="0"]').focus()
    press(page, "Tab")
    expect(marks(page)).to_be_focused()
    expect(marks(page)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-news]")).to_contain_text("Backspace deletes it")
    press(page, "Backspace")
    expect(marks(page)).to_have_count(0)
    expect(page.locator('[data-cell="0"]')).to_be_focused()


def test_a_handle_dragged_changes_the_value_and_only_its_end(hand):
    page = hand.page
    page.keyboard.press("m")
    hand.drag(A, B)
    press(page, "w")  # with any tool in the hand
    target = handle(page, 1).bounding_box()
    assert target is not None
    assert min(target["width"], target["height"]) >= 24
    center = (
        target["x"] + target["width"] / 2,
        target["y"] + target["height"] / 2,
    )
    page.mouse.move(*center)
    page.mouse.down()
    page.mouse.move(center[0] + 40, center[1] + 30)
    page.mouse.up()
    a, b = hand.image(A), hand.image(B)
    map_ = view_of(page)["resolved"]["imageFromScreen"]
    to = (b[0] + 40 * map_["xx"], b[1] + 30 * map_["yy"])
    assert numbers(name_of(page))[0] == pytest.approx(mm(a, to), abs=0.06)


def test_undo_and_redo_go_through_what_was_made_and_changed_and_nothing_else(hand):
    page = hand.page
    page.keyboard.press("m")
    hand.drag(A, B)
    hand.drag(C, D)
    press(page, "Escape", "i")
    expect(marks(page)).to_have_count(2)
    press(page, "Control+z")
    expect(marks(page)).to_have_count(1)
    press(page, "u")
    expect(marks(page)).to_have_count(0)
    press(page, "Control+z")
    expect(page.locator("[data-news]")).to_have_text("Nothing to undo.")
    press(page, "Control+y", "Control+y")
    expect(marks(page)).to_have_count(2)
    assert view_of(page)["cell"]["view"]["invert"] is True


@pytest.mark.parametrize("kind", ["length", "angle", "freehand", "arrow", "text"])
def test_escape_leaves_nothing_in_any_state(hand, kind):
    page = hand.page
    hand.choose(kind)
    hand.move(A)
    page.mouse.down()
    hand.move(B)
    press(page, "Escape")
    page.mouse.up()
    expect(page.locator("[data-draft]")).to_have_count(0)
    page.locator('[data-cell="0"]').focus()
    press(page, "Enter", "Enter", "ArrowRight", "Escape", "Escape")
    expect(page.locator("[data-draft], [data-cross]")).to_have_count(0)
    expect(page.locator(".annotation-field")).to_have_count(0)
    expect(marks(page)).to_have_count(0)


def test_a_drawing_is_dropped_when_its_image_goes(hand):
    page = hand.page
    hand.choose("cobb")
    hand.drag(A, B)
    expect(page.locator("[data-draft]")).to_have_count(1)
    page.mouse.wheel(0, 120)
    expect(page.locator("[data-draft]")).to_have_count(0)
    expect(page.locator("[data-news]")).to_contain_text("unfinished measurement")


def test_a_finger_measures_and_two_move_the_image(chromium, slices):
    context = chromium.new_context(
        viewport={"width": 1024, "height": 768}, has_touch=True
    )
    page = opened(context, slices)
    hand, session = Hand(page), context.new_cdp_session(page)

    def touch(kind: str, *places: Point) -> None:
        points = [
            {"x": x, "y": y, "id": i}
            for i, (x, y) in enumerate(hand.client(place) for place in places)
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    page.keyboard.press("m")
    touch("touchStart", A)
    touch("touchMove", (0.5, 0.4))
    touch("touchMove", B)
    touch("touchEnd")
    expected = mm(hand.image(A), hand.image(B))
    assert numbers(name_of(page))[0] == pytest.approx(expected, abs=0.051)
    touch("touchStart", (0.4, 0.7))
    touch("touchStart", (0.4, 0.7), (0.6, 0.7))
    touch("touchMove", (0.35, 0.7), (0.65, 0.7))
    touch("touchMove", (0.3, 0.7), (0.7, 0.7))
    touch("touchEnd")
    frames(page)
    assert view_of(page)["cell"]["view"]["zoom"] == pytest.approx(2, rel=0.05)
    expect(marks(page)).to_have_count(1)
    expect(page.locator("[data-draft]")).to_have_count(0)
    context.close()
