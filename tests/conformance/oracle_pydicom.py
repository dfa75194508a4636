"""pydicom's own processing as an oracle, where it implements the function.

It implements LINEAR, LINEAR_EXACT and SIGMOID. Not used where it is known to differ:
see `silent`, whose reasons stand in docs/display-conformance.md.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.processing import (
    apply_color_lut,
    apply_modality_lut,
    apply_voi,
    apply_windowing,
    convert_color_space,
)

from conformance.case import Case, View
from conformance.expected import is_colour
from conformance.hand_colour import native_samples
from conformance.hand_grey import inverted, padded, stored, voi_choices

Floats = NDArray[np.float64]
GROUPS = range(0x6000, 0x6020, 2)
SHORT_INDEX = "its index into a table wraps at the size of an entry"


def silent(case: Case, view: View) -> str:
    """Why pydicom is not asked; empty where it is."""
    dataset = case.native
    if view.interpolation != "nearest" or view.size is not None:
        return "it does not zoom"
    if "ShutterShape" in dataset or any((g, 0x0010) in dataset for g in GROUPS):
        return "it draws neither shutters nor overlays"
    return _colour(dataset) if is_colour(dataset) else _grey(dataset, view)


def _colour(dataset: Dataset) -> str:
    interpretation = str(dataset.PhotometricInterpretation)
    if interpretation == "PALETTE COLOR":
        bits = int(dataset.RedPaletteColorLookupTableDescriptor[2])
        return SHORT_INDEX if bits == 8 and int(dataset.BitsAllocated) == 16 else ""
    return "" if interpretation == "YBR_FULL" else "nothing to compute"


def _grey(dataset: Dataset, view: View) -> str:
    luts = dataset.get("VOILUTSequence") or []
    windows = len(voi_choices(dataset)) - len(luts)
    if view.own is None and (view.choice or 0) >= windows:
        item = luts[(view.choice or 0) - windows]
        if int(item.LUTDescriptor[2]) < 10 or int(item.LUTDescriptor[0]) == 0:
            return SHORT_INDEX
        if float(dataset.get("RescaleSlope", 1)) % 1:
            return "it cuts the fraction off before a VOI LUT; rounding is ours"
    item = (dataset.get("ModalityLUTSequence") or [Dataset()])[0]
    if "LUTDescriptor" in item and int(item.LUTDescriptor[2]) not in (8, 16):
        return "it takes Modality LUTs of 8 or 16 bits only"
    return ""


def native(case: Case, view: View, frame: int = 0) -> Floats:
    """The picture of every image pixel, 0 to 255, unrounded."""
    if is_colour(case.native):
        shown = _rgb(case.native, frame)
        return 255 - shown if view.invert else shown
    dataset, values = _windowed(case.native, view), stored(case.native, frame)
    whole = values if "BitsStored" not in dataset else values.astype(np.int64)
    with warnings.catch_warnings(), np.errstate(over="ignore"):
        warnings.simplefilter("ignore")
        shown = _display(dataset, view, apply_modality_lut(whole, dataset))
    if inverted(case.native, view):
        shown = 1 - shown
    return np.where(padded(case.native, values), 0.0, shown * 255)


def _rgb(dataset: Dataset, frame: int) -> Floats:
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        indices = stored(dataset, frame).astype(f"u{int(dataset.BitsAllocated) // 8}")
        bits = int(dataset.RedPaletteColorLookupTableDescriptor[2])
        return apply_color_lut(indices, dataset) * 255.0 / (2**bits - 1)
    samples = native_samples(dataset, frame).astype(np.uint8)
    return convert_color_space(samples, "YBR_FULL", "RGB").astype(np.float64)


def _windowed(dataset: Dataset, view: View) -> Dataset:
    """The dataset, its VOI replaced by the reader's own window where there is one."""
    if view.own is None:
        return dataset
    changed = Dataset()
    changed.update(dataset)
    changed.file_meta = dataset.file_meta
    own = {"WindowCenter": view.own.center, "WindowWidth": view.own.width}
    for keyword, value in {**own, "VOILUTFunction": view.own.function}.items():
        changed.pop(keyword, None)  # else the original's own element would change
        setattr(changed, keyword, value)
    return changed


def _display(dataset: Dataset, view: View, values: NDArray) -> Floats:
    """pydicom spreads its result over the range of the modality values: undone here."""
    index = view.choice or 0
    windows = np.atleast_1d(dataset.get("WindowCenter", [])).size
    if view.own is None and index >= windows:
        item = dataset.VOILUTSequence[index - windows]
        entries = apply_voi(values.astype(np.int64), dataset, index - windows)
        return entries / (2 ** int(item.LUTDescriptor[2]) - 1)
    probe = Dataset()
    probe.update(dataset)
    if "BitsStored" not in probe:  # float pixels have no range: any one will do
        probe.BitsStored, probe.PixelRepresentation = 16, 0
    low, high = _range(probe)
    spread = apply_windowing(values, probe, 0 if view.own else index)
    return (spread - low) / (high - low)


def _range(dataset: Dataset) -> tuple[float, float]:
    """What apply_windowing's result spans: the modality range, by its own rules."""
    if dataset.get("ModalityLUTSequence"):
        low, high = (
            0.0,
            float(2 ** int(dataset.ModalityLUTSequence[0].LUTDescriptor[2]) - 1),
        )
    else:
        half = 2 ** (int(dataset.BitsStored) - 1)
        low, high = (
            (-half, half - 1) if dataset.PixelRepresentation == 1 else (0, 2 * half - 1)
        )
    if "RescaleSlope" in dataset and "RescaleIntercept" in dataset:
        slope, intercept = float(dataset.RescaleSlope), float(dataset.RescaleIntercept)
        low, high = low * slope + intercept, high * slope + intercept
    return low, high
