"""PET slices as Positron Emission Tomography Image objects (PS3.3 A.21).

Concentrations are corrected for decay to the start of the series, so that
SUVbw = Bq/ml x weight / (dose x 2^-((SeriesTime - injection) / half-life)).
"""

from __future__ import annotations

from math import exp, log
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import PositronEmissionTomographyImageStorage

from smart_viewer.sandbox.identity import PETCT_PATIENT, uid_of
from smart_viewer.sandbox.petct_series import (
    PT_FIRST_LPS,
    PT_PIXEL_MM,
    PT_SIZE,
    SLICES,
    SPACING_MM,
    PtSeries,
    z_lps,
)
from smart_viewer.sandbox.radiograph_headers import (
    Code,
    Device,
    new_dataset,
    save_raw,
    set_pixels,
)
from smart_viewer.sandbox.sample_plan import SampleSeriesPlan
from smart_viewer.sandbox.shapes import Floats

MACHINE = Device("SANDBOXPT1", "Phantom PET/CT")
WEIGHT_KG, SIZE_M = 78.0, 1.74
DOSE_BQ = 352.4e6
HALF_LIFE_S = 6586.2
"""Of fluorine-18."""
INJECTED, STUDY_TIME, STARTED = "092130", "101500", "102600"
"""TM of the injection, of the study, and of the first bed."""
BED_SLICES = 25
BED_S, BED_STEP_S = 150, 155
LARGEST_STORED = 32767
CORRECTIONS = ("NORM", "DTIM", "RAN", "DCAL", "SCAT", "DECY", "RADL")
COUNTS = 4000.0
"""Stored counts per second, in proportion, of an uncorrected 1."""


def series_plan(series: PtSeries) -> SampleSeriesPlan:
    """The series as `samples` lists it."""
    return SampleSeriesPlan(
        series.key, series.uid, series.number, "PT", series.description, SLICES
    )


def bq_per_ml(suv: Floats) -> Floats:
    """Concentrations at the start of the series of what has that SUVbw."""
    left = DOSE_BQ * exp(-log(2) * _waited_s() / HALF_LIFE_S)
    return suv * np.float32(left / (WEIGHT_KG * 1000))


def _waited_s() -> int:
    return _seconds(STARTED) - _seconds(INJECTED)


def _seconds(time: str) -> int:
    return int(time[:2]) * 3600 + int(time[2:4]) * 60 + int(time[4:6])


def _time(seconds: int) -> str:
    return f"{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"


def write_slice(folder: Path, series: PtSeries, index: int, values: Floats) -> None:
    """One Part 10 file in the series' folder.

    values: (rows, columns) in Bq/ml, or in counts if nothing is corrected; every slice
    is stored with a slope of its own.
    """
    ds = new_dataset(PETCT_PATIENT, series_plan(series), MACHINE, SLICES - index)
    _study_and_series(ds)
    _pet_series(ds, series)
    _isotope(ds)
    _image(ds, index)
    _frame(ds, index)
    slope = float(f"{max(float(values.max()), 1e-3) / LARGEST_STORED:.8g}")
    ds.RescaleIntercept, ds.RescaleSlope = 0, slope
    stored = np.clip(np.rint(values / slope), 0, LARGEST_STORED).astype(np.uint16)
    _window(ds, series)
    set_pixels(ds, stored, 16, "MONOCHROME2")
    save_raw(ds, folder / series.key / f"{SLICES - index:04d}.dcm")


def _study_and_series(ds: Dataset) -> None:
    """What the CT of the same study says too (PS3.3 C.7.2, C.7.3.1, C.7.4.1)."""
    ds.PatientWeight, ds.PatientSize = f"{WEIGHT_KG:g}", f"{SIZE_M:g}"
    ds.StudyTime, ds.SeriesTime = STUDY_TIME, STARTED
    ds.ProtocolName, ds.BodyPartExamined = "PET/CT skull base to thigh", "WHOLEBODY"
    ds.PerformedProcedureStepStartTime = "101600"
    frame = f"{PETCT_PATIENT.study_instance_uid}/frame of reference"
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = uid_of(frame), ""


