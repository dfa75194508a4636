"""Drawn slices as CT Image objects (PS3.3 A.3) in Part 10 files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, JPEGLSLossless

from smart_viewer.sandbox.identity import (
    ACCESSION_SYSTEM_OID,
    SampleIdentity,
    uid_of,
)
from smart_viewer.sandbox.shapes import Floats

INTERCEPT_HU = -1024
PADDING = -2000
"""Stored value outside the reconstructed circle, where a series has one."""

Stored = NDArray[np.int16] | NDArray[np.uint16]
Window = tuple[int, int, str]
"""Center and width in HU, and what it is for."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """The machine as it names itself (PS3.3 C.7.5.1)."""

    model: str
    station: str
    serial: str
    software: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What all series of one acquisition share.

    reference: PositionReferenceIndicator. exposure: kV, mA, ms and mAs.
    """

    scanner: Scanner
    protocol: str
    body_part: str
    reference: str
    exposure: tuple[int, int, int, int]
    filter_type: str
    contrast: bool
    weight_kg: str = "78"


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the pixels lie: square ones, in axial slices, rows to the back.

    first_pixel_lps: x and y of the first pixel's centre, mm.
    """

    size: int
    pixel_mm: float
    first_pixel_lps: tuple[float, float]
    thickness_mm: float
    spacing_mm: float


@dataclass(frozen=True, slots=True)
class CtSeries:
    """How one series is stored.

    key: names its folder and its UIDs. kernel: ConvolutionKernel. signed: 16 bits
    signed and padded outside the circle, uncompressed; otherwise 12 bits unsigned and
    JPEG-LS.
    """

    key: str
    number: int
    description: str
    kernel: str
    signed: bool
    windows: tuple[Window, ...]
    scan: Scan
    grid: Grid

    @property
    def uid(self) -> str:
        """SeriesInstanceUID."""
        return uid_of(f"{self.key}/series")


@dataclass(frozen=True, slots=True)
class CtSlice:
    """One slice of a series: its number from 1, its height, and its place from 0.

    index: counts from the feet; names the SOPInstanceUID.
    """

    instance_number: int
    z_lps: float
    index: int


def stored_values(hu: Floats, circle: NDArray[np.bool_], signed: bool) -> Stored:
    """HU as the series stores them (rows, columns), rounded and clipped."""
    shifted = np.rint(hu - INTERCEPT_HU)
    if not signed:
        return np.clip(shifted, 0, 4095).astype(np.uint16)
    padded = np.where(circle, np.clip(shifted, -1024, 4095), PADDING)
    return padded.astype(np.int16)


def write_slice(
    folder: Path, who: SampleIdentity, series: CtSeries, at: CtSlice, stored: Stored
) -> None:
    """One Part 10 file in the series' folder below `folder`."""
    ds = Dataset()
    _patient_and_study(ds, who, series.scan)
    _series_and_equipment(ds, who, series)
    _image(ds, who, series, at)
    _acquisition(ds, series)
    _pixels(ds, stored, series)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    if not series.signed:
        ds.compress(
            JPEGLSLossless, encoding_plugin="pyjpegls", generate_instance_uid=False
        )
    path = folder / series.key / f"{at.instance_number:04d}.dcm"
    ds.save_as(path, enforce_file_format=True)


def _patient_and_study(ds: Dataset, who: SampleIdentity, scan: Scan) -> None:
    """Patient, General Study and Patient Study Modules (PS3.3 C.7.1.1, C.7.2)."""
    ds.SpecificCharacterSet = who.character_set
    ds.PatientName, ds.PatientID = who.patient_name, who.patient_id
    ds.IssuerOfPatientID = who.issuer_of_patient_id
    ds.IssuerOfPatientIDQualifiersSequence = Sequence([_issuer(who.mrn_system_oid)])
    ds.PatientBirthDate, ds.PatientSex = who.birth_date, who.sex
    ds.PatientAge = _age(who)
    ds.PatientSize, ds.PatientWeight = "1.74", scan.weight_kg
    ds.StudyInstanceUID, ds.StudyID = who.study_instance_uid, "1"
    ds.StudyDate, ds.StudyTime = who.study_date, "101500"
    ds.StudyDescription = who.study_description
    ds.AccessionNumber = who.accession_number
    ds.IssuerOfAccessionNumberSequence = Sequence([_issuer(ACCESSION_SYSTEM_OID)])
    ds.ReferringPhysicianName = "Sandbox^Referrer"


def _issuer(oid: str) -> Dataset:
    item = Dataset()
    item.UniversalEntityID, item.UniversalEntityIDType = oid, "ISO"
    return item


def _age(who: SampleIdentity) -> str:
    years = int(who.study_date[:4]) - int(who.birth_date[:4])
    return f"{years - (who.study_date[4:] < who.birth_date[4:]):03d}Y"


