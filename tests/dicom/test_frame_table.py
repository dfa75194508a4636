"""Where frames lie. Oracle: pydicom's own frames of the same files."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from struct import pack

import pydicom
import pytest
from pydicom.encaps import generate_frames

from smart_viewer.dicom.frame_table import (
    UNDEFINED_LENGTH,
    PixelElement,
    locate_encapsulated,
)
from smart_viewer.dicom.header import read_header
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
JPEG_LS = "1.2.840.10008.1.2.4.80"


def located_frames(path: Path) -> list[bytes]:
    whole = path.read_bytes()
    return [
        b"".join(whole[part.offset : part.offset + part.length] for part in frame)
        for frame in read_header(path).frames
    ]


def frames_of_pydicom(dataset: pydicom.Dataset) -> list[bytes]:
    count = int(dataset.get("NumberOfFrames") or 1)
    if not is_native(dataset.file_meta.get("TransferSyntaxUID", "1.2.840.10008.1.2")):
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
    length = -(-bits // 8)
    return [element.value[i * length : (i + 1) * length] for i in range(count)]


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
            assert frames == frames_of_pydicom(dataset), path.name
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

    assert {
        name: text for name, text in problems.items() if "deflated" not in text
    } == {
        "seg_image_sm_control.dcm": "The frames do not begin on whole bytes.",
        "seg_image_sm_dots.dcm": "The frames do not begin on whole bytes.",
        "seg_image_sm_dots_tiled_full.dcm": "The frames do not begin on whole bytes.",
        "label.seg": "The frames do not begin on whole bytes.",
        "emri_small_jpeg_2k_lossless_too_short.dcm": "The file is cut off inside its "
        "Pixel Data.",
        "MR_truncated.dcm": "The file is cut off inside its Pixel Data.",
        "badVR.dcm": "The header's Number of Frames is not a usable count.",
        "RTSTRUCT.dcm": "The header's Rows or Columns is not a size.",
        "MR_small_padded.dcm": "Pixel Data is longer than the header says.",
    }
    assert DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN in {
        read_header(data / "pydicom_test_files" / "image_dfl.dcm").transfer_syntax_uid
    }


START, END = b"\xff\xd8\xff\xf7", b"\xff\xd9"
Items = list[bytes]


def item(value: bytes) -> bytes:
    return pack("<HHL", 0xFFFE, 0xE000, len(value)) + value


def encapsulated(table: bytes, fragments: Items, end: bool = True) -> BytesIO:
    delimiter = pack("<HHL", 0xFFFE, 0xE0DD, 0) if end else b""
    return BytesIO(item(table) + b"".join(map(item, fragments)) + delimiter)


def locate(
    file: BytesIO,
    frames: int,
    extended: tuple[int, ...] = (),
    syntax: str = JPEG_LS,
    length: int = UNDEFINED_LENGTH,
) -> list[bytes]:
    element = PixelElement(0, length)
    found = locate_encapsulated(file, element, frames, extended, syntax)
    whole = file.getvalue()
    return [
        b"".join(whole[part.offset : part.offset + part.length] for part in frame)
        for frame in found
    ]


# Frame 1 is fragments a and b, frame 2 is fragment c: items of 12, 10 and 14 bytes.
A, B, C = START, END, START + END
TWO_FRAMES = [A + B, C]


@pytest.mark.parametrize(
    ("table", "extended"),
    [
        (b"", (0, 22)),
        (pack("<2L", 0, 22), ()),
        (pack("<2L", 0, 99), (0, 22)),
        (pack("<2L", 0, 12), (0, 22)),  # the extended table goes first
        (b"", ()),
        (pack("<2L", 0, 99), ()),  # a wrong table; the code streams tell
        (pack("<1L", 0), ()),
    ],
)
def test_fragments_become_frames_by_table_or_by_code_stream_marks(table, extended):
    assert locate(encapsulated(table, [A, B, C]), 2, extended) == TWO_FRAMES


def test_counts_that_leave_one_way_need_no_table():
    assert locate(encapsulated(b"", [b"ab", b"cd"]), 1) == [b"abcd"]
    assert locate(encapsulated(b"", [b"ab", b"cd"]), 2) == [b"ab", b"cd"]


@pytest.mark.parametrize("pad", [b"\0", b"\xff"])
def test_a_padded_end_mark_is_still_an_end(pad):
    fragments = [START, b"\x01" + END + pad, START + b"\x01" + END + pad]

    assert locate(encapsulated(b"", fragments), 2) == [
        fragments[0] + fragments[1],
        fragments[2],
    ]


@pytest.mark.parametrize(
    ("file", "frames", "options", "reason"),
    [
        (encapsulated(b"", [b"ab", b"cd", b"ef"]), 2, {}, "where its frames begin"),
        (encapsulated(b"", [A, C, C]), 2, {}, "where its frames begin"),
        (encapsulated(b"", [C, C, C]), 2, {}, "where its frames begin"),
        (encapsulated(b"", [C, C, A]), 2, {}, "where its frames begin"),
        (encapsulated(b"", [A, B, C]), 2, {"syntax": "1.2.840.10008.1.2.5"}, "RLE"),
        (encapsulated(b"", [b"ab"]), 2, {}, "fewer fragments"),
        (encapsulated(b"", []), 1, {}, "fewer fragments"),
        (encapsulated(b"", [b"ab"], end=False), 1, {}, "cut off"),
        (encapsulated(b"", [b"ab"]), 1, {"length": 10}, "defined length"),
        (BytesIO(item(b"") + item(b"abcd")[:-2]), 1, {}, "cut off"),
        (BytesIO(item(b"") + b"\x10\x00\x10\x00\x02\x00\x00\x00ab"), 1, {}, "fragment"),
        (BytesIO(pack("<HHL", 0xFFFE, 0xE0DD, 0)), 1, {}, "Basic Offset Table"),
    ],
)
def test_frames_that_cannot_be_located_are_not_guessed(file, frames, options, reason):
    with pytest.raises(NotInStandard, match=reason):
        locate(file, frames, **options)
