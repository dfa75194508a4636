"""Reading headers. Oracle: pydicom's DICOM JSON, and bytes made by the test."""

from __future__ import annotations

import zlib
from struct import pack

import pydicom
import pytest

from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.json_values import person_name, text
from smart_viewer.dicom.read_study import read_patient
from smart_viewer.errors import NotInStandard

BINARY = {"OB", "OD", "OF", "OL", "OV", "OW", "UN"}


def without_binary(dataset: dict[str, dict[str, object]]) -> dict[str, object]:
    return {
        tag: {
            "vr": "SQ",
            "Value": [without_binary(item) for item in attribute.get("Value", [])],
        }
        if attribute["vr"] == "SQ"
        else attribute
        for tag, attribute in dataset.items()
        if attribute["vr"] not in BINARY
    }


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    [
        "pydicom_test_files/CT_small.dcm",
        "pydicom_test_files/JPEG2000.dcm",
        "mr_enhanced_philips_fmap64/IM_0027_fMAP.dcm",
        "rt_dicompyler_breast/rtplan.dcm",
    ],
)
def test_the_metadata_is_the_dicom_json_of_pydicom_without_binary(need, name):
    path = need("data") / name
    with pydicom.config.disable_value_validation():
        dataset = pydicom.dcmread(path, stop_before_pixels=True)
        expected = without_binary(dataset.to_json_dict())

    metadata = read_header(path).metadata

    added = {"00083002", "7FE00010"}
    assert {t: a for t, a in metadata.items() if t not in added} == expected
    assert text(metadata, "00083002") == dataset.file_meta.TransferSyntaxUID


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "patient_name"),
    [
        ("chrH31.dcm", "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        ("chrI2.dcm", "Hong^Gildong=洪^吉洞=홍^길동"),
        ("chrRuss.dcm", "Люкceмбypг"),
        ("chrX1.dcm", "Wang^XiaoDong=王^小東"),
        ("chrGerm.dcm", "Äneas^Rüdiger"),
    ],
)
def test_names_are_decoded_by_their_character_sets(need, name, patient_name):
    """The names are those printed in PS3.5 annexes H to J."""
    metadata = read_header(need("data") / "pydicom_charsets" / name).metadata

    assert person_name(metadata, "00100010") == patient_name
    assert read_patient(metadata).patient_name == patient_name


@pytest.mark.data
def test_a_file_without_preamble_is_read_where_it_parses(need):
    header = read_header(need("data") / "cr_chest_mono1" / "CR-MONO1-10-chest")

    assert header.transfer_syntax_uid == "1.2.840.10008.1.2"
    assert len(header.frames) == 1
    assert read_patient(header.metadata).patient_id == ""


def element(tag: tuple[int, int], vr: bytes, value: bytes) -> bytes:
    value += b"\0" * (len(value) % 2)
    return pack("<HH2sH", *tag, vr, len(value)) + value


def part10(*elements: bytes, syntax: bytes = b"1.2.840.10008.1.2.1") -> bytes:
    meta = element((2, 0x10), b"UI", syntax)
    group = element((2, 0), b"UL", pack("<L", len(meta)))
    return b"\0" * 128 + b"DICM" + group + meta + b"".join(elements)


IDENTITY = [
    element((0x08, 0x16), b"UI", b"1.2.840.10008.5.1.4.1.1.2"),
    element((0x08, 0x18), b"UI", b"2.999.1.1.1"),
    element((0x20, 0x0D), b"UI", b"2.999.1"),
    element((0x20, 0x0E), b"UI", b"2.999.1.1"),
]


def test_a_bad_value_stays_as_its_text_and_hides_no_other(tmp_path):
    path = tmp_path / "file.dcm"
    path.write_bytes(
        part10(
            *IDENTITY,
            element((0x20, 0x13), b"IS", b"seven"),
            element((0x20, 0x32), b"DS", b"1\\2\\x"),
            element((0x28, 0x1053), b"DS", b"1,5"),
            element((0x28, 0x1054), b"LO", b"HU"),
        )
    )

    metadata = read_header(path).metadata

    assert metadata["00200013"] == {"vr": "IS", "Value": ["seven"]}
    assert metadata["00281053"] == {"vr": "DS", "Value": ["1,5"]}
    assert metadata["00200032"] == {"vr": "DS", "Value": ["1", "2", "x"]}
    assert metadata["00281054"] == {"vr": "LO", "Value": ["HU"]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a DICOM file"),
        (b"{" * 400, "not a DICOM file"),
        (b"\x08\x00\x05\x00" + b"\xff" * 400, "not a DICOM file"),
        (b"\0" * 128 + b"DICM", "no SOP Class UID"),
        (part10(*IDENTITY[:3]), "no Series Instance UID"),
        (
            part10(*IDENTITY[:3], element((0x20, 0x0E), b"UI", b"../x")),
            "Series Instance UID is not a UID",
        ),
    ],
)
def test_what_is_not_an_instance_is_refused_with_the_reason(tmp_path, content, reason):
    path = tmp_path / "file.dcm"
    path.write_bytes(content)

    with pytest.raises(NotInStandard, match=reason):
        read_header(path)


