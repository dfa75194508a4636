"""Fifty patients at once over two replicas on PostgreSQL, and what must be done once.

R5, R11, R28, R29 and R36 where two processes and one database decide.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from threading import Barrier
from typing import Any

import numpy as np
import pydicom
import pytest
import requests
from e2e.federation import running_remote
from postgresql_cluster import make_database
from production_site import PATH, Page, Replica, Site, running_site
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from sqlalchemy import update
from world import completed

from smart_viewer.archive.indexing import index_folder
from smart_viewer.demo import people_of
from smart_viewer.launch.granted import Grant
from smart_viewer.store import Store, open_store
from smart_viewer.store.tables import readings

PATIENTS = 50
BROWSERS = 10  # five patients each
GUARDED = PATIENTS  # one more, whose images need the launch's token
SIDE = 16
ARCHIVE_OF_TOKENS = """
[guarded]
kind = "dicomweb"
base_url = "{url}/dicom-web"
private_network = true

[guarded.auth]
kind = "bearer_of_launch"
"""
IDLE_S = 15 * 60
WIPED_S = 60.0


@dataclass
class Fifty:
    """The site, a page of each patient, and how to look into the database."""

    site: Site
    pages: list[Page]

    @property
    def replicas(self) -> list[Replica]:
        return list(self.site.replicas.values())

    @contextmanager
    def store(self) -> Iterator[Store]:
        key = bytes.fromhex(self.site.environment["SMART_VIEWER_KEY"])
        store = open_store(self.site.environment["SMART_VIEWER_DATABASE_URL"], key)
        try:
            yield store
        finally:
            store.close()

    def wait_wiped(self, page: Page) -> None:
        """Whoever of the eight, or of the replicas, ends it: until it has."""
        deadline = time.monotonic() + WIPED_S
        with self.store() as store:
            while store.readings.head(page.reading_id, 0.0) is not None:
                assert time.monotonic() < deadline

    def logouts(self) -> list[dict[str, Any]]:
        """The AuditEvents of ended readings."""
        with self.store() as store:
            events = [json.loads(row.body or "") for row in store.trail.lines()]
        return [e for e in events if any(c["code"] == "logout" for c in e["subtype"])]


def made(number: int, base: Path, folder: Path) -> None:
    """One image of that patient; every pixel of it is the patient's number."""
    dataset = pydicom.dcmread(base)
    dataset.PatientID = f"FIFTY-{number:02}"
    dataset.PatientName = f"Case{number:02}^Number"
    dataset.PatientBirthDate = f"19{number:02}0101"
    dataset.AccessionNumber = f"F{number:04}"
    for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        setattr(dataset, name, generate_uid(entropy_srcs=[name, str(number)]))
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.Rows = dataset.Columns = SIDE
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    del dataset.PixelData  # with its encapsulation
    dataset.add_new("PixelData", "OW", pixels(number))
    folder.mkdir(parents=True, exist_ok=True)
    dataset.save_as(folder / f"{number:02}.dcm")


def pixels(number: int) -> bytes:
    return np.full((SIDE, SIDE), number, "<u2").tobytes()


@pytest.fixture(scope="module")
def fifty(
    need: Callable[[str], Path],
    cluster: Path,
    samples: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Fifty]:
    """All launched, over two replicas, in threads: their steps lie among each other."""
    state = tmp_path_factory.mktemp("fifty")
    base = next(iter(sorted((samples / "chest" / "lung").glob("*.dcm"))))
    for number in range(PATIENTS):
        made(number, base, state / "images" / "open")
    made(GUARDED, base, state / "images" / "guarded")
    index, everybody = state / "open.sqlite", state / "everybody.sqlite"
    index_folder(state / "images" / "open", index)
    index_folder(state / "images", everybody)
    url = make_database(need("postgresql"), cluster, "fifty")
    with running_remote(state / "images" / "guarded", bearer=bool) as guarded:
        archives = ARCHIVE_OF_TOKENS.format(url=guarded.url)
        people = people_of(everybody)
        nginx = need("nginx")
        with running_site(state, index, people, url, nginx, archives) as site:
            yield Fifty(site, launched(site))


