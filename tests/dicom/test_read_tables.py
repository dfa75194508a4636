"""Lookup tables of DICOM JSON (H1, H2). Oracle: pydicom, and tables by hand."""

from __future__ import annotations

import base64
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

from smart_viewer.dicom.read_tables import (
    modality_lut_type,
    project_tables,
    read_modality_lut,
    read_palette,
    read_voi_luts,
    table_values,
    voi_input_is_signed,
)
from smart_viewer.dicom.study import LookupTable

MODALITY, VOI = "00283000", "00283010"


def words(values: list[int]) -> dict[str, object]:
    return inline(struct.pack(f"<{len(values)}H", *values))


def inline(raw: bytes) -> dict[str, object]:
    return {"vr": "OW", "InlineBinary": base64.b64encode(raw).decode()}


def item(
    descriptor: list[object], data: dict[str, object], explanation: str = ""
) -> dict[str, object]:
    return {
        "00283002": {"vr": "US", "Value": descriptor},
        "00283003": {"vr": "LO", "Value": [explanation]},
        "00283006": data,
    }


def modality(
    descriptor: list[object], data: dict[str, object], signed: bool = False
) -> tuple[LookupTable | None, str]:
    dataset = {MODALITY: {"vr": "SQ", "Value": [item(descriptor, data)]}}
    return read_modality_lut(dataset, signed)


def looked_up(table: LookupTable, stored: list[int]) -> list[int]:
    """PS3.3 C.11.1.1.1, by hand."""
    entries = table_values(table)
    last = len(entries) - 1
    return [entries[min(max(s - table.first, 0), last)] for s in stored]


def pydicom_item(first: int, bits: int, entries: list[int], vr: str) -> Dataset:
    made = Dataset()
    made.add_new("LUTDescriptor", vr, [len(entries), first, bits])
    made.add_new("LUTData", "US", entries)
    return made


@given(
    first=st.integers(-300, 300),
    entries=st.lists(st.integers(0, 4095), min_size=2, max_size=40),
    stored=st.lists(st.integers(-400, 400), min_size=1, max_size=20),
)
def test_a_modality_lut_maps_as_pydicom_maps_it(first, entries, stored):
    dataset = Dataset()
    dataset.PixelRepresentation = 1
    dataset.ModalityLUTSequence = [pydicom_item(first, 16, entries, "SS")]
    expected = apply_modality_lut(np.array(stored, "<i2"), dataset)

    table, problem = modality([len(entries), first, 16], words(entries), signed=True)

    assert problem == "" and table is not None
    assert looked_up(table, stored) == expected.tolist()


def test_a_voi_lut_of_14_bits_maps_as_pydicom_maps_it():
    entries = [(i * 37) % 16384 for i in range(16384)]
    dataset = Dataset()
    dataset.PixelRepresentation = 0
    dataset.VOILUTSequence = [pydicom_item(100, 14, entries, "US")]
    stored = [0, 99, 100, 101, 9000, 16483, 16484, 30000]
    expected = apply_voi_lut(np.array(stored, "<u2"), dataset)
    given_items = [item([16384, 100, 14], words(entries), "NORMAL")]

    (table,), problem = read_voi_luts({VOI: {"Value": given_items}}, signed=False)

    assert problem == ""
    assert (table.first, table.bits, table.explanation) == (100, 14, "NORMAL")
    assert looked_up(table, stored) == expected.tolist()


@pytest.mark.parametrize(
    ("descriptor", "signed", "first"),
    [
        ([2, -5, 16], True, -5),
        ([2, 65531, 16], True, -5),  # the same 16 bits, written as US
        ([2, 65531, 16], False, 65531),
        ([2, -5, 16], False, 65531),  # written as SS although US is meant
        (["2", "7", "16"], False, 7),
    ],
)
def test_the_sign_of_the_first_input_is_that_of_the_stored_values(
    descriptor, signed, first
):
    table, _ = modality(descriptor, words([1, 2]), signed)

    assert table is not None and table.first == first


