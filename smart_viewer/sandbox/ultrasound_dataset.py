"""Ultrasound pictures as US Image and US Multi-frame Image objects (PS3.3 A.6, A.7)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UltrasoundImageStorage, UltrasoundMultiFrameImageStorage

from smart_viewer.sandbox.identity import SampleIdentity
from smart_viewer.sandbox.radiograph_headers import (
    Code,
    Device,
    new_dataset,
    save_jpeg_ls,
    save_raw,
    set_pixels,
)
from smart_viewer.sandbox.sample_plan import SampleSeriesPlan
from smart_viewer.sandbox.ultrasound_picture import Strip
from smart_viewer.sandbox.ultrasound_probe import Bytes, Screen

CM, SECONDS, CM_PER_SECOND = 3, 4, 7
"""PhysicalUnitsXDirection and Y (PS3.3 C.8.5.5.1.15)."""
TWO_D, SPECTRAL = 1, 3
"""RegionSpatialFormat (C.8.5.5.1.1)."""
TISSUE, PULSED_WAVE = 1, 3
"""RegionDataType (C.8.5.5.1.2)."""
_DEVICE = Device("SANDBOXUS1", "Curved Phantom")
_ABDOMEN = Code("818981001", "SCT", "Abdomen")


@dataclass(frozen=True, slots=True)
class Region:
    """One calibrated part of the picture (C.8.5.5).

    box: first column and row, last column and row, all of them inside. units, deltas:
    along x, then y. reference: pixel within the box whose physical values are 0.
    """

    kind: tuple[int, int]
    box: tuple[int, int, int, int]
    units: tuple[int, int]
    deltas: tuple[float, float]
    reference: tuple[int, int]

    def item(self) -> Dataset:
        """It as an item of SequenceOfUltrasoundRegions."""
        item = Dataset()
        item.RegionSpatialFormat, item.RegionDataType = self.kind
        item.RegionFlags = 0
        item.RegionLocationMinX0, item.RegionLocationMinY0 = self.box[:2]
        item.RegionLocationMaxX1, item.RegionLocationMaxY1 = self.box[2:]
        item.PhysicalUnitsXDirection, item.PhysicalUnitsYDirection = self.units
        item.PhysicalDeltaX, item.PhysicalDeltaY = self.deltas
        item.ReferencePixelX0, item.ReferencePixelY0 = self.reference
        item.ReferencePixelPhysicalValueX = 0.0
        item.ReferencePixelPhysicalValueY = 0.0
        item.TransducerFrequency = 3500
        return item


def fan_region(screen: Screen, last_row: int) -> Region:
    """The fan: centimetres, from the middle of the probe's face."""
    first_column, last_column = 4, screen.columns - 24
    delta_cm = round(screen.pixel_mm / 10, 6)
    return Region(
        (TWO_D, TISSUE),
        (first_column, 0, last_column, last_row),
        (CM, CM),
        (delta_cm, delta_cm),
        (screen.middle - first_column, screen.top),
    )


def strip_region(strip: Strip) -> Region:
    """The Doppler strip: seconds, and centimetres per second that rise upwards."""
    first_row, first_column = strip.rows.start, strip.columns.start
    return Region(
        (SPECTRAL, PULSED_WAVE),
        (first_column, first_row, strip.columns.stop - 1, strip.rows.stop - 1),
        (SECONDS, CM_PER_SECOND),
        (strip.s_per_pixel, -strip.cm_s_per_pixel),
        (0, strip.baseline - first_row),
    )


def write_clip(
    path: Path,
    who: SampleIdentity,
    series: SampleSeriesPlan,
    frames: Bytes,
    frame_ms: float,
    regions: tuple[Region, ...],
) -> None:
    """A multi-frame file in JPEG-LS. frames: (frames, rows, columns)."""
    ds = _dataset(who, series, regions)
    ds.SOPClassUID = UltrasoundMultiFrameImageStorage
    ds.NumberOfFrames = len(frames)
    ds.FrameIncrementPointer = Tag("FrameTime")
    ds.FrameTime, ds.CineRate = frame_ms, round(1000 / frame_ms)
    ds.RecommendedDisplayFrameRate = round(1000 / frame_ms)
    set_pixels(ds, frames, 8, "MONOCHROME2")
    save_jpeg_ls(ds, path)


def write_still(
    path: Path,
    who: SampleIdentity,
    series: SampleSeriesPlan,
    picture: Bytes,
    regions: tuple[Region, ...],
) -> None:
    """A single picture (rows, columns), uncompressed."""
    ds = _dataset(who, series, regions)
    ds.SOPClassUID = UltrasoundImageStorage
    set_pixels(ds, picture, 8, "MONOCHROME2")
    save_raw(ds, path)


def _dataset(
    who: SampleIdentity, series: SampleSeriesPlan, regions: tuple[Region, ...]
) -> Dataset:
    """What both share: US Image and US Region Calibration (C.8.5.6, C.8.5.5)."""
    ds = new_dataset(who, series, _DEVICE, 1)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "ABDOMINAL", "0001"]
    ds.BodyPartExamined = "ABDOMEN"
    ds.AnatomicRegionSequence = Sequence([_ABDOMEN.item()])
    ds.PatientOrientation = ["F", "P"]
    ds.TransducerType, ds.ProtocolName = "CURVED LINEAR", "Abdomen"
    ds.SequenceOfUltrasoundRegions = Sequence([region.item() for region in regions])
    return ds
