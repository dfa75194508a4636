"""Attacks on the launch over HTTP: redirects, fixation, injection, leaks (RFC 9700)."""

from __future__ import annotations

import logging
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import requests
from odd_world import boot_of
from security.attacked import PAGE, Attacked, opened
from world import Walk

from smart_viewer.web.security import COOKIE

EVIL = "https://evil.example/"
AIMS = (
    EVIL,
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "\tjavascript:1",
)
PARAMETERS = (
    "next",
    "redirect",
    "redirect_uri",
    "return",
    "returnTo",
    "url",
    "target",
    "aud",
    "client_id",
    "patient",
    "authorize_url",
)


def begun(attacked: Attacked, query: str = "", **headers: str) -> dict[str, str]:
    """The authorize request to which /launch sends the browser."""
    iss = quote(attacked.world.settings.ehrs[0].iss, safe="")
    answer = attacked.ask("GET", f"/launch?iss={iss}&launch=x{query}", headers)
    assert answer.status_code == 302
    target = urlsplit(answer.headers["Location"])
    assert f"{target.scheme}://{target.netloc}" == attacked.world.ehr_url
    return dict(parse_qsl(target.query))


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.requirement("R14")
def test_no_parameter_of_a_launch_says_where_it_goes(attacked, aim):
    """Open redirect (RFC 9700 4.11) and CSRF on the redirect URI."""
    query = "".join(f"&{name}={quote(aim)}" for name in PARAMETERS)
    asked = begun(attacked, query)
    assert asked["redirect_uri"] == f"{attacked.world.app_url}/app/sandbox/callback"
    assert asked["client_id"] == attacked.world.settings.ehrs[0].client_id
    assert "evil.example" not in str(asked)


@pytest.mark.parametrize("aim", AIMS)
def test_no_callback_sends_the_browser_elsewhere(attacked, aim):
    walk = Walk()
    walk.get(attacked.world.launch_url(attacked.world.order_ids()[0]))
    callback = next(url for url in walk.seen if "/callback" in url)
    assert walk.seen[-1].startswith(f"{attacked.world.app_url}/r/")
    query = "".join(f"&{name}={quote(aim)}" for name in PARAMETERS)
    path = callback.removeprefix(attacked.world.app_url)
    answer = attacked.ask("GET", f"{path}{query}", PAGE)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "",
        "//evil.example",
        "//evil.example/%2f..",
        "/\\evil.example",
        "/r//evil.example",
        "/r/x//",
        "/launch//evil.example",
        "/.//evil.example",
        "/%2f%2fevil.example",
    ],
)
def test_no_odd_path_is_a_redirect(attacked, path):
    answer = attacked.ask(
        "GET",
        "/",
        PAGE,
        base_url="https://evil.example",
        environ_overrides={"PATH_INFO": path},
    )
    assert answer.status_code in {400, 404}
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "cookie", ["", "x", "x" * 42, "x" * 44, "x" * 42 + "%", "../" * 15, "x" * 5000]
)
def test_a_cookie_that_is_none_of_ours_is_replaced(attacked, cookie):
    """Session fixation: only what has the shape of 256 random bits is kept."""
    iss = attacked.world.settings.ehrs[0].iss
    sent = {"Cookie": f"{COOKIE}={cookie}"}
    answer = attacked.ask("GET", f"/launch?iss={iss}&launch=x", sent)
    fresh = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    assert len(fresh) == 43
    assert fresh != cookie


@pytest.mark.requirement("R28")
def test_a_cookie_that_was_planted_opens_nothing_for_who_planted_it(attacked):
    """The id of a reading and its secret are made after the launch, by us."""
    world, planted = attacked.world, "A" * 43
    walk = Walk()
    walk._jar[urlsplit(world.app_url).netloc] = {COOKIE: planted}
    boot = boot_of(walk.get(world.launch_url(world.order_ids()[0])))
    attacker = {"Cookie": f"{COOKIE}={planted}"}
    own = opened(world, world.order_ids()[1])
    for reading_id in (own.reading_id, "a-" + "A" * 32, "a-"):
        answer = attacked.ask("GET", f"/r/{reading_id}", {**attacker, **PAGE})
        assert answer.status_code == 404
    for secret in ("", own.secret, planted):
        headers = {**attacker, "X-Reading": secret}
        assert (
            attacked.ask("GET", f"{boot['base']}/d/0/f/0", headers).status_code == 404
        )


