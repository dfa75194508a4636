"""Viewports beside each other: priors, links, lines and one point in all (ux.md 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import Locator, Page, expect
from screen import read_cell, view_of, wait_shown
from spots import cell, middle_of, tool, window_of
from staged import opened

BRAIN = 4
AXIAL, SAGITTAL = 3, 7  # cells of the brain
FOLDERS = {AXIAL: "t2", SAGITTAL: "sag_t1"}


def test_the_prior_is_one_key_away_and_one_back(context, world):
    page = opened(context, world, cells=2)
    cell(page).focus()
    page.keyboard.press("p")
    expect(page.locator('[data-cell][data-role="prior"]').first).to_be_visible()
    tool(page, "prior").click()
    expect(page.locator('[data-cell][data-role="prior"]')).to_have_count(0)


def test_linked_viewports_keep_one_window_where_the_plan_hangs_them_alike(
    context, world
):
    page = opened(context, world)
    page.keyboard.press("p")
    for index in range(4):
        wait_shown(page, index)
    lungs = [i for i in range(4) if window_of(page, i) == (1500, -600)]
    others = [i for i in range(4) if i not in lungs]
    assert len(lungs) == 2
    cell(page, lungs[0]).click()
    page.keyboard.press("3")
    expect(cell(page, lungs[1])).to_contain_text("W 2500 L 480")
    assert all(window_of(page, i) != (2500, 480) for i in others)


def test_linked_viewports_scroll_zoom_and_pan_together(context, world):
    page = opened(context, world, cells=2)
    hand_over(page, 0)
    before = [view_of(page, index)["resolved"]["positionMm"] for index in (0, 1)]
    assert before[0] == before[1]
    page.mouse.wheel(0, 120)
    page.wait_for_selector('[data-cell="0"][data-frame="80"]')
    page.wait_for_selector('[data-cell="1"][data-frame="80"]')
    tool(page, "zoom").click()
    dragged(page, 0, 0, -60)
    zooms = [view_of(page, index)["cell"]["view"]["zoom"] for index in (0, 1)]
    assert zooms[0] == pytest.approx(zooms[1])
    assert zooms[0] > 1.2
    tool(page, "pan").click()
    dragged(page, 0, 30, 20)
    assert looked_at(page, 0) == pytest.approx(looked_at(page, 1), abs=0.01)
    tool(page, "link").click()  # alone from here on
    dragged(page, 0, 30, 20)
    assert looked_at(page, 0) != pytest.approx(looked_at(page, 1), abs=1)


def hand_over(page: Page, index: int) -> None:
    page.mouse.move(*middle_of(cell(page, index)))


def dragged(page: Page, index: int, dx: float, dy: float) -> None:
    x, y = middle_of(cell(page, index))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=5)
    page.mouse.up()


def looked_at(page: Page, index: int) -> tuple[float, float]:
    """The image point in the middle of the cell."""
    box = cell(page, index).bounding_box()
    assert box is not None
    return on_image(page, index, box["width"] / 2, box["height"] / 2)


def test_the_slice_of_the_active_viewport_is_a_line_in_the_others(
    context, world, samples
):
    page = opened(context, world, BRAIN, cells=8)
    cell(page, AXIAL).focus()
    line = cell(page, SAGITTAL).locator('[data-mark="reference"] .mark-reference')
    expect(line).to_have_count(1)
    expect(cell(page, AXIAL).locator('[data-mark="reference"]')).to_have_count(0)
    assert_lies_in_both_planes(page, line, samples)
    pixels = read_cell(page, SAGITTAL)
    before = line.get_attribute("y1") or ""
    page.keyboard.press("s")  # unlinked: only the line moves
    page.keyboard.press("ArrowDown")
    expect(line).not_to_have_attribute("y1", before)
    assert_lies_in_both_planes(page, line, samples)
    assert (read_cell(page, SAGITTAL) == pixels).all()
    tool(page, "references").click()
    expect(page.locator('[data-mark="reference"]')).to_have_count(0)


def test_one_point_is_shown_in_every_viewport_of_its_frame_of_reference(
    context, world, samples
):
    page = opened(context, world, BRAIN, cells=8)
    cell(page, AXIAL).focus()
    page.keyboard.press("g")
    box = cell(page, AXIAL).bounding_box()
    assert box is not None
    x, y = middle_of(cell(page, AXIAL))
    page.mouse.click(x + 40, y - 10)
    marks = page.locator('[data-mark="cursor"][data-in-slice="true"]')
    expect(marks).to_have_count(8)
    axial = plane(page, AXIAL, samples)
    point = axial.at(*on_image(page, AXIAL, x + 40 - box["x"], y - 10 - box["y"]))
    sagittal = plane(page, SAGITTAL, samples)
    thickness = 5
    assert abs((point - sagittal.corner) @ sagittal.normal) <= thickness / 2
    mark = cell(page, SAGITTAL).locator('[data-mark="cursor"]')
    found = re.findall(r"-?[\d.]+", mark.get_attribute("transform") or "")
    seen = sagittal.at(*on_image(page, SAGITTAL, *map(float, found)))
    beside = seen - point
    assert np.abs(beside - (beside @ sagittal.normal) * sagittal.normal).max() < 0.01
    page.keyboard.press("Escape")
    expect(page.locator('[data-mark="cursor"]')).to_have_count(0)


@dataclass(frozen=True)
class Plane:
    """One slice as its file says it lies, LPS mm."""

    corner: np.ndarray  # centre of the first pixel
    across: np.ndarray  # one column on
    down: np.ndarray  # one row on
    normal: np.ndarray
    columns: int
    rows: int

    def at(self, x: float, y: float) -> np.ndarray:
        """Of an image point: the first pixel's centre is (0.5, 0.5)."""
        return self.corner + (x - 0.5) * self.across + (y - 0.5) * self.down


