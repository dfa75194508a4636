"""Forms of the launch context. Oracle: SMART 2.2, fhirContext (R14)."""

from __future__ import annotations

from typing import get_args

import pytest
from sandbox_app import query_of

from smart_viewer.sandbox.identity import CHEST_PATIENT
from smart_viewer.sandbox.launchforms import ContextForm

NAMED = [{"reference": "ServiceRequest/order-1"}]


def told(smart, form: str, order: str = "order-1"):
    launch = f"{order}?context={form}"
    answer = smart.ehr.test_client().get(f"/launch/{launch}&app={smart.client_id}")
    code = query_of(smart.authorize(launch=query_of(answer)["launch"]))["code"]
    return smart.exchange(code).json


@pytest.mark.parametrize(
    ("form", "items"),
    [
        ("order", NAMED),
        ("imaging_study", [{"reference": "ImagingStudy/imaging-1"}]),
        ("diagnostic_report", None),  # none is written yet
        ("patient", None),
        ("encounter", None),
    ],
)
def test_a_form_names_the_order_in_its_way(smart, form, items):
    response = told(smart, form)
    assert response.get("fhirContext") == items
    assert response["patient"] == "patient-1"
    assert response.get("encounter") == (None if form == "patient" else "encounter-1")


def test_a_report_is_named_where_there_is_one(smart):
    response = told(smart, "diagnostic_report", "order-101")
    assert response["fhirContext"] == [{"reference": "DiagnosticReport/report-101"}]


def test_identifiers_and_canonicals_carry_their_type(smart):
    (by_number,) = told(smart, "order_identifier")["fhirContext"]
    assert by_number["identifier"]["value"] == CHEST_PATIENT.accession_number
    (by_uid,) = told(smart, "imaging_study_identifier")["fhirContext"]
    uid = f"urn:oid:{CHEST_PATIENT.study_instance_uid}"
    assert by_uid["identifier"] == {"system": "urn:dicom:uid", "value": uid}
    (canonical,) = told(smart, "order_canonical")["fhirContext"]
    types = [item["type"] for item in (by_number, by_uid, canonical)]
    assert types == ["ServiceRequest", "ImagingStudy", "ServiceRequest"]


def test_repeats_foreign_references_and_roles_stand_beside_the_order(smart):
    # a Patient only with a role other than launch
    repeats = told(smart, "repeats")["fhirContext"]
    assert repeats[0] == repeats[-1] == NAMED[0]
    foreign, order = told(smart, "foreign_reference")["fhirContext"]
    assert foreign["reference"].startswith("https://foreign.example/")
    relative, again = told(smart, "patient_role")["fhirContext"]
    assert relative["role"].startswith("https://")
    assert [order, again] == NAMED * 2


@pytest.mark.parametrize("form", get_args(ContextForm))
def test_every_form_can_be_launched(smart, form):
    assert told(smart, form)["access_token"]


def test_an_unknown_form_is_not_launched(smart):
    answer = smart.ehr.test_client().get("/launch/order-1?context=telepathy")
    assert answer.status_code == 404


def test_members_of_the_token_response_can_be_laid_over(smart):
    faults = smart.ehr.extensions["sandbox_faults"]
    faults.token_members = {"accession": "A1", "expires_in": None}
    response = told(smart, "order")
    assert response["accession"] == "A1"
    assert "expires_in" not in response
    faults.clear()