def launched(site: Site) -> list[Page]:
    """A page of each of the fifty, by number; every tenth launch has a new browser."""
    by_number = sorted(
        range(len(site.people.orders)),
        key=lambda n: patient_of(site, n).mrn,
    )[:PATIENTS]
    firsts = [site.opened(order) for order in by_number[:BROWSERS]]

    def launch(place: int) -> Page:
        walk = site.walk()  # of the same browser: its cookies are shared
        walk._jar = {k: dict(v) for k, v in firsts[place % BROWSERS].walk._jar.items()}
        answer = walk.get(site.launch_url(by_number[place]))
        assert answer.status_code == 200, answer.text
        return opened_page(site, walk, answer)

    with ThreadPoolExecutor(8) as pool:
        others = pool.map(launch, range(BROWSERS, PATIENTS))
        return list(pool.map(complete, [*firsts, *others]))


def opened_page(site: Site, walk: Any, answer: requests.Response) -> Page:
    boot = answer.text.split('id="boot">', 1)[1].split("</script>", 1)[0]
    return Page(site, walk, walk.seen[-1], json.loads(boot), answer)


def complete(page: Page) -> Page:
    """The page with the plan of all archives, which on a busy machine comes later."""
    origin = page.site.url.removesuffix(PATH)
    page.boot = completed(page.walk, origin, page.boot)
    return page


def patient_of(site: Site, order: int) -> Any:
    wanted = site.people.orders[order].patient_id
    return next(one for one in site.people.patients if one.id == wanted)


def asked(
    page: Page, replica: Replica, path: str, reading: str = "", secret: str = ""
) -> requests.Response:
    """Something of a reading at one replica, as this page's browser."""
    return requests.get(
        f"{replica.url}/r/{reading or page.reading_id}{path}",
        headers={"X-Reading": secret or page.boot["secret"]},
        cookies=page.walk.cookies_of(page.site.url),
        timeout=60,
    )


@pytest.mark.requirement("R28")
def test_fifty_readings_of_fifty_patients_never_mix(fifty):
    seen = {page.boot["plan"]["banner"]["mrn"] for page in fifty.pages}
    assert seen == {f"FIFTY-{number:02}" for number in range(PATIENTS)}
    assert {page.tag for page in fifty.pages} == {"a", "b"}
    asks = [(p, r) for p in fifty.pages for r in fifty.replicas] * 2
    Random(50).shuffle(asks)

    def mine(ask: tuple[Page, Replica]) -> bool:
        page, replica = ask
        number = int(page.boot["plan"]["banner"]["mrn"].removeprefix("FIFTY-"))
        return asked(page, replica, "/d/0/f/0").content == pixels(number)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(mine, asks))
    for page in fifty.pages:
        told = json.dumps(page.boot)
        others = seen - {page.boot["plan"]["banner"]["mrn"]}
        assert not [mrn for mrn in others if mrn in told]
        assert len(page.boot["plan"]["displaySets"]) == 1


@pytest.mark.requirement("R29")
def test_no_page_of_the_fifty_reads_another_ones(fifty):
    """Own cookie and secret at another's reading; another's secret at one's own."""
    random = Random(51)
    pairs = [random.sample(fifty.pages, 2) for _ in range(200)]

    def crossed(pair: list[Page]) -> list[int]:
        page, other = pair
        replica = random.choice(fifty.replicas)
        secret = other.boot["secret"]
        return [
            asked(page, replica, "/d/0/f/0", other.reading_id).status_code,
            asked(page, replica, "/d/0/f/0", secret=secret).status_code,
            asked(page, replica, "/events", other.reading_id).status_code,
        ]

    with ThreadPoolExecutor(8) as pool:
        found = [status for statuses in pool.map(crossed, pairs) for status in statuses]
    assert found == [404] * 600


@pytest.mark.parametrize(
    "path",
    [
        "/d/1/f/0",
        "/d/0/f/1",
        "/d/0/f/1.2.840.10008",
        "/d/0/t/0",
        "/d/0/o/0",
        "/d/99999999999999999999/f/0",
        "/d/..%2f..%2f/f/0",
        "/metadata",
        "/studies/1.2.3",
        "/%00",
    ],
)
@pytest.mark.requirement("R29")
def test_whatever_is_not_in_the_plan_is_404_at_either(fifty, path):
    for replica in fifty.replicas:
        assert asked(fifty.pages[0], replica, path).status_code == 404


def callback_of_new_launch(site: Site) -> tuple[str, dict[str, str]]:
    """A callback that nobody has followed yet, and its browser's cookies."""
    walk, url = site.walk(), site.launch_url()
    for _ in range(10):
        answer = walk.session.get(
            url, allow_redirects=False, cookies=walk._cookies(url), timeout=60
        )
        walk._keep(url, answer)
        url = answer.headers["Location"]
        if "/callback?" in url:
            return url, walk.cookies_of(site.url)
    raise AssertionError("the EHR did not send the browser back")


