"""The MR of the brain. Oracles: the signal equations by hand, dciodvfy, pydicom."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache
from math import cos, exp, log, radians, sin
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileDataset

from smart_viewer.sandbox.brain_study import STUDIES, tasks
from smart_viewer.sandbox.brain_truth import INFARCT_LPS, REGIONS, MrRegion, shading
from smart_viewer.sandbox.sample_plan import SampleSeriesPlan

PLACES = (4, 5, 11, 15)
"""Axial slices, from the feet, that hold all regions."""
SAGITTAL_TASKS = (27, 28)
AXIAL_PLACES = 27
(STUDY,) = STUDIES
SERIES = {series.key.removeprefix("brain/"): series for series in STUDY.series}

T1, T2, T2_STAR, DENSITY, ADC = range(5)
BY_HAND = {
    "white matter": (832, 70, 50, 0.70, 0.75e-3),
    "deep grey": (1160, 84, 42, 0.78, 0.76e-3),
    "brain stem": (920, 76, 48, 0.73, 0.78e-3),
    "csf": (4300, 1600, 800, 1.0, 3.0e-3),
    "infarct": (1420, 128, 62, 0.84, 0.40e-3),
}
"""T1, T2, T2* in ms, proton density, diffusion in mm²/s, written down again."""

NULLED = {("flair", "csf"), ("b1000", "csf")}
"""Where only noise is left of a tissue."""
MEASURED = [
    (name, tissue)
    for name in ("t1", "t2", "flair", "swi", "b0", "b1000")
    for tissue in ("infarct", "brain stem", "deep grey", "csf")
    if (name, tissue) not in NULLED
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some slices of all series."""
    target = tmp_path_factory.mktemp("brain")
    for series in STUDY.series:
        (target / series.key).mkdir(parents=True)
    work = tasks()
    for number in (*PLACES, *SAGITTAL_TASKS):
        work[number].write(target)
    return target


@cache
def read(path: Path) -> FileDataset:
    return pydicom.dcmread(path)


def images(folder: Path, name: str) -> list[FileDataset]:
    return [read(path) for path in sorted((folder / SERIES[name].key).iterdir())]


def normal_of(ds: FileDataset) -> NDArray[np.float64]:
    row, column = np.array(ds.ImageOrientationPatient, float).reshape(2, 3)
    return np.cross(row, column)


def positions(ds: FileDataset) -> NDArray[np.float64]:
    """LPS of every pixel's centre (rows, columns, 3), as in PS3.3 C.7.6.2.1.1."""
    row, column = np.array(ds.ImageOrientationPatient, float).reshape(2, 3)
    down, across = (float(v) for v in ds.PixelSpacing)
    columns = np.arange(ds.Columns)[None, :, None] * across * row
    rows = np.arange(ds.Rows)[:, None, None] * down * column
    return np.asarray(np.array(ds.ImagePositionPatient, float) + rows + columns)


def values_in(
    found: list[FileDataset], region: MrRegion
) -> tuple[FileDataset, NDArray[np.float64]]:
    """The slice nearest to the region, and its values there without the shading."""
    middle = np.array(region.center_lps)
    ds = min(
        found,
        key=lambda d: abs(
            normal_of(d) @ (middle - np.array(d.ImagePositionPatient, float))
        ),
    )
    where = positions(ds)
    inside = np.linalg.norm(where - middle, axis=-1) < region.radius_mm
    values = ds.pixel_array[inside].astype(float)
    if "ADC" in ds.ImageType:
        return ds, values
    return ds, values / shading(where[inside])


