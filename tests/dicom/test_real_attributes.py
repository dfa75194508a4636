"""Real files: what they say of their picture. Oracle: pydicom's own processing.

Every file of the shared data that carries such an attribute is read here, without a
problem or with a named one.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut

from smart_viewer.dicom.header import DAMAGE, read_header
from smart_viewer.dicom.overlay_bits import read_overlay_bits
from smart_viewer.dicom.read_appearance import NOT_APPLIED
from smart_viewer.dicom.read_common import (
    UNAPPLIED,
    read_common,
    read_gray,
    read_values,
)
from smart_viewer.dicom.read_tables import table_values
from smart_viewer.dicom.study import LookupTable
from smart_viewer.errors import NotInStandard

# Attribute -> how many of the shared files with pixels have it; the data are fixed.
CARRIED = (
    "ModalityLUTSequence VOILUTSequence RedPaletteColorLookupTableDescriptor "
    "PixelPaddingValue PresentationLUTShape ImagerPixelSpacing PixelAspectRatio "
    "SequenceOfUltrasoundRegions FrameTime FrameTimeVector StartTrim Units"
).split()


@pytest.fixture(scope="module")
def files(need: Callable[[str], Path]) -> list[tuple[Path, Dataset]]:
    """One file of each folder and size of its header, as pydicom reads it."""
    found: dict[tuple[Path, str], tuple[Path, Dataset]] = {}
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        for path in sorted(p for p in need("data").rglob("*") if p.is_file()):
            try:
                dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True)
                carried = "|".join(name for name in CARRIED if name in dataset)
                is_image = "Rows" in dataset and "SOPClassUID" in dataset
            except DAMAGE:  # the oracle gives up on damaged files
                continue
            if carried and is_image:
                found.setdefault((path.parent, carried), (path, dataset))
    return list(found.values())


def test_every_file_that_carries_an_attribute_is_read_or_named(files):
    said: Counter[str] = Counter()
    for path, _ in files:
        try:
            metadata = read_header(path).metadata
        except NotInStandard:
            continue
        common = read_common(metadata)
        said[common.problem] += 1
        assert set(common.unapplied) <= NOT_APPLIED.keys() | UNAPPLIED.keys()
        values_ = read_values(metadata, common, read_gray(metadata))
        if common.pet and common.pixels:
            appearance = values_.appearance
            assert bool(appearance.suv) != bool(appearance.suv_refusal)
    assert len(files) > 30
    assert not [sentence for sentence in said if sentence and "LUT" in sentence]
    assert not [sentence for sentence in said if "palette" in sentence]


def looked_up(table: LookupTable, stored: np.ndarray) -> np.ndarray:
    """PS3.3 C.11.1.1.1, by hand."""
    entries = np.array(table_values(table))
    return entries[np.clip(stored.astype(int) - table.first, 0, len(entries) - 1)]


def every_stored_value(dataset: Dataset) -> np.ndarray:
    bits, signed = dataset.BitsStored, dataset.PixelRepresentation == 1
    low = -(1 << (bits - 1)) if signed else 0
    kind = f"<{'i' if signed else 'u'}{dataset.BitsAllocated // 8}"
    return np.arange(low, low + (1 << bits)).astype(kind)


def with_attribute(
    files: list[tuple[Path, Dataset]], keyword: str
) -> Iterator[tuple[Path, Dataset]]:
    return ((p, d) for p, d in files if keyword in d and "malformed" not in str(p))


def test_modality_luts_map_every_stored_value_as_in_pydicom(files):
    compared = 0
    for path, dataset in with_attribute(files, "ModalityLUTSequence"):
        table = read_common(read_header(path).metadata).modality_lut
        if dataset.Modality == "XA":  # to X-ray intensity: no step of the display
            assert table is None
            continue
        stored = every_stored_value(dataset)
        assert table is not None
        expected = apply_modality_lut(stored, dataset)
        assert (looked_up(table, stored) == expected).all()
        compared += 1
    assert compared == 2


def test_voi_luts_map_every_stored_value_as_in_pydicom(files):
    compared = 0
    for path, dataset in with_attribute(files, "VOILUTSequence"):
        metadata = read_header(path).metadata
        common = read_common(metadata)
        (table,) = read_values(metadata, common, read_gray(metadata)).voi_luts
        stored = every_stored_value(dataset)
        assert (looked_up(table, stored) == apply_voi_lut(stored, dataset)).all()
        compared += 1
    assert compared == 1


def test_palettes_colour_every_index_as_in_pydicom(files):
    compared = 0
    for path, dataset in with_attribute(files, "RedPaletteColorLookupTableDescriptor"):
        palette = read_common(read_header(path).metadata).appearance.palette
        if dataset.PhotometricInterpretation != "PALETTE COLOR":
            assert palette is None
            continue
        assert palette is not None
        stored = every_stored_value(dataset)
        channels = (palette.red, palette.green, palette.blue)
        ours = np.stack([looked_up(one, stored) for one in channels], axis=-1)
        assert (ours == apply_color_lut(stored, dataset)).all()
        compared += 1
    assert compared >= 6


@pytest.mark.parametrize(
    ("path", "groups"),
    [
        ("overlay_mr_siemens/MR-SIEMENS-DICOM-WithOverlays.dcm", [0x6000]),
        ("pydicom_test_files/examples_overlay.dcm", [0x6000]),
        ("gsps_overlay_pair/overlay.dcm", [0x6004, 0x6006]),
    ],
)
def test_overlay_bits_are_those_of_pydicom(need, path, groups):
    file = need("data") / path
    dataset = pydicom.dcmread(file)
    planes = {
        plane.group: plane
        for plane in read_common(read_header(file).metadata).appearance.overlays
    }

    for group in groups:
        plane = planes[group]
        with file.open("rb") as opened:
            bits = read_overlay_bits(opened, group)
        unpacked = np.unpackbits(np.frombuffer(bits, "u1"), bitorder="little")
        ours = unpacked[: plane.rows * plane.columns].reshape(plane.rows, plane.columns)
        assert (ours == dataset.overlay_array(group)).all()
