"""The phantom's slices as CT Image objects (PS3.3 A.3) in Part 10 files."""

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
    ISSUER_OF_PATIENT_ID,
    MRN_SYSTEM_OID,
    SampleIdentity,
    uid_of,
)
from smart_viewer.sandbox.noise import Kernel
from smart_viewer.sandbox.phantom import (
    FIRST_PIXEL_LPS,
    PIXEL_MM,
    SIZE,
    SLICE_MM,
    slice_z_lps,
)
from smart_viewer.sandbox.shapes import Floats

INTERCEPT_HU = -1024
PADDING = -2000
"""Stored value outside the reconstructed circle, where a series has one."""


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """How one series is stored.

    key: names its folder and its UIDs. signed: 16 bits signed and padded outside the
    circle, uncompressed; otherwise 12 bits unsigned and JPEG-LS. first, count: the
    slices, counted from the feet. feet_first: InstanceNumber rises with the position.
    """

    key: str
    number: int
    description: str
    kernel: Kernel
    signed: bool
    feet_first: bool
    first: int
    count: int
    windows: tuple[tuple[int, int, str], ...]

    @property
    def uid(self) -> str:
        """SeriesInstanceUID."""
        return uid_of(f"{self.key}/series")

    def instance_number(self, index: int) -> int:
        """InstanceNumber of the slice at `index`."""
        place = index - self.first
        return place + 1 if self.feet_first else self.count - place


def stored_values(
    hu: Floats, circle: NDArray[np.bool_], plan: SeriesPlan
) -> NDArray[np.int16] | NDArray[np.uint16]:
    """HU as the series stores them (rows, columns), rounded and clipped."""
    shifted = np.rint(hu - INTERCEPT_HU)
    if not plan.signed:
        return np.clip(shifted, 0, 4095).astype(np.uint16)
    padded = np.where(circle, np.clip(shifted, -1024, 4095), PADDING)
    return padded.astype(np.int16)


def write_slice(
    path: Path,
    who: SampleIdentity,
    plan: SeriesPlan,
    index: int,
    stored: NDArray[np.int16] | NDArray[np.uint16],
) -> None:
    """One Part 10 file."""
    ds = Dataset()
    _patient_and_study(ds, who)
    _series_and_equipment(ds, who, plan)
    _image(ds, who, plan, index)
    _pixels(ds, stored, plan)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    if not plan.signed:
        ds.compress(
            JPEGLSLossless, encoding_plugin="pyjpegls", generate_instance_uid=False
        )
    ds.save_as(path, enforce_file_format=True)


def _patient_and_study(ds: Dataset, who: SampleIdentity) -> None:
    """Patient, General Study and Patient Study Modules (PS3.3 C.7.1.1, C.7.2)."""
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.PatientName, ds.PatientID = who.patient_name, who.patient_id
    ds.IssuerOfPatientID = ISSUER_OF_PATIENT_ID
    ds.IssuerOfPatientIDQualifiersSequence = Sequence([_issuer(MRN_SYSTEM_OID)])
    ds.PatientBirthDate, ds.PatientSex = who.birth_date, who.sex
    ds.PatientAge = _age(who)
    ds.PatientSize, ds.PatientWeight = "1.74", "78"
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


