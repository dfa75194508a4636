"""The command `smart-viewer`. Rooms are imported by the command that needs them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smart_viewer import __version__
from smart_viewer.cli_audit import audit, override
from smart_viewer.cli_keys import keys
from smart_viewer.errors import SmartViewerError
from smart_viewer.settings import log_level

if TYPE_CHECKING:
    from smart_viewer.archive.port import StudyQuery

PORT = click.IntRange(0, 65535)
FREE = "0 takes a free one."


class _Folder(click.ParamType[Path]):
    """A folder; a leading ~ is the home folder also where no shell expanded it."""

    name = "folder"

    def __init__(self, exists: bool = True) -> None:
        self._exists = exists

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        folder = Path(str(value)).expanduser()
        if self._exists and not folder.is_dir():
            self.fail(f"there is no folder {folder}", param, ctx)
        return folder


class _Command(click.Group):
    """Errors of ours end in one line, not in a stack trace."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (SmartViewerError, OSError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Command)
@click.version_option(__version__)
def main() -> None:
    """Smart Viewer: a SMART on FHIR launched imaging viewer. Not a medical device."""
    logging.basicConfig(
        level=log_level(),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )


@main.command()
@click.option("--dicom", type=_Folder(), help="Serve these files instead.")
@click.option("--ehr-port", type=PORT, default=9400, show_default=True, help=FREE)
@click.option("--port", type=PORT, default=9401, show_default=True, help=FREE)
@click.option("--browser/--no-browser", default=True, help="Open the browser.")
@click.option("--cache", type=_Folder(exists=False), help="Where samples are kept.")
def demo(
    dicom: Path | None, ehr_port: int, port: int, browser: bool, cache: Path | None
) -> None:
    """Sandbox EHR, embedded archive and viewer on this machine; prints one URL."""
    from smart_viewer.demo import DemoOptions, run_demo

    run_demo(DemoOptions(dicom, ehr_port, port, browser, cache))


@main.command()
@click.option("--bind", default="127.0.0.1:9401", show_default=True)
@click.option("--threads", default=16, show_default=True)
@click.option("--read-timeout", default=15.0, show_default=True, help="Seconds.")
@click.option("--write-timeout", default=60.0, show_default=True, help="Seconds.")
@click.option("--grace", default=30.0, show_default=True, help="Seconds, to end in.")
def serve(
    bind: str, threads: int, read_timeout: float, write_timeout: float, grace: float
) -> None:
    """One replica: one process, N threads. Settings come from SMART_VIEWER_*."""
    from smart_viewer.serving import Timeouts, serve_app
    from smart_viewer.settings import load_settings
    from smart_viewer.web import logs

    settings = load_settings()
    logs.start(log_level(), settings.operation.log_format)
    timeouts = Timeouts(read_timeout, write_timeout, grace)
    serve_app(settings, bind, threads, timeouts)


@main.command()
def reseal() -> None:
    """After a new first key in SMART_VIEWER_KEY: seal with it what older ones did.

    Replicas may go on meanwhile. The older keys still prove the trail's lines of
    their time: keep them at the end of the setting.
    """
    from smart_viewer.settings import load_settings
    from smart_viewer.store import open_store

    settings = load_settings()
    grants, lines = open_store(settings.database_url, settings.all_keys).reseal()
    click.echo(f"Sealed again: {grants} grants, {lines} lines of the trail.")


@main.command()
@click.argument("folder", type=_Folder())
@click.option("--index", "index_path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--workers", type=click.IntRange(1, 64))
def index(folder: Path, index_path: Path | None, workers: int | None) -> None:
    """Index a folder of DICOM files; again to add what is new."""
    from smart_viewer.archive.indexing import index_folder

    target = index_path or Path(f"{folder.resolve().name}.index.sqlite")
    report = index_folder(folder, target, workers)
    for path, reason in report.failed:
        click.echo(f"not indexed: {path}: {reason}", err=True)
    click.echo(
        f"{target}: {report.added} added, {report.unchanged} unchanged, "
        f"{report.removed} removed, {len(report.failed)} not indexed"
    )


@main.command()
@click.argument("ehr", required=False)
@click.option("--study", help="UID of a study to ask the archives for.")
@click.option("--patient", help="PatientID of somebody to ask the archives for.")
@click.option("--authenticate", is_flag=True, help="Prove to the EHR who we are.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(
    ehr: str | None,
    study: str | None,
    patient: str | None,
    authenticate: bool,
    as_json: bool,
) -> None:
    """Ask the EHR and its archives what a launch would; say what to change.

    EHR: the name of its TOML file; all that are enabled where it is left out.
    Exit status 1 where anything fails. Neither a secret nor anything of a patient
    is printed. --authenticate sends the client secret, or an assertion, to the EHR's
    token endpoint, with a code that is none.
    """
    from smart_viewer import cli_check
    from smart_viewer.app import open_archive
    from smart_viewer.reading.check import Question, check
    from smart_viewer.reading.check_steps import has_failed
    from smart_viewer.settings import load_settings

    question = Question(ehr, _wanted(study, patient), authenticate)
    steps = check(load_settings(), question, open_archive)
    click.echo(cli_check.as_json(steps) if as_json else cli_check.as_text(steps))
    if has_failed(steps):
        raise SystemExit(1)


def _wanted(study: str | None, patient: str | None) -> StudyQuery | None:
    """What `check` asks archives for; None takes whatever they hold."""
    from smart_viewer.archive.port import StudyQuery

    if study is None and patient is None:
        return None
    try:
        return StudyQuery(patient_id=patient, study_instance_uid=study)
    except ValueError as cause:
        raise click.BadParameter("empty, or with a wildcard") from cause


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def schema(file: Path | None) -> None:
    """Print the JSON Schema of an EHR's TOML file, or write it to FILE."""
    from smart_viewer.ehr_profile import ehr_schema

    if file is None:
        click.echo(ehr_schema(), nl=False)
    else:
        file.write_text(ehr_schema(), "utf-8")


main.add_command(keys)
main.add_command(audit)
main.add_command(override)
