"""Trees of attributes from DICOM JSON and from files, in bounds. Oracle: the test."""

from __future__ import annotations

from io import BytesIO

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from smart_viewer.dicom.tag_tree import MAX_TAGS, TagTree, tags_of_json
from smart_viewer.dicom.tags_of_file import tags_of_file
from smart_viewer.errors import NotInStandard


def told(tree: TagTree) -> dict[str, tuple[str, str, int | None]]:
    return {one.tag: (one.keyword, one.text, one.bytes) for one in tree.tags}


def test_the_forms_of_dicom_json_become_words():
    tree = tags_of_json(
        {
            "00100010": {"vr": "PN", "Value": [{"Alphabetic": "A^B", "Phonetic": "P"}]},
            "00280030": {"vr": "DS", "Value": [0.5, 2.0]},
            "00080050": {"vr": "SH"},
            "00080060": {"vr": "CS", "Value": [None, "CT"]},
            "00281201": {"vr": "OW", "InlineBinary": "AAEC"},
            "7FE00010": {"vr": "OW", "BulkDataURI": "https://pacs/secret"},
            "00281202": {"vr": "OW", "InlineBinary": "no base64!"},
            "09991001": {"vr": "LO", "Value": ["private"]},
        }
    )
    assert told(tree) == {
        "00100010": ("PatientName", "A^B==P", None),
        "00280030": ("PixelSpacing", "0.5\\2", None),
        "00080050": ("AccessionNumber", "", None),
        "00080060": ("Modality", "\\CT", None),
        "00281201": ("RedPaletteColorLookupTableData", "", 3),
        "00281202": ("GreenPaletteColorLookupTableData", "", None),
        "7FE00010": ("PixelData", "", None),
        "09991001": ("", "private", None),
    }


@pytest.mark.parametrize("hidden", ["00081190", "0040E010"])
def test_the_archive_s_own_addresses_are_not_told(hidden):
    tree = tags_of_json({hidden: {"vr": "UR", "Value": ["https://pacs/?token=1"]}})
    assert tree == TagTree(())


@pytest.mark.parametrize(
    "bad",
    [
        {"00100010": None},
        {"00100010": "text"},
        {"00100010": {"vr": "PN", "Value": "no list"}},
        {"00081032": {"vr": "SQ", "Value": [None, 3, {}]}},
        {"zz": {"vr": "LO", "Value": ["x"]}},
        {"00100010": {}},
    ],
)
def test_what_is_malformed_hides_nothing_else(bad):
    good = {"00080060": {"vr": "CS", "Value": ["CT"]}}
    assert "00080060" in told(tags_of_json(bad | good))


def test_a_very_large_object_is_cut_and_counted():
    frame = {"00080060": {"vr": "CS", "Value": ["CT"]}}
    many = {"52009230": {"vr": "SQ", "Value": [frame] * (MAX_TAGS + 10)}}
    tree = tags_of_json(many)
    assert tree.left_out == 11


def test_depth_has_a_bound():
    nested: dict[str, object] = {"00080060": {"vr": "CS", "Value": ["CT"]}}
    for _ in range(2000):
        nested = {"0040A730": {"vr": "SQ", "Value": [nested]}}
    assert len(tags_of_json(nested).tags) == 1


def part_10(syntax: str) -> BytesIO:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    dataset.file_meta.MediaStorageSOPInstanceUID = "2.999.1"
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "2.999.1"
    dataset.Rows, dataset.PatientName = 2, "A^B"
    dataset.BitsAllocated = 8
    dataset.add_new(0x00191001, "UN", b"abc ")
    dataset.add_new(0x7FE00010, "OW", bytes(6))
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    file.seek(0)
    return file


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_a_file_tells_all_it_has(syntax):
    tree = told(tags_of_file(part_10(syntax)))
    assert tree["00020010"] == ("TransferSyntaxUID", syntax, None)
    assert tree["00280010"] == ("Rows", "2", None)
    assert tree["00100010"] == ("PatientName", "A^B", None)
    assert tree["00191001"][2] == 4
    assert tree["7FE00010"] == ("PixelData", "", 6)


def test_what_is_no_dicom_is_refused():
    with pytest.raises(NotInStandard):
        tags_of_file(BytesIO(b"nothing of the kind" * 20))
