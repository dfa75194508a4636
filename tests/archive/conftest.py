"""Small DICOM files, and the index of the folder of real data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from smart_viewer.archive.indexing import IndexReport, index_folder

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
