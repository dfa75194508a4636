"""`smart-viewer serve` itself, with clients that are slow, stuck or long-winded."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from test_replicas import environment_of, replica
from world import Walk, ehr_config

from smart_viewer.archive.indexing import index_folder
from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.serve import listen, start_server

THREADS = 4
DEADLINE_S = 60.0


@pytest.fixture(scope="module")
def served(
    samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """(the EHR's launch link, the viewer's URL); few threads, short time-outs."""
    state = tmp_path_factory.mktemp("served")
    index = state / "images.index.sqlite"
    index_folder(samples, index)
    people = default_people()
    ehr_door, app_door = listen("localhost"), listen("127.0.0.1")
    ehr = create_ehr(ehr_config(ehr_door.url, app_door.url, people))
    environment = environment_of(state, ehr_door.url, app_door.url, index)
    options = ("--threads", str(THREADS), "--read-timeout", "1", "--write-timeout", "1")
    with (
        start_server(ehr, listener=ehr_door),
        replica("a", environment, *options, door=app_door) as url,
    ):
        yield f"{ehr_door.url}/launch/{people.orders[0].id}?display=tab", url


def connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)


@pytest.mark.requirement("R35")
def test_half_sent_requests_do_not_keep_the_others_out(served):
    _, url = served
    half = [connected(url) for _ in range(3 * THREADS)]
    for one in half:
        one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half")
    try:
        assert requests.get(f"{url}/healthz", timeout=DEADLINE_S).ok
    finally:
        for one in half:
            one.close()


@pytest.mark.requirement("R35")
def test_clients_that_stop_reading_are_dropped_and_their_threads_freed(served):
    launch, url = served
    walk = Walk()
    page = walk.get(launch).text
    boot = json.loads(re.search(r'id="boot">(.*?)</script>', page, re.DOTALL)[1])
    cookies = "; ".join(f"{k}={v}" for k, v in walk.cookies_of(url).items())
    ask = (
        f"GET {boot['base']}/d/0/f/%d HTTP/1.1\r\nHost: x\r\n"
        f"Cookie: {cookies}\r\nX-Reading: {boot['secret']}\r\n\r\n"
    )
    stuck = [connected(url) for _ in range(3 * THREADS)]
    for one in stuck:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for frame in range(20):  # far more than fits into the buffers
            one.sendall((ask % frame).encode())
    try:
        answer = walk.get(
            f"{url}{boot['base']}/d/0/f/0", headers={"X-Reading": boot["secret"]}
        )
        assert len(answer.content) == 512 * 512 * 2
    finally:
        for one in stuck:
            one.close()


@pytest.mark.parametrize(("length", "reason"), [(6000, ""), (6200, "unusable launch")])
def test_a_launch_value_as_long_as_a_jwt_gets_the_apps_own_answer(
    served, length, reason
):
    launch, url = served
    iss = launch.split("/launch/", maxsplit=1)[0] + "/fhir"
    answer = requests.get(
        f"{url}/launch",
        params={"iss": iss, "launch": "x" * length},
        allow_redirects=False,
        timeout=30,
    )
    if reason:
        assert answer.status_code == 400
        assert reason in answer.text
    else:
        assert answer.status_code == 200  # too long for a URL: a form that posts it
        assert f'action="{iss.removesuffix("/fhir")}/oauth/authorize"' in answer.text


@pytest.mark.requirement("R35")
def test_a_request_line_without_end_is_refused(served):
    _, url = served
    answer = requests.get(f"{url}/launch?launch={'x' * 20_000}", timeout=30)
    assert answer.status_code == 414
