"""Colour cases: RGB, YBR, palettes, JPEG streams that contradict their header, ICC."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from conformance.case import Case, View
from conformance.files import COLUMNS, ROWS, colour, grey

VIEWS = (
    View(),
    View(invert=True),
    View(rotation=270, flip=True),
    View(size=(2 * COLUMNS + 3, 2 * ROWS + 9), interpolation="bilinear"),
)


def samples(seed: int, top: int = 255) -> NDArray[np.int64]:
    """(rows, columns, 3) of all kinds of colour: noise, ramps, the cube's corners."""
    made = np.random.default_rng(seed).integers(
        0, top, (ROWS, COLUMNS, 3), endpoint=True
    )
    ramp = np.linspace(0, top, COLUMNS).astype(int)
    for channel in range(3):
        made[channel, :, channel] = ramp
    corners = np.array(list(itertools.product((0, top), repeat=3)))
    made[5, :8] = corners
    made[6, :, :] = ramp[:, np.newaxis]
    return made


def rgb() -> Iterator[Case]:
    """H15: planar configuration 0 and 1, 8 bits and 16."""
    for seed, planar in itertools.product(range(3), (0, 1)):
        yield Case(
            "RGB",
            f"planar {planar}",
            colour(samples(seed).astype(np.uint8), planar=planar),
            VIEWS,
        )
    for bits, planar in itertools.product((10, 12, 16), (0, 1)):
        words = samples(bits, 2**bits - 1).astype(np.uint16)
        yield Case(
            "RGB",
            f"{bits} bits planar {planar}",
            colour(words, planar=planar, stored=bits),
            VIEWS[:3],
        )
    frames = np.stack([samples(n) for n in (7, 8, 9)]).astype(np.uint8)
    dataset = colour(frames[0], data=frames.tobytes(), NumberOfFrames=3)
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7.4"
    yield Case("RGB", "three frames", dataset, VIEWS[:2], frames=(0, 1, 2))


def ybr() -> Iterator[Case]:
    """H15: YBR_FULL and YBR_FULL_422, native."""
    for seed, planar in itertools.product(range(4), (0, 1)):
        dataset = colour(samples(seed + 20).astype(np.uint8), "YBR_FULL", planar=planar)
        yield Case("YBR_FULL", f"planar {planar}", dataset, VIEWS)
    for seed in range(4):
        full = samples(seed + 30).astype(np.uint8)
        pairs = full.reshape(ROWS, COLUMNS // 2, 2, 3)
        packed = np.concatenate([pairs[..., 0], pairs[:, :, 0, 1:]], axis=-1)
        dataset = colour(full, "YBR_FULL_422", data=packed.astype(np.uint8).tobytes())
        yield Case("YBR_FULL_422", f"seed {seed}", dataset, VIEWS)


def palettes() -> Iterator[Case]:
    """H15: tables of 8 and 16 bits, whole and segmented; indices beyond their ends."""
    every = itertools.product((8, 16), ((0, 256), (20, 100), (0, 65536)), (8, 16))
    for number, (bits, (first, count), allocated) in enumerate(every):
        if count == 65536 and (bits == 8 or allocated == 8):
            continue
        tables = np.random.default_rng(number).integers(0, 2**bits, (3, count))
        dataset = _indexed(number, allocated)
        for name, entries in zip(("Red", "Green", "Blue"), tables, strict=True):
            _set_palette(dataset, name, first, bits, count)
            data = entries.astype(f"<u{bits // 8}").tobytes()
            setattr(dataset, f"{name}PaletteColorLookupTableData", data)
        yield Case(
            "palette",
            f"{count} of {bits} bits from {first}, {allocated} allocated",
            dataset,
            VIEWS,
        )
    for bits, indirect in itertools.product((8, 16), (False, True)):
        dataset = _indexed(bits, 8)
        for shift, name in enumerate(("Red", "Green", "Blue")):
            data, count = _segments(bits, shift, indirect=indirect)
            _set_palette(dataset, name, 0, bits, count)
            setattr(dataset, f"Segmented{name}PaletteColorLookupTableData", data)
        yield Case(
            "palette segmented", f"{bits} bits, indirect {indirect}", dataset, VIEWS
        )


def _indexed(seed: int, allocated: int) -> Dataset:
    generator = np.random.default_rng(seed + 50)
    indices = generator.integers(0, 2**allocated, (ROWS, COLUMNS))
    indices[::2] = generator.integers(0, 130, (ROWS // 2, COLUMNS))
    words = indices.astype(f"<u{allocated // 8}")
    return grey(
        words,
        allocated=allocated,
        stored=allocated,
        PhotometricInterpretation="PALETTE COLOR",
    )


def _set_palette(
    dataset: Dataset, name: str, first: int, bits: int, count: int
) -> None:
    descriptor = [count % 65536, first, bits]
    setattr(dataset, f"{name}PaletteColorLookupTableDescriptor", descriptor)


def _segments(bits: int, shift: int, *, indirect: bool) -> tuple[bytes, int]:
    """A discrete segment, two lines, a copy of the first two; and their entries."""
    top, size = 2**bits - 1, bits // 8
    words = [0, 3, 10 + shift, 40, 90, 1, 60, top, 1, 50, shift]
    data = np.array(words).astype(f"<u{size}").tobytes()
    if not indirect:
        return data + b"\0" * (len(data) % 2), 113
    copied = np.array([2, 2]).astype(f"<u{size}").tobytes() + (0).to_bytes(4, "little")
    return data + copied + b"\0" * ((len(data) + len(copied)) % 2), 113 + 63


COLOUR = (rgb, ybr, palettes)
