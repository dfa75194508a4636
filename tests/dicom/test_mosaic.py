"""Siemens mosaics (H9). Oracle: nibabel's reader of mosaics; a formula by hand."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.dicom.csa_header import read_csa
from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.read_mosaic import read_mosaic
from smart_viewer.dicom.read_study import project, read_parts, read_study, split
from smart_viewer.dicom.study import PixelLayout

GRAY = PixelLayout(12, 24, 1, "MONOCHROME2", 16, 12, 11, False)
WANTED = frozenset({"NumberOfImagesInMosaic", "SliceNormalVector"})


def mosaic(
    tiles: float = 4, normal: tuple[float, ...] = (0, 0, 1), **changes: object
) -> dict[str, object]:
    """Axial 6 x 12 tiles, pixels 2 mm high and 1 mm wide, slices 3 mm apart."""
    plain: dict[str, list[object]] = {
        "00180088": [3.0],
        "00200032": [-50.0, -60.0, 7.0],
        "00200037": [1, 0, 0, 0, 1, 0],
        "00280030": [2.0, 1.0],
        "mosaic": [tiles, *normal],
    }
    plain |= {tag[1:]: value for tag, value in changes.items()}  # type: ignore[misc]  # lists
    return {tag: {"Value": value} for tag, value in plain.items()}


def test_the_first_tile_has_the_centre_of_the_mosaic():
    """Half of 24 - 12 columns of 1 mm, half of 12 - 6 rows of 2 mm further in."""
    found = read_mosaic(mosaic(), GRAY)

    assert found is not None
    assert (found.tiles, found.across) == (4, 2)
    assert [p.position for p in found.planes] == [
        (-44.0, -54.0, 7.0),
        (-44.0, -54.0, 10.0),
        (-44.0, -54.0, 13.0),
        (-44.0, -54.0, 16.0),
    ]


def test_slices_follow_the_header_s_normal_even_against_row_and_column():
    found = read_mosaic(mosaic(normal=(0, 0, -1)), GRAY)

    assert found and [p.position[2] for p in found.planes] == [7.0, 4.0, 1.0, -2.0]


def test_a_square_that_is_not_full_has_only_its_tiles():
    assert (read_mosaic(mosaic(3), GRAY) or pytest.fail()).tiles == 3


@pytest.mark.parametrize("tiles", [0, 1, -4, 5000, 5])
def test_a_count_that_does_not_fit_cuts_nothing(tiles):
    """25 columns are no multiple of two or three."""
    square = PixelLayout(12, 25, 1, "MONOCHROME2", 16, 12, 11, False)

    assert read_mosaic(mosaic(tiles), square) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"normal": ()},
        {"normal": (0, 1, 0)},
        {"normal": (0, 0, 0)},
        {"t00180088": []},
        {"t00180088": [-3.0]},
        {"t00200037": [1, 0, 0, 0, 1]},
        {"t00200032": ["x", 0, 0]},
    ],
)
def test_what_cannot_be_placed_is_cut_but_has_no_planes(changes):
    found = read_mosaic(mosaic(**changes), GRAY)

    assert found is not None and found.planes == ()


def csa(*elements: tuple[str, list[str]]) -> bytes:
    """A header field by field, as the docstring of `csa_header` describes it."""
    found = b"SV10" + b"\4\3\2\1" + struct.pack("<2I", len(elements), 77)
    for name, items in elements:
        found += name.encode().ljust(64, b"\0") + struct.pack("<i", len(items))
        found += b"IS\0\0" + struct.pack("<3i", 6, len(items), 77)
        for item in items:
            raw = item.encode() + b"\0"
            found += struct.pack("<4i", len(raw), len(raw), 77, len(raw))
            found += raw + b"\0" * (-len(raw) % 4)
    return found


def test_elements_of_a_header_are_read_by_name():
    data = csa(("Other", ["1", "2"]), ("SliceNormalVector", ["0", "0.5", "-1 "]))

    assert read_csa(data, WANTED) == {"SliceNormalVector": ("0", "0.5", "-1")}


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 400))
def test_no_bytes_make_the_reader_fail_or_run_away(noise, at, until):
    whole = csa(("NumberOfImagesInMosaic", ["36"]), ("SliceNormalVector", ["0"] * 3))
    for data in (
        noise,
        b"SV10" + noise,
        whole[:until],
        whole[:at] + noise + whole[at:],
    ):
        found = read_csa(data, WANTED)
        assert set(found) <= WANTED


@pytest.mark.data
def test_a_real_mosaic_is_cut_as_nibabel_does(need, tmp_path: Path):
    """Positions of every slice's first pixel, by nibabel's affine (LPS)."""
    paths = sorted((need("data") / "mr_mosaic_siemens").glob("*.dcm"))
    read = [read_header(path).metadata for path in paths]

    study = read_study(read)
    found = display_sets(study)

    assert study == read_parts([split(project(m)) for m in read])
    assert [len(one.frames) for one in found] == [36, 36, 36]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls itself experimental
        from nibabel.nicom.dicomwrappers import MosaicWrapper

        wrapped = MosaicWrapper(pydicom.dcmread(paths[0]))
        affine, volume = wrapped.affine, wrapped.get_data()
    for frame in found[0].frames:
        tile, plane = frame.tile, frame.plane
        assert tile is not None and plane is not None
        assert plane.position == pytest.approx((affine @ (0, 0, tile, 1))[:3], abs=1e-4)
        assert frame.pixels and (frame.pixels.rows, frame.pixels.columns) == (64, 64)
    whole = pydicom.dcmread(paths[0]).pixel_array
    last = found[0].frames[-1].tile or 0
    row, column = divmod(last, 6)
    cut = whole[64 * row : 64 * (row + 1), 64 * column : 64 * (column + 1)]
    assert np.array_equal(cut, volume[..., last])


@pytest.mark.data
def test_the_order_of_a_real_mosaic_is_along_the_normal(need):
    paths = sorted((need("data") / "mr_mosaic_siemens").glob("*.dcm"))

    found = display_sets(read_study([read_header(paths[0]).metadata]))[0]

    header = pydicom.dcmread(paths[0])
    row, column = np.array(header.ImageOrientationPatient, float).reshape(2, 3)
    along = [np.dot(f.plane.position, np.cross(row, column)) for f in found.frames]  # type: ignore[union-attr]  # all have one
    assert along == sorted(along)
    assert found.stack and found.stack.state == "regular"
    assert found.stack.step_mm == pytest.approx(header.SpacingBetweenSlices, abs=1e-4)


@pytest.mark.data
def test_a_mosaic_without_its_private_header_is_shown_whole_and_without_a_place(need):
    paths = [
        path
        for path in sorted((need("data") / "mr_vendors_dicom2nifti").rglob("*.dcm"))
        if "MOSAIC" in pydicom.dcmread(path, stop_before_pixels=True).ImageType
    ]

    (found,) = display_sets(read_study([read_header(p).metadata for p in paths]))

    assert found.label.endswith("mosaic")
    assert [(f.tile, f.plane) for f in found.frames] == [(None, None)] * 2
    assert found.frames[0].spacing is not None
