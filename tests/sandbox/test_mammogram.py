"""The mammograms. Oracles: dciodvfy, PS3.3 C.8.11.7, and the lesions' own measures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from radiograph_build import build, files_of, said_by

from smart_viewer.sandbox.mammogram_breast import Projection
from smart_viewer.sandbox.mammogram_dataset import NEW_CONSOLE, OLD_CONSOLE
from smart_viewer.sandbox.mammogram_film import Mass
from smart_viewer.sandbox.mammogram_study import (
    CLUSTER,
    MASS,
    MASS_A_YEAR_AGO,
    STUDIES,
    pixel_of,
    tasks,
)

VIEWS = ("r_cc", "l_cc", "r_mlo", "l_mlo")
HARMLESS = ("<View Position>", "CodingSchemeDesignator is deprecated")
"""What dciodvfy warns of: CC and MLO are no terms of DX, and SRT is an old scheme."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mammograms")
    build(path, STUDIES, tasks())
    return path


def read(folder: Path, study: str, view: str) -> FileDataset:
    return pydicom.dcmread(folder / study / view / "0001.dcm")


def everything(folder: Path) -> list[FileDataset]:
    studies = ("mammogram", "mammogram_prior")
    return [read(folder, study, view) for study in studies for view in VIEWS]


def cut(
    image: NDArray[np.uint16], middle: tuple[int, int], reach: int
) -> NDArray[np.float64]:
    row, column = middle
    rows, columns = (
        slice(row - reach, row + reach + 1),
        slice(column - reach, column + reach + 1),
    )
    return image[rows, columns].astype(float)


def test_both_studies_are_whole(folder: Path) -> None:
    planned = [path for study in STUDIES for path in files_of(folder, study)]
    assert len(planned) == 8
    assert sorted(folder.rglob("*.dcm")) == sorted(planned)


def test_dciodvfy_finds_no_error_in_a_mammogram(
    folder: Path, need: Callable[[str], Path]
) -> None:
    program = need("dciodvfy")
    for path in sorted(folder.rglob("*.dcm")):
        # given what is said of a file, then after its IOD come known warnings only
        iod, *rest = sorted(said_by(program, path), key=lambda s: s.startswith("Warn"))
        assert iod == "MammographyImageForPresentation"
        assert [line for line in rest if not any(h in line for h in HARMLESS)] == []


@pytest.mark.parametrize("study", ["mammogram", "mammogram_prior"])
@pytest.mark.parametrize("view", VIEWS)
def test_the_chest_wall_lies_where_the_orientation_says(
    folder: Path, study: str, view: str
) -> None:
    # given a view, and the side of the picture where its tissue reaches the edge
    ds = read(folder, study, view)
    image = ds.pixel_array
    at_left, at_right = (image[:, 0] > 0).sum(), (image[:, -1] > 0).sum()

    # then a right breast stands at the right edge, its rows running to the back
    right = ds.ImageLaterality == "R"
    assert right == (view[0] == "r")
    assert (
        (at_right > 500 and at_left == 0)
        if right
        else (at_left > 500 and at_right == 0)
    )
    assert ds.PatientOrientation[0] == ("P" if right else "A")


def test_columns_run_inwards_or_to_the_feet(folder: Path) -> None:
    # given the four views, whose upper edge is outer side or armpit
    found = {v: read(folder, "mammogram", v).PatientOrientation[1] for v in VIEWS}

    # then columns run away from that (PS3.3 C.7.6.1.1.1)
    assert found == {"r_cc": "L", "l_cc": "R", "r_mlo": "FL", "l_mlo": "FR"}


@pytest.mark.parametrize("view", ["r_mlo", "l_mlo"])
def test_the_muscle_shows_in_the_upper_corner_at_the_chest_wall(
    folder: Path, view: str
) -> None:
    # given an MLO view and the CC view of the same breast
    mlo = read(folder, "mammogram", view).pixel_array
    inner = slice(-200, None) if view[0] == "r" else slice(None, 200)

    # then its upper corner is lighter than the lower one by far
    assert mlo[20:300, inner].mean() > 2 * mlo[-500:-300, inner].mean()


