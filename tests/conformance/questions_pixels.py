"""Statistics, time, ramps: H22, H24, H26."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydicom import Dataset

from conformance.case import View
from conformance.files import COLUMNS, ROWS, grey
from conformance.question import Answer, Question, Series
from conformance.questions_measure import CT, PLANE, XA


def statistics() -> Iterator[Question]:
    """H24, H5: ellipses and polygons at native pixels, in modality units."""
    shapes: tuple[dict[str, Any], ...] = (
        {"kind": "ellipse", "center": [15, 11], "a": [9.3, 0], "b": [0, 6.2]},
        {"kind": "ellipse", "center": [15.5, 11.25], "a": [6, 3], "b": [-2, 4]},
        {
            "kind": "polygon",
            "points": [
                [2.2, 3.1],
                [25.7, 1.4],
                [28.3, 20.6],
                [11.1, 15.2],
                [4.4, 21.9],
            ],
        },
        {"kind": "polygon", "points": [[-5, -5], [40, -5], [40, 40], [-5, 40]]},
    )
    for (slope, intercept), pad in itertools.product(
        ((1, -1024), (0.5, 3), (2.37, -7)), (None, 700)
    ):
        words = (
            np.random.default_rng(9)
            .integers(600, 1400, (ROWS, COLUMNS))
            .astype(np.uint16)
        )
        words[4:8, 5:15] = 700
        dataset = grey(
            words,
            SOPClassUID=CT,
            Modality="CT",
            RescaleSlope=slope,
            RescaleIntercept=intercept,
            PixelSpacing=[1.5, 0.5],
            WindowCenter=40,
            WindowWidth=400,
            **PLANE,
        )
        if pad is not None:
            dataset.add_new(0x00280120, "US", pad)
        values = np.where(
            words == (pad or -1), np.nan, words.astype(float) * slope + intercept
        )
        yield Question(
            "statistics",
            "numpy, point by point",
            f"slope {slope} padding {pad}",
            [dataset],
            lambda s, v=values: _spreads(s, v, shapes),
        )


def _spreads(
    series: Series, values: np.ndarray, shapes: tuple[dict[str, Any], ...]
) -> Iterator[Answer]:
    for shape in shapes:
        found = series.reading.ask(
            "statistics", {"displaySet": series.indices[0], "frameIndex": 0}, shape
        )
        inside = np.array(
            [
                [_inside(shape, c + 0.5, r + 0.5) for c in range(COLUMNS)]
                for r in range(ROWS)
            ]
        )
        kept = values[inside & ~np.isnan(values)]
        yield Answer("count", kept.size, found["count"])
        spread = found["values"]
        due = [kept.mean(), kept.std(ddof=1), kept.min(), kept.max()]
        yield Answer(
            "mean, deviation, ends",
            [float(v) for v in due],
            [spread[k] for k in ("mean", "standardDeviation", "min", "max")],
            1e-9,
        )
        yield Answer(
            "area", _area(shape) * 0.75, found["area"]["quantities"][0]["value"], 1e-9
        )


def _inside(shape: dict[str, Any], x: float, y: float) -> bool:
    if shape["kind"] == "ellipse":
        part = np.linalg.solve(
            np.array([shape["a"], shape["b"]]).T, np.array([x, y]) - shape["center"]
        )
        return bool(part @ part <= 1)
    points, odd = shape["points"], False
    for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            odd = not odd
    return odd


def _area(shape: dict[str, Any]) -> float:
    if shape["kind"] == "ellipse":
        (a, b), (c, d) = shape["a"], shape["b"]
        return float(np.pi * abs(a * d - b * c))
    points = shape["points"]
    twice = sum(
        x1 * y2 - x2 * y1
        for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True)
    )
    return abs(twice) / 2


def cines() -> Iterator[Question]:
    """H26: FrameTime, FrameTimeVector, RecommendedDisplayFrameRate, trims."""

    def clip(**timing: Any) -> Dataset:
        frames = np.zeros((6, 8, 8), np.uint16)
        dataset = grey(
            frames, SOPClassUID=XA, Modality="XA", WindowCenter=10, WindowWidth=20
        )
        for keyword, value in timing.items():
            setattr(dataset, keyword, value)
        return dataset

    pointer = {"time": 0x00181063, "vector": 0x00181065}
    vector = [0, 40, 40, 80, 40, 40]
    cases = (
        (
            "FrameTime",
            clip(FrameTime=40, FrameIncrementPointer=pointer["time"]),
            25.0,
            0,
            5,
        ),
        (
            "FrameTimeVector",
            clip(FrameTimeVector=vector, FrameIncrementPointer=pointer["vector"]),
            6000 / 280,
            0,
            5,
        ),
        (
            "RecommendedDisplayFrameRate",
            clip(RecommendedDisplayFrameRate=15),
            15.0,
            0,
            5,
        ),
        (
            "recommended beside FrameTime",
            clip(
                RecommendedDisplayFrameRate=15,
                FrameTime=40,
                FrameIncrementPointer=pointer["time"],
            ),
            25.0,
            0,
            5,
        ),
        ("CineRate", clip(CineRate=12), 12.0, 0, 5),
        (
            "trims",
            clip(
                FrameTime=50,
                FrameIncrementPointer=pointer["time"],
                StartTrim=2,
                StopTrim=5,
            ),
            20.0,
            1,
            4,
        ),
    )
    for name, dataset, rate, first, last in cases:
        yield Question(
            "cine",
            "hand",
            name,
            [dataset],
            lambda s, d=(rate, first, last): _cine(s, *d),
        )


def _cine(series: Series, rate: float, first: int, last: int) -> Iterator[Answer]:
    line = series.reading.ask("timeline", series.indices[0])
    yield Answer("images a second", rate, line["rate"], 0.02)
    yield Answer("trims", [first, last], [line["first"], line["last"]])


def ramps() -> Iterator[Question]:
    """H22: a ramp of 10 or 12 bits on an 8-bit canvas never steps back."""
    for bits, function in itertools.product(
        (10, 12, 16), ("LINEAR", "LINEAR_EXACT", "SIGMOID")
    ):
        ramp = np.arange(1024, dtype=np.uint16)[np.newaxis, :] << (bits - 10)
        dataset = grey(
            np.repeat(ramp, 2, axis=0),
            stored=bits,
            WindowCenter=2 ** (bits - 1),
            WindowWidth=2**bits,
            VOILUTFunction=function,
        )
        yield Question(
            "ramp", "invariant", f"{bits} bits {function}", [dataset], _monotone
        )


def _monotone(series: Series) -> Iterator[Answer]:
    for view, sign in ((View(), 1), (View(invert=True), -1)):
        steps = np.diff(series.look(view).pixels[0].astype(int)) * sign
        yield Answer("no step back", True, bool((steps >= 0).all()))
        yield Answer("no step of more than one level", True, bool((steps <= 1).all()))


PIXELS = (statistics, cines, ramps)