def signal_by_hand(ds: FileDataset, tissue: str) -> float:
    """The signal from the file's own timing and the table above."""
    t1, t2, t2_star, density, adc = BY_HAND[tissue]
    tr, te = float(ds.RepetitionTime), float(ds.EchoTime)
    if ds.ScanningSequence == "GR":
        angle, e1 = radians(float(ds.FlipAngle)), exp(-tr / t1)
        steady = sin(angle) * (1 - e1) / (1 - cos(angle) * e1)
        return density * steady * exp(-te / t2_star)
    if ds.ScanningSequence == "IR":
        ti = float(ds.InversionTime)
        return density * abs(1 - 2 * exp(-ti / t1) + exp(-tr / t1)) * exp(-te / t2)
    spin_echo = density * (1 - exp(-tr / t1)) * exp(-te / t2)
    return spin_echo * exp(-float(ds.get("DiffusionBValue", 0)) * adc)


def region_of(tissue: str) -> MrRegion:
    return next(region for region in REGIONS if region.tissue == tissue)


@pytest.mark.parametrize(("name", "tissue"), MEASURED)
def test_tissues_differ_as_the_signal_equation_says(
    folder: Path, name: str, tissue: str
) -> None:
    # given the images of one contrast
    found = images(folder, "dwi" if name.startswith("b") else name)
    if name.startswith("b"):
        found = [ds for ds in found if float(ds.DiffusionBValue) == float(name[1:])]

    # when a tissue is measured, and white matter beside it
    ds, here = values_in(found, region_of(tissue))
    other, white = values_in(found, region_of("white matter"))

    # then their ratio is that of the equation, to three standard errors of both
    expected = signal_by_hand(ds, tissue) / signal_by_hand(other, "white matter")
    relative = [v.std() / v.mean() / np.sqrt(v.size / 4) for v in (here, white)]
    tolerance = 3 * float(np.hypot(*relative)) + 0.01
    assert here.mean() / white.mean() == pytest.approx(expected, rel=tolerance)


def test_flair_nulls_the_fluid_by_its_inversion_time(folder: Path) -> None:
    # given FLAIR
    found = images(folder, "flair")

    # when fluid and white matter are measured
    _, fluid = values_in(found, region_of("csf"))
    _, white = values_in(found, region_of("white matter"))

    # then the fluid is dark: its equation says 1 % of the other, noise adds the rest
    assert fluid.mean() < 0.08 * white.mean()


@pytest.mark.parametrize("tissue", ["infarct", "white matter", "brain stem"])
def test_the_map_shows_the_diffusion_coefficient(folder: Path, tissue: str) -> None:
    # given the map, in 1e-6 mm²/s, when a tissue is measured
    _, values = values_in(images(folder, "adc"), region_of(tissue))

    # then it is the true one, to three standard errors
    error = 3 * values.std() / np.sqrt(values.size / 8)
    assert values.mean() == pytest.approx(BY_HAND[tissue][ADC] * 1e6, abs=error + 4)


def test_the_map_is_what_both_diffusion_images_give(folder: Path) -> None:
    # given the images of one place with both b-values, and the map
    both = [d for d in images(folder, "dwi") if d.SliceLocation == slice_of(folder)]
    b0, b1000 = sorted(both, key=lambda d: float(d.DiffusionBValue))
    (adc,) = (d for d in images(folder, "adc") if d.SliceLocation == slice_of(folder))

    # when the coefficient is worked out by hand where there is signal
    seen = b1000.pixel_array > 150
    ratio = b0.pixel_array[seen] / b1000.pixel_array[seen]
    by_hand = np.log(ratio) / (1000 - 0) * 1e6

    # then it is the map's but for rounding to whole stored values
    rounding = (
        1e6 / 1000 * 0.5 * (1 / b0.pixel_array[seen] + 1 / b1000.pixel_array[seen])
    )
    assert np.all(np.abs(by_hand - adc.pixel_array[seen]) < rounding + 1.5)


def slice_of(folder: Path) -> float:
    return float(values_in(images(folder, "adc"), REGIONS[0])[0].SliceLocation)


