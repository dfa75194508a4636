"""Mammograms as Digital Mammography X-Ray Image objects "for presentation" (A.27)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DigitalMammographyXRayImageStorageForPresentation

from smart_viewer.sandbox.identity import SampleIdentity
from smart_viewer.sandbox.mammogram_breast import Projection, Side
from smart_viewer.sandbox.mammogram_film import TOP
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

MAGNIFICATION = 1.07
"""From the middle of the breast to the detector."""
_DETECTOR_MM = 660.0
ORIENTATIONS: dict[tuple[Side, Projection], list[str]] = {
    ("R", "CC"): ["P", "L"],
    ("L", "CC"): ["A", "R"],
    ("R", "MLO"): ["P", "FL"],
    ("L", "MLO"): ["A", "FR"],
}
"""Rows run to the chest wall on the right side, away from it on the left; columns to
the inner side in CC views, to the feet and the inner side in MLO ones."""


@dataclass(frozen=True, slots=True)
class Console:
    """How one machine codes and stores.

    breast, views: its codes. raw: uncompressed, not in JPEG-LS.
    """

    device: Device
    pixel_mm: float
    breast: Code
    views: dict[Projection, Code]
    raw: bool


NEW_CONSOLE = Console(
    Device("SANDBOXMG1", "Compression Phantom"),
    0.12,
    Code("76752008", "SCT", "Breast"),
    {
        "CC": Code("399162004", "SCT", "cranio-caudal"),
        "MLO": Code("399368009", "SCT", "medio-lateral oblique"),
    },
    raw=False,
)
OLD_CONSOLE = Console(
    Device("SANDBOXMG0", "Older Compression Phantom"),
    0.16,
    Code("T-04000", "SRT", "Breast"),
    {
        "CC": Code("R-10242", "SRT", "cranio-caudal"),
        "MLO": Code("R-10226", "SRT", "medio-lateral oblique"),
    },
    raw=True,
)
"""Codes of before 2017, when PS3.16 went over from SNOMED-RT to SNOMED CT."""


@dataclass(frozen=True, slots=True)
class View:
    """One mammogram of one breast."""

    series: SampleSeriesPlan
    side: Side
    projection: Projection
    function: Literal["LINEAR", "SIGMOID"]


def write_mammogram(
    path: Path, who: SampleIdentity, console: Console, view: View, shades: Floats
) -> None:
    """One Part 10 file. shades: (rows, columns), 0 where there is only air."""
    ds = new_dataset(who, view.series, console.device, 1)
    ds.SOPClassUID = DigitalMammographyXRayImageStorageForPresentation
    _anatomy(ds, console, view)
    _positioning(ds, view)
    _detector(ds, console)
    _image(ds, view)
    set_pixels(ds, np.rint(shades).astype(np.uint16), 12, "MONOCHROME2")
    ds.PixelPaddingValue = 0
    save = save_raw if console.raw else save_jpeg_ls
    save(ds, path)


def _anatomy(ds: Dataset, console: Console, view: View) -> None:
    """DX Anatomy Imaged, Mammography Image (PS3.3 C.8.11.2, C.8.11.7)."""
    ds.BodyPartExamined, ds.OrganExposed = "BREAST", "BREAST"
    ds.ImageLaterality = view.side
    ds.AnatomicRegionSequence = Sequence([console.breast.item()])
    ds.ViewPosition = view.projection
    code = console.views[view.projection].item()
    code.ViewModifierCodeSequence = Sequence([])
    ds.ViewCodeSequence = Sequence([code])
    ds.PatientOrientation = ORIENTATIONS[view.side, view.projection]
    ds.BreastImplantPresent, ds.PartialView = "NO", "NO"


def _positioning(ds: Dataset, view: View) -> None:
    """DX Positioning and generation (PS3.3 C.8.11.5, C.8.7.8)."""
    ds.PositionerType = "MAMMOGRAPHIC"
    tilt = 45 if view.side == "R" else -45
    ds.PositionerPrimaryAngle = tilt if view.projection == "MLO" else 0
    ds.PositionerPrimaryAngleDirection = "CW" if view.side == "R" else "CC"
    ds.BodyPartThickness, ds.CompressionForce = 55, 98
    ds.DistanceSourceToDetector = _DETECTOR_MM
    ds.DistanceSourceToPatient = round(_DETECTOR_MM / MAGNIFICATION, 1)
    ds.EstimatedRadiographicMagnificationFactor = MAGNIFICATION
    ds.KVP, ds.ExposureTime, ds.XRayTubeCurrent, ds.Exposure = 29, 900, 90, 81
    ds.AnodeTargetMaterial, ds.FilterMaterial = "TUNGSTEN", "RHODIUM"
    ds.Grid = "FOCUSED"


def _detector(ds: Dataset, console: Console) -> None:
    """DX Detector (PS3.3 C.8.11.4). No PixelSpacing: nothing was calibrated."""
    spacing = [console.pixel_mm, console.pixel_mm]
    ds.DetectorType, ds.DetectorConfiguration = "DIRECT", "AREA"
    ds.DetectorID = f"{console.device.station}-1"
    ds.ImagerPixelSpacing = spacing
    ds.DetectorElementPhysicalSize = spacing
    ds.FieldOfViewShape = "RECTANGLE"


def _image(ds: Dataset, view: View) -> None:
    """DX Series, DX Image and VOI LUT (PS3.3 C.8.11.1, C.8.11.3, C.11.2)."""
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.ImageType = ["ORIGINAL", "PRIMARY", ""]
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", -1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "US"
    ds.PresentationLUTShape = "IDENTITY"
    ds.VOILUTFunction = view.function
    middle = (TOP + 1) // 2
    widths = [2400, 1800, 3200] if view.function == "SIGMOID" else [3600, 2800, 4096]
    ds.WindowCenter, ds.WindowWidth = [middle] * 3, widths
    ds.WindowCenterWidthExplanation = ["NORMAL", "HARDER", "SOFTER"]
    ds.AcquisitionContextSequence = Sequence([])
