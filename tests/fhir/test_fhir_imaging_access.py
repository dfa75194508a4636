"""SMART Imaging Access, the client's side (R17, R18). Oracle: Argonaut 0.1.0."""

from __future__ import annotations

import pytest
from ehr_walk import running_ehr
from fhir_cases import WIDE, Facts, asked, bundle, launched_context, steps, study

from smart_viewer.net.adapter import GuardedAdapter
from smart_viewer.sandbox.identity import CHEST_PATIENT, CHEST_PRIOR

WADO = "http://localhost:4444/dicomweb"
NOW, PRIOR = CHEST_PATIENT.study_instance_uid, CHEST_PRIOR.study_instance_uid
HERE = ("SMART Imaging Access by the EHR itself", "found")
APART = ("SMART Imaging Access by a server of its own", "found")
CANONICAL = (
    "http://fhir.org/argonaut/smart-imaging/StructureDefinition/requires-access-token"
)
DRAFT = "http://hl7.org/fhir/smart-app-launch/StructureDefinition/requires-access-token"
CAPABILITIES = [
    "smart-imaging-access",
    "http://fhir.org/argonaut/smart-imaging/capabilities/app-launch",
]
BY_ORDER = "ImagingStudy?patient=p1&basedon=ServiceRequest%2Fo1"
LIST = "ImagingStudy?patient=p1&_include=ImagingStudy%3Aendpoint"
CONFIGURATION = ".well-known/smart-configuration"


@pytest.fixture
def imaging(tmp_path):
    """The sandbox with a DICOMweb address that our profile lists."""
    hosts = ("http://localhost:4444",)
    how = {"scopes": WIDE, "allowed_hosts": hosts, "dicomweb_url": WADO}
    with running_ehr(tmp_path, **how) as ehr:
        yield ehr


@pytest.mark.parametrize("where", ["here", "associated"])
@pytest.mark.parametrize(
    ("variants", "needs_token"),
    [
        (("endpoint_separate",), True),
        (("endpoint_contained",), True),
        (("endpoint_contained", "endpoint_draft"), True),
        (("endpoint_separate", "endpoint_draft", "capability_url"), False),
        (("endpoint_contained", "capability_url"), False),
    ],
)
def test_endpoints_are_found_inside_and_beside_their_study(
    imaging, where, variants, needs_token
):
    # R17: capability discovery, contained and separate, both extension URLs
    imaging.faults.imaging_access = where
    imaging.faults.upstream = set(variants)
    context = launched_context(imaging)
    (endpoint,) = context.imaging_endpoints
    assert (endpoint.address, endpoint.requires_access_token) == (WADO, needs_token)
    assert set(endpoint.study_uids) == {NOW, PRIOR}
    assert context.study_uids == (NOW,)
    assert (HERE if where == "here" else APART) in steps(context)
    assert ("Endpoints of the studies: 1", "found") in steps(context)
    assert WADO not in repr(context)


def test_an_imaging_server_of_its_own_is_the_only_one_asked_for_studies(imaging):
    # R17: another FHIR base, same token
    imaging.faults.imaging_access = "associated"
    context = launched_context(imaging)
    assert context.study_uids == (NOW,)
    paths = [path for path in asked(imaging) if "ImagingStudy" in path]
    assert set(paths) == {"/imaging/fhir/ImagingStudy"}


def test_without_the_capability_no_endpoint_is_used(imaging):
    # R17
    context = launched_context(imaging)
    assert context.imaging_endpoints == ()
    assert not any("Endpoint" in text for text, _ in steps(context))


def test_an_endpoint_on_a_foreign_host_is_not_used_and_said(imaging):
    # R18
    imaging.faults.imaging_access = "here"
    imaging.faults.upstream = {"endpoint_foreign"}
    context = launched_context(imaging)
    assert context.imaging_endpoints == ()
    said = "Endpoints that are on a server that is not configured: 2"
    assert (said, "refused") in steps(context)
    assert context.study_uids == (NOW,)


def test_a_suspended_endpoint_is_not_used(tmp_path):
    # R17: the sandbox without a DICOMweb service has a suspended Endpoint
    with running_ehr(tmp_path, scopes=WIDE) as ehr:
        ehr.faults.imaging_access = "here"
        context = launched_context(ehr)
    assert context.imaging_endpoints == ()
    said = "Endpoints that are not active WADO-RS services: 2"
    assert (said, "refused") in steps(context)


@pytest.mark.parametrize("form", ["imaging_study", "encounter", "patient"])
@pytest.mark.parametrize("where", ["here", "associated"])
def test_every_way_of_resolution_works_with_imaging_access(imaging, form, where):
    # R15, R17
    imaging.faults.imaging_access = where
    context = launched_context(imaging, "order-1", form)
    uids = context.study_uids or tuple(
        hint.study_instance_uid for hint in context.prior_hints[:1]
    )
    assert uids == (NOW,)
    assert len(context.imaging_endpoints) == 1


def announced(**changes: object) -> dict[str, object]:
    return {"capabilities": CAPABILITIES, **changes}


def endpoint(url: str = CANONICAL, **changes: object) -> dict[str, object]:
    return {
        "resourceType": "Endpoint",
        "id": "e1",
        "status": "active",
        "connectionType": {"code": "dicom-wado-rs"},
        "extension": [{"url": url, "valueBoolean": True}],
        "address": "http://localhost:4444/x/",
        **changes,
    }


def with_endpoint(found: object) -> dict[str, object]:
    mine = study(1, endpoint=[{"reference": "Endpoint/e1"}])
    return {
        CONFIGURATION: announced(),
        BY_ORDER: bundle(mine),
        LIST: bundle(mine, found),
    }


