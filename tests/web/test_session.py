"""How long a reading lives (launch.md R36): idle, heartbeat, limit, end. No sleeps.

The clock is the test's; the sandbox keeps its own, so it is pushed after a launch only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from ehr_walk import Clock
from odd_world import boot_of
from world import Walk, World, completed, running_world

from smart_viewer.errors import SettingsInvalid, UpstreamUnavailable
from smart_viewer.operation import Operation
from smart_viewer.reading.idle import end_all, over
from smart_viewer.settings import load_settings

pytestmark = pytest.mark.requirement("R36")

IDLE_S = 15 * 60.0
LIMIT_S = 8 * 3600.0
LANES_S = 60.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(samples: Path, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """One patient, defaults, and a clock that only the test moves."""
    with running_world(tmp_path, samples / "mismatch", clock=clock) as running:
        yield running


class Reading:
    """One reading, its page open in one browser."""

    def __init__(self, world: World, walk: Walk | None = None) -> None:
        self.world, self.walk = world, walk or Walk()
        page = self.walk.get(world.launch_url(world.order_ids()[0]))
        self.boot = completed(self.walk, world.app_url, boot_of(page))
        self.url = f"{world.app_url}{self.boot['base']}"

    def get(self, path: str) -> requests.Response:
        return self.walk.get(f"{self.url}{path}", headers=self._headers())

    def post(self, path: str, **headers: str) -> requests.Response:
        cookies = self.walk.cookies_of(self.world.app_url)
        sent = {**self._headers(), **headers}
        return requests.post(
            f"{self.url}{path}", headers=sent, cookies=cookies, timeout=30
        )

    def is_open(self) -> bool:
        """Whether frames are still given; asking for one is no use of it."""
        answer = self.get("/d/0/f/0")
        assert answer.status_code in {200, 404}
        return answer.status_code == 200

    def _headers(self) -> dict[str, str]:
        return {"X-Reading": self.boot["secret"]}


def logouts(world: World) -> list[dict]:
    """The AuditEvents of ended readings."""
    events = [json.loads(row.body) for row in world.house.store.trail.lines()]
    return [e for e in events if any(c["code"] == "logout" for c in e["subtype"])]


def revoked(world: World) -> int:
    return world.ehr.extensions["sandbox_log"].count("/oauth/revoke")


def test_the_page_is_told_both_limits(world, clock):
    session = Reading(world).boot["session"]
    assert session == {
        "idleSeconds": IDLE_S,
        "absoluteEndsAt": clock.now + LIMIT_S,
    }


def test_a_reading_that_nobody_uses_ends(world, clock):
    reading = Reading(world)
    clock.now += IDLE_S - 1
    assert reading.is_open()
    clock.now += 1
    assert not reading.is_open()
    assert reading.walk.get(reading.url).status_code == 404  # the page, too
    assert reading.post("/alive").status_code == 404  # and nothing revives it


def test_an_idle_end_is_audited_revoked_and_wiped_once(world, clock):
    reading = Reading(world)
    before = revoked(world)
    clock.now += IDLE_S
    assert [reading.is_open() for _ in range(3)] == [False] * 3
    assert world.house.lanes.finish(LANES_S)  # it may end beside these requests
    (event,) = logouts(world)
    assert event["outcomeDesc"] == "idle"
    assert "Patient/" in json.dumps(event["entity"])
    assert revoked(world) > before
    reading_id = reading.boot["base"].rsplit("/", 1)[1]
    assert world.house.store.readings.head(reading_id, 0.0) is None
    assert over(world.house) == []


def test_input_keeps_a_reading_alive(world, clock):
    reading = Reading(world)
    for _ in range(4):
        clock.now += IDLE_S - 1
        answer = reading.post("/alive")
        assert answer.json() == {
            "idleSecondsLeft": IDLE_S,
            "secondsLeft": int(reading.boot["session"]["absoluteEndsAt"] - clock.now),
        }
    clock.now += IDLE_S
    assert not reading.is_open()


@pytest.mark.parametrize("path", ["/d/0/f/0", "/d/0/f/0/picture", "/events?after=-1"])
def test_what_a_page_fetches_by_itself_keeps_nothing_alive(world, clock, path):
    reading = Reading(world)
    clock.now += IDLE_S - 1
    assert reading.get(path).status_code == 200
    clock.now += 1
    assert reading.get(path).status_code == 404


def test_a_reload_is_use(world, clock):
    reading = Reading(world)
    clock.now += IDLE_S - 1
    assert reading.walk.get(reading.url).status_code == 200
    clock.now += IDLE_S - 1
    assert reading.is_open()


def test_no_heartbeat_reaches_beyond_the_limit(world, clock):
    reading = Reading(world)
    ends_at = reading.boot["session"]["absoluteEndsAt"]
    while clock.now < ends_at - IDLE_S:
        clock.now += IDLE_S - 1
        assert reading.post("/alive").status_code == 200
    clock.now = ends_at - 10.0
    left = reading.post("/alive").json()
    assert left == {"idleSecondsLeft": 10, "secondsLeft": 10}
    clock.now = ends_at
    assert reading.post("/alive").status_code == 404
    assert not reading.is_open()


@pytest.mark.parametrize(
    ("passed_s", "reason"), [(IDLE_S, "idle"), (LIMIT_S, "expired")]
)
def test_nobody_need_come_back_for_an_end(world, clock, passed_s, reason):
    """The first request of a minute, whoever's, ends what is over."""
    Reading(world)
    before = revoked(world)
    clock.now += passed_s
    requests.get(f"{world.app_url}/healthz", timeout=30)
    assert world.house.lanes.finish(LANES_S)
    (event,) = logouts(world)
    assert event["outcomeDesc"] == reason
    assert revoked(world) > before
    assert over(world.house) == []


