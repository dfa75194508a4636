"""Preferences over HTTP: whose they are, for how long, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests
from test_image_routes import radiograph
from world import Walk, World, running_world

DEFAULT = {
    "language": "",
    "profile": "ohif",
    "keys": {},
    "singleKeys": True,
    "startTool": "",
    "mouse": {"middle": "", "right": ""},
    "chrome": "dark",
    "overlays": "full",
}
CHOSEN = DEFAULT | {
    "language": "de",
    "profile": "sectra",
    "keys": {"invert": ["n", "Ctrl+ArrowUp", " "], "fit": []},
    "singleKeys": False,
    "startTool": "scroll",
    "mouse": {"middle": "", "right": "windowLevel"},
    "chrome": "light",
    "overlays": "minimum",
}
NO_USER = ["launch", "openid", "online_access", "patient/Patient.r"]
NO_USER += ["patient/ServiceRequest.rs", "patient/ImagingStudy.rs"]


@dataclass
class Opened:
    """A reading and the browser that has it."""

    world: World
    walk: Walk
    boot: dict[str, Any]

    def ask(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        headers = {"X-Reading": self.boot["secret"]} | kwargs.pop("headers", {})
        return requests.request(
            method,
            f"{self.world.app_url}{self.boot['base']}{path}",
            headers=headers,
            cookies=kwargs.pop("cookies", self.walk.cookies_of(self.world.app_url)),
            timeout=30,
            **kwargs,
        )

    def keep(self, chosen: Any) -> requests.Response:
        return self.ask("PUT", "/preferences", json=chosen)

    def kept(self) -> Any:
        return self.ask("GET", "/preferences").json()


def opened(world: World) -> Opened:
    walk = Walk()
    page = walk.get(world.launch_url(world.order_ids()[0])).text
    found = re.search(r'id="boot">(.*?)</script>', page, re.DOTALL)
    assert found
    return Opened(world, walk, json.loads(found[1]))


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("preferences") / "images"
    folder.mkdir()
    radiograph(1).save_as(folder / "1.dcm", enforce_file_format=True)
    return folder


@pytest.fixture
def world(images: Path, tmp_path: Path) -> Iterator[World]:
    with running_world(tmp_path, images) as one:
        yield one


@pytest.fixture
def nobody(images: Path, tmp_path: Path) -> Iterator[World]:
    """An EHR that was not asked who the user is."""
    changes = {"scopes": tuple(NO_USER)}
    with running_world(tmp_path, images, profile_changes=changes) as one:
        yield one


def test_a_first_reader_has_the_default_ones_in_his_page_and_by_the_route(world):
    first = opened(world)

    assert first.boot["preferences"] == {"keptFor": "user", "preferences": DEFAULT}
    assert first.kept() == first.boot["preferences"]


def test_what_is_kept_is_in_the_next_page_of_this_user_on_any_computer(world):
    answer = opened(world).keep(CHOSEN)

    elsewhere = opened(world)  # another browser: nothing is stored there
    assert answer.status_code == 200
    assert answer.json() == {"keptFor": "user", "preferences": CHOSEN}
    assert elsewhere.boot["preferences"] == answer.json()


def test_without_a_user_they_are_kept_for_the_reading_and_said_to_be(nobody):
    first = opened(nobody)

    assert first.boot["preferences"]["keptFor"] == "reading"
    assert first.keep(CHOSEN).json()["keptFor"] == "reading"
    assert first.kept()["preferences"] == CHOSEN
    assert opened(nobody).boot["preferences"]["preferences"] == DEFAULT


def test_without_a_user_they_end_with_the_reading(nobody):
    store = nobody.house.store
    first = opened(nobody)
    first.keep(CHOSEN)
    owner = ("reading", first.boot["base"].rsplit("/", 1)[1])
    assert store.preferences.read(owner, 0.0) is not None

    assert first.ask("POST", "/end").status_code == 204

    assert store.preferences.read(owner, 0.0) is None


@pytest.mark.parametrize(
    "change",
    [
        {"language": "xx"},
        {"profile": "<script>"},
        {"keys": {"invert": "i"}},
        {"keys": {"invert": ["x" * 41]}},
        {"keys": {"invert": ["\x07"]}},
        {"keys": {"../etc": ["i"]}},
        {"keys": {"invert": [str(n) for n in range(9)]}},
        {"keys": {f"action{n}": [] for n in range(129)}},
        {"singleKeys": "yes"},
        {"startTool": "rotate"},
        {"mouse": {"middle": "", "right": "", "left": "pan"}},
        {"chrome": None},
        {"overlays": 1},
        {"anything": "else"},
    ],
)
def test_what_is_not_of_the_form_is_refused_and_changes_nothing(world, change):
    first = opened(world)
    first.keep(CHOSEN)

    answer = first.keep(CHOSEN | change)

    assert (answer.status_code, answer.json()["code"]) == (422, "input_invalid")
    assert first.kept()["preferences"] == CHOSEN


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"' + b"x" * 20_000 + b'"']
)
def test_a_body_that_is_no_preferences_is_refused(world, body):
    answer = opened(world).ask("PUT", "/preferences", data=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "input_invalid")


def test_every_key_may_be_mapped_to_nothing(world):
    none = CHOSEN | {"keys": {f"action{n}": [] for n in range(128)}}

    assert opened(world).keep(none).json()["preferences"] == none


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("lacking", ["cookie", "secret"])
def test_without_proof_of_possession_there_is_nothing_and_the_trail_says_so(
    world, method, lacking
):
    first = opened(world)
    before = world.audited("outside")
    change: dict[str, Any] = (
        {"cookies": {}} if lacking == "cookie" else {"headers": {"X-Reading": "wrong"}}
    )

    answer = first.ask(method, "/preferences", json=CHOSEN, **change)

    assert answer.status_code == 404
    assert world.audited("outside") == before + 1
    assert first.kept()["preferences"] == DEFAULT


def test_the_trail_holds_no_preferences(world):
    first = opened(world)
    before = len(list(world.house.store.trail.lines()))

    first.keep(CHOSEN)

    assert len(list(world.house.store.trail.lines())) == before


def test_what_another_release_wrote_counts_as_not_chosen(world, caplog):
    profile = world.settings.ehrs[0]
    first = opened(world)
    first.keep(CHOSEN)
    user = "Practitioner/practitioner-1"
    owner = ("user", profile.iss, user)
    assert world.house.store.preferences.read(owner, 0.0) is not None
    world.house.store.preferences.keep(owner, b'{"of":"another form"}', 0.0)

    assert first.kept()["preferences"] == DEFAULT


def test_two_users_of_one_ehr_have_each_their_own(world, monkeypatch):
    first = opened(world)
    first.keep(CHOSEN)
    somebody = world.people.signed_in
    other = replace(somebody, id=f"{somebody.id}-other")
    monkeypatch.setattr(type(world.people), "signed_in", property(lambda _: other))

    second = opened(world)

    assert second.boot["preferences"] == {"keptFor": "user", "preferences": DEFAULT}
    second.keep(DEFAULT | {"language": "fr"})
    assert second.kept()["preferences"]["language"] == "fr"
    assert first.kept()["preferences"] == CHOSEN


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_another_site_cannot_change_them_with_the_cookie_alone(world, origin):
    """A form or script elsewhere has the cookie at most, never the page's secret."""
    first = opened(world)
    headers = {"Origin": origin, "X-Reading": "", "Sec-Fetch-Site": "cross-site"}

    answer = first.ask("PUT", "/preferences", json=CHOSEN, headers=headers)
    posted = first.ask("POST", "/preferences", json=CHOSEN, headers=headers)

    assert (answer.status_code, posted.status_code) == (404, 404)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert first.kept()["preferences"] == DEFAULT