def test_the_infarct_is_bright_in_diffusion_and_dark_in_the_map_on_the_left(
    folder: Path,
) -> None:
    # given its mirror image on the right, and that x rises to the patient's left
    infarct = region_of("infarct")
    midline = 1.5
    x, y, z = infarct.center_lps
    opposite = MrRegion("white matter", (2 * midline - x, y, z), 3.0)
    b1000 = [d for d in images(folder, "dwi") if float(d.DiffusionBValue) == 1000]

    # when both are measured
    bright, normal = (values_in(b1000, r)[1].mean() for r in (infarct, opposite))
    dark, usual = (values_in(images(folder, "adc"), r)[1] for r in (infarct, opposite))

    # then it lies left, is brighter, and its diffusion is lower
    assert INFARCT_LPS[0] > midline + 20
    assert bright > 1.8 * normal
    assert dark.mean() < 0.7 * usual.mean()


def test_noise_is_rician_in_air(folder: Path) -> None:
    # given the air in a corner of a T2 image
    corner = images(folder, "t2")[-1].pixel_array[2:40, 2:40].astype(float)

    # then mean over deviation is that of a Rayleigh distribution, 1.913
    assert corner.mean() / corner.std() == pytest.approx(1.913, rel=0.08)


def test_the_headers_tell_the_contrasts_apart(folder: Path) -> None:
    # given one image of each series
    first = {name: images(folder, name)[0] for name in SERIES}

    # then timing, sequence and image type are those of its kind
    assert first["sag_t1"].EchoTime < 30
    assert first["sag_t1"].RepetitionTime < 900
    assert first["t2"].EchoTime >= 70
    assert first["t2"].RepetitionTime >= 2000
    assert first["flair"].ScanningSequence == "IR"
    assert first["flair"].InversionTime > 1500
    assert first["swi"].ScanningSequence == "GR"
    assert 15 <= first["swi"].EchoTime <= 40
    assert "SWI" in first["swi"].ImageType
    assert first["adc"].ImageType[0] == "DERIVED"
    assert "ADC" in first["adc"].ImageType
    assert {float(d.DiffusionBValue) for d in images(folder, "dwi")} == {0, 1000}
    assert "ContrastBolusAgent" in first["t1_post"]
    assert not any(
        "ContrastBolusAgent" in d for n, d in first.items() if n != "t1_post"
    )
    assert all(d.MagneticFieldStrength == 3 for d in first.values())


def test_planes_vary_and_share_one_frame_of_reference(folder: Path) -> None:
    # given the normals of the sagittal and of an axial series
    sagittal = normal_of(images(folder, "sag_t1")[0])
    axial = normal_of(images(folder, "t2")[0])
    frames = {images(folder, name)[0].FrameOfReferenceUID for name in SERIES}

    # then one points sideways, the other is tilted out of the vertical
    assert abs(sagittal[0]) == pytest.approx(1)
    assert 0.98 < abs(axial[2]) < 0.995
    assert len(frames) == 1


@pytest.mark.parametrize("name", list(SERIES))
def test_neighbouring_slices_lie_one_spacing_apart(folder: Path, name: str) -> None:
    # given two neighbours of one series
    found = images(folder, name)[:2]
    one, two = (np.array(ds.ImagePositionPatient, float) for ds in found)

    # then the step between them is the spacing along the normal, and nothing else
    normal = normal_of(found[0])
    step = two - one
    assert abs(step @ normal) == pytest.approx(float(found[0].SpacingBetweenSlices))
    assert np.cross(step, normal) == pytest.approx(np.zeros(3), abs=1e-4)


def test_windows_differ_from_slice_to_slice(folder: Path) -> None:
    for name in ("t2", "flair", "t1", "dwi", "swi"):
        windows = {(d.WindowCenter, d.WindowWidth) for d in images(folder, name)}
        assert len(windows) > 1


def test_both_b_values_lie_at_the_same_places(folder: Path) -> None:
    # given the diffusion series
    found = images(folder, "dwi")

    # then every place has an image of each b-value, and numbers are all different
    places = {
        b: {tuple(d.ImagePositionPatient) for d in found if d.DiffusionBValue == b}
        for b in (0, 1000)
    }
    assert places[0] == places[1000]
    assert len({d.InstanceNumber for d in found}) == len(found) == 2 * len(PLACES)


