"""Headers of every route: policy, framing, caches, cookies, forged names."""

from __future__ import annotations

import re

import pytest
from security.attacked import PAGE, Attacked

EVIL = "evil.example"
FORGED = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "ftp",
    "X-Forwarded-Prefix": f"/{EVIL}",
    "X-Forwarded-Port": "1",
    "X-Original-URL": f"/{EVIL}",
    "X-Rewrite-URL": f"/{EVIL}",
    "X-HTTP-Method-Override": "DELETE",
    "Forwarded": f"host={EVIL};proto=ftp",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
}
PUBLIC = ("/static/", "/.well-known/jwks.json")  # nothing of a patient
STREAM = "/events"  # ends when the plan is complete, which it is here


@pytest.fixture(scope="module")
def answers(attacked: Attacked) -> dict:
    """(method, path, who) -> answer of each route, to its page and to strangers."""
    who = {
        "page": {**attacked.first.headers(), **PAGE},
        "stranger": {**attacked.second.headers(), **PAGE},
        "nobody": PAGE,
    }
    found = {}
    for method, path in attacked.urls(attacked.first.reading_id):
        if method == "POST" and path.endswith("/end"):
            continue  # the reading is needed by the others; see test_forged_posts
        for name, headers in who.items():
            found[method, path, name] = attacked.ask(method, path, headers)
    assert {path for _, path, _ in found} >= {"/", "/launch", "/healthz"}
    return found


def policy_of(answer) -> dict[str, str]:
    text = answer.headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in text.split(";"))


@pytest.mark.requirement("R32")
def test_every_answer_has_a_policy_without_inline_script(answers):
    for asked, answer in answers.items():
        policy = policy_of(answer)
        assert policy["default-src"] == "'none'", asked
        assert policy["script-src"] == "'self' 'wasm-unsafe-eval'", asked
        assert policy["style-src"] == "'self'", asked
        assert policy["base-uri"] == "'none'", asked
        assert "unsafe-inline" not in " ".join(policy.values()), asked
        assert "*" not in " ".join(policy.values()), asked


@pytest.mark.requirement("R32")
def test_only_the_pages_of_a_launch_may_be_framed_and_by_that_ehr_alone(
    answers, attacked
):
    framed = f"'self' {attacked.world.ehr_url}"
    for (method, path, name), answer in answers.items():
        ancestors = policy_of(answer)["frame-ancestors"]
        opens = answer.status_code == 200 and path.startswith("/r/") and method == "GET"
        callback = path.startswith("/app/")
        may = callback or (opens and name == "page" and "/d/" not in path)
        assert ancestors in ({framed, "'none'"} if may else {"'none'"}), path


def test_every_page_is_free_of_inline_script_style_and_foreign_source(answers):
    for asked, answer in answers.items():
        if answer.mimetype != "text/html":
            continue
        for tag in re.findall(r"<script[^>]*>", answer.text):
            inert = 'type="application/json"' in tag
            assert inert or re.search(r'src="/static/', tag), asked
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", answer.text), (
            asked
        )
        assert not re.search(r'(src|href|action)="(https?:)?//', answer.text), asked


@pytest.mark.requirement("R33")
def test_every_answer_but_the_public_files_is_kept_by_nobody(answers):
    for (_, path, _), answer in answers.items():
        if not path.startswith(PUBLIC):
            assert answer.headers["Cache-Control"] == "no-store", path


def test_every_answer_says_what_it_is_and_sends_no_referrer(answers):
    for asked, answer in answers.items():
        assert answer.headers["X-Content-Type-Options"] == "nosniff", asked
        assert answer.headers["Referrer-Policy"] == "no-referrer", asked
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", asked
        assert answer.headers["X-Correlation-Id"], asked
        assert not answer.data or answer.headers["Content-Type"], asked


def test_no_answer_lets_another_origin_read_it(answers):
    for asked, answer in answers.items():
        names = [name.lower() for name in answer.headers.keys()]
        assert not [one for one in names if one.startswith("access-control-")], asked


@pytest.mark.requirement("R31")
def test_cookies_are_set_by_a_launch_and_a_form_alone(answers, attacked):
    for (_, path, _), answer in answers.items():
        form = path == "/diagnose"  # whose proof is bound to the browser
        assert form or "Set-Cookie" not in answer.headers, path
    launch = attacked.ask(
        "GET", f"/launch?iss={attacked.world.settings.ehrs[0].iss}&launch=x", {}
    )
    (cookie,) = launch.headers.getlist("Set-Cookie")
    rest = set(cookie.split("; ")[1:])
    assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"} <= rest
    assert not [one for one in rest if one.startswith("Domain")]


def test_no_forged_header_is_repeated_or_obeyed(answers, attacked):
    for (method, path, name), plain in answers.items():
        if name != "page":
            continue
        headers = {**attacked.first.headers(), **PAGE, **FORGED}
        base = f"https://{EVIL}"
        forged = attacked.ask(method, path, headers, base_url=base)
        assert forged.status_code == plain.status_code, (method, path)
        assert EVIL not in f"{forged.headers}", (method, path)
        assert EVIL.encode() not in forged.data, (method, path)


def test_no_route_answers_trace_connect_or_an_invented_method(attacked):
    for _, path in attacked.urls(attacked.first.reading_id):
        for method in ("TRACE", "CONNECT", "PROPFIND", "INVENTED"):
            answer = attacked.ask(method, path, attacked.first.headers())
            assert answer.status_code in {404, 405}, (method, path)
