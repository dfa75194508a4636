"""Behind nginx: TLS, HTTP/2, a path of its own; no header of a client is believed."""

from __future__ import annotations

import select
import socket
import ssl
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from production_site import ADDRESS, PATH, Site

DEADLINE_MS = 60_000
EVIL = "evil.example"
FORGED = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Prefix": f"/{EVIL}",
    "X-Forwarded-For": "203.0.113.9",
    "X-Original-URL": f"/{EVIL}",
    "Forwarded": f"host={EVIL};proto=http;for=203.0.113.9",
    "SCRIPT_NAME": f"/{EVIL}",
    "PATH_INFO": f"/{EVIL}",
}


def launch_parameters(site: Site) -> dict[str, str]:
    """What the EHR sends to our launch URL."""
    sent = requests.get(site.launch_url(), allow_redirects=False, timeout=30)
    query = parse_qs(urlsplit(sent.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def test_the_whole_way_goes_over_tls_and_stays_below_the_path(site):
    page = site.opened()
    ours = [url for url in page.walk.seen if not url.startswith(site.ehr_url)]
    assert all(url.startswith(f"{site.url}/") for url in ours)
    assert page.boot["base"].startswith(f"{PATH}/r/")
    assert f'"{PATH}/static/' in page.answer.text
    assert '"/static/' not in page.answer.text
    assert len(page.frame().content) == 512 * 512 * 2
    assert page.walk.get(f"{site.url}/static/dist/main.js").ok


def test_http_2_is_spoken(site):
    context = ssl.create_default_context(cafile=str(site.authority))
    context.set_alpn_protocols(["h2", "http/1.1"])
    port = urlsplit(site.url).port
    with (
        socket.create_connection((ADDRESS, port), timeout=30) as raw,
        context.wrap_socket(raw, server_hostname=ADDRESS) as tls,
    ):
        assert tls.selected_alpn_protocol() == "h2"
        assert tls.version() == "TLSv1.3"


@pytest.mark.requirement("R31")
def test_the_cookie_is_for_this_app_alone(site):
    answer = requests.get(
        f"{site.url}/launch",
        params=launch_parameters(site),
        allow_redirects=False,
        verify=str(site.authority),
        timeout=30,
    )
    cookie = answer.headers["Set-Cookie"]
    assert f"Path={PATH}/;" in cookie
    assert "Secure" in cookie


def test_another_name_gets_nothing_from_the_proxy(site):
    answer = requests.get(
        f"{site.url}/",
        headers={"Host": EVIL},
        verify=str(site.authority),
        timeout=30,
    )
    assert answer.status_code == 421
    assert "Smart Viewer" not in answer.text


@pytest.mark.parametrize("name", sorted(FORGED))
def test_a_forged_header_changes_nothing_at_a_replica(site, name):
    """Asked directly, from an address that is trusted: worse than through nginx."""
    replica, asked = site.replicas["a"], launch_parameters(site)
    answers = [
        requests.get(
            f"{replica.url}/launch",
            params=asked,
            headers=headers,
            allow_redirects=False,
            timeout=30,
        )
        for headers in ({}, {name: FORGED[name]})
    ]
    plain, forged = answers
    assert [answer.status_code for answer in answers] == [302, 302]
    assert EVIL not in f"{forged.headers}{forged.text}"
    sent = [parse_qs(urlsplit(a.headers["Location"]).query) for a in answers]
    assert sent[1]["redirect_uri"] == [f"{site.url}/app/sandbox/callback"]
    assert sent[1]["redirect_uri"] == sent[0]["redirect_uri"]
    assert urlsplit(plain.headers["Location"]).netloc in forged.headers["Location"]


@pytest.mark.parametrize("name", sorted(set(FORGED) - {"Host"}))
def test_a_forged_header_changes_no_page(site, name):
    page = site.opened()
    again = page.walk.get(page.url, headers={name: FORGED[name]})
    assert again.status_code == 200
    assert EVIL not in f"{again.headers}{again.text}"
    assert f'"{PATH}/static/' in again.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_is_for_operators_is_not_public(site, path):
    answer = requests.get(f"{site.url}{path}", verify=str(site.authority), timeout=30)
    assert answer.status_code == 404


def test_a_path_that_climbs_out_of_the_readings_is_refused(site):
    page = site.opened()
    answer = page.get("/d/..%2f..%2f..%2f..%2freadyz")
    assert answer.status_code == 404


@pytest.mark.requirement("R35")
def test_a_body_that_is_too_large_is_refused_by_the_proxy_and_by_a_replica(site):
    body = b"x" * 70_000
    for url in (site.url, site.replicas["a"].url):
        answer = requests.post(
            f"{url}/r/a-none/end", data=body, verify=str(site.authority), timeout=30
        )
        assert answer.status_code == 413


def test_a_body_without_a_length_is_refused_by_a_replica(site):
    answer = requests.post(
        f"{site.replicas['a'].url}/r/a-none/end", data=iter([b"x" * 100]), timeout=30
    )
    assert answer.status_code == 411


@pytest.mark.parametrize("length", [9_000, 10_000_000])
def test_a_state_of_any_length_is_refused_and_the_site_goes_on(site, length):
    try:
        answer = requests.get(
            f"{site.url}/app/sandbox/callback?code=x&state={'x' * length}",
            verify=str(site.authority),
            timeout=30,
        )
        assert answer.status_code in {400, 414}
    except requests.ConnectionError:
        pass  # cut off while it was still sending
    assert site.opened().answer.ok


@pytest.mark.requirement("R35")
def test_clients_that_stop_reading_are_cut_off_and_the_others_served(site):
    page = site.opened()
    port = urlsplit(site.url).port
    context = ssl.create_default_context(cafile=str(site.authority))
    cookies = "; ".join(
        f"{name}={value}" for name, value in page.walk.cookies_of(site.url).items()
    )
    ask = (
        f"GET {page.boot['base']}/d/0/f/%d HTTP/1.1\r\nHost: {ADDRESS}\r\n"
        f"Cookie: {cookies}\r\nX-Reading: {page.boot['secret']}\r\n\r\n"
    )
    stuck = []
    try:
        for _ in range(40):  # more than the threads of both replicas
            raw = socket.create_connection((ADDRESS, port), timeout=30)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            tls = context.wrap_socket(raw, server_hostname=ADDRESS)
            tls.sendall("".join(ask % frame for frame in range(20)).encode())
            stuck.append(tls)
        assert len(page.frame().content) == 512 * 512 * 2
        assert site.opened().answer.ok
        for one in stuck:  # reset, with most of what was asked for unsent
            poll = select.poll()
            poll.register(one, select.POLLHUP | select.POLLERR)
            assert poll.poll(DEADLINE_MS)
    finally:
        for one in stuck:
            one.close()
