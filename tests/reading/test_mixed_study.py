"""A study with another person's slices inside is blocked, whatever comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pydicom
import pytest
from world import Walk, World, running_world

from smart_viewer.archive.port import StudyFound
from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.read_study import read_study
from smart_viewer.dicom.study import Study
from smart_viewer.reading.gate import Expected, decide_all
from smart_viewer.sandbox.people import default_people

pytestmark = pytest.mark.filterwarnings("ignore:Invalid value for VR DA")

NAME, BIRTH_DATE = "Sandbox^Chest", "19580412"  # as the sandbox's EHR knows them
Changes = Sequence[dict[str, str]]
CASES: dict[str, Changes] = {
    "birth dates": [
        {"PatientBirthDate": ""},
        {"PatientBirthDate": BIRTH_DATE},
        {"PatientBirthDate": "19991231"},
    ],
    "birth dates, theirs last": [
        {"PatientBirthDate": ""},
        {"PatientBirthDate": "19991231"},
        {"PatientBirthDate": BIRTH_DATE},
    ],
    "partial birth dates": [
        {"PatientBirthDate": "1958"},
        {"PatientBirthDate": "19580413"},
        {"PatientBirthDate": "1958"},
    ],
    "names": [
        {"PatientName": NAME},
        {"PatientName": "Jones^Bob"},
        {"PatientName": "Miller^Eve"},
    ],
    "names, none first": [
        {"PatientName": ""},
        {"PatientName": NAME},
        {"PatientName": "Miller^Eve"},
    ],
    "names in a chain": [
        {"PatientName": "Chest^Jones"},
        {"PatientName": "Jones^Bob"},
        {"PatientName": NAME},
    ],
    "names, no birth date": [
        {"PatientName": NAME},
        {"PatientName": "Jones^Bob", "PatientBirthDate": ""},
        {"PatientName": "Miller^Eve", "PatientBirthDate": ""},
    ],
    "ids": [{}, {"PatientID": "SOMEBODY-ELSE"}, {}],
}


@contextmanager
def world_of(samples: Path, at: Path, changes: Changes) -> Iterator[World]:
    """Three slices of one series, each changed in its own way."""
    folder = at / "images"
    folder.mkdir()
    for number, change in enumerate(changes):
        source = samples / "chest" / "lung" / f"{60 + number:04d}.dcm"
        dataset = pydicom.dcmread(source)
        for keyword, value in change.items():
            setattr(dataset, keyword, value)
        dataset.save_as(folder / f"{number}.dcm")
    with running_world(at, folder, default_people()) as world:
        yield world


def launch(world: World) -> str:
    answer = Walk().get(world.launch_url(world.order_ids()[0]))
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("case", list(CASES))
@pytest.mark.requirement("R25")
def test_a_folder_s_study_of_two_patients_is_blocked(samples, tmp_path, case):
    with world_of(samples, tmp_path, CASES[case]) as world:
        page = launch(world)

        assert "was blocked" in page
        assert '"displaySets":[]' in page.replace(" ", "")
        assert (world.archive.studies, world.archive.frames_asked) == (0, 0)
        assert world.audited("block") == 1


def test_slices_that_say_less_of_the_same_patient_are_shown_with_a_warning(
    samples, tmp_path
):
    changes: Changes = [{}, {"PatientBirthDate": ""}, {"PatientName": "CHEST^S"}]
    with world_of(samples, tmp_path, changes) as world:
        page = launch(world)

        assert "was blocked" not in page
        assert "birth date not verified" in page
        assert "the name is written differently" in page
        assert '"frameCount":3' in page.replace(" ", "")


class RemoteArchive:
    """An archive whose search knows one identity, and whose metadata tells all."""

    archive_id = "images"

    def __init__(self, found: StudyFound, make: Callable[[], Study]) -> None:
        self._found, self._make = found, make
        self.frames_asked = 0

    def search(self, query: Any) -> tuple[StudyFound, ...]:
        return (self._found,)

    def study(self, study_instance_uid: str) -> Study:
        return self._make()

    def frames(self, ref: Any, numbers: Sequence[int]) -> Iterator[Any]:
        self.frames_asked += len(numbers)
        return iter(())


TAGS = {
    "PatientName": ("00100010", "PN"),
    "PatientID": ("00100020", "LO"),
    "PatientBirthDate": ("00100030", "DA"),
}


@pytest.mark.parametrize("case", list(CASES))
def test_a_remote_study_of_two_patients_is_not_shown(samples, tmp_path, case):
    """Its search answer is of the right patient; the metadata is not."""
    with world_of(samples, tmp_path, [{}, {}, {}]) as world:
        answer = []
        for number, change in enumerate(CASES[case]):
            dataset = pydicom.dcmread(tmp_path / "images" / f"{number}.dcm")
            del dataset.PixelData
            for keyword, value in change.items():
                setattr(dataset, keyword, value)
            answer.append(dataset.to_json_dict())
        uid = str(answer[0]["0020000D"]["Value"][0])
        patient = world.archive.inner.study(uid).patient
        found = StudyFound("images", uid, patient, "", "", "", "", ("CT",), 3)
        remote = RemoteArchive(found, lambda: read_study(answer))
        world.house.archives["images"] = remote

        page = launch(world)

        assert '"displaySets":[]' in page.replace(" ", "")
        assert "was blocked" in page or "several patients" in page
        assert remote.frames_asked == 0
        assert world.audited("block") + world.audited("open") == 1


THEM = PatientIdentity("M1", "", NAME, BIRTH_DATE, "F")
EXPECTED = Expected((("M1", ""),), (NAME,), "1958-04-12", "female", single_domain=True)


@pytest.mark.parametrize(
    ("others", "action", "reasons"),
    [
        ([], "show", ()),
        ([{"patient_name": "SANDBOX^CHEST"}], "show", ()),
        ([{"patient_birth_date": ""}], "warn", ("birth date not verified",)),
        (
            [{"patient_birth_date": ""}, {"patient_sex": "M"}],
            "warn",
            ("birth date not verified", "the sex differs"),
        ),
        (
            [{"patient_birth_date": ""}, {"patient_birth_date": "19991231"}],
            "block",
            ("the birth date differs", "birth date not verified"),
        ),
    ],
)
@pytest.mark.requirement("R25")
def test_the_worst_verdict_over_all_identities_wins(others, action, reasons):
    identities = [THEM, *(replace(THEM, **other) for other in others)]

    verdict = decide_all(EXPECTED, identities)
    backwards = decide_all(EXPECTED, identities[::-1])

    assert (verdict.action, verdict.reasons) == (action, reasons)
    assert backwards.action == action
    assert set(backwards.reasons) == set(reasons)


def test_a_study_that_names_nobody_is_blocked():
    assert decide_all(EXPECTED, []).action == "block"