def plane(page: Page, index: int, samples: Path) -> Plane:
    """The slice of the cell, found among the files of its series by its position."""
    position = view_of(page, index)["resolved"]["positionMm"]
    for file in sorted((samples / "brain" / FOLDERS[index]).glob("*.dcm")):
        head = pydicom.dcmread(file, stop_before_pixels=True)
        row, column = np.array(head.ImageOrientationPatient, float).reshape(2, 3)
        corner = np.array(head.ImagePositionPatient, float)
        normal = np.cross(row, column)
        if abs(corner @ normal - position) < 1e-3:
            down, across = map(float, head.PixelSpacing)
            size = (head.Columns, head.Rows)
            return Plane(corner, row * across, column * down, normal, *size)
    raise AssertionError("no file of the series lies there")


def on_image(page: Page, index: int, x: float, y: float) -> tuple[float, float]:
    """From CSS pixels of the cell to its image."""
    map_ = view_of(page, index)["resolved"]["imageFromScreen"]
    return (
        map_["xx"] * x + map_["xy"] * y + map_["x0"],
        map_["yx"] * x + map_["yy"] * y + map_["y0"],
    )


def assert_lies_in_both_planes(page: Page, line: Locator, samples: Path) -> None:
    """Both ends are points of both slices, and at the edge of one of the images."""
    axial, sagittal = plane(page, AXIAL, samples), plane(page, SAGITTAL, samples)
    for end in (1, 2):
        x, y = (float(line.get_attribute(f"{axis}{end}") or "nan") for axis in "xy")
        u, v = on_image(page, SAGITTAL, x, y)
        point = sagittal.at(u, v)
        assert abs((point - axial.corner) @ axial.normal) < 0.01  # mm
        steps = np.array([axial.across, axial.down])
        beside = (point - axial.corner) @ steps.T / (steps**2).sum(axis=1) + 0.5
        edges = (u, v, sagittal.columns - u, sagittal.rows - v)
        others = (*beside, axial.columns - beside[0], axial.rows - beside[1])
        away = np.array([*edges, *others])
        assert away.min() == pytest.approx(0, abs=0.01)
