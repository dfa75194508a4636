"""PostgreSQL goes away and comes back: readings go on or say so, nothing is lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
import requests
from postgresql_cluster import (
    make_database,
    running_cluster,
    start_cluster,
    stop_cluster,
)
from production_site import Page, Site, running_site

from smart_viewer.audit import AuditSite, Trail
from smart_viewer.audit.trail import trail_keys
from smart_viewer.sandbox.people import default_people
from smart_viewer.store import Store, open_store
from smart_viewer.store.trail import TrailRow

BACK_S = 120.0
Gone = Callable[[], object]


@pytest.fixture(scope="module")
def own_cluster(need: Callable[[str], Path]) -> Iterator[Path]:
    """A cluster for this file alone, since it is stopped."""
    with running_cluster(need("postgresql")) as folder:
        yield folder


@pytest.fixture(scope="module")
def mortal(
    need: Callable[[str], Path],
    own_cluster: Path,
    images_index: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A site on that cluster."""
    url = make_database(need("postgresql"), own_cluster, "mortal")
    state = tmp_path_factory.mktemp("mortal")
    with running_site(
        state, images_index, default_people(), url, need("nginx")
    ) as running:
        yield running


@pytest.fixture
def gone(mortal: Site, own_cluster: Path, need: Callable[[str], Path]) -> Gone:
    """`with gone():` the database is not there; after it, it is, and known to be."""

    @contextmanager
    def without() -> Iterator[None]:
        stop_cluster(need("postgresql"), own_cluster)
        try:
            yield
        finally:
            start_cluster(need("postgresql"), own_cluster)
        for replica in mortal.replicas.values():
            wait_ready(replica.url)

    return without


def wait_ready(url: str) -> None:
    deadline = time.monotonic() + BACK_S
    while not requests.get(f"{url}/readyz", timeout=BACK_S).ok:
        assert time.monotonic() < deadline, "it does not come back"


def says_so(answer: requests.Response) -> bool:
    """In words, with a next step and an id, and with nothing of our insides."""
    found = answer.json()
    whole = all(found[k] for k in ("title", "detail", "next_step", "correlation_id"))
    inside = re.search(r"Traceback|psycopg|SELECT|socket|/tmp", answer.text)
    return answer.status_code == 502 and whole and inside is None


def opened_store(site: Site) -> Store:
    key = bytes.fromhex(site.environment["SMART_VIEWER_KEY"])
    return open_store(site.environment["SMART_VIEWER_DATABASE_URL"], key)


def lines(site: Site) -> list[TrailRow]:
    store = opened_store(site)
    try:
        return list(store.trail.lines())
    finally:
        store.close()


def end(site: Site, page: Page) -> requests.Response:
    return page.walk.session.post(
        f"{page.url}/end",
        headers={"X-Reading": page.boot["secret"]},
        cookies=page.walk.cookies_of(site.url),
        timeout=60,
    )


def test_without_its_database_the_site_says_so_and_goes_on_afterwards(mortal, gone):
    pages = [mortal.opened_at("a"), mortal.opened_at("b")]
    before = [page.frame().content for page in pages]
    kept = lines(mortal)

    with gone():
        for page in pages:
            assert says_so(page.frame())
            assert says_so(end(mortal, page))
        assert says_so(mortal.walk().get(mortal.launch_url()))
        for replica in mortal.replicas.values():
            ready = requests.get(f"{replica.url}/readyz", timeout=60)
            assert ready.status_code == 503
            assert ready.json()["checks"]["store"] == "failed"
            assert requests.get(f"{replica.url}/healthz", timeout=60).ok

    assert [page.frame().content for page in pages] == before
    assert pages[0].walk.get(pages[0].url).status_code == 200
    assert lines(mortal)[: len(kept)] == kept
    assert mortal.opened().frame().status_code == 200
    for page in pages:
        assert end(mortal, page).status_code == 204
        assert page.frame().status_code == 404


def test_its_log_says_what_failed_and_nothing_of_a_query(mortal, gone):
    with gone():
        mortal.walk().get(mortal.launch_url())
    for replica in mortal.replicas.values():
        text = replica.log.read_text("utf-8")
        assert not re.search(r"SELECT |INSERT |postgresql://|psycopg\.", text)


@pytest.mark.requirement("R38")
def test_every_reading_that_was_answered_while_it_ended_is_kept_and_audited(
    mortal, gone
):
    pages: list[Page] = []
    some, over = Event(), Event()

    def launch_until_it_is_gone() -> None:
        while not over.is_set():
            try:
                pages.append(mortal.opened())
            except AssertionError:  # the launch was refused
                return
            if len(pages) > 1:
                some.set()

    with ThreadPoolExecutor(1) as pool:
        launching = pool.submit(launch_until_it_is_gone)
        assert some.wait(BACK_S)
        with gone():
            over.set()
            launching.result(BACK_S)

    assert [page.frame().status_code for page in pages] == [200] * len(pages)
    store = opened_store(mortal)
    try:
        key = bytes.fromhex(mortal.environment["SMART_VIEWER_KEY"])
        trail = Trail(store.trail, trail_keys(key), AuditSite(mortal.url))
        assert trail.verify().intact
        launched = [
            row for row in store.trail.lines() if '"launch"' in (row.body or "")
        ]
    finally:
        store.close()
    assert len(launched) >= len(pages)
