"""Display sets of real series (H9 to H12). Oracles: SimpleITK, pydicom and numpy."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK

from smart_viewer.dicom.display_sets import DisplaySet, display_sets
from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.read_study import read_study

pytestmark = pytest.mark.data
Need = Callable[[str], Path]
_UID = ["SOPInstanceUID"]


def sets(paths: Sequence[Path]) -> tuple[DisplaySet, ...]:
    """Of these files, in no order."""
    read = [read_header(path).metadata for path in sorted(paths)]
    random.Random(7).shuffle(read)
    return display_sets(read_study(read))


def itk_order(folder: Path, series_uid: str) -> list[str]:
    """SOP Instance UIDs in the order of SimpleITK."""
    names = SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder), series_uid)
    return [str(pydicom.dcmread(n, specific_tags=_UID).SOPInstanceUID) for n in names]


def uids(one: DisplaySet) -> list[str]:
    return [frame.instance.sop_instance_uid for frame in one.frames]


def test_a_chest_has_the_order_of_simpleitk(need: Need):
    paths = list((need("data") / "ct_chest_nlst_101287").rglob("CT_*.dcm"))

    (found,) = sets(paths)

    series_uid = found.series.series_instance_uid
    order = itk_order(paths[0].parent, series_uid)
    assert len(order) == 143
    assert uids(found) in (order, order[::-1])
    z = [f.plane.position[2] for f in found.frames if f.plane]
    assert z == sorted(z)  # row x column of this series is +z


@pytest.fixture(scope="module")
def stacks(need: Need) -> list[tuple[DisplaySet, dict[str, Path]]]:
    """Every stack of a prostate and of a PET/CT, and where its images are."""
    found = []
    for name in ("mr_prostate_prostatex_0207", "petct_acrin_nsclc_042"):
        paths = list((need("data") / name).rglob("*.dcm"))
        path_of = {
            str(pydicom.dcmread(p, specific_tags=_UID).SOPInstanceUID): p for p in paths
        }
        found += [
            (one, path_of)
            for one in sets(paths)
            if not one.refusal and len(one.frames) > 1
        ]
    return found


def test_every_stack_has_the_order_of_simpleitk(stacks, tmp_path: Path):
    """ITK is given the files of one set: it does not tell b-values apart itself."""
    for number, (one, path_of) in enumerate(stacks):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        for uid in uids(one):
            (folder / path_of[uid].name).symlink_to(path_of[uid])
        order = itk_order(folder, one.series.series_instance_uid)
        assert uids(one) in (order, order[::-1]), one.label
    assert len(stacks) == 17


def test_the_step_of_every_stack_is_that_of_its_positions(stacks):
    """numpy's least squares over the positions."""
    for one, _ in stacks:
        at = np.array([f.plane.position for f in one.frames if f.plane])
        slope, _ = np.polyfit(np.arange(len(at)), at, 1)
        assert one.stack and one.stack.step is not None
        assert one.stack.state == "regular"
        assert one.stack.step == pytest.approx(slope, abs=1e-9)


def test_an_fmri_series_is_a_stack_a_time_point(need: Need):
    paths = list((need("data") / "mr_4d_fmri_studyforrest").rglob("MR.*"))

    found = sets(paths)

    times = [f"func_task-oneback_run-1 time {n}" for n in (1, 2, 3)]
    assert [one.label for one in found] == times
    assert [len(one.frames) for one in found] == [35, 35, 35]
    for number, one in enumerate(found, start=1):
        for uid, frame in zip(uids(one), one.frames, strict=True):
            assert frame.instance.sop_instance_uid == uid
            assert ("time", str(number)) in frame.coordinates