def _series_and_equipment(ds: Dataset, who: SampleIdentity, series: CtSeries) -> None:
    """General Series, Equipment, Frame of Reference (PS3.3 C.7.3.1, C.7.5.1, C.7.4)."""
    scan, scanner = series.scan, series.scan.scanner
    ds.Modality, ds.SeriesInstanceUID = "CT", series.uid
    ds.SeriesNumber, ds.SeriesDescription = series.number, series.description
    ds.SeriesDate, ds.SeriesTime = who.study_date, f"10210{series.number}"
    ds.ProtocolName, ds.BodyPartExamined = scan.protocol, scan.body_part
    ds.PatientPosition = "HFS"
    ds.PerformedProcedureStepStartDate = who.study_date
    ds.PerformedProcedureStepStartTime = "101600"
    ds.PerformedProcedureStepID = "SBXPPS1"
    ds.RequestAttributesSequence = Sequence([_request(who)])
    ds.FrameOfReferenceUID = uid_of(f"{who.study_instance_uid}/frame of reference")
    ds.PositionReferenceIndicator = scan.reference
    ds.Manufacturer, ds.ManufacturerModelName = "Smart Viewer", scanner.model
    ds.InstitutionName, ds.StationName = "Smart Viewer Sandbox", scanner.station
    ds.DeviceSerialNumber, ds.SoftwareVersions = scanner.serial, scanner.software
    if series.signed:
        ds.add_new("PixelPaddingValue", "SS", PADDING)


def _request(who: SampleIdentity) -> Dataset:
    item = Dataset()
    item.RequestedProcedureID = f"{who.accession_number}-1"
    item.ScheduledProcedureStepID = f"{who.accession_number}-1-1"
    item.RequestedProcedureDescription = who.study_description
    item.ScheduledProcedureStepDescription = who.study_description
    item.AccessionNumber = who.accession_number
    item.StudyInstanceUID = who.study_instance_uid
    return item


def _image(ds: Dataset, who: SampleIdentity, series: CtSeries, at: CtSlice) -> None:
    """General Image, Image Plane and SOP Common (PS3.3 C.7.6.1, C.7.6.2, C.12.1)."""
    grid = series.grid
    ds.SOPClassUID = CTImageStorage
    ds.SOPInstanceUID = uid_of(f"{series.key}/{at.index}")
    ds.InstanceNumber = at.instance_number
    ds.InstanceCreationDate, ds.InstanceCreationTime = who.study_date, "102300"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.AcquisitionNumber, ds.PatientOrientation = 1, ["L", "P"]
    ds.AcquisitionDate = ds.ContentDate = who.study_date
    ds.AcquisitionTime = ds.ContentTime = "102000"
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.ImagePositionPatient = [*grid.first_pixel_lps, at.z_lps]
    ds.PixelSpacing = [grid.pixel_mm, grid.pixel_mm]
    ds.SliceThickness, ds.SpacingBetweenSlices = grid.thickness_mm, grid.spacing_mm
    ds.SliceLocation = at.z_lps
    ds.BurnedInAnnotation, ds.LossyImageCompression = "NO", "00"


def _acquisition(ds: Dataset, series: CtSeries) -> None:
    """CT Image and Contrast/Bolus (PS3.3 C.8.2.1, C.7.6.4)."""
    scan, grid = series.scan, series.grid
    ds.KVP, ds.XRayTubeCurrent, ds.ExposureTime, ds.Exposure = scan.exposure
    ds.ScanOptions, ds.RotationDirection = "HELICAL MODE", "CW"
    ds.DataCollectionDiameter = 500
    ds.ReconstructionDiameter = grid.size * grid.pixel_mm
    ds.GantryDetectorTilt, ds.TableHeight = 0, 152.5
    ds.FilterType, ds.ConvolutionKernel = scan.filter_type, series.kernel
    if scan.contrast:
        ds.ContrastBolusAgent, ds.ContrastBolusRoute = "IODINATED CONTRAST", "IV"


def _pixels(ds: Dataset, stored: Stored, series: CtSeries) -> None:
    """Image Pixel, Modality LUT and VOI LUT (PS3.3 C.7.6.3, C.11.1, C.11.2)."""
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = stored.shape
    bits = 16 if series.signed else 12
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, bits, bits - 1
    ds.PixelRepresentation = int(series.signed)
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = INTERCEPT_HU, 1, "HU"
    ds.WindowCenter = [center for center, _, _ in series.windows]
    ds.WindowWidth = [width for _, width, _ in series.windows]
    ds.WindowCenterWidthExplanation = [name for _, _, name in series.windows]
    ds.PixelData = stored.astype(stored.dtype.newbyteorder("<")).tobytes()
