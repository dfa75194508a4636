"""Colour by the Standard's own words: PS3.3 C.7.6.3.1.2 to C.7.6.3.1.5, C.7.9.

Native pixels only; shares no line with the package. Answers are 0 to 255, unrounded.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from conformance.hand_grey import lut_of, stored

Floats = NDArray[np.float64]
COLOURS = ("Red", "Green", "Blue")


def rgb(dataset: Dataset, frame: int = 0) -> Floats:
    """Red, green and blue of every image pixel, (rows, columns, 3)."""
    interpretation = str(dataset.PhotometricInterpretation)
    if interpretation == "PALETTE COLOR":
        return _palette(dataset, stored(dataset, frame))
    if interpretation == "YBR_FULL_422":
        return of_ybr(_subsampled(dataset, frame))
    samples = native_samples(dataset, frame)
    if interpretation == "YBR_FULL":
        return of_ybr(samples)
    return samples * 255 / (2 ** int(dataset.BitsStored) - 1)


def of_ybr(samples: Floats) -> Floats:
    """C.7.6.3.1.2: Y = .2990 R + .5870 G + .1140 B and so on, solved for R, G, B."""
    forward = np.array(
        [[0.2990, 0.5870, 0.1140], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]]
    )
    forward[1:, :2] = [[-0.299 / 1.772, -0.587 / 1.772], [0.5, -0.587 / 1.402]]
    forward[2, 2] = -0.114 / 1.402  # the Standard prints four digits of these
    centred = samples - np.array([0.0, 128.0, 128.0])
    return np.clip(centred @ np.linalg.inv(forward).T, 0, 255)


def native_samples(dataset: Dataset, frame: int) -> Floats:
    """The three samples of every pixel as stored, (rows, columns, 3)."""
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    kind = f"<u{int(dataset.BitsAllocated) // 8}"
    count = rows * columns * 3
    every = np.frombuffer(
        dataset.PixelData, kind, count, offset=frame * count * np.dtype(kind).itemsize
    )
    if int(dataset.PlanarConfiguration) == 1:
        return np.moveaxis(every.reshape(3, rows, columns), 0, -1).astype(np.float64)
    return every.reshape(rows, columns, 3).astype(np.float64)


def _subsampled(dataset: Dataset, frame: int) -> Floats:
    """C.7.6.3.1.2: Y1 Y2 Cb Cr for each two pixels; both have that Cb and Cr."""
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    pairs = rows * columns // 2
    four = np.frombuffer(
        dataset.PixelData, "u1", pairs * 4, offset=frame * pairs * 4
    ).reshape(-1, 4)
    luma = four[:, :2].reshape(rows, columns)
    chroma = np.repeat(four[:, 2:], 2, axis=0).reshape(rows, columns, 2)
    return np.dstack([luma, chroma]).astype(np.float64)


def _palette(dataset: Dataset, values: Floats) -> Floats:
    channels = []
    for colour in COLOURS:
        item = Dataset()
        item.LUTDescriptor = dataset[f"{colour}PaletteColorLookupTableDescriptor"].value
        item.add_new(0x00283006, "OW", _entries(dataset, colour))
        table = lut_of(item, int(dataset.PixelRepresentation) == 1)
        spare = max(0, table.bits - 8)  # 16 bits to 8: the high ones, as dcmtk has it
        channels.append(np.floor(table(values) / 2**spare))
    return np.dstack(channels)


def _entries(dataset: Dataset, colour: str) -> bytes:
    segmented = dataset.get(f"Segmented{colour}PaletteColorLookupTableData")
    if segmented is None:
        return bytes(dataset[f"{colour}PaletteColorLookupTableData"].value)
    bits = int(dataset[f"{colour}PaletteColorLookupTableDescriptor"].value[2])
    return expanded(bytes(segmented), bits).astype(f"<u{bits // 8}").tobytes()


def expanded(data: bytes, bits: int) -> NDArray[np.int64]:
    """PS3.3 C.7.9.2: discrete (0), linear (1), indirect (2) segments, written out."""
    entries: list[int] = []
    _expand(data, 0, None, bits // 8, entries)
    return np.array(entries)


def _expand(
    data: bytes, at: int, limit: int | None, size: int, entries: list[int]
) -> None:
    """Append `limit` segments from byte `at` on, or all that are there."""

    def word(byte: int) -> int:
        return int.from_bytes(data[byte : byte + size], "little")

    while at + size < len(data) and limit != 0:
        kind, count, start = word(at), word(at + size), at + 2 * size
        if kind == 0:
            entries += [word(start + n * size) for n in range(count)]
            at = start + count * size
        elif kind == 1:
            line = np.linspace(entries[-1], word(start), count + 1)[1:]
            entries += [int(value) for value in np.floor(line + 0.5)]
            at = start + size
        else:
            offset = int.from_bytes(data[start : start + 4], "little")
            _expand(data, offset, count, size, entries)
            at = start + 4
        limit = None if limit is None else limit - 1
