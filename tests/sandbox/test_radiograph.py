"""The chest radiographs. Oracles: dciodvfy, PS3.3 C.8.11, the phantom's geometry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from radiograph_build import build, files_of, said_by

from smart_viewer.sandbox.radiograph_anatomy import PNEUMONIA
from smart_viewer.sandbox.radiograph_study import (
    MARKER_PIXELS,
    STUDIES,
    VISITS,
    pixel_of,
    tasks,
)

NOW, BEFORE, LONG_BEFORE = "radiograph", "radiograph_prior_1", "radiograph_prior_2"
FLUID_Z_MM = 52.0
"""Height at which the fluid in the stomach stands, in the phantom's own space."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("radiographs")
    build(path, STUDIES, tasks())
    return path


def read(folder: Path, study: str, view: str) -> FileDataset:
    return pydicom.dcmread(folder / study / view / "0001.dcm")


def shades(ds: FileDataset) -> NDArray[np.float64]:
    """Shares of white, whatever the photometric interpretation."""
    share: NDArray[np.float64] = ds.pixel_array / (2**ds.BitsStored - 1)
    return 1 - share if ds.PhotometricInterpretation == "MONOCHROME1" else share


def about(image: NDArray[np.float64], row: int, column: int, reach: int) -> float:
    """Mean of the square about a pixel."""
    rows = slice(row - reach, row + reach + 1)
    return float(image[rows, column - reach : column + reach + 1].mean())


def test_the_files_are_those_of_the_plans_and_say_whose_they_are(folder: Path) -> None:
    # given the plans of the three studies
    planned = [path for study in STUDIES for path in files_of(folder, study)]

    # then the folder holds their files, and nothing else
    assert sorted(folder.rglob("*.dcm")) == sorted(planned)
    for study in STUDIES:
        for path, series in zip(files_of(folder, study), study.series, strict=True):
            ds = pydicom.dcmread(path, stop_before_pixels=True)
            assert ds.PatientID == study.identity.patient_id
            assert ds.IssuerOfPatientID == study.identity.issuer_of_patient_id
            assert ds.AccessionNumber == study.identity.accession_number
            assert ds.StudyInstanceUID == study.identity.study_instance_uid
            assert ds.SeriesInstanceUID == series.series_instance_uid
            assert (ds.SeriesNumber, ds.Modality) == (series.number, "DX")


def test_dciodvfy_finds_nothing_wrong_with_a_radiograph(
    folder: Path, need: Callable[[str], Path]
) -> None:
    program = need("dciodvfy")
    for path in sorted(folder.rglob("*.dcm")):
        assert said_by(program, path) == ["DXImageForPresentation"]


def test_millimetres_are_those_of_the_detector(folder: Path) -> None:
    for path in folder.rglob("*.dcm"):
        # given a radiograph
        ds = pydicom.dcmread(path, stop_before_pixels=True)

        # then its spacing is uncalibrated, and its magnification that of its distances
        assert list(ds.ImagerPixelSpacing) == [0.26, 0.26]
        assert "PixelSpacing" not in ds
        ratio = ds.DistanceSourceToDetector / ds.DistanceSourceToPatient
        assert ratio == pytest.approx(ds.EstimatedRadiographicMagnificationFactor, 1e-3)


@pytest.mark.parametrize("study", [NOW, BEFORE, LONG_BEFORE])
def test_the_left_side_lies_where_the_frontal_view_says(
    folder: Path, study: str
) -> None:
    # given a frontal view, whose rows run to the patient's left
    ds = read(folder, study, "pa")
    image = shades(ds)
    assert list(ds.PatientOrientation) == ["L", "F"]

    # then the lead letter and the gas in the stomach are on that side
    assert (image[MARKER_PIXELS[0], MARKER_PIXELS[1].start + 5] == 1).all()
    (view,) = (v for v in VISITS[study].views if v.direction == "PA")
    row, column = pixel_of(view, (62, -8, 60))
    mirrored = ds.Columns - 1 - column
    assert about(image, row, column, 12) < about(image, row, mirrored, 12) - 0.1


def test_the_spine_lies_behind_in_the_lateral_view(folder: Path) -> None:
    # given the lateral view, whose rows run to the back
    ds = read(folder, NOW, "lat")
    assert list(ds.PatientOrientation) == ["P", "F"]
    assert ds.ViewPosition == "LL"

    # when the body is found at the height of the diaphragm
    row = shades(ds)[900]
    body = np.flatnonzero(row > 0.02)

    # then the breast bone is nearer to the first column than the back's flat skin
    view = VISITS[NOW].views[1]
    assert pixel_of(view, (0, 60, 150))[1] > body.mean()


