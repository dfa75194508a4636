"""Chest radiographs as Digital X-Ray Image objects "for presentation" (PS3.3 A.26)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DigitalXRayImageStorageForPresentation

from smart_viewer.sandbox.identity import SampleIdentity
from smart_viewer.sandbox.radiograph_anatomy import Direction
from smart_viewer.sandbox.radiograph_film import Film
from smart_viewer.sandbox.radiograph_headers import (
    Code,
    Device,
    new_dataset,
    save_jpeg_ls,
    save_raw,
    set_pixels,
)
from smart_viewer.sandbox.sample_plan import SampleSeriesPlan
from smart_viewer.sandbox.shapes import Floats

PIXEL_MM = 0.26
"""ImagerPixelSpacing: at the detector."""
MAGNIFICATION = 1.065
"""From the chest to the detector (EstimatedRadiographicMagnificationFactor)."""
_DETECTOR_MM = 1800.0
_DEVICE = Device("SANDBOXDX1", "Upright Phantom")
_CHEST = Code("816094009", "SCT", "Chest")
_VIEWS: dict[Direction, Code] = {
    "PA": Code("272479007", "SCT", "postero-anterior"),
    "LL": Code("399173006", "SCT", "left lateral"),
}
_ROWS_AND_COLUMNS: dict[Direction, list[str]] = {"PA": ["L", "F"], "LL": ["P", "F"]}
"""Where a row and a column run to, seen from the detector (PS3.3 C.7.6.1.1.1)."""


@dataclass(frozen=True, slots=True)
class View:
    """One radiograph: what is stored, and how.

    stands: by how many rows and columns the patient stands off the place of the newest.
    inverted: as MONOCHROME1, where the direct beam is the largest value.
    raw: uncompressed, not in JPEG-LS.
    """

    series: SampleSeriesPlan
    direction: Direction
    film: Film
    stands: tuple[int, int]
    inverted: bool = False
    raw: bool = False


def write_radiograph(
    path: Path, who: SampleIdentity, view: View, shades: Floats
) -> None:
    """One Part 10 file. shades: (rows, columns), 0 for the direct beam."""
    ds = new_dataset(who, view.series, _DEVICE, 1)
    ds.SOPClassUID = DigitalXRayImageStorageForPresentation
    _anatomy(ds, view)
    _detector(ds, view)
    _beam(ds)
    _image(ds, view)
    rounded = np.rint(shades).astype(np.uint16)
    stored = np.uint16(view.film.top) - rounded if view.inverted else rounded
    grey = "MONOCHROME1" if view.inverted else "MONOCHROME2"
    set_pixels(ds, stored, view.film.bits, grey)
    save = save_raw if view.raw else save_jpeg_ls
    save(ds, path)


def _anatomy(ds: Dataset, view: View) -> None:
    """DX Anatomy Imaged, DX Positioning (PS3.3 C.8.11.2, C.8.11.5)."""
    ds.BodyPartExamined, ds.ImageLaterality = "CHEST", "U"
    ds.AnatomicRegionSequence = Sequence([_CHEST.item()])
    ds.ViewPosition = view.direction
    code = _VIEWS[view.direction].item()
    code.ViewModifierCodeSequence = Sequence([])
    ds.ViewCodeSequence = Sequence([code])
    ds.PatientOrientation = _ROWS_AND_COLUMNS[view.direction]
    ds.PatientOrientationCodeSequence = Sequence([_upright()])
    ds.DistanceSourceToDetector = _DETECTOR_MM
    ds.DistanceSourceToPatient = round(_DETECTOR_MM / MAGNIFICATION, 1)
    ds.EstimatedRadiographicMagnificationFactor = MAGNIFICATION


def _upright() -> Dataset:
    item = Code("10904000", "SCT", "erect").item()
    item.PatientOrientationModifierCodeSequence = Sequence(
        [Code("10904000", "SCT", "standing").item()]
    )
    return item


def _detector(ds: Dataset, view: View) -> None:
    """DX Detector (PS3.3 C.8.11.4). No PixelSpacing: nothing was calibrated."""
    ds.DetectorType, ds.DetectorConfiguration = "SCINTILLATOR", "AREA"
    ds.DetectorID, ds.DetectorDescription = "SBXDET1", "Phantom flat panel"
    ds.ImagerPixelSpacing = [PIXEL_MM, PIXEL_MM]
    ds.DetectorElementPhysicalSize = [PIXEL_MM, PIXEL_MM]
    ds.FieldOfViewShape = "RECTANGLE"
    ds.PositionerType = "NONE"


def _beam(ds: Dataset) -> None:
    """DX X-Ray Generation (PS3.3 C.8.7.8 of the acquisition)."""
    ds.KVP, ds.ExposureTime, ds.XRayTubeCurrent, ds.Exposure = 120, 8, 250, 2
    ds.Grid = ["FOCUSED", "PARALLEL"]


def _image(ds: Dataset, view: View) -> None:
    """DX Series, DX Image and VOI LUT (PS3.3 C.8.11.1, C.8.11.3, C.11.2)."""
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.ImageType = ["ORIGINAL", "PRIMARY", ""]
    ds.PixelIntensityRelationship = "LOG"
    ds.PixelIntensityRelationshipSign = 1 if view.inverted else -1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "US"
    ds.PresentationLUTShape = "INVERSE" if view.inverted else "IDENTITY"
    middle = (view.film.top + 1) // 2
    ds.WindowCenter = [middle, middle, middle]
    ds.WindowWidth = [middle * 2, round(middle * 1.5), round(middle * 2.6)]
    ds.WindowCenterWidthExplanation = ["NORMAL", "HARDER", "SOFTER"]
    ds.AcquisitionContextSequence = Sequence([])
