"""Two replicas on PostgreSQL: what one opened the other serves, whatever happens."""

from __future__ import annotations

import json
import re
import sqlite3
import time

import pytest
import requests
from production_site import Page, Site

from smart_viewer.store import open_store

WRITTEN_S = 30.0


@pytest.fixture(autouse=True)
def both_run(site: Site):
    """Whoever was ended by a test runs again for the next one."""
    yield
    for replica in site.replicas.values():
        if replica.process is None or replica.process.poll() is not None:
            replica.start()


def upstreams(site: Site, answer: requests.Response) -> list[str]:
    """Which replicas nginx asked for this answer, in order."""
    name = answer.headers["X-Correlation-Id"]
    deadline = time.monotonic() + WRITTEN_S
    while time.monotonic() < deadline:
        for line in site.nginx_log.read_text("utf-8").splitlines():
            if line.endswith(name):
                return re.findall(r"127\.0\.0\.1:\d+", line)
    raise AssertionError("nginx has no line of this answer")


def address(site: Site, tag: str) -> str:
    return f"127.0.0.1:{site.replicas[tag].port}"


@pytest.mark.parametrize("tag", ["a", "b"])
def test_a_reading_is_sent_to_the_replica_whose_tag_it_has(site, tag):
    page = site.opened_at(tag)
    for _ in range(4):
        assert upstreams(site, page.frame()) == [address(site, tag)]


@pytest.mark.parametrize(("tag", "other"), [("a", "b"), ("b", "a")])
def test_what_one_opened_the_other_reads_cold(site, tag, other):
    page = site.opened_at(tag)
    assert page.frame_at(site.replicas[other]).content == page.frame().content


@pytest.mark.parametrize(("tag", "other"), [("a", "b"), ("b", "a")])
def test_when_one_is_killed_its_readings_go_on_at_the_other(site, tag, other):
    page, untouched = site.opened_at(tag), site.opened_at(other)
    before = page.frame().content

    site.replicas[tag].kill()

    after = page.frame()
    assert after.content == before
    assert upstreams(site, after)[-1] == address(site, other)
    assert page.walk.get(page.url).status_code == 200  # a reload, with a new secret
    assert untouched.frame().content == before
    assert site.opened().tag == other  # and launches go on too
    assert page.get("/events?after=-1").status_code == 200


def test_readings_survive_the_end_of_both(site):
    page = site.opened()
    before = page.frame().content
    for replica in site.replicas.values():
        replica.kill()
    nobody = page.frame()
    assert nobody.status_code == 503
    assert nobody.json()["code"] == "no_replica"
    assert nobody.headers["Retry-After"] == "5"

    for replica in site.replicas.values():
        replica.start()

    assert page.frame().content == before


@pytest.mark.requirement("R29")
def test_a_reading_is_nobody_elses_at_either_replica(site):
    mine, theirs = site.opened_at("a"), site.opened_at("b", order=1)
    theirs_with_my_cookie = Page(
        site, mine.walk, theirs.url, theirs.boot, theirs.answer
    )
    crossed = Page(
        site,
        mine.walk,
        mine.url,
        {**mine.boot, "secret": theirs.boot["secret"]},
        mine.answer,
    )
    for replica in site.replicas.values():
        assert mine.frame_at(replica).status_code == 200
        assert theirs_with_my_cookie.frame_at(replica).status_code == 404
        assert crossed.frame_at(replica).status_code == 404


@pytest.mark.requirement("R36")
def test_what_was_ended_at_one_is_gone_at_the_other(site):
    page = site.opened_at("a")
    assert page.frame_at(site.replicas["b"]).ok  # it has the plan at hand, too
    ended = page.walk.session.post(
        f"{page.url}/end",
        headers={"X-Reading": page.boot["secret"]},
        cookies=page.walk.cookies_of(site.url),
        timeout=30,
    )
    assert ended.status_code == 204
    for replica in site.replicas.values():
        assert page.frame_at(replica).status_code == 404


def test_the_trail_of_both_is_one_and_whole(site):
    for tag in "ab":
        site.opened_at(tag)
    key = bytes.fromhex(site.environment["SMART_VIEWER_KEY"])
    store = open_store(site.environment["SMART_VIEWER_DATABASE_URL"], key)
    try:
        rows = list(store.trail.lines())
    finally:
        store.close()
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    assert all(json.loads(row.body or "")["resourceType"] for row in rows)


def test_the_state_is_in_postgresql_alone(site):
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(
            f"file:{site.environment['SMART_VIEWER_STATE']}/smart-viewer.sqlite?mode=ro",
            uri=True,
        ).execute("SELECT 1")


def test_an_unknown_tag_is_served_by_whoever_there_is(site):
    page = site.opened()
    answer = requests.get(
        f"{site.url}/r/z-{page.reading_id[2:]}",
        verify=str(site.authority),
        timeout=30,
    )
    assert answer.status_code == 404
    assert upstreams(site, answer)[0] in {address(site, "a"), address(site, "b")}
