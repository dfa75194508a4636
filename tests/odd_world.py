"""A world whose EHR has every personality of the sandbox, and what it gave away.

The viewer has the shipped profiles, filled in as an integrator would, and `sandbox` for
the plain EHR. What the EHR issued is kept aside, so that a test can look for it where
it must not be.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from flask import Flask, Response
from world import (
    EHR_ID,
    CountingArchive,
    Walk,
    World,
    ehr_config,
    make_settings,
    sandbox_profile,
)

from smart_viewer.app import create_app
from smart_viewer.archive.indexing import index_folder
from smart_viewer.demo import people_of
from smart_viewer.demo_ehrs import TEMPLATES, demo_profiles
from smart_viewer.operation import Operation
from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.faults import Faults
from smart_viewer.sandbox.requestlog import RequestLog
from smart_viewer.sandbox.serve import listen, start_server
from smart_viewer.settings import EhrProfile

PAGE = {"Accept": "text/html"}
SECRET_MEMBERS = ("access_token", "refresh_token", "id_token")
SECRET_PARAMETERS = ("code", "state")


@dataclass
class Issued:
    """Every token, code and state that the EHR gave out."""

    secrets: list[str] = field(default_factory=list)

    def watch(self, ehr: Flask) -> None:
        """Look at each answer of the EHR. Before its first request."""

        @ehr.after_request
        def note(answer: Response) -> Response:
            location = answer.headers.get("Location", "")
            query = dict(parse_qsl(urlsplit(location).query))
            body = answer.get_json(silent=True) if answer.is_json else None
            found = [query.get(name) for name in SECRET_PARAMETERS]
            if isinstance(body, dict):
                found += [body.get(name) for name in SECRET_MEMBERS]
            self.secrets += [one for one in found if isinstance(one, str)]
            return answer


@dataclass
class OddWorld(World):
    """A world, with the sandbox's switches at hand."""

    issued: Issued = field(default_factory=Issued)

    @property
    def faults(self) -> Faults:
        return self.ehr.extensions["sandbox_faults"]

    @property
    def log(self) -> RequestLog:
        return self.ehr.extensions["sandbox_log"]

    def conform(self) -> None:
        """A conforming EHR again, nothing remembered of it."""
        self.faults.clear()
        self.ehr.extensions["sandbox_keys"].publish()
        self.log.clear()
        self.issued.secrets.clear()
        with self.house.outbound._lock:
            self.house.outbound._remembered.clear()

    def launch_as(self, personality: str, order: str | None = None) -> str:
        order = order or self.order_ids()[0]
        return f"{self.launch_url(order)}&as={personality}"

    def private_words(self) -> list[str]:
        """Names, numbers and UIDs that belong to a patient."""
        people = self.people
        words = [one for p in people.patients for one in (p.mrn, p.family, *p.given)]
        words += [order.accession_number for order in people.orders]
        words += [study.study_instance_uid for study in people.studies]
        return [word for word in words if word]

    def refusals(self) -> list[str]:
        """The reasons in the trail, oldest first."""
        events = [json.loads(row.body) for row in self.house.store.trail.lines()]
        texts = [json.dumps(event) for event in events]
        return [text for text in texts if '"refuse"' in text]


@contextmanager
def odd_world(
    state: Path,
    images: Path,
    profile_changes: dict[str, Any] | None = None,
    registration: dict[str, Any] | None = None,
    operation: dict[str, Any] | None = None,
) -> Iterator[OddWorld]:
    """profile_changes: laid over each profile. registration: of our client there.

    operation: how the site is run, where it differs.
    """
    index = state / "images.index.sqlite"
    index_folder(images, index, 1)
    people = people_of(index)
    ehr_door, app_door = listen("localhost"), listen("127.0.0.1")
    config = ehr_config(ehr_door.url, app_door.url, people)
    uris = tuple(
        f"{app_door.url}/app/{one}/callback" for one in (EHR_ID, *TEMPLATES.values())
    )
    app_there = replace(config.apps[0], redirect_uris=uris, **(registration or {}))
    config = replace(config, apps=(app_there,))
    ehr, issued = create_ehr(config), Issued()
    issued.watch(ehr)
    profiles = [sandbox_profile(ehr_door.url)]
    for ehr_id, text in demo_profiles(config).items():
        table = {"id": ehr_id, **tomllib.loads(text)}
        profiles.append(EhrProfile.model_validate(table))
    changed = tuple(
        EhrProfile.model_validate({**one.model_dump(), **(profile_changes or {})})
        for one in profiles
    )
    settings = make_settings(state, ehr_door.url, app_door.url, index, {})
    run = Operation.model_validate(
        {**settings.operation.model_dump(), **(operation or {})}
    )
    settings = settings.model_copy(update={"ehrs": changed, "operation": run})
    app = create_app(settings)
    house = app.extensions["smart_viewer"]
    first = settings.archives[0].id
    archive = CountingArchive(house.archives[first])
    house.archives[first] = archive
    with start_server(ehr, listener=ehr_door), start_server(app, listener=app_door):
        yield OddWorld(
            ehr_door.url, app_door.url, ehr, house, settings, archive, people, issued
        )


def boot_of(answer: requests.Response) -> dict[str, Any]:
    """The boot JSON of a reading's page."""
    found = re.search(r'id="boot">(.*?)</script>', answer.text, re.DOTALL)
    assert found is not None, answer.text
    return json.loads(found.group(1))


def callback_of(walk: Walk) -> str:
    """The redirect that the EHR sent the browser to."""
    return next(url for url in walk.seen if "/callback" in url)


def leaks(world: OddWorld, walk: Walk, page: str, log: str) -> list[str]:
    """Where a token, a code or something of a patient stands though it must not.

    page: of a refusal. The callback's own URL is the EHR's: code and state are in it.
    """
    ours = [u for u in walk.seen if u.startswith(world.app_url)]
    urls = " ".join(url for url in ours if "/callback" not in url)
    tokens = world.issued.secrets
    private = world.private_words()
    found = [f"page: {word}" for word in (*tokens, *private) if word in page]
    found += [f"log: {word}" for word in (*tokens, *private) if word in log]
    found += [f"url: {word}" for word in (*tokens, *private) if word in urls]
    return found


def grant_id_of(world: OddWorld, boot: dict[str, Any]) -> str:
    """The grant behind the reading of that boot JSON."""
    reading_id = boot["base"].rpartition("/")[2]
    record = world.house.store.readings.read(reading_id, world.house.clock())
    assert record is not None
    return record.grant_id


def stopped_at_callback(walk: Walk, url: str) -> str:
    """The URL of the callback, to which the browser has not gone yet."""
    for _ in range(5):
        answer = walk.session.get(
            url, allow_redirects=False, cookies=walk._cookies(url), timeout=30
        )
        walk._keep(url, answer)
        url = answer.headers["Location"]
        if "/callback" in url:
            return url
    raise AssertionError("no callback")
