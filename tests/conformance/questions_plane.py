"""Order of slices, regularity, tilt, orientation letters: H9, H10, H11, H16, H17."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom import Dataset, dcmread

from conformance.case import View
from conformance.files import grey
from conformance.question import Answer, Question, Series

SIDE = 8
SPACING = (1.8, 0.45)
ORIENTATIONS = {
    "axial": (1, 0, 0, 0, 1, 0),
    "sagittal": (0, 1, 0, 0, 0, -1),
    "coronal": (1, 0, 0, 0, 0, -1),
    "oblique": (0.8, 0.6, 0, -0.36, 0.48, -0.8),
    "feet first": (-1, 0, 0, 0, 1, 0),
}
MR_CLASS, CT_CLASS = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.2"
TURNS = (0, 90, 180, 270)
LETTERS = (("L", "R"), ("P", "A"), ("H", "F"))
QUADRUPED = (("LE", "RT"), ("D", "V"), ("CR", "CD"))


def slices(
    positions: NDArray[np.float64],
    orientation: tuple[float, ...],
    numbers: list[int] | None = None,
) -> list[Dataset]:
    """One image at each position; numbers: their InstanceNumbers."""
    made = []
    for at, position in enumerate(positions):
        dataset = grey(
            np.full((SIDE, SIDE), at, np.uint16),
            Modality="CT",
            SOPClassUID=CT_CLASS,
            ImageOrientationPatient=[float(f"{c:.10g}") for c in orientation],
            ImagePositionPatient=[float(f"{c:.10g}") for c in position],
            PixelSpacing=list(SPACING),
            FrameOfReferenceUID="1.2.826.0.1.3680043.10.1677.7",
            WindowCenter=10,
            WindowWidth=20,
            RescaleSlope=1,
            RescaleIntercept=0,
            InstanceNumber=numbers[at] if numbers else at + 1,
            ImageType=["ORIGINAL", "PRIMARY", "AXIAL"],
        )
        made.append(dataset)
    return made


def _normal(orientation: tuple[float, ...]) -> NDArray[np.float64]:
    return np.cross(orientation[:3], orientation[3:])


def orders() -> Iterator[Question]:
    """H9: shuffled files, numbers that run backwards or at random, jitter of 1e-4."""
    for seed, (name, orientation) in enumerate(ORIENTATIONS.items()):
        random = np.random.default_rng(seed)
        steps = np.arange(12)[:, np.newaxis] * 3.0 * _normal(orientation) + (5, -7, 11)
        shuffled = random.permutation(12)
        for numbers in (
            list(range(1, 13)),
            list(range(12, 0, -1)),
            [int(n) + 1 for n in random.permutation(12)],
        ):
            datasets = slices(steps[shuffled], orientation, numbers)
            jitter = slices(
                steps[shuffled],
                tuple(np.array(orientation) + random.uniform(-5e-5, 5e-5, 6)),
                numbers,
            )
            due = [int(np.argwhere(shuffled == n)[0, 0]) + 1 for n in range(12)]
            yield Question(
                "slice order",
                "SimpleITK",
                name,
                datasets,
                lambda s, due=due: _order(s, due),
            )
            yield Question(
                "slice order",
                "SimpleITK",
                f"{name}, jitter",
                jitter,
                lambda s, due=due: _order(s, due),
            )


def _order(series: Series, due: list[int]) -> Iterator[Answer]:
    yield Answer("order along the normal", due, series.instances())
    folder, uid = series.files[0].parent, dcmread(series.files[0]).SeriesInstanceUID
    theirs = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder), uid)
    by_gdcm = [int(Path(one).stem.rsplit("-", 1)[-1]) for one in theirs]
    yield Answer("order by GDCM", by_gdcm, series.instances())
    volume = sitk.ImageSeriesReader()
    volume.SetFileNames(theirs)
    yield Answer(
        "step by ITK",
        volume.Execute().GetSpacing()[2],
        series.image["stack"]["stepMm"],
        1e-4,
    )
    yield Answer("state", "regular", series.image["stack"]["state"])


def stacks() -> Iterator[Question]:
    """H9, H10: two stacks, two images at each place, missing and uneven slices."""
    axis = np.array([0, 0, 1.0])
    axial = ORIENTATIONS["axial"]
    even = np.arange(20)[:, np.newaxis] * 2.5 * axis
    for lost in (1, 7, 18):
        left = np.delete(even, lost, axis=0)
        yield Question(
            "gaps",
            "hand",
            f"slice {lost} of 20 missing",
            slices(left, axial),
            lambda s, n=lost: _stack(s, "gaps", [n - 1], 2.5),
        )
    mixed = (
        np.concatenate([np.arange(10) * 5.0, 50 + np.arange(20) * 1.0])[:, np.newaxis]
        * axis
    )
    yield Question(
        "gaps",
        "hand",
        "5 mm, then 1 mm",
        slices(mixed, axial),
        lambda s: _stack(s, "variable", [], None),
    )
    twice = np.repeat(even[:6], 2, axis=0)
    yield Question(
        "slice order", "hand", "two at each place", slices(twice, axial), _two_sets
    )
    sagittal = ORIENTATIONS["sagittal"]
    along = np.arange(6)[:, np.newaxis] * 2.5 * _normal(sagittal)
    crossed = slices(even[:6], axial) + slices(along, sagittal)
    yield Question("slice order", "hand", "two orientations", crossed, _two_sets)


def _stack(
    series: Series, state: str, gaps: list[int], step: float | None
) -> Iterator[Answer]:
    stack = series.image["stack"]
    yield Answer("state", state, stack["state"])
    yield Answer("gaps", gaps, stack["gaps"])
    if step is not None:
        yield Answer("step", step, stack["stepMm"])


def _two_sets(series: Series) -> Iterator[Answer]:
    yield Answer("display sets", 2, len(series.sets))
    yield Answer("frames", [6, 6], [one["frameCount"] for one in series.sets])
    yield Answer(
        "every image once",
        list(range(1, 13)),
        sorted(series.instances(0) + series.instances(1)),
    )


def tilts() -> Iterator[Question]:
    """H11: the step leans away from the normal; the angle is said, none is refused."""
    for degrees, (name, orientation) in itertools.product(
        (5, 15, 20, 28.5), ORIENTATIONS.items()
    ):
        normal, column = _normal(orientation), np.array(orientation[3:])
        angle = np.radians(degrees)
        step = 4.0 * (np.cos(angle) * normal + np.sin(angle) * column)
        positions = np.arange(15)[:, np.newaxis] * step
        due = degrees, 4.0 * float(np.cos(angle))
        yield Question(
            "tilt",
            "hand",
            f"{name} {degrees}°",
            slices(positions, orientation),
            lambda s, due=due: _tilt(s, *due),
        )


def _tilt(series: Series, degrees: float, step: float) -> Iterator[Answer]:
    stack = series.image["stack"]
    yield Answer("state", "regular", stack["state"])
    yield Answer("tilt", degrees, stack["tiltDeg"], 1e-5)
    yield Answer("step along the normal", step, stack["stepMm"], 1e-6)


def letters() -> Iterator[Question]:
    """H16, H17: 24 axis orientations and oblique ones, through eight views."""
    axes = [np.array(v) * s for v in np.eye(3) for s in (1, -1)]
    pairs = [(a, b) for a, b in itertools.product(axes, axes) if not np.dot(a, b)]
    oblique = [
        (np.array(o[:3]), np.array(o[3:]))
        for o in [ORIENTATIONS["oblique"], (0.6, -0.8, 0, 0.64, 0.48, -0.6)]
    ]
    for number, (row, column) in enumerate([*pairs, *oblique]):
        for kind in ("BIPED", "QUADRUPED"):
            (dataset,) = slices(np.zeros((1, 3)), (*row, *column))
            dataset.AnatomicalOrientationType = kind
            names = LETTERS if kind == "BIPED" else QUADRUPED
            yield Question(
                "letters",
                "hand",
                f"{number} {kind}",
                [dataset],
                lambda s, r=row, c=column, n=names: _sides(s, r, c, n),
            )


def _sides(
    series: Series, row: NDArray, column: NDArray, names: tuple[tuple[str, str], ...]
) -> Iterator[Answer]:
    for turn, flip in itertools.product(TURNS, (False, True)):
        said = series.look(View(rotation=turn, flip=flip, size=(32, 32)))
        right, down = _after(row, column, turn, flip)
        due = [_words(v, names) for v in (-right, right, -down, down)]
        sides = said.resolved["sides"]
        found = [sides[name].upper() for name in ("left", "right", "top", "bottom")]
        yield Answer(f"turned {turn} flip {flip}", due, found)
        yield Answer(
            "a flip is said", flip, any("FLIPPED" in words for words in said.badges)
        )


def _after(
    row: NDArray, column: NDArray, turn: int, flip: bool
) -> tuple[NDArray, NDArray]:
    """Patient directions to the screen's right and down: turned clockwise, mirrored."""
    right, down = row, column
    for _ in range(turn // 90):
        right, down = -down, right
    return (-right if flip else right), down


def _words(direction: NDArray, names: tuple[tuple[str, str], ...]) -> str:
    """C.7.6.1.1.1: the strongest first; below 0.1 (6°) it is set-up, not obliquity."""
    strongest = sorted(range(3), key=lambda axis: -abs(direction[axis]))
    return "".join(
        names[a][0 if direction[a] > 0 else 1]
        for a in strongest
        if abs(direction[a]) >= 0.1
    )


def written_letters() -> Iterator[Question]:
    """H16: projections have PatientOrientation and nothing else."""
    for row, column, name in (
        ("A", "F", "lateral chest"),
        ("P", "L", "mammogram"),
        ("L", "F", "chest"),
        ("AR", "F", "oblique"),
    ):
        dataset = grey(
            np.zeros((SIDE, SIDE), np.uint16),
            Modality="DX",
            SOPClassUID="1.2.840.10008.5.1.4.1.1.1.1",
            PatientOrientation=[row, column],
            WindowCenter=10,
            WindowWidth=20,
        )
        yield Question(
            "letters",
            "hand",
            name,
            [dataset],
            lambda s, r=row, c=column: _written(s, r, c),
        )


def _written(series: Series, row: str, column: str) -> Iterator[Answer]:
    back = str.maketrans("ALHPRF", "PRFALH")
    for turn, flip in itertools.product(TURNS, (False, True)):
        right, down, left, up = row, column, row.translate(back), column.translate(back)
        for _ in range(turn // 90):
            right, down, left, up = up, right, down, left
        if flip:
            right, left = left, right
        sides = series.look(View(rotation=turn, flip=flip, size=(32, 32))).resolved[
            "sides"
        ]
        yield Answer(
            f"turned {turn} flip {flip}",
            [left, right, up, down],
            [sides[n] for n in ("left", "right", "top", "bottom")],
        )


PLANE = (orders, stacks, tilts, letters, written_letters)
