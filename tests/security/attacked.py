"""What an attacker has before him: two readings, and every route of the app.

Requests go through the app's own WSGI door, without a socket: there can be many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from odd_world import boot_of
from pydantic import SecretStr
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from world import EHR_ID, Walk, World, completed

from smart_viewer.operation import LIMITS, Operation, Rate
from smart_viewer.web.security import COOKIE

MANY = Rate(count=1_000_000_000, seconds=60)
LIMITLESS = Operation(
    admin_secret=SecretStr(
        "only-the-administrator-knows-it"
    ),  # else /diagnose is no route
    **{f"limit_{name}": MANY for name in (*LIMITS, "diagnoses")},
)
PAGE = {"Accept": "text/html"}
ARGUMENTS = {"index": 0, "frame": 0, "table": 0, "overlay": 0, "rest": "nothing/here"}


@dataclass(frozen=True)
class Victim:
    """One reading: what its own browser and page know, and what nobody else may see."""

    reading_id: str
    browser_id: str
    secret: str
    private: tuple[str, ...]
    frame: bytes

    def cookie(self) -> dict[str, str]:
        """What the browser sends whoever asks it to."""
        return {"Cookie": f"{COOKIE}={self.browser_id}"}

    def headers(self) -> dict[str, str]:
        """What the page itself sends."""
        return {**self.cookie(), "X-Reading": self.secret}


@dataclass(frozen=True)
class Attacked:
    """The viewer and two readings in it."""

    world: World
    first: Victim
    second: Victim

    @classmethod
    def of(cls, world: World) -> Attacked:
        one, other = world.order_ids()[:2]
        return cls(world, opened(world, one), opened(world, other))

    @property
    def rules(self) -> list[Rule]:
        """Every route of the app."""
        return list(self.world.app.url_map.iter_rules())

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], **kwargs: Any
    ) -> TestResponse:
        """One request; the answer is read to its end, and closed."""
        client = self.world.app.test_client(use_cookies=False)
        base_url = kwargs.pop("base_url", self.world.app_url)
        return client.open(
            path,
            method=method,
            headers=dict(headers),
            base_url=base_url,
            buffered=True,
            **kwargs,
        )

    def urls(self, reading_id: str) -> Iterator[tuple[str, str]]:
        """(method, path) of every route, filled in for that reading."""
        known = {**ARGUMENTS, "reading_id": reading_id, "ehr_id": EHR_ID}
        adapter = self.world.app.url_map.bind("localhost")
        for rule in self.rules:
            values = {
                name: known.get(name, self._asset(name)) for name in rule.arguments
            }
            for method in sorted(rule.methods or ()):
                yield method, adapter.build(rule.endpoint, values, method)

    def _asset(self, name: str) -> str:
        return "launch_post.js" if name == "filename" else "nothing"


def opened(world: World, order_id: str) -> Victim:
    """Launch that order."""
    walk = Walk()
    page = walk.get(world.launch_url(order_id))
    boot = completed(walk, world.app_url, boot_of(page))
    banner = boot["plan"]["banner"]
    reading_id = boot["base"].rsplit("/", 1)[1]
    browser_id = walk.cookies_of(world.app_url)[COOKIE]
    url = f"{world.app_url}{boot['base']}/d/0/f/0"
    frame = walk.get(url, headers={"X-Reading": boot["secret"]})
    assert frame.status_code == 200
    private = tuple(banner[name] for name in ("name", "mrn", "accession"))
    return Victim(
        reading_id,
        browser_id,
        boot["secret"],
        tuple(one for one in (*private, boot["secret"]) if one),
        frame.content,
    )
