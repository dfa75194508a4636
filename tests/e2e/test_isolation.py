"""What a reading keeps to itself, over HTTP (launch.md R25, R28 to R31, R33)."""

from __future__ import annotations

import json
import re

import pytest
import requests
from world import Walk, World, completed

from smart_viewer.app import open_trail


def opened(world: World, order_id: str) -> tuple[Walk, str, dict]:
    """Launch an order; the browser, the reading's URL and its boot JSON."""
    walk = Walk()
    answer = walk.get(world.launch_url(order_id))
    assert answer.status_code == 200, answer.text
    boot = re.search(r'id="boot">(.*?)</script>', answer.text, re.DOTALL)
    assert boot is not None
    url = walk.seen[-1]
    return walk, url, completed(walk, world.app_url, json.loads(boot.group(1)))


def frame(world: World, walk: Walk, boot: dict, path: str, secret: str | None = None):
    headers = {"X-Reading": boot["secret"] if secret is None else secret}
    return walk.get(f"{world.app_url}{boot['base']}{path}", headers=headers)


@pytest.fixture(scope="module")
def order(world: World) -> str:
    return world.order_ids()[0]


def test_a_launch_ends_in_a_page_that_carries_the_plan(world, order):
    _, url, boot = opened(world, order)
    assert url.startswith(f"{world.app_url}/r/a-")
    assert len(boot["plan"]["displaySets"]) == 3
    assert boot["plan"]["hanging"]["protocol"] == "ct.chest"
    assert boot["plan"]["notices"] == []


@pytest.mark.requirement("R33")
def test_the_frame_is_the_stored_bytes(world, order, samples):
    walk, _, boot = opened(world, order)
    answer = frame(world, walk, boot, "/d/0/f/0")
    assert answer.status_code == 200
    assert len(answer.content) == 512 * 512 * 2
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/d/3/f/0",
        "/d/0/f/160",
        "/d/99999999999999999999/f/0",
        "/d/0/f/-1",
        "/d/-1/f/0",
        "/d/a/f/0",
        "/d/0/f/0x1",
        "/d/0/f/1.2.840.10008",
        "/d/0/f/0/",
        "/d/..%2f..%2f/f/0",
        "/metadata",
        "/studies/1.2.3",
    ],
)
@pytest.mark.requirement("R29")
def test_whatever_is_not_in_the_plan_is_404(world, order, path):
    walk, _, boot = opened(world, order)
    before = world.archive.frames_asked
    assert frame(world, walk, boot, path).status_code == 404
    assert world.archive.frames_asked == before


@pytest.mark.requirement("R29")
def test_an_index_out_of_range_is_audited(world, order):
    walk, _, boot = opened(world, order)
    before = world.audited("outside")
    assert frame(world, walk, boot, "/d/0/f/160").status_code == 404
    assert world.audited("outside") == before + 1


@pytest.mark.requirement("R28")
@pytest.mark.requirement("R29")
def test_another_readings_secret_opens_nothing_and_is_audited(world, order):
    walk, _, first = opened(world, order)
    other, _, second = opened(world, order)
    before = world.audited("outside")
    stolen = [
        frame(world, walk, first, "/d/0/f/0", second["secret"]),  # own cookie
        frame(world, other, first, "/d/0/f/0"),  # secret without its cookie
        frame(world, Walk(), first, "/d/0/f/0"),  # no cookie at all
        frame(world, walk, first, "/d/0/f/0", ""),  # cookie without a secret
    ]
    assert [answer.status_code for answer in stolen] == [404] * 4
    assert world.audited("outside") == before + 4


@pytest.mark.requirement("R28")
def test_two_readings_of_one_browser_do_not_share_a_secret(world):
    walk = Walk()
    boots = []
    for order_id in world.order_ids()[:1] * 2:
        text = walk.get(world.launch_url(order_id)).text
        boots.append(json.loads(re.search(r'id="boot">(.*?)</script>', text)[1]))
    assert frame(world, walk, boots[0], "/d/0/f/0").status_code == 200
    assert frame(world, walk, boots[1], "/d/0/f/0").status_code == 200
    crossed = frame(world, walk, boots[0], "/d/0/f/0", boots[1]["secret"])
    assert crossed.status_code == 404


@pytest.mark.requirement("R28")
def test_the_page_of_a_reading_needs_the_browser_that_opened_it(world, order):
    _, url, _ = opened(world, order)
    before = world.audited("outside")
    assert Walk().get(url).status_code == 404
    assert world.audited("outside") == before + 1


