"""Two processes on one store: a launch begun at one goes on at the other."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from world import Walk, ehr_config, environment_of

from smart_viewer.archive.indexing import index_folder
from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.serve import Listener, listen, start_server

READY_S = 180.0


@contextmanager
def replica(
    tag: str, environment: dict[str, str], *options: str, door: Listener | None = None
) -> Iterator[str]:
    """`smart-viewer serve` as a process of its own; its URL."""
    door = door or listen("127.0.0.1")
    fd = door.socket.fileno()
    command = [sys.executable, "-m", "smart_viewer", "serve", "--bind", f"fd://{fd}"]
    process = subprocess.Popen(
        [*command, *options],
        env={**os.environ, **environment, "SMART_VIEWER_REPLICA": tag},
        pass_fds=[fd],
    )
    door.socket.close()
    try:
        wait_ready(door.url, process)
        yield door.url
    finally:
        process.terminate()
        process.wait(30)


def wait_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{url}/readyz", timeout=READY_S).ok:
                return
        except requests.ConnectionError:
            continue
    raise AssertionError("the replica did not get ready")


@pytest.fixture(scope="module")
def replicas(
    samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, str, str]]:
    """(EHR, replica a, replica b, an order): both replicas share store and archive.

    The public URL is that of replica a, as if a proxy stood there.
    """
    state = tmp_path_factory.mktemp("replicas")
    index = state / "images.index.sqlite"
    index_folder(samples, index)
    people = default_people()
    ehr_door, public = listen("localhost"), listen("127.0.0.1")
    public.socket.close()  # only its URL is used: browsers are played by the test
    ehr = create_ehr(ehr_config(ehr_door.url, public.url, people))
    environment = environment_of(state, ehr_door.url, public.url, index)
    with (
        start_server(ehr, listener=ehr_door),
        replica("a", environment) as first,
        replica("b", environment) as second,
    ):
        yield ehr_door.url, first, second, f"{public.url} {people.orders[0].id}"


class Balanced(Walk):
    """A browser behind a proxy that sends every request to the next replica."""

    def __init__(self, public: str, targets: tuple[str, str]) -> None:
        super().__init__()
        self.public, self.targets, self.turn = public, targets, 0
        self.cookies: dict[str, str] = {}
        self.went_to: list[str] = []

    def get(self, url: str, **kwargs: object) -> requests.Response:
        for _ in range(10):
            real = url
            if url.startswith(self.public):
                target = self.targets[self.turn % 2]
                self.turn += 1
                real = target + url[len(self.public) :]
                self.went_to.append(target)
            mine = self.cookies if real != url else {}
            answer = requests.get(
                real, allow_redirects=False, cookies=mine, timeout=30, **kwargs
            )
            self.cookies.update(answer.cookies.get_dict() if real != url else {})
            if not answer.is_redirect:
                return answer
            url = requests.compat.urljoin(url, answer.headers["Location"])
        raise AssertionError("too many redirects")


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.requirement("R5")
def test_a_launch_begun_at_one_replica_goes_on_at_the_other(replicas, first):
    ehr, a, b, rest = replicas
    public, order = rest.split()
    walk = Balanced(public, (a, b) if first == 0 else (b, a))
    page = walk.get(f"{ehr}/launch/{order}?display=tab")
    assert page.status_code == 200, page.text
    assert set(walk.went_to) == {a, b}  # launch at one, callback at the other
    boot = json.loads(re.search(r'id="boot">(.*?)</script>', page.text, re.DOTALL)[1])
    tag = "b" if first == 0 else "a"  # the replica that had the callback opened it
    assert boot["base"].startswith(f"/r/{tag}-")
    bodies = [
        walk.get(
            f"{public}{boot['base']}/d/1/f/7", headers={"X-Reading": boot["secret"]}
        )
        for _ in range(2)
    ]
    assert [body.status_code for body in bodies] == [200, 200]
    assert bodies[0].content == bodies[1].content
    assert len(set(walk.went_to[-2:])) == 2
