"""The Standard's grey pipeline, written out from its clauses in 64-bit floats.

Shares no line with the package. What it answers is unrounded: 0 to 255.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from conformance.case import View, Window

Floats = NDArray[np.float64]
MAX_EXPONENT = 700.0


def stored(dataset: Dataset, frame: int = 0) -> Floats:
    """Stored values (rows, columns) of native little endian pixels, PS3.5 8.1.1.

    Each word is written out as an integer, cut below and above its field, and read
    in two's complement where PixelRepresentation is 1.
    """
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    for keyword, kind in (("FloatPixelData", "<f4"), ("DoubleFloatPixelData", "<f8")):
        if keyword in dataset:
            every = np.frombuffer(dataset[keyword].value, kind).astype(np.float64)
            return every.reshape(-1, rows, columns)[frame]
    allocated, kept = int(dataset.BitsAllocated), int(dataset.BitsStored)
    if allocated == 1:
        return _single_bits(dataset, frame)
    words = np.frombuffer(dataset.PixelData, f"<u{allocated // 8}").astype(np.uint64)
    words = words[: words.size // (rows * columns) * rows * columns]
    words = words.reshape(-1, rows, columns)[frame]
    field = (words // np.uint64(2 ** (int(dataset.HighBit) + 1 - kept))) % np.uint64(
        2**kept
    )
    values = field.astype(np.float64)
    if int(dataset.PixelRepresentation) == 1:
        values[values >= 2 ** (kept - 1)] -= 2**kept
    return values


def _single_bits(dataset: Dataset, frame: int) -> Floats:
    """PS3.5 8.1.1 and D: eight pixels a byte, the first in the lowest bit."""
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    bits = np.unpackbits(np.frombuffer(dataset.PixelData, np.uint8), bitorder="little")
    first = frame * rows * columns
    return (
        bits[first : first + rows * columns].reshape(rows, columns).astype(np.float64)
    )


@dataclass(frozen=True)
class Lut:
    """A LUT of PS3.3 C.11.1.1 or C.11.2.1.1 as the file has it."""

    first: int
    bits: int
    entries: NDArray[np.int64]

    def __call__(self, values: Floats) -> Floats:
        """Entries of whole-numbered inputs; both ends hold (C.11.1.1.1)."""
        at = np.clip(np.floor(values + 0.5) - self.first, 0, len(self.entries) - 1)
        return self.entries[at.astype(np.int64)].astype(np.float64)

    @property
    def share(self) -> NDArray[np.float64]:
        """Entries as part of the largest value that the descriptor allows."""
        return self.entries / (2**self.bits - 1)


def lut_of(item: Dataset, signed_input: bool) -> Lut:
    """The LUT of a sequence item; its first input is signed as the pixels are."""
    count, first, bits = (int(one) for one in item.LUTDescriptor)
    count = count % 65536 or 65536
    if signed_input and first >= 32768:
        first -= 65536
    data = item["LUTData"].value
    if isinstance(data, bytes):
        width = 1 if len(data) < 2 * count else 2  # 8-bit entries, two a word
        entries = np.frombuffer(data, f"<u{width}")[:count]
    else:
        entries = np.atleast_1d(data)
    return Lut(first, bits, entries.astype(np.int64))


def modality(dataset: Dataset, values: Floats) -> Floats:
    """PS3.3 C.11.1: the LUT where there is one, else slope and intercept."""
    if dataset.get("ModalityLUTSequence"):
        signed = int(dataset.PixelRepresentation) == 1
        return lut_of(dataset.ModalityLUTSequence[0], signed)(values)
    slope = float(dataset.get("RescaleSlope", 1))
    return values * slope + float(dataset.get("RescaleIntercept", 0))


def voi_choices(dataset: Dataset) -> list[Window | Lut]:
    """The file's windows, then its VOI LUTs (C.11.2.1)."""
    function = str(dataset.get("VOILUTFunction", "LINEAR"))
    centers, widths = (
        [float(one) for one in np.atleast_1d(dataset.get(name, []))]
        for name in ("WindowCenter", "WindowWidth")
    )
    windows = [Window(c, w, function) for c, w in zip(centers, widths, strict=True)]
    signed = modality_is_signed(dataset)
    luts = [lut_of(item, signed) for item in dataset.get("VOILUTSequence") or []]
    return [*windows, *luts]


def modality_is_signed(dataset: Dataset) -> bool:
    """Whether the VOI's input can be below 0 (C.11.2.1.1)."""
    if dataset.get("ModalityLUTSequence"):
        return False
    if int(dataset.get("PixelRepresentation", 0)) == 1:
        return True
    return float(dataset.get("RescaleIntercept", 0)) < 0


def display(values: Floats, voi: Window | Lut) -> Floats:
    """0 to 1: C.11.2.1.2.1, C.11.2.1.3.1, C.11.2.1.3.2, or a VOI LUT."""
    if isinstance(voi, Lut):
        return voi(values) / (2**voi.bits - 1)
    center, width = voi.center, voi.width
    if voi.function == "SIGMOID":
        exponent = np.clip(-4 * (values - center) / width, -MAX_EXPONENT, MAX_EXPONENT)
        return np.asarray(1 / (1 + np.exp(exponent)))
    if voi.function == "LINEAR":
        center, width = center - 0.5, width - 1
    low, high = center - width / 2, center + width / 2
    between = (values - center) / (width or 1.0) + 0.5
    return np.where(values <= low, 0.0, np.where(values > high, 1.0, between))


def chosen_voi(dataset: Dataset, view: View) -> Window | Lut:
    """What the view applies; the first of the file's by default."""
    if view.own is not None:
        return view.own
    return voi_choices(dataset)[view.choice or 0]


def inverted(dataset: Dataset, view: View) -> bool:
    """MONOCHROME1 or INVERSE: once (C.7.6.3.1.2, C.11.6); the reader's once more."""
    file_says = (
        dataset.PhotometricInterpretation == "MONOCHROME1"
        or dataset.get("PresentationLUTShape") == "INVERSE"
    )
    return file_says != view.invert


def padded(dataset: Dataset, values: Floats) -> NDArray[np.bool_]:
    """Stored values that are no tissue (C.7.5.1.1.2)."""
    if "PixelPaddingValue" not in dataset or "FloatPixelData" in dataset:
        return np.zeros(values.shape, bool)
    one = int(dataset.PixelPaddingValue)
    other = int(dataset.get("PixelPaddingRangeLimit", one))
    return (values >= min(one, other)) & (values <= max(one, other))


def native(dataset: Dataset, view: View, frame: int = 0) -> Floats:
    """The grey picture of every image pixel, (rows, columns), 0 to 255, unrounded."""
    values = stored(dataset, frame)
    shown = display(modality(dataset, values), chosen_voi(dataset, view))
    if inverted(dataset, view):
        shown = 1 - shown
    return np.where(padded(dataset, values), 0.0, shown * 255)
