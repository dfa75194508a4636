"""An EHR, a folder and a DICOMweb archive on loopback, and `check` over them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask, Response, request
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from world import ehr_config, sandbox_profile

from smart_viewer.app import open_archive
from smart_viewer.archive.indexing import index_folder
from smart_viewer.archive.port import StudyQuery
from smart_viewer.cli_check import as_json, as_text
from smart_viewer.reading.check import Question, check
from smart_viewer.reading.check_steps import Step, first_to_mend
from smart_viewer.sandbox.dicomweb import DicomwebConfig, create_archive
from smart_viewer.sandbox.dicomweb_faults import DicomwebFaults
from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.serve import listen, start_server
from smart_viewer.settings import (
    DicomwebProfile,
    FolderProfile,
    Settings,
)

PASSWORD = "pass-word-of-the-archive"


@dataclass
class Interference:
    """Answers that stand before the EHR's own: path -> (status, body, type)."""

    instead: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)

    def install(self, ehr: Flask) -> None:
        @ehr.before_request
        def before() -> Response | None:
            self.forms += [request.form.to_dict()] if request.form else []
            if request.path not in self.instead:
                return None
            status, body, kind = self.instead[request.path]
            return Response(body, status, mimetype=kind)

        @ehr.after_request
        def after(response: Response) -> Response:
            laid_over = self.members.get(request.path)
            if laid_over is not None:
                response.set_data(json.dumps({**response.get_json(), **laid_over}))
            return response


@dataclass
class CheckWorld:
    """Settings that a test changes, and the switches of both sides."""

    settings: Settings
    ehr: Flask
    archive: Flask
    interference: Interference
    secrets_of_patients: tuple[str, ...]

    @property
    def faults(self) -> DicomwebFaults:
        return self.archive.extensions["sandbox_dicomweb_faults"]

    def change_ehr(self, **changes: Any) -> None:
        ehr = self.settings.ehrs[0].model_copy(update=changes)
        self.settings = self.settings.model_copy(update={"ehrs": (ehr,)})

    def change_remote(self, **changes: Any) -> None:
        folder, remote = self.settings.archives
        changed = DicomwebProfile.model_validate({**remote.model_dump(), **changes})
        update = {"archives": (folder, changed)}
        self.settings = self.settings.model_copy(update=update)

    def run(
        self,
        ehr: str | None = None,
        wanted: StudyQuery | None = None,
        authenticate: bool = False,
    ) -> tuple[Step, ...]:
        """`check`, whose output is searched for what must not be in it."""
        question = Question(ehr, wanted, authenticate)
        steps = check(self.settings, question, open_archive, lambda seconds: None)
        for printed in (as_text(steps), as_json(steps), repr(steps)):
            assert [s for s in self.secrets_of_patients if s in printed] == []
        return steps


@contextmanager
def check_world(state: Path, images: Path) -> Iterator[CheckWorld]:
    index = state / "images.index.sqlite"
    index_folder(images, index, 1)
    ehr_door, app_door = listen("localhost"), listen("127.0.0.1")
    app_door.socket.close()  # nobody has to be at the redirect URI
    ehr = create_ehr(ehr_config(ehr_door.url, app_door.url, default_people()))
    interference = Interference()
    interference.install(ehr)
    archive = create_archive(images, DicomwebConfig(basic=("viewer", PASSWORD)))
    with start_server(ehr, listener=ehr_door), start_server(archive) as service:
        remote = DicomwebProfile.model_validate(
            {
                "id": "remote",
                "kind": "dicomweb",
                "base_url": f"{service.url}/dicom-web",
                "auth": {"kind": "basic", "username": "viewer"},
                "secret": PASSWORD,
            }
        )
        settings = Settings(
            public_url=app_door.url,
            key=secrets.token_hex(32),
            state_folder=state,
            database_url=f"sqlite:///{state / 'state.sqlite'}",
            ehrs=(sandbox_profile(ehr_door.url),),
            archives=(FolderProfile(id="images", path=images, index=index), remote),
        )
        told = _secrets_of(images)
        yield CheckWorld(settings, ehr, archive, interference, (PASSWORD, *told))


def write_images(folder: Path) -> None:
    """Two patients with one study of two slices each."""
    for person in (1, 2):
        for index in (1, 2):
            path = folder / f"{person}{index}.dcm"
            ct_slice(person, index).save_as(path, enforce_file_format=True)


def ct_slice(person: int, index: int, **changes: object) -> Dataset:
    """A 4 x 6 slice of a CT; `changes` by keyword."""
    root = f"2.999.31415926.{person}"
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
    attributes: dict[str, object] = {
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": f"{root}.1.1.{index}",
        "StudyInstanceUID": f"{root}.1",
        "SeriesInstanceUID": f"{root}.1.1",
        "PatientID": f"MRN-{person}90817",
        "IssuerOfPatientID": "HOSPITAL",
        "PatientName": ("Quirrell^Aurelia", "Montague^Ignatius")[person - 1],
        "PatientBirthDate": "19470613",
        "PatientSex": "O",
        "AccessionNumber": f"ACC{person}55443",
        "StudyDate": f"2023101{person}",
        "StudyTime": "101112",
        "Modality": "CT",
        "SeriesNumber": 3,
        "InstanceNumber": index,
        "Rows": 4,
        "Columns": 6,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "ImagePositionPatient": [0, 0, index],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "PixelSpacing": [0.5, 0.25],
        "PixelData": np.full((4, 6), index, "<u2").tobytes(),
    }
    for keyword, value in (attributes | changes).items():
        setattr(dataset, keyword, value)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return dataset


def _secrets_of(images: Path) -> tuple[str, ...]:
    """Everything of a patient, and every UID, in the files."""
    found: set[str] = set()
    for path in images.glob("[0-9]*.dcm"):
        header = dcmread(path, stop_before_pixels=True)
        keywords = (
            "StudyInstanceUID SeriesInstanceUID SOPInstanceUID PatientID "
            "AccessionNumber PatientBirthDate StudyDate"
        )
        found |= {str(header[keyword].value) for keyword in keywords.split()}
        found |= set(str(header.PatientName).split("^"))
    return tuple(sorted(found))


def nobody_there() -> str:
    """A loopback URL where nothing listens."""
    door = listen("localhost")
    door.socket.close()
    return door.url


def verdicts(steps: Sequence[Step], subject: str) -> dict[str, str]:
    """Verdict by name of the step."""
    return {step.name: step.verdict for step in steps if step.subject == subject}


def to_mend(steps: Sequence[Step]) -> tuple[str, str, str, str]:
    """Who, which step, which file, which key: of the first thing to change."""
    first = first_to_mend(steps)
    assert first is not None and first.finding.advice is not None
    advice = first.finding.advice
    return first.subject, first.name, advice.file, advice.key
