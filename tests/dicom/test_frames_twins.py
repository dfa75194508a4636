"""Legacy and enhanced twins (H12). Oracle: the classic images, and highdicom.

highdicom converts a real classic series into one enhanced object; both must give the
same planes, rescale, windows, order and geometry. The order is SimpleITK's too.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pydicom
import pytest
import SimpleITK
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from smart_viewer.dicom.display_sets import DisplaySet, display_sets
from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.read_study import project, read_parts, read_study, split

SERIES = {
    "CT": ("ct_chest_nlst_101287", 30),
    "PT": ("petct_acrin_nsclc_042", 40),
    "MR": ("mr_prostate_prostatex_0207", 19),
}


@contextmanager
def quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def classic(root: Path, modality: str) -> list[Dataset]:
    """Images of one series of that modality, in no order."""
    folder, count = SERIES[modality]
    found: dict[str, list[Dataset]] = {}
    for path in sorted((root / folder).rglob("*.dcm")):
        dataset = pydicom.dcmread(path, defer_size="1 KB")
        if dataset.Modality == modality and "LOCALIZER" not in dataset.ImageType:
            found.setdefault(dataset.SeriesInstanceUID, []).append(dataset)
    few = next(one for one in found.values() if len(one) >= count)[:count]
    random.Random(3).shuffle(few)
    return few


def converted(images: Sequence[Dataset], modality: str) -> Dataset:
    from highdicom import legacy

    classes = {
        "CT": legacy.LegacyConvertedEnhancedCTImage,
        "PT": legacy.LegacyConvertedEnhancedPETImage,
        "MR": legacy.LegacyConvertedEnhancedMRImage,
    }
    with quiet():
        made: Dataset = classes[modality](
            list(images),
            series_instance_uid=generate_uid(),
            series_number=99,
            sop_instance_uid=generate_uid(),
            instance_number=1,
        )
    return made


def sets_from(
    datasets: Sequence[Dataset], folder: Path, *, stored: bool
) -> tuple[DisplaySet, ...]:
    """Through files, as the folder archive reads them; `stored`: through its index."""
    folder.mkdir()
    metadata = []
    for number, dataset in enumerate(datasets):
        path = folder / f"{number}.dcm"
        with quiet():
            dataset.save_as(path)
        metadata.append(read_header(path).metadata)
    if stored:
        return display_sets(read_parts([split(project(m)) for m in metadata]))
    return display_sets(read_study(metadata))


def facts(one: DisplaySet, modality: str) -> list[tuple[object, ...]]:
    """Per frame. US means unspecified; of CT the unit need not be said (C.8.2.1).

    Windows that highdicom makes up where there are none (PET) do not count.
    """
    unit = "HU" if modality == "CT" else ""
    return [
        (
            frame.plane,
            frame.rescale_slope,
            frame.rescale_intercept,
            frame.rescale_type.removeprefix("US") or unit,
            modality != "PT" and [(w.center, w.width) for w in frame.windows],
        )
        for frame in one.frames
    ]


@pytest.mark.data
@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("modality", ["CT", "PT", "MR"])
def test_a_series_and_its_enhanced_twin_are_the_same_stack(
    modality: str, stored: bool, need: Callable[[str], Path], tmp_path: Path
):
    images = classic(need("data"), modality)
    enhanced = converted(images, modality)

    (plain,) = sets_from(images, tmp_path / "classic", stored=stored)
    (twin,) = sets_from([enhanced], tmp_path / "enhanced", stored=stored)

    assert (plain.refusal, twin.refusal) == ("", "")
    assert facts(twin, modality) == facts(plain, modality)
    assert twin.stack == plain.stack
    source_of = [
        group.ConversionSourceAttributesSequence[0].ReferencedSOPInstanceUID
        for group in enhanced.PerFrameFunctionalGroupsSequence
    ]
    assert [source_of[frame.frame_number - 1] for frame in twin.frames] == [
        frame.instance.sop_instance_uid for frame in plain.frames
    ]


@pytest.mark.data
@pytest.mark.parametrize("modality", ["CT", "MR"])
def test_frames_of_an_enhanced_image_stand_in_the_order_of_simpleitk(
    modality: str, need: Callable[[str], Path], tmp_path: Path
):
    images = classic(need("data"), modality)
    (twin,) = sets_from([converted(images, modality)], tmp_path / "e", stored=True)
    (tmp_path / "c").mkdir()
    for number, image in enumerate(images):
        image.save_as(tmp_path / "c" / f"{number}.dcm")

    names = SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(tmp_path / "c"))

    by_itk = [
        tuple(map(float, pydicom.dcmread(name).ImagePositionPatient)) for name in names
    ]
    ours = [frame.plane.position for frame in twin.frames if frame.plane]
    assert ours in (by_itk, by_itk[::-1])


@pytest.mark.data
def test_what_the_groups_say_of_the_whole_reaches_the_facts(need, tmp_path):
    """Hanging reads facts: an enhanced CT must not be poorer than the classic one."""
    from smart_viewer.dicom.merge_facts import facts_of

    images = classic(need("data"), "CT")
    (plain,) = sets_from(images, tmp_path / "classic", stored=True)
    (twin,) = sets_from([converted(images, "CT")], tmp_path / "twin", stored=True)

    a, b = facts_of(plain), facts_of(twin)

    for name in ("plane", "slice_spacing_mm", "pixel_spacing_mm", "image_count"):
        assert getattr(a, name) == getattr(b, name), name
    assert a.slice_thickness_mm == b.slice_thickness_mm
    assert (b.frame_count, b.modality) == (1, "CT")
