"""SMART Imaging Access, end to end (R17, R18): the EHR names the endpoint, we fetch."""

from __future__ import annotations

import json
import re

import pytest
from world import Walk, ehr_config, make_settings

from smart_viewer.app import create_app
from smart_viewer.sandbox.dicomweb import DicomwebConfig, create_archive
from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.serve import listen, start_server


@pytest.fixture
def imaging(samples, tmp_path):
    """`imaging(variants)`: (launch link, app URL, the WADO service's log, ehr)."""
    from contextlib import ExitStack
    from dataclasses import replace

    from smart_viewer.archive.indexing import index_folder

    empty = tmp_path / "no-images"
    empty.mkdir()
    index = tmp_path / "empty.index.sqlite"
    index_folder(empty, index, 1)
    with ExitStack() as stack:

        def start(*variants: str, config: DicomwebConfig | None = None):
            wado_door, ehr_door = listen("127.0.0.1"), listen("localhost")
            app_door = listen("127.0.0.1")
            wado = create_archive(samples / "mismatch", config)
            people = default_people()
            plain = ehr_config(ehr_door.url, app_door.url, people)
            ehr = create_ehr(replace(plain, dicomweb_url=f"{wado_door.url}/dicom-web"))
            faults = ehr.extensions["sandbox_faults"]
            faults.imaging_access = "here"
            faults.upstream |= set(variants)
            changes = {"allowed_hosts": (wado_door.url,)}
            settings = make_settings(
                tmp_path, ehr_door.url, app_door.url, index, changes
            )
            for app, door in (
                (wado, wado_door),
                (ehr, ehr_door),
                (create_app(settings), app_door),
            ):
                stack.enter_context(start_server(app, listener=door))
            order = next(
                o.id for o in people.orders if o.accession_number == "SBXA0002"
            )
            link = f"{ehr_door.url}/launch/{order}?display=tab"
            return link, app_door.url, wado.extensions["sandbox_dicomweb_log"]

        yield start


def plan_of(link: str) -> dict:
    text = Walk().get(link).text
    return json.loads(re.search(r'id="boot">(.*?)</script>', text, re.DOTALL)[1])[
        "plan"
    ]


@pytest.mark.parametrize("form", ["endpoint_contained", "endpoint_separate"])
def test_the_endpoint_that_the_ehr_names_is_asked_and_its_study_goes_through_the_gate(
    imaging, form
):
    link, _, log = imaging(form)
    plan = plan_of(link)
    assert log.count("metadata") > 0
    assert plan["notices"][0]["level"] == "blocked"  # the EHR has another birth date
    assert "birth date differs" in plan["notices"][0]["text"]
    assert log.count("frames") == 0


def test_a_capability_url_gets_no_token(imaging):
    link, _, log = imaging("endpoint_contained", "capability_url")
    plan_of(link)
    calls = log.calls("metadata")
    assert calls
    assert not any(call.has_authorization for call in calls)


def test_a_guarded_endpoint_gets_the_launchs_token(imaging):
    link, _, log = imaging("endpoint_contained")
    plan_of(link)
    calls = log.calls("metadata")
    assert calls
    assert all(call.has_authorization for call in calls)


def test_an_endpoint_on_a_foreign_host_is_never_asked(imaging):
    link, _, log = imaging("endpoint_contained", "endpoint_foreign")
    plan = plan_of(link)
    assert sum(log.count(kind) for kind in ("qido", "metadata", "frames", "study")) == 0
    assert any(step["outcome"] == "refused" for step in plan["trace"])
