"""Cases of what covers pixels, and of pixels that are not square."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydicom import Dataset

from conformance.case import Case, View
from conformance.files import COLUMNS, ROWS, colour, grey

SHAPES: dict[str, dict[str, Any]] = {
    "RECTANGULAR": {
        "ShutterLeftVerticalEdge": 4,
        "ShutterRightVerticalEdge": 27,
        "ShutterUpperHorizontalEdge": 3,
        "ShutterLowerHorizontalEdge": 20,
    },
    "CIRCULAR": {"CenterOfCircularShutter": [11, 17], "RadiusOfCircularShutter": 10},
    "POLYGONAL": {
        "VerticesOfThePolygonalShutter": [2, 5, 4, 30, 15, 25, 23, 29, 20, 9, 12, 3]
    },
}
VIEWS = (
    View(),
    View(invert=True),
    View(rotation=90, flip=True),
    View(size=(3 * COLUMNS + 5, 3 * ROWS + 4), interpolation="bilinear"),
)


def _image(seed: int, **attributes: Any) -> Dataset:
    words = (
        np.random.default_rng(seed)
        .integers(600, 3500, (ROWS, COLUMNS))
        .astype(np.uint16)
    )
    return grey(words, WindowCenter=2048, WindowWidth=4096, **attributes)


def shutters() -> Iterator[Case]:
    """H18: the three shapes, alone and together, with presentation values."""
    shapes = [s for n in (1, 2, 3) for s in itertools.combinations(SHAPES, n)]
    every = itertools.product(
        shapes, (None, 0, 32768, 65535), ("MONOCHROME1", "MONOCHROME2")
    )
    for number, (chosen, value, interpretation) in enumerate(every):
        parts = {k: v for shape in chosen for k, v in SHAPES[shape].items()}
        dataset = _image(
            number,
            PhotometricInterpretation=interpretation,
            ShutterShape=list(chosen),
            ShutterPresentationValue=value,
            **parts,
        )
        yield Case("shutter", f"{chosen} {value} {interpretation}", dataset, VIEWS)
    beyond = {
        "ShutterLeftVerticalEdge": -3,
        "ShutterRightVerticalEdge": 900,
        "ShutterUpperHorizontalEdge": 0,
    }
    dataset = _image(
        90, ShutterShape="RECTANGULAR", **{**SHAPES["RECTANGULAR"], **beyond}
    )
    yield Case("shutter", "beyond the image", dataset, VIEWS)


def aspects() -> Iterator[Case]:
    """H7: spacing and aspect that are not square; a shutter's circle stays round."""
    for (tall, wide), source, turn in itertools.product(
        ((2, 1), (1, 2), (3, 2), (0.45, 0.18)), ("spacing", "aspect", "imager"), (0, 90)
    ):
        if source == "aspect" and isinstance(tall, float):
            continue
        ratio = [tall, wide]
        attributes: dict[str, Any] = {
            "spacing": {
                "PixelSpacing": ratio,
                "ImagePositionPatient": [0, 0, 0],
                "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
                "Modality": "CT",
                "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
                "FrameOfReferenceUID": "1.2.3",
            },
            "aspect": {"PixelAspectRatio": [int(tall), int(wide)]},
            "imager": {
                "ImagerPixelSpacing": ratio,
                "Modality": "CR",
                "SOPClassUID": "1.2.840.10008.5.1.4.1.1.1",
            },
        }[source]
        y, x = np.mgrid[:ROWS, :COLUMNS]
        words = (2000 + 1000 * np.sin(x / 3) + 800 * np.cos(y / 2)).astype(np.uint16)
        dataset = grey(words, WindowCenter=2048, WindowWidth=4096, **attributes)
        sizes = ((120, 120), (64, 48), (97, 151))
        views = [
            View(size=s, rotation=turn, interpolation=i)
            for s in sizes
            for i in ("nearest", "bilinear")
        ]
        yield Case("aspect", f"{tall}:{wide} by {source}", dataset, views)
        round_one = grey(
            words,
            WindowCenter=2048,
            WindowWidth=4096,
            ShutterShape="CIRCULAR",
            **SHAPES["CIRCULAR"],
            **attributes,
        )
        yield Case("aspect", f"{tall}:{wide} by {source}, circle", round_one, views[:2])


