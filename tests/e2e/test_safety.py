"""What must hold when things go wrong around a reading (launch.md R25 to R38)."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import BrowserContext, expect
from screen import wait_shown
from sqlalchemy import func, select
from staged import posting_world
from world import Walk, World, running_world

from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.store.tables import grants, readings, transactions

HOUR = 3600.0


@pytest.fixture(scope="module")
def both(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two patients with images: here the EHR has the birth dates of the archive."""
    with running_world(tmp_path_factory.mktemp("both"), samples) as world:
        yield world


def two_orders(world: World) -> list[str]:
    """The current orders of two patients."""
    wanted = ("SBXA0001", "SBXA0002")
    by_number = {order.accession_number: order.id for order in world.people.orders}
    return [by_number[number] for number in wanted]


def boot_in(text: str) -> dict:
    return json.loads(re.search(r'id="boot">(.*?)</script>', text, re.DOTALL)[1])


def rows(world: World, table) -> int:
    with world.house.store.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.mark.requirement("R28")
def test_two_patients_interleaved_in_one_browser_stay_apart(both):
    walk = Walk()
    boots = [boot_in(walk.get(both.launch_url(o)).text) for o in two_orders(both)]
    mrns = [boot["plan"]["banner"]["mrn"] for boot in boots]
    assert len(set(mrns)) == 2
    for boot, mrn in zip(boots, mrns, strict=True):
        page = boot_in(walk.get(f"{both.app_url}{boot['base']}").text)
        shown = {one["study"]["patientId"] for one in page["plan"]["displaySets"]}
        assert shown == {mrn}
    for mine, other in (boots, boots[::-1]):
        path = f"{both.app_url}{mine['base']}/d/0/f/0"
        own = walk.get(path, headers={"X-Reading": mine["secret"]})
        crossed = walk.get(path, headers={"X-Reading": other["secret"]})
        assert (own.status_code, crossed.status_code) == (200, 404)


@pytest.mark.requirement("R28")
def test_two_tabs_of_two_patients_each_show_their_own(both, context: BrowserContext):
    tabs = []
    for order in two_orders(both):
        tab = context.new_page()
        tab.goto(both.launch_url(order))
        tabs.append(tab)
    for tab, mrn in zip(tabs, ("SBX-0001", "SBX-0002"), strict=True):
        wait_shown(tab)
        expect(tab.locator('[data-cell="0"]')).to_contain_text(mrn)
        tab.reload()
        wait_shown(tab)
        expect(tab.locator('[data-cell="0"]')).to_contain_text(mrn)


@pytest.mark.requirement("R30")
@pytest.mark.requirement("R37")
def test_a_whole_walk_leaves_nothing_in_browser_or_log(both, context, caplog):
    """R30 and R37: storage, title, script-readable cookies, the log at DEBUG."""
    caplog.set_level(logging.DEBUG)
    page = context.new_page()
    urls: list[str] = []
    page.on("request", lambda asked: urls.append(asked.url))
    page.goto(both.launch_url(two_orders(both)[0]))
    wait_shown(page)
    kept = page.evaluate(
        "() => JSON.stringify([{...localStorage}, {...sessionStorage},"
        " document.cookie, document.title, document.getElementById('boot')])"
    )
    assert json.loads(kept) == [{}, {}, "", "Smart Viewer", None]
    patients, studies = both.people.patients, both.people.studies
    names = [one for p in patients for one in (p.mrn, p.given[0])]
    names += [study.study_instance_uid for study in studies]
    callback = next(url for url in urls if "/callback" in url)
    secrets = re.findall(r"(?:code|state)=([^&]+)", callback)
    cookie = next(c["value"] for c in context.cookies() if c["name"] == "sv_browser")
    ours = [record for record in caplog.records if record.name != "asyncio"]
    said = "\n".join(record.getMessage() for record in ours)
    assert not [word for word in [*names, *secrets, cookie] if word in said]
    assert secrets


@pytest.mark.requirement("R38")
def test_the_trail_names_client_user_patient_and_study(both):
    Walk().get(both.launch_url(two_orders(both)[0]))
    opened = [json.loads(r.body) for r in both.house.store.trail.lines()]
    event = next(e for e in reversed(opened) if e["action"] == "R")
    text = json.dumps(event)
    assert "IHE.BasicAudit.PatientRead" in text
    for fact in ("smart-viewer", "Practitioner/", "Patient/", "2.25."):
        assert fact in text


