"""The PET/CT. Oracles: SUV worked out by hand from the headers, dciodvfy, pydicom."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileDataset

from smart_viewer.sandbox.petct_study import STUDIES, tasks
from smart_viewer.sandbox.petct_truth import REGIONS, PtRegion
from smart_viewer.sandbox.sample_plan import SampleSeriesPlan

BLOCKS = (3, 7, 8, 11, 15)
"""Tasks, from the thighs, that hold all regions."""
(STUDY,) = STUDIES
SERIES = {series.key.removeprefix("petct/"): series for series in STUDY.series}
CORRELATED = (16 / 6) ** 2
"""Pixels that share one grain: the noise is white under 1-2-1 along both axes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some slices of all series."""
    target = tmp_path_factory.mktemp("petct")
    for series in STUDY.series:
        (target / series.key).mkdir(parents=True)
    work = tasks()
    for number in BLOCKS:
        work[number].write(target)
    return target


@cache
def read(path: Path) -> FileDataset:
    return pydicom.dcmread(path)


def images(folder: Path, name: str) -> list[FileDataset]:
    return [read(path) for path in sorted((folder / SERIES[name].key).iterdir())]


def modality_values(ds: FileDataset) -> NDArray[np.float64]:
    """Stored values under the slice's own slope and intercept (H1)."""
    return np.asarray(
        ds.pixel_array * float(ds.RescaleSlope) + float(ds.RescaleIntercept)
    )


def values_in(found: list[FileDataset], region: PtRegion) -> NDArray[np.float64]:
    """Modality values of all pixels whose centres lie in the region."""
    x, y, z = region.center_lps
    collected = []
    for ds in found:
        x0, y0, z0 = (float(v) for v in ds.ImagePositionPatient)
        down, across = (float(v) for v in ds.PixelSpacing)
        dx = x0 + np.arange(ds.Columns)[None, :] * across - x
        dy = y0 + np.arange(ds.Rows)[:, None] * down - y
        inside = dx**2 + dy**2 + (z0 - z) ** 2 < region.radius_mm**2
        if inside.any():
            collected.append(modality_values(ds)[inside])
    return np.concatenate(collected)


def moment(date: str, time: str) -> datetime:
    return datetime.strptime(date + time, "%Y%m%d%H%M%S")


def suv_by_hand(ds: FileDataset, counted_from: datetime) -> float:
    """SUVbw of 1 Bq/ml where the file is corrected for decay to `counted_from`."""
    (dose,) = ds.RadiopharmaceuticalInformationSequence
    injected = datetime.strptime(dose.RadiopharmaceuticalStartDateTime, "%Y%m%d%H%M%S")
    waited_s = (counted_from - injected).total_seconds()
    left_bq = float(dose.RadionuclideTotalDose) * 2 ** (
        -waited_s / float(dose.RadionuclideHalfLife)
    )
    return float(ds.PatientWeight) * 1000 / left_bq


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.name)
def test_suv_by_hand_is_the_true_one_h14(folder: Path, region: PtRegion) -> None:
    # given the corrected PET
    found = images(folder, "pt_ac")
    one = suv_by_hand(found[0], moment(found[0].SeriesDate, found[0].SeriesTime))

    # when SUVbw is worked out with the dose decayed to the start of the series
    suv = values_in(found, region) * one

    # then its mean is the true one, to three standard errors of the noise
    error = 3 * suv.std() * np.sqrt(CORRELATED / suv.size)
    assert suv.mean() == pytest.approx(region.suv, abs=error + 0.01 * region.suv)


def test_decay_to_the_beds_own_time_gives_a_wrong_suv(folder: Path) -> None:
    # given the bed of the cancer, minutes after the first
    cancer = REGIONS[0]
    height = cancer.center_lps[2]
    ds = next(
        d for d in images(folder, "pt_ac") if float(d.ImagePositionPatient[2]) == height
    )
    series = moment(ds.SeriesDate, ds.SeriesTime)
    bed = moment(ds.AcquisitionDate, ds.AcquisitionTime)

    # when the acquisition's time is taken for the series'
    wrong = suv_by_hand(ds, bed) / suv_by_hand(ds, series)

    # then what DecayCorrection START forbids shows: more than 5 % too much
    assert ds.DecayCorrection == "START"
    assert (bed - series).total_seconds() > 600
    assert wrong > 1.05


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.name)
def test_the_ct_has_the_true_density_at_the_same_place(
    folder: Path, region: PtRegion
) -> None:
    # given the CT, when the same ball is measured
    hu = values_in(images(folder, "ct"), region)

    # then its mean is the true one, to three standard errors and half a HU
    error = 3 * hu.std() / np.sqrt(hu.size / 4)
    assert hu.mean() == pytest.approx(region.hu, abs=error + 0.5)


def test_every_pet_slice_has_a_slope_of_its_own_h1(folder: Path) -> None:
    # given the slopes of the corrected PET
    found = images(folder, "pt_ac")
    slopes = {float(ds.RescaleSlope) for ds in found}

    # then hardly two are the same, and all pixels use the whole range
    assert len(slopes) == len(found)
    assert all(ds.RescaleIntercept == 0 for ds in found)
    assert all(ds.pixel_array.max() >= 32766 for ds in found)


