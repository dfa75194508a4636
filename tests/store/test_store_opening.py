"""Opening the store: schema, key, file, and what may be seen in the raw bytes."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import store_children
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from spawned import in_processes
from sqlalchemy import text
from store_children import MASTER_KEY

from smart_viewer.errors import SettingsInvalid, UpstreamUnavailable
from smart_viewer.store import digest, open_store
from smart_viewer.store.schema import HEAD, MIGRATIONS
from smart_viewer.store.tables import metadata
from smart_viewer.store.trail import NewLine

OTHER_KEY = bytes(range(1, 33))


def test_migrations_make_exactly_the_tables_that_the_code_uses(store):
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_the_head_that_open_looks_for_is_the_newest_migration():
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_what_was_kept_is_there_after_a_restart(database_url):
    first = open_store(database_url, MASTER_KEY)
    grant_id = first.grants.create(b"grant", 1.0)
    first.close()

    second = open_store(database_url, MASTER_KEY)

    assert second.grants.read(grant_id) == b"grant"
    second.close()


def test_another_master_key_is_refused_by_its_setting(database_url):
    open_store(database_url, MASTER_KEY).close()

    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_KEY") as refused:
        open_store(database_url, OTHER_KEY)

    assert OTHER_KEY.hex() not in str(refused.value)


def test_a_database_of_a_newer_release_is_refused(database_url):
    store = open_store(database_url, MASTER_KEY)
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()

    with pytest.raises(SettingsInvalid, match="newer release"):
        open_store(database_url, MASTER_KEY)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:"]
)
def test_a_url_of_no_usable_database_is_refused_by_its_setting(url):
    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_DATABASE_URL"):
        open_store(url, MASTER_KEY)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    file = tmp_path / "store.sqlite"
    file.write_bytes(b"these are not the bytes of a database" * 100)

    with pytest.raises((SettingsInvalid, UpstreamUnavailable)):
        open_store(f"sqlite:///{file}", MASTER_KEY)


def test_a_folder_that_cannot_be_made_is_refused_by_its_setting(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_DATABASE_URL"):
        open_store(f"sqlite:///{tmp_path / 'file' / 'store.sqlite'}", MASTER_KEY)


def test_a_path_that_is_a_folder_is_refused(tmp_path):
    with pytest.raises((SettingsInvalid, UpstreamUnavailable)):
        open_store(f"sqlite:///{tmp_path}", MASTER_KEY)


def test_a_file_that_cannot_be_made_is_refused_by_its_setting(tmp_path):
    link = tmp_path / "store.sqlite"
    link.symlink_to(tmp_path / "missing" / "store.sqlite")

    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_DATABASE_URL"):
        open_store(f"sqlite:///{link}", MASTER_KEY)


def test_a_server_that_does_not_answer_is_an_error_of_ours_without_the_password(
    tmp_path,
):
    pytest.importorskip("psycopg")
    url = f"postgresql://user:hidden-word@/name?host={tmp_path}"

    with pytest.raises(UpstreamUnavailable) as refused:
        open_store(url, MASTER_KEY)

    assert "hidden-word" not in str(refused.value)


def test_the_sqlite_files_are_readable_by_their_owner_alone(sqlite_store):
    sqlite_store.grants.create(b"grant", 1.0)

    files = list(sqlite_store.database.path.parent.iterdir())

    assert {file.suffix for file in files} == {
        ".sqlite",
        ".sqlite-wal",
        ".sqlite-shm",
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_sqlite_runs_with_a_log_ahead_time_out_and_foreign_keys(sqlite_store):
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    with sqlite_store.database.reading() as connection:
        found = [
            connection.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas
        ]
        busy_ms = connection.execute(text("PRAGMA busy_timeout")).scalar_one()

    assert found == ["wal", 1, 1, 1]  # synchronous 1: NORMAL
    assert busy_ms >= 5000


def test_a_start_with_a_current_schema_does_not_import_alembic(sqlite_url):
    open_store(sqlite_url, MASTER_KEY).close()
    program = (
        "import sys; from smart_viewer.store import open_store; "
        f"open_store({sqlite_url!r}, bytes(range(32))).close(); "
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_processes_that_open_a_fresh_database_at_once_share_one(database_url):
    written = in_processes(3, store_children.open_and_write, database_url)

    store = open_store(database_url, MASTER_KEY)
    assert [store.grants.read(grant_id) for grant_id in written] == [b"grant"] * 3
    store.close()


def test_a_file_that_is_there_is_opened_by_sqlite_alone(sqlite_store, monkeypatch):
    """Closing another descriptor of it would drop SQLite's locks, and lose writes."""
    opened: list[str] = []
    really_open = os.open

    def spy(path, *rest, **named):
        opened.append(str(path))
        return really_open(path, *rest, **named)

    monkeypatch.setattr(os, "open", spy)
    sqlite_store.database.make_file()
    assert str(sqlite_store.database.path) not in opened


@pytest.mark.requirement("R31")
def test_no_raw_byte_of_the_database_shows_payload_patient_or_state(sqlite_store):
    words = {"token": b"ACCESS-TOKEN-1", "plan": b"DOE^JANE", "state": b"STATE-WORD"}
    sqlite_store.transactions.put("STATE-WORD", words["token"], 9e9)
    grant_id = sqlite_store.grants.create(words["token"], 1.0)
    sqlite_store.readings.create("r", grant_id, digest("BROWSER"), words["plan"], 9e9)
    sqlite_store.readings.add_secret("r", digest("PAGE-SECRET"), 1.0)
    sqlite_store.trail.append(lambda head: NewLine("Patient/77", "0" * 64, "0" * 64))

    folder: Path = sqlite_store.database.path.parent
    raw = b"".join(file.read_bytes() for file in folder.iterdir())

    assert grant_id.encode() in raw  # the bytes looked at are those of the rows
    for word in [*words.values(), b"BROWSER", b"PAGE-SECRET", b"Patient/77"]:
        assert word not in raw
    assert MASTER_KEY not in raw


def test_a_failing_statement_is_an_error_of_ours_without_its_values(store):
    grant_id = store.grants.create(b"grant", 1.0)
    store.readings.create("reading", grant_id, "browser", b"plan", 9e9)

    with pytest.raises(UpstreamUnavailable) as refused:
        store.readings.create("reading", grant_id, "browser", b"plan", 9e9)

    assert grant_id not in str(refused.value.__cause__)
    assert grant_id not in str(refused.value)


def test_no_key_shows_in_the_text_of_a_store(sqlite_store):
    shown = f"{sqlite_store!r} {sqlite_store.grants!r} {sqlite_store.trail!r}"

    assert MASTER_KEY.hex() not in shown
    assert repr(MASTER_KEY) not in shown


def test_a_missing_postgresql_driver_is_named_by_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(SettingsInvalid, match="postgres"):
        open_store("postgresql://user@/name?host=/nowhere", MASTER_KEY)


def test_a_reader_elsewhere_does_not_keep_a_grant_from_being_deleted(sqlite_store):
    grant_id = sqlite_store.grants.create(b"token", 1.0)

    with sqlite_store.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM grants")).scalar() == 1
        sqlite_store.grants.delete(grant_id)

    assert sqlite_store.grants.read(grant_id) is None
