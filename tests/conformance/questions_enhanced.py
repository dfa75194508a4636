"""Enhanced multi-frame images beside their classic twins: H12, H1 per frame.

The twin is converted by highdicom; each frame must be its own classic image's picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from highdicom.legacy import (
    LegacyConvertedEnhancedCTImage,
    LegacyConvertedEnhancedMRImage,
    LegacyConvertedEnhancedPETImage,
)
from pydicom import Dataset

from conformance import expected
from conformance.case import View, Window
from conformance.files import UID_ROOT, grey
from conformance.judge import difference
from conformance.question import Answer, Question, Series

ROWS, COLUMNS, COUNT = 14, 18, 7
KINDS: dict[str, tuple[Any, str]] = {
    "CT": (LegacyConvertedEnhancedCTImage, "1.2.840.10008.5.1.4.1.1.2"),
    "MR": (LegacyConvertedEnhancedMRImage, "1.2.840.10008.5.1.4.1.1.4"),
    "PT": (LegacyConvertedEnhancedPETImage, "1.2.840.10008.5.1.4.1.1.128"),
}
ORIENTATIONS = ((1, 0, 0, 0, 1, 0), (0.8, 0.6, 0, -0.36, 0.48, -0.8))


def classics(
    modality: str, orientation: tuple[float, ...], *, varied: bool
) -> list[Dataset]:
    """Single-frame images; varied: each with a rescale of its own."""
    normal = np.cross(orientation[:3], orientation[3:])
    made = []
    for at in range(COUNT):
        values = (
            np.random.default_rng(at)
            .integers(0, 3000, (ROWS, COLUMNS))
            .astype(np.uint16)
        )
        dataset = grey(
            values,
            stored=16,
            Modality=modality,
            SOPClassUID=KINDS[modality][1],
            InstanceNumber=at + 1,
            RescaleSlope=1 + at / 4 if varied else 1,
            RescaleIntercept=-1024 + 10 * at if varied else -1024,
            WindowCenter=400,
            WindowWidth=2500,
            PixelSpacing=[1.5, 1.5],
            SliceThickness=3,
            ImagePositionPatient=[
                float(f"{v:.9g}") for v in at * 3.0 * normal + (1, 2, 3)
            ],
            ImageOrientationPatient=list(orientation),
            FrameOfReferenceUID=f"{UID_ROOT}.9",
            PatientPosition="HFS",
            ImageType=["ORIGINAL", "PRIMARY", "AXIAL"],
            PositionReferenceIndicator="",
            AcquisitionNumber=1,
            PatientName="",
            PatientID="",
            PatientBirthDate="",
            PatientSex="",
            StudyDate="20240102",
            StudyTime="030405",
            AccessionNumber="",
            StudyID="",
            ReferringPhysicianName="",
            Manufacturer="",
            SeriesNumber=1,
            RescaleType="HU",
            StudyInstanceUID=f"{UID_ROOT}.5",
            SeriesInstanceUID=f"{UID_ROOT}.5.1",
            SOPInstanceUID=f"{UID_ROOT}.5.1.{at}",
            ContentDate="20240102",
            ContentTime="030405",
            AcquisitionDate="20240102",
            AcquisitionTime="030405",
        )
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        made.append(dataset)
    return made


def twins() -> Iterator[Question]:
    """Frames in order and shuffled; one rescale for all, and one a frame."""
    for modality, (convert, _) in KINDS.items():
        for number, orientation in enumerate(ORIENTATIONS):
            for varied, shuffled in ((False, False), (True, False), (True, True)):
                images = classics(modality, orientation, varied=varied)
                given = (
                    [
                        images[n]
                        for n in np.random.default_rng(number).permutation(COUNT)
                    ]
                    if shuffled
                    else images
                )
                enhanced = convert(given, f"{UID_ROOT}.6", 1, f"{UID_ROOT}.6.1", 1)
                name = f"{modality} {number} varied {varied} shuffled {shuffled}"
                yield Question(
                    "enhanced twin",
                    "the classic images, by hand",
                    name,
                    [enhanced],
                    lambda s, i=images: _frames(s, i),
                )


def _frames(series: Series, images: list[Dataset]) -> Iterator[Answer]:
    yield Answer("frames", COUNT, series.sets[0]["frameCount"])
    view = View(own=Window(400, 2500))
    for at, classic in enumerate(images):
        picture = series.look(view, frame=at)
        due = expected.picture(classic, view)
        off = difference(picture.pixels, due, exact=False)
        yield Answer(f"frame {at} is its twin's", True, off <= 0.51)


ENHANCED = (twins,)
