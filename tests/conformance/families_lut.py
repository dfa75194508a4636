"""Grey cases: Modality and VOI LUTs, padding, interpolation."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.case import Case, View, Window
from conformance.families_grey import (
    FUNCTIONS,
    INVERTED,
    SHAPE,
    random_of,
    stored_values,
    words_of,
)
from conformance.files import COLUMNS, ROWS, grey, table


def modality_luts() -> Iterator[Case]:
    """H1: Modality LUTs: short, long, signed, with a rescale beside them."""
    generator = random_of(11)
    kinds: list[tuple[int, int, int, bool, bool]] = [
        (first, count, bits, signed, both)
        for signed in (False, True)
        for first in ((-2048, -100, 0, 50) if signed else (0, 1, 100, 2000))
        for count, bits in ((4096, 16), (1000, 12), (256, 8), (4096, 10), (2, 16))
        for both in (False, True)
    ] + [(0, 65536, 16, False, False), (-32768, 65536, 16, True, False)]
    for number, (first, count, bits, signed, both) in enumerate(kinds):
        stored = 16 if count == 65536 else 12
        entries = np.sort(generator.integers(0, 2**bits, count))
        entries[0], entries[-1] = 1, 2**bits - 1
        top = 2**bits
        dataset = grey(
            words_of(
                stored_values(number, stored, signed), stored, stored - 1, 16, None
            ),
            stored=stored,
            signed=signed,
            ModalityLUTSequence=[_modality(first, bits, entries)],
            WindowCenter=top / 2,
            WindowWidth=top,
            RescaleSlope=3 if both else None,
            RescaleIntercept=-7 if both else None,
        )
        narrow = View(own=Window(top * 0.4, max(1.0, top * 0.1)))
        yield Case(
            "modality LUT",
            f"{count} from {first}, {bits} bits",
            dataset,
            (View(), INVERTED, narrow),
        )


def _modality(first: int, bits: int, entries: NDArray[np.integer]) -> Any:
    item = table(first, bits, entries)
    item.ModalityLUTType = "US"
    return item


def voi_luts() -> Iterator[Case]:
    """H2: VOI LUTs as choices beside windows: depths, signed firsts, rescaled."""
    generator = random_of(13)
    rescales = ((None, None), (1, -1024), (0.5, 0), (1.3, -20.25))
    depths = (
        (256, 8),
        (4096, 8),
        (1024, 10),
        (4096, 12),
        (16384, 14),
        (4096, 16),
        (65536, 16),
    )
    number = 0
    for (slope, intercept), (count, bits), signed in itertools.product(
        rescales, depths, (False, True)
    ):
        number += 1
        stored = 14 if count == 16384 else 16 if count == 65536 else 12
        s, i = slope or 1.0, intercept or 0.0
        low = int((-(2 ** (stored - 1)) if signed else 0) * s + i)
        first = max(-32768, low + (37 if number % 3 else 0))
        entries = np.sort(generator.integers(0, 2**bits, count))
        steep = (np.linspace(0, 1, count) ** 2 * (2**bits - 1)).astype(int)
        dataset = grey(
            words_of(
                stored_values(number, stored, signed), stored, stored - 1, 16, None
            ),
            stored=stored,
            signed=signed,
            RescaleSlope=slope,
            RescaleIntercept=intercept,
            VOILUTSequence=[
                table(first, bits, entries, "FIRST"),
                table(first, bits, steep, "SECOND"),
            ],
            **(
                {"WindowCenter": low + 900 * s, "WindowWidth": 1200 * s}
                if number % 2
                else {}
            ),
        )
        views = [View(choice=n, invert=n == 1) for n in range(2 + number % 2)]
        yield Case("VOI LUT", f"{count} of {bits} bits from {first}", dataset, views)


def packed_voi_luts() -> Iterator[Case]:
    """H2: entries of 8 bits, two in a word (PS3.3 C.11.2.1.1)."""
    for count in (256, 4096):
        entries = (np.arange(count) * 255 // (count - 1)).astype(np.uint8)
        item = table(0, 8, entries)
        item["LUTData"].value = entries[::-1].tobytes()
        dataset = grey(
            stored_values(3, 12, False).astype(np.uint16), VOILUTSequence=[item]
        )
        yield Case("VOI LUT packed", f"{count} entries", dataset, (View(), INVERTED))


def padding() -> Iterator[Case]:
    """H5: padding value and range, signed or not, both polarities, interpolated."""
    cases = (
        (16, True, -2000, None, (1, -1024)),
        (16, True, -2000, -1500, (1, 0)),
        (12, False, 0, None, (None, None)),
        (12, False, 4095, 4000, (1, -1024)),
        (16, False, 63536, None, (1, 0)),
        (12, False, 10, 200, (2, 5)),
        (16, True, -32768, -32768, (0.5, 0)),
    )
    for number, (
        (stored, signed, value, limit, (slope, intercept)),
        interpretation,
    ) in enumerate(itertools.product(cases, ("MONOCHROME2", "MONOCHROME1"))):
        values = stored_values(number, stored, signed)
        low, high = sorted((value, value if limit is None else limit))
        values[:, :5], values[5:9, 10:20] = value, high
        values[12, 3:9] = (
            low,
            low + 1,
            high - 1,
            high,
            low - 1 + 2 * (low == -32768),
            min(high + 1, 2**stored - 1),
        )
        values = np.clip(
            values,
            -(2 ** (stored - 1)) if signed else 0,
            2 ** (stored - 1) - 1 if signed else 2**stored - 1,
        )
        middle = (100 if signed else 2**stored * 0.5) * (slope or 1) + (intercept or 0)
        dataset = grey(
            words_of(values, stored, stored - 1, 16, None),
            stored=stored,
            signed=signed,
            RescaleSlope=slope,
            RescaleIntercept=intercept,
            PhotometricInterpretation=interpretation,
            WindowCenter=middle,
            WindowWidth=2**stored * 0.8,
        )
        kind = "SS" if signed else "US"
        dataset.add_new(0x00280120, kind, value)
        if limit is not None:
            dataset.add_new(0x00280121, kind, limit)
        zoomed = View(size=(3 * COLUMNS + 7, 3 * ROWS + 5), interpolation="bilinear")
        views = (
            View(),
            INVERTED,
            zoomed,
            View(size=zoomed.size, interpolation="bilinear", invert=True),
        )
        yield Case("padding", f"{value} to {limit} {interpretation}", dataset, views)


def zoomed() -> Iterator[Case]:
    """H23: modality values interpolated between pixel centres, turned and zoomed."""
    sizes = (
        (COLUMNS * 2, ROWS * 2),
        (71, 53),
        (50, 90),
        (17, 13),
        (COLUMNS * 3 + 1, ROWS * 3),
    )
    turns: tuple[Any, ...] = (0, 90, 180, 270)
    for number, (size, turn, flip) in enumerate(
        itertools.product(sizes, turns, (False, True))
    ):
        signed = number % 2 == 1
        y, x = np.mgrid[:ROWS, :COLUMNS]
        wave = (
            np.sin(x / 3 + number)
            + np.cos(y / 2)
            + random_of(number).random(SHAPE) * 0.5
        )
        values = (wave * 500 + (0 if signed else 2000)).astype(np.int64)
        dataset = grey(
            words_of(values, 12, 11, 16, None),
            signed=signed,
            RescaleSlope=1.5,
            RescaleIntercept=-100,
            WindowCenter=(0 if signed else 2900),
            WindowWidth=2500,
            VOILUTFunction=FUNCTIONS[number % 3],
        )
        views = [
            View(size=size, rotation=turn, flip=flip, interpolation=i)
            for i in ("nearest", "bilinear")
        ]
        yield Case("zoom", f"{size} turned {turn} flip {flip}", dataset, views)


LUTS = (modality_luts, voi_luts, packed_voi_luts, padding, zoomed)
