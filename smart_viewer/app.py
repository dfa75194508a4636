"""`create_app` joins the rooms; the only file that knows them all."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import TypedDict, Unpack

from flask import Flask

from smart_viewer.archive.dicomweb import DicomwebArchive
from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.port import Archive
from smart_viewer.audit.delivery import Courier, Repository
from smart_viewer.audit.event import Action, AuditRecord, AuditSite, Outcome
from smart_viewer.audit.trail import Trail, trail_keys
from smart_viewer.errors import SettingsInvalid, SmartViewerError
from smart_viewer.hanging.read_protocol import LIBRARY_FOLDER, load_library
from smart_viewer.launch.hosts import policy_of
from smart_viewer.net.outbound import Outbound
from smart_viewer.reading.check import Question, check
from smart_viewer.reading.check_steps import Step
from smart_viewer.reading.house import House, Report
from smart_viewer.reading.idle import end_all, over
from smart_viewer.settings import (
    ArchiveProfile,
    DicomwebProfile,
    Settings,
    asset_root,
)
from smart_viewer.store import Store, open_store
from smart_viewer.store.readings import ReadingHead
from smart_viewer.web import observed, problems, security, words
from smart_viewer.web.diagnose_routes import Diagnose, diagnose_routes
from smart_viewer.web.image_routes import image_routes
from smart_viewer.web.launch_routes import launch_routes
from smart_viewer.web.limits import Limits
from smart_viewer.web.limits import install as install_limits
from smart_viewer.web.metrics import Metrics
from smart_viewer.web.outside_routes import outside_routes
from smart_viewer.web.preference_routes import preference_routes
from smart_viewer.web.readiness import Checks, readiness_routes
from smart_viewer.web.reading_routes import reading_routes
from smart_viewer.web.site_routes import site_routes

log = logging.getLogger(__name__)
SECRET_BYTES = 24
PURGE_EVERY_S = 60.0
UNRECORDED_S = 3600.0  # so long the end of a reading is tried to be recorded
ENDING_LANE = "(ending)"  # no archive has such a name


def create_app(settings: Settings, clock: Callable[[], float] = time.time) -> Flask:
    """The WSGI application. SettingsInvalid where something it needs is missing."""
    assets = asset_root()
    dist = assets / "static" / "dist"
    if not all((dist / name).is_file() for name in ("main.js", "preload.json")):
        raise SettingsInvalid(
            "The viewer page is not built: run `make demo` or `make test`."
        )
    metrics = Metrics(settings.replica, [a.id for a in settings.archives])
    house, trail, courier = _house(settings, clock, metrics)
    limits = Limits(house, metrics.limited)
    app = Flask(
        __name__,
        static_folder=assets / "static",
        static_url_path="/static",
        template_folder=assets / "templates",
    )
    app.extensions["smart_viewer"] = house
    app.extensions["smart_viewer_metrics"] = metrics
    app.extensions["smart_viewer_courier"] = courier
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # what is not named is refused
    app.url_map.merge_slashes = False  # its redirect would be made from the Host header
    parts = json.loads((dist / "preload.json").read_text("utf-8"))
    app.context_processor(lambda: {"prefix": settings.public_path, "parts": parts})
    security.install(app)
    words.install(app, assets / "templates")
    observed.install(app, metrics)
    problems.install(app)
    install_limits(app, house, limits)
    for routes in (launch_routes, site_routes, preference_routes):
        app.register_blueprint(routes(house))
    app.register_blueprint(reading_routes(house, limits))
    app.register_blueprint(image_routes(house, limits))
    app.register_blueprint(outside_routes(house, limits))
    app.register_blueprint(diagnose_routes(house, limits, _diagnosing(settings)))
    app.register_blueprint(readiness_routes(_checks(house, trail)))
    app.before_request(_purging(house))
    if courier is not None:
        courier.start()
    return app


def _diagnosing(settings: Settings) -> Diagnose:
    """`check` of one EHR, for the administrator's page."""

    def diagnose(ehr_id: str, authenticate: bool) -> tuple[Step, ...]:
        question = Question(ehr_id, authenticate=authenticate)
        return check(settings, question, open_archive)

    return diagnose


def _checks(house: House, trail: Trail) -> Checks:
    """What a replica needs before it is sent launches."""

    def store() -> bool:
        return house.store.readings.count_of_browser("", house.clock()) >= 0

    return {
        "store": store,
        "trail": trail.is_sound,
        "archives": lambda: bool(house.archives),
        "serving": lambda: not house.news.is_closing,
    }


def _purging(house: House) -> Callable[[], None]:
    """What is over is ended and wiped by the first request of each minute.

    Readings end beside the request, for each is recorded and revoked at its EHR. One
    that could not be recorded is wiped all the same, after a while.
    """
    due = house.clock()
    lock = Lock()

    def purge() -> None:
        nonlocal due
        with lock:
            now = house.clock()
            if now < due:
                return
            due = now + PURGE_EVERY_S
        try:
            ended = over(house)
            if ended:
                house.lanes.submit(ENDING_LANE, partial(_tidy, house, ended, now))
            else:
                house.store.purge(now - UNRECORDED_S)
        except SmartViewerError as error:  # no fault of whoever asks just now
            log.warning("what is over was not wiped: %s", error.code)

    return purge


def _tidy(house: House, ended: Sequence[ReadingHead], now: float) -> None:
    end_all(house, ended)
    house.store.purge(now - UNRECORDED_S)


def _house(
    settings: Settings, clock: Callable[[], float], metrics: Metrics
) -> tuple[House, Trail, Courier | None]:
    settings.state_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = open_store(settings.database_url, settings.all_keys)
    outbound = Outbound(policy_of(settings))
    trail = open_trail(settings, store)
    courier = _courier(settings, store, outbound)
    house = House(
        settings=settings,
        store=store,
        outbound=outbound,
        archives={a.id: open_archive(settings, a, outbound) for a in settings.archives},
        library=load_library(LIBRARY_FOLDER),
        report=_reporter(settings, trail, clock, courier),
        clock=clock,
        secret=lambda: secrets.token_urlsafe(SECRET_BYTES),
        meter=metrics.archive,
    )
    return house, trail, courier


def _courier(settings: Settings, store: Store, outbound: Outbound) -> Courier | None:
    """Who sends audit events on, where the site has a server for them."""
    how = settings.operation
    if not how.audit_url:
        return None
    bearer = how.audit_bearer.get_secret_value()
    repository = Repository(how.audit_url, how.audit_method, bearer)
    return Courier(store.trail, store.deliveries, repository, outbound)


def open_trail(settings: Settings, store: Store) -> Trail:
    """The audit trail of this site."""
    site = AuditSite(settings.public_url, {ehr.id: ehr.iss for ehr in settings.ehrs})
    return Trail(store.trail, trail_keys(settings.all_keys), site)


def _reporter(
    settings: Settings,
    trail: Trail,
    clock: Callable[[], float],
    courier: Courier | None,
) -> Report:
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
        if courier is not None:
            courier.ring()

    return report


class _Facts(TypedDict, total=False):
    user: str | None
    patient: str | None
    study_instance_uid: str | None
    ehr_id: str | None
    reason: str
    token: str | None


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