def test_two_replicas_record_one_end(world, clock):
    Reading(world)
    clock.now += IDLE_S
    found = over(world.house)
    assert len(found) == 1
    end_all(world.house, found)
    end_all(world.house, found)  # as another replica, which had found it too
    assert len(logouts(world)) == 1


def test_an_end_that_cannot_be_recorded_gives_nothing_out_and_is_tried_again(
    world, clock, monkeypatch
):
    reading = Reading(world)
    clock.now += IDLE_S

    def down(*_: object, **__: object) -> None:
        raise UpstreamUnavailable("The trail does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(world.house.store.trail, "append", down)
        assert reading.get("/d/0/f/0").status_code in {404, 502}
        assert world.house.lanes.finish(LANES_S)
    assert logouts(world) == []
    end_all(world.house, over(world.house))
    assert len(logouts(world)) == 1
    assert not reading.is_open()


def test_one_of_two_readings_of_a_browser_ends_alone(world, clock):
    walk = Walk()
    first, second = Reading(world, walk), Reading(world, walk)
    clock.now += IDLE_S - 1
    assert second.post("/alive").status_code == 200
    clock.now += 1
    assert not first.is_open()
    assert second.is_open()


def test_a_heartbeat_that_comes_late_from_a_slow_clock_sets_nothing_back(world, clock):
    reading = Reading(world)
    reading_id = reading.boot["base"].rsplit("/", 1)[1]
    clock.now += 100.0
    assert reading.post("/alive").ok
    world.house.store.readings.touch(reading_id, clock.now - 50.0)
    head = world.house.store.readings.head(reading_id, clock.now)
    assert head is not None
    assert head.used_at == clock.now


@pytest.mark.requirement("R28")
def test_a_plan_that_grows_meanwhile_is_no_obstacle(world, monkeypatch):
    """An archive's answer may be kept between two looks at the row."""
    reading = Reading(world)
    reading_id = reading.boot["base"].rsplit("/", 1)[1]
    rows = world.house.store.readings
    payload, real = rows.read(reading_id, 0.0).payload, rows.head

    def head(asked: str, now: float) -> object:
        found = real(asked, now)
        assert rows.revise(asked, found.revision, payload)
        return found

    world.house.shelf.drop(reading_id)
    monkeypatch.setattr(rows, "head", head)
    page = reading.walk.get(reading.url)
    assert page.status_code == 200
    assert boot_of(page)["plan"]["revision"] == 1


@pytest.mark.requirement("R34")
def test_a_heartbeat_needs_the_secret_of_the_page(world, clock):
    reading = Reading(world)
    clock.now += IDLE_S - 1
    forged = requests.post(
        f"{reading.url}/alive",
        headers={"Origin": "https://another.example"},
        cookies=reading.walk.cookies_of(world.app_url),
        timeout=30,
    )
    assert forged.status_code == 404
    assert reading.walk.get(f"{reading.url}/alive").status_code == 404  # no GET
    clock.now += 1
    assert not reading.is_open()


def test_the_limit_is_the_sites_to_choose(samples, tmp_path, clock):
    changes = {"operation": Operation(idle_minutes=2)}
    with running_world(
        tmp_path, samples / "mismatch", clock=clock, settings_changes=changes
    ) as world:
        reading = Reading(world)
        assert reading.boot["session"]["idleSeconds"] == 120
        clock.now += 120
        assert not reading.is_open()


@pytest.mark.parametrize("value", ["0", "-1", "never", "1441", "nan"])
def test_a_wrong_limit_stops_the_start(tmp_path, value):
    environ = {
        "SMART_VIEWER_PUBLIC_URL": "https://viewer.example",
        "SMART_VIEWER_KEY": "0f" * 32,
        "SMART_VIEWER_CONFIG": str(tmp_path),
    }
    assert load_settings(environ).operation.idle_s == IDLE_S
    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_IDLE_MINUTES"):
        load_settings({**environ, "SMART_VIEWER_IDLE_MINUTES": value})