def test_zero_entries_are_65536_and_survive_as_a_signed_descriptor():
    table, problem = modality([0, 0, 16], words(list(range(65536))))

    assert (problem, table is not None) == ("", True)
    assert table is not None and len(table.entries) == 2 * 65536
    table, _ = modality([-25536, 0, 16], words([5] * 40000))
    assert table is not None and len(table.entries) == 2 * 40000


@pytest.mark.parametrize(
    ("count", "data", "entries"),
    [
        (4, inline(bytes([1, 2, 3, 255])), [1, 2, 3, 255]),  # a byte each
        (3, inline(bytes([1, 2, 255, 0])), [1, 2, 255]),  # and one to even the length
        (3, inline(bytes([1, 2, 255])), [1, 2, 255]),
        (4, words([1, 2, 3, 255]), [1, 2, 3, 255]),  # padded to words
        (4, {"vr": "US", "Value": [1, 2, 3, 255]}, [1, 2, 3, 255]),
        (4, {"vr": "US", "Value": [0x0201, 0xFF03]}, [1, 2, 3, 255]),  # two in a word
        (2, {"vr": "SS", "Value": [1, 2, 3]}, [1, 2]),  # more than the table has
    ],
)
def test_entries_of_8_bits_are_found_by_the_length_of_the_data(count, data, entries):
    table, problem = modality([count, 0, 8], data)

    assert problem == "" and table is not None
    assert list(table_values(table)) == entries


def test_entries_written_as_negative_numbers_are_taken_by_their_bits():
    table, _ = modality([2, 0, 16], {"vr": "SS", "Value": [-1, -32768]})

    assert table is not None and list(table_values(table)) == [65535, 32768]


@pytest.mark.parametrize(
    ("descriptor", "data", "said"),
    [
        ([4, 0, 16], words([1, 2, 3]), "shorter"),
        ([4, 0, 16], inline(b"\1\2\3\4"), "shorter"),  # 8 bits said to be 16
        ([6, 0, 8], inline(b"\1\2\3\4"), "shorter"),
        ([2, 0, 10], words([1, 1024]), "larger"),
        ([2, 0, 8], words([1, 256]), "larger"),
        ([2, 0, 0], words([1, 2]), "bits"),
        ([2, 0, 17], words([1, 2]), "bits"),
        ([2, 0], words([1, 2]), "descriptor"),
        ([2, 0, "x"], words([1, 2]), "descriptor"),
        ([2, 0, 1e9], words([1, 2]), "descriptor"),
        ([], words([1, 2]), "descriptor"),
        ([2, 0, 16], {"vr": "OW"}, "no usable data"),
        ([2, 0, 16], {"vr": "OW", "InlineBinary": "???"}, "no usable data"),
        ([2, 0, 16], {"vr": "US", "Value": [1, "x"]}, "no usable data"),
        ([2, 0, 16], {"vr": "OW", "BulkDataURI": "http://x"}, "not sent"),
    ],
)
def test_data_that_do_not_fit_their_descriptor_are_no_table(descriptor, data, said):
    table, problem = modality(descriptor, data)

    assert table is None
    assert problem.startswith("The Modality LUT") and said in problem


def test_one_bad_voi_lut_hides_no_other():
    good = item([2, 0, 8], words([0, 255]), "HARD")
    bad = item([9, 0, 8], words([0, 255]), "SOFT")

    found, problem = read_voi_luts({VOI: {"Value": [bad, "x", good]}}, signed=False)

    assert [table.explanation for table in found] == ["HARD"]
    assert problem == "A VOI LUT is shorter than its descriptor says."