def test_a_deflated_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("smart_viewer.dicom.inflate.MAX_READS", 1 << 16)
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    inflated = deflater.compress(b"".join(IDENTITY) + b"\0" * (1 << 21))
    path = tmp_path / "bomb.dcm"
    path.write_bytes(
        part10(inflated + deflater.flush(), syntax=b"1.2.840.10008.1.2.1.99")
    )

    with pytest.raises(NotInStandard, match="too many elements"):
        read_header(path)


PIXELS = [
    element((0x28, 0x02), b"US", pack("<H", 1)),
    element((0x28, 0x04), b"CS", b"MONOCHROME2"),
    element((0x28, 0x08), b"IS", b"2"),
    element((0x28, 0x10), b"US", pack("<H", 2)),
    element((0x28, 0x11), b"US", pack("<H", 3)),
    element((0x28, 0x100), b"US", pack("<H", 8)),
    element((0x28, 0x101), b"US", pack("<H", 8)),
    element((0x28, 0x102), b"US", pack("<H", 7)),
    element((0x28, 0x103), b"US", pack("<H", 0)),
]


def long_element(tag: tuple[int, int], vr: bytes, length: int, value: bytes) -> bytes:
    return pack("<HH2sHL", *tag, vr, 0, length) + value


def items(*values: bytes) -> bytes:
    heads = (pack("<HHL", 0xFFFE, 0xE000, len(value)) + value for value in values)
    return b"".join(heads) + pack("<HHL", 0xFFFE, 0xE0DD, 0)


def test_an_extended_offset_table_locates_the_frames(tmp_path):
    """Fragments of 4, 2 and 2 bytes; by the table the second frame starts at 22."""
    path = tmp_path / "file.dcm"
    table = pack("<2Q", 0, 22)
    path.write_bytes(
        part10(
            *IDENTITY,
            *PIXELS,
            long_element((0x7FE0, 1), b"OV", 16, table),
            long_element(
                (0x7FE0, 0x10), b"OB", 0xFFFFFFFF, items(b"", b"abcd", b"ef", b"gh")
            ),
            syntax=b"1.2.840.10008.1.2.4.80",
        )
    )
    whole = path.read_bytes()

    frames = read_header(path).frames

    assert [[whole[s.offset :][: s.length] for s in frame] for frame in frames] == [
        [b"abcd", b"ef"],
        [b"gh"],
    ]


@pytest.mark.parametrize(
    ("pixel_data", "syntax", "reason"),
    [
        (long_element((0x7FE0, 0x10), b"OB", 12, b"\0" * 12), b"", ""),
        (long_element((0x7FE0, 0x10), b"OB", 10, b"\0" * 10), b"", "shorter"),
        (long_element((0x7FE0, 0x10), b"OB", 16, b"\0" * 16), b"", ""),
        (long_element((0x7FE0, 0x10), b"OB", 16, b"\1" * 16), b"", "longer"),
        (long_element((0x7FE0, 0x10), b"OB", 18, b"\0" * 18), b"", "longer"),
        (long_element((0x7FE0, 0x10), b"OB", 12, b"\0" * 4), b"", "cut off"),
        (long_element((0x7FE0, 0x10), b"OB", 0xFFFFFFFF, items(b"")), b"", "length"),
        (
            long_element((0x7FE0, 0x10), b"OB", 12, b"\0" * 12),
            b"1.2.840.10008.1.2.4.80",
            "defined length",
        ),
        (b"", b"", ""),
    ],
)
def test_the_frames_are_located_or_the_reason_is_given(
    tmp_path, pixel_data, syntax, reason
):
    path = tmp_path / "file.dcm"
    named = syntax or b"1.2.840.10008.1.2.1"
    path.write_bytes(part10(*IDENTITY, *PIXELS, pixel_data, syntax=named))

    header = read_header(path)

    located = bool(pixel_data) and not reason
    assert reason in header.problem and bool(header.problem) == bool(reason)
    assert len(header.frames) == (2 if located else 0)
    assert ("BulkDataURI" in header.metadata["7FE00010"]) == bool(pixel_data)


