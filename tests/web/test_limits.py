"""How often and how much (launch.md R35), over HTTP: each limit exceeded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from e2e.federation import CHEST, copied
from flask import Flask
from world import Walk, World, running_world

from smart_viewer.errors import SettingsInvalid
from smart_viewer.operation import LIMITS, Operation, Rate
from smart_viewer.settings import load_settings
from smart_viewer.web.limits import BLOCK, client_address

pytestmark = pytest.mark.requirement("R35")

FEW = Rate(count=3, seconds=3600)
OTHERS = "10.0.0.0/8 127.0.0.1 2001:db8:1::/48"


@pytest.fixture
def limited(samples: Path, tmp_path: Path) -> Iterator[Callable[..., World]]:
    """A world in which these limits are three an hour."""
    worlds = []

    def start(*names: str) -> World:
        changes = {f"limit_{name}": FEW for name in names}
        operation = Operation(trusted_proxies="127.0.0.1", **changes)
        worlds.append(
            running_world(
                tmp_path,
                copied(samples, [CHEST], tmp_path / "images", slices=3),
                settings_changes={"operation": operation},
            )
        )
        return worlds[-1].__enter__()

    yield start
    for one in worlds:
        one.__exit__(None, None, None)


def opened(world: World) -> tuple[Walk, dict]:
    walk = Walk()
    page = walk.get(world.launch_url(world.order_ids()[0]))
    assert page.status_code == 200, page.text
    found = re.search(r'id="boot">(.*?)</script>', page.text, re.DOTALL)
    return walk, json.loads(found[1])


def assert_refused(answer: requests.Response) -> None:
    """With what to do, and when."""
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= FEW.seconds
    assert answer.json()["code"] == "too_many_requests"
    assert "Wait a moment" in answer.json()["next_step"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("launches", "/launch?iss=https://evil.example&launch=x"),
        ("callbacks", "/app/sandbox/callback?code=x&state=y"),
        ("outside", "/r/a-nothing/d/0/f/0"),
    ],
)
def test_one_address_is_refused_and_another_one_is_not(limited, name, path):
    world = limited(name)

    def ask(address: str) -> requests.Response:
        headers = {"X-Forwarded-For": address}
        return requests.get(f"{world.app_url}{path}", headers=headers, timeout=30)

    answers = [ask("203.0.113.9") for _ in range(FEW.count)]
    assert {answer.status_code for answer in answers} <= {400, 404}
    assert_refused(ask("203.0.113.9"))
    assert ask("203.0.113.10").status_code in {400, 404}


def test_a_flood_of_launches_is_one_line_of_the_trail_and_no_outbound_request(limited):
    world = limited("launches")
    url = f"{world.app_url}/launch?iss=https://evil.example&launch=x"
    for _ in range(10):
        requests.get(url, timeout=30)
    assert world.audited("refuse") == FEW.count + 1
    assert world.ehr.extensions["sandbox_log"].entries == ()


def test_a_limit_of_frames_is_the_readings_own(limited):
    world = limited("frames")
    readings = [opened(world) for _ in range(2)]

    def frame(walk: Walk, boot: dict) -> requests.Response:
        url = f"{world.app_url}{boot['base']}/d/0/f/0"
        return walk.get(url, headers={"X-Reading": boot["secret"]})

    for walk, boot in readings:
        assert [frame(walk, boot).status_code for _ in range(FEW.count)] == [200] * 3
        assert_refused(frame(walk, boot))
        assert walk.get(f"{world.app_url}{boot['base']}").status_code == 200


def test_who_has_no_part_in_a_reading_cannot_use_up_its_frames(limited):
    world = limited("frames")
    walk, boot = opened(world)
    url = f"{world.app_url}{boot['base']}/d/0/f/0"
    for _ in range(5):
        stranger = requests.get(url, headers={"X-Reading": boot["secret"]}, timeout=30)
        assert stranger.status_code == 404
    assert walk.get(url, headers={"X-Reading": boot["secret"]}).status_code == 200


def test_heartbeats_have_a_limit_of_their_own(limited):
    world = limited("heartbeats")
    walk, boot = opened(world)
    url, headers = f"{world.app_url}{boot['base']}", {"X-Reading": boot["secret"]}

    def beat() -> requests.Response:
        cookies = walk.cookies_of(world.app_url)
        return requests.post(
            f"{url}/alive", headers=headers, cookies=cookies, timeout=30
        )

    assert [beat().status_code for _ in range(FEW.count)] == [200] * FEW.count
    assert_refused(beat())
    assert walk.get(f"{url}/d/0/f/0", headers=headers).status_code == 200


def test_pictures_are_counted_apart_from_frames(limited):
    world = limited("pictures")
    walk, boot = opened(world)
    headers = {"X-Reading": boot["secret"]}
    url = f"{world.app_url}{boot['base']}/d/0/f/0"
    answers = [walk.get(f"{url}/picture", headers=headers) for _ in range(FEW.count)]
    assert {answer.status_code for answer in answers} == {200}
    assert_refused(walk.get(f"{url}/picture", headers=headers))
    assert walk.get(url, headers=headers).status_code == 200


def test_frames_are_not_each_a_write(limited, monkeypatch):
    world = limited()
    walk, boot = opened(world)
    spent: list[int] = []
    rates = world.house.store.rates
    monkeypatch.setattr(
        type(rates), "spend", lambda *words: spent.append(words[-1]) or 0.0
    )
    for _ in range(BLOCK + 1):
        walk.get(
            f"{world.app_url}{boot['base']}/d/0/f/0",
            headers={"X-Reading": boot["secret"]},
        )
    assert spent == [BLOCK, BLOCK]


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # not a proxy of ours
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),  # the client's own claim
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),  # two proxies of ours
        ("10.0.0.1", "no address", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, no address", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"),
        ("2001:db8:1::5", "2001:db8:2:3:4:5:6:7", "2001:0db8:0002:0003"),
        ("2001:db8:9:3:4:5:6:7", "203.0.113.9", "2001:0db8:0009:0003"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("", "203.0.113.9", "unknown"),
    ],
)
def test_an_address_is_believed_of_trusted_proxies_alone(peer, forwarded, counted):
    operation = Operation(trusted_proxies=OTHERS)
    with Flask(__name__).test_request_context(
        headers={"X-Forwarded-For": forwarded}, environ_base={"REMOTE_ADDR": peer}
    ):
        assert client_address(operation) == counted


def test_without_trusted_proxies_nothing_that_is_forwarded_counts():
    with Flask(__name__).test_request_context(
        headers={"X-Forwarded-For": "203.0.113.9"},
        environ_base={"REMOTE_ADDR": "127.0.0.1"},
    ):
        assert client_address(Operation()) == "127.0.0.1"


@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_has_a_default_that_a_hospital_does_not_meet(name):
    rate = Operation().rate(name)
    assert rate.count / rate.seconds >= 10


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIMIT_FRAMES", "many"),
        ("LIMIT_FRAMES", "0/60"),
        ("LIMIT_LAUNCHES", "10"),
        ("LIMIT_LAUNCHES", "10/0"),
        ("TRUSTED_PROXIES", "proxy.example"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("METRICS", "9402"),
        ("METRICS", "http://127.0.0.1:9402"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_wrong_setting_of_operation_stops_the_start_with_its_name(
    tmp_path, name, value
):
    environ = {
        "SMART_VIEWER_PUBLIC_URL": "https://viewer.example/path",
        "SMART_VIEWER_KEY": "0f" * 32,
        "SMART_VIEWER_CONFIG": str(tmp_path),
    }
    assert load_settings(environ).operation == Operation()
    with pytest.raises(SettingsInvalid, match=f"SMART_VIEWER_{name}"):
        load_settings({**environ, f"SMART_VIEWER_{name}": value})