def test_only_the_corrected_pet_may_be_shown_as_suv_h14(folder: Path) -> None:
    # given one image of each PET series
    corrected, uncorrected = (images(folder, name)[0] for name in ("pt_ac", "pt_nac"))

    # then the one says so in unit and corrections, the other does not
    assert corrected.Units == "BQML"
    assert {"ATTN", "DECY"} <= set(corrected.CorrectedImage)
    assert "AttenuationCorrectionMethod" in corrected
    assert uncorrected.Units == "PROPCPS"
    assert "ATTN" not in uncorrected.CorrectedImage
    assert "AttenuationCorrectionMethod" not in uncorrected


def test_without_correction_what_lies_deep_fades(folder: Path) -> None:
    # given liver and brain base, deep and less deep, in both PET series
    deep, shallow = REGIONS[1], REGIONS[4]

    # when the uncorrected is divided by the corrected
    left = [
        values_in(images(folder, "pt_nac"), r).mean()
        / values_in(images(folder, "pt_ac"), r).mean()
        for r in (deep, shallow)
    ]

    # then more of the liver is lost
    assert left[0] < 0.6 * left[1]


def test_the_cancer_lies_in_the_right_lung_and_is_hotter_than_the_liver(
    folder: Path,
) -> None:
    # given the SUV in the cancer and in the liver; x rises to the patient's left
    found = images(folder, "pt_ac")
    cancer, liver = (values_in(found, r).mean() for r in REGIONS[:2])

    # then the cancer lies right and is some 3.6 times hotter
    assert REGIONS[0].center_lps[0] < -50
    assert cancer / liver == pytest.approx(8.0 / 2.2, rel=0.1)


def test_all_series_lie_in_one_frame_of_reference_at_the_same_heights(
    folder: Path,
) -> None:
    # given all series
    found = {name: images(folder, name) for name in SERIES}

    # then frame and heights are the same, pixels are not
    assert len({ds.FrameOfReferenceUID for some in found.values() for ds in some}) == 1
    heights = {
        name: sorted(float(ds.ImagePositionPatient[2]) for ds in some)
        for name, some in found.items()
    }
    assert heights["ct"] == heights["pt_ac"] == heights["pt_nac"]
    assert found["ct"][0].PixelSpacing[0] != found["pt_ac"][0].PixelSpacing[0]


def test_ct_and_pet_tell_the_same_story_of_patient_and_study(folder: Path) -> None:
    # given a file of each series, then what belongs to patient and study is the same
    files = [images(folder, name)[0] for name in SERIES]
    for keyword in (
        "PatientID PatientName PatientBirthDate PatientSex PatientAge PatientWeight "
        "PatientSize StudyInstanceUID StudyDate StudyTime StudyID AccessionNumber "
        "StudyDescription ReferringPhysicianName InstitutionName StationName"
    ).split():
        assert len({str(ds[keyword].value) for ds in files}) == 1, keyword


def test_the_study_reaches_from_the_skull_base_to_the_thighs(folder: Path) -> None:
    # given the plan and the spacing in the files
    spacing = float(images(folder, "ct")[0].SpacingBetweenSlices)

    # then 600 to 900 mm are covered, slice after slice
    for series in STUDY.series:
        assert 600 <= (series.count - 1) * spacing <= 900


def test_the_files_say_what_the_plan_says(folder: Path) -> None:
    for series in STUDY.series:
        for ds in images(folder, series.key.removeprefix("petct/")):
            # given any file, then it names patient, order, study and series
            assert ds.PatientID == STUDY.identity.patient_id
            assert ds.AccessionNumber == STUDY.identity.accession_number
            assert ds.StudyInstanceUID == STUDY.identity.study_instance_uid
            assert ds.SeriesInstanceUID == series.series_instance_uid
            assert ds.SeriesDescription == series.description
            assert ds.Modality == series.modality
            assert 1 <= ds.InstanceNumber <= series.count


def test_instances_have_names_of_their_own(folder: Path) -> None:
    found = [ds for name in SERIES for ds in images(folder, name)]
    assert len({ds.SOPInstanceUID for ds in found}) == len(found)
    assert all(ds.SOPInstanceUID.is_valid for ds in found)


def test_the_same_bytes_are_written_each_time(folder: Path, tmp_path: Path) -> None:
    # given empty folders
    for series in STUDY.series:
        (tmp_path / series.key).mkdir(parents=True)

    # when the last block is drawn and written again
    tasks()[BLOCKS[-1]].write(tmp_path)

    # then its files are the same, byte for byte
    written = sorted(tmp_path.rglob("*.dcm"))
    assert written
    for path in written:
        known = folder / path.relative_to(tmp_path)
        assert path.read_bytes() == known.read_bytes()


@pytest.mark.parametrize("series", STUDY.series, ids=lambda series: series.key)
def test_dciodvfy_finds_nothing_wrong(
    folder: Path, series: SampleSeriesPlan, need: Callable[[str], Path]
) -> None:
    program = need("dciodvfy")
    for path in sorted((folder / series.key).iterdir())[::7]:
        # given a file, when it is checked against its IOD
        said = subprocess.run(
            [program, path], capture_output=True, text=True, check=False
        )

        # then there is neither an error nor a warning, only the IOD's name
        expected = "CTImage" if series.modality == "CT" else "PETImage"
        assert (said.stdout + said.stderr).split() == [expected]