def test_a_field_map_and_its_magnitude_are_apart(need: Need):
    """One enhanced object, 64 frames; the oracle reads the groups by pydicom."""
    (path,) = (need("data") / "mr_enhanced_philips_fmap64").iterdir()

    found = sets([path])

    assert [one.label for one in found] == ["B0 NS magnitude", "B0 NS field map"]
    groups = pydicom.dcmread(path).PerFrameFunctionalGroupsSequence
    for one in found:
        kinds = set()
        for frame in one.frames:
            group = groups[frame.frame_number - 1]
            transform = group.PixelValueTransformationSequence[0]
            assert frame.rescale_slope == float(transform.RescaleSlope)
            assert frame.rescale_intercept == float(transform.RescaleIntercept)
            (window,) = frame.windows
            assert window.center == float(group.FrameVOILUTSequence[0].WindowCenter)
            kinds.add(str(group.MRImageFrameTypeSequence[0].FrameType))
        assert len(kinds) == 1


def test_volumes_that_siemens_stores_as_one_object_each_are_time_points(need: Need):
    paths = list((need("data") / "mr_enhanced_siemens_xa10_4d").iterdir())

    found = sets(paths)

    assert [one.label[-6:] for one in found] == [f"time {n}" for n in (1, 2, 3, 4)]
    for one in found:
        (uid,) = set(uids(one))
        header = next(h for h in map(pydicom.dcmread, paths) if uid == h.SOPInstanceUID)
        z = [
            float(g.PlanePositionSequence[0].ImagePositionPatient[2])
            for g in header.PerFrameFunctionalGroupsSequence
        ]
        assert [f.plane.position[2] for f in one.frames if f.plane] == sorted(z)


def test_time_points_inside_one_enhanced_object_are_apart(need: Need):
    root = need("data") / "mr_enhanced_vendors_dicom2nifti"
    path = next(p for p in root.rglob("*9600*"))

    found = sets([path])

    assert [(one.label, len(one.frames)) for one in found] == [
        (f"MR 701 time {n}", 8) for n in (1, 2, 3, 4)
    ]


def test_two_echoes_and_orientations_in_one_series_are_told_apart(need: Need):
    """Oracle: the files' own orientations; each set has one."""
    root = need("data") / "geometry_traps_dicom2nifti"
    paths = [
        p
        for p in root.rglob("*.dcm")
        if pydicom.dcmread(p, stop_before_pixels=True).Modality == "MR"
    ]

    found = sets(paths)

    assert [len(one.frames) for one in found] == [2, 2]
    assert len({one.frames[0].plane.row for one in found if one.frames[0].plane}) == 2


def test_a_tilted_head_is_told_by_its_angle(need: Need):
    root = need("data") / "geometry_traps_dicom2nifti"
    paths = [
        p
        for p in root.rglob("*.dcm")
        if pydicom.dcmread(p, stop_before_pixels=True).Modality == "CT"
    ]

    (found,) = sets(paths)

    assert found.stack and found.stack.state == "regular"
    assert found.stack.tilt_deg == pytest.approx(14, abs=0.01)


def test_clips_of_a_stress_echo_are_each_a_set(need: Need):
    paths = list((need("data") / "us_cine_stress_echo").iterdir())

    found = sets(paths)

    clips = [one for one in found if len(one.frames) > 1]
    assert len(clips) == len(paths) == 6
    assert sorted(len(one.frames) for one in clips) == [10] * 4 + [15] * 2
    assert len({one.label for one in clips}) == 6


def test_every_file_of_the_data_is_in_exactly_one_place(need: Need):
    """Whatever is wrong with a file: its frames are shown, or refused by name."""
    from smart_viewer.errors import SmartViewerError

    seen = 0
    for path in sorted(need("data").rglob("*")):
        if not path.is_file() or {"fhir", "LICENSES"} & set(path.parts):
            continue
        try:
            metadata = read_header(path).metadata
        except SmartViewerError:
            continue
        study = read_study([metadata])
        (instance,) = study.series[0].instances
        found = display_sets(study)
        frames = [f for one in found for f in one.frames]
        cut = instance.mosaic.tiles if instance.mosaic else instance.number_of_frames
        assert len(frames) == (cut if instance.pixels else 0), path.name
        assert all(one.frames or one.refusal_code for one in found), path.name
        seen += 1
    assert seen > 1000