@pytest.mark.parametrize(("view", "number"), [("pa", 0), ("lat", 1)])
def test_the_fluid_stands_level_at_the_stated_height(
    folder: Path, view: str, number: int
) -> None:
    # given the gas over the fluid in the stomach
    ds = read(folder, NOW, view)
    row, column = pixel_of(VISITS[NOW].views[number], (62, -8, FLUID_Z_MM))

    # when the steepest step down the column is found near it
    strip = shades(ds)[row - 20 : row + 20, column - 15 : column + 16].mean(axis=1)
    step = int(np.argmax(strip[6:] - strip[:-6])) + 3

    # then it is there, within two millimetres
    assert abs(step - 20) * 0.26 <= 2.0


def test_the_consolidation_of_five_months_ago_has_gone(folder: Path) -> None:
    # given its place in both studies, and the same place on the other side
    side = (-PNEUMONIA[0], *PNEUMONIA[1:])
    seen = []
    for study in (NOW, BEFORE):
        image = shades(read(folder, study, "pa"))
        view = VISITS[study].views[0]
        here, there = pixel_of(view, PNEUMONIA), pixel_of(view, side)
        seen.append((about(image, *here, 40), about(image, *there, 40)))

    # then the lung was lighter there, and the other lung was as it is
    (now, other_now), (before, other_before) = seen
    assert before - now > 0.12
    assert abs(other_before - other_now) < 0.02


def test_the_oldest_is_monochrome1_and_inverse_and_shows_the_same(folder: Path) -> None:
    # given the oldest frontal view and the newest
    new, old = read(folder, NOW, "pa"), read(folder, LONG_BEFORE, "pa")

    # then the headers agree with each other (PS3.3 C.8.11.3)
    assert (new.PhotometricInterpretation, new.PresentationLUTShape) == (
        "MONOCHROME2",
        "IDENTITY",
    )
    assert (old.PhotometricInterpretation, old.PresentationLUTShape) == (
        "MONOCHROME1",
        "INVERSE",
    )
    signs = new.PixelIntensityRelationshipSign, old.PixelIntensityRelationshipSign
    assert signs == (-1, 1)

    # and, shown as they say, they are alike but for where the patient stands
    down, right = VISITS[LONG_BEFORE].views[0].stands
    moved = np.roll(shades(old), (-down, -right), axis=(0, 1))
    inner = slice(200, -200), slice(200, -200)
    likeness = np.corrcoef(shades(new)[inner].ravel(), moved[inner].ravel())[0, 1]
    assert likeness > 0.98


def test_the_noise_is_that_of_photons(folder: Path) -> None:
    # given two views that differ by their noise alone, save for the lungs
    new, old = (shades(read(folder, s, "pa")) for s in (NOW, LONG_BEFORE))
    down, right = VISITS[LONG_BEFORE].views[0].stands
    rest = new - np.roll(old, (-down, -right), axis=(0, 1))

    # then it is stronger where fewer photons come through: under the diaphragm
    lung, liver = (
        pixel_of(VISITS[NOW].views[0], p) for p in ((-85, 0, 190), (-85, 0, 40))
    )
    spread = [
        float(rest[r - 25 : r + 25, c - 25 : c + 25].std()) for r, c in (lung, liver)
    ]
    assert 0.0005 < spread[0] < spread[1] < 0.03


def test_both_bit_depths_fill_their_range(folder: Path) -> None:
    for study, bits in ((NOW, 12), (BEFORE, 14)):
        # given a view, then its values need all its bits and no more
        ds = read(folder, study, "pa")
        assert (ds.BitsStored, ds.HighBit) == (bits, bits - 1)
        assert ds.pixel_array.max() == 2**bits - 1


def test_a_radiograph_is_written_with_the_same_bytes_each_time(
    folder: Path, tmp_path: Path
) -> None:
    # given the task of the lateral views, when it is done again
    build(tmp_path, STUDIES, tasks()[1:])

    # then its files are the same
    again = sorted(tmp_path.rglob("*.dcm"))
    assert len(again) == 2
    for path in again:
        known = folder / path.relative_to(tmp_path)
        assert path.read_bytes() == known.read_bytes()