@pytest.mark.requirement("R25")
def test_a_study_with_another_birth_date_is_blocked_before_anything_leaves(world):
    frames, studies = world.archive.frames_asked, world.archive.studies
    blocked = world.audited("block")
    _, _, boot = opened(world, world.order_ids()[1])
    plan = boot["plan"]
    assert plan["displaySets"] == []
    assert plan["notices"][0]["level"] == "blocked"
    assert "birth date differs" in plan["notices"][0]["text"]
    assert (world.archive.frames_asked, world.archive.studies) == (frames, studies)
    assert world.audited("block") == blocked + 1


def test_an_order_without_images_says_so(world):
    _, _, boot = opened(world, world.order_ids()[2])
    assert boot["plan"]["displaySets"] == []
    assert "No archive has images" in boot["plan"]["notices"][-1]["text"]


@pytest.mark.requirement("R31")
def test_the_cookie_is_opaque_and_made_for_a_cross_site_frame(world, order):
    walk = Walk()
    walk.get(world.launch_url(order))
    launch = next(url for url in walk.seen if url.startswith(f"{world.app_url}/launch"))
    header = requests.get(launch, allow_redirects=False, timeout=30).headers[
        "Set-Cookie"
    ]
    name, _, rest = header.partition("=")
    assert name == "sv_browser"
    assert re.match(r"[A-Za-z0-9_-]{43};", rest)
    for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
        assert attribute in rest


@pytest.mark.requirement("R30")
def test_no_identifier_or_token_stands_in_any_url(world, order):
    walk, url, boot = opened(world, order)
    patient = next(
        p for p in world.people.patients if p.mrn == boot["plan"]["banner"]["mrn"]
    )
    study = world.people.studies[0]
    on_our_side = [u for u in [*walk.seen, url] if u.startswith(world.app_url)]
    secrets = [
        patient.mrn,
        patient.family,
        study.study_instance_uid,
        study.accession_number,
    ]
    assert not [u for u in on_our_side if any(secret in u for secret in secrets)]


@pytest.mark.requirement("R30")
def test_the_plan_holds_no_uid(world, order):
    _, _, boot = opened(world, order)
    text = json.dumps(boot["plan"])
    assert world.people.studies[0].study_instance_uid not in text
    assert "2.25." not in text


@pytest.mark.requirement("R32")
@pytest.mark.requirement("R33")
def test_headers_keep_the_page_out_of_caches_and_foreign_frames(world, order):
    walk, url, _ = opened(world, order)
    headers = walk.get(url).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    policy = headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {world.ehr_url}" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert "Cross-Origin-Embedder-Policy" not in headers


@pytest.mark.requirement("R36")
def test_ending_a_reading_wipes_it_and_revokes_its_tokens(world, order):
    walk, url, boot = opened(world, order)
    log = world.ehr.extensions["sandbox_log"]
    before, recorded = log.count("/oauth/revoke"), world.audited("logout")
    ended = walk.session.post(
        f"{world.app_url}{boot['base']}/end",
        headers={"X-Reading": boot["secret"]},
        cookies=walk.cookies_of(world.app_url),
        timeout=30,
    )
    assert ended.status_code == 204
    assert ended.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert log.count("/oauth/revoke") > before
    assert world.audited("logout") == recorded + 1
    assert walk.get(url).status_code == 404
    assert frame(world, walk, boot, "/d/0/f/0").status_code == 404


@pytest.mark.parametrize(
    "iss", ["", "https://evil.example/fhir", "http://localhost:1/fhir"]
)
@pytest.mark.requirement("R1")
def test_an_issuer_that_is_not_listed_is_refused_and_audited(world, iss):
    before = world.audited("refuse")
    answer = requests.get(
        f"{world.app_url}/launch",
        params={"iss": iss, "launch": "x"},
        headers={"Accept": "text/html"},
        timeout=30,
    )
    assert answer.status_code == 400
    assert "Open the viewer again from the EHR" in answer.text
    assert answer.headers["X-Correlation-Id"] in answer.text
    assert world.audited("refuse") == before + 1


@pytest.mark.requirement("R5")
def test_a_replayed_callback_is_refused(world, order):
    walk, _, _ = opened(world, order)
    callback = next(url for url in walk.seen if "/callback" in url)
    again = walk.get(callback, headers={"Accept": "text/html"})
    assert again.status_code == 400
    assert "Open the viewer again from the EHR" in again.text
    assert walk.seen[-1] == callback


@pytest.mark.requirement("R38")
def test_the_trail_of_all_this_is_whole(world):
    report = open_trail(world.settings, world.house.store).verify()
    assert report.intact, report
    assert report.lines > 10
