"""The tag browser's route. Oracle: the data sets that the test wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from test_image_routes import RAMP, Opened, radiograph
from world import Walk, running_world

LONG = "x" * 3000


def with_everything() -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodeMeaning = "X1", "Chest"
    deeper = Dataset()
    deeper.CodeMeaning = "of the thorax"
    item.ConceptNameCodeSequence = [deeper]
    dataset = radiograph(
        1,
        ReferringPhysicianName="Müller^Jürgen=山田^太郎",
        SpecificCharacterSet="ISO_IR 192",
        ImageType=["ORIGINAL", "PRIMARY"],
        ProcedureCodeSequence=[item, Dataset()],
        ImageComments=LONG,
        PixelSpacing=["0.5", "0.25"],
        StudyDescription="",
    )
    dataset.add_new(0x00190010, "LO", "MAKER")
    dataset.add_new(0x00191001, "OB", bytes(7))
    dataset.add_new(0x00191002, "LO", "hidden?")
    return dataset


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    state: Path = tmp_path_factory.mktemp("tags")
    folder = state / "images"
    folder.mkdir()
    with_everything().save_as(folder / "1.dcm", enforce_file_format=True)
    refused = radiograph(2)
    del refused.PixelData
    refused.save_as(folder / "2.dcm", enforce_file_format=True)
    with running_world(state, folder) as world:
        walk = Walk()
        page = walk.get(world.launch_url(world.order_ids()[0])).text
        found = re.search(r'id="boot">(.*?)</script>', page, re.DOTALL)
        assert found
        boot = json.loads(found[1])
        url = f"{world.app_url}{boot['base']}"
        yield Opened(walk, url, boot["secret"], boot["plan"])


def tags_of(reading: Opened, path: str) -> dict[str, Any]:
    answer = reading.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return {one["tag"]: one for one in answer.json()["tags"]}


@pytest.mark.parametrize(
    ("tag", "keyword", "vr", "text"),
    [
        ("00020010", "TransferSyntaxUID", "UI", "1.2.840.10008.1.2.1"),
        ("00080090", "ReferringPhysicianName", "PN", "Müller^Jürgen=山田^太郎"),
        ("00100010", "PatientName", "PN", "Sandbox^Routes"),
        ("00100020", "PatientID", "LO", "SBX-27182"),
        ("00080008", "ImageType", "CS", "ORIGINAL\\PRIMARY"),
        ("00280010", "Rows", "US", "3"),
        ("00280030", "PixelSpacing", "DS", "0.5\\0.25"),
        ("00081030", "StudyDescription", "LO", ""),
        ("00191002", "", "LO", "hidden?"),
    ],
)
def test_an_attribute_stands_as_it_was_written(reading, tag, keyword, vr, text):
    one = tags_of(reading, "/d/0/f/0/tags")[tag]
    assert (one["keyword"], one["vr"], one["text"]) == (keyword, vr, text)
    assert (one["bytes"], one["cut"], one["items"]) == (None, False, [])


def test_sequences_are_trees(reading):
    sequence = tags_of(reading, "/d/0/f/0/tags")["00081032"]
    first, second = sequence["items"]
    assert [one["keyword"] for one in first] == [
        "CodeValue",
        "CodeMeaning",
        "ConceptNameCodeSequence",
    ]
    assert first[2]["items"][0][0]["text"] == "of the thorax"
    assert second == []


def test_of_binary_values_the_size_alone_is_sent(reading):
    tags = tags_of(reading, "/d/0/f/0/tags")
    pixels, private = tags["7FE00010"], tags["00191001"]
    assert (pixels["keyword"], pixels["bytes"]) == ("PixelData", RAMP.nbytes)
    assert (private["bytes"], private["text"]) == (8, "")  # 7, and one to be even


def test_a_long_value_is_cut_and_said_to_be(reading):
    one = tags_of(reading, "/d/0/f/0/tags")["00204000"]
    assert (len(one["text"]), one["cut"]) == (1024, True)


def test_an_object_that_cannot_be_shown_still_shows_its_tags(reading):
    (index,) = [
        i for i, one in enumerate(reading.plan["displaySets"]) if one["refusal"]
    ]
    tags = tags_of(reading, f"/d/{index}/f/0/tags")
    assert tags["00200011"]["text"] == "2"
    assert reading.get(f"/d/{index}/f/1/tags").status_code == 404


@pytest.mark.parametrize("path", ["/d/9/f/0/tags", "/d/0/f/1/tags", "/d/0/f/-1/tags"])
def test_nothing_outside_the_reading_can_be_named(reading, path):
    assert reading.get(path).status_code == 404


def test_nothing_is_told_without_the_secret(reading):
    answer = reading.get("/d/0/f/0/tags", **{"X-Reading": "wrong"})
    assert answer.status_code == 404
    assert "Müller" not in answer.text
