"""`smart-viewer audit …`, as whoever holds the key types it (launch.md R38)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from audit_children import MASTER_KEY, a_record, a_trail
from audit_repository import is_fhir
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from smart_viewer.cli import main
from smart_viewer.store.tables import trail, trail_head

DAYS = (20, 21, 22, 23)

Audit = Callable[..., Result]


@pytest.fixture
def audit(audit_url: str, tmp_path: Path) -> Audit:
    """`smart-viewer audit …` over that database."""
    configs = tmp_path / "configs"
    configs.mkdir()

    def run(*words: str, **changes: str) -> Result:
        environment = {
            "CONFIG": str(configs),
            "PUBLIC_URL": "https://viewer.example",
            "KEY": MASTER_KEY.hex(),
            "DATABASE_URL": audit_url,
            **changes,
        }
        given = {f"SMART_VIEWER_{name}": value for name, value in environment.items()}
        return CliRunner().invoke(main, ["audit", *words], env=given)

    return run


@pytest.fixture
def days(audit_trail):
    """One line a day."""
    for day in DAYS:
        moment = datetime(2026, 11, day, 12, tzinfo=UTC)
        audit_trail.record(a_record(recorded=moment, patient=f"Patient/{day}"))
    return audit_trail


def events(done: Result) -> list[dict]:
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def days_of(found: list[dict]) -> list[int]:
    return [datetime.fromisoformat(one["recorded"]).day for one in found]


@pytest.mark.requirement("R38")
def test_verify_says_how_many_lines_are_whole(audit, days):
    done = audit("verify")
    assert (done.exit_code, done.output) == (0, "The trail is whole: 4 lines.\n")


@pytest.mark.requirement("R38")
def test_verify_names_the_line_and_fails(audit, days, audit_store):
    with audit_store.database.writing() as connection:
        changing = update(trail).where(trail.c.sequence == 3)
        connection.execute(changing.values(hash="0" * 64))
    done = audit("verify")
    assert (done.exit_code, "line 3: changed" in done.output) == (1, True)


@pytest.mark.requirement("R38")
def test_verify_with_a_head_kept_elsewhere_finds_a_database_that_was_set_back(
    audit, days, audit_store, tmp_path
):
    head = tmp_path / "head.json"
    head.write_text(audit("head").stdout)
    assert audit("verify", "--head", str(head)).exit_code == 0
    with audit_store.database.writing() as connection:
        connection.execute(delete(trail))
        connection.execute(delete(trail_head))
    a_trail(audit_store).record(a_record())

    assert audit("verify").exit_code == 0  # by itself, it looks whole
    done = audit("verify", "--head", str(head))

    assert (done.exit_code, "line 4: cut" in done.output) == (1, True)


def test_a_file_that_is_no_head_is_refused(audit, days, tmp_path):
    other = tmp_path / "other"
    other.write_text('{"sequence": 1}')
    done = audit("verify", "--head", str(other))
    assert (done.exit_code, "no head" in done.output) == (2, True)


@pytest.mark.requirement("R38")
def test_export_writes_fhir_events_one_a_line_with_the_hash_as_their_id(
    audit, days, audit_store
):
    found = events(audit("export"))
    assert days_of(found) == list(DAYS)
    assert all(is_fhir(one) for one in found)
    assert [one["id"] for one in found] == [
        row.hash for row in audit_store.trail.lines()
    ]


@pytest.mark.parametrize(
    ("words", "there"),
    [
        (("--from", "2026-11-21"), [21, 22, 23]),
        (("--to", "2026-11-22"), [20, 21]),
        (("--from", "2026-11-21", "--to", "2026-11-23"), [21, 22]),
        (("--from", "2026-11-21T12:00:00"), [21, 22, 23]),
        (("--from", "2026-11-21T12:00:01"), [22, 23]),
        (("--to", "2026-11-21T12:00:00"), [20]),
        (("--to", "2026-11-21T13:00:01+0100"), [20, 21]),
        (("--from", "2027-01-01"), []),
    ],
)
def test_export_takes_a_range_of_time(audit, days, words, there):
    assert days_of(events(audit("export", *words))) == there


def test_a_line_that_does_not_open_ends_the_export(audit, days, audit_store):
    with audit_store.database.writing() as connection:
        changing = update(trail).where(trail.c.sequence == 2)
        connection.execute(changing.values(body=b"made up"))
    done = audit("export")
    assert (done.exit_code, "line 2: unreadable" in done.output) == (1, True)


@pytest.mark.requirement("R38")
def test_a_proof_is_verified_without_the_database(audit, days, tmp_path):
    proof, head = tmp_path / "proof.ndjson", tmp_path / "head.json"
    head.write_text(audit("head").stdout)
    assert audit("export", "--proof", "--out", str(proof)).exit_code == 0
    elsewhere = {"DATABASE_URL": f"sqlite:///{tmp_path / 'nothing' / 'there.sqlite'}"}
    words = ("verify", "--proof", str(proof), "--head", str(head))

    assert audit(*words, **elsewhere).exit_code == 0
    lines = proof.read_text().splitlines()
    proof.write_text(
        "\n".join([lines[0].replace("Patient/20", "Patient/9"), *lines[1:]])
    )

    done = audit(*words, **elsewhere)
    assert (done.exit_code, "line 1: changed" in done.output) == (1, True)
    assert not (tmp_path / "nothing").exists()


@pytest.mark.requirement("R38")
def test_a_proof_of_an_older_trail_departs_from_a_newer_head(audit, days, tmp_path):
    proof, head = tmp_path / "proof.ndjson", tmp_path / "head.json"
    audit("export", "--proof", "--out", str(proof))
    days.record(a_record())
    head.write_text(audit("head").stdout)
    done = audit("verify", "--proof", str(proof), "--head", str(head))
    assert (done.exit_code, "line 5: cut" in done.output) == (1, True)


def test_a_proof_of_a_range_is_refused(audit, days):
    assert audit("export", "--proof", "--from", "2026-11-21").exit_code == 2


def test_delivery_says_how_far_it_is(audit, days, audit_store):
    where = {"AUDIT_URL": "https://audit.example/fhir"}
    assert "waiting 4" in audit("delivery", **where).output
    store = audit_store.deliveries
    store.take("me", 60.0)
    store.advance("me", 1, 60.0)
    store.set_aside("me", 2, 422, 60.0, 60.0)
    store.back_off("me", 1, 60.0)

    done = audit("delivery", **where)

    assert done.exit_code == 1
    assert "delivered 1, waiting 2, refused 1" in done.output
    assert "failed 1 times in a row; next try 20" in done.output
    assert "is not set" in audit("delivery").output
