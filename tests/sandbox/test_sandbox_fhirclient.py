"""The sandbox as another implementation sees it: fhirclient's own client, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from fhirclient.client import FHIRClient
from fhirclient.models.imagingstudy import ImagingStudy
from fhirclient.server import FHIRPermissionDeniedException
from sandbox_app import CALLBACK, SECRET, Clock, ehr_config

from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.identity import CHEST_PATIENT, CHEST_PRIOR
from smart_viewer.sandbox.serve import listen, start_server

SCOPE = "openid fhirUser online_access patient/*.read user/Practitioner.read"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    door = listen()
    with start_server(create_ehr(ehr_config(Clock(), door.url)), listener=door):
        yield door.url


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def a_client(base_url: str, **more: str) -> FHIRClient:
    settings = {
        "app_id": "public",
        "api_base": f"{base_url}/fhir",
        "redirect_uri": CALLBACK,
        "scope": SCOPE,
        **more,
    }
    client = FHIRClient(settings=settings)
    client.server.session.trust_env = False
    return client


def studies_of(client: FHIRClient, patient_id: str | None = None) -> list[ImagingStudy]:
    search = ImagingStudy.where({"patient": patient_id or client.patient_id})
    return list(search.perform_resources_iter(client.server))


def step(browser: requests.Session, url: str) -> str:
    """Where one redirect leads."""
    answer = browser.get(url, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def launch_of(browser: requests.Session, base_url: str, app: str) -> str:
    location = step(browser, f"{base_url}/launch/order-1?app={app}")
    query = parse_qs(urlsplit(location).query)
    assert query["iss"] == [f"{base_url}/fhir"]
    return query["launch"][0]


@pytest.mark.parametrize(
    ("app", "credentials"),
    [("public", {}), ("secretive", {"app_secret": SECRET})],
)
def test_fhirclient_completes_an_ehr_launch(base_url, browser, app, credentials):
    # given a click on Launch in the EHR
    value = launch_of(browser, base_url, app)
    client = a_client(base_url, app_id=app, launch_token=value, **credentials)
    assert client.prepare() is False

    # when the browser follows the authorize request and the app takes the code
    client.handle_callback(step(browser, client.authorize_url))

    # then the app knows patient and order, and reads both
    assert client.patient_id == "patient-1"
    assert client.launch_context["fhirContext"] == [
        {"reference": "ServiceRequest/order-1"}
    ]
    assert client.patient.birthDate.isostring == "1958-04-12"
    assert [study.identifier[0].value for study in studies_of(client)] == [
        f"urn:oid:{CHEST_PATIENT.study_instance_uid}",
        f"urn:oid:{CHEST_PRIOR.study_instance_uid}",
    ]
    client.server.session.close()


def test_fhirclient_completes_a_standalone_launch(base_url, browser):
    # given an app without a launch value: the EHR shows its picker
    client = a_client(base_url)
    client.prepare()
    page = browser.get(client.authorize_url, timeout=10)
    action = re.search(r'<form method="post" action="([^"]+)"', page.text)
    transaction = re.search(r'name="transaction" value="([^"]+)"', page.text)
    assert action and transaction

    # when the user picks the second patient
    answer = browser.post(
        base_url + action[1],
        data={"transaction": transaction[1], "patient": "patient-2"},
        allow_redirects=False,
        timeout=10,
    )
    client.handle_callback(answer.headers["Location"])

    # then the app has that patient and nobody else
    assert client.patient.id == "patient-2"
    with pytest.raises(FHIRPermissionDeniedException):
        studies_of(client, "patient-1")
    client.server.session.close()


def test_fhirclient_refreshes_its_token(base_url, browser):
    # given a launched app with online_access
    value = launch_of(browser, base_url, "public")
    client = a_client(base_url, launch_token=value)
    client.prepare()
    client.handle_callback(step(browser, client.authorize_url))
    old = client.server.auth.refresh_token

    # when it refreshes
    assert client.reauthorize()

    # then the refresh token is a new one, and the new access token reads
    assert client.server.auth.refresh_token != old
    assert client.patient.id == "patient-1"
    client.server.session.close()
