"""What changes a picture (H4, H7, H15). Oracle: tables by hand, and dcmtk."""

from __future__ import annotations

import base64
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from smart_viewer.dicom.read_appearance import (
    APPEARANCE_TAGS,
    NOT_APPLIED,
    NOTHING,
    project_appearance,
    read_appearance,
)
from smart_viewer.dicom.study import PixelLayout

GREY = PixelLayout(4, 4, 1, "MONOCHROME2", 16, 12, 11, signed=False)
RGB = replace(GREY, samples_per_pixel=3, photometric_interpretation="RGB")
XA = "1.2.840.10008.5.1.4.1.1.12.1"


def read(given_: dict[str, object], layout: PixelLayout = GREY, frames: int = 1):
    dataset = {
        tag: value if isinstance(value, dict) else {"Value": value}
        for tag, value in given_.items()
    }
    return read_appearance(dataset, layout, frames)


def inline(raw: bytes) -> dict[str, object]:
    return {"vr": "OB", "InlineBinary": base64.b64encode(raw).decode()}


@pytest.mark.parametrize(
    ("photometric", "shape", "inverse"),
    [
        ("MONOCHROME2", "", False),
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", "", True),
        ("MONOCHROME1", "INVERSE", True),  # one inversion, not two
        ("MONOCHROME1", "IDENTITY", True),  # C.7.6.3.1.2; dcmtk goes by the shape
        ("PALETTE COLOR", "INVERSE", False),
    ],
)
def test_an_image_is_inverted_once(photometric, shape, inverse):
    layout = replace(GREY, photometric_interpretation=photometric)

    found = read({"20500020": [shape]}, layout)

    assert found.appearance.inverse is inverse


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("shape", ["", "INVERSE", "IDENTITY"])
def test_dcmtk_inverts_where_we_do(need, tmp_path, photometric, shape):
    need("dcmtk")
    if (photometric, shape) == ("MONOCHROME1", "IDENTITY"):
        shape = ""  # forbidden by C.8.11.3; see the decision note
    layout = replace(GREY, photometric_interpretation=photometric)
    ours = read({"20500020": [shape]}, layout).appearance.inverse

    path = written(tmp_path / "x.dcm", photometric, shape)
    command = ["dcmj2pnm", "--write-raw-pnm", "--use-window", "1", str(path)]
    grey = subprocess.run(command, capture_output=True, check=True).stdout[-2:]

    assert (grey[0] > grey[1]) is ours


def written(path: Path, photometric: str, shape: str) -> Path:
    """Two pixels, the second one larger, all of them within the window."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    made.SOPInstanceUID = "2.999.1"
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.Rows, made.Columns, made.SamplesPerPixel = 1, 2, 1
    made.BitsAllocated, made.BitsStored, made.HighBit = 16, 12, 11
    made.PixelRepresentation = 0
    made.PhotometricInterpretation = photometric
    if shape:
        made.PresentationLUTShape = shape
    made.WindowCenter, made.WindowWidth = 128, 256
    made.PixelData = np.array([20, 200], "<u2").tobytes()
    made.save_as(path, enforce_file_format=True)
    return path


@pytest.mark.parametrize(
    ("given_", "aspect", "left_out"),
    [
        ({"00280034": [4, 3]}, (4.0, 3.0), ()),
        ({"00280034": ["1", "2"]}, (1.0, 2.0), ()),
        ({"00280034": [1000000, 1000000]}, None, ()),
        ({"00280034": [None]}, None, ()),
        ({"00280034": ["01"]}, None, ("pixel_aspect",)),
        ({"00280034": [4, 0]}, None, ("pixel_aspect",)),
        # a spacing says it already
        ({"00280034": [4, 3], "00181164": [0.1, 0.1]}, None, ()),
    ],
)
def test_pixel_aspect_holds_only_without_a_spacing(given_, aspect, left_out):
    found = read(given_)

    assert found.appearance.pixel_aspect == aspect
    assert found.left_out == left_out


def test_a_colour_profile_is_of_the_image_or_of_its_one_optical_path():
    path = {"00282000": inline(b"profile")}
    of_image = read({"00282000": inline(b"profile")}, RGB)
    of_path = read({"00480105": [path]}, RGB)
    of_both = read({"00480105": [path, path]}, RGB)
    of_several = read({"00480105": [path, {"00282000": inline(b"other")}]}, RGB)
    elsewhere = read({"00282000": {"BulkDataURI": "http://x"}}, RGB)

    profiles = [r.appearance.icc_profile for r in (of_image, of_path, of_both)]
    assert profiles == [b"profile"] * 3
    for damaged in (of_several, elsewhere):
        assert damaged.appearance.icc_profile == b""
        assert damaged.left_out == ("icc_profile",)
    assert read({"00282000": inline(b"profile")}).appearance.icc_profile == b""


def test_a_broken_palette_is_a_problem_and_of_grey_images_it_is_not_asked():
    coloured = replace(GREY, photometric_interpretation="PALETTE COLOR")

    assert "colour palette" in read({}, coloured).problem
    assert read({"00281101": [1]}).problem == ""
    mixed = {"00089205": ["MIXED"], "00281201": inline(b"\1\2")}
    assert read(mixed).left_out == ("supplemental_palette",)
    assert read({**mixed, "00089205": ["MONOCHROME"]}).left_out == ()


def test_a_broken_modality_lut_is_a_problem_but_of_x_ray_it_is_no_step():
    broken = {"00283000": [{"00283002": {"Value": [2, 0, 16]}}]}

    assert "Modality LUT" in read(broken).problem
    angiogram = read({**broken, "00080016": [XA]})
    assert (angiogram.problem, angiogram.modality_lut) == ("", None)
    assert angiogram.left_out == ("xray_modality_lut",)
    assert read(broken, RGB).problem == ""


def test_dcmtk_leaves_the_modality_lut_of_an_angiogram_alone(need, tmp_path):
    """The real file's table would make 80 of stored 0."""
    need("dcmtk")
    file = need("data") / "xa_cath_75frames" / "I_000000.dcm"
    out = tmp_path / "out.pgm"
    command = ["dcmj2pnm", "--verbose", "--use-window", "1", str(file), str(out)]
    told = subprocess.run(command, capture_output=True, check=True, text=True)

    assert "ignoring possible modality transform" in told.stderr + told.stdout


def test_what_is_no_image_has_nothing():
    assert read_appearance({"00283000": {"Value": [{}]}}, None, 1) == NOTHING


def test_everything_left_out_has_a_sentence():
    broken = {
        "00280120": ["x"],
        "00280034": ["01"],
        "00181600": ["CIRCULAR"],
        "60000010": [5],
        "00186011": [{}],
        "00089205": ["COLOR"],
        "00281201": inline(b""),
        "00080016": [XA],
        "00283000": [{}],
    }

    left_out = read(broken).left_out

    assert set(left_out) == NOT_APPLIED.keys() - {*("window", "voi_lut", "icc_profile")}


anything: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["Value", "InlineBinary", "BulkDataURI", *APPEARANCE_TAGS]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(APPEARANCE_TAGS), anything, max_size=12),
    st.sampled_from([GREY, RGB, replace(GREY, bits_allocated=64, is_float=True)]),
    st.integers(1, 300),
)
def test_malformed_values_never_raise_and_the_projection_keeps_their_meaning(
    dataset, layout, frames
):
    read_of = read_appearance(dataset, layout, frames)

    assert read_appearance(project_appearance(dataset), layout, frames) == read_of