@pytest.mark.parametrize("projection", ["CC", "MLO"])
@pytest.mark.parametrize(
    ("study", "mass"),
    [("mammogram", MASS), ("mammogram_prior", MASS_A_YEAR_AGO)],
    ids=["now", "a year ago"],
)
def test_the_mass_is_as_wide_at_half_height_as_stated(
    folder: Path, study: str, mass: Mass, projection: Projection
) -> None:
    # given the surroundings of the mass
    console = NEW_CONSOLE if study == "mammogram" else OLD_CONSOLE
    ds = read(folder, study, f"r_{projection.lower()}")
    middle = pixel_of(console, "R", mass.at_mm[projection])
    spacing = float(ds.ImagerPixelSpacing[0])
    radius = mass.diameter_mm / 2
    image = cut(ds.pixel_array, middle, round(1.5 * radius / spacing))

    # when the pixels above half its height are counted, spicules apart
    steps = (np.arange(len(image)) - len(image) // 2) * spacing
    off = np.hypot(steps[:, None], steps[None, :])
    inside, outside = image[off < 0.6 * radius], image[off > 1.35 * radius]
    half = (np.median(inside) + np.median(outside)) / 2
    area_mm2 = (image[off < 1.25 * radius] > half).sum() * spacing**2

    # then they are as many as in a disc of its diameter, to a tenth
    assert 2 * np.sqrt(area_mm2 / np.pi) == pytest.approx(mass.diameter_mm, rel=0.1)


@pytest.mark.parametrize("projection", ["CC", "MLO"])
def test_every_speck_of_the_cluster_stands_out(
    folder: Path, projection: Projection
) -> None:
    # given the left breast, now and a year ago
    now = read(folder, "mammogram", f"l_{projection.lower()}").pixel_array
    before = read(folder, "mammogram_prior", f"l_{projection.lower()}").pixel_array
    u, v = CLUSTER.at_mm[projection]
    for du, dv in CLUSTER.specks_mm:
        # when the place of a speck is read in both
        here = cut(now, pixel_of(NEW_CONSOLE, "L", (u + du, v + dv)), 8)
        then = cut(before, pixel_of(OLD_CONSOLE, "L", (u + du, v + dv)), 6)

        # then its middle is far above its surroundings now, and was not then
        assert here[8, 8] > np.median(here) + 800
        assert then.max() < np.median(then) + 800


def test_air_is_padding_and_padding_is_air(folder: Path) -> None:
    for ds in everything(folder):
        # given a picture, then air is the padding value and no tissue comes near it
        image = ds.pixel_array
        assert ds.PixelPaddingValue == 0
        assert image[image > 0].min() >= 200
        assert 0.25 < (image == 0).mean() < 0.75


def test_the_two_machines_code_the_same_views_differently(folder: Path) -> None:
    # given the codes of all views
    def codes(study: str) -> list[tuple[str, str]]:
        items = [read(folder, study, v).ViewCodeSequence[0] for v in VIEWS]
        assert all(len(item.ViewModifierCodeSequence) == 0 for item in items)
        return [(item.CodeValue, item.CodingSchemeDesignator) for item in items]

    # then one has SNOMED CT's and the other SNOMED-RT's (PS3.16 CID 4014)
    new, old = ("399162004", "399368009"), ("R-10242", "R-10226")
    assert codes("mammogram") == [(new[i], "SCT") for i in (0, 0, 1, 1)]
    assert codes("mammogram_prior") == [(old[i], "SRT") for i in (0, 0, 1, 1)]


def test_spacing_is_at_the_detector_and_one_view_is_sigmoid(folder: Path) -> None:
    # given all headers
    found = everything(folder)

    # then none is calibrated, and both machines state their magnification
    assert [float(ds.ImagerPixelSpacing[1]) for ds in found] == [0.12] * 4 + [0.16] * 4
    assert all("PixelSpacing" not in ds for ds in found)
    assert {float(ds.EstimatedRadiographicMagnificationFactor) for ds in found} == {
        1.07
    }
    assert [ds.VOILUTFunction for ds in found].count("SIGMOID") == 1


def test_the_tissue_has_the_power_law_of_breasts(folder: Path) -> None:
    # given a window of gland and fat, tapered
    ds = read(folder, "mammogram", "l_cc")
    patch = ds.pixel_array[760:1272, 150:662].astype(float)
    taper = np.hanning(512)
    patch = (patch - patch.mean()) * taper[:, None] * taper[None, :]

    # when its power is averaged in rings from 0.1 to 1 line pairs per mm
    power = np.abs(np.fft.fft2(patch)) ** 2
    f = np.fft.fftfreq(512, 0.12)
    ring = np.hypot(f[:, None], f[None, :])
    edges = np.geomspace(0.1, 1.0, 9)
    mean = [
        power[(ring >= a) & (ring < b)].mean()
        for a, b in zip(edges, edges[1:], strict=False)
    ]

    # then it falls as about 1/f**3 (Burgess 1999 found exponents of 2.6 to 3.2)
    slope = np.polyfit(np.log(np.sqrt(edges[1:] * edges[:-1])), np.log(mean), 1)[0]
    assert -3.6 < slope < -2.4


def test_a_mammogram_is_written_with_the_same_bytes_each_time(
    folder: Path, tmp_path: Path
) -> None:
    # given two of the tasks, when they are done again
    build(tmp_path, STUDIES, (tasks()[2], tasks()[5]))

    # then their files are the same
    again = sorted(tmp_path.rglob("*.dcm"))
    assert len(again) == 2
    for path in again:
        known = folder / path.relative_to(tmp_path)
        assert path.read_bytes() == known.read_bytes()