def _series_and_equipment(ds: Dataset, who: SampleIdentity, plan: SeriesPlan) -> None:
    """General Series, Equipment, Frame of Reference (PS3.3 C.7.3.1, C.7.5.1, C.7.4)."""
    ds.Modality, ds.SeriesInstanceUID = "CT", plan.uid
    ds.SeriesNumber, ds.SeriesDescription = plan.number, plan.description
    ds.SeriesDate, ds.SeriesTime = who.study_date, f"10210{plan.number}"
    ds.ProtocolName, ds.BodyPartExamined = "Chest routine with contrast", "CHEST"
    ds.PatientPosition = "HFS"
    ds.PerformedProcedureStepStartDate = who.study_date
    ds.PerformedProcedureStepStartTime = "101600"
    ds.PerformedProcedureStepID = "SBXPPS1"
    ds.RequestAttributesSequence = Sequence([_request(who)])
    ds.FrameOfReferenceUID = uid_of(f"{who.study_instance_uid}/frame of reference")
    ds.PositionReferenceIndicator = "SN"
    ds.Manufacturer, ds.ManufacturerModelName = "Smart Viewer", "Phantom"
    ds.InstitutionName, ds.StationName = "Smart Viewer Sandbox", "SANDBOXCT1"
    ds.DeviceSerialNumber, ds.SoftwareVersions = "1", "1"
    if plan.signed:
        ds.add_new("PixelPaddingValue", "SS", PADDING)


def _request(who: SampleIdentity) -> Dataset:
    item = Dataset()
    item.RequestedProcedureID = f"{who.accession_number}-1"
    item.ScheduledProcedureStepID = f"{who.accession_number}-1-1"
    item.RequestedProcedureDescription = who.study_description
    item.ScheduledProcedureStepDescription = who.study_description
    item.AccessionNumber, item.StudyInstanceUID = (
        who.accession_number,
        who.study_instance_uid,
    )
    return item


def _image(ds: Dataset, who: SampleIdentity, plan: SeriesPlan, index: int) -> None:
    """General Image, Image Plane, CT Image, SOP Common (C.7.6, C.8.2.1, C.12.1)."""
    z = slice_z_lps(index)
    ds.SOPClassUID = CTImageStorage
    ds.SOPInstanceUID = uid_of(f"{plan.key}/{index}")
    ds.InstanceNumber = plan.instance_number(index)
    ds.InstanceCreationDate, ds.InstanceCreationTime = who.study_date, "102300"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.AcquisitionNumber, ds.PatientOrientation = 1, ["L", "P"]
    ds.AcquisitionDate = ds.ContentDate = who.study_date
    ds.AcquisitionTime = ds.ContentTime = "102000"
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.ImagePositionPatient = [*FIRST_PIXEL_LPS, z]
    ds.PixelSpacing = [PIXEL_MM, PIXEL_MM]
    ds.SliceThickness, ds.SpacingBetweenSlices = SLICE_MM, SLICE_MM
    ds.SliceLocation = z
    ds.KVP, ds.XRayTubeCurrent, ds.ExposureTime, ds.Exposure = 120, 260, 500, 130
    ds.ScanOptions, ds.RotationDirection = "HELICAL MODE", "CW"
    ds.DataCollectionDiameter = 500
    ds.ReconstructionDiameter = SIZE * PIXEL_MM
    ds.GantryDetectorTilt, ds.TableHeight = 0, 152.5
    ds.FilterType, ds.ConvolutionKernel = "BODY FILTER", plan.kernel.name
    ds.ContrastBolusAgent, ds.ContrastBolusRoute = "IODINATED CONTRAST", "IV"
    ds.BurnedInAnnotation, ds.LossyImageCompression = "NO", "00"


def _pixels(
    ds: Dataset, stored: NDArray[np.int16] | NDArray[np.uint16], plan: SeriesPlan
) -> None:
    """Image Pixel, Modality LUT and VOI LUT (PS3.3 C.7.6.3, C.11.1, C.11.2)."""
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = stored.shape
    bits = 16 if plan.signed else 12
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, bits, bits - 1
    ds.PixelRepresentation = int(plan.signed)
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = INTERCEPT_HU, 1, "HU"
    ds.WindowCenter = [center for center, _, _ in plan.windows]
    ds.WindowWidth = [width for _, width, _ in plan.windows]
    ds.WindowCenterWidthExplanation = [name for _, _, name in plan.windows]
    ds.PixelData = stored.astype(stored.dtype.newbyteorder("<")).tobytes()
