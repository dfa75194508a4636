"""Millimetres, regions, statistics and time: H7, H8, H13, H24, H26."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydicom import Dataset

from conformance.files import COLUMNS, ROWS, colour, grey
from conformance.question import Answer, Question, Series

DX, CR, MG, XA, US, US_MULTI, SC, CT = (
    f"1.2.840.10008.5.1.4.1.1.{end}"
    for end in ("1.1", "1", "1.2", "12.1", "6.1", "3.1", "7", "2")
)
PLANE = {
    "ImagePositionPatient": [0, 0, 0],
    "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
    "FrameOfReferenceUID": "1.2.826.0.1.3680043.10.1677.8",
}
FROM, TO = (3.0, 2.0), (9.0, 10.0)  # 6 columns across, 8 rows down


def _image(sop_class: str, modality: str, **attributes: Any) -> Dataset:
    words = (
        np.random.default_rng(3).integers(0, 4096, (ROWS, COLUMNS)).astype(np.uint16)
    )
    return grey(
        words,
        SOPClassUID=sop_class,
        Modality=modality,
        WindowCenter=2048,
        WindowWidth=4096,
        **attributes,
    )


def spacings() -> Iterator[Question]:
    """H7, H8: between rows comes first; the source says what kind of mm it is."""
    both = {"PixelSpacing": [0.3, 0.2], "ImagerPixelSpacing": [0.4, 0.25]}
    cases: tuple[tuple[str, Dataset, tuple[float, float] | None, str, float], ...] = (
        (
            "CT",
            _image(CT, "CT", PixelSpacing=[1.5, 0.5], **PLANE),
            (1.5, 0.5),
            "patient",
            1,
        ),
        (
            "DX at the detector",
            _image(DX, "DX", ImagerPixelSpacing=[0.4, 0.25]),
            (0.4, 0.25),
            "detector",
            1,
        ),
        (
            "DX, two spacings, no word on calibration",
            _image(DX, "DX", **both),
            (0.3, 0.2),
            "calibrated",
            1,
        ),
        (
            "DX GEOMETRY",
            _image(DX, "DX", PixelSpacingCalibrationType="GEOMETRY", **both),
            (0.3, 0.2),
            "calibrated",
            1,
        ),
        (
            "DX FIDUCIAL",
            _image(DX, "DX", PixelSpacingCalibrationType="FIDUCIAL", **both),
            (0.3, 0.2),
            "calibrated",
            1,
        ),
        (
            "MG with ERMF",
            _image(
                MG,
                "MG",
                ImagerPixelSpacing=[0.07, 0.07],
                EstimatedRadiographicMagnificationFactor=1.07,
            ),
            (0.07, 0.07),
            "detector",
            1.07,
        ),
        (
            "SID and SOD are never applied",
            _image(
                XA,
                "XA",
                ImagerPixelSpacing=[0.4, 0.25],
                DistanceSourceToDetector=1000,
                DistanceSourceToPatient=700,
            ),
            (0.4, 0.25),
            "detector",
            1,
        ),
        ("CR without spacing", _image(CR, "CR"), None, "", 1),
        ("SC without spacing", _image(SC, "OT"), None, "", 1),
        (
            "US: PixelSpacing is not for measuring",
            _image(US, "US", PixelSpacing=[0.3, 0.2]),
            None,
            "",
            1,
        ),
    )
    for name, dataset, spacing, source, magnification in cases:
        yield Question(
            "spacing",
            "hand",
            name,
            [dataset],
            lambda s, g=(spacing, source, magnification): _lengths(s, *g),
        )


def _lengths(
    series: Series,
    spacing: tuple[float, float] | None,
    source: str,
    magnification: float,
) -> Iterator[Answer]:
    told = series.image["spacing"]
    yield Answer("source", source, told["source"] if told else "")
    down, across = spacing or (1.0, 1.0)
    found = series.ask("measure", kind="length", points=[FROM, TO], depth="detector")
    yield Answer(
        "length", float(np.hypot(6 * across, 8 * down)), found["quantities"][0]["value"]
    )
    yield Answer("unit", "mm" if spacing else "px", found["quantities"][0]["unit"])
    if magnification != 1:
        nearer = series.ask("measure", kind="length", points=[FROM, TO], depth="object")
        due = float(np.hypot(6 * across, 8 * down)) / magnification
        yield Answer("in the object's plane", due, nearer["quantities"][0]["value"])
    square = [(2, 2), (12, 2), (12, 7), (2, 7)]
    area = series.ask("measure", kind="area", points=square, depth="detector")
    yield Answer("area", 50 * across * down, area["quantities"][0]["value"])
    angle = series.ask(
        "measure", kind="angle", points=[(8, 2), (2, 2), (8, 8)], depth="detector"
    )
    yield Answer(
        "angle",
        float(np.degrees(np.arctan2(6 * down, 6 * across))),
        angle["quantities"][0]["value"],
    )


def _region(
    box: tuple[int, int, int, int],
    form: int,
    units: tuple[int, int],
    deltas: tuple[float, float],
) -> Dataset:
    """C.8.5.5.1; units: 3 cm, 4 s, 7 cm/s."""
    item = Dataset()
    left, top, right, bottom = box
    item.RegionLocationMinX0, item.RegionLocationMinY0 = left, top
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = right, bottom
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = (
        form,
        {1: 1, 2: 2, 3: 3}[form],
        0,
    )
    item.PhysicalUnitsXDirection, item.PhysicalUnitsYDirection = units
    item.PhysicalDeltaX, item.PhysicalDeltaY = deltas
    item.ReferencePixelX0, item.ReferencePixelY0 = 0, 6
    return item


def regions() -> Iterator[Question]:
    """H13: 2D in cm, duplex in s and cm/s, negative steps, borders nothing crosses."""
    upper = _region((0, 0, 31, 11), 1, (3, 3), (0.05, 0.04))
    duplex = _region((0, 12, 31, 23), 3, (4, 7), (0.01, -2.5))
    rgb = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    both = colour(
        rgb, SOPClassUID=US, Modality="US", SequenceOfUltrasoundRegions=[upper, duplex]
    )
    yield Question("ultrasound regions", "hand", "2D above duplex", [both], _duplex)
    for deltas in ((0.05, 0.04), (-0.05, 0.04), (0.05, -0.04), (0.02, 0.02)):
        one = colour(
            rgb,
            SOPClassUID=US,
            Modality="US",
            SequenceOfUltrasoundRegions=[_region((0, 0, 31, 23), 1, (3, 3), deltas)],
        )
        yield Question(
            "ultrasound regions",
            "hand",
            f"steps {deltas}",
            [one],
            lambda s, d=deltas: _flat(s, d),
        )


def _flat(series: Series, deltas: tuple[float, float]) -> Iterator[Answer]:
    found = series.ask("measure", kind="length", points=[FROM, TO], depth="detector")
    yield Answer(
        "length",
        float(np.hypot(6 * deltas[0], 8 * deltas[1])) * 10,
        found["quantities"][0]["value"],
    )
    yield Answer("unit", "mm", found["quantities"][0]["unit"])


def _duplex(series: Series) -> Iterator[Answer]:
    yield from _flat(series, (0.05, 0.04))
    found = series.ask(
        "measure", kind="length", points=[(3, 14), (9, 20)], depth="detector"
    )
    values = {one["unit"]: one["value"] for one in found["quantities"]}
    yield Answer("time", 0.06, values.get("s"))
    yield Answer("velocity", 15.0, values.get("cm/s"))
    across = series.ask(
        "measure", kind="length", points=[(3, 5), (9, 20)], depth="detector"
    )
    yield Answer("across the border", "refused", across["kind"])
    area = series.ask(
        "measure", kind="area", points=[(3, 14), (9, 14), (9, 20)], depth="detector"
    )
    yield Answer("area in a duplex", "refused", area["kind"])


MEASURE = (spacings, regions)
