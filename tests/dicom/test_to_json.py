"""Binary values of files in DICOM JSON. Oracle: the bytes that the test wrote."""

from __future__ import annotations

import base64
import io
import struct
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.json_values import binary, values
from smart_viewer.dicom.overlay_bits import read_overlay_bits
from smart_viewer.dicom.to_json import LARGEST_INLINE
from smart_viewer.errors import NotInStandard

SYNTAXES = [
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
]
WORDS = [0, 1, 256, 513, 65535]
OVERLAY = bytes(range(1, 9))


def words(numbers: list[int], big: bool = False) -> bytes:
    return struct.pack(f"{'>' if big else '<'}{len(numbers)}H", *numbers)


def swapped(raw: bytes) -> bytes:
    return words(list(struct.unpack(f"<{len(raw) // 2}H", raw)), big=True)


def image(big: bool) -> Dataset:
    """pydicom writes OW as it is given: in the order of the file."""
    made = Dataset()
    made.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    made.SOPInstanceUID = "2.999.1.1.1"
    made.StudyInstanceUID, made.SeriesInstanceUID = "2.999.1", "2.999.1.1"
    made.PixelRepresentation = 1
    made.PixelPaddingValue = -2000
    made.SmallestImagePixelValue, made.LargestImagePixelValue = -5, 5
    made.add_new("RedPaletteColorLookupTableDescriptor", "US", [5, 0, 16])
    made.add_new("RedPaletteColorLookupTableData", "OW", words(WORDS, big))
    made.add_new("ICCProfile", "OB", b"\1\2\3\4")
    table = Dataset()
    table.add_new("LUTDescriptor", "SS", [5, -7, 16])
    table.add_new("LUTData", "OW", words(WORDS, big))
    made.ModalityLUTSequence = [table]
    other = Dataset()
    other.add_new("LUTDescriptor", "US", [5, 0, 16])
    other.add_new("LUTData", "US", WORDS)
    made.VOILUTSequence = [other]
    made.add_new(0x60000010, "US", 8)
    made.add_new(0x60003000, "OW", swapped(OVERLAY) if big else OVERLAY)
    return made


def write(path: Path, made: Dataset, syntax: str) -> Path:
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.save_as(path, enforce_file_format=True)
    return path


@pytest.fixture(params=SYNTAXES, ids=lambda syntax: syntax.name)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    big = request.param == ExplicitVRBigEndian
    return write(tmp_path / "x.dcm", image(big), request.param)


def test_tables_are_kept_in_little_endian_whatever_the_file(path):
    metadata = read_header(path).metadata

    assert binary(metadata, "00281201") == words(WORDS)
    assert binary(metadata, "00282000") == b"\1\2\3\4"
    for sequence, first in (("00283000", -7), ("00283010", 0)):
        (table,) = values(metadata, sequence)
        assert binary(table, "00283006") == words(WORDS)
        descriptor = [int(value) % 65536 for value in values(table, "00283002")]
        assert descriptor == [5, first % 65536, 16]


def test_values_of_us_or_ss_are_there_whatever_the_file(path):
    metadata = read_header(path).metadata

    found = [values(metadata, t) for t in ("00280120", "00280106", "00280107")]
    assert [int(value) % 65536 for (value,) in found] == [63536, 65531, 5]


def test_the_bits_of_overlays_are_told_of_and_read_when_asked(path):
    attribute = read_header(path).metadata["60003000"]

    assert isinstance(attribute, dict) and "InlineBinary" not in attribute
    assert "BulkDataURI" in attribute
    with path.open("rb") as file:
        assert read_overlay_bits(file, 0x6000) == OVERLAY
    with path.open("rb") as file, pytest.raises(NotInStandard):
        read_overlay_bits(file, 0x6002)


def test_an_overlay_of_what_is_no_dicom_is_refused():
    for raw in (b"", b"x" * 40, b"\0" * 128 + b"DICM" + b"\xff" * 30):
        with pytest.raises(NotInStandard):
            read_overlay_bits(io.BytesIO(raw), 0x6000)


def test_a_value_that_is_too_long_is_a_pointer_to_nowhere(tmp_path):
    made = image(big=False)
    made["ICCProfile"].value = b"\1" * (LARGEST_INLINE + 2)
    table = made.ModalityLUTSequence[0]
    table["LUTData"].value = b"\1" * LARGEST_INLINE

    metadata = read_header(write(tmp_path / "x", made, ExplicitVRLittleEndian)).metadata

    attribute = metadata["00282000"]
    assert isinstance(attribute, dict)
    assert attribute["BulkDataURI"] == "#too-large"
    assert "InlineBinary" not in attribute
    (kept,) = values(metadata, "00283000")
    assert len(binary(kept, "00283006") or b"") == LARGEST_INLINE


def test_descriptors_of_an_implicit_file_without_representation_are_words(tmp_path):
    """pydicom cannot tell US from SS there and leaves the bytes."""
    made = image(big=False)
    del made.PixelRepresentation, made.RedPaletteColorLookupTableDescriptor
    made.ModalityLUTSequence[0].add_new("LUTDescriptor", "SS", [5, -7, 16])

    metadata = read_header(write(tmp_path / "x", made, ImplicitVRLittleEndian)).metadata

    (table,) = values(metadata, "00283000")
    assert [int(v) % 65536 for v in values(table, "00283002")] == [5, 65529, 16]
    assert [int(v) % 65536 for v in values(metadata, "00280120")] == [63536]


@pytest.mark.parametrize("kind", ["MOSAIC", "NONE"])
def test_the_csa_header_is_kept_of_mosaics_only(tmp_path, kind):
    made = image(big=False)
    made.ImageType = ["ORIGINAL", "PRIMARY", "M", kind]
    made.private_block(0x0029, "SIEMENS CSA HEADER", create=True).add_new(
        0x10, "OB", b"SV10\4\3\2\1"
    )

    metadata = read_header(write(tmp_path / "x", made, ExplicitVRLittleEndian)).metadata

    kept = binary(metadata, "00291010")
    assert kept == (b"SV10\4\3\2\1" if kind == "MOSAIC" else None)


def test_private_numbers_of_unknown_vr_are_text_or_words(tmp_path):
    made = image(big=False)
    philips = made.private_block(0x7053, "Philips PET Private Group", create=True)
    philips.add_new(0x00, "UN", b"0.00042 ")
    philips.add_new(0x09, "UN", b"1.25")
    ge = made.private_block(0x0009, "GEMS_PETD_01", create=True)
    ge.add_new(0x0D, "UN", b"20240203101500.00 ")
    siemens = made.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    siemens.add_new(0x0A, "UN", struct.pack("<H", 36))

    metadata = read_header(write(tmp_path / "x", made, ExplicitVRLittleEndian)).metadata

    # a number or its text: pydicom knows some of them by their creator
    factors = [values(metadata, tag) for tag in ("70531000", "70531009")]
    assert [float(str(value)) for (value,) in factors] == [0.00042, 1.25]
    assert values(metadata, "0009100D") == ["20240203101500.00"]
    assert values(metadata, "0019100A") == [36]


def test_what_is_kept_is_valid_dicom_json(path):
    metadata = read_header(path).metadata
    encoded = metadata["00281201"]

    assert isinstance(encoded, dict) and encoded["vr"] in {"OB", "OW"}
    base64.b64decode(encoded["InlineBinary"], validate=True)
