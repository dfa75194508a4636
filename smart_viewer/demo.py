"""`smart-viewer demo`: an EHR, an archive and the viewer on this machine.

The EHR answers at `localhost`, the viewer at `127.0.0.1`: two sites, so that a
launch in a frame is as cross-site as in a hospital. The viewer runs as its own
process with the settings that a deployment would have.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.folder import StudyHeader as ListedStudy
from smart_viewer.archive.indexing import index_folder
from smart_viewer.demo_ehrs import TEMPLATES, demo_profiles
from smart_viewer.errors import SmartViewerError, UpstreamUnavailable
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, origin_of
from smart_viewer.sandbox.charts import People
from smart_viewer.sandbox.ehr import create_ehr
from smart_viewer.sandbox.people import (
    StudyHeader,
    default_people,
    people_from_studies,
)
from smart_viewer.sandbox.registration import AppRegistration, EhrConfig
from smart_viewer.sandbox.samples import make_samples
from smart_viewer.sandbox.serve import Listener, listen, start_server
from smart_viewer.settings import asset_root

READY_S = 60.0
POLL_S = 0.05
STOP_S = 10.0
FILES_NAMED = 8  # of those that cannot be shown; the rest is counted
EHR_ID = "sandbox"
CLIENT_ID = "smart-viewer"


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """dicom: a folder to serve instead of the phantoms. Port 0 takes a free one."""

    dicom: Path | None
    ehr_port: int
    port: int
    browser: bool
    cache: Path | None


def run_demo(options: DemoOptions) -> None:
    """Run until Ctrl-C or a terminating signal; prints one URL when all is ready."""
    signal.signal(signal.SIGTERM, _interrupt)
    cache = options.cache or _default_cache()
    index, people = _images(options.dicom, cache)
    ehr_door, app_door = (
        _door("localhost", options.ehr_port),
        _door("127.0.0.1", options.port),
    )
    config = _ehr_config(ehr_door.url, app_door.url, people)
    ehr = create_ehr(config)
    with (
        TemporaryDirectory(prefix="smart-viewer-demo-") as state,
        start_server(ehr, listener=ehr_door),
        _viewer(
            app_door, _environment(Path(state), config, app_door.url, index)
        ) as viewer,
    ):
        click.echo(
            f"\n  Open {ehr_door.url}/  (the sandbox EHR; Ctrl-C ends the demo)\n"
        )
        sys.stdout.flush()
        if options.browser:
            _open_browser(ehr_door.url)
        _wait_until_ended(viewer)


def _images(dicom: Path | None, cache: Path) -> tuple[Path, People]:
    """The index of the images to serve, and the people they are of."""
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    if dicom is None:
        click.echo(
            "Making the sample studies (once, about a minute) …", nl=not _made(cache)
        )
        samples = make_samples(cache / "samples")
        index = cache / "samples.index.sqlite"
        _index(samples.folder, index)
        return index, default_people()
    name = hashlib.sha256(str(dicom.resolve()).encode()).hexdigest()[:16]
    index = cache / f"folder-{name}.index.sqlite"
    _index(dicom, index)
    return index, people_of(index)


def _index(folder: Path, index: Path) -> None:
    report = index_folder(folder, index)
    for path, reason in report.failed[:FILES_NAMED]:
        click.echo(f"  not shown: {path}: {reason}", err=True)
    unnamed = len(report.failed) - FILES_NAMED
    if unnamed > 0:
        click.echo(f"  and {unnamed} more; `smart-viewer index` lists them", err=True)
    shown = report.added + report.unchanged
    click.echo(f"{shown} images in the archive, {len(report.failed)} files not shown.")
    if shown <= 0:
        raise SmartViewerError(f"There is no DICOM file to show in {folder}.")


def people_of(index: Path) -> People:
    """Patients and orders for every study of an index."""
    archive = FolderArchive("headers", index)
    try:
        return people_from_studies([_header(one) for one in archive.study_headers()])
    finally:
        archive.close()


def _header(listed: ListedStudy) -> StudyHeader:
    found, patient = listed.found, listed.found.patient
    return StudyHeader(
        patient_id=patient.patient_id,
        patient_name=patient.patient_name,
        birth_date=patient.patient_birth_date,
        sex=patient.patient_sex,
        study_instance_uid=found.study_instance_uid,
        accession_number=found.accession_number,
        study_date=found.study_date,
        study_description=found.study_description,
        modalities=found.modalities,
        series=tuple(
            (
                s.series_instance_uid,
                s.modality,
                s.series_description,
                s.number_of_instances,
            )
            for s in listed.series
        ),
    )


def _ehr_config(ehr_url: str, app_url: str, people: People) -> EhrConfig:
    app = AppRegistration(
        client_id=CLIENT_ID,
        label="Smart Viewer",
        launch_url=f"{app_url}/launch",
        redirect_uris=tuple(
            f"{app_url}/app/{ehr_id}/callback"
            for ehr_id in (EHR_ID, *TEMPLATES.values())
        ),
    )
    return EhrConfig(
        base_url=ehr_url,
        people=people,
        apps=(app,),
        templates=asset_root() / "templates",
    )


def _environment(
    state: Path, config: EhrConfig, app_url: str, index: Path
) -> dict[str, str]:
    """The settings of a deployment, for one start: the key dies with the demo."""
    configs = state / "launch_configs"
    configs.mkdir()
    shipped = (asset_root() / "launch_configs" / "sandbox.toml").read_text("utf-8")
    text = shipped.replace("http://localhost:9400", config.base_url)
    for ehr_id, profile in {EHR_ID: text, **demo_profiles(config)}.items():
        (configs / f"{ehr_id}.toml").write_text(profile, "utf-8")
    path, file = (json.dumps(str(one)) for one in (index.parent, index))
    archive = f'[demo]\nkind = "folder"\npath = {path}\nindex = {file}\n'
    (configs / "archives.toml").write_text(archive, "utf-8")
    key = state / "key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32), "utf-8")
    return {
        **_without_settings(os.environ),
        "SMART_VIEWER_CONFIG": str(configs),
        "SMART_VIEWER_KEY_FILE": str(key),
        "SMART_VIEWER_LOG_FORMAT": "text",
        "SMART_VIEWER_PUBLIC_URL": app_url,
        "SMART_VIEWER_STATE": str(state),
    }


def _without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Without what a deployment exported: its store and archives are not the demo's."""
    kept = {"SMART_VIEWER_LOG", "SMART_VIEWER_LOG_FILE"}
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith("SMART_VIEWER_") or name in kept
    }


