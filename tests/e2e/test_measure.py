"""Each kind of measurement by mouse, against hand computation."""

from __future__ import annotations

import math
import re

import numpy as np
import pydicom
import pytest
from measured_images import (
    BETWEEN_COLUMNS_MM,
    BETWEEN_ROWS_MM,
    COLUMNS,
    DETECTOR_MM,
    INTERCEPT,
    MAGNIFICATION,
    ROWS,
    stored,
)
from measuring_hand import (
    MINUS,
    A,
    B,
    C,
    D,
    Hand,
    Point,
    direction,
    marks,
    mm,
    name_of,
    numbers,
    opened,
)
from playwright.sync_api import Page, expect
from screen import view_of, wait_shown


def degrees(u: Point, v: Point) -> float:
    cross, dot = u[0] * v[1] - u[1] * v[0], u[0] * v[0] + u[1] * v[1]
    return math.degrees(math.atan2(abs(cross), dot))


def hu(page: Page) -> np.ndarray:
    index = view_of(page)["cell"]["frameIndex"]
    return stored(index).astype(float) + INTERCEPT


def centres() -> tuple[np.ndarray, np.ndarray]:
    """(x, y) of every pixel's centre."""
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
    return columns + 0.5, rows + 0.5


def test_a_length_is_that_of_the_patient_on_pixels_that_are_not_square(hand):
    hand.page.keyboard.press("m")
    hand.drag(A, (0.5, 0.5), B)
    expected = mm(hand.image(A), hand.image(B))
    text = name_of(hand.page)
    assert text == f"Length 1: {expected:.1f} mm, in the patient"


def test_two_clicks_measure_as_a_drag_does(hand):
    hand.page.keyboard.press("m")
    hand.click(A, B)
    expected = mm(hand.image(A), hand.image(B))
    assert name_of(hand.page).startswith(f"Length 1: {expected:.1f} mm")


def test_two_axes_stand_at_a_right_angle_in_the_patient(hand):
    hand.choose("bidirectional")
    hand.drag(A, B)
    hand.drag(C, D)
    long = mm(hand.image(A), hand.image(B))
    u = direction(hand.image(A), hand.image(B))
    v = direction(hand.image(C), hand.image(D))
    across = abs(u[0] * v[1] - u[1] * v[0]) / math.hypot(*u)
    expected = sorted([long, across], reverse=True)
    assert numbers(name_of(hand.page)) == pytest.approx(expected, abs=0.05)


def test_an_angle_is_that_of_the_patient(hand):
    hand.choose("angle")
    hand.drag(A, B)
    hand.click(C)
    vertex = hand.image(B)
    expected = degrees(
        direction(vertex, hand.image(A)), direction(vertex, hand.image(C))
    )
    assert name_of(hand.page) == f"Angle 1: {expected:.1f}°, in the patient"


def test_a_cobb_angle_is_that_between_its_lines(hand):
    hand.choose("cobb")
    hand.drag(A, B)
    hand.drag(C, D)
    first = direction(hand.image(A), hand.image(B))
    second = direction(hand.image(C), hand.image(D))
    expected = degrees(first, second)
    assert name_of(hand.page).startswith(f"Cobb angle 1: {expected:.1f}°")


@pytest.mark.parametrize("kind", ["ellipse", "rectangle"])
def test_a_region_has_area_and_statistics_of_native_pixels(hand, kind):
    hand.choose(kind)
    hand.drag(A, D)
    p, q = hand.image(A), hand.image(D)
    center = ((p[0] + q[0]) / 2, (p[1] + q[1]) / 2)
    half = (abs(q[0] - p[0]) / 2, abs(q[1] - p[1]) / 2)
    x, y = centres()
    u, v = (x - center[0]) / half[0], (y - center[1]) / half[1]
    inside = u**2 + v**2 <= 1 if kind == "ellipse" else (abs(u) <= 1) & (abs(v) <= 1)
    share = math.pi / 4 if kind == "ellipse" else 1
    area = 4 * half[0] * half[1] * BETWEEN_COLUMNS_MM * BETWEEN_ROWS_MM * share
    assert_region(hand.page, area, hu(hand.page)[inside])


def assert_region(page: Page, area: float, values: np.ndarray) -> None:
    expect(marks(page).last).to_have_attribute("aria-label", re.compile("Mean"))
    said = numbers(name_of(page).replace("mm²", "mm"))
    spread = values.mean(), values.std(ddof=1), values.min(), values.max()
    assert said[0] == pytest.approx(area, rel=0.005)
    assert said[1:5] == pytest.approx(spread, abs=0.051)
    assert said[5] == values.size


