"""The sample files. Oracles: dciodvfy, dcmtk, pydicom, and the phantom's own truth."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileDataset

from smart_viewer.sandbox import sample_stamp
from smart_viewer.sandbox import samples as samples_module
from smart_viewer.sandbox.identity import (
    EHR_BIRTH_DATE_OF_OTHER,
    IDENTITIES,
    OTHER_BIRTH_DATE_PATIENT,
)
from smart_viewer.sandbox.phantom import FIRST_PIXEL_LPS, PIXEL_MM
from smart_viewer.sandbox.sample_families import all_studies, all_tasks
from smart_viewer.sandbox.sample_worker import make_folders, numbers_of
from smart_viewer.sandbox.samples import Samples, SampleSeries, make_samples
from smart_viewer.sandbox.truth import REGIONS, Region, index_of, truth_slice_hu

ROOT = Path(__file__).parents[2]
NUMBERS_IN_A_PIPE = 65536 // 2


@pytest.fixture(scope="module")
def sample_studies() -> Samples:
    return make_samples(ROOT / ".cache" / "samples")


def all_series(studies: Samples) -> tuple[SampleSeries, ...]:
    return tuple(series for study in studies.studies for series in study.series)


def ct_series(studies: Samples) -> tuple[SampleSeries, ...]:
    """The series of this file's own phantoms: chest and head."""
    keys = ("chest", "chest_prior", "mismatch", "head")
    return tuple(series for key in keys for series in studies.study(key).series)


def hu_of(ds: FileDataset) -> NDArray[np.float64]:
    return ds.pixel_array * float(ds.RescaleSlope) + float(ds.RescaleIntercept)


def at_height(series: SampleSeries, z_lps: float) -> FileDataset:
    """The slice nearest to a height, found by ImagePositionPatient."""
    heads = {
        float(pydicom.dcmread(f, stop_before_pixels=True).ImagePositionPatient[2]): f
        for f in series.files
    }
    return pydicom.dcmread(heads[min(heads, key=lambda z: abs(z - z_lps))])


def test_every_series_is_whole_and_nothing_else_lies_beside_it(
    sample_studies: Samples,
) -> None:
    # given the samples, when their files are counted, then there are as many as stated
    for series in all_series(sample_studies):
        assert sorted(series.folder.iterdir()) == sorted(series.files)
    total = sum(series.count for series in all_series(sample_studies))
    assert len([p for p in sample_studies.folder.rglob("*") if p.is_file()]) == total
    counts = [series.count for series in ct_series(sample_studies)]
    assert counts == [160, 160, 113, 12, 30, 60]


def test_there_is_a_study_for_each_identity(sample_studies: Samples) -> None:
    found = {study.key: study.identity for study in sample_studies.studies}
    assert found == IDENTITIES
    assert len({one.study_instance_uid for one in found.values()}) == len(found)


def test_no_study_has_a_key_that_was_not_planned(sample_studies: Samples) -> None:
    with pytest.raises(KeyError):
        sample_studies.study("knee")


def test_the_files_say_what_the_identities_say(sample_studies: Samples) -> None:
    for study in sample_studies.studies:
        for series in study.series:
            # given the last file of the series
            ds = pydicom.dcmread(series.files[-1], stop_before_pixels=True)

            # then it names patient, order, study and series as they do
            assert ds.PatientID == study.identity.patient_id
            assert ds.PatientName == study.identity.patient_name
            assert ds.PatientBirthDate == study.identity.birth_date
            assert ds.AccessionNumber == study.identity.accession_number
            assert ds.StudyInstanceUID == study.identity.study_instance_uid
            assert ds.SeriesInstanceUID == series.series_instance_uid
            assert ds.SeriesDescription == series.description
            assert ds.SeriesNumber == series.number
            assert ds.Modality == series.modality
            assert ds.StudyDate == study.identity.study_date
            assert ds.IssuerOfPatientID == study.identity.issuer_of_patient_id
            assert ds.InstanceNumber == series.count


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
    for series in ct_series(sample_studies):
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
    # given the folders of all series, empty, and one task of each family and cost
    make_folders(tmp_path)
    places = {task.cost_s: place for place, task in enumerate(all_tasks())}

    # when a worker draws and writes their files again
    subprocess.run(
        [sys.executable, "-m", "smart_viewer.sandbox.sample_worker", tmp_path],
        input=numbers_of(places.values()),
        env=samples_module._environment(),
        check=True,
    )

    # then they are those of the samples, byte for byte
    written = sorted(tmp_path.rglob("*.dcm"))
    assert len(written) >= len(places)
    for path in written:
        known = sample_studies.folder / path.relative_to(tmp_path)
        assert path.read_bytes() == known.read_bytes(), path


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


def test_samples_of_older_sources_go_when_unused_for_a_week(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given samples of older sources: one unused for eight days, one for six
    now, day_s = time.time(), 24 * 3600
    for name, days in (("samples-old", 8), ("samples-newer", 6), ("other", 8)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "0001.dcm").touch()
        os.utime(tmp_path / name, (now - days * day_s,) * 2)

    # when new samples are built
    monkeypatch.setattr(samples_module, "_run_workers", lambda folder, _: whole(folder))
    made = make_samples(tmp_path)

    # then the first is gone, the others are kept
    left = {p.name for p in tmp_path.iterdir()} - {".lock"}
    assert left == {"samples-newer", "other", made.folder.name}


def test_the_samples_in_use_are_never_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given samples that were made long ago, and asked for just now
    monkeypatch.setattr(samples_module, "_run_workers", lambda folder, _: whole(folder))
    made = make_samples(tmp_path).folder
    os.utime(made, (0, 0))
    make_samples(tmp_path)

    # when other sources build theirs
    monkeypatch.setattr(samples_module, "sources_stamp", lambda _: "other")
    make_samples(tmp_path)

    # then they are still there
    assert (made / "whole").is_file()


def test_the_stamp_follows_every_phantom_module_and_nothing_of_the_ehr() -> None:
    # given the sources that the worker reaches from import to import
    sources, libraries = sample_stamp._reached("smart_viewer.sandbox.sample_worker")

    # then each family and what it draws with is among them, and no page or token
    names = {one.rpartition(".")[2] for one in sources}
    assert names >= {"chest_study", "head_study", "petct_study", "vessels", "identity"}
    assert not names & {"ehr", "pages", "tokens", "people"}
    assert {"numpy", "pydicom"} <= libraries


def test_the_tasks_fit_the_time_of_a_first_start() -> None:
    # given what the tasks are said to cost, then two cores need less than a minute
    costs = [task.cost_s for task in all_tasks()]
    assert sum(costs) / 2 < 55
    assert max(costs) <= 4
    assert len(costs) < NUMBERS_IN_A_PIPE


def test_a_family_names_each_series_after_its_study() -> None:
    for study in all_studies():
        assert study.modalities
        for series in study.series:
            assert series.key.startswith(f"{study.key}/")


def whole(folder: Path) -> None:
    (folder / "whole").touch()


def unreachable(folder: Path, workers: int) -> None:
    raise AssertionError("the samples were built again")