@contextmanager
def _viewer(
    door: Listener, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """The viewer as a process of its own that was handed the listening socket."""
    fd = door.socket.fileno()
    command = [sys.executable, "-m", "smart_viewer", "serve", "--bind", f"fd://{fd}"]
    process = subprocess.Popen(command, env=environment, pass_fds=[fd])
    door.socket.close()
    try:
        _wait_until_ready(process, f"{door.url}/readyz")
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    policy = HostPolicy(frozenset([origin_of(url)]), loopback_allowed=True)
    outbound = Outbound(policy)
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SmartViewerError("The viewer did not start; its reason stands above.")
        try:
            if outbound.get(url, timeout_s=1).ok:
                return
        except UpstreamUnavailable:
            time.sleep(POLL_S)
    raise SmartViewerError(f"The viewer did not answer within {READY_S:.0f} s.")


def _wait_until_ended(viewer: subprocess.Popen[bytes]) -> None:
    try:
        code = viewer.wait()
    except KeyboardInterrupt:
        click.echo("The demo has ended.")
        return
    raise SmartViewerError(f"The viewer ended by itself, with status {code}.")


def _door(host: str, port: int) -> Listener:
    """Listen at that port, or at a free one where it is taken."""
    try:
        return listen(host, port)
    except OSError:
        return listen(host, 0)


def _open_browser(url: str) -> None:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return  # no browser here: the URL was printed
    webbrowser.open(url)


def _default_cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "smart-viewer"


def _made(cache: Path) -> bool:
    return (cache / "samples").is_dir()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
