"""WCAG 2.3.1: a clip that would flash more than three times a second asks first.

The clip is made here: black and white by turns, twenty pictures a second, ten flashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from keyboard import reach
from playwright.sync_api import BrowserContext, Page, expect
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundMultiFrameImageStorage
from screen import wait_shown
from world import World, running_world

SIDE, FRAMES, RATE = 48, 20, 20
ROOT = "1.2.826.0.1.3680043.10.1677.78"


def write_clip(folder: Path) -> None:
    frames = np.zeros((FRAMES, SIDE, SIDE), dtype=np.uint8)
    frames[1::2] = 255
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = UltrasoundMultiFrameImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.1.1"
    values = {
        "SOPClassUID": UltrasoundMultiFrameImageStorage,
        "SOPInstanceUID": f"{ROOT}.1.1",
        "StudyInstanceUID": ROOT,
        "SeriesInstanceUID": f"{ROOT}.1",
        "PatientID": "SBX-FLASH",
        "PatientName": "Sandbox^Flash",
        "PatientBirthDate": "19700102",
        "PatientSex": "O",
        "AccessionNumber": "ACCFLASH",
        "StudyDate": "20240102",
        "StudyTime": "030405",
        "StudyDescription": "Flashing clip",
        "SeriesDescription": "Black and white",
        "Modality": "US",
        "SeriesNumber": 1,
        "InstanceNumber": 1,
        "Rows": SIDE,
        "Columns": SIDE,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "NumberOfFrames": FRAMES,
        "FrameTime": 1000 / RATE,
        "FrameIncrementPointer": 0x00181063,
        "WindowCenter": 128,
        "WindowWidth": 256,
        "PixelData": frames.tobytes(),
    }
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    dataset.save_as(folder / "clip.dcm", enforce_file_format=True)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("clip")
    write_clip(folder)
    with running_world(tmp_path_factory.mktemp("clip_state"), folder) as world:
        yield world


@pytest.fixture
def page(context: BrowserContext, clip: World) -> Page:
    """All of the clip is here, and its cell has the focus."""
    page = context.new_page()
    page.goto(clip.launch_url(clip.order_ids()[0]))
    wait_shown(page, 0)
    progress = page.locator(f'.status-progress[data-ready="{FRAMES}"]')
    expect(progress).to_be_visible()
    page.locator('[data-cell="0"]').focus()
    return page


def test_it_asks_before_it_plays_and_stays_still_on_demand(page):
    page.keyboard.press("c")
    warning = page.locator("[data-flashing]")
    expect(warning).to_contain_text("flash more than three times a second")
    expect(page.locator("[data-cine=playing]")).to_have_count(0)
    reach(page, '[data-do="still"]')
    page.keyboard.press("Enter")
    expect(warning).to_have_count(0)
    expect(page.locator("[data-cine=still]")).to_be_visible()


def test_it_plays_where_the_reader_says_so_and_asks_no_second_time(page):
    page.locator("[data-cine]").click()
    page.locator('[data-do="play"]').click()
    expect(page.locator("[data-cine=playing]")).to_be_visible()
    page.locator("[data-cine]").click()
    expect(page.locator("[data-cine=still]")).to_be_visible()
    page.locator("[data-cine]").click()
    expect(page.locator("[data-cine=playing]")).to_be_visible()
    expect(page.locator("[data-flashing]")).to_have_count(0)


def test_escape_is_an_answer_and_the_safe_one(page):
    page.keyboard.press("c")
    expect(page.locator("[data-flashing]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-flashing]")).to_have_count(0)
    expect(page.locator("[data-cine=still]")).to_be_visible()
