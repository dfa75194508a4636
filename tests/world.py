"""A whole small world on loopback: sandbox EHR, archive, viewer. For tests only."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from smart_viewer.app import create_app
from smart_viewer.archive.indexing import index_folder
from smart_viewer.archive.port import Archive
from smart_viewer.demo import people_of
from smart_viewer.reading.house import House
from smart_viewer.sandbox.charts import People
from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.registration import AppRegistration, EhrConfig
from smart_viewer.sandbox.serve import listen, start_server
from smart_viewer.settings import (
    ArchiveProfile,
    EhrProfile,
    FolderProfile,
    Settings,
    asset_root,
)

EHR_ID = "sandbox"


@dataclass
class CountingArchive:
    """An archive that counts what it was asked."""

    inner: Archive
    searches: int = 0
    studies: int = 0
    frames_asked: int = 0

    @property
    def archive_id(self) -> str:
        return self.inner.archive_id

    def search(self, query: Any) -> Any:
        self.searches += 1
        return self.inner.search(query)

    def study(self, uid: str) -> Any:
        self.studies += 1
        return self.inner.study(uid)

    def frames(self, ref: Any, numbers: Sequence[int]) -> Any:
        self.frames_asked += len(numbers)
        return self.inner.frames(ref, numbers)

    def overlay(self, ref: Any, group: int) -> bytes:
        return self.inner.overlay(ref, group)

    def tags(self, ref: Any) -> Any:
        return self.inner.tags(ref)


@dataclass
class World:
    """Addresses and insides of one running world."""

    ehr_url: str
    app_url: str
    ehr: Any
    house: House
    settings: Settings
    archive: CountingArchive
    people: People
    app: Any = field(default=None, kw_only=True)  # the viewer itself

    def audited(self, action: str) -> int:
        """How many records of that action the trail has."""
        return sum(f'"{action}"' in row.body for row in self.house.store.trail.lines())

    def order_ids(self) -> list[str]:
        return [order.id for order in self.people.orders]

    def launch_url(self, order_id: str, display: str = "tab") -> str:
        """The EHR's Launch link of one order."""
        return f"{self.ehr_url}/launch/{order_id}?display={display}"


@contextmanager
def running_world(
    state: Path,
    images: Path,
    people: People | None = None,
    clock: Callable[[], float] | None = None,
    profile_changes: dict[str, Any] | None = None,
    settings_changes: dict[str, Any] | None = None,
    workers: int = 1,
    archives: Sequence[ArchiveProfile] = (),
) -> Iterator[World]:
    """Index `images`, start the EHR on localhost and the viewer on 127.0.0.1.

    archives: what the viewer asks in place of the index; the first one is counted.
    """
    index = state / "images.index.sqlite"
    index_folder(images, index, workers)
    people = people or people_of(index)
    ehr_door, app_door = listen("localhost"), listen("127.0.0.1")
    ehr = create_ehr(ehr_config(ehr_door.url, app_door.url, people))
    settings = make_settings(
        state, ehr_door.url, app_door.url, index, profile_changes or {}
    ).model_copy(update=settings_changes or {})
    if archives:
        settings = settings.model_copy(update={"archives": tuple(archives)})
    app = create_app(settings, **({"clock": clock} if clock else {}))
    house: House = app.extensions["smart_viewer"]
    first = settings.archives[0].id
    archive = CountingArchive(house.archives[first])
    house.archives[first] = archive  # counted from here on
    with start_server(ehr, listener=ehr_door), start_server(app, listener=app_door):
        yield World(
            ehr_door.url, app_door.url, ehr, house, settings, archive, people, app=app
        )


def ehr_config(ehr_url: str, app_url: str, people: People) -> EhrConfig:
    app = AppRegistration(
        client_id="smart-viewer",
        label="Smart Viewer",
        launch_url=f"{app_url}/launch",
        redirect_uris=(f"{app_url}/app/{EHR_ID}/callback",),
    )
    return EhrConfig(
        base_url=ehr_url,
        people=people,
        apps=(app,),
        templates=asset_root() / "templates",
    )


def make_settings(
    state: Path, ehr_url: str, app_url: str, index: Path, changes: dict[str, Any]
) -> Settings:
    profile = sandbox_profile(ehr_url).model_copy(update=changes)
    return Settings(
        public_url=app_url,
        key=secrets.token_hex(32),
        state_folder=state,
        database_url=f"sqlite:///{state / 'state.sqlite'}",
        ehrs=(profile,),
        archives=(FolderProfile(id="images", path=index.parent, index=index),),
    )


def sandbox_profile(ehr_url: str) -> EhrProfile:
    """The shipped sandbox profile, pointed at this EHR."""
    import tomllib

    text = (asset_root() / "launch_configs" / "sandbox.toml").read_text("utf-8")
    table = tomllib.loads(text.replace("http://localhost:9400", ehr_url))
    return EhrProfile.model_validate({"id": EHR_ID, **table})


@dataclass
class Walk:
    """A browser without a screen: follows redirects one by one, keeps cookies."""

    session: requests.Session = field(default_factory=requests.Session)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session.trust_env = False

    def get(self, url: str, **kwargs: Any) -> requests.Response:
        """GET through redirects; cookies go to their own host only."""
        for _ in range(10):
            self.seen.append(url)
            answer = self.session.get(
                url,
                allow_redirects=False,
                cookies=self._cookies(url),
                timeout=30,
                **kwargs,
            )
            self._keep(url, answer)
            if not answer.is_redirect:
                return answer
            url = urljoin(url, answer.headers["Location"])
        raise AssertionError("too many redirects")

    _jar: dict[str, dict[str, str]] = field(default_factory=dict)

    def _cookies(self, url: str) -> dict[str, str]:
        return self._jar.get(urlsplit(url).netloc, {})

    def _keep(self, url: str, answer: requests.Response) -> None:
        self._jar.setdefault(urlsplit(url).netloc, {}).update(answer.cookies.get_dict())
        self.session.cookies.clear()

    def cookies_of(self, url: str) -> dict[str, str]:
        return dict(self._jar.get(urlsplit(url).netloc, {}))


def completed(walk: Walk, origin: str, boot: dict[str, Any]) -> dict[str, Any]:
    """The boot JSON with the plan of all archives: a busy machine has it later."""
    url, headers = f"{origin}{boot['base']}", {"X-Reading": boot["secret"]}
    lines = walk.get(f"{url}/events?after=-1", headers=headers).text.splitlines()
    plans = [one.removeprefix("data: ") for one in lines if one.startswith("data: ")]
    plan = json.loads(plans[-1])
    assert plan["complete"]
    return {**boot, "plan": plan}


def environment_of(
    state: Path, ehr_url: str, public: str, index: Path, archives: str = ""
) -> dict[str, str]:
    """What a replica of its own process is told. archives: more tables of the TOML."""
    configs = state / "configs"
    configs.mkdir()
    shipped = (asset_root() / "launch_configs" / "sandbox.toml").read_text("utf-8")
    (configs / f"{EHR_ID}.toml").write_text(
        shipped.replace("http://localhost:9400", ehr_url), "utf-8"
    )
    (configs / "archives.toml").write_text(
        f"[images]\npath = '{index.parent}'\nindex = '{index}'\n{archives}", "utf-8"
    )
    return {
        "SMART_VIEWER_CONFIG": str(configs),
        "SMART_VIEWER_KEY": secrets.token_hex(32),
        "SMART_VIEWER_PUBLIC_URL": public,
        "SMART_VIEWER_STATE": str(state),
    }
