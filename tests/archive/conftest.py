"""Small DICOM files, and the index of the folder of real data."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from smart_viewer.archive.dicomweb import DicomwebArchive
from smart_viewer.archive.indexing import IndexReport, index_folder
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, origin_of
from smart_viewer.sandbox.dicomweb import DicomwebConfig, create_archive
from smart_viewer.sandbox.dicomweb_faults import ArchiveLog, DicomwebFaults
from smart_viewer.sandbox.serve import start_server
from smart_viewer.settings import DicomwebProfile

ROOT_UID = "2.999.7"
WriteFile = Callable[..., Path]


def ct_slice(index: int, **changes: object) -> Dataset:
    """A 4 x 6 CT slice whose stored values all equal its index."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = CTImageStorage
    slice_ = Dataset()
    slice_.file_meta = meta
    attributes: dict[str, object] = {
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": f"{ROOT_UID}.1.1.{index}",
        "StudyInstanceUID": f"{ROOT_UID}.1",
        "SeriesInstanceUID": f"{ROOT_UID}.1.1",
        "PatientID": "P-1",
        "PatientName": "Test^One",
        "PatientBirthDate": "19700101",
        "StudyDate": "20240203",
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
        if value is not None:
            setattr(slice_, keyword, value)
    meta.MediaStorageSOPInstanceUID = slice_.SOPInstanceUID
    return slice_


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for DICOM files."""
    made = tmp_path / "dicom"
    made.mkdir()
    return made


@pytest.fixture
def write(folder: Path) -> WriteFile:
    """`write(name, index, Keyword=value)` puts one slice into `folder`."""

    def put(name: str, index: int, **changes: object) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        ct_slice(index, **changes).save_as(path, enforce_file_format=True)
        return path

    return put


@pytest.fixture
def index_path(tmp_path: Path) -> Path:
    """Where a test's index goes."""
    return tmp_path / "state" / "index.db"


@pytest.fixture(scope="session")
def real_index(
    need: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, IndexReport]:
    """The whole folder of real data, its index, and the report of that run."""
    data = need("data")
    index = tmp_path_factory.mktemp("real") / "index.db"
    return data, index, index_folder(data, index)


@pytest.fixture
def remote(folder: Path) -> Iterator[Callable[..., Remote]]:
    """`remote(**changes)`: the sandbox's DICOMweb service over `folder`, and ours."""
    with ExitStack() as stack:

        def start(
            config: DicomwebConfig | None = None,
            clock: Callable[[], float] = time.time,
            **changes: object,
        ) -> Remote:
            app = create_archive(folder, config)
            server = stack.enter_context(start_server(app))
            return Remote(server.url, app, archive_at(server.url, clock, **changes))

        yield start


@dataclass(frozen=True)
class Remote:
    """A running sandbox archive, and a DicomwebArchive that asks it."""

    url: str
    app: Flask
    archive: DicomwebArchive

    @property
    def log(self) -> ArchiveLog:
        return self.app.extensions["sandbox_dicomweb_log"]

    @property
    def faults(self) -> DicomwebFaults:
        return self.app.extensions["sandbox_dicomweb_faults"]


def archive_at(
    url: str, clock: Callable[[], float] = time.time, **changes: object
) -> DicomwebArchive:
    """A DicomwebArchive for a service on loopback."""
    values = {"id": "remote", "kind": "dicomweb", "base_url": f"{url}/dicom-web"}
    profile = DicomwebProfile.model_validate({**values, **changes})
    return DicomwebArchive("remote", profile, outbound_to(*profile.urls), clock)


def outbound_to(*urls: str) -> Outbound:
    """May go to these origins on loopback; a wait that a server asks for is none."""
    origins = frozenset(map(origin_of, urls))
    policy = HostPolicy(origins, loopback_allowed=True)
    return Outbound(policy, pause=lambda seconds: None)
