"""What operators see: health, readiness, metrics, logs. Nothing of a patient in any."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from production_site import Page, Site
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select

from smart_viewer.store import open_store
from smart_viewer.store.tables import grants

FRAME = "/r/<reading_id>/d/<int:index>/f/<int:frame>"
OAUTH = {"code", "state", "nonce", "code_challenge", "launch"}
FRAMES = 3


@pytest.fixture(scope="module")
def pages(site: Site) -> list[Page]:
    """Readings of three patients, one opened by each replica, and refusals."""
    opened = [site.opened_at("a"), site.opened_at("b", order=1), site.opened(order=3)]
    for page in opened:
        for index in range(FRAMES):
            page.get(f"/d/0/f/{index}")
        page.get("/d/99/f/0")
        page.get("/d/0/f/0/picture?width=64&height=64")
        callback = next(url for url in page.walk.seen if "/callback" in url)
        page.walk.get(callback)
        for url in (page.url, callback):  # which nginx itself refuses, and logs
            page.walk.session.post(url, data=b"x" * 70_000, timeout=30)
    for replica in site.replicas.values():
        requests.get(f"{replica.url}/launch?iss=https://evil.example", timeout=30)
        requests.request("BREW", f"{replica.url}/r/{opened[0].reading_id}", timeout=30)
        requests.get(f"{replica.url}/launch?launch={'x' * 20_000}", timeout=30)
    return opened


@pytest.fixture(scope="module")
def private(site: Site, pages: list[Page]) -> dict[str, str]:
    """Everything that must stand in no log and in no number, by what it is."""
    found = {"key": site.environment["SMART_VIEWER_KEY"]}
    for number, page in enumerate(pages):
        asked = [dict(parse_qsl(urlsplit(url).query)) for url in page.walk.seen]
        words = {
            "reading": page.reading_id,
            "secret": page.boot["secret"],
            **{name: one[name] for one in asked for name in OAUTH & set(one)},
            **page.walk.cookies_of(site.url),
        }
        found |= {f"{name} of page {number}": word for name, word in words.items()}
    for patient in site.people.patients:
        words = {
            "mrn": patient.mrn,
            "family name": patient.family,
            "birth date": patient.birth_date,
            "birth date in DICOM": patient.birth_date.replace("-", ""),
            "FHIR id": f"/{patient.id}",
        }
        found |= {f"{name} of {patient.id}": word for name, word in words.items()}
    for number, study in enumerate(site.people.studies):
        found[f"study {number}"] = study.study_instance_uid
        found[f"accession {number}"] = study.accession_number
    found |= tokens(site)
    return {name: word for name, word in found.items() if word}


def tokens(site: Site) -> dict[str, str]:
    """Every token that the site holds, and the ids under which it does."""
    key = bytes.fromhex(site.environment["SMART_VIEWER_KEY"])
    store = open_store(site.environment["SMART_VIEWER_DATABASE_URL"], key)
    found: dict[str, str] = {}
    with store.database.reading() as connection:
        ids = connection.execute(select(grants.c.grant_id)).scalars().all()
    for number, grant_id in enumerate(ids):
        grant = json.loads(store.grants.read(grant_id) or b"{}")
        found[f"grant {number}"] = grant_id
        for name in ("access_token", "refresh_token"):
            found[f"{name} {number}"] = grant.get(name) or ""
    store.close()
    assert found
    return found


def samples(site: Site, tag: str, name: str) -> dict[tuple[str, ...], float]:
    """The samples of that name by the values of their labels."""
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(site.replicas[tag].metrics())
        for sample in family.samples
        if sample.name == name
    }


def test_the_privates_are_worth_looking_for(private):
    kinds = {name.split(" ")[0] for name in private}
    assert {"code", "state", "nonce", "sv_browser", "mrn", "access_token"} <= kinds
    assert all(len(word) >= 2 for word in private.values())


@pytest.mark.requirement("R30")
@pytest.mark.parametrize("tag", ["a", "b"])
def test_no_log_at_debug_holds_anything_private(site, pages, private, tag):
    text = site.replicas[tag].log.read_text("utf-8")
    assert [name for name, word in private.items() if word in text] == []


def test_the_proxys_logs_hold_nothing_private_either(site, pages, private):
    texts = [
        (site.nginx_log.parent / name).read_text("utf-8")
        for name in ("nginx.log", "nginx.err")
    ]
    assert texts[0]
    assert [n for n, word in private.items() if any(word in t for t in texts)] == []


@pytest.mark.requirement("R30")
@pytest.mark.parametrize("tag", ["a", "b"])
def test_no_number_holds_anything_private(site, pages, private, tag):
    text = site.replicas[tag].metrics()
    assert [name for name, word in private.items() if word in text] == []


def test_every_line_of_the_log_is_json_with_time_level_and_request(site, pages):
    lines = site.replicas["a"].lines()
    assert all(
        {"time", "level", "logger", "request", "message"} <= set(one) for one in lines
    )
    assert {"INFO", "WARNING"} <= {one["level"] for one in lines}


def test_an_answers_correlation_id_finds_its_line(site, pages):
    answer = pages[0].frame_at(site.replicas["a"])
    name = answer.headers["X-Correlation-Id"]
    (line,) = [
        one
        for one in site.replicas["a"].lines()
        if one["request"] == name and one["message"] == "answered"
    ]
    assert (line["method"], line["route"], line["status"]) == ("GET", FRAME, 200)
    assert line["ms"] >= 0


def test_requests_are_counted_by_route_and_archives_by_name(site, pages):
    counted = sum(
        samples(site, tag, "smart_viewer_requests_total").get(("GET", FRAME, "200"), 0)
        for tag in "ab"
    )
    shown = [page for page in pages if page.boot["plan"]["displaySets"]]
    assert counted >= len(shown) * FRAMES >= 2 * FRAMES
    asked = samples(site, "a", "smart_viewer_archive_seconds_count")
    assert asked["images", "frame", "answered"] >= FRAMES
    assert asked["images", "search", "answered"] >= 1
    took = samples(site, "a", "smart_viewer_request_seconds_count")
    assert took[(FRAME,)] >= FRAMES


def test_labels_cannot_be_made_by_a_client(site, pages):
    requests.get(f"{site.replicas['a'].url}/made/up/by/me", timeout=30)
    counted = samples(site, "a", "smart_viewer_requests_total")
    methods, routes, _ = ({labels[at] for labels in counted} for at in range(3))
    assert "BREW" not in methods
    assert "(none)" in routes
    assert all(route == "(none)" or "made" not in route for route in routes)


@pytest.mark.parametrize("tag", ["a", "b"])
def test_a_replica_says_that_it_lives_and_is_ready(site, tag):
    url = site.replicas[tag].url
    assert requests.get(f"{url}/healthz", timeout=30).json() == {"status": "live"}
    ready = requests.get(f"{url}/readyz", timeout=30)
    checks = dict.fromkeys(("store", "trail", "archives", "serving"), "ok")
    assert ready.json() == {"status": "ready", "checks": checks}


def test_metrics_are_not_where_readings_are(site):
    for replica in site.replicas.values():
        assert requests.get(f"{replica.url}/metrics", timeout=30).status_code == 404
