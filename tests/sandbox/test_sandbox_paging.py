"""Paging: seven studies, two a page. Oracle: the list that they are made from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fhirclient.models.bundle import Bundle
from sandbox_app import FHIR, Clock, Smart, ehr_config

from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.people import StudyHeader, people_from_studies

UIDS = [f"2.999.7.{n}" for n in range(7)]


def a_study(uid: str, patient: str = "A") -> StudyHeader:
    return StudyHeader(
        patient, "A^B", "19700101", "F", uid, "", "20240101", "", ("MR",), ()
    )


@pytest.fixture(scope="module")
def paged() -> Smart:
    clock = Clock()
    people = people_from_studies([*map(a_study, UIDS), a_study("2.999.8.1", "B")])
    config = replace(ehr_config(clock), people=people)
    app = Smart(create_ehr(config), clock)
    app.launched(people.orders[0].id)
    return app


def links(body) -> dict[str, str]:
    return {link["relation"]: link["url"] for link in body["link"]}


def test_the_next_links_walk_through_every_entry_once(paged):
    # given the first page of two
    body = paged.get("ImagingStudy?_count=2").json
    assert body["total"] == 7
    seen, sizes = [], []
    # when every next link is followed
    while True:
        entries = Bundle(body, strict=True).entry
        sizes.append(len(entries))
        seen += [e.resource.identifier[0].value for e in entries]
        following = links(body).get("next")
        if following is None:
            break
        assert following.startswith(f"{FHIR}/ImagingStudy?_page=")
        assert "patient" not in following
        body = paged.get(following).json
    # then each of the seven came once, in order
    assert sizes == [2, 2, 2, 1]
    assert seen == [f"urn:oid:{uid}" for uid in UIDS]


def test_a_page_belongs_to_its_grant(paged):
    following = links(paged.get("ImagingStudy?_count=2").json)["next"]
    other = Smart(paged.ehr, paged.clock)
    order = paged.ehr.test_client().get("/").text.split("/launch/")[1].split("?")[0]
    other.launched(order)
    assert other.get(following).status_code == 404
    assert paged.get(following).status_code == 200


def test_a_page_expires(paged):
    following = links(paged.get("ImagingStudy?_count=2").json)["next"]
    paged.clock.now += 601
    assert paged.get(following).status_code == 404


def test_a_count_of_zero_asks_for_the_total(paged):
    body = paged.get("ImagingStudy?_count=0").json
    assert body["total"] == 7
    assert "entry" not in body
    assert "next" not in links(body)
