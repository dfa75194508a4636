"""Instances, series and display sets as the tests of display sets make them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from smart_viewer.dicom.display_sets import DisplaySet, display_sets
from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.series_facts import SeriesFacts
from smart_viewer.dicom.study import FramePlane, Instance, PixelLayout, Series, Study

CT, SR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.88.33"
AXIAL = FramePlane((0, 0, 0), (1, 0, 0), (0, 1, 0), (0.5, 0.25))
CORONAL = FramePlane((0, 0, 0), (1, 0, 0), (0, 0, -1), (0.5, 0.25))
GRAY = PixelLayout(4, 6, 1, "MONOCHROME2", 16, 12, 11, False)
MR_FACTS = SeriesFacts(modality="MR")


def at(index: int, z: float | None = None, **changes: object) -> Instance:
    """A CT slice at z mm, by default at z = index."""
    plain = Instance(
        sop_instance_uid=f"2.999.{index}",
        sop_class_uid=CT,
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        instance_number=index,
        number_of_frames=1,
        image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
        pixels=GRAY,
        plane=replace(AXIAL, position=(0.0, 0.0, index if z is None else z)),
        frame_of_reference_uid="2.999.9",
        slice_thickness_mm=1.0,
        imager_pixel_spacing=None,
        rescale_slope=1.0,
        rescale_intercept=-1024.0,
        rescale_type="HU",
        windows=(),
        lossy=False,
        lossy_ratio=None,
    )
    return replace(plain, **changes)


def told(*pairs: tuple[str, str]) -> dict[str, object]:
    """Changes of an instance that has these coordinates."""
    return {"coordinates": pairs}


def series(
    instances: Sequence[Instance],
    number: int | None = 3,
    description: str = "CHEST",
    modality: str = "CT",
    uid: str = "2.999.1.1",
) -> Series:
    return Series(uid, modality, number, description, "", tuple(instances))


def sets_of(*several: Series) -> tuple[DisplaySet, ...]:
    patient = PatientIdentity("P-1")
    return display_sets(Study("2.999.1", (patient,), "", "", "", "", "", several))


def numbers(display_set: DisplaySet) -> list[int | None]:
    return [frame.instance.instance_number for frame in display_set.frames]


def labels(*several: Series) -> list[str]:
    return [one.label for one in sets_of(*several)]
