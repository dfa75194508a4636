"""Ultrasound regions (H13). Oracle: PS3.3 C.8.5.5.1 by hand, and dcmdump."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.read_regions import REGIONS, project_regions, read_regions

TWO_D: dict[str, object] = {
    "00186012": 1,
    "00186014": 1,
    "00186016": 0,
    "00186018": 10,
    "0018601A": 20,
    "0018601C": 110,
    "0018601E": 220,
    "00186020": 50,
    "00186022": -3,
    "00186024": 3,
    "00186026": 3,
    "00186028": 0.5,
    "0018602A": -1.0,
    "0018602C": 0.02,
    "0018602E": -0.03,
}


def regions(*changes: dict[str, object]) -> dict[str, object]:
    made = [
        {t: {"Value": [v]} for t, v in (TWO_D | change).items() if v is not None}
        for change in changes
    ]
    return {REGIONS: {"vr": "SQ", "Value": made}}


def test_lengths_are_mm_and_deltas_keep_their_sign():
    (region,), whole = read_regions(regions({}))

    assert whole
    assert (region.left, region.top, region.right, region.bottom) == (10, 20, 110, 220)
    assert (region.unit_x, region.unit_y) == ("mm", "mm")
    assert (region.delta_x, region.delta_y) == pytest.approx((0.2, -0.3))
    assert region.reference_pixel == (50, -3)
    assert region.reference_value == pytest.approx((5.0, -10.0))
    assert (region.spatial_format, region.data_type) == (1, 1)


def test_a_spectrum_is_of_time_and_velocity():
    changes = {"00186024": 4, "00186026": 7, "0018602C": 0.005, "0018602E": -0.4}
    (region,), _ = read_regions(regions({"00186012": 3, **changes}))

    assert (region.unit_x, region.unit_y) == ("s", "cm/s")
    assert (region.delta_x, region.delta_y) == (0.005, -0.4)
    assert region.reference_value == (0.5, -1.0)


@pytest.mark.parametrize(
    ("code", "unit"),
    [(0, ""), (1, "%"), (2, "dB"), (5, "Hz"), (6, "dB/s"), (8, "cm2"), (12, "deg")]
    + [(13, ""), (-1, ""), ("cm", "")],
)
def test_units_are_named_by_their_code(code, unit):
    (region,), whole = read_regions(regions({"00186024": code}))

    assert whole and region.unit_x == unit and region.unit_y == "mm"


@pytest.mark.parametrize("delta", [None, 0, "x", "NaN"])
def test_a_region_without_a_delta_has_no_unit_but_is_there(delta):
    (region,), whole = read_regions(regions({"0018602E": delta}))

    assert whole
    assert (region.unit_y, region.delta_y, region.unit_x) == ("", 0.0, "mm")


@pytest.mark.parametrize(
    "change",
    [{"00186018": None}, {"00186018": 111}, {"0018601E": 3}, {"0018601C": 0.5}]
    + [{"00186018": -1}],
)
def test_a_region_that_cannot_be_placed_is_left_out_and_said(change):
    found, whole = read_regions(regions(change, {}))

    assert len(found) == 1 and not whole


def test_what_has_no_reference_pixel_has_none():
    (region,), _ = read_regions(regions({"00186022": None, "00186028": None}))

    assert region.reference_pixel is None and region.reference_value is None


def test_regions_of_low_priority_stand_behind():
    found, _ = read_regions(
        regions({"00186016": 1, "00186018": 1}, {"00186018": 2}, {"00186018": 3})
    )

    assert [region.left for region in found] == [2, 3, 1]


def test_the_projection_is_all_that_is_read():
    dataset = regions({}, {"00186024": 4})

    assert read_regions(project_regions(dataset)) == read_regions(dataset)
    assert project_regions({}) == {}
    assert read_regions({REGIONS: {"Value": ["x"]}}) == ((), True)


@pytest.mark.parametrize(
    "path",
    [
        "cr_dx_us_misc_dcm4che/YBR_FULL-RLE.dcm",
        "us_palette16_big_endian/gdcm-US-ALOKA-16_big.dcm",
        "us_ybr422_raw/no-pixel-spacing.dcm",
        "us_cine_stress_echo/I_000007.dcm",
    ],
)
def test_regions_of_real_images_are_those_that_dcmdump_shows(need, path):
    need("dcmtk")
    file = need("data") / path
    found, whole = read_regions(read_header(file).metadata)

    shown = {
        tag: [float(value) for value in dumped(file, tag)]
        for tag in ("0018,6018", "0018,601e", "0018,6024", "0018,602c")
    }
    assert whole and len(found) > 1
    assert sorted(float(one.left) for one in found) == sorted(shown["0018,6018"])
    assert sorted(float(one.bottom) for one in found) == sorted(shown["0018,601e"])
    expected = [
        (UNITS[int(code)], delta * (10.0 if code == 3 else 1.0) if code else 0.0)
        for code, delta in zip(shown["0018,6024"], shown["0018,602c"], strict=True)
    ]
    told = sorted((one.unit_x, one.delta_x) for one in found)
    for (unit, delta), (code, value) in zip(told, sorted(expected), strict=True):
        assert unit == code and delta == pytest.approx(value, rel=1e-5)


UNITS = {0: "", 3: "mm", 4: "s"}


def dumped(path: Path, tag: str) -> list[str]:
    """dcmdump's lines are `(0018,6018) UL 45   # ...`; FD with all its digits."""
    command = ["dcmdump", "--search", tag, "--search-all", "--print-all", str(path)]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return re.findall(rf"\({tag}\) \w\w (\S+)", told)
