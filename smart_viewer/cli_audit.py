"""`smart-viewer audit …` and `smart-viewer override`: for whoever holds the key."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from smart_viewer.operation import OVERRIDE_REASONS

if TYPE_CHECKING:
    from smart_viewer.audit.trail import Trail, TrailReport
    from smart_viewer.settings import Settings
    from smart_viewer.store import Store
    from smart_viewer.store.trail import TrailHead

MOMENT = "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@click.option("--head", "head_file", type=FILE, help="A head kept elsewhere.")
@click.option("--proof", "proof_file", type=FILE, help="Verify this export instead.")
def verify(head_file: Path | None, proof_file: Path | None) -> None:
    """Verify the trail of the configured store; exit status 1 where it is broken.

    With --head also that it still holds what it held when `audit head` printed that.
    """
    report = _verified(head_file, proof_file)
    report.demand_intact()
    click.echo(f"The trail is whole: {report.lines} lines.")


@audit.command()
@click.option("--from", "since", type=click.DateTime(MOMENT), help="UTC, included.")
@click.option("--to", "until", type=click.DateTime(MOMENT), help="UTC, not included.")
@click.option("--proof", is_flag=True, help="All lines with hashes, for `verify`.")
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-")
def export(
    since: datetime | None, until: datetime | None, proof: bool, out: TextIO
) -> None:
    """Write FHIR AuditEvents, one a line (NDJSON), of a range of time.

    Each has the hash of its line in the trail as its id. With --proof the whole trail
    as `audit verify --proof` takes it.
    """
    if proof and (since or until):
        raise click.UsageError("--proof takes the whole trail, without --from and --to")
    _, _, trail = _opened()
    if proof:
        count = trail.export(out)
    else:
        count = trail.export_events(out, _utc(since), _utc(until))
    click.echo(f"{count} events", err=True)


@audit.command()
def head() -> None:
    """Print the signed head, to be kept where nobody of this site can change it."""
    _, _, trail = _opened()
    found = trail.head()
    click.echo(json.dumps(asdict(found) if found else None))


@audit.command()
def delivery() -> None:
    """Say how much of the trail was sent on; exit status 1 where some was refused."""
    settings, store, trail = _opened()
    if not settings.operation.audit_url:
        raise click.ClickException("SMART_VIEWER_AUDIT_URL is not set")
    state, found = store.deliveries.state(), trail.head()
    waiting = (found.sequence if found else 0) - state.delivered
    sent = state.delivered - state.refused
    click.echo(f"delivered {sent}, waiting {waiting}, refused {state.refused}")
    if state.attempts:
        moment = datetime.fromtimestamp(state.next_at, UTC).isoformat(
            timespec="seconds"
        )
        click.echo(f"failed {state.attempts} times in a row; next try {moment}")
    if state.refused:
        raise SystemExit(1)


@click.command()
@click.argument("reading")
@click.option("--study", required=True, help="UID of the study that is blocked.")
@click.option("--reason", required=True, type=click.Choice(OVERRIDE_REASONS))
@click.option("--by", "administrator", required=True, help="Your login name.")
def override(reading: str, study: str, reason: str, administrator: str) -> None:
    """Let one blocked study be shown once, to the user of READING.

    READING: what stands after /r/ in the address of the page that says that a study
    was blocked; the audit trail names the study. Its user launches again within an
    hour: that reading shows the study, with a warning that stays. Only where
    SMART_VIEWER_ALLOW_OVERRIDE is set.
    """
    from smart_viewer.reading.override import Wanted, allow_once

    settings, store, trail = _opened()
    if not settings.operation.allow_override:
        raise click.ClickException("SMART_VIEWER_ALLOW_OVERRIDE is not set")
    try:
        wanted = Wanted(reading, study, reason, administrator)
    except ValueError as cause:
        raise click.UsageError(str(cause)) from cause
    allow_once(store, trail, wanted, time.time())
    click.echo("Allowed once, for an hour. Its user now launches again from the EHR.")


def _opened() -> tuple[Settings, Store, Trail]:
    from smart_viewer.app import open_trail
    from smart_viewer.settings import load_settings
    from smart_viewer.store import open_store

    settings = load_settings()
    store = open_store(settings.database_url, settings.all_keys)
    return settings, store, open_trail(settings, store)


def _verified(head_file: Path | None, proof_file: Path | None) -> TrailReport:
    from smart_viewer.audit.trail import trail_keys, verify_export
    from smart_viewer.settings import load_settings

    anchor = _read_head(head_file) if head_file else None
    if proof_file is None:
        return _opened()[2].verify(anchor)
    keys = trail_keys(load_settings().all_keys)
    with proof_file.open(encoding="utf-8") as lines:
        return verify_export(lines, keys, anchor)


def _read_head(file: Path) -> TrailHead:
    from smart_viewer.store.trail import TrailHead

    try:
        return TrailHead(**json.loads(file.read_text("utf-8")))
    except (ValueError, TypeError) as cause:
        raise click.BadParameter("this is no head that `audit head` printed") from cause


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
