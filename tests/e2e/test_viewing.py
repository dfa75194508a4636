"""One viewport in the hands: magnifier, words, windows, mouse, clips (ux.md 2 to 4)."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import read_cell, view_of
from spots import cell, drag, middle_of, tool, window_of
from staged import opened

ULTRASOUND = 8


def test_the_magnifier_shows_the_same_pixels_larger(context, world):
    page = opened(context, world)
    x, y = middle_of(cell(page))
    page.mouse.move(x, y)
    before = read_cell(page)
    page.keyboard.press("y")
    frame = page.locator('[data-loupe="2.5"]')
    expect(frame).to_be_visible()
    after = read_cell(page)
    box, whole = frame.bounding_box(), cell(page).bounding_box()
    assert box is not None
    assert whole is not None
    at_x, at_y = x - whole["x"], y - whole["y"]
    left, top = box["x"] - whole["x"], box["y"] - whole["y"]
    assert left < at_x < left + box["width"]
    assert top < at_y < top + box["height"]
    changed = np.argwhere(after != before)
    assert changed.min(axis=0) == pytest.approx((top, left), abs=2)
    # A step of 2 pixels in the picture is one of 5 under the magnifier.
    for steps in (-20, -8, 0, 8, 20):
        small = mean_at(before, at_x + 2 * steps, at_y)
        large = mean_at(after, at_x + 5 * steps, at_y, 2)
        assert large == pytest.approx(small, abs=24)
    page.keyboard.press("y")
    expect(frame).to_have_count(0)
    assert (read_cell(page) == before).all()


# Left, top, width and height on the page, of the line without its thickness.
LINE_BOX = """(one) => {
  const [box, map] = [one.getBBox(), one.getScreenCTM()];
  const { a, d, e, f } = map;
  return [a * box.x + e, d * box.y + f, a * box.width, d * box.height];
}"""


def test_what_was_measured_is_as_large_as_the_image_under_the_magnifier(hand):
    page = hand.page
    page.keyboard.press("m")
    hand.drag((0.46, 0.45), (0.54, 0.52))
    hand.move((0.5, 0.5))
    page.keyboard.press("Escape")
    page.keyboard.press("y")
    small, large = (
        page.locator(f"{where} .annotation-line").evaluate(LINE_BOX)
        for where in ("[data-annotation]", "[data-magnified]")
    )
    # It ends where the same image points are in the magnifier: about the pointer.
    pointer = (*hand.client((0.5, 0.5)), 0, 0)
    expected = [at + 2.5 * (on - at) for at, on in zip(pointer, small, strict=True)]
    assert large == pytest.approx(expected, abs=1)
    assert large[2] > 100
    # And nothing of the small line is left where the magnifier stands.
    clip = page.locator(".annotations").first.evaluate(
        "one => getComputedStyle(one).clipPath"
    )
    assert clip.startswith("polygon(evenodd")
    page.keyboard.press("y")
    expect(page.locator("[data-magnified]")).to_have_count(0)


def mean_at(picture: np.ndarray, x: float, y: float, around: int = 1) -> float:
    column, row = int(x), int(y)
    part = picture[
        row - around : row + around + 1, column - around : column + around + 1
    ]
    return float(part.mean())


def test_words_are_full_few_or_who_it_is_and_never_without_identity(context, world):
    page = opened(context, world)
    for level, window, place in (
        ("full", True, True),
        ("minimum", False, True),
        ("none", False, False),
    ):
        expect(cell(page).locator(".overlay")).to_have_attribute("data-words", level)
        expect(cell(page)).to_contain_text("Sandbox, Chest")
        expect(cell(page)).to_contain_text("SBX-0001")
        text = cell(page).inner_text()
        assert ("W 1500" in text, "80 / 160" in text) == (window, place)
        page.keyboard.press("o")
    expect(cell(page).locator(".overlay")).to_have_attribute("data-words", "full")


@pytest.mark.parametrize(
    ("name", "letters", "changed"),
    [
        ("rotateRight", "APRL", lambda seen: np.rot90(seen, -1)),
        ("flipHorizontal", "RLAP", np.fliplr),
        ("invert", "LRAP", lambda seen: 255 - seen),
    ],
)
def test_turned_flipped_and_inverted_it_is_the_same_image(
    context, world, name, letters, changed
):
    page = opened(context, world)
    cell(page).focus()
    page.keyboard.press("Enter")  # one viewport, and a square of its middle
    before = square_of(read_cell(page))
    expect(side(page, "left")).to_have_text("R")
    tool(page, name).click()
    after = square_of(read_cell(page))
    expected = changed(before).astype(int)
    assert np.abs(after.astype(int) - expected).mean() < 2
    assert np.abs(after.astype(int) - before.astype(int)).mean() > 8
    seen = "".join(side(page, at).inner_text() for at in ("right", "left"))
    seen += "".join(side(page, at).inner_text() for at in ("top", "bottom"))
    assert seen == letters
    if name == "flipHorizontal":
        expect(cell(page)).to_contain_text("FLIPPED")
    tool(page, "reset").click()
    expect(side(page, "left")).to_have_text("R")
    assert np.abs(square_of(read_cell(page)).astype(int) - before).mean() < 1


def side(page, at):
    return cell(page).locator(f'[data-side="{at}"]')


def square_of(seen: np.ndarray) -> np.ndarray:
    """400 pixels about the middle, odd ones left out at the far edge."""
    row, column = seen.shape[0] // 2, seen.shape[1] // 2
    return seen[row - 200 : row + 200, column - 200 : column + 200]


def test_a_fine_screen_has_two_pixels_for_one(chromium, world):
    fine = chromium.new_context(
        viewport={"width": 1280, "height": 800}, device_scale_factor=2
    )
    page = opened(fine, world)
    box = cell(page).bounding_box()
    assert box is not None
    seen = read_cell(page)
    assert seen.shape == (2 * box["height"], 2 * box["width"])
    bar = cell(page).locator(".scale svg").bounding_box()
    assert bar is not None
    scale = view_of(page)["resolved"]["scale"]  # CSS pixels a millimetre
    assert bar["width"] - 1 == pytest.approx(100 * scale, abs=1)
    fine.close()


def test_the_scale_bar_is_as_long_as_it_says(context, world):
    page = opened(context, world)
    bar = cell(page).locator(".scale")
    expect(bar).to_have_text("10 cm")
    svg = bar.locator("svg").bounding_box()
    assert svg is not None
    scale = view_of(page)["resolved"]["scale"]
    assert svg["width"] - 1 == pytest.approx(100 * scale, abs=1)
    assert bar.get_attribute("data-source") == "patient"


@pytest.mark.requirement("R27")
def test_full_screen_keeps_the_patient_on_the_screen(context, world):
    page = opened(context, world)
    cell(page).focus()
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement !== null")
    whole = page.evaluate("[window.innerWidth, window.innerHeight]")
    banner = page.locator(".banner")
    for fact in ("Chest Sandbox", "1958-04-12", "SBX-0001"):
        expect(banner).to_contain_text(fact)
    box = banner.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, whole[0])
    on_top = page.evaluate(
        "() => document.elementFromPoint(60, 20).closest('.banner') !== null"
    )
    assert on_top
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement === null")
    expect(tool(page, "fullScreen")).to_have_attribute("aria-pressed", "false")


def test_a_window_is_typed_and_a_wrong_one_is_said_to_be_wrong(context, world):
    page = opened(context, world)
    tool(page, "windows").click()
    page.get_by_label("Width").fill("350")
    page.get_by_label("Level").fill("-20,5")  # both decimal signs are understood
    page.keyboard.press("Enter")
    expect(cell(page)).to_contain_text("W 350")
    assert window_of(page) == (350, -20.5)
    page.get_by_label("Width").fill("0")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("alert")).to_contain_text("the width must be above 0")
    assert window_of(page) == (350, -20.5)
    page.keyboard.press("Escape")
    expect(page.get_by_label("Width")).to_have_count(0)


def test_a_window_is_made_from_a_region(context, world):
    page = opened(context, world)
    tool(page, "windows").click()
    page.locator('[data-do="region"]').click()
    x, y = middle_of(cell(page))
    page.mouse.move(x - 60, y - 20)
    page.mouse.down()
    page.mouse.move(x - 20, y + 20, steps=4)
    expect(page.locator('[data-mark="region"]')).to_have_count(1)
    page.mouse.up()
    expect(page.locator('[data-mark="region"]')).to_have_count(0)
    width, _ = window_of(page)
    assert width != 1500
    shown = read_cell(page)
    box = cell(page).bounding_box()
    assert box is not None
    column, row = int(x - box["x"]), int(y - box["y"])
    inside = shown[row - 20 : row + 20, column - 60 : column - 20]
    assert inside.min() <= 5
    assert inside.max() >= 250


def test_an_automatic_window_is_made_from_the_image(context, world):
    page = opened(context, world)
    tool(page, "windows").click()
    page.locator('[data-do="auto"]').click()
    page.wait_for_function(
        "() => window.smartViewer.view(0).resolved.window.width !== 1500"
    )
    shown = read_cell(page)
    assert shown.min() == 0
    assert shown.max() == 255


def test_the_middle_button_pans_and_shift_windows(context, world):
    page = opened(context, world)
    tool(page, "zoom").click()
    drag(page, 40, 0, "middle")
    assert view_of(page)["cell"]["view"]["centerPx"] is not None
    assert view_of(page)["cell"]["view"]["zoom"] == 1
    page.keyboard.down("Shift")
    drag(page, 60, 0)
    page.keyboard.up("Shift")
    assert window_of(page)[0] > 1500
    assert view_of(page)["cell"]["view"]["zoom"] == 1


def test_both_buttons_together_scroll(context, world):
    page = opened(context, world)
    before = view_of(page)["cell"]
    x, y = middle_of(cell(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.down(button="right")
    page.mouse.move(x, y + 30, steps=5)
    page.mouse.up(button="right")
    page.mouse.up()
    after = view_of(page)["cell"]
    assert after["frameIndex"] > before["frameIndex"]
    assert after["view"] == before["view"]
    expect(page.get_by_role("menu")).to_have_count(0)


def test_alt_scrolls_fast(context, world):
    page = opened(context, world)
    before = view_of(page)["cell"]["frameIndex"]
    page.keyboard.down("Alt")
    drag(page, 0, 12)
    page.keyboard.up("Alt")
    assert view_of(page)["cell"]["frameIndex"] - before >= 20


def test_the_wheel_scrolls_and_zooms_with_ctrl(context, world):
    page = opened(context, world)
    before = view_of(page)["cell"]["frameIndex"]
    page.mouse.move(*middle_of(cell(page)))
    page.mouse.wheel(0, 120)
    page.wait_for_selector(f'[data-cell="0"][data-frame="{before + 1}"]')
    page.keyboard.down("Control")
    page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    page.wait_for_function("() => window.smartViewer.view(0).cell.view.zoom > 1")
    assert view_of(page)["cell"]["frameIndex"] == before + 1


def test_a_clip_is_played_faster_back_and_forth_and_between_two_images(context, world):
    page = opened(context, world, ULTRASOUND)
    bar = cell(page).locator(".cine-bar")
    play = bar.locator("[data-cine]")
    rate = float(play.get_attribute("data-rate") or "nan")
    bar.locator('[data-do="faster"]').click()
    expect(play).to_have_attribute("data-rate", re.compile(rf"^{1.25 * rate:.4g}"[:4]))
    bar.locator('[data-do="sweep"]').click()
    expect(bar.locator('[data-do="sweep"]')).to_have_attribute("aria-pressed", "true")
    bar.locator('[data-do="from"]').fill("3")
    bar.locator('[data-do="to"]').fill("5")
    bar.locator('[data-do="to"]').blur()
    play.click()
    expect(play).to_have_attribute("data-cine", "playing")
    seen = page.evaluate(
        """async () => {
          const seen = new Set();
          while (seen.size < 3) {
            await new Promise((next) => requestAnimationFrame(next));
            seen.add(window.smartViewer.view(0).cell.frameIndex);
          }
          return [...seen].sort();
        }"""
    )
    assert set(seen) >= {2, 3, 4}
    play.click()
    expect(play).to_have_attribute("data-cine", "still")
    assert view_of(page)["cell"]["frameIndex"] in {2, 3, 4}
