"""`/diagnose`: an administrator's report of each EHR, and nobody else's (R45)."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from odd_world import OddWorld, odd_world
from world import Walk

from smart_viewer.demo_ehrs import TEMPLATES

SECRET = "the-secret-of-the-administrator"
EHRS = ("sandbox", *TEMPLATES.values())
OF_AN_EHR = [
    "registration",
    "discovery",
    "scopes",
    "authorize",
    "keys",
    "token",
    "client",
    "FHIR",
]
pytestmark = pytest.mark.requirement("R45")


@pytest.fixture(scope="module")
def whole_site(
    samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OddWorld]:
    folder, run = tmp_path_factory.mktemp("diagnose"), {"admin_secret": SECRET}
    run |= {"limit_diagnoses": "1000/60"}
    with odd_world(folder, samples / "mismatch", operation=run) as world:
        yield world


@pytest.fixture
def site(whole_site: OddWorld) -> OddWorld:
    whole_site.conform()
    return whole_site


def url_of(site: OddWorld) -> str:
    return f"{site.app_url}/diagnose"


def form_of(walk: Walk, site: OddWorld) -> dict[str, str]:
    """What the page's own form would send, with the right secret."""
    page = walk.get(url_of(site))
    assert page.status_code == 200
    proof = re.search(r'name="proof" value="([^"]+)"', page.text)
    assert proof is not None
    return {"proof": proof[1], "ehr": "sandbox", "secret": SECRET}


def post(
    walk: Walk, site: OddWorld, form: dict[str, str], **headers: str
) -> requests.Response:
    return walk.session.post(
        url_of(site),
        data=form,
        headers=headers,
        cookies=walk.cookies_of(site.app_url),
        timeout=30,
    )


def asked(site: OddWorld, **form: str) -> requests.Response:
    walk = Walk()
    return post(walk, site, {**form_of(walk, site), **form})


def demand_nothing_private(site: OddWorld, text: str) -> None:
    held = [SECRET, site.settings.key.get_secret_value(), *site.issued.secrets]
    labels = " ".join(ehr.label for ehr in site.settings.ehrs)  # "Sandbox": a name too
    held += [word for word in site.private_words() if word not in labels]
    assert [word for word in held if word in text] == []


@pytest.mark.parametrize("ehr_id", EHRS)
def test_every_personality_has_a_report(site, ehr_id, ours):
    # when
    page = asked(site, ehr=ehr_id)
    document: Any = asked(site, ehr=ehr_id, form="json").json()
    # then
    assert page.status_code == 200
    assert "Everything that was asked works." in page.text
    assert document["ok"] is True, document["first"]
    steps = document["steps"]
    of_ehr = [step["step"] for step in steps if step["subject"] == ehr_id]
    assert of_ehr == OF_AN_EHR
    assert {"PatientID", "frame", "identity"} <= {step["step"] for step in steps}
    for step in steps:
        assert step["requirement"] in page.text
        assert step["rule"]
    # and neither it nor the log says anything of a patient, or a secret
    demand_nothing_private(site, page.text + str(document) + ours())


@pytest.mark.parametrize("ehr_id", EHRS)
def test_what_fails_is_named_with_answer_rule_and_line(site, ehr_id):
    site.faults.discovery = "plain_only"
    page = html.unescape(asked(site, ehr=ehr_id).text)
    assert f"The first thing that does not work: {ehr_id}, discovery" in page
    assert "The server answered HTTP 200 application/json, " in page
    assert "Breaks R3: PKCE with S256" in page
    assert f"Change {ehr_id}.toml: iss: " in page
    demand_nothing_private(site, page)


def test_what_a_server_says_is_escaped_and_redacted(site):
    site.faults.auth_error = "invalid_scope"
    site.faults.auth_error_description = "<script>alert(1)</script> token=abc123"
    page = asked(site).text
    assert "Breaks R10" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "abc123" not in page


@pytest.mark.requirement("R34")
@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ({"secret": ""}, {}),
        ({"secret": f"{SECRET} "}, {}),
        ({"proof": ""}, {}),
        ({"proof": "0" * 64}, {}),
        ({"proof": "é"}, {}),
        ({}, {"Origin": "https://another.example"}),
        ({}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_without_secret_and_own_form_nothing_is_asked(site, form, headers):
    # given
    walk, refused = Walk(), site.audited("refuse")
    right = form_of(walk, site)
    site.log.clear()
    # when
    answer = post(walk, site, {**right, **form}, **headers)
    # then
    assert answer.status_code == 403
    assert "Nothing was asked" in answer.text
    assert site.log.entries == ()
    assert site.audited("refuse") == refused + 1
    assert '"diagnose_' in site.refusals()[-1]


@pytest.mark.requirement("R34")
def test_the_form_of_one_browser_is_of_no_use_in_another(site):
    form = form_of(Walk(), site)
    other = Walk()
    other.get(url_of(site))
    assert post(other, site, form).status_code == 403
    assert post(Walk(), site, form).status_code == 403


@pytest.mark.requirement("R34")
def test_a_form_from_our_own_origin_is_answered(site):
    walk = Walk()
    headers = {"Origin": site.app_url, "Sec-Fetch-Site": "same-origin"}
    assert post(walk, site, form_of(walk, site), **headers).status_code == 200


def test_an_ehr_that_is_not_configured_is_not_asked(site):
    answer = asked(site, ehr="../epic")
    assert answer.status_code == 400
    assert "There is no EHR of this name." in answer.text


@pytest.mark.requirement("R32")
@pytest.mark.requirement("R33")
def test_the_page_is_neither_kept_nor_framed(site):
    answer = asked(site)
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy


def test_one_report_at_a_time(site, monkeypatch):
    # given one that is being made
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_: object) -> tuple[()]:
        begun.set()
        assert go_on.wait(20)
        return ()

    monkeypatch.setattr("smart_viewer.app.check", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(asked, site)
        assert begun.wait(20)
        # when
        second = asked(site)
        go_on.set()
        # then
        assert second.status_code == 429
        assert int(second.headers["Retry-After"]) > 0
        assert first.result(20).status_code == 200


@pytest.mark.requirement("R35")
def test_secrets_cannot_be_tried_for_long(samples, tmp_path):
    run = {"admin_secret": SECRET, "limit_diagnoses": "2/3600"}
    with odd_world(tmp_path, samples / "mismatch", operation=run) as world:
        tried = [asked(world, secret="x").status_code for _ in range(3)]
        assert tried == [403, 403, 429]
        assert asked(world).status_code == 429  # the right one comes too late as well


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_a_secret_there_is_no_such_page(odd, method):
    answer = requests.request(method, url_of(odd), data={"secret": ""}, timeout=10)
    assert answer.status_code in {404, 405}
    assert "Diagnose" not in answer.text


@pytest.mark.requirement("R37")
def test_the_secret_is_in_no_repr(site):
    assert SECRET not in repr(site.settings)
