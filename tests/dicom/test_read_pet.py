"""PET headers to SUV (H14). Oracles: a digital reference object built here, a script
after the profile's published rules, and hand computations."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.read_pet import (
    project_pet,
    read_pet_header,
    read_suv,
    unit_name,
)
from smart_viewer.dicom.read_study import project, read_study
from smart_viewer.dicom.study import Suv

F18_S = 6588.0
# 60 kg; 1 h after 370 MBq were given at 09:00.
LEFT_BQ = 370e6 * 2 ** (-3600 / F18_S)
BW = 60_000 / LEFT_BQ
PET: dict[str, list[object]] = {
    "00080016": ["1.2.840.10008.5.1.4.1.1.128"],
    "00080060": ["PT"],
    "00080021": ["20240203"],
    "00080031": ["100000.00"],
    "00080022": ["20240203"],
    "00080032": ["100500"],
    "00101030": [60],
    "00280051": ["DECY", "ATTN", "SCAT"],
    "00541001": ["BQML"],
    "00541102": ["START"],
}
DOSE: dict[str, list[object]] = {
    "00181072": ["090000"],
    "00181074": [370e6],
    "00181075": [F18_S],
}
PHILIPS = {"70530010": ["Philips PET Private Group"]}
GE = {"00090010": ["GEMS_PETD_01"]}


def suv(
    changes: dict[str, list[object] | None] | None = None,
    dose: dict[str, list[object] | None] | None = None,
    doses: int = 1,
) -> tuple[tuple[Suv, ...], str]:
    item = {t: {"Value": v} for t, v in (DOSE | (dose or {})).items() if v is not None}
    dataset: dict[str, object] = {
        t: {"Value": v} for t, v in (PET | (changes or {})).items() if v is not None
    }
    dataset["00540016"] = {"Value": [item] * doses}
    header = read_pet_header(dataset)
    assert header is not None
    identity = {tag: dataset[tag] for tag in ("00080016", "00080060")}
    assert read_pet_header(project_pet(dataset) | identity) == header
    return read_suv(header, dataset)


def bw(*args: object, **kwargs: object) -> float:
    found, refusal = suv(*args, **kwargs)  # type: ignore[arg-type]  # as suv has them
    assert refusal == ""
    assert (found[0].name, found[0].unit) == ("SUVbw", "g/ml")
    return found[0].factor


def test_activity_is_divided_by_what_was_left_of_the_dose_a_gram():
    assert bw() == pytest.approx(BW, rel=1e-12)


def test_pixels_corrected_to_the_injection_are_divided_by_the_dose_itself():
    assert bw({"00541102": ["ADMIN"]}) == pytest.approx(60_000 / 370e6)
    assert bw({"00541102": ["ADMIN"]}, {"00181072": None}) == bw(
        {"00541102": ["ADMIN"]}
    )


def test_a_dose_before_midnight_was_given_the_day_before():
    changes = {"00080031": ["003000"], "00080032": ["003500"]}

    assert bw(changes, {"00181072": ["233000"]}) == pytest.approx(BW)


def test_the_date_and_time_of_the_dose_are_preferred_and_may_be_days_ago():
    dated = {"00181078": ["20240203090000.000000"], "00181072": ["010000"]}
    assert bw({}, dated) == pytest.approx(BW)

    zirconium = {"00181075": [282_276.0], "00181078": ["20240129100000"]}
    assert bw({}, zirconium) == pytest.approx(60_000 / (370e6 * 0.34616), rel=1e-4)


def test_a_zone_of_the_dose_counts_where_the_scanners_is_known():
    utc = {"00181078": ["20240203080000+0000"]}

    assert bw({"00080201": ["+0100"]}, utc) == pytest.approx(BW)
    # else both are the scanner's own clock
    assert bw({}, {"00181078": ["20240203090000+0500"]}) == pytest.approx(BW)


def test_a_series_made_again_later_is_dated_by_ges_own_scan_time():
    later = {"00080031": ["150000"]}

    _, refusal = suv(later)
    assert refusal == "The series' time is later than the scan that it is of."
    dated = {**later, **GE, "0009100D": ["20240203100000.00"]}
    assert bw(dated) == pytest.approx(BW)
    elsewhere = {**later, "00090011": GE["00090010"], "0009110D": dated["0009100D"]}
    assert bw(elsewhere) == pytest.approx(BW)
    somebody_elses = {**later, "00090010": ["OTHER"], "0009100D": dated["0009100D"]}
    assert suv(somebody_elses)[1] == refusal


def test_a_series_from_before_midnight_is_no_later_than_its_scan():
    changes = {"00080031": ["235900"], "00080022": ["20240204"], "00080032": ["000500"]}

    assert bw(changes, {"00181072": ["225900"]}) == pytest.approx(BW)


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ({"70531000": [0.0005]}, 0.0005),
        ({"70531000": ["0.0005"], "70531009": ["3"]}, 0.0005),
        ({"70531000": [0], "70531009": [1.5]}, 1.5 * BW),
        ({"70531009": ["1.5"]}, 1.5 * BW),
    ],
)
def test_counts_of_philips_have_their_own_factors(factors, expected):
    assert bw({"00541001": ["CNTS"], **PHILIPS, **factors}) == pytest.approx(expected)


def test_counts_of_others_have_none():
    for changes in ({}, {"70531000": [0.0005]}, {**PHILIPS, "70531000": [0]}):
        found, refusal = suv({"00541001": ["CNTS"], **changes})
        assert found == () and "counts" in refusal


def test_suv_in_the_file_passes_with_its_type():
    undosed: dict[str, list[object] | None] = {t: None for t in DOSE}
    gml = {"00541001": ["GML"]}
    assert bw(gml, undosed) == 1.0
    assert bw({**gml, "00541006": ["BW"], "00101030": None}, undosed) == 1.0
    for stated, name in [
        ("LBM", "SUVlbm(James)"),
        ("LBMJAMES128", "SUVlbm(James)"),
        ("LBMJANMA", "SUVlbm(Janma)"),
        ("IBW", "SUVibw"),
    ]:
        found, _ = suv({**gml, "00541006": [stated]}, undosed)
        assert Suv(name, "g/ml", 1.0) in found
    found, _ = suv({"00541001": ["CM2ML"]}, undosed)
    assert found == (Suv("SUVbsa", "cm2/ml", 1.0),)
    for units, stated in [("GML", "BSA"), ("CM2ML", "BW"), ("GML", "LUNAR")]:
        found, refusal = suv({"00541001": [units], "00541006": [stated]}, undosed)
        assert found == () and "contradict" in refusal


def test_height_and_sex_add_the_other_types():
    found, _ = suv({"00101020": [1.6], "00100040": ["F"]})

    assert [one.name for one in found] == [
        "SUVbw",
        "SUVlbm(James)",
        "SUVlbm(Janma)",
        "SUVbsa",
        "SUVibw",
    ]
    by_name = {one.name: one.factor for one in found}
    assert by_name["SUVlbm(James)"] == pytest.approx(BW * 43.3875 / 60)
    assert [one.unit for one in found].count("cm2/ml") == 1
    for lacking in ({"00101020": [1.6]}, {"00101020": [1.6], "00100040": ["O"]}):
        assert [one.name for one in suv(lacking)[0]] == ["SUVbw", "SUVbsa"]


@pytest.mark.parametrize(
    ("changes", "dose", "said"),
    [
        ({"00280051": ["DECY"]}, {}, "not corrected for attenuation"),
        ({"00280051": ["ATTN"]}, {}, "not corrected for decay"),
        ({"00280051": None}, {}, "attenuation and decay"),
        ({"00541001": ["PROPCPS"]}, {}, "proportional to counts/s"),
        ({"00541001": ["XYZ"]}, {}, "XYZ"),
        ({"00541001": None}, {}, "does not say what"),
        ({"00541102": ["NONE"]}, {}, "to which time decay"),
        ({"00541102": None}, {}, "to which time decay"),
        ({"00101030": None}, {}, "weight"),
        ({"00101030": [0]}, {}, "weight"),
        ({"00101030": ["heavy"]}, {}, "weight"),
        ({"00080031": None}, {}, "time of the scan"),
        ({"00080021": ["2024"]}, {}, "time of the scan"),
        ({"00080021": ["20241399"]}, {}, "time of the scan"),
        ({"00080021": ["00010101"]}, {}, "time of the scan"),
        ({"00080031": ["250000"]}, {}, "time of the scan"),
        ({"00080032": ["noon"]}, {}, "time of the scan"),
        ({}, {"00181074": None}, "dose"),
        ({}, {"00181074": [370]}, "too small"),
        ({}, {"00181075": None}, "half-life"),
        ({}, {"00181072": None}, "time of injection"),
        ({}, {"00181072": ["9"]}, "time of injection"),
        ({}, {"00181078": ["2024"]}, "time of injection"),
        ({}, {"00181078": ["20240203110000"]}, "after the scan"),
        (
            {"00080201": ["+0100"]},
            {"00181078": ["20240203090000+1"]},
            "time of injection",
        ),
        (
            {"00080201": ["+1500"]},
            {"00181078": ["20240203090000+0100"]},
            "time of injection",
        ),
        ({}, {"00181078": ["20230203090000"]}, "decayed before"),
        ({"00080016": ["1.2.840.10008.5.1.4.1.1.130"]}, {}, "kind of PET"),
    ],
)
def test_what_is_missing_is_told_in_a_sentence(changes, dose, said):
    found, refusal = suv(changes, dose)

    assert found == () and said in refusal
    assert refusal[0].isupper() and refusal.endswith(".")


def test_several_doses_are_not_added_up():
    found, refusal = suv({}, {}, doses=2)

    assert found == () and "several doses" in refusal
    assert suv({}, {}, doses=0)[0] == ()


def test_an_acquisition_without_a_date_is_of_the_day_of_the_series():
    assert bw({"00080022": None}) == pytest.approx(BW)


def test_another_modality_is_not_asked():
    dataset = {"00080060": {"Value": ["CT"]}}

    assert read_pet_header(dataset) is None and project_pet(dataset) == {}


def test_units_are_named_for_the_reader():
    assert [unit_name(u) for u in ("BQML", "CNTS", "NONE", "ODD")] == [
        "Bq/ml",
        "counts",
        "",
        "ODD",
    ]


def reference_object(path: Path, **changes: object) -> Path:
    """A uniform slice whose SUV by body weight is 1 by construction.

    Each voxel holds the concentration that the dose, decayed to the start of the
    series, has when it is spread evenly over the body at 1 g/ml.
    """
    weight_kg, dose_bq, half_life_s, waited_s = 75.0, 350e6, F18_S, 4000.0
    concentration = dose_bq * 2 ** (-waited_s / half_life_s) / (weight_kg * 1000)
    slope = concentration / 20_000
    started = datetime(2024, 2, 3, 0, 20)
    made = Dataset()
    made.SOPClassUID = "1.2.840.10008.5.1.4.1.1.128"
    made.SOPInstanceUID, made.Modality = "2.999.1.1.1", "PT"
    made.StudyInstanceUID, made.SeriesInstanceUID = "2.999.1", "2.999.1.1"
    made.SeriesDate, made.SeriesTime = f"{started:%Y%m%d}", f"{started:%H%M%S}"
    made.AcquisitionDate = made.SeriesDate
    made.AcquisitionTime = f"{started + timedelta(minutes=3):%H%M%S}"
    made.PatientWeight = weight_kg
    made.CorrectedImage = ["DECY", "ATTN"]
    made.Units, made.DecayCorrection = "BQML", "START"
    made.RescaleSlope, made.RescaleIntercept = f"{slope:.10g}", 0
    item = Dataset()
    given_at = started - timedelta(seconds=waited_s)  # the evening before
    item.RadiopharmaceuticalStartTime = f"{given_at:%H%M%S}"
    item.RadionuclideTotalDose, item.RadionuclideHalfLife = dose_bq, half_life_s
    made.RadiopharmaceuticalInformationSequence = [item]
    made.Rows = made.Columns = 4
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelRepresentation = 15, 1
    made.PixelData = np.full((4, 4), 20_000, "<i2").tobytes()
    for keyword, value in changes.items():
        setattr(made, keyword, value)
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.save_as(path, enforce_file_format=True)
    return path


def measured(path: Path) -> tuple[float, float]:
    """The slice's mean SUV by our factor and by the script of the profile's rules."""
    metadata = read_header(path).metadata
    (instance,) = read_study([project(metadata)]).series[0].instances
    pixels = pydicom.dcmread(path).pixel_array.astype(float)
    modality = pixels * instance.rescale_slope + instance.rescale_intercept
    ours = float((modality * instance.appearance.suv[0].factor).mean())
    return ours, by_the_profile(path)


def by_the_profile(path: Path) -> float:
    """Mean SUVbw after the vendor-neutral steps of the QIBA profile, with pydicom."""
    ds = pydicom.dcmread(path)
    assert {"ATTN", "DECY"} <= set(ds.CorrectedImage)
    assert ds.DecayCorrection == "START" and ds.Units == "BQML"
    info = ds.RadiopharmaceuticalInformationSequence[0]
    scan = datetime.strptime(ds.SeriesDate + ds.SeriesTime[:6], "%Y%m%d%H%M%S")
    acquired = datetime.strptime(
        ds.AcquisitionDate + ds.AcquisitionTime[:6], "%Y%m%d%H%M%S"
    )
    assert scan <= acquired
    start = datetime.strptime(
        ds.SeriesDate + info.RadiopharmaceuticalStartTime[:6], "%Y%m%d%H%M%S"
    )
    if start > scan:
        start -= timedelta(days=1)
    seconds = (scan - start).total_seconds()
    half_life = float(info.RadionuclideHalfLife)
    decayed = float(info.RadionuclideTotalDose) * pow(2, -seconds / half_life)
    scale = float(ds.PatientWeight) * 1000 / decayed
    values = ds.pixel_array * float(ds.RescaleSlope) + float(ds.RescaleIntercept)
    return float((values * scale).mean())


def test_a_reference_object_has_an_suv_of_one(tmp_path):
    ours, scripted = measured(reference_object(tmp_path / "dro.dcm"))

    assert ours == pytest.approx(1.0, rel=0.005)
    assert ours == pytest.approx(scripted, rel=1e-9)


def test_a_real_scan_agrees_with_the_profile_in_every_slice(need):
    folder = need("data") / "petct_acrin_nsclc_042" / "PETAC_081015"
    paths = sorted(folder.glob("*"))[::15]

    for path in paths:
        ours, scripted = measured(path)
        assert ours == pytest.approx(scripted, rel=1e-9)
    assert len(paths) > 8


def test_a_real_scan_without_attenuation_correction_shows_its_own_unit(need):
    path = next((need("data") / "pt_single_modlut").glob("*.dcm"))
    (instance,) = read_study([project(read_header(path).metadata)]).series[0].instances

    assert instance.rescale_type == "proportional to counts/s"
    assert instance.appearance.suv == ()
    assert instance.appearance.suv_refusal == (
        "The image is not corrected for attenuation."
    )


anything = st.lists(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=16)
    | st.from_regex(r"\A[0-9.:+-]{2,26}\Z"),
    max_size=2,
)


@given(
    st.dictionaries(st.sampled_from([*PET, "00101020", "00541006"]), anything),
    st.dictionaries(st.sampled_from([*DOSE, "00181078"]), anything),
    anything,
)
def test_malformed_values_are_refused_and_never_raise(changes, dose, ge_time):
    told = {**changes, **GE, "0009100D": ge_time, "00080201": ge_time}
    found, refusal = suv({**told, "00080060": ["PT"]}, dose)

    assert bool(found) != bool(refusal)
    assert all(one.factor > 0 for one in found)
