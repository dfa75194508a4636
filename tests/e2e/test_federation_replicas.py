"""A revision that one process makes is seen by the page's stream at another one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from federation import (
    CHEST,
    PRIOR,
    Reading,
    Remote,
    boot_of,
    copied,
    dates,
    plans,
    running_remote,
)
from test_replicas import Balanced, replica
from world import ehr_config, environment_of

from smart_viewer.archive.indexing import index_folder
from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.serve import listen, start_server

Replicas = tuple[str, str, str, str, Remote]


@pytest.fixture(scope="module")
def replicas(
    samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Replicas]:
    """(launch link, public URL, replica a, replica b, the DICOMweb service)."""
    state = tmp_path_factory.mktemp("replicas")
    images = copied(samples, [CHEST], state / "images")
    index = images / "images.index.sqlite"
    index_folder(images, index)
    people = default_people()
    ehr_door, public = listen("localhost"), listen("127.0.0.1")
    public.socket.close()  # only its URL is used: the browser is played by the test
    ehr = create_ehr(ehr_config(ehr_door.url, public.url, people))
    environment = environment_of(state, ehr_door.url, public.url, index)
    folder = copied(samples, [PRIOR], state / "remote")
    with running_remote(folder) as remote:
        with (state / "configs" / "archives.toml").open("a", encoding="utf-8") as toml:
            toml.write(
                f"\n[remote]\nkind = 'dicomweb'\nbase_url = '{remote.url}/dicom-web'\n"
            )
        with (
            start_server(ehr, listener=ehr_door),
            replica("a", environment) as first,
            replica("b", environment) as second,
        ):
            link = f"{ehr_door.url}/launch/{people.orders[0].id}?display=tab"
            yield link, public.url, first, second, remote


def test_a_revision_made_by_one_replica_is_seen_at_the_other(replicas):
    link, public, a, b, remote = replicas
    remote.held.free.clear()
    walk = Balanced(public, (a, a))
    page = walk.get(link)
    assert page.status_code == 200, page.text
    boot = boot_of(page.text)
    assert boot["base"].startswith("/r/a-")
    reading = Reading(walk, public, boot)
    first = reading.answered()
    assert (first["complete"], list(dates(first).values())) == (False, ["current"])
    walk.targets = (b, b)
    stream = reading.stream(after=first["revision"])
    assert walk.went_to[-1] == b

    remote.held.free.set()

    *_, last = plans(stream)
    assert last["complete"]
    assert sorted(dates(last).values()) == ["current", "prior"]
