"""Vendor members of the token response, as configured (R14, R46)."""

from __future__ import annotations

import pytest
from ehr_walk import make_profile, running_ehr

from smart_viewer.launch.fhir_context import items_of_vendor_keys
from smart_viewer.launch.granted import Grant

MAP = {"acc": "accession", "orderId": "order", "__vendor.study": "study"}


@pytest.mark.parametrize(
    ("response", "pointer"),
    [
        ({"acc": "A1"}, (None, "A1", "ACSN")),
        ({"orderId": "o-1"}, ("ServiceRequest/o-1", None, None)),
        ({"__vendor.study": "1.2.840.1"}, (None, "1.2.840.1", None)),
        ({"__vendor.study": "urn:oid:1.2"}, (None, "urn:oid:1.2", None)),
        ({"__vendor.study": "study-7"}, ("ImagingStudy/study-7", None, None)),
    ],
)
def test_a_configured_member_points_to_what_it_holds(response, pointer):
    # R14
    (item,), warnings = items_of_vendor_keys(response, MAP)
    found = (item.reference, item.identifier_value, item.identifier_type)
    assert found == pointer
    assert warnings == ()


@pytest.mark.parametrize(
    "response",
    [
        {"acc": ""},
        {"acc": None},
        {"acc": 7},
        {"acc": ["A1"]},
        {"orderId": "../Patient/2"},
        {"orderId": "o1?x=1"},
        {"__vendor.study": "a b"},
    ],
)
def test_a_member_that_holds_nothing_usable_is_ignored_aloud(response):
    # R14
    items, warnings = items_of_vendor_keys(response, MAP)
    assert items == ()
    assert len(warnings) == 1


def test_a_member_that_is_not_configured_says_nothing():
    # R14
    assert items_of_vendor_keys({"accession": "A1"}, MAP) == ((), ())
    assert items_of_vendor_keys({"acc": "A1"}, {}) == ((), ())


@pytest.mark.requirement("R46")
def test_a_vendor_member_reaches_the_grant_through_a_whole_launch(tmp_path):
    # R14: after what fhirContext says; the grant survives the store
    with running_ehr(tmp_path, context_key_map=MAP) as ehr:
        ehr.faults.token_members = {"acc": "A1", "orderId": "order-1", "other": "x"}
        grant = ehr.launch("order-3").grant
    assert grant.references == ("ServiceRequest/order-3", "ServiceRequest/order-1")
    assert [item.identifier_value for item in grant.fhir_context] == [None, "A1", None]
    assert Grant.from_json(grant.to_json()) == grant


def test_the_url_of_the_callback_chooses_neither_patient_nor_client(ehr):
    # R14; launch.md 2.9, weakness 1
    query = ehr.authorize("order-1")
    strangers = {"patient": "patient-2", "client_id": "other", "encounter": "e9"}
    grant = ehr.finish({**query, **strangers, "fhirContext": "[]"}).grant
    assert (grant.patient, grant.encounter) == ("patient-1", "encounter-1")
    assert grant.references == ("ServiceRequest/order-1",)


def test_a_vendor_member_of_an_unknown_kind_stops_the_start():
    # R46
    with pytest.raises(ValueError, match="context_key_map"):
        make_profile("https://ehr.example/fhir", context_key_map={"x": "patient"})