@pytest.mark.parametrize(
    ("signed", "bits", "slope", "intercept", "negative"),
    [
        (False, 12, 1.0, 0.0, False),
        (True, 12, 1.0, 0.0, True),
        (False, 12, 1.0, -1024.0, True),
        (True, 12, 1.0, 2048.0, False),  # -2048 becomes 0
        (False, 8, -1.0, 255.0, False),
        (False, 8, -1.0, 254.0, True),
        (False, 16, 2.5, 0.0, False),
    ],
)
def test_a_voi_lut_is_signed_where_the_rescale_may_give_less_than_zero(
    signed, bits, slope, intercept, negative
):
    assert voi_input_is_signed(signed, bits, slope, intercept) is negative


def test_the_unit_of_a_modality_lut_is_its_type():
    made = item([2, 0, 8], words([0, 255])) | {"00283004": {"Value": ["OD"]}}

    assert modality_lut_type({MODALITY: {"Value": [made]}}) == "OD"
    assert modality_lut_type({}) == ""


def palette_of(changes: dict[str, object]) -> dict[str, object]:
    made: dict[str, object] = {}
    for channel in (1, 2, 3):
        made[f"0028110{channel}"] = {"vr": "US", "Value": [3, 0, 8]}
        made[f"0028120{channel}"] = inline(bytes([channel, 10 * channel, 200, 0]))
    return made | changes


def test_a_palette_has_three_tables():
    palette, problem = read_palette(palette_of({}), signed=False)

    assert problem == "" and palette is not None
    channels = (palette.red, palette.green, palette.blue)
    assert [list(table_values(c)) for c in channels] == [
        [1, 10, 200],
        [2, 20, 200],
        [3, 30, 200],
    ]
    assert {(c.first, c.bits) for c in channels} == {(0, 8)}


def test_segmented_palettes_of_16_and_8_bits_are_expanded():
    changes: dict[str, object] = {}
    for channel in (1, 2, 3):
        changes |= {
            f"0028110{channel}": {"vr": "US", "Value": [5, 0, 16]},
            f"0028120{channel}": {},
            f"0028122{channel}": words([0, 1, 0, 1, 4, 4000 * channel]),
        }
    dataset = {k: v for k, v in palette_of(changes).items() if v}
    palette, _ = read_palette(dataset, signed=False)
    assert palette is not None
    assert list(table_values(palette.green)) == [0, 2000, 4000, 6000, 8000]

    bytes_ = inline(bytes([0, 1, 0, 1, 4, 8]))
    eight = {f"0028122{c}": bytes_ for c in (1, 2, 3)} | {
        f"0028110{c}": {"Value": [5, 0, 8]} for c in (1, 2, 3)
    }
    palette, _ = read_palette(eight, signed=False)
    assert palette is not None
    assert list(table_values(palette.blue)) == [0, 2, 4, 6, 8]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"00281203": {"vr": "OW"}}, "no usable data"),
        ({"00281101": {"vr": "US"}}, "descriptor"),
        ({"00281202": inline(b"\1")}, "shorter"),
    ],
)
def test_a_palette_lacks_no_channel(changes, said):
    palette, problem = read_palette(palette_of(changes), signed=False)

    assert palette is None
    assert problem.startswith("The colour palette") and said in problem


def test_the_projection_is_all_that_is_read():
    made = item([2, 0, 8], words([0, 255]), "HARD") | {"00409999": {"Value": ["x"]}}
    dataset = palette_of({MODALITY: {"vr": "SQ", "Value": [made]}, VOI: {"Value": []}})
    kept = project_tables(dataset)

    assert read_palette(kept, False) == read_palette(dataset, False)
    assert read_modality_lut(kept, True) == read_modality_lut(dataset, True)
    assert "00409999" not in str(kept) and "vr" not in str(kept)


anything: st.SearchStrategy[object] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-70000, 70000)
    | st.floats()
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["Value", "InlineBinary", "BulkDataURI", "00283002", "00283006"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from([MODALITY, VOI, "00281101", "00281201", "00281221"]), anything
    ),
    st.booleans(),
)
def test_malformed_tables_never_raise(dataset, signed):
    read_modality_lut(dataset, signed)
    read_voi_luts(dataset, signed)
    read_palette(dataset, signed)
    project_tables(dataset)
