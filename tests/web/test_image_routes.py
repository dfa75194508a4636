"""Frames, tables, overlays and pictures of a reading, over HTTP. Oracle: the test."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
)
from world import Walk, running_world

ROWS, COLUMNS = 3, 5
RAMP = np.arange(ROWS * COLUMNS, dtype=np.uint16).reshape(ROWS, COLUMNS)
CURVE = np.array([0, 1000, 4095], dtype="<u2")
MARKS = [0b0000_0101, 0b0100_0000, 0b0100_0001, 0b0000_0000]  # two frames of 15 bits
ROOT = "2.999.27182818"


def radiograph(number: int, **changes: Any) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    values: dict[str, Any] = {
        "SOPClassUID": ComputedRadiographyImageStorage,
        "SOPInstanceUID": f"{ROOT}.{number}.1",
        "StudyInstanceUID": ROOT,
        "SeriesInstanceUID": f"{ROOT}.{number}",
        "PatientID": "SBX-27182",
        "PatientName": "Sandbox^Routes",
        "PatientBirthDate": "19500102",
        "PatientSex": "O",
        "AccessionNumber": "ACC27182",
        "StudyDate": "20240102",
        "StudyTime": "101112",
        "Modality": "CR",
        "SeriesNumber": number,
        "InstanceNumber": 1,
        "Rows": ROWS,
        "Columns": COLUMNS,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "PixelData": RAMP.tobytes(),
    }
    for keyword, value in (values | changes).items():
        setattr(dataset, keyword, value)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return dataset


def with_curve() -> Dataset:
    item = Dataset()
    item.LUTDescriptor = [3, 0, 12]
    item.LUTExplanation = "CURVE"
    item["LUTDescriptor"].VR = "US"
    item.add_new("LUTData", "OW", CURVE.tobytes())
    return radiograph(1, VOILUTSequence=[item])


def with_overlay() -> Dataset:
    """One overlay of two frames; the image has one, so the first counts."""
    dataset = radiograph(2, WindowCenter="7.5", WindowWidth="15")
    dataset.add_new(0x60000010, "US", ROWS)
    dataset.add_new(0x60000011, "US", COLUMNS)
    dataset.add_new(0x60000015, "IS", "2")
    dataset.add_new(0x60000040, "CS", "G")
    dataset.add_new(0x60000050, "SS", [1, 1])
    dataset.add_new(0x60000051, "US", 1)
    dataset.add_new(0x60000100, "US", 1)
    dataset.add_new(0x60000102, "US", 0)
    dataset.add_new(0x60003000, "OW", bytes(MARKS))
    return dataset


def in_big_endian() -> Dataset:
    dataset = radiograph(3, PixelData=RAMP.byteswap().tobytes())
    dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    return dataset


@dataclass
class Opened:
    walk: Walk
    base: str
    secret: str
    plan: dict[str, Any]

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.walk.get(
            f"{self.base}{path}", headers={"X-Reading": self.secret} | headers
        )


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    state: Path = tmp_path_factory.mktemp("routes")
    folder = state / "images"
    folder.mkdir()
    for dataset in (with_curve(), with_overlay(), in_big_endian()):
        name = f"{dataset.SeriesNumber}.dcm"
        dataset.save_as(folder / name, enforce_file_format=True)
    with running_world(state, folder) as world:
        walk = Walk()
        page = walk.get(world.launch_url(world.order_ids()[0])).text
        found = re.search(r'id="boot">(.*?)</script>', page, re.DOTALL)
        assert found
        boot = json.loads(found[1])
        url = f"{world.app_url}{boot['base']}"
        yield Opened(walk, url, boot["secret"], boot["plan"])


def test_a_table_comes_as_little_endian_words(reading: Opened):
    image = reading.plan["displaySets"][0]["image"]
    (table,) = image["voiLuts"]
    assert table == {
        "index": 0,
        "first": 0,
        "count": 3,
        "bits": 12,
        "explanation": "CURVE",
    }
    answer = reading.get("/d/0/t/0")
    assert (answer.status_code, answer.content) == (200, CURVE.tobytes())
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_overlay_comes_as_its_own_bits_alone(reading: Opened):
    image = reading.plan["displaySets"][1]["image"]
    (overlay,) = image["overlays"]  # its second frame has no image to lie on
    assert (overlay["rows"], overlay["columns"]) == (ROWS, COLUMNS)
    whole = int.from_bytes(bytes(MARKS), "little") & 0x7FFF
    answer = reading.get("/d/1/o/0")
    assert answer.content == whole.to_bytes(2, "little")


def test_big_endian_is_sent_in_little_endian_and_said_so(reading: Opened):
    image = reading.plan["displaySets"][2]["image"]
    answer = reading.get("/d/2/f/0")
    assert image["transferSyntaxUid"] == ExplicitVRLittleEndian
    assert answer.headers["Content-Type"].endswith(ExplicitVRLittleEndian)
    assert np.array_equal(np.frombuffer(answer.content, "<u2"), RAMP.ravel())


def test_a_picture_is_the_frame_through_its_window_and_under_its_overlay(
    reading: Opened,
):
    answer = reading.get(f"/d/1/f/0/picture?width={COLUMNS * 8}&height={ROWS * 8}")
    picture = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert answer.headers["Content-Type"] == "image/png"
    assert picture.shape == (ROWS * 8, COLUMNS * 8)
    centres = picture[4::8, 4::8].astype(int)
    marked = np.unpackbits(np.array(MARKS, np.uint8), bitorder="little")[: RAMP.size]
    expected = np.clip(((RAMP - 7.0) / 14 + 0.5) * 255, 0, 255).ravel()
    expected[marked == 1] = 255
    assert np.abs(centres.ravel()[marked == 1] - 255).max() == 0
    half_a_pixel = 255 / 14 / 8  # the centre of eight pixels lies beside the pixel's
    rim = 6 * half_a_pixel  # and between rows of five
    assert np.abs(centres.ravel() - expected).max() <= rim + 1


@pytest.mark.parametrize(
    "path",
    ["/d/0/t/1", "/d/9/t/0", "/d/1/o/1", "/d/0/o/0", "/d/9/f/0/picture", "/d/0/f/1"],
)
@pytest.mark.requirement("R29")
def test_what_the_plan_does_not_name_is_not_there(reading: Opened, path: str):
    assert reading.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/d/0/t/0", "/d/1/o/0", "/d/0/f/0/picture"])
@pytest.mark.requirement("R28")
@pytest.mark.requirement("R29")
def test_nothing_is_given_without_the_secret(reading: Opened, path: str):
    assert reading.get(path, **{"X-Reading": "wrong"}).status_code == 404


def test_a_picture_has_bounds(reading: Opened):
    answer = reading.get("/d/0/f/0/picture?width=999999&height=1")
    assert Image.open(io.BytesIO(answer.content)).size == (2048, 16)
