"""`create_app` joins the rooms; the only file that knows them all."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import TypedDict, Unpack

from flask import Flask

from smart_viewer.archive.dicomweb import DicomwebArchive
from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.port import Archive
from smart_viewer.audit.event import Action, AuditRecord, AuditSite, Outcome
from smart_viewer.audit.trail import Trail, trail_key
from smart_viewer.errors import SettingsInvalid
from smart_viewer.hanging.read_protocol import LIBRARY_FOLDER, load_library
from smart_viewer.launch.hosts import policy_of
from smart_viewer.net.outbound import Outbound
from smart_viewer.reading.house import House, Report
from smart_viewer.settings import (
    ArchiveProfile,
    DicomwebProfile,
    Settings,
    asset_root,
)
from smart_viewer.store import Store, open_store
from smart_viewer.web import problems, security, words
from smart_viewer.web.image_routes import image_routes
from smart_viewer.web.launch_routes import launch_routes
from smart_viewer.web.outside_routes import outside_routes
from smart_viewer.web.preference_routes import preference_routes
from smart_viewer.web.reading_routes import reading_routes
from smart_viewer.web.site_routes import site_routes

SECRET_BYTES = 24
PURGE_EVERY_S = 60.0


def create_app(settings: Settings, clock: Callable[[], float] = time.time) -> Flask:
    """The WSGI application. SettingsInvalid where something it needs is missing."""
    assets = asset_root()
    dist = assets / "static" / "dist"
    if not all((dist / name).is_file() for name in ("main.js", "preload.json")):
        raise SettingsInvalid(
            "The viewer page is not built: run `make demo` or `make test`."
        )
    house = _house(settings, clock)
    app = Flask(
        __name__,
        static_folder=assets / "static",
        static_url_path="/static",
        template_folder=assets / "templates",
    )
    app.extensions["smart_viewer"] = house
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # what is not named is refused
    app.url_map.merge_slashes = False  # its redirect would be made from the Host header
    parts = json.loads((dist / "preload.json").read_text("utf-8"))
    app.context_processor(lambda: {"prefix": settings.public_path, "parts": parts})
    security.install(app)
    words.install(app, assets / "templates")
    problems.install(app)
    for routes in (
        launch_routes,
        reading_routes,
        preference_routes,
        image_routes,
        outside_routes,
        site_routes,
    ):
        app.register_blueprint(routes(house))
    app.before_request(_purging(house))
    return app


def _purging(house: House) -> Callable[[], None]:
    """What has expired is wiped by the first request of each minute."""
    due = house.clock()
    lock = Lock()

    def purge() -> None:
        nonlocal due
        with lock:
            now = house.clock()
            if now < due:
                return
            due = now + PURGE_EVERY_S
        house.store.purge(now)

    return purge


def _house(settings: Settings, clock: Callable[[], float]) -> House:
    settings.state_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = open_store(settings.database_url, settings.key_bytes)
    outbound = Outbound(policy_of(settings))
    return House(
        settings=settings,
        store=store,
        outbound=outbound,
        archives={a.id: open_archive(settings, a, outbound) for a in settings.archives},
        library=load_library(LIBRARY_FOLDER),
        report=_reporter(settings, open_trail(settings, store), clock),
        clock=clock,
        secret=lambda: secrets.token_urlsafe(SECRET_BYTES),
    )


def open_trail(settings: Settings, store: Store) -> Trail:
    """The audit trail of this site."""
    site = AuditSite(settings.public_url, {ehr.id: ehr.iss for ehr in settings.ehrs})
    return Trail(store.trail, trail_key(settings.key_bytes), site)


def _reporter(settings: Settings, trail: Trail, clock: Callable[[], float]) -> Report:
    clients = {ehr.id: ehr.client_id for ehr in settings.ehrs}

    def report(
        action: Action,
        outcome: Outcome,
        correlation_id: str | None = None,
        **facts: Unpack[_Facts],
    ) -> None:
        trail.record(
            AuditRecord(
                action=action,
                outcome=outcome,
                recorded=datetime.fromtimestamp(clock(), UTC),
                correlation_id=correlation_id or security.correlation_id(),
                client=clients.get(facts.get("ehr_id") or ""),
                **facts,
            )
        )

    return report


class _Facts(TypedDict, total=False):
    user: str | None
    patient: str | None
    study_instance_uid: str | None
    ehr_id: str | None
    reason: str


def open_archive(
    settings: Settings, profile: ArchiveProfile, outbound: Outbound
) -> Archive:
    """The archive of a profile: the folder's index, or a DICOMweb service.

    SettingsInvalid where `smart-viewer index` has not made the index.
    """
    if isinstance(profile, DicomwebProfile):
        return DicomwebArchive(profile.id, profile, outbound)
    index = profile.index or settings.state_folder / f"{profile.id}.index.sqlite"
    if not index.is_file():
        raise SettingsInvalid(
            f"archives.toml: {profile.id}: no index at {index}; "
            f"run `smart-viewer index {profile.path} --index {index}`"
        )
    return FolderArchive(profile.id, index)
