"""Headers that radiographs, mammograms and ultrasound share, and how they are saved.

Modules of PS3.3: Patient C.7.1.1, General Study C.7.2.1, Patient Study C.7.2.2, General
Series C.7.3.1, General Equipment C.7.5.1, General Image C.7.6.1, SOP Common C.12.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from smart_viewer.sandbox.identity import (
    ACCESSION_SYSTEM_OID,
    SampleIdentity,
    uid_of,
)
from smart_viewer.sandbox.sample_plan import SampleSeriesPlan

Stored = NDArray[np.uint16] | NDArray[np.uint8]
"""Pixels as they are stored: (rows, columns), or (frames, rows, columns)."""


@dataclass(frozen=True, slots=True)
class Device:
    """The machine. station: StationName; model: ManufacturerModelName."""

    station: str
    model: str


@dataclass(frozen=True, slots=True)
class Code:
    """A coded concept (PS3.3 8.8)."""

    value: str
    scheme: str
    meaning: str

    def item(self) -> Dataset:
        """It as the only sort of item that a code sequence holds."""
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator = self.value, self.scheme
        item.CodeMeaning = self.meaning
        return item


def new_dataset(
    who: SampleIdentity, series: SampleSeriesPlan, device: Device, number: int
) -> Dataset:
    """The shared headers of instance `number` (from 1) of the series."""
    ds = Dataset()
    _patient(ds, who)
    _study(ds, who)
    _series(ds, who, series)
    _equipment(ds, device)
    _instance(ds, who, series, number)
    return ds


def _patient(ds: Dataset, who: SampleIdentity) -> None:
    ds.SpecificCharacterSet = who.character_set
    ds.PatientName, ds.PatientID = who.patient_name, who.patient_id
    ds.IssuerOfPatientID = who.issuer_of_patient_id
    ds.IssuerOfPatientIDQualifiersSequence = Sequence([_issuer(who.mrn_system_oid)])
    ds.PatientBirthDate, ds.PatientSex = who.birth_date, who.sex
    years = int(who.study_date[:4]) - int(who.birth_date[:4])
    years -= who.study_date[4:] < who.birth_date[4:]
    ds.PatientAge = f"{years:03d}Y"


def _issuer(oid: str) -> Dataset:
    item = Dataset()
    item.UniversalEntityID, item.UniversalEntityIDType = oid, "ISO"
    return item


def _study(ds: Dataset, who: SampleIdentity) -> None:
    ds.StudyInstanceUID, ds.StudyID = who.study_instance_uid, "1"
    ds.StudyDate, ds.StudyTime = who.study_date, "093000"
    ds.StudyDescription, ds.AccessionNumber = (
        who.study_description,
        who.accession_number,
    )
    ds.IssuerOfAccessionNumberSequence = Sequence([_issuer(ACCESSION_SYSTEM_OID)])
    ds.ReferringPhysicianName = "Sandbox^Referrer"


def _series(ds: Dataset, who: SampleIdentity, series: SampleSeriesPlan) -> None:
    ds.Modality, ds.SeriesInstanceUID = series.modality, series.series_instance_uid
    ds.SeriesNumber, ds.SeriesDescription = series.number, series.description
    ds.SeriesDate, ds.SeriesTime = who.study_date, f"0935{series.number:02d}"
    ds.PerformedProcedureStepID = "SBXPPS1"
    ds.PerformedProcedureStepStartDate = who.study_date
    ds.PerformedProcedureStepStartTime = "093200"
    ds.RequestAttributesSequence = Sequence([_request(who)])


def _request(who: SampleIdentity) -> Dataset:
    item = Dataset()
    item.RequestedProcedureID = f"{who.accession_number}-1"
    item.ScheduledProcedureStepID = f"{who.accession_number}-1-1"
    item.RequestedProcedureDescription = who.study_description
    item.ScheduledProcedureStepDescription = who.study_description
    item.AccessionNumber = who.accession_number
    item.StudyInstanceUID = who.study_instance_uid
    return item


def _equipment(ds: Dataset, device: Device) -> None:
    ds.Manufacturer, ds.ManufacturerModelName = "Smart Viewer", device.model
    ds.InstitutionName, ds.StationName = "Smart Viewer Sandbox", device.station
    ds.DeviceSerialNumber, ds.SoftwareVersions = "1", "1"


def _instance(
    ds: Dataset, who: SampleIdentity, series: SampleSeriesPlan, number: int
) -> None:
    ds.SOPInstanceUID = uid_of(f"{series.key}/{number}")
    ds.InstanceNumber, ds.AcquisitionNumber = number, number
    ds.InstanceCreationDate, ds.InstanceCreationTime = who.study_date, "094500"
    ds.AcquisitionDate = ds.ContentDate = who.study_date
    ds.AcquisitionTime = ds.ContentTime = f"0936{series.number:02d}"
    ds.BurnedInAnnotation, ds.LossyImageCompression = "NO", "00"


def set_pixels(ds: Dataset, stored: Stored, bits: int, photometric: str) -> None:
    """The Image Pixel Module (PS3.3 C.7.6.3), grey and unsigned."""
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, photometric
    ds.Rows, ds.Columns = stored.shape[-2:]
    ds.BitsAllocated = stored.dtype.itemsize * 8
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits - 1, 0
    raw = stored.astype(stored.dtype.newbyteorder("<")).tobytes()
    ds.PixelData = raw + b"\0" * (len(raw) % 2)


def save_raw(ds: Dataset, path: Path) -> None:
    """A Part 10 file with the pixels as they are."""
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(path, enforce_file_format=True)


def save_jpeg_ls(ds: Dataset, path: Path) -> None:
    """A Part 10 file with the pixels in lossless JPEG-LS, each frame by itself."""
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.compress(JPEGLSLossless, encoding_plugin="pyjpegls", generate_instance_uid=False)
    ds.save_as(path, enforce_file_format=True)