def test_each_reading_has_an_id_and_a_secret_that_nobody_guesses(attacked):
    world = attacked.world
    victims = [opened(world, world.order_ids()[0]) for _ in range(5)]
    for words in ({v.reading_id for v in victims}, {v.secret for v in victims}):
        assert len(words) == 5
        assert min(map(len, words)) >= 32  # 24 random bytes


@pytest.mark.requirement("R5")
def test_a_callback_begun_by_the_attacker_does_not_open_in_the_victims_browser(
    attacked,
):
    """Login CSRF: the victim would read, and write into, the attacker's patient."""
    world, walk = attacked.world, Walk()
    asked = requests.get(
        world.launch_url(world.order_ids()[0]), allow_redirects=False, timeout=30
    )
    step = walk.session.get(
        asked.headers["Location"], allow_redirects=False, timeout=30
    )
    code = walk.session.get(step.headers["Location"], allow_redirects=False, timeout=30)
    callback = code.headers["Location"].removeprefix(world.app_url)
    before = world.audited("refuse")
    answer = attacked.ask("GET", callback, {**attacked.second.cookie(), **PAGE})
    assert answer.status_code == 400
    assert "another browser" in answer.text
    assert world.audited("refuse") == before + 1


@pytest.mark.parametrize("name", ["iss", "launch"])
def test_a_line_break_in_a_parameter_makes_no_header(attacked, name):
    broken = "%0d%0aSet-Cookie:%20planted=1%0d%0a%0d%0a<script>"
    iss = quote(attacked.world.settings.ehrs[0].iss, safe="")
    query = {"iss": iss, "launch": "x"} | {name: broken}
    path = f"/launch?iss={query['iss']}&launch={query['launch']}"
    answer = attacked.ask("GET", path, PAGE)
    assert "planted" not in str(answer.headers.getlist("Set-Cookie"))
    assert all("\n" not in value for value in answer.headers.values())
    assert b"<script>" not in answer.data


@pytest.mark.requirement("R30")
def test_neither_code_nor_state_goes_on_to_the_page_or_into_a_log(attacked, caplog):
    """Leaks by Referer, history and log (RFC 9700 4.2, 4.3)."""
    caplog.set_level(logging.DEBUG, "smart_viewer")
    walk = Walk()
    page = walk.get(attacked.world.launch_url(attacked.world.order_ids()[0]))
    callback = next(url for url in walk.seen if "/callback" in url)
    secrets = dict(parse_qsl(urlsplit(callback).query))
    assert {"code", "state"} <= set(secrets)
    assert urlsplit(walk.seen[-1]).query == ""  # a redirect, so not in the history
    assert page.headers["Referrer-Policy"] == "no-referrer"
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("smart_viewer")]
    log = "\n".join(line for line in ours if "sandbox" not in line)
    for name in ("code", "state"):
        assert secrets[name] not in page.text
        assert secrets[name] not in log


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pyproject.toml",
        "/static/..%2fpyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/....//pyproject.toml",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/dist/../../README.md",
        "/static/..%5cREADME.md",
        "/static/dist%00.js",
        "/r/..%2f..%2fetc%2fpasswd",
        "/r/a-%00/d/0/f/0",
        "/app/..%2f..%2flaunch_configs%2fepic/callback",
        "/app/%2e%2e/callback",
    ],
)
def test_no_path_leads_out_of_what_is_served(attacked, path):
    answer = attacked.ask("GET", path, attacked.first.headers())
    assert answer.status_code in {400, 404}
    assert b"smart-viewer" not in answer.data
    assert b"root:" not in answer.data


@pytest.mark.parametrize(
    "accept", ["text/html", "application/json", "*/*", "text/html;q=0, x/y", "%", ""]
)
def test_an_error_tells_no_detail_whatever_is_accepted(attacked, monkeypatch, accept):
    """Of what nobody foresaw: no trace, no class, no path, no value."""

    def broken(*_: object) -> None:
        raise RuntimeError("secret-value in /usr/lib/python")

    monkeypatch.setattr(type(attacked.world.house.store.readings), "head", broken)
    answer = attacked.ask(
        "GET",
        f"/r/{attacked.first.reading_id}",
        {**attacked.first.cookie(), "Accept": accept},
    )
    assert answer.status_code == 500
    told = answer.get_data(as_text=True)
    for word in (
        "secret-value",
        "Traceback",
        "RuntimeError",
        "/usr/",
        ".py",
        "werkzeug",
    ):
        assert word not in told
    assert attacked.world.app.debug is False
