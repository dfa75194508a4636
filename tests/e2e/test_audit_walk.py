"""What one launch leaves in the trail, and how it reaches a FHIR server (R38)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from audit_repository import AuditRepository
from pydantic import SecretStr
from sqlalchemy import select
from world import Walk, World, running_world

from smart_viewer.operation import Operation
from smart_viewer.sandbox.serve import listen, start_server
from smart_viewer.store.tables import grants

BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."


@pytest.fixture
def audited(samples: Path, tmp_path: Path, audit_repository) -> Iterator[World]:
    """A world that sends its audit events to that server."""
    door = listen("127.0.0.1")
    operation = Operation(
        audit_url=f"{door.url}/fhir/", audit_bearer=SecretStr("for-the-audit")
    )
    with (
        start_server(audit_repository.app(), listener=door),
        running_world(
            tmp_path, samples / "mismatch", settings_changes={"operation": operation}
        ) as world,
    ):
        yield world


@pytest.fixture
def audit_repository() -> AuditRepository:
    return AuditRepository()


def walk(world: World) -> None:
    """A launch, and its end."""
    opened = Walk()
    text = opened.get(world.launch_url(world.order_ids()[0])).text
    found = re.search(r'id="boot">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    boot = json.loads(found[1])
    ended = requests.post(
        f"{world.app_url}{boot['base']}/end",
        headers={"X-Reading": boot["secret"]},
        cookies=opened.cookies_of(world.app_url),
        timeout=30,
    )
    assert ended.status_code == 204


def in_trail(world: World) -> list[dict]:
    return [json.loads(row.body or "") for row in world.house.store.trail.lines()]


def word(event: dict) -> str:
    return str(event["subtype"][-1]["code"])


@pytest.mark.requirement("R38")
def test_a_launch_query_open_and_logout_are_there_and_reach_the_server(
    audited, audit_repository
):
    walk(audited)
    trail = in_trail(audited)
    words = [word(one) for one in trail]
    assert [words[0], words[-1]] == ["launch", "logout"]
    assert {"query", "open"} <= set(words)

    assert audit_repository.wait_for(len(trail))

    sent = [
        {key: value for key, value in one.items() if key != "id"}
        for one in audit_repository.events.values()
    ]
    assert sent == trail
    assert {how for how, _ in audit_repository.asked} == {"PUT"}
    assert {bearer for _, bearer in audit_repository.asked} == {"Bearer for-the-audit"}


@pytest.mark.requirement("R38")
def test_events_under_a_token_follow_balp_and_hold_no_token(audited):
    Walk().get(audited.launch_url(audited.order_ids()[0]))
    store = audited.house.store
    with store.database.reading() as connection:
        (grant_id,) = connection.execute(select(grants.c.grant_id)).scalars()
    grant = json.loads(store.grants.read(grant_id) or "")
    for one in in_trail(audited):
        profiles = one["meta"]["profile"]
        assert f"{BALP}OAUTHaccessTokenUse.Opaque" in profiles
        (user,) = [agent for agent in one["agent"] if agent["requestor"]]
        codes = {coding["code"] for coding in user["type"]["coding"]}
        assert "UserOauthAgent" in codes
        (policy,) = user["policy"]
        assert re.fullmatch(r"ni:///sha-256;[A-Za-z0-9_-]{43}", policy)
        text = json.dumps(one)
        assert grant["access_token"] not in text
        assert grant["refresh_token"] not in text


@pytest.mark.requirement("R38")
def test_a_reading_waits_for_no_server_that_is_down(audited, audit_repository):
    audit_repository.status = 503
    walk(audited)
    walk(audited)
    trail = in_trail(audited)
    assert audit_repository.events == {}

    audit_repository.status = 0

    assert audit_repository.wait_for(len(trail))
    assert len(audit_repository.events) == len(trail)
