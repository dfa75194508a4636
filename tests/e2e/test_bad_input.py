"""What bad input gets: a word, a next step, and nothing else hidden (DESIGN 5)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import Locator, Page, expect
from pydicom.encaps import encapsulate
from pydicom.uid import MPEG2MPML, RLELossless, generate_uid
from screen import read_cell, wait_shown
from world import Walk, World, running_world

SLICES = range(60, 63)


@pytest.fixture(scope="module")
def odd(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A study whose series are each broken in another way, beside a whole one."""
    folder = tmp_path_factory.mktemp("odd")
    for number, (name, break_it) in enumerate(ODDITIES.items(), start=1):
        uid = generate_uid(entropy_srcs=[name])
        for index in SLICES:
            dataset = pydicom.dcmread(samples / "chest" / "lung" / f"{index:04d}.dcm")
            dataset.SeriesInstanceUID = uid
            dataset.SeriesNumber, dataset.SeriesDescription = number, name
            dataset.SOPInstanceUID = generate_uid(entropy_srcs=[name, str(index)])
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            break_it(dataset)
            dataset.save_as(folder / f"{number}-{index}.dcm")
    whole = (samples / "chest" / "lung" / "0001.dcm").read_bytes()
    (folder / "truncated.dcm").write_bytes(whole[:700])
    (folder / "notes.txt").write_text("not DICOM at all")
    (folder / "empty.dcm").write_bytes(b"")
    with running_world(tmp_path_factory.mktemp("odd-state"), folder) as world:
        yield world


JPEG_PROCESS_15 = "1.2.840.10008.1.2.4.58"  # retired


def _whole(dataset: pydicom.Dataset) -> None:
    pass


def _no_pixels(dataset: pydicom.Dataset) -> None:
    del dataset.PixelData


def _rle(dataset: pydicom.Dataset) -> None:
    dataset.decompress()
    dataset.compress(RLELossless, generate_instance_uid=False)


def _film(dataset: pydicom.Dataset) -> None:
    dataset.PixelData = encapsulate([b"\x00\x00\x01\xb3" + bytes(60)])
    dataset.file_meta.TransferSyntaxUID = MPEG2MPML


def _arithmetic(dataset: pydicom.Dataset) -> None:
    dataset.PixelData = encapsulate([b"\xff\xd8\xff\xd9"])
    dataset.file_meta.TransferSyntaxUID = JPEG_PROCESS_15


def _no_geometry(dataset: pydicom.Dataset) -> None:
    del dataset.ImagePositionPatient, dataset.ImageOrientationPatient
    del dataset.PixelSpacing
    dataset.pop("PatientOrientation", None)


def _garbled(dataset: pydicom.Dataset) -> None:
    dataset.PixelData = encapsulate([b"\xff\xd8" + b"\x00" * 5000 + b"\xff\xd9"])


ODDITIES: dict[str, Callable[[pydicom.Dataset], None]] = {
    "WHOLE": _whole,
    "NO PIXELS": _no_pixels,
    "RLE": _rle,
    "FILM": _film,
    "ARITHMETIC": _arithmetic,
    "NO GEOMETRY": _no_geometry,
    "GARBLED": _garbled,
}


@pytest.fixture
def page(odd: World, context) -> Page:
    page = context.new_page()
    page.goto(odd.launch_url(odd.order_ids()[0]))
    wait_shown(page, 0)
    return page


def test_bad_files_are_listed_with_reasons_and_hide_nothing(odd):
    failed = dict(odd.archive.inner.failed_files())
    assert set(failed) == {"truncated.dcm", "notes.txt", "empty.dcm"}
    assert all(failed.values())


def test_the_whole_series_is_shown_beside_the_broken_ones(page):
    assert read_cell(page, 0).max() > 200


