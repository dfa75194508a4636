"""Measured slices as MR Image objects (PS3.3 A.4) in Part 10 files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from smart_viewer.sandbox.brain_series import (
    AXIAL_SPACING_MM,
    SAGITTAL_SPACING_MM,
    THICKNESS_MM,
    MrSeries,
    Plane,
)
from smart_viewer.sandbox.identity import BRAIN_PATIENT, uid_of
from smart_viewer.sandbox.mr_signal import (
    DiffusionEcho,
    InversionRecovery,
    Pulses,
    SpoiledGradientEcho,
)
from smart_viewer.sandbox.radiograph_headers import (
    Device,
    new_dataset,
    save_jpeg_ls,
    save_raw,
    set_pixels,
)
from smart_viewer.sandbox.sample_plan import SampleSeriesPlan
from smart_viewer.sandbox.shapes import Floats

SCANNER = Device("SANDBOXMR1", "Phantom MR")
PROTON_MHZ = 123.249
FIELD_T = 3.0
MAXIMUM = 4095


def series_plan(series: MrSeries) -> SampleSeriesPlan:
    """The series as `samples` lists it."""
    return SampleSeriesPlan(
        series.key, series.uid, series.number, "MR", series.description, series.count
    )


def write_image(
    folder: Path, series: MrSeries, plane: Plane, number: int, image: Floats
) -> None:
    """One Part 10 file in the series' folder. number: InstanceNumber, from 1.

    image: (rows, columns) stored values before rounding, clipped to 12 bits.
    """
    stored = np.clip(np.rint(image), 0, MAXIMUM).astype(np.uint16)
    ds = new_dataset(BRAIN_PATIENT, series_plan(series), SCANNER, number)
    order = (number - 1) // series.places
    _series(ds, series)
    _plane(ds, series, plane, order)
    _acquisition(ds, series)
    _timing(ds, series.pulses[order])
    if not series.is_map:
        _diffusion(ds, series.pulses[order])
    _window(ds, series, stored)
    set_pixels(ds, stored, 12, "MONOCHROME2")
    path = folder / series.key / f"{number:04d}.dcm"
    (save_jpeg_ls if series.jpeg_ls else save_raw)(ds, path)


def _series(ds: Dataset, series: MrSeries) -> None:
    """What MR adds to General Series, and the Frame of Reference (PS3.3 C.7.4.1)."""
    ds.PatientWeight, ds.PatientSize = "64", "1.68"
    ds.ProtocolName, ds.BodyPartExamined = series.description, "HEAD"
    ds.PatientPosition = "HFS"
    ds.FrameOfReferenceUID = uid_of("brain/study/frame of reference")
    ds.PositionReferenceIndicator = ""


def _plane(ds: Dataset, series: MrSeries, plane: Plane, order: int) -> None:
    """General Image and Image Plane (PS3.3 C.7.6.1, C.7.6.2)."""
    ds.SOPClassUID = MRImageStorage
    ds.ImageType = list(series.image_type)
    ds.AcquisitionNumber = order + 1
    ds.PatientOrientation = ["P", "F"] if series.sagittal else ["L", "PH"]
    ds.ImagePositionPatient = [round(float(v), 6) for v in plane.first]
    directions = (*plane.row, *plane.column)
    ds.ImageOrientationPatient = [round(float(v), 6) for v in directions]
    ds.PixelSpacing = [plane.pixel_mm, plane.pixel_mm]
    spacing = SAGITTAL_SPACING_MM if series.sagittal else AXIAL_SPACING_MM
    ds.SliceThickness, ds.SpacingBetweenSlices = THICKNESS_MM, spacing
    along = float(np.cross(plane.row, plane.column) @ plane.first)
    ds.SliceLocation = round(along, 6)


def _acquisition(ds: Dataset, series: MrSeries) -> None:
    """The part of MR Image (PS3.3 C.8.3.1) that is the same for all its images."""
    sequence, variant, options = series.codes
    ds.ScanningSequence, ds.SequenceVariant = sequence, variant
    ds.ScanOptions, ds.MRAcquisitionType = options, series.acquisition
    ds.AngioFlag, ds.NumberOfAverages = "N", series.averages
    ds.ImagingFrequency, ds.ImagedNucleus = PROTON_MHZ, "1H"
    ds.EchoNumbers, ds.MagneticFieldStrength = 1, FIELD_T
    ds.NumberOfPhaseEncodingSteps = series.matrix
    ds.EchoTrainLength, ds.PixelBandwidth = series.train, series.bandwidth
    ds.PercentSampling = ds.PercentPhaseFieldOfView = 100
    ds.AcquisitionMatrix = [series.matrix, 0, 0, series.matrix]
    ds.InPlanePhaseEncodingDirection = "COL" if sequence == "EP" else "ROW"
    ds.VariableFlipAngleFlag, ds.SAR, ds.dBdt = "N", 1.1, 0
    ds.TransmitCoilName, ds.ReceiveCoilName = "Body", "Head 32"


def _timing(ds: Dataset, pulses: Pulses) -> None:
    """Repetition, echo and inversion time in ms, flip angle, contrast agent."""
    ds.RepetitionTime, ds.EchoTime = pulses.tr, pulses.te
    ds.FlipAngle = 90
    if isinstance(pulses, InversionRecovery):
        ds.InversionTime, ds.FlipAngle = pulses.ti, 150
    if isinstance(pulses, SpoiledGradientEcho):
        ds.FlipAngle = pulses.flip_deg
        if pulses.agent:
            ds.ContrastBolusAgent = "GADOLINIUM CHELATE"
            ds.ContrastBolusRoute = "IV"


def _diffusion(ds: Dataset, pulses: Pulses) -> None:
    """The b-value, which PS3.3 has for enhanced MR alone (C.8.13.5.9)."""
    if isinstance(pulses, DiffusionEcho):
        ds.DiffusionBValue = pulses.b


def _window(ds: Dataset, series: MrSeries, stored: NDArray[np.uint16]) -> None:
    """A window of its own for every slice, as scanners write them (PS3.3 C.11.2).

    A viewer that takes it flickers from slice to slice.
    """
    if series.is_map:
        ds.WindowCenter, ds.WindowWidth = 1200, 2400
        return
    seen = stored[stored > 0.02 * MAXIMUM]
    middle = float(np.median(seen)) if seen.size else 100.0
    ds.WindowCenter, ds.WindowWidth = round(middle), round(1.9 * middle)
