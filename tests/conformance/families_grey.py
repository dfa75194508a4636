"""Grey cases: bit layouts, windows, photometric interpretation, LUTs, padding."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from conformance.case import Case, View, Window
from conformance.files import COLUMNS, ROWS, grey, real

SHAPE = (ROWS, COLUMNS)
FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
INVERTED = View(invert=True)


def random_of(seed: int) -> np.random.Generator:
    """The same numbers in every run."""
    return np.random.default_rng(seed)


def stored_values(seed: int, stored: int, signed: bool) -> NDArray[np.int64]:
    """Stored values: half over the whole range with its ends, half near the middle."""
    low, high = (
        (-(2 ** (stored - 1)), 2 ** (stored - 1) - 1) if signed else (0, 2**stored - 1)
    )
    generator = random_of(seed)
    spread = generator.integers(low, high, SHAPE, endpoint=True)
    middle, near = (low + high) // 2, min((high - low) // 2, 60)
    dense = generator.integers(middle - near, middle + near, SHAPE, endpoint=True)
    values = np.where(np.arange(COLUMNS) % 2 == 0, spread, dense)
    values[0, :4] = low, high, middle, middle + 1
    return values


def words_of(
    values: NDArray[np.int64],
    stored: int,
    high: int,
    allocated: int,
    garbage: int | None,
) -> NDArray[np.uint64]:
    """Words with the values in their field; other bits 0, or random from that seed."""
    field = (values % 2**stored).astype(np.uint64)
    shift = np.uint64(high + 1 - stored)
    mask = np.uint64(2**stored - 1) << shift
    words = field << shift
    if garbage is not None:
        noise = random_of(garbage).integers(
            0, 2**allocated, values.shape, dtype=np.uint64
        )
        words |= noise & ~mask
    return words


def bit_layouts() -> Iterator[Case]:
    """H6: allocated x stored x high bit x sign x what the unused bits hold."""
    layouts = [(8, s, h) for s in (2, 6, 7, 8) for h in range(s - 1, 8)]
    layouts += [(16, s, h) for s in range(8, 17) for h in range(s - 1, 16)]
    layouts += [
        (32, s, h)
        for s in (8, 12, 16, 17, 20, 24, 31, 32)
        for h in {s - 1, (s + 31) // 2, 31}
    ]
    every = itertools.product(layouts, (False, True), (False, True))
    for number, ((allocated, stored, high), signed, garbage) in enumerate(every):
        values = stored_values(number, stored, signed)
        words = words_of(values, stored, high, allocated, number if garbage else None)
        middle = -0.5 if signed else 2 ** (stored - 1) - 0.5
        narrow = Window(middle + 3, min(100, 2 ** (stored - 1)), FUNCTIONS[number % 3])
        dataset = grey(
            words,
            allocated=allocated,
            stored=stored,
            high=high,
            signed=signed,
            WindowCenter=middle + 0.5,
            WindowWidth=2**stored if stored > 1 else 2,
        )
        said = f"{allocated}/{stored} high {high}"
        said += " signed" * signed + " garbage" * garbage
        yield Case(
            "bits",
            said,
            dataset,
            (View(), View(own=narrow), View(own=narrow, invert=True)),
        )


def float_pixels() -> Iterator[Case]:
    """H6: Float and Double Float Pixel Data, also far from 0."""
    scales = (
        (1.0, 0.0),
        (1e-4, 0.0),
        (3e4, 0.0),
        (250.0, 1e6),
        (-2.0, 5.0),
        (0.01, 1000.0),
    )
    for kind, (scale, offset) in itertools.product(("<f4", "<f8"), scales):
        values = (
            random_of(int(abs(scale) * 1e6)).normal(0, 1, SHAPE) * scale + offset
        ).astype(kind)
        for slope, intercept in ((None, None), (2.5, -3.0)):
            s, i = slope or 1.0, intercept or 0.0
            center, width = offset * s + i, 4 * abs(scale) * s
            views = [
                View(own=Window(center, width, f))
                for f in FUNCTIONS
                if f != "LINEAR" or width >= 1
            ]
            dataset = real(
                values,
                RescaleSlope=slope,
                RescaleIntercept=intercept,
                SOPClassUID="1.2.840.10008.5.1.4.1.1.30",
                WindowCenter=center,
                WindowWidth=width,
                VOILUTFunction="LINEAR_EXACT",
            )
            yield Case(
                "float",
                f"{kind} scale {scale} offset {offset}",
                dataset,
                [View(), INVERTED, *views],
            )


def windows() -> Iterator[Case]:
    """H2, H3: functions x windows x rescale, several windows with explanations."""
    rescales = (
        (None, None),
        (1, -1024),
        (0.5, -3),
        (0.0012, 0),
        (2.37, 13.75),
        (-1, 100),
    )
    shapes = (
        (0.5, 1.0),
        (0.5, 0.25),
        (0.3, 0.07),
        (0.9, 0.5),
        (0.05, 0.001),
        (1.2, 0.3),
        (-0.3, 0.8),
    )
    number = 0
    for function, (slope, intercept), signed in itertools.product(
        FUNCTIONS, rescales, (False, True)
    ):
        number += 1
        stored = (12, 16, 10, 14)[number % 4]
        values = stored_values(number, stored, signed)
        s, i = (slope or 1.0), (intercept or 0.0)
        low = (-(2 ** (stored - 1)) if signed else 0) * s + i
        reach = 2**stored * abs(s)
        start = low if s > 0 else low - reach
        pairs = [(start + reach * c, max(1.0, reach * w)) for c, w in shapes]
        dataset = grey(
            words_of(values, stored, stored - 1, 16, None),
            stored=stored,
            signed=signed,
            RescaleSlope=slope,
            RescaleIntercept=intercept,
            WindowCenter=[_ds(c) for c, _ in pairs],
            WindowWidth=[_ds(w) for _, w in pairs],
            WindowCenterWidthExplanation=[f"CHOICE {n}" for n in range(len(pairs))],
            VOILUTFunction=function,
        )
        views = [View(choice=n, invert=n % 3 == 2) for n in range(len(pairs))]
        yield Case(
            "windows", f"{function} slope {slope} intercept {intercept}", dataset, views
        )


def _ds(number: float) -> float:
    """At most 16 characters, as DS allows."""
    return float(f"{number:.9g}")


def narrow_windows() -> Iterator[Case]:
    """H2: the smallest windows: LINEAR from 1 on, the others above 0."""
    values = stored_values(5, 12, False)
    values[:, ::2] = 1000 + np.arange(ROWS * COLUMNS // 2).reshape(ROWS, -1) % 9 - 4
    for function, width, center in itertools.product(
        FUNCTIONS, (0.001, 0.5, 1, 1.5, 2, 3, 7), (1000, 1000.5, 999.7)
    ):
        if function == "LINEAR" and width < 1:
            continue
        dataset = grey(
            values.astype(np.uint16),
            WindowCenter=center,
            WindowWidth=width,
            VOILUTFunction=function,
        )
        yield Case(
            "narrow windows",
            f"{function} {center} ± {width}",
            dataset,
            (View(), INVERTED),
        )


def identity_windows() -> Iterator[Case]:
    """H23: 8 bits shown as they are, to the last level, in all eight positions."""
    for signed, photometric in itertools.product(
        (False, True), ("MONOCHROME2", "MONOCHROME1")
    ):
        values = stored_values(7, 8, signed)
        center = 0 if signed else 128
        dataset = grey(
            words_of(values, 8, 7, 8, None),
            allocated=8,
            stored=8,
            signed=signed,
            WindowCenter=center,
            WindowWidth=256,
            PhotometricInterpretation=photometric,
        )
        turned = [
            View(rotation=r, flip=f, interpolation=i)  # type: ignore[arg-type]  # the four turns
            for r in (0, 90, 180, 270)
            for f in (False, True)
            for i in ("nearest", "bilinear")
        ]
        yield Case("identity", photometric, dataset, turned, exact=True)


def photometric() -> Iterator[Case]:
    """H4: MONOCHROME1 and 2 x Presentation LUT Shape x function x sign."""
    shapes = (None, "IDENTITY", "INVERSE")
    every = itertools.product(
        ("MONOCHROME1", "MONOCHROME2"), shapes, FUNCTIONS, (False, True)
    )
    for number, (interpretation, shape, function, signed) in enumerate(every):
        values = stored_values(number, 12, signed)
        center = 10 if signed else 2060
        dataset = grey(
            words_of(values, 12, 11, 16, None),
            signed=signed,
            PhotometricInterpretation=interpretation,
            PresentationLUTShape=shape,
            WindowCenter=center,
            WindowWidth=3000,
            VOILUTFunction=function,
        )
        yield Case(
            "photometric",
            f"{interpretation} {shape} {function}",
            dataset,
            (View(), INVERTED),
        )


GREY = (
    bit_layouts,
    float_pixels,
    windows,
    narrow_windows,
    identity_windows,
    photometric,
)