@pytest.mark.parametrize("url", [CANONICAL, DRAFT])
def test_both_urls_of_the_extension_are_read(read, url):
    # R17
    context = read(
        extra={"allowed_hosts": ("http://localhost:4444",)},
        **with_endpoint(endpoint(url)),
    )
    (found,) = context.imaging_endpoints
    assert (found.address, found.requires_access_token) == (
        "http://localhost:4444/x",
        True,
    )
    assert found.study_uids == ("1.2.1",)


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "http://localhost:4445/x"},
        {"address": "https://localhost:4444/x"},
        {"address": "http://evil@localhost:4444/x"},
        {"address": "http://localhost:4444@evil.example/x"},
        {"address": "//localhost:4444/x"},
        {"address": "http://localhost:4444/x?token=1"},
        {"address": "http://localhost:4444/x y"},
        {"address": 7},
        {"address": None},
        {"status": "off"},
        {"status": None},
        {"connectionType": {"code": "dicom-qido-rs"}},
        {"connectionType": "dicom-wado-rs"},
        {"extension": []},
        {"extension": None},
        {"extension": [{"url": "urn:other", "valueBoolean": True}]},
        {"extension": [{"url": CANONICAL, "valueBoolean": "true"}]},
        {
            "extension": [
                {"url": CANONICAL, "valueBoolean": True},
                {"url": DRAFT, "valueBoolean": False},
            ]
        },
    ],
)
def test_an_endpoint_in_doubt_is_not_used_and_counted(read, changes):
    # R17, R18
    context = read(
        extra={"allowed_hosts": ("http://localhost:4444",)},
        **with_endpoint(endpoint(**changes)),
    )
    assert context.imaging_endpoints == ()
    assert any(
        text.startswith("Endpoints that") and outcome == "refused"
        for text, outcome in steps(context)
    )
    assert context.study_uids == ("1.2.1",)


@pytest.mark.parametrize(
    "configuration",
    [
        {"capabilities": CAPABILITIES[:1]},  # does not promise app launch
        {"capabilities": CAPABILITIES[1:]},
        {"capabilities": " ".join(CAPABILITIES)},
        {"associated_endpoints": [{"capabilities": CAPABILITIES}]},
        {"associated_endpoints": [{"url": 7, "capabilities": CAPABILITIES}]},
        {"associated_endpoints": "x"},
    ],
)
def test_half_an_announcement_is_none(read, configuration):
    # R17
    context = read(**{CONFIGURATION: configuration})
    assert not any("Imaging Access" in text for text, _ in steps(context))
    assert context.study_uids == ("1.2.1",)


@pytest.mark.parametrize(
    "url", ["https://evil.example/fhir", "//evil.example/fhir", "ftp://x/", "fhir"]
)
def test_an_imaging_server_that_is_not_configured_never_sees_the_token(
    read, scripted, url, monkeypatch
):
    # R18: the EHR itself is asked instead
    sent = record_requests(monkeypatch)
    there = [{"url": url, "capabilities": CAPABILITIES}]
    context = read(**{CONFIGURATION: {"associated_endpoints": there}})
    said = "SMART Imaging Access by a server of its own: not a configured server"
    assert (said, "refused") in steps(context)
    assert context.study_uids == ("1.2.1",)
    assert all(one.startswith(scripted.base) for one, _ in sent)


FOREIGN = "https://evil.example/fhir"


@pytest.mark.parametrize(
    "answers",
    [
        {
            "Patient/p1": {
                "resourceType": "Patient",
                "id": "p1",
                "link": [
                    {
                        "type": "replaced-by",
                        "other": {"reference": f"{FOREIGN}/Patient/p2"},
                    }
                ],
            }
        },
        {BY_ORDER: bundle(study(1)) | {"link": [{"relation": "next", "url": FOREIGN}]}},
        {
            "DiagnosticReport": bundle(
                {
                    "resourceType": "DiagnosticReport",
                    "id": "r1",
                    "subject": {"reference": "Patient/p1"},
                    "imagingStudy": [{"reference": f"{FOREIGN}/ImagingStudy/s1"}],
                    "presentedForm": [{"url": f"{FOREIGN}/report.pdf"}],
                }
            ),
            BY_ORDER: bundle(),
            "ImagingStudy?patient=p1": bundle(),
        },
        {BY_ORDER: bundle(study(1, endpoint=[{"reference": f"{FOREIGN}/Endpoint/1"}]))},
        with_endpoint(endpoint(address=FOREIGN)),
        {CONFIGURATION: announced(associated_endpoints=[{"url": FOREIGN}])},
    ],
)
def test_the_token_goes_to_no_foreign_host_whatever_the_resources_say(
    read, scripted, answers, monkeypatch
):
    # R18, asserted where requests leave the process
    sent = record_requests(monkeypatch)
    read(Facts(references=("ServiceRequest/o1",)), **answers)
    assert len(sent) > 3
    assert all(url.startswith(f"{scripted.base}/") for url, _ in sent)
    public = {url for url, token in sent if token is None}
    assert public <= {f"{scripted.base}/metadata", f"{scripted.base}/{CONFIGURATION}"}


def record_requests(monkeypatch) -> list[tuple[str, str | None]]:
    """(URL, Authorization) of every request that passes the net seam."""
    sent: list[tuple[str, str | None]] = []
    inner = GuardedAdapter.exchange

    def exchange(self, request, timeout_s, max_bytes):
        sent.append((str(request.url), request.headers.get("Authorization")))
        return inner(self, request, timeout_s, max_bytes)

    monkeypatch.setattr(GuardedAdapter, "exchange", exchange)
    return sent