@pytest.mark.parametrize(
    ("number", "vr", "tag"), [(0x08, b"OF", "7FE00008"), (0x09, b"OD", "7FE00009")]
)
def test_the_metadata_tells_which_kind_of_pixels_there_is(tmp_path, number, vr, tag):
    path = tmp_path / "file.dcm"
    depth = element((0x28, 0x100), b"US", pack("<H", 32 if vr == b"OF" else 64))
    size = 48 if vr == b"OF" else 96
    data = long_element((0x7FE0, number), vr, size, bytes(size))
    path.write_bytes(part10(*IDENTITY, *PIXELS[:5], depth, data))

    header = read_header(path)

    assert header.metadata[tag] == {"vr": vr.decode(), "BulkDataURI": "#pixels"}
    assert "7FE00010" not in header.metadata
    assert [len(frame) for frame in header.frames] == [1, 1]


def test_a_file_that_ends_in_the_pixel_elements_head_has_no_pixels(tmp_path):
    path = tmp_path / "file.dcm"
    path.write_bytes(part10(*IDENTITY, *PIXELS, b"\xe0\x7f\x10\x00OW"))

    header = read_header(path)

    assert header.metadata["7FE00010"] == {"vr": "OW"} and header.frames == ()


def test_an_extended_offset_table_that_is_no_table_is_none(tmp_path):
    path = tmp_path / "file.dcm"
    table = long_element((0x7FE0, 1), b"UV", 16, pack("<2Q", 0, 8))
    data = long_element((0x7FE0, 0x10), b"OB", 0xFFFFFFFF, items(b"", b"ab", b"cd"))
    syntax = b"1.2.840.10008.1.2.4.80"
    path.write_bytes(part10(*IDENTITY, *PIXELS, table, data, syntax=syntax))

    assert [len(frame) for frame in read_header(path).frames] == [1, 1]


def test_files_without_a_meta_group_are_read_as_they_are_encoded(tmp_path):
    for order, syntax in (("<", "1.2.840.10008.1.2.1"), (">", "1.2.840.10008.1.2.2")):
        path = tmp_path / f"{len(order)}.dcm"
        elements = [
            pack(f"{order}HH2sH", *tag, b"UI", len(uid)) + uid
            for tag, uid in (
                ((0x08, 0x16), b"1.2.840.10008.5.1.4.1.1.2\0"),
                ((0x08, 0x18), b"2.999.1.1.1\0"),
                ((0x20, 0x0D), b"2.999.1\0"),
                ((0x20, 0x0E), b"2.999.1.1\0"),
            )
        ]
        path.write_bytes(b"\0" * 128 + b"DICM" + b"".join(elements))

        assert read_header(path).transfer_syntax_uid == syntax


def test_a_sequence_that_ends_too_soon_is_damage_and_no_input_error(tmp_path):
    path = tmp_path / "file.dcm"
    opened = pack("<HH2sHL", 0x0040, 0x0260, b"SQ", 0, 0xFFFFFFFF)
    path.write_bytes(part10(*IDENTITY, opened + pack("<HHL", 0xFFFE, 0xE000, 50)[:6]))

    with pytest.raises(NotInStandard, match="damaged"):
        read_header(path)


def test_a_meta_group_that_cannot_be_converted_is_damage(tmp_path):
    path = tmp_path / "file.dcm"
    whole = part10(*IDENTITY)
    at = whole.index(b"\x02\x00\x10\x00UI")
    path.write_bytes(whole[: at + 4] + b"VH" + whole[at + 6 :])

    with pytest.raises(NotInStandard, match="damaged"):
        read_header(path)


def test_messages_and_logs_hold_no_values_of_the_file(tmp_path, caplog, recwarn):
    path = tmp_path / "file.dcm"
    secret = element((0x10, 0x20), b"UI", b"SECRET-NAME")
    path.write_bytes(part10(*IDENTITY[:3], secret) + b"\x10\x00SECRET-NAME")

    with pytest.raises(NotInStandard) as refused:
        read_header(path)

    assert "SECRET" not in str(refused.value) + caplog.text
    assert not recwarn.list
