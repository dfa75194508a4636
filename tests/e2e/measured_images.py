"""Small images whose every pixel and distance is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
)

ROWS, COLUMNS, SLICES = 60, 80, 5
BETWEEN_ROWS_MM, BETWEEN_COLUMNS_MM = 2.0, 0.5
INTERCEPT = -1024
DETECTOR_MM, MAGNIFICATION = 0.1, 1.25
UID_ROOT = "1.2.826.0.1.3680043.10.1677.77"


def stored(index: int) -> NDArray[np.uint16]:
    """Of one slice: 700 + column + 7 row + 50 slice."""
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
    return (700 + columns + 7 * rows + 50 * index).astype(np.uint16)


def write_slices(folder: Path) -> None:
    """One CT series with 2 mm between rows and half a millimetre between columns."""
    for index in range(SLICES):
        head = {
            "ImagePositionPatient": [0, 0, 5 * index],
            "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
            "PixelSpacing": [BETWEEN_ROWS_MM, BETWEEN_COLUMNS_MM],
            "SliceThickness": 5,
            "RescaleSlope": 1,
            "RescaleIntercept": INTERCEPT,
            "RescaleType": "HU",
            "WindowCenter": 40,
            "WindowWidth": 800,
        }
        _write(folder, "CT", CTImageStorage, index, stored(index), head)


def write_radiograph(folder: Path) -> None:
    """One projection: 0.1 mm at the detector, magnified by 1.25, so says the file."""
    head = {
        "ImagerPixelSpacing": [DETECTOR_MM, DETECTOR_MM],
        "EstimatedRadiographicMagnificationFactor": MAGNIFICATION,
        "PatientOrientation": ["L", "F"],
        "BodyPartExamined": "CHEST",
        "WindowCenter": 900,
        "WindowWidth": 800,
        "PresentationLUTShape": "IDENTITY",
    }
    _write(folder, "DX", DigitalXRayImageStorageForPresentation, 0, stored(0), head)


def _write(
    folder: Path,
    modality: str,
    sop_class: UID,
    index: int,
    pixels: NDArray[np.uint16],
    head: dict[str, Any],
) -> None:
    study = f"{UID_ROOT}.{1 if modality == 'CT' else 2}"
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = sop_class
    attributes: dict[str, Any] = {
        "SOPClassUID": sop_class,
        "SOPInstanceUID": f"{study}.1.{index + 1}",
        "StudyInstanceUID": study,
        "SeriesInstanceUID": f"{study}.1",
        "FrameOfReferenceUID": f"{study}.9",
        "PatientID": "MEASURED-1",
        "PatientName": "Measured^Maria",
        "PatientBirthDate": "19600203",
        "PatientSex": "F",
        "AccessionNumber": f"MEAS{modality}",
        "StudyDate": "20240102",
        "StudyTime": "030405",
        "StudyDescription": "Measured",
        "SeriesDescription": "Known pixels",
        "Modality": modality,
        "SeriesNumber": 1,
        "InstanceNumber": index + 1,
        "Rows": ROWS,
        "Columns": COLUMNS,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "PixelData": pixels.astype("<u2").tobytes(),
    }
    for keyword, value in (attributes | head).items():
        setattr(dataset, keyword, value)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    path = folder / f"{modality}{index}.dcm"
    dataset.save_as(path, enforce_file_format=True)
