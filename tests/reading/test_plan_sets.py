"""What the plan says of a set's frames, each by itself. Oracle: the test's numbers."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, PositronEmissionTomographyImageStorage

from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.read_study import read_study
from smart_viewer.reading.plan import Lossy, SetImage
from smart_viewer.reading.plan_sets import MAX_OVERLAYS, planned_sets

RAW, JPEG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.50"


def ct(index: int, **changes: Any) -> Dataset:
    dataset = Dataset()
    values: dict[str, Any] = {
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": f"2.999.1.{index}",
        "StudyInstanceUID": "2.999.1",
        "SeriesInstanceUID": "2.999.2",
        "FrameOfReferenceUID": "2.999.3",
        "AvailableTransferSyntaxUID": RAW,
        "PatientID": "SBX-1",
        "Modality": "CT",
        "InstanceNumber": index,
        "Rows": 4,
        "Columns": 4,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "ImagePositionPatient": [0, 0, index],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "PixelSpacing": [1, 1],
    }
    for keyword, value in (values | changes).items():
        setattr(dataset, keyword, value)
    return dataset


def image_of(*datasets: Dataset) -> SetImage:
    study = read_study([dataset.to_json_dict() for dataset in datasets])
    (one,) = planned_sets(study, display_sets(study), 0, [])
    assert one.image is not None, one.refusal
    return one.image


def test_each_frame_says_itself_whether_detail_was_given_up():
    image = image_of(
        ct(1),
        ct(2, AvailableTransferSyntaxUID=JPEG),
        ct(3, LossyImageCompression="01", LossyImageCompressionRatio="40"),
    )
    assert image.lossy == (None, Lossy(None), Lossy(40.0))


def test_nothing_lossy_is_said_of_none_and_once_of_all():
    assert image_of(ct(1), ct(2)).lossy == ()
    assert image_of(ct(1, LossyImageCompression="01")).lossy == (Lossy(None),)


def test_each_slice_has_its_own_thickness():
    thick = image_of(ct(1, SliceThickness="5"), ct(2, SliceThickness="1.25"))
    assert thick.slice_thickness_mm == (5.0, 1.25)
    assert image_of(ct(1)).slice_thickness_mm == ()


def test_hounsfield_units_are_said_of_rescaled_values_only():
    assert image_of(ct(1)).unit == ""
    rescaled = {"RescaleSlope": "1", "RescaleIntercept": "-1024"}
    assert image_of(ct(1, **rescaled)).unit == "HU"
    assert image_of(ct(1, **rescaled, RescaleType="US")).unit == "US"


def test_that_one_window_serves_images_that_state_several_is_said():
    def windowed(index: int, center: str) -> Dataset:
        return ct(index, WindowCenter=center, WindowWidth="400")

    assert image_of(windowed(1, "40"), windowed(2, "40")).notes == ()
    ((code, _),) = image_of(windowed(1, "40"), windowed(2, "-600")).notes
    assert code == "one_window"


def test_why_a_pet_has_no_suv_is_said_whichever_slice_lacks_it():
    pet = {
        "SOPClassUID": PositronEmissionTomographyImageStorage,
        "Modality": "PT",
        "Units": "BQML",
        "RescaleSlope": "1",
        "RescaleIntercept": "0",
    }
    image = image_of(ct(1, **pet), ct(2, **pet))
    assert image.suv == ()
    assert image.suv_refusal.endswith(".")


def test_a_header_that_claims_any_number_of_overlays_makes_no_plan_of_them():
    def clip(overlay_frames: int) -> Dataset:
        dataset = ct(1, NumberOfFrames=str(overlay_frames))
        for group in (0x6000, 0x6002):
            dataset.add_new((group, 0x0010), "US", 4)
            dataset.add_new((group, 0x0011), "US", 4)
            dataset.add_new((group, 0x0015), "IS", str(overlay_frames))
            dataset.add_new((group, 0x0040), "CS", "G")
            dataset.add_new((group, 0x0050), "SS", [1, 1])
            dataset.add_new((group, 0x0100), "US", 1)
            dataset.add_new((group, 0x0102), "US", 0)
            dataset.add_new((group, 0x3000), "OW", bytes(2))
        return dataset

    few, many = image_of(clip(10)), image_of(clip(MAX_OVERLAYS))
    assert len(few.overlays) == 20
    assert many.overlays == ()
    assert [code for code, _ in many.notes] == ["overlay"]