def test_a_launch_that_fails_later_leaves_no_grant_and_is_audited(both, monkeypatch):
    log = both.ehr.extensions["sandbox_log"]
    before = (rows(both, grants), both.audited("refuse"), log.count("/oauth/revoke"))

    def fail(*row: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(both.house.store.readings, "create", fail)
    answer = Walk().get(both.launch_url(two_orders(both)[0]))
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    after = (rows(both, grants), both.audited("refuse"), log.count("/oauth/revoke"))
    assert after[:2] == (before[0], before[1] + 1)
    assert after[2] > before[2]


@pytest.mark.requirement("R38")
def test_without_a_trail_nothing_is_opened(both, monkeypatch):
    def fail(make_line: object) -> int:
        raise UpstreamUnavailable("The database does not answer.")

    monkeypatch.setattr(both.house.store.trail, "append", fail)
    searches = both.archive.searches
    answer = Walk().get(both.launch_url(two_orders(both)[0]))
    assert answer.status_code == 502
    assert both.archive.searches == searches


def test_without_a_trail_what_is_outside_is_still_refused(both, monkeypatch, caplog):
    def fail(make_line: object) -> int:
        raise UpstreamUnavailable("The database does not answer.")

    monkeypatch.setattr(both.house.store.trail, "append", fail)
    answer = requests.get(f"{both.app_url}/r/a-nobody", timeout=30)
    assert answer.status_code == 502
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("HEAD", ""),
        ("OPTIONS", ""),
        ("POST", ""),
        ("DELETE", ""),
        ("GET", "/"),
        ("PUT", "/end"),
        ("GET", "/end"),
        ("OPTIONS", "/d/0/f/0"),
        ("POST", "/d/0/f/0"),
        ("PROPFIND", "/d/0/f/0"),
    ],
)
@pytest.mark.requirement("R29")
def test_every_other_method_on_a_reading_is_refused(both, method, path):
    walk = Walk()
    boot = boot_in(walk.get(both.launch_url(two_orders(both)[0])).text)
    before = both.audited("outside")
    answer = requests.request(
        method,
        f"{both.app_url}{boot['base']}{path}",
        headers={"X-Reading": boot["secret"]},
        cookies=walk.cookies_of(both.app_url),
        timeout=30,
    )
    assert answer.status_code in {404, 405}
    assert answer.status_code == 405 or both.audited("outside") == before + 1


def test_an_ehr_that_is_not_configured_is_audited_too(both):
    before = both.audited("refuse")
    answer = requests.get(f"{both.app_url}/app/nosuch/callback", timeout=30)
    assert answer.status_code == 400
    assert both.audited("refuse") == before + 1


def test_the_host_header_makes_no_redirect(both):
    answer = requests.get(
        f"{both.app_url}/static//css/site.css",
        headers={"Host": "evil.example"},
        allow_redirects=False,
        timeout=30,
    )
    assert answer.status_code == 404
    assert "Location" not in answer.headers


@pytest.mark.requirement("R7")
def test_the_public_keys_can_be_registered(both):
    answer = requests.get(f"{both.app_url}/.well-known/jwks.json", timeout=30)
    assert answer.json() == {"keys": []}
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.requirement("R36")
def test_what_has_expired_is_wiped_while_the_server_runs(samples, tmp_path):
    now = [time.time()]
    folder = samples / "mismatch"
    with running_world(tmp_path, folder, clock=lambda: now[0]) as world:
        Walk().get(world.launch_url(world.order_ids()[0]))
        requests.get(f"{world.app_url}/launch?iss={world.ehr_url}/fhir", timeout=30)
        kept = (readings, grants, transactions)
        assert [rows(world, table) for table in kept] == [1, 1, 1]
        now[0] += 9 * HOUR
        requests.get(f"{world.app_url}/healthz", timeout=30)
        assert world.house.lanes.finish(30)
        assert [rows(world, table) for table in kept] == [0, 0, 0]


def test_a_page_that_asks_for_nothing_ends_with_its_reading(samples, context, tmp_path):
    short = {"reading_hours": 4 / HOUR}
    folder = samples / "mismatch"
    with running_world(tmp_path, folder, settings_changes=short) as world:
        page = context.new_page()
        page.goto(world.launch_url(world.order_ids()[0]))
        wait_shown(page)
        expect(page.locator("[data-state]")).to_have_attribute(
            "data-state", "ended", timeout=30_000
        )
        expect(page.locator("body")).not_to_contain_text("SBX-0002")


def test_only_the_last_reading_to_end_clears_the_browser(both):
    walk = Walk()
    boots = [boot_in(walk.get(both.launch_url(o)).text) for o in two_orders(both)]
    cleared = []
    for boot in boots:
        answer = requests.post(
            f"{both.app_url}{boot['base']}/end",
            headers={"X-Reading": boot["secret"]},
            cookies=walk.cookies_of(both.app_url),
            timeout=30,
        )
        cleared.append(answer.headers.get("Clear-Site-Data"))
    assert cleared == [None, '"cache", "storage"']


def test_an_archive_that_breaks_off_gives_no_half_image(both, monkeypatch):
    walk = Walk()
    boot = boot_in(walk.get(both.launch_url(two_orders(both)[0])).text)
    whole = both.archive.inner.frames

    def broken(ref, numbers):
        for frame in whole(ref, numbers):
            head = next(iter(frame.chunks))

            def cut(first=head):
                yield first[:1000]
                raise UpstreamUnavailable("The archive broke off.")

            yield type(frame)(frame.length, frame.transfer_syntax_uid, cut())

    monkeypatch.setattr(both.archive, "frames", broken)
    with pytest.raises(requests.exceptions.RequestException):
        walk.get(
            f"{both.app_url}{boot['base']}/d/0/f/0",
            headers={"X-Reading": boot["secret"]},
        )


@pytest.mark.requirement("R4")
def test_an_authorize_request_too_long_for_a_url_is_posted(samples, context, tmp_path):
    """R4: the page that posts it passes its own policy, and the launch goes on."""
    with posting_world(samples, tmp_path) as world:
        page = context.new_page()
        asked: list[tuple[str, str]] = []
        page.on("request", lambda r: asked.append((r.method, r.url.split("?")[0])))
        page.goto(world.launch_url(world.order_ids()[0]))
        wait_shown(page)
        assert ("POST", f"{world.ehr_url}/oauth/authorize") in asked