def overlay(
    dataset: Dataset,
    group: int,
    bits: np.ndarray,
    *,
    origin: tuple[int, int] = (1, 1),
    kind: str = "G",
    frames: tuple[int, int] | None = None,
    embedded: int = 0,
) -> Dataset:
    """Adds an overlay of `bits`, (rows, columns) or (frames, rows, columns): C.9.2."""
    rows, columns = bits.shape[-2:]
    dataset.add_new((group, 0x0010), "US", rows)
    dataset.add_new((group, 0x0011), "US", columns)
    dataset.add_new((group, 0x0040), "CS", kind)
    dataset.add_new((group, 0x0050), "SS", list(origin))
    dataset.add_new(
        (group, 0x0100), "US", int(dataset.BitsAllocated) if embedded else 1
    )
    dataset.add_new((group, 0x0102), "US", embedded)
    if frames is not None:
        dataset.add_new((group, 0x0015), "IS", str(frames[0]))
        dataset.add_new((group, 0x0051), "US", frames[1])
    if not embedded:
        packed = np.packbits(bits.astype(bool).ravel(), bitorder="little").tobytes()
        dataset.add_new((group, 0x3000), "OW", packed + b"\0" * (len(packed) % 2))
    return dataset


def overlays() -> Iterator[Case]:
    """H20: own bits, embedded bits, origins in and outside, several, several frames."""
    random = np.random.default_rng(21)
    origins = ((1, 1), (5, 9), (-3, -6), (20, 28), (-40, 2), (200, 300))
    sizes = ((ROWS, COLUMNS), (7, 13), (30, 41))
    for number, (origin, (rows, columns), kind) in enumerate(
        itertools.product(origins, sizes, "GR")
    ):
        bits = random.random((rows, columns)) < 0.3
        interpretation = "MONOCHROME1" if number % 3 == 0 else "MONOCHROME2"
        dataset = _image(number, PhotometricInterpretation=interpretation)
        yield Case(
            "overlay",
            f"{kind} {rows}×{columns} at {origin}",
            overlay(dataset, 0x6000, bits, origin=origin, kind=kind),
            VIEWS,
        )
    for position in (12, 13, 15):
        words = random.integers(0, 65536, (ROWS, COLUMNS)).astype(np.uint16)
        dataset = grey(words, WindowCenter=2048, WindowWidth=4096)
        overlay(dataset, 0x6000, np.zeros((ROWS, COLUMNS)), embedded=position)
        if position == 13:
            overlay(dataset, 0x6002, random.random((9, 9)) < 0.5, origin=(3, 3))
        yield Case("overlay", f"embedded in bit {position}", dataset, VIEWS)
    for first in (1, 2):
        words = random.integers(600, 3500, (4, ROWS, COLUMNS)).astype(np.uint16)
        dataset = grey(words, WindowCenter=2048, WindowWidth=4096)
        overlay(
            dataset,
            0x6004,
            random.random((2, 11, 13)) < 0.5,
            origin=(2, 4),
            frames=(2, first),
        )
        yield Case(
            "overlay",
            f"two frames from {first} on",
            dataset,
            VIEWS[:2],
            frames=(0, 1, 2, 3),
        )
    both = _image(
        77,
        ShutterShape="CIRCULAR",
        ShutterPresentationValue=20000,
        **SHAPES["CIRCULAR"],
    )
    yield Case(
        "overlay",
        "over a shutter",
        overlay(both, 0x6000, random.random((ROWS, COLUMNS)) < 0.3),
        VIEWS,
    )
    rgb = colour(random.integers(0, 200, (ROWS, COLUMNS, 3)).astype(np.uint8))
    yield Case(
        "overlay",
        "on colour",
        overlay(rgb, 0x6000, random.random((ROWS, COLUMNS)) < 0.3),
        VIEWS[:3],
    )


MASKS = (shutters, aspects, overlays)
