"""Upstream variants of the sandbox. Oracle: launch.md section 3, fhirclient, R4."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fhirclient.models.bundle import Bundle
from fhirclient.models.endpoint import Endpoint
from fhirclient.models.fhirabstractbase import FHIRValidationError
from fhirclient.models.imagingstudy import ImagingStudy
from sandbox_app import BASE, FHIR, Clock, Smart, ehr_config

from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.identity import CHEST_PATIENT

ALL = "launch patient/*.rs user/Practitioner.rs user/Endpoint.rs"
WADO = "http://localhost:4444/dicomweb"
UID = f"urn:oid:{CHEST_PATIENT.study_instance_uid}"
STUDIES = "ImagingStudy?patient=patient-1"
INCLUDING = f"{STUDIES}&_include=ImagingStudy:endpoint"


@pytest.fixture
def bad(smart):
    """Switches variants on, for an app that is launched."""
    smart.launched(scope=ALL)
    faults = smart.ehr.extensions["sandbox_faults"]

    def switch(*variants: str, imaging: str = "off"):
        faults.upstream = set(variants)
        faults.imaging_access = imaging
        return smart

    yield switch
    faults.clear()


@pytest.fixture(scope="module")
def imaging() -> Smart:
    """An EHR that knows where its images are."""
    clock = Clock()
    app = Smart(create_ehr(replace(ehr_config(clock), dicomweb_url=WADO)), clock)
    app.launched(scope=ALL)
    return app


def resources(answer, kind: str = "ImagingStudy") -> list[dict]:
    found = [entry and entry.get("resource") for entry in answer.json["entry"]]
    return [r for r in found if r and r.get("resourceType") == kind]


def types_of(smart: Smart) -> set[str]:
    rest = smart.get("metadata").json["rest"][0]
    return {resource["type"] for resource in rest["resource"]}


def test_without_imaging_study_it_is_404_and_not_in_the_statement(bad):
    # R16
    smart = bad("no_imaging_study")
    assert smart.get(STUDIES).status_code == 404
    assert "ImagingStudy" not in types_of(smart)
    assert smart.get("Patient/patient-1").status_code == 200


@pytest.mark.parametrize(
    ("variant", "status"),
    [
        ("imaging_study_forbidden", 403),
        ("unauthorized", 401),
        ("broken", 500),
        ("busy", 429),
    ],
)
def test_a_refusal_is_an_outcome_and_concerns_imaging_alone(bad, variant, status):
    smart = bad(variant)
    answer = smart.get(STUDIES)
    assert (answer.status_code, answer.json["resourceType"]) == (
        status,
        "OperationOutcome",
    )
    assert answer.headers.get("Retry-After") == ("1" if status == 429 else None)
    assert smart.get("ServiceRequest/order-1").status_code == 200


def test_a_slow_server_answers_the_second_time(bad):
    # R17
    smart = bad("slow")
    first, second, third = (smart.get(STUDIES) for _ in range(3))
    assert (first.status_code, first.headers["Retry-After"]) == (503, "1")
    assert (second.status_code, third.status_code) == (200, 503)


def test_a_page_of_html_has_status_200(bad):
    answer = bad("html").get(STUDIES)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")


def test_without_accession_numbers_nothing_is_typed_acsn(bad):
    smart = bad("no_accession")
    said = smart.get("ServiceRequest/order-1").text + smart.get(STUDIES).text
    assert "ACSN" not in said
    assert "PLAC" in said


def test_a_huge_bundle_has_ten_megabytes(bad):
    answer = bad("huge").get(STUDIES)
    assert len(answer.data) > 10_000_000
    assert answer.json["entry"][0]["resource"]["id"] == "imaging-1"


def test_a_loop_leads_back_to_the_page_itself(bad):
    answer = bad("loop").get(STUDIES)
    links = {link["relation"]: link["url"] for link in answer.json["link"]}
    assert links["next"] == f"{FHIR}/{STUDIES}"


def test_pages_of_one_entry_and_a_foreign_next(bad):
    # R20
    smart = bad("paged")
    assert len(smart.get(STUDIES).json["entry"]) == 1
    links = bad("paged", "paged_foreign").get(STUDIES).json["link"]
    assert links[-1]["url"].startswith("https://foreign.example/")


def test_dirty_data_has_three_good_studies_beside_eight_bad_entries(bad):
    # R19: a strict reader loses what a tolerant one must keep
    entries = bad("dirty").get(STUDIES).json["entry"]
    assert len(entries) == 11
    good, refused = [], 0
    for entry in entries:
        try:
            good.append(ImagingStudy(entry["resource"], strict=True).as_json())
        except (FHIRValidationError, TypeError, KeyError):
            refused += 1
    assert (len(good), refused) == (3, 8)
    with pytest.raises(FHIRValidationError):
        Bundle({"resourceType": "Bundle", "type": "searchset", "entry": entries[3:]})


@pytest.mark.parametrize("where", ["here", "associated"])
def test_imaging_access_is_announced_where_it_is(imaging, where):
    # R17
    faults = imaging.ehr.extensions["sandbox_faults"]
    faults.clear()
    faults.imaging_access = where
    told = imaging.get(".well-known/smart-configuration").json
    there = told.get("associated_endpoints", [{"url": FHIR, **told}])[0]
    assert there["url"] == (FHIR if where == "here" else f"{BASE}/imaging/fhir")
    assert "smart-imaging-access" in there["capabilities"]
    assert ("ImagingStudy" in types_of(imaging)) == (where == "here")
    clinical = imaging.get(STUDIES).status_code
    assert clinical == (200 if where == "here" else 404)


def at_imaging(smart: Smart, path: str, token: str | None = None):
    headers = {"Authorization": f"Bearer {smart.token if token is None else token}"}
    return smart.ehr.test_client().get(f"/imaging/fhir/{path}", headers=headers)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (STUDIES, 200),
        ("ImagingStudy/imaging-1", 200),
        ("Endpoint/archive", 200),
        ("ImagingStudy?patient=patient-2", 403),
        ("ImagingStudy/imaging-2", 403),
        ("Patient/patient-1", 404),
    ],
)
def test_the_imaging_base_has_imaging_alone_and_the_same_token(imaging, path, status):
    # R17: a patient other than the token's is 403
    faults = imaging.ehr.extensions["sandbox_faults"]
    faults.clear()
    assert at_imaging(imaging, path).status_code == 404
    faults.imaging_access = "associated"
    assert at_imaging(imaging, path).status_code == status
    assert at_imaging(imaging, path, "wrong").status_code == 401


@pytest.mark.parametrize("contained", [True, False])
@pytest.mark.parametrize("capability_url", [True, False])
def test_endpoints_say_whether_they_want_the_token(imaging, contained, capability_url):
    # R17: strict models read them, contained or beside
    faults = imaging.ehr.extensions["sandbox_faults"]
    faults.clear()
    faults.imaging_access = "here"
    faults.upstream = {"endpoint_contained" if contained else "endpoint_separate"}
    faults.upstream |= {"capability_url"} if capability_url else set()
    answer = imaging.get(INCLUDING)
    first = ImagingStudy(resources(answer)[0], strict=True)
    beside = resources(answer, "Endpoint")
    if contained:
        assert (first.endpoint[0].reference, beside) == ("#archive", [])
        found = first.contained[0]
    else:
        found = Endpoint(beside[0], strict=True)
    assert (found.status, found.address) == ("active", WADO)
    (extension,) = found.extension
    assert extension.url.endswith("/StructureDefinition/requires-access-token")
    assert extension.valueBoolean is not capability_url


def test_a_foreign_endpoint_is_elsewhere_and_a_draft_has_another_url(imaging):
    # R17, R18
    faults = imaging.ehr.extensions["sandbox_faults"]
    faults.clear()
    faults.imaging_access = "here"
    faults.upstream = {"endpoint_foreign", "endpoint_draft"}
    (found,) = resources(imaging.get(INCLUDING), "Endpoint")
    assert found["address"].startswith("https://images.foreign.example/")
    assert "smart-app-launch" in found["extension"][0]["url"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("DiagnosticReport?patient=patient-1", ["report-101"]),
        ("DiagnosticReport?based-on=ServiceRequest/order-101", ["report-101"]),
        ("DiagnosticReport?based-on=order-1", []),
        ("DiagnosticReport?status=final", ["report-101"]),
        ("DiagnosticReport?status=preliminary", []),
        ("DiagnosticReport?identifier=REPORT-101", ["report-101"]),
        ("ServiceRequest?encounter=Encounter/encounter-101", ["order-101"]),
        (
            "ServiceRequest?instantiates-canonical="
            "https://sandbox.example/ActivityDefinition/24627-2",
            ["order-1", "order-101"],
        ),
    ],
)
def test_reports_and_orders_are_found_by_what_links_them(bad, query, found):
    # R15
    answer = bad().get(query)
    entries = Bundle(answer.json, strict=True).entry or []
    assert [entry.resource.id for entry in entries] == found


def test_a_report_names_its_order_and_its_study(bad):
    body = bad().get("DiagnosticReport/report-101").json
    assert body["basedOn"] == [{"reference": "ServiceRequest/order-101"}]
    assert body["imagingStudy"] == [{"reference": "ImagingStudy/imaging-101"}]
    assert body["issued"].endswith("Z")


def test_a_merged_pair_is_one_compartment_unless_switched(smart):
    # R24
    smart.launched("order-7", scope=ALL)
    faults = smart.ehr.extensions["sandbox_faults"]
    assert smart.get("Patient/patient-17").json["link"] == [
        {"other": {"reference": "Patient/patient-7"}, "type": "replaced-by"}
    ]
    survivor = smart.get("Patient/patient-7").json
    assert survivor["link"][0]["type"] == "replaces"
    assert smart.get("Patient/patient-1").status_code == 403
    faults.upstream = {"merged_forbidden"}
    assert smart.get("Patient/patient-17").status_code == 403
    faults.clear()
