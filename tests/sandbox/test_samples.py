"""The sample files. Oracles: dciodvfy, dcmtk, pydicom, and the phantom's own truth."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileDataset

from smart_viewer.sandbox import samples as samples_module
from smart_viewer.sandbox.chest_series import (
    CHEST_LUNG,
    PLANS,
    write_index,
)
from smart_viewer.sandbox.identity import (
    EHR_BIRTH_DATE_OF_OTHER,
    OTHER_BIRTH_DATE_PATIENT,
)
from smart_viewer.sandbox.phantom import FIRST_PIXEL_LPS, PIXEL_MM
from smart_viewer.sandbox.samples import Samples, SampleSeries, make_samples
from smart_viewer.sandbox.truth import REGIONS, Region, index_of, truth_slice_hu

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sample_studies() -> Samples:
    return make_samples(ROOT / ".cache" / "samples")


def all_series(studies: Samples) -> tuple[SampleSeries, ...]:
    return (*studies.chest.series, *studies.other_birth_date.series)


def hu_of(ds: FileDataset) -> NDArray[np.float64]:
    return ds.pixel_array * float(ds.RescaleSlope) + float(ds.RescaleIntercept)


def at_height(series: SampleSeries, z_lps: float) -> FileDataset:
    """The slice nearest to a height, found by ImagePositionPatient."""
    heads = {
        float(pydicom.dcmread(f, stop_before_pixels=True).ImagePositionPatient[2]): f
        for f in series.files
    }
    return pydicom.dcmread(heads[min(heads, key=lambda z: abs(z - z_lps))])


def test_both_series_of_the_chest_and_the_other_study_are_whole(
    sample_studies: Samples,
) -> None:
    # given the samples, when their files are counted, then there are as many as stated
    counts = [len(list(s.folder.iterdir())) for s in all_series(sample_studies)]
    assert counts == [160, 160, 12]
    assert len(list(sample_studies.folder.rglob("*.dcm"))) == 332


def test_the_files_say_what_the_identities_say(sample_studies: Samples) -> None:
    for study in (sample_studies.chest, sample_studies.other_birth_date):
        for series in study.series:
            # given any file of the series
            ds = pydicom.dcmread(series.files[3], stop_before_pixels=True)

            # then it names patient, order, study and series as they do
            assert ds.PatientID == study.identity.patient_id
            assert ds.PatientName == study.identity.patient_name
            assert ds.PatientBirthDate == study.identity.birth_date
            assert ds.AccessionNumber == study.identity.accession_number
            assert ds.StudyInstanceUID == study.identity.study_instance_uid
            assert ds.SeriesInstanceUID == series.series_instance_uid
            assert ds.SeriesDescription == series.description


def test_the_second_patient_has_another_birth_date_in_the_ehr() -> None:
    assert OTHER_BIRTH_DATE_PATIENT.birth_date != EHR_BIRTH_DATE_OF_OTHER


def test_every_uid_is_valid_and_no_instance_shares_one(sample_studies: Samples) -> None:
    # given the headers of all files
    heads = [
        pydicom.dcmread(f, stop_before_pixels=True)
        for series in all_series(sample_studies)
        for f in series.files
    ]

    # then their UIDs are valid, and each instance has its own
    uids = {ds.SOPInstanceUID for ds in heads}
    assert len(uids) == len(heads)
    assert all(uid.is_valid for uid in uids)


def test_sorting_by_instance_number_turns_one_series_upside_down(
    sample_studies: Samples,
) -> None:
    # given both series in the order of InstanceNumber
    def heights(series: SampleSeries) -> list[float]:
        heads = (pydicom.dcmread(f, stop_before_pixels=True) for f in series.files[:3])
        return [float(ds.ImagePositionPatient[2]) for ds in heads]

    soft, lung = (heights(series) for series in sample_studies.chest.series)

    # then one runs to the feet and the other to the head
    assert soft == sorted(soft, reverse=True)
    assert lung == sorted(lung)


def test_the_series_differ_in_how_they_are_stored(sample_studies: Samples) -> None:
    # given a file of each series of the chest
    soft, lung = (pydicom.dcmread(s.files[0]) for s in sample_studies.chest.series)

    # then one is signed and raw, with padding, the other unsigned JPEG-LS
    assert soft.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert (soft.PixelRepresentation, soft.BitsStored) == (1, 16)
    assert soft.pixel_array[0, 0] == soft.PixelPaddingValue == -2000
    assert lung.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.80"
    assert (lung.PixelRepresentation, lung.BitsStored) == (0, 12)


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.name)
@pytest.mark.parametrize("which", [0, 1], ids=["soft", "lung"])
def test_a_region_of_the_files_has_its_true_mean(
    sample_studies: Samples, region: Region, which: int
) -> None:
    # given the file nearest to the region
    ds = at_height(sample_studies.chest.series[which], region.center_lps[2])

    # when the disc about its middle is read
    x0, y0 = FIRST_PIXEL_LPS
    rows, columns = np.ogrid[: ds.Rows, : ds.Columns]
    x, y = x0 + columns * PIXEL_MM, y0 + rows * PIXEL_MM
    inside = np.hypot(x - region.center_lps[0], y - region.center_lps[1])
    values = hu_of(ds)[inside < region.radius_mm]

    # then its mean is the truth to three standard errors (and the texture's share)
    error = 3 * values.std() / np.sqrt(values.size)
    assert abs(values.mean() - region.hu) < error + region.tolerance_hu


@pytest.mark.parametrize("which", [0, 1], ids=["soft", "lung"])
def test_files_differ_from_the_truth_by_noise_alone(
    sample_studies: Samples, which: int
) -> None:
    # given a slice of the files and its noise-free truth
    index = index_of(REGIONS[0].center_lps)[0]
    height = REGIONS[0].center_lps[2]
    hu = hu_of(at_height(sample_studies.chest.series[which], height))
    truth = truth_slice_hu("soft" if which == 0 else "lung", index)

    # when one is taken from the other, away from what clipping touches
    rest = (hu - truth)[truth > -950]

    # then the rest has no offset and the strength of a scanner's noise
    assert abs(rest.mean()) < 0.2
    assert 5 < rest.std() < 60


def test_pydicom_and_dcmtk_decode_the_same_pixels(
    sample_studies: Samples, need: Callable[[str], Path], tmp_path: Path
) -> None:
    program = need("dcmtk")
    for series in (
        sample_studies.chest.series[1],
        *sample_studies.other_birth_date.series,
    ):
        # given a JPEG-LS file
        source, plain = series.files[5], tmp_path / f"{series.number}.dcm"

        # when dcmtk decodes it
        subprocess.run([program, source, plain], check=True)

        # then its raw bytes are the pixels that pydicom decodes
        raw = np.frombuffer(pydicom.dcmread(plain).PixelData, dtype="<u2")
        assert np.array_equal(raw, pydicom.dcmread(source).pixel_array.ravel())


def test_dciodvfy_finds_nothing_wrong(
    sample_studies: Samples, need: Callable[[str], Path]
) -> None:
    program = need("dciodvfy")
    for series in all_series(sample_studies):
        for path in (series.files[0], series.files[series.count // 2]):
            # given a file, when it is checked against its IOD
            said = subprocess.run(
                [program, path], capture_output=True, text=True, check=False
            )

            # then there is neither an error nor a warning, only the IOD's name
            assert (said.stdout + said.stderr).split() == ["CTImage"]


def test_a_file_is_written_with_the_same_bytes_each_time(
    sample_studies: Samples, tmp_path: Path
) -> None:
    # given a slice of all series in an empty folder
    index = CHEST_LUNG.first + 75
    for _, plan in PLANS:
        (tmp_path / plan.key).mkdir(parents=True)

    # when it is drawn and written again
    write_index(tmp_path, index)

    # then its files are those of the samples, byte for byte
    written = sorted(tmp_path.rglob("*.dcm"))
    assert len(written) == len(PLANS)
    for path in written:
        known = sample_studies.folder / path.relative_to(tmp_path)
        assert path.read_bytes() == known.read_bytes()


def test_samples_that_are_there_are_not_built_again(
    sample_studies: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given samples that are whole, and no way to start a builder
    monkeypatch.setattr(samples_module, "_run_workers", unreachable)

    # when they are asked for again, then they are what they were
    assert make_samples(ROOT / ".cache" / "samples") == sample_studies


def test_a_killed_build_is_not_taken_for_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a builder that is killed half way, with some files written
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from smart_viewer.sandbox import samples\n"
        "def die(folder, workers):\n"
        "    (folder / 'half.dcm').touch(); os.kill(os.getpid(), signal.SIGKILL)\n"
        "samples._run_workers = die\n"
        "samples.make_samples(Path(sys.argv[1]))\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, tmp_path], cwd=ROOT, check=False
    )
    assert killed.returncode == -9
    assert list(tmp_path.rglob("half.dcm"))

    # when the samples are asked for again
    monkeypatch.setattr(samples_module, "_run_workers", lambda folder, _: whole(folder))
    made = make_samples(tmp_path)

    # then they are built anew and nothing of the killed build is left
    assert [p.name for p in made.folder.iterdir()] == ["whole"]
    assert not list(tmp_path.rglob("half.dcm"))


def test_a_failed_worker_leaves_no_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given workers that fail at once
    monkeypatch.setattr(sys, "executable", "/bin/false")

    # when the samples are asked for, then the failure is told and nothing remains
    with pytest.raises(subprocess.CalledProcessError):
        make_samples(tmp_path, workers=2)
    assert [p.name for p in tmp_path.iterdir()] == [".lock"]


def whole(folder: Path) -> None:
    (folder / "whole").touch()


def unreachable(folder: Path, workers: int) -> None:
    raise AssertionError("the samples were built again")
