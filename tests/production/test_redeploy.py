"""A redeploy and a change of the key, with readings open: nothing of them is lost."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from e2e.federation import CHEST, PRIOR, Remote, copied, plans, running_remote
from postgresql_cluster import make_database
from production_site import Page, Replica, Site, running_site

from smart_viewer.archive.indexing import index_folder
from smart_viewer.sandbox.people import default_people
from smart_viewer.store import open_store

DRAINING_S = 30.0
LONGER_THAN_IT_LINGERS_S = 8.0  # for connections that are kept alive: 2 s


@pytest.fixture(scope="module")
def remote(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    """A DICOMweb service that can be held up; it has the prior."""
    folder = copied(samples, [PRIOR], tmp_path_factory.mktemp("remote"))
    with running_remote(folder) as running:
        yield running


@pytest.fixture(scope="module")
def site(
    need: Callable[[str], Path],
    cluster: Path,
    samples: Path,
    remote: Remote,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """Like every test's, with a second archive."""
    state = tmp_path_factory.mktemp("redeploy")
    images = copied(samples, [CHEST], state / "images")
    index = images / "images.index.sqlite"
    index_folder(images, index)
    url = make_database(need("postgresql"), cluster, "redeploy")
    table = f"\n[remote]\nkind = 'dicomweb'\nbase_url = '{remote.url}/dicom-web'\n"
    with running_site(
        state, index, default_people(), url, need("nginx"), table
    ) as running:
        yield running


@pytest.fixture(autouse=True)
def both_run(site: Site, remote: Remote) -> Iterator[None]:
    """Whoever was ended by a test runs again for the next one."""
    remote.conform()
    yield
    remote.held.free.set()
    for replica in site.replicas.values():
        if replica.process is None or replica.process.poll() is not None:
            replica.start()


def until_draining(replica: Replica) -> None:
    """Until it accepts no connection any more."""
    deadline = time.monotonic() + DRAINING_S
    while time.monotonic() < deadline:
        try:
            requests.get(f"{replica.url}/healthz", timeout=DRAINING_S)
        except requests.ConnectionError:
            return
    raise AssertionError("it still accepts connections")


def stream_of(page: Page, after: int) -> requests.Response:
    """The page's stream of newer plans, opened: its first words have come."""
    stream = page.get(f"/events?after={after}", stream=True)
    assert stream.status_code == 200
    return stream


def followed(page: Page, after: int) -> dict[str, Any]:
    """The last plan; a stream that ends before it is opened again, as the page does."""
    deadline = time.monotonic() + DRAINING_S
    while time.monotonic() < deadline:
        for plan in plans(stream_of(page, after)):
            if plan["complete"]:
                return plan
    raise AssertionError("no complete plan came")


def test_streams_end_cleanly_and_go_on_at_the_other_replica(site, remote):
    remote.held.free.clear()
    page = site.opened_at("a")
    revision = page.boot["plan"]["revision"]
    stream = stream_of(page, revision)

    site.replicas["a"].terminate()

    rest = stream.text  # raises where it was cut off
    assert "retry: " in rest
    until_draining(site.replicas["a"])
    remote.held.free.set()
    last = followed(page, revision)  # the same URL, from the other replica
    assert last["complete"]
    assert {one["state"] for one in last["archives"]} == {"answered"}
    assert site.replicas["a"].wait() == 0


def test_what_an_archive_answers_while_its_replica_ends_is_kept(site, remote):
    remote.held.free.clear()
    page = site.opened_at("a")
    assert not page.boot["plan"]["complete"]
    site.replicas["a"].terminate()
    until_draining(site.replicas["a"])
    with pytest.raises(subprocess.TimeoutExpired):  # it waits for its archive
        site.replicas["a"].process.wait(LONGER_THAN_IT_LINGERS_S)

    remote.held.free.set()

    assert site.replicas["a"].wait() == 0
    reloaded = page.walk.get(page.url).text
    assert re.search(r'"complete":true', reloaded)
    assert "has not answered in time" not in reloaded


def test_a_request_under_way_is_finished(site, remote):
    page = site.opened_at("a")
    if not page.boot["plan"]["complete"]:  # the prior comes as a revision
        plan = followed(page, page.boot["plan"]["revision"])
    else:
        plan = page.boot["plan"]
    roles = [one["study"]["role"] for one in plan["displaySets"]]
    remote.held.free.clear()
    remote.held.asked.clear()
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(page.frame, roles.index("prior"))
        assert remote.held.asked.wait(DRAINING_S)
        site.replicas["a"].terminate()
        until_draining(site.replicas["a"])
        remote.held.free.set()
        answer = asking.result()
    assert answer.status_code == 200
    assert len(answer.content) == int(answer.headers["Content-Length"]) > 0
    assert site.replicas["a"].wait() == 0


def test_readings_survive_a_rolling_change_of_the_key(site):
    old = site.environment["SMART_VIEWER_KEY"]
    new = secrets.token_hex(32)
    before = site.opened_at("a")
    picture = before.frame().content
    # First every replica learns to open what the new key seals, then to seal with it.
    for keys in (f"{old},{new}", f"{new},{old}"):
        for replica in site.replicas.values():
            replica.terminate()
            assert replica.wait() == 0
            assert before.frame().content == picture  # the other one goes on
            replica.start(SMART_VIEWER_KEY=keys)
            assert before.frame().content == picture
            assert site.opened().frame().content == picture
    since = site.opened_at("b")
    for page in (before, since):
        for replica in site.replicas.values():
            assert page.frame_at(replica).content == picture

    environment = {**site.environment, "SMART_VIEWER_KEY": f"{new},{old}"}
    done = command("reseal", environment)

    assert re.fullmatch(r"Sealed again: \d+ grants, \d+ lines of the trail.\n", done)
    for page in (before, since):
        for replica in site.replicas.values():
            assert page.frame_at(replica).content == picture
    assert command("audit", environment, "verify").startswith("The trail is whole")
    assert only_by(new, environment) == only_by(f"{new},{old}", environment) > 0


def command(name: str, environment: dict[str, str], *rest: str) -> str:
    """What `smart-viewer NAME` says."""
    done = subprocess.run(
        [sys.executable, "-m", "smart_viewer", name, *rest],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def only_by(keys: str, environment: dict[str, str]) -> int:
    """How many lines of the trail these keys can open."""
    masters = tuple(bytes.fromhex(key) for key in keys.split(","))
    store = open_store(environment["SMART_VIEWER_DATABASE_URL"], masters)
    try:
        return sum(row.body is not None for row in store.trail.lines())
    finally:
        store.close()
