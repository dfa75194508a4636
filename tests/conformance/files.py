"""Part 10 files of synthetic images, each a series of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    SecondaryCaptureImageStorage,
)

from conformance.case import Case

UID_ROOT = (
    "1.2.826.0.1.3680043.10.1677"  # fixed, so that every run writes the same files
)
SERIES_A_STUDY = 400
ROWS, COLUMNS = 24, 32  # unequal: swaps become visible

DTYPES = {8: "u1", 16: "<u2", 32: "<u4"}


def grey(
    words: NDArray[np.unsignedinteger],
    *,
    allocated: int = 16,
    stored: int = 12,
    high: int | None = None,
    signed: bool = False,
    **attributes: Any,
) -> Dataset:
    """A grey image of allocated words: (rows, columns), or (frames, rows, columns)."""
    dataset = _image(words.shape[-2:], "MONOCHROME2", 1)
    dataset.BitsAllocated, dataset.BitsStored = allocated, stored
    dataset.HighBit = stored - 1 if high is None else high
    dataset.PixelRepresentation = int(signed)
    if words.ndim == 3:
        dataset.NumberOfFrames = words.shape[0]
        dataset.SOPClassUID = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    dataset.PixelData = _even(words.astype(DTYPES[allocated]).tobytes())
    dataset["PixelData"].VR = "OB" if allocated == 8 else "OW"
    return with_attributes(dataset, attributes)


def real(values: NDArray[np.floating], **attributes: Any) -> Dataset:
    """An image of Float or Double Float Pixel Data (PS3.3 C.7.6.24, C.7.6.25)."""
    dataset = _image(values.shape[-2:], "MONOCHROME2", 1)
    dataset.BitsAllocated = values.dtype.itemsize * 8
    keyword = "FloatPixelData" if values.dtype.itemsize == 4 else "DoubleFloatPixelData"
    setattr(dataset, keyword, values.tobytes())
    return with_attributes(dataset, attributes)


def colour(
    samples: NDArray[np.unsignedinteger],
    photometric: str = "RGB",
    *,
    planar: int = 0,
    stored: int | None = None,
    data: bytes | None = None,
    **attributes: Any,
) -> Dataset:
    """A colour image of samples (rows, columns, 3); `data` where it is packed."""
    dataset = _image(samples.shape[:2], photometric, 3)
    allocated = samples.dtype.itemsize * 8
    dataset.BitsAllocated, dataset.BitsStored = allocated, stored or allocated
    dataset.HighBit, dataset.PixelRepresentation = dataset.BitsStored - 1, 0
    dataset.PlanarConfiguration = planar
    ordered = np.moveaxis(samples, -1, 0) if planar else samples
    dataset.PixelData = _even(ordered.tobytes() if data is None else data)
    dataset["PixelData"].VR = "OB" if allocated == 8 else "OW"
    return with_attributes(dataset, attributes)


def with_attributes(dataset: Dataset, attributes: dict[str, Any]) -> Dataset:
    """The dataset with attributes set, and those that are None taken away."""
    for keyword, value in attributes.items():
        if value is not None:
            setattr(dataset, keyword, value)
        elif keyword in dataset:
            delattr(dataset, keyword)
    return dataset


def table(
    first: int, bits: int, entries: NDArray[np.integer], note: str = ""
) -> Dataset:
    """One item of a Modality or VOI LUT Sequence (PS3.3 C.11.1, C.11.2)."""
    item = Dataset()
    item.add_new(
        0x00283002, "US" if first >= 0 else "SS", [_count(entries, first), first, bits]
    )
    item.add_new(0x00283006, "OW", entries.astype("<u2").tobytes())
    if note:
        item.LUTExplanation = note
    return item


def _count(entries: NDArray[np.integer], first: int) -> int:
    """65536 entries are written as 0; a signed descriptor holds the count's bits."""
    count = len(entries) % 65536
    return count if first >= 0 or count < 32768 else count - 65536


def _image(shape: Sequence[int], photometric: str, samples: int) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.Modality = "OT"
    dataset.Rows, dataset.Columns = shape
    dataset.SamplesPerPixel = samples
    dataset.PhotometricInterpretation = photometric
    return dataset


def _even(data: bytes) -> bytes:
    return data + b"\0" * (len(data) % 2)


def write_all(cases: Sequence[Case], folder: Path, first: int = 1) -> list[Case]:
    """Each case as a file and a series; studies of at most SERIES_A_STUDY series."""
    return [
        case.written(number, _write(case, number, folder))
        for number, case in enumerate(cases, start=first)
    ]


def _write(case: Case, number: int, folder: Path) -> Path:
    return write_one(case.dataset, f"{case.family} {number}", number, folder)


def write_one(
    dataset: Dataset, about: str, number: int, folder: Path, image: int = 1
) -> Path:
    """One file: image `image` of series `number`; about: its description."""
    study = (number - 1) // SERIES_A_STUDY + 1
    dataset.StudyInstanceUID = f"{UID_ROOT}.{study}"
    dataset.SeriesInstanceUID = f"{UID_ROOT}.{study}.{number}"
    dataset.SOPInstanceUID = f"{UID_ROOT}.{study}.{number}.{image}"
    dataset.PatientID, dataset.PatientName = (
        f"CONFORMANCE-{study}",
        f"CONFORMANCE^{study}",
    )
    dataset.PatientBirthDate = ""
    if "PatientSex" not in dataset:
        dataset.PatientSex = ""
    dataset.StudyDate, dataset.StudyTime = "20240102", "030405"
    dataset.AccessionNumber = dataset.StudyID = f"C{study}"
    dataset.SeriesNumber, dataset.SeriesDescription = number, about
    if "InstanceNumber" not in dataset:
        dataset.InstanceNumber = image
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    path = folder / f"{number:05d}-{image:04d}.dcm"
    dataset.save_as(path, enforce_file_format=True)
    return path
