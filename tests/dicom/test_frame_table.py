"""Where frames lie. Oracle: pydicom's own frames of the same files."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from pydicom.encaps import generate_frames

from smart_viewer.dicom.frame_table import (
    UNDEFINED_LENGTH,
    PixelElement,
    Segment,
    locate_native,
    read_pixel_element,
)
from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.inflate import inflated
from smart_viewer.dicom.study import PixelLayout
from smart_viewer.dicom.transfer_syntax import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    is_native,
)
from smart_viewer.errors import NotInStandard, SmartViewerError

FOLDERS = [
    "cr_chest_mono1",
    "cr_dx_us_misc_dcm4che",
    "ct_all_transfer_syntaxes",
    "ct_enhanced_multiframe_fragments",
    "ct_singleframe_fragments",
    "highdicom_seg_sr_sm",
    "mr_enhanced_philips_fmap64",
    "mr_enhanced_vendors_dicom2nifti",
    "nm_heart_13frames",
    "pydicom_data_misc",
    "pydicom_test_files",
    "rt_pyorthanc",
    "us_cine_stress_echo",
    "us_multiframe_ybrfull_acuson",
    "us_palette16_big_endian",
    "us_ybr422_raw",
    "xa_cath_75frames",
]
BIG_ENDIAN = "1.2.840.10008.1.2.2"


def located_frames(path: Path) -> list[bytes]:
    header = read_header(path)
    whole = path.read_bytes()
    if header.transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
        return []
    return [b"".join(cut_out(whole, part) for part in frame) for frame in header.frames]


def cut_out(whole: bytes, part: Segment) -> bytes:
    """The part's bytes, or its bits moved to the first byte's lowest, by hand."""
    found = whole[part.offset : part.offset + part.length]
    if part.swapped:
        found = b"".join(found[i : i + 2][::-1] for i in range(0, len(found), 2))
    number = int.from_bytes(found, "little") >> part.first_bit
    return number.to_bytes(part.length, "little") if part.first_bit else found


def is_native_file(dataset: pydicom.Dataset) -> bool:
    return is_native(dataset.file_meta.get("TransferSyntaxUID", "1.2.840.10008.1.2"))


def frames_of_pydicom(dataset: pydicom.Dataset) -> list[bytes]:
    count = int(dataset.get("NumberOfFrames") or 1)
    if not is_native_file(dataset):
        return list(generate_frames(dataset.PixelData, number_of_frames=count))
    element = next(
        dataset[keyword]
        for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
        if keyword in dataset
    )
    bits = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel
    bits *= dataset.BitsAllocated
    if dataset.PhotometricInterpretation == "YBR_FULL_422":
        bits = bits * 2 // 3
    in_words = element.VR == "OW" and dataset.BitsAllocated == 8
    if in_words and dataset.file_meta.get("TransferSyntaxUID") == BIG_ENDIAN:
        return [dataset.pixel_array.tobytes()]
    number = int.from_bytes(element.value, "little")
    mask, length = (1 << bits) - 1, -(-bits // 8)
    if bits % 8 == 0:
        return [element.value[i * length : (i + 1) * length] for i in range(count)]
    return [
        (number >> i * bits & mask).to_bytes(length, "little") for i in range(count)
    ]


def same(ours: bytes, theirs: bytes, bits: int) -> bool:
    """Whether they agree in the frame's bits; the last byte may hold the next one's."""
    if bits % 8 == 0:
        return ours[: len(theirs)] == theirs and len(ours) - len(theirs) < 2
    mask = (1 << bits) - 1
    found = int.from_bytes(ours, "little") & mask
    return found == int.from_bytes(theirs, "little") & mask


@pytest.mark.data
@pytest.mark.filterwarnings("ignore")  # pydicom warns of the files' own faults
@pytest.mark.parametrize("name", FOLDERS)
def test_every_located_frame_is_the_one_that_pydicom_finds(need, name):
    compared = 0
    for path in sorted((need("data") / name).rglob("*")):
        try:
            frames = located_frames(path) if path.is_file() else []
        except SmartViewerError:
            continue
        if frames:
            dataset = pydicom.dcmread(path, force=True)
            theirs = frames_of_pydicom(dataset)
            bits = dataset.Rows * dataset.Columns * dataset.BitsAllocated
            if not is_native_file(dataset) or bits % 8 == 0:
                bits = 8
            assert len(frames) == len(theirs), path.name
            assert all(same(a, b, bits) for a, b in zip(frames, theirs, strict=True)), (
                path.name
            )
            compared += 1

    assert compared


@pytest.mark.data
def test_only_the_files_known_to_be_unlocatable_are_not_located(need):
    data = need("data")
    problems = {}
    for name in [*FOLDERS, "malformed", "seg_sr_dcmqi"]:
        for path in sorted((data / name).rglob("*")):
            try:
                problem = read_header(path).problem if path.is_file() else ""
            except SmartViewerError:
                continue
            if problem:
                problems[path.name] = problem

    assert problems == {
        "MR_truncated.dcm": "The file is cut off inside its Pixel Data.",
        "badVR.dcm": "The header's Number of Frames is not a usable count.",
        "RTSTRUCT.dcm": "The header's Rows or Columns is not a size.",
    }


@pytest.mark.data
def test_frames_of_a_deflated_file_lie_in_what_it_stands_for(need):
    for name in (
        "pydicom_test_files/image_dfl.dcm",
        "ct_all_transfer_syntaxes/CTImage.dcm_DeflatedExplicitVRLittleEndian"
        "TransferSyntax_1.2.840.10008.1.2.1.99.dcm",
    ):
        path = need("data") / name
        header = read_header(path)
        ((part,),) = header.frames
        with path.open("rb") as file:
            data = inflated(file)
            data.seek(part.offset)
            assert data.read(part.length) == pydicom.dcmread(path).PixelData
        assert header.transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN


def layout(rows: int, columns: int, bits: int) -> PixelLayout:
    return PixelLayout(rows, columns, 1, "MONOCHROME2", bits, bits, bits - 1, False)


def native(data: bytes, frames: int, bits: int, **options: object) -> list[bytes]:
    """Frames of 3 rows and 5 columns."""
    element = PixelElement(0, options.pop("length", len(data)), options.pop("vr", "OW"))
    file = BytesIO(data)
    found = locate_native(file, element, layout(3, 5, bits), frames, **options)
    return [b"".join(cut_out(data, part) for part in frame) for frame in found]


def test_bits_of_a_frame_may_begin_inside_of_a_byte():
    """Three frames of 15 bits: 0...0, 1...1, 101...: packed by hand, PS3.5 8.1.1."""
    frames = [0, 0x7FFF, 0x5555]
    packed = sum(frame << 15 * i for i, frame in enumerate(frames)).to_bytes(
        6, "little"
    )

    found = native(packed, 3, 1)

    assert [int.from_bytes(one, "little") & 0x7FFF for one in found] == frames


@pytest.mark.parametrize("bits", [1, 8])
def test_words_of_big_endian_are_swapped_back_but_not_bytes(bits):
    natural = bytes(range(1, 47 if bits == 8 else 7))
    swapped = b"".join(natural[i : i + 2][::-1] for i in range(0, len(natural), 2))
    number, mask = int.from_bytes(natural, "little"), (1 << 15 * bits) - 1
    expected = [number >> 15 * bits * i & mask for i in range(3)]

    as_words = native(swapped, 3, bits, big_endian=True)
    as_bytes = native(natural, 3, bits, big_endian=True, vr="OB")

    for found in (as_words, as_bytes):
        assert [int.from_bytes(one, "little") & mask for one in found] == expected


def test_frames_that_the_file_lacks_are_empty_and_the_others_served():
    data = bytes(range(45))

    assert native(data[:30], 3, 8, length=46) == [data[:15], data[15:30], b""]
    assert native(data[:44], 3, 8, length=46) == [data[:15], data[15:30], b""]
    assert native(data[:30], 3, 8) == [data[:15], data[15:30], b""]


@pytest.mark.parametrize("length", [45, 46, 59])
def test_zeros_behind_the_frames_are_padding(length):
    data = bytes(range(1, 46))

    assert native(data + bytes(length - 45), 3, 8)[2] == data[30:]


@pytest.mark.parametrize(
    ("data", "length", "reason"),
    [
        (bytes(44), 44, "shorter"),
        (bytes(20), 20, "shorter"),
        (bytes(60), 60, "longer"),
        (bytes(45) + b"\1\1\1", 48, "longer"),
        (bytes(14), 46, "cut off"),
        (bytes(45), UNDEFINED_LENGTH, "no defined length"),
    ],
)
def test_a_length_that_leaves_the_size_in_doubt_is_refused(data, length, reason):
    with pytest.raises(NotInStandard, match=reason):
        native(data, 3, 8, length=length)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"\xe0\x7f\x10", "before its Pixel Data"),
        (b"\xe0\x7f\x11\0OW\0\0\1\0\0\0", "before its Pixel Data"),
        (b"\xe0\x7f\x10\0OW\0\0\1", "inside its Pixel Data"),
    ],
)
def test_an_element_that_is_not_pixel_data_is_not_taken_for_it(head, reason):
    with pytest.raises(NotInStandard, match=reason):
        read_pixel_element(BytesIO(head), 0, little_endian=True)