def test_a_freehand_region_follows_the_hand(hand):
    hand.choose("freehand")
    outline = [A, (0.5, 0.32), B, (0.56, 0.6), C]
    hand.drag(*outline)
    points = [hand.image(place) for place in outline]
    turned = zip(points, points[1:] + points[:1], strict=True)
    twice = sum(a[0] * b[1] - a[1] * b[0] for a, b in turned)
    area = abs(twice) / 2 * BETWEEN_COLUMNS_MM * BETWEEN_ROWS_MM
    x, y = centres()
    inside = np.zeros(x.shape, dtype=bool)
    for a, b in zip(points, points[1:] + points[:1], strict=True):
        crosses = (a[1] <= y) != (b[1] <= y)
        at = a[0] + (y - a[1]) * (b[0] - a[0]) / ((b[1] - a[1]) or 1)
        inside ^= crosses & (x >= at)
    assert_region(hand.page, area, hu(hand.page)[inside])


def test_a_probe_reads_its_pixel(hand):
    hand.choose("probe")
    hand.click(B)
    x, y = hand.image(B)
    value = int(hu(hand.page)[int(y), int(x)])
    assert name_of(hand.page) == f"Probe 1: {value} HU".replace("-", MINUS)


def test_an_arrow_and_a_text_ask_for_their_words(hand):
    page = hand.page
    hand.choose("arrow")
    hand.drag(A, B)
    page.keyboard.type("Nodule")
    page.keyboard.press("Enter")
    expect(marks(page)).to_have_count(1)
    hand.choose("text")
    hand.click(C)
    page.keyboard.type("see prior")
    page.keyboard.press("Enter")
    expect(marks(page)).to_have_count(2)
    cell = page.locator('[data-cell="0"]')
    for words in ("Nodule", "see prior"):
        expect(cell.locator(".annotation-text", has_text=words)).to_be_visible()


def test_a_text_without_words_is_not_kept(hand):
    hand.choose("text")
    hand.click(C)
    field = hand.page.locator(".annotation-field")
    expect(field).to_be_focused()
    field.press("Enter")
    expect(field).to_have_count(0)
    expect(marks(hand.page)).to_have_count(0)


def test_a_projection_says_that_its_millimetres_are_at_the_detector(
    context, radiograph
):
    hand = Hand(opened(context, radiograph))
    hand.page.keyboard.press("m")
    hand.drag(A, B)
    a, b = hand.image(A), hand.image(B)
    length = math.hypot(b[0] - a[0], b[1] - a[1]) * DETECTOR_MM
    text = name_of(hand.page)
    assert f"{length:.1f} mm, at detector" in text
    in_object = f"{length / MAGNIFICATION:.1f} mm in the object's plane, estimated"
    assert in_object in text


def test_on_the_phantom_a_region_says_what_numpy_says(context, world, samples):
    page = context.new_page()
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    hand = Hand(page)
    page.keyboard.press("Shift+m")
    hand.drag((0.35, 0.4), (0.6, 0.62))
    p, q = hand.image((0.35, 0.4)), hand.image((0.6, 0.62))
    index = view_of(page)["cell"]["frameIndex"]
    files = [
        pydicom.dcmread(file) for file in (samples / "chest" / "lung").glob("*.dcm")
    ]
    shown = sorted(files, key=lambda one: float(one.ImagePositionPatient[2]))[index]
    pixels = shown.pixel_array.astype(float)
    values = pixels * float(shown.RescaleSlope) + float(shown.RescaleIntercept)
    rows, columns = np.mgrid[0 : shown.Rows, 0 : shown.Columns] + 0.5
    u = (columns - (p[0] + q[0]) / 2) / (abs(q[0] - p[0]) / 2)
    v = (rows - (p[1] + q[1]) / 2) / (abs(q[1] - p[1]) / 2)
    inside = (u**2 + v**2 <= 1) & (pixels != shown.get("PixelPaddingValue", np.inf))
    by_rows, by_columns = (float(step) for step in shown.PixelSpacing)
    box = abs(q[0] - p[0]) * by_columns * abs(q[1] - p[1]) * by_rows
    assert_region(page, box * math.pi / 4, values[inside])
