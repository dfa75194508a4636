"""Several launches of one browser at the same time mix nothing (R5, R28)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from odd_world import OddWorld, boot_of, odd_world, stopped_at_callback
from pydicom import dcmread
from world import Walk


@pytest.fixture(scope="module")
def two_people(
    samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OddWorld]:
    """A world of two patients with an order and an image each."""
    folder = tmp_path_factory.mktemp("two")
    images = folder / "images"
    images.mkdir()
    dataset = dcmread(next(iter(sorted((samples / "mismatch").rglob("*.dcm")))))
    for number, name in ((1, "Quill^Nora"), (2, "Ostrander^Milo")):
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            setattr(dataset, keyword, f"2.999.5.{number}.{len(keyword)}")
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.PatientID, dataset.PatientName = f"MRN-5{number}", name
        dataset.AccessionNumber = f"ACC-5{number}"
        dataset.save_as(images / f"{number}.dcm")
    with odd_world(folder, images) as world:
        yield world


@pytest.mark.requirement("R28")
@pytest.mark.parametrize("first", [0, 1])
def test_a_launch_while_another_is_open_or_on_its_way_mixes_nothing(two_people, first):
    # given: one browser, a reading that is open, and a launch on its way
    walk, orders = Walk(), two_people.order_ids()
    open_one = boot_of(walk.get(two_people.launch_as("plain", orders[0])))
    waiting = stopped_at_callback(walk, two_people.launch_as("plain", orders[first]))
    # when: a third one passes it, and then it arrives
    passing = boot_of(walk.get(two_people.launch_as("epic", orders[1 - first])))
    arrived = boot_of(walk.get(waiting))
    # then: each has its own patient, and each still answers
    expected = [orders[0], orders[1 - first], orders[first]]
    for boot, order_id in zip((open_one, passing, arrived), expected, strict=True):
        order = next(one for one in two_people.people.orders if one.id == order_id)
        patient = two_people.people.patient(order.patient_id)
        assert patient is not None
        assert boot["plan"]["banner"]["mrn"] == patient.mrn
        assert walk.get(f"{two_people.app_url}{boot['base']}").status_code == 200
    assert len({boot["base"] for boot in (open_one, passing, arrived)}) == 3
