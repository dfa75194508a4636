"""Overlay planes (H20). Oracle: values written by the test, and dcmdump."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.read_overlays import (
    OVERLAY_TAGS,
    project_overlays,
    read_overlays,
)
from smart_viewer.dicom.read_pixels import read_pixel_layout
from smart_viewer.dicom.study import OverlayPlane, PixelLayout

LAYOUT = PixelLayout(512, 512, 1, "MONOCHROME2", 16, 12, 11, signed=False)
DATA = {"vr": "OW", "BulkDataURI": "#overlay"}
OWN: dict[str, object] = {
    "0010": [300],
    "0011": [484],
    "0015": [2],
    "0040": ["R"],
    "0050": [-9, 11],
    "0051": [3],
    "0100": [1],
    "0102": [0],
    "0022": ["drawn by hand"],
    "1500": ["ROI 1"],
    "3000": DATA,
}
EMBEDDED = {"0100": [16], "0102": [15], "0015": None, "0051": None, "3000": None}


def overlay(group: int, changes: dict[str, object]) -> dict[str, object]:
    made: dict[str, object] = {}
    for element, value in (OWN | changes).items():
        if value is not None:
            tag = f"{group:04X}{element}"
            made[tag] = value if isinstance(value, dict) else {"Value": value}
    return made


def test_an_overlay_with_bits_of_its_own_says_where_it_lies():
    found, whole = read_overlays(overlay(0x6002, {}), LAYOUT, 9)

    assert whole
    assert found == (OverlayPlane(0x6002, 300, 484, (-9, 11), "R", "ROI 1", 0, 2, 3),)


def test_an_overlay_that_says_nothing_of_frames_is_one_drawing_on_all_of_them():
    dataset = overlay(0x601E, {"0015": None, "0051": None, "1500": None})
    (plane,), _ = read_overlays(dataset, LAYOUT, 9)

    assert (plane.number_of_frames, plane.first_image_frame) == (9, 1)
    assert plane.repeats
    assert plane.label == "drawn by hand"


@pytest.mark.parametrize(
    ("said", "frames", "expected"),
    [
        ({"0015": None, "0051": [3]}, 9, (1, 3, False)),  # a frame is named
        ({"0015": [1], "0051": None}, 9, (1, 1, False)),  # a count is told
        ({"0015": [4], "0051": None}, 9, (4, 1, False)),  # bits for each of four
        ({"0015": None, "0051": None}, 1, (1, 1, False)),
    ],
)
def test_what_an_overlay_says_of_frames_holds(said, frames, expected):
    (plane,), _ = read_overlays(overlay(0x6000, said), LAYOUT, frames)

    found = (plane.number_of_frames, plane.first_image_frame, plane.repeats)
    assert found == expected


@pytest.mark.parametrize("frame", [1, 2, 3])
def test_dcmtk_draws_an_overlay_that_says_nothing_of_frames_on_every_frame(
    need, tmp_path, frame
):
    """Three dark frames of 2 x 8 pixels; the overlay's bits are its upper row."""
    need("dcmtk")
    path = tmp_path / "x.dcm"
    _write_with_overlay(path)
    command = ["dcmj2pnm", "--write-raw-pnm", "--display-overlay", "1"]
    command += ["--frame", str(frame), "--use-window", "1", str(path)]
    grey = subprocess.run(command, capture_output=True, check=True).stdout[-16:]

    assert min(grey[:8]) > max(grey[8:])


def _write_with_overlay(path: Path) -> None:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7.2"
    made.file_meta.MediaStorageSOPInstanceUID = "2.999.1"
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID
    made.SOPInstanceUID = "2.999.1"
    made.Rows, made.Columns, made.SamplesPerPixel, made.NumberOfFrames = 2, 8, 1, 3
    made.BitsAllocated, made.BitsStored, made.HighBit = 8, 8, 7
    made.PixelRepresentation, made.PhotometricInterpretation = 0, "MONOCHROME2"
    made.WindowCenter, made.WindowWidth = 128, 256
    made.PixelData = bytes([20]) * 48
    made.add_new(0x60000010, "US", 2)
    made.add_new(0x60000011, "US", 8)
    made.add_new(0x60000040, "CS", "G")
    made.add_new(0x60000050, "SS", [1, 1])
    made.add_new(0x60000100, "US", 1)
    made.add_new(0x60000102, "US", 0)
    made.add_new(0x60003000, "OB", b"\xff\x00")
    made.save_as(path, enforce_file_format=True)


def test_an_embedded_overlay_has_a_bit_for_each_frame_of_the_image():
    (plane,), whole = read_overlays(overlay(0x6000, EMBEDDED), LAYOUT, 9)

    assert whole
    assert (plane.bit, plane.number_of_frames, plane.first_image_frame) == (15, 9, 1)


def test_bits_of_its_own_win_over_a_bit_of_the_pixels():
    dataset = overlay(0x6000, EMBEDDED | {"3000": {"InlineBinary": "AA=="}})
    (plane,), _ = read_overlays(dataset, LAYOUT, 1)

    assert plane.bit == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"0010": [0]},
        {"0010": None},
        {"0011": ["x"]},
        {"0050": None},
        {"0050": [1]},
        {"0015": [-1]},
        {"0051": [-1]},
        EMBEDDED | {"0102": [11]},  # a bit of the stored values
        EMBEDDED | {"0102": [16]},
        EMBEDDED | {"0102": [0]},
        EMBEDDED | {"0102": None},
    ],
)
def test_an_overlay_that_cannot_be_read_is_left_out_and_said(changes):
    dataset = overlay(0x6000, changes) | overlay(0x6004, {})
    found, whole = read_overlays(dataset, LAYOUT, 1)

    assert [plane.group for plane in found] == [0x6004] and not whole


def test_colour_cells_hide_no_overlay():
    colour = replace(LAYOUT, samples_per_pixel=3)

    assert read_overlays(overlay(0x6000, EMBEDDED), colour, 1) == ((), False)
    assert read_overlays(overlay(0x6000, {}), colour, 1)[1]
    assert read_overlays({}, LAYOUT, 1) == ((), True)


def test_the_projection_is_all_that_is_read_and_has_no_bits():
    dataset = overlay(0x6000, {"3000": {"InlineBinary": "AA=="}, "9999": [1]})
    kept = project_overlays(dataset)

    assert read_overlays(kept, LAYOUT, 9) == read_overlays(dataset, LAYOUT, 9)
    assert "InlineBinary" not in str(kept)
    assert kept.keys() <= set(OVERLAY_TAGS)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("overlay_mr_siemens/MR-SIEMENS-DICOM-WithOverlays.dcm", [(0x6000, 484, 0)]),
        ("pydicom_test_files/examples_overlay.dcm", [(0x6000, 300, 0)]),
        (
            "gsps_overlay_pair/overlay.dcm",
            [(0x6000, 512, 15), (0x6002, 512, 14), (0x6004, 512, 0)],
        ),
    ],
)
def test_overlays_of_real_images_are_those_that_dcmdump_shows(need, path, expected):
    need("dcmtk")
    file = need("data") / path
    metadata = read_header(file).metadata
    layout, _ = read_pixel_layout(metadata)
    found, _ = read_overlays(metadata, layout, 1)

    assert [(p.group, p.rows, p.bit) for p in found][: len(expected)] == expected
    command = ["dcmdump", "--print-short", str(file)]
    told = subprocess.run(command, capture_output=True, check=True).stdout
    assert len(re.findall(rb"^\(60..,0010\)", told, re.MULTILINE)) == len(found)
