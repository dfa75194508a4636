"""The readout of one pixel, against pydicom's reading of the same file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from screen import view_of, wait_shown
from world import World, running_world

PLACES = ((0.5, 0.5), (0.31, 0.44), (0.62, 0.27))  # shares of the cell
MINUS = "\N{MINUS SIGN}"


@pytest.fixture(scope="module")
def echo(
    need: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One colour ultrasound, RGB."""
    folder = need("data") / "us_single_rgb_demo"
    with running_world(tmp_path_factory.mktemp("echo"), folder) as world:
        yield world


def opened(context: BrowserContext, world: World) -> Page:
    page = context.new_page()
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    return page


def read_at(page: Page, place: tuple[float, float]) -> tuple[int, int, str]:
    """Column, row (from 0) and words under the pointer in cell 0."""
    box = page.locator('[data-cell="0"]').bounding_box()
    assert box is not None
    x, y = box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]
    page.mouse.move(x, y)
    line = page.locator('[data-cell="0"] [data-readout="pointer"]')
    expect(line).to_be_visible()
    view = view_of(page)["resolved"]["imageFromScreen"]
    # The cell listens within its border; half a pixel decides nothing here.
    inside = (x - box["x"], y - box["y"])
    column = view["xx"] * inside[0] + view["xy"] * inside[1] + view["x0"]
    row = view["yx"] * inside[0] + view["yy"] * inside[1] + view["y0"]
    at = (
        int(line.get_attribute("data-column") or -1),
        int(line.get_attribute("data-row") or -1),
    )
    assert at == (int(np.floor(column)), int(np.floor(row)))
    return *at, line.inner_text()


def number(text: str) -> float:
    return float(text.replace(MINUS, "-"))


def test_a_ct_pixel_reads_as_pydicom_reads_it(context, nlst, need):
    page = opened(context, nlst)
    files = [
        pydicom.dcmread(file)
        for file in (need("data") / "ct_chest_nlst_101287").rglob("*.dcm")
    ]
    slices = sorted(
        (file for file in files if file.Modality == "CT"),
        key=lambda one: float(one.ImagePositionPatient[2]),
    )
    shown = slices[view_of(page)["cell"]["frameIndex"]]
    for place in PLACES:
        column, row, text = read_at(page, place)
        stored = int(shown.pixel_array[row, column])
        hu = stored * float(shown.RescaleSlope) + float(shown.RescaleIntercept)
        words = re.search(rf"stored ({MINUS}?[\d.]+) · ({MINUS}?[\d.]+)", text)
        assert words is not None, text
        assert (number(words[1]), number(words[2])) == (stored, hu)
        assert text.startswith(f"column {column + 1}, row {row + 1} ")


def test_a_colour_pixel_reads_as_pydicom_reads_it(context, echo, need):
    page = opened(context, echo)
    (file,) = (
        file
        for file in (need("data") / "us_single_rgb_demo").rglob("*")
        if file.is_file() and pydicom.misc.is_dicom(file)
    )
    pixels = pydicom.dcmread(file).pixel_array
    for place in PLACES:
        column, row, text = read_at(page, place)
        red, green, blue = pixels[row, column]
        assert f"R {red} G {green} B {blue}" in text


def test_a_key_reads_the_middle_without_a_pointer(context, nlst):
    page = opened(context, nlst)
    page.keyboard.press("d")
    line = page.locator('[data-cell="0"] [data-readout="middle"]')
    expect(line).to_contain_text("stored")
    expect(line).to_have_attribute("data-column", re.compile(r"^\d+$"))
    page.keyboard.press("d")
    expect(line).to_have_count(0)