@pytest.mark.requirement("R5")
def test_a_state_is_taken_once_over_both_replicas(fifty):
    for _ in range(5):
        callback, cookies = callback_of_new_launch(fifty.site)
        path, start = callback.removeprefix(fifty.site.url), Barrier(4)

        def follow(
            url: str, path: str = path, start: Barrier = start, cookies: Any = cookies
        ) -> int:
            start.wait(60)
            return requests.get(
                f"{url}{path}", cookies=cookies, allow_redirects=False, timeout=60
            ).status_code

        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(follow, [r.url for r in fifty.replicas] * 2))
        assert sorted(found) == [303, 400, 400, 400]


@pytest.mark.requirement("R5")
def test_a_state_of_another_browser_is_refused_at_either(fifty):
    for replica in fifty.replicas:
        callback, _ = callback_of_new_launch(fifty.site)
        answer = requests.get(
            f"{replica.url}{callback.removeprefix(fifty.site.url)}",
            cookies=fifty.pages[0].walk.cookies_of(fifty.site.url),
            allow_redirects=False,
            timeout=60,
        )
        assert answer.status_code == 400


@pytest.mark.requirement("R11")
def test_two_replicas_refresh_a_token_once(fifty):
    # given a reading whose frames need the launch's token, and that token over
    site = fifty.site
    order = next(
        n for n in range(PATIENTS + 1) if patient_of(site, n).mrn == "FIFTY-50"
    )
    page = complete(site.opened(order))
    assert asked(page, fifty.replicas[0], "/d/0/f/0").content == pixels(GUARDED)
    with fifty.store() as store:
        head = store.readings.head(page.reading_id, 0.0)
        grant = Grant.from_json(store.grants.read(head.grant_id))
        over = replace(grant, renew_at=0.0, expires_at=0.0)
        store.grants.replace(head.grant_id, over.to_json())
    log, start = site.ehr.extensions["sandbox_log"], Barrier(20)
    before = log.count("/oauth/token")

    def frame(number: int) -> bytes:
        start.wait(60)
        return asked(page, fifty.replicas[number % 2], "/d/0/f/0").content

    # when
    with ThreadPoolExecutor(20) as pool:
        frames = set(pool.map(frame, range(20)))
    # then
    assert frames == {pixels(GUARDED)}
    assert log.count("/oauth/token") == before + 1
    with fifty.store() as store:
        fresh = Grant.from_json(store.grants.read(head.grant_id))
    assert fresh.refresh_token not in {None, grant.refresh_token}


@pytest.mark.requirement("R36")
def test_an_idle_reading_ends_at_both_replicas_and_is_recorded_once(fifty):
    page = complete(fifty.site.opened())
    kept = complete(fifty.site.opened())
    for replica in fifty.replicas:  # both have the plan at hand
        assert asked(page, replica, "/d/0/f/0").ok
    recorded, log = len(fifty.logouts()), fifty.site.ehr.extensions["sandbox_log"]
    revoked = log.count("/oauth/revoke")
    with fifty.store() as store, store.database.writing() as connection:
        mine = update(readings).where(readings.c.reading_id == page.reading_id)
        head = store.readings.head(page.reading_id, 0.0)
        connection.execute(mine.values(used_at=head.used_at - IDLE_S))
    start = Barrier(8)

    def ask(number: int) -> int:
        start.wait(60)
        return asked(page, fifty.replicas[number % 2], "/d/0/f/0").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {404}
    fifty.wait_wiped(page)
    assert [e["outcomeDesc"] for e in fifty.logouts()[recorded:]] == ["idle"]
    assert log.count("/oauth/revoke") > revoked
    assert kept.frame().ok


@pytest.mark.requirement("R36")
def test_a_heartbeat_at_one_replica_counts_at_the_other(fifty):
    page = complete(fifty.site.opened())
    with fifty.store() as store, store.database.writing() as connection:
        mine = update(readings).where(readings.c.reading_id == page.reading_id)
        head = store.readings.head(page.reading_id, 0.0)
        connection.execute(mine.values(used_at=head.used_at - IDLE_S + 60))
    beat = requests.post(
        f"{fifty.replicas[0].url}/r/{page.reading_id}/alive",
        headers={"X-Reading": page.boot["secret"]},
        cookies=page.walk.cookies_of(fifty.site.url),
        timeout=60,
    )
    assert beat.json()["idleSecondsLeft"] == IDLE_S
    with fifty.store() as store:
        assert store.readings.head(page.reading_id, 0.0).used_at >= head.used_at
    assert asked(page, fifty.replicas[1], "/d/0/f/0").ok
