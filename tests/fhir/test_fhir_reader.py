"""Reading FHIR with tolerance (R17-R21), over real HTTP."""

from __future__ import annotations

import pytest

from smart_viewer.errors import GrantExpired, UpstreamUnavailable
from smart_viewer.fhir.reader import MAX_PAGES, FhirReader


def bundle(*resources: object, next_url: str | None = None) -> dict[str, object]:
    link = [{"relation": "self", "url": "x"}]
    link += [{"relation": "next", "url": next_url}] if next_url else []
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "link": link, "entry": entries}


def study(number: int) -> dict[str, object]:
    return {"resourceType": "ImagingStudy", "id": f"s{number}"}


def test_a_resource_is_read_with_the_token_and_the_extra_query(scripted):
    # R46: a query that this EHR wants on every request
    scripted.answers["Patient/p1"] = {"resourceType": "Patient", "id": "p1"}
    reader = scripted.reader(**{"ah-practice": "Organization/a-1.Practice-1"})
    assert reader.read("Patient", "p1")["id"] == "p1"
    assert scripted.asked == ["Patient/p1?ah-practice=Organization%2Fa-1.Practice-1"]
    assert scripted.tokens == ["Bearer token-1"]


@pytest.mark.parametrize(
    ("kind", "resource_id"),
    [
        ("Patient", ""),
        ("Patient", "../metadata"),
        ("Patient", "p1?x=1"),
        ("Patient", "x" * 65),
        ("Patient", "p1\n"),
        ("patient", "p1"),
        ("Patient/p1/..", "p1"),
    ],
)
def test_what_is_no_reference_is_not_asked(scripted, kind, resource_id):
    with pytest.raises(UpstreamUnavailable):
        scripted.reader().read(kind, resource_id)
    assert scripted.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        {"resourceType": "Patient", "id": "p2"},
        {"resourceType": "OperationOutcome", "id": "p1"},
        {"resourceType": "Patient"},
        {},
    ],
)
def test_another_resource_than_the_one_asked_for_is_refused(scripted, answer):
    scripted.answers["Patient/p1"] = answer
    with pytest.raises(UpstreamUnavailable, match="another resource"):
        scripted.reader().read("Patient", "p1")


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_refusal_carries_its_status_and_no_id(scripted, status):
    scripted.answers["Patient/secret-id"] = status
    with pytest.raises(UpstreamUnavailable) as refused:
        scripted.reader().read("Patient", "secret-id")
    assert refused.value.status == status
    assert "secret-id" not in str(refused.value)


def test_all_pages_are_read(scripted):
    # R20: one entry a page
    scripted.answers["ImagingStudy?patient=p1"] = bundle(
        study(1), next_url=f"{scripted.base}/ImagingStudy?page=2"
    )
    scripted.answers["ImagingStudy?page=2"] = bundle(study(2), next_url="?page=3")
    scripted.answers["ImagingStudy?page=3"] = bundle(study(3))
    entries, warnings = scripted.reader().search("ImagingStudy", {"patient": "p1"})
    assert [entry["id"] for entry in entries] == ["s1", "s2", "s3"]
    assert warnings == ()


def test_the_extra_query_is_on_every_page(scripted):
    scripted.answers["ImagingStudy?patient=p1&x=1"] = bundle(
        study(1), next_url="ImagingStudy?page=2"
    )
    scripted.answers["ImagingStudy?page=2&x=1"] = bundle(study(2))
    entries, _ = scripted.reader(x="1").search("ImagingStudy", {"patient": "p1"})
    assert len(entries) == 2


@pytest.mark.parametrize(
    "next_url",
    [
        "https://evil.example/fhir/ImagingStudy?page=2",
        "//evil.example/x",
        "http://localhost:1/fhir/ImagingStudy",
        "ftp://localhost/x",
    ],
)
def test_a_next_page_on_another_server_is_not_followed(scripted, next_url):
    # R18, R20: the token would go there
    scripted.answers["ImagingStudy"] = bundle(study(1), next_url=next_url)
    entries, warnings = scripted.reader().search("ImagingStudy", {"patient": "p1"})
    assert [entry["id"] for entry in entries] == ["s1"]
    assert warnings == ("a next page on another server was not followed",)
    assert len(scripted.asked) == 1


def test_pages_that_go_round_in_a_circle_end(scripted):
    scripted.answers["ImagingStudy"] = bundle(study(1), next_url="ImagingStudy?page=2")
    entries, warnings = scripted.reader().search("ImagingStudy", {"patient": "p1"})
    assert len(scripted.asked) == 2
    assert len(entries) == 1  # the same one came twice
    assert warnings == ("ImagingStudy: pages that lead in a circle",)


def test_endless_pages_end_with_a_warning(scripted, monkeypatch):
    pages = iter(range(1000))
    answers = scripted.answers

    class Endless(dict):
        def get(self, key, default=None):
            page = next(pages)
            return bundle(study(page), next_url=f"ImagingStudy?page={page}")

    scripted.answers = Endless(answers)
    entries, warnings = scripted.reader().search("ImagingStudy", {"patient": "p1"})
    assert len(scripted.asked) == len(entries) == MAX_PAGES
    assert warnings == ("ImagingStudy: more results than are read",)


def test_bad_entries_hide_no_good_one(scripted):
    # R19, R20
    page = bundle(study(1), {"resourceType": "OperationOutcome", "issue": []}, study(2))
    page["entry"] += [None, 7, {}, {"resource": None}, {"resource": {"id": "x"}}]
    scripted.answers["ImagingStudy"] = page
    entries, warnings = scripted.reader().search("ImagingStudy", {"patient": "p1"})
    assert [entry["id"] for entry in entries] == ["s1", "s2"]
    assert len(warnings) == 6
    assert any("OperationOutcome" in warning for warning in warnings)


@pytest.mark.parametrize(
    "answer",
    [
        {"resourceType": "OperationOutcome"},
        {"resourceType": "Bundle"},
        {"resourceType": "Bundle", "entry": None, "link": 7},
        {"resourceType": "Bundle", "entry": {}, "link": [None, {"relation": "next"}]},
    ],
)
def test_an_odd_bundle_is_an_empty_one(scripted, answer):
    scripted.answers["ImagingStudy"] = answer
    assert scripted.reader().search("ImagingStudy", {"patient": "p1"})[0] == ()


def test_values_are_escaped_in_the_query(scripted):
    scripted.answers["ImagingStudy"] = bundle()
    scripted.reader().search("ImagingStudy", {"identifier": "a&b=c d|*"})
    assert scripted.asked == ["ImagingStudy?identifier=a%26b%3Dc+d%7C%2A"]


def test_an_expired_grant_is_told_and_nothing_is_asked(scripted):
    def expired() -> str:
        raise GrantExpired("over")

    outbound = scripted.reader()._outbound
    with pytest.raises(GrantExpired):
        FhirReader(scripted.base, expired, outbound).read("Patient", "p1")
    assert scripted.asked == []