def test_the_files_say_what_the_plan_says(folder: Path) -> None:
    for series in STUDY.series:
        for ds in images(folder, series.key.removeprefix("brain/")):
            # given any file, then it names patient, order, study and series
            assert ds.PatientID == STUDY.identity.patient_id
            assert ds.PatientName == STUDY.identity.patient_name
            assert ds.AccessionNumber == STUDY.identity.accession_number
            assert ds.StudyInstanceUID == STUDY.identity.study_instance_uid
            assert ds.SeriesInstanceUID == series.series_instance_uid
            assert (ds.Modality, ds.SeriesDescription) == ("MR", series.description)
            assert (ds.Rows, ds.Columns, ds.BitsStored) == (256, 256, 12)
            assert 1 <= ds.InstanceNumber <= series.count


def test_the_plan_counts_what_the_tasks_write(folder: Path) -> None:
    # given one axial and one sagittal task's share of every series
    shares = {
        series.key: len(list((folder / series.key).iterdir()))
        for series in STUDY.series
    }

    # then all tasks together write as many files as the plan says
    for series in STUDY.series:
        sagittal = series.key == "brain/sag_t1"
        done = len(SAGITTAL_TASKS) if sagittal else len(PLACES)
        places = len(tasks()) - AXIAL_PLACES if sagittal else AXIAL_PLACES
        assert shares[series.key] * places == series.count * done


def test_a_slice_is_written_with_the_same_bytes_each_time(
    folder: Path, tmp_path: Path
) -> None:
    # given empty folders
    for series in STUDY.series:
        (tmp_path / series.key).mkdir(parents=True)

    # when one place is drawn and written again
    tasks()[PLACES[-1]].write(tmp_path)

    # then its files are the same, byte for byte
    written = sorted(tmp_path.rglob("*.dcm"))
    assert len(written) == len(STUDY.series)  # two of diffusion, none sagittal
    for path in written:
        known = folder / path.relative_to(tmp_path)
        assert path.read_bytes() == known.read_bytes()


@pytest.mark.parametrize("series", STUDY.series, ids=lambda series: series.key)
def test_dciodvfy_finds_no_error(
    folder: Path, series: SampleSeriesPlan, need: Callable[[str], Path]
) -> None:
    program = need("dciodvfy")
    for path in sorted((folder / series.key).iterdir()):
        # given a file, when it is checked against its IOD
        said = subprocess.run(
            [program, path], capture_output=True, text=True, check=False
        )
        lines = (said.stdout + said.stderr).splitlines()

        # then nothing is said but that the b-value comes from enhanced MR
        rest = [line for line in lines if line and line != "MRImage"]
        extended = ("Diffusion b-value", "this is a Standard Extended SOP Class")
        assert all(any(word in line for word in extended) for line in rest)
        assert not rest or series.key == "brain/dwi"
        assert not any(line.startswith("Error") for line in lines)


def test_pydicom_and_dcmtk_decode_the_same_pixels(
    folder: Path, need: Callable[[str], Path], tmp_path: Path
) -> None:
    program = need("dcmtk")
    # given a JPEG-LS file
    source = sorted((folder / "brain/t2").iterdir())[0]

    # when dcmtk decodes it
    subprocess.run([program, source, tmp_path / "plain.dcm"], check=True)

    # then its raw bytes are the pixels that pydicom decodes
    raw = np.frombuffer(pydicom.dcmread(tmp_path / "plain.dcm").PixelData, dtype="<u2")
    assert read(source).file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.80"
    assert np.array_equal(raw, read(source).pixel_array.ravel())


def test_the_null_of_the_fluid_follows_from_its_relaxation() -> None:
    # given the inversion time at which 1 - 2 exp(-TI/T1) + exp(-TR/T1) is zero
    t1, tr = BY_HAND["csf"][T1], 9000
    null = t1 * (log(2) - log(1 + exp(-tr / t1)))

    # then the one in the files is within 1 % of it
    assert null == pytest.approx(2500, rel=0.01)
