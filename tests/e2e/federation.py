"""A world with two archives: a folder, and a DICOMweb service that can be held up."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pydicom
import requests
from pydicom.encaps import generate_frames
from world import Walk, World, running_world

from smart_viewer.sandbox.dicomweb import DicomwebConfig, DicomwebFaults, create_archive
from smart_viewer.sandbox.dicomweb_faults import ArchiveLog
from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.serve import listen, start_server
from smart_viewer.settings import ArchiveProfile, DicomwebProfile, FolderProfile

HELD_S = 60.0
CHEST, PRIOR, SOMEBODY_ELSE = "chest/lung", "chest_prior/soft", "head/soft"


@dataclass
class Held:
    """A WSGI app that answers nothing while it is held."""

    app: Callable[..., Iterable[bytes]]
    free: Event = field(default_factory=Event)
    asked: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.free.set()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        self.asked.set()
        self.free.wait(HELD_S)
        return self.app(environ, start_response)


@dataclass
class Remote:
    """A DICOMweb service of the sandbox, its switches and its log."""

    url: str
    held: Held
    faults: DicomwebFaults
    log: ArchiveLog
    folder: Path

    def profile(self, name: str = "remote", **changes: Any) -> DicomwebProfile:
        return DicomwebProfile(
            id=name, kind="dicomweb", base_url=f"{self.url}/dicom-web", **changes
        )

    def conform(self) -> None:
        """No fault, nobody held, nothing asked."""
        self.faults.clear()
        self.held.free.set()
        self.held.asked.clear()
        self.log.clear()


def copied(samples: Path, series: Iterable[str], to: Path, slices: int = 8) -> Path:
    """The first slices of some sample series."""
    for name in series:
        (to / name).mkdir(parents=True)
        for file in sorted((samples / name).glob("*.dcm"))[:slices]:
            shutil.copy(file, to / name)
    return to


@contextmanager
def running_remote(
    folder: Path, bearer: Callable[[str], bool] | None = None
) -> Iterator[Remote]:
    app = create_archive(folder, DicomwebConfig(bearer=bearer))
    held, extensions = Held(app), app.extensions
    faults = extensions["sandbox_dicomweb_faults"]
    log = extensions["sandbox_dicomweb_log"]
    door = listen("localhost")
    with start_server(held, listener=door) as server:
        try:
            yield Remote(server.url, held, faults, log, folder)
        finally:
            held.free.set()


@contextmanager
def federated(
    state: Path, images: Path, remotes: Iterable[ArchiveProfile], **changes: Any
) -> Iterator[World]:
    """The folder's index and those archives, in this order."""
    folder = FolderProfile(
        id="images", path=images, index=state / "images.index.sqlite"
    )
    with running_world(
        state, images, default_people(), archives=(folder, *remotes), **changes
    ) as world:
        yield world


@dataclass
class Reading:
    """A page that was opened without a browser."""

    walk: Walk
    url: str
    boot: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Reading": self.boot["secret"]}

    def frame(self, display_set: int, frame: int) -> requests.Response:
        path = f"{self.url}{self.boot['base']}/d/{display_set}/f/{frame}"
        return self.walk.get(path, headers=self.headers)

    def stream(self, after: int = -1, url: str = "") -> requests.Response:
        """The stream of newer plans, opened: its first words have come."""
        path = f"{url or self.url}{self.boot['base']}/events?after={after}"
        return self.walk.get(path, headers=self.headers, stream=True)

    def answered(self, archive: str = "images") -> dict[str, Any]:
        """The first plan with that archive's answer; on a busy machine a revision."""
        plan = self.boot["plan"]
        if states(plan)[archive] == "answered":
            return plan
        with closing(self.stream(plan["revision"])) as stream:
            return next(p for p in plans(stream) if states(p)[archive] == "answered")

    def complete(self) -> dict[str, Any]:
        """The plan when every archive has answered."""
        plan = self.boot["plan"]
        if plan["complete"]:
            return plan
        return last_plan(self.stream(plan["revision"]))


def plans(stream: requests.Response) -> Iterator[dict[str, Any]]:
    """Each plan of an event stream, until it ends."""
    for line in stream.iter_lines(chunk_size=None):
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


def last_plan(stream: requests.Response) -> dict[str, Any]:
    *_, last = plans(stream)
    return last


def opened(world: World, order: int = 0) -> Reading:
    """Launch that order; the page is there."""
    walk = Walk()
    page = walk.get(world.launch_url(world.order_ids()[order]))
    assert page.status_code == 200, page.text
    return Reading(walk, world.app_url, boot_of(page.text))


def boot_of(page: str) -> dict[str, Any]:
    found = re.search(r'id="boot">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def dates(plan: dict[str, Any]) -> dict[str, str]:
    """Study dates of the plan, and the role of each."""
    return {s["study"]["date"]: s["study"]["role"] for s in plan["displaySets"]}


def states(plan: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["state"] for one in plan["archives"]}


def trace(plan: dict[str, Any]) -> str:
    return "\n".join(f"{one['outcome']}: {one['text']}" for one in plan["trace"])


def notices(plan: dict[str, Any]) -> str:
    return "\n".join(one["text"] for one in plan["notices"])


def stored_frames(folder: Path) -> list[bytes]:
    """The stored bytes of every file there, of one frame each (PS3.5 A.4)."""
    found = []
    for file in sorted(folder.rglob("*.dcm")):
        dataset = pydicom.dcmread(file)
        if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
            found += generate_frames(dataset.PixelData, number_of_frames=1)
        else:
            found.append(dataset.PixelData)
    return found
