"""Values that metadata only point to. Oracle: what the test says is behind a URI."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.archive import dicomweb_bulk
from smart_viewer.archive.dicomweb_bulk import bulk_uri, fill_bulk
from smart_viewer.dicom.json_values import binary, values
from smart_viewer.errors import UpstreamUnavailable

PALETTE = {"00280004": {"Value": ["PALETTE COLOR"]}, "00280002": {"Value": [1]}}


def pointer(uri: str) -> dict[str, object]:
    return {"vr": "OW", "BulkDataURI": uri}


class Asked:
    """Answers with the URI itself, in bytes; keeps what it was asked."""

    def __init__(self, missing: str = "") -> None:
        self.uris: list[str] = []
        self._missing = missing

    def __call__(self, uri: str) -> bytes:
        self.uris.append(uri)
        if uri == self._missing:
            raise UpstreamUnavailable("The archive is busy.")
        return uri.encode()


def test_tables_are_fetched_where_the_image_uses_them():
    voi = {"00283010": {"Value": [{"00283006": pointer("voi")}]}}
    dataset: dict[str, object] = {
        **PALETTE,
        "00281201": pointer("red"),
        "00281221": pointer("red in segments"),
        "00282000": pointer("a profile that grey images do not use"),
        "00283000": {"Value": [{"00283006": pointer("modality")}]},
        **voi,
        "52009230": {"Value": [{"00289132": {"Value": [{**voi}]}}]},
        "7FE00010": pointer("pixels"),
        "60003000": pointer("overlay"),
    }
    asked = Asked()

    fill_bulk([dataset], asked)

    assert sorted(asked.uris) == ["modality", "red", "red in segments", "voi"]
    assert binary(dataset, "00281201") == b"red"
    (table,) = values(dataset, "00283000")
    assert isinstance(table, dict) and binary(table, "00283006") == b"modality"
    assert bulk_uri(dataset, "00281201") == ""
    assert bulk_uri(dataset, "60003000") == "overlay"


def test_profiles_of_colour_images_are_fetched_also_of_optical_paths():
    path = {"00282000": pointer("path")}
    dataset = {
        "00280002": {"Value": [3]},
        "00281201": pointer("a palette that is not used"),
        "00282000": pointer("image"),
        "00480105": {"Value": [path]},
    }

    fill_bulk([dataset], Asked())

    assert binary(dataset, "00282000") == b"image"
    assert binary(path, "00282000") == b"path"
    assert binary(dataset, "00281201") is None


def test_each_address_is_asked_once():
    instances = [PALETTE | {"00281201": pointer("same")} for _ in range(5)]
    asked = Asked()

    fill_bulk(instances, asked)

    assert asked.uris == ["same"]
    assert [binary(one, "00281201") for one in instances] == [b"same"] * 5


def test_what_cannot_be_had_stays_a_pointer_and_hides_nothing():
    dataset = PALETTE | {"00281201": pointer("gone"), "00281202": pointer("green")}

    fill_bulk([dataset], Asked(missing="gone"))

    assert bulk_uri(dataset, "00281201") == "gone"
    assert binary(dataset, "00281202") == b"green"


def test_an_absurd_number_of_values_is_cut_short(monkeypatch):
    monkeypatch.setattr(dicomweb_bulk, "MAX_VALUES", 3)
    instances = [PALETTE | {"00281201": pointer(str(i))} for i in range(9)]
    asked = Asked()

    fill_bulk(instances, asked)

    assert len(asked.uris) == 3
    assert bulk_uri(instances[8], "00281201") == "8"


def test_private_b_values_are_fetched_where_there_is_no_standard_one():
    siemens = {"00190010": {"Value": ["SIEMENS MR HEADER"]}}
    given = {"00080060": {"Value": ["MR"]}, **siemens}
    diffusion: dict[str, object] = {**given, "0019100C": pointer("1000")}
    standard: dict[str, object] = {
        **given,
        "0019100C": pointer("900"),
        "00189087": {"Value": [1000]},
    }
    asked = Asked()

    fill_bulk([diffusion, standard], asked)

    assert asked.uris == ["1000"]
    assert values(diffusion, "0019100C") == ["1000"]


def test_private_texts_of_pet_and_headers_of_mosaics_are_fetched():
    pet: dict[str, object] = {
        "00080060": {"Value": ["PT"]},
        "70530010": {"Value": ["Philips PET Private Group"]},
        "70531000": pointer("0.0005 "),
        "00090011": {"Value": ["GEMS_PETD_01"]},
        "0009110D": pointer("20240203101500.00"),
        "00090010": {"Value": ["OTHER"]},
        "0009100D": pointer("another vendor's"),
    }
    mosaic: dict[str, object] = {
        "00080008": {"Value": ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]},
        "00290010": {"Value": ["SIEMENS CSA HEADER"]},
        "00291010": pointer("SV10"),
        "00291020": pointer("series header"),
    }
    asked = Asked()

    fill_bulk([pet, mosaic, {**mosaic, "00080008": {"Value": ["M"]}}], asked)

    assert len(asked.uris) == 3
    assert values(pet, "70531000") == ["0.0005"]
    assert values(pet, "0009110D") == ["20240203101500.00"]
    assert binary(mosaic, "00291010") == b"SV10"
    assert base64.b64decode(mosaic["00291010"]["InlineBinary"]) == b"SV10"  # type: ignore[index]  # just written


anything: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Value", "BulkDataURI", "InlineBinary", "00283006"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from(
            "00280004 00280002 00281201 00282000 00283000 00283010 00480105 52009230 "
            "00080060 00080008 70530010 70531000".split()
        ),
        anything,
    )
)
def test_malformed_metadata_never_raise(dataset):
    fill_bulk([dataset], Asked())


@pytest.mark.parametrize("attribute", [None, [], "x", {"BulkDataURI": 5}])
def test_what_is_no_pointer_is_none(attribute):
    assert bulk_uri({"60003000": attribute}, "60003000") == ""