@pytest.mark.parametrize(
    ("series", "words"),
    [
        ("NO PIXELS", "no pixel data"),
        ("FILM", "MPEG2 Main Profile"),
        ("ARITHMETIC", "JPEG Lossless (Process 15)"),
    ],
)
def test_a_series_that_cannot_be_shown_says_why(page, series, words):
    row = page.locator(f'[data-series][title="{series}"]')
    expect(row).to_contain_text(words, ignore_case=True)


def test_a_series_in_rle_is_shown_like_the_whole_one(page):
    whole = read_cell(page, 0)
    chosen(page, "RLE")
    wait_shown(page, 0)
    assert np.array_equal(read_cell(page, 0), whole)


def chosen(page: Page, series: str) -> Locator:
    """The first cell, with that series put into it from the list."""
    page.locator('[data-cell="0"]').click()
    page.locator(f'[data-series][title="{series}"]').click()
    cell = page.locator('[data-cell="0"]')
    expect(cell).to_contain_text(series)
    return cell


def test_a_series_without_geometry_is_shown_without_millimetres_or_letters(page):
    cell = chosen(page, "NO GEOMETRY")
    expect(cell).to_have_attribute("data-status", "shown")
    expect(cell.locator("[data-side]")).to_have_text(["", "", "", ""])
    expect(cell).not_to_contain_text("-273")


def test_frames_that_cannot_be_decoded_are_an_error_in_words_never_black(page):
    cell = chosen(page, "GARBLED")
    expect(cell).to_have_attribute("data-status", "error", timeout=30_000)
    expect(cell).to_contain_text("Retry")


def test_a_file_that_changed_since_it_was_indexed_is_an_error_in_words(
    samples, context, tmp_path
):
    folder = tmp_path / "images"
    shutil.copytree(samples / "mismatch", folder)
    with running_world(tmp_path, folder) as world:
        for file in folder.rglob("*.dcm"):
            file.write_bytes(file.read_bytes() + b"\0\0")
        page = context.new_page()
        page.goto(world.launch_url(world.order_ids()[0]))
        cell = page.locator('[data-cell="0"]')
        expect(cell).to_have_attribute("data-status", "error", timeout=30_000)
        expect(cell).to_contain_text("changed or removed")
        expect(cell).to_contain_text("Retry")


@pytest.mark.requirement("R13")
def test_a_denied_launch_says_so_and_escapes_what_the_ehr_said(world):
    faults = world.ehr.extensions["sandbox_faults"]
    faults.auth_error = "access_denied"
    faults.auth_error_description = "<script>alert(1)</script>"
    try:
        answer = Walk().get(
            world.launch_url(world.order_ids()[0]), headers={"Accept": "text/html"}
        )
    finally:
        faults.clear()
    assert answer.status_code == 400
    assert "Access was declined in the EHR" in answer.text
    assert "Open the viewer again from the EHR" in answer.text
    assert "<script>alert" not in answer.text


def test_a_browser_without_webgl2_is_told_what_to_do(world, start_chromium):
    browser = start_chromium("--disable-3d-apis")
    page = browser.new_page()
    page.goto(world.launch_url(world.order_ids()[0]))
    body = page.locator("body")
    expect(page.locator("[data-state]")).to_have_attribute("data-state", "unsupported")
    expect(body).to_contain_text("WebGL")
    expect(body).to_contain_text("SBX-0001")  # the banner stays
    expect(body).to_contain_text("CHEST 2.0 SOFT")  # and so does the list
    browser.close()


def test_a_lost_context_comes_back_with_the_same_picture(world, context):
    page = context.new_page()
    page.goto(world.launch_url(world.order_ids()[0]))
    wait_shown(page, 0)
    before = read_cell(page, 0)
    page.evaluate(
        """() => {
          const gl = document.querySelector("canvas.image").getContext("webgl2");
          window.lost = gl.getExtension("WEBGL_lose_context");
          window.lost.loseContext();
        }"""
    )
    expect(page.locator('[data-cell="0"]')).not_to_have_attribute(
        "data-status", "shown"
    )
    page.evaluate("() => window.lost.restoreContext()")
    wait_shown(page, 0)
    assert (read_cell(page, 0) == before).all()