def _pet_series(ds: Dataset, series: PtSeries) -> None:
    """PET Series Module (PS3.3 C.8.9.1)."""
    corrections = list(CORRECTIONS)
    if series.corrected:
        corrections.insert(3, "ATTN")
        ds.AttenuationCorrectionMethod = "CT, measured"
    ds.CorrectedImage = corrections
    ds.Units = "BQML" if series.corrected else "PROPCPS"
    ds.CountsSource, ds.SeriesType = "EMISSION", ["WHOLE BODY", "IMAGE"]
    ds.NumberOfSlices = SLICES
    ds.RandomsCorrectionMethod, ds.ScatterCorrectionMethod = "DLYD", "Model-based"
    ds.DecayCorrection = "START"
    ds.ReconstructionDiameter = round(PT_SIZE * PT_PIXEL_MM, 4)
    ds.ConvolutionKernel = "XYZ GAUSS 5.0"
    ds.ReconstructionMethod = "OSEM 3i21s"
    ds.CollimatorType = "NONE"


def _isotope(ds: Dataset) -> None:
    """PET Isotope and NM/PET Patient Orientation (PS3.3 C.8.9.2, C.8.4.6)."""
    item = Dataset()
    item.Radiopharmaceutical, item.RadiopharmaceuticalRoute = "FDG", "Intravenous"
    item.RadiopharmaceuticalStartTime = INJECTED
    item.RadiopharmaceuticalStartDateTime = PETCT_PATIENT.study_date + INJECTED
    item.RadionuclideTotalDose = DOSE_BQ
    item.RadionuclideHalfLife = HALF_LIFE_S
    item.RadionuclidePositronFraction = 0.967
    fluorine = Code("77004003", "SCT", "^18^Fluorine")
    item.RadionuclideCodeSequence = Sequence([fluorine.item()])
    fdg = Code("35321007", "SCT", "Fluorodeoxyglucose F^18^")
    item.RadiopharmaceuticalCodeSequence = Sequence([fdg.item()])
    ds.RadiopharmaceuticalInformationSequence = Sequence([item])
    lying = Code("102538003", "SCT", "recumbent").item()
    supine = Code("40199007", "SCT", "supine").item()
    lying.PatientOrientationModifierCodeSequence = Sequence([supine])
    ds.PatientOrientationCodeSequence = Sequence([lying])
    headfirst = Code("102540008", "SCT", "headfirst").item()
    ds.PatientGantryRelationshipCodeSequence = Sequence([headfirst])


def _image(ds: Dataset, index: int) -> None:
    """General Image and Image Plane (PS3.3 C.7.6.1, C.7.6.2)."""
    ds.SOPClassUID = PositronEmissionTomographyImageStorage
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.PatientOrientation = ["L", "P"]
    ds.ImagePositionPatient = [PT_FIRST_LPS, PT_FIRST_LPS, z_lps(index)]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing = [PT_PIXEL_MM, PT_PIXEL_MM]
    ds.SliceThickness = ds.SpacingBetweenSlices = SPACING_MM
    ds.SliceLocation = z_lps(index)


def _frame(ds: Dataset, index: int) -> None:
    """PET Image Module (PS3.3 C.8.9.4): the bed that the slice belongs to."""
    bed = index // BED_SLICES
    begun = bed * BED_STEP_S
    ds.AcquisitionNumber = bed + 1
    ds.AcquisitionTime = _time(_seconds(STARTED) + begun)
    ds.ContentTime = ds.AcquisitionTime
    ds.ImageIndex = SLICES - index
    ds.ActualFrameDuration = BED_S * 1000
    rate = log(2) / HALF_LIFE_S
    lived = BED_S * rate / (1 - exp(-BED_S * rate))
    ds.DecayFactor = f"{lived * exp(rate * begun):.8g}"
    ds.FrameReferenceTime = f"{(begun + log(lived) / rate) * 1000:.8g}"
    ds.DoseCalibrationFactor, ds.ScatterFractionFactor = 1, 0.35
    ds.DeadTimeFactor = 1.02


def _window(ds: Dataset, series: PtSeries) -> None:
    """SUV 0 to 6, or the like in counts."""
    top = (
        float(bq_per_ml(np.ones(1, np.float32))[0]) * 6 if series.corrected else COUNTS
    )
    ds.WindowCenter, ds.WindowWidth = round(top / 2), round(top)
