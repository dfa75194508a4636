"""The folder archive's SQLite index: tables and connections (DESIGN §4, 6)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from smart_viewer.errors import SettingsInvalid

SCHEMA_VERSION = 6
BUSY_TIMEOUT_S = 30.0

# file: everything seen in the folder; `reason` is empty where it is served.
# instance: what a readable file holds, served or not; study and series are
# made of the served ones by `index_resolve`. identity: every distinct patient that
# the files of a study name, served or not; position 0 is the study's. shared: the
# part of the projections (`read_study.Parts`) that the instances of a series agree
# in, once, by the SHA-256 of its text; a row goes with the last instance that
# names it.
_TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (
    file_id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    reason TEXT NOT NULL
);
CREATE TABLE study (
    study_uid TEXT PRIMARY KEY,
    patient_id TEXT NOT NULL,
    accession_number TEXT NOT NULL,
    study_date TEXT NOT NULL,
    study_time TEXT NOT NULL,
    description TEXT NOT NULL,
    instances INTEGER NOT NULL
);
CREATE INDEX study_of_patient ON study (patient_id);
CREATE TABLE identity (
    study_uid TEXT NOT NULL REFERENCES study ON DELETE CASCADE,
    position INTEGER NOT NULL,
    patient_id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    patient_name TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    sex TEXT NOT NULL,
    assigned INTEGER NOT NULL,
    PRIMARY KEY (study_uid, position)
) WITHOUT ROWID;
CREATE TABLE series (
    study_uid TEXT NOT NULL REFERENCES study ON DELETE CASCADE,
    series_uid TEXT NOT NULL,
    modality TEXT NOT NULL,
    number INTEGER,
    description TEXT NOT NULL,
    instances INTEGER NOT NULL,
    PRIMARY KEY (study_uid, series_uid)
) WITHOUT ROWID;
CREATE TABLE shared (
    digest BLOB PRIMARY KEY,
    projection TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE instance (
    file_id INTEGER PRIMARY KEY REFERENCES file ON DELETE CASCADE,
    study_uid TEXT NOT NULL,
    series_uid TEXT NOT NULL,
    sop_uid TEXT NOT NULL,
    served INTEGER NOT NULL DEFAULT 0,
    patient_id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    patient_name TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    sex TEXT NOT NULL,
    accession_number TEXT NOT NULL,
    study_date TEXT NOT NULL,
    study_time TEXT NOT NULL,
    study_description TEXT NOT NULL,
    modality TEXT NOT NULL,
    series_number INTEGER,
    series_description TEXT NOT NULL,
    transfer_syntax_uid TEXT NOT NULL,
    problem TEXT NOT NULL,
    own TEXT NOT NULL,
    digest BLOB NOT NULL REFERENCES shared,
    metadata BLOB NOT NULL
);
CREATE INDEX instance_of_study ON instance (study_uid, series_uid, sop_uid);
CREATE INDEX instance_of_shared ON instance (digest);
CREATE TABLE segment (
    file_id INTEGER NOT NULL REFERENCES instance ON DELETE CASCADE,
    frame_number INTEGER NOT NULL,
    part INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    first_bit INTEGER NOT NULL,
    swapped INTEGER NOT NULL,
    PRIMARY KEY (file_id, frame_number, part)
) WITHOUT ROWID;
"""
_NAMES = "segment instance shared series identity study file about".split()


def open_for_writing(index_path: Path, folder: Path) -> sqlite3.Connection:
    """A connection to the index of `folder`; makes or remakes the tables as needed.

    SettingsInvalid: the file is the index of another folder, or no index, or
    cannot be written.
    """
    _make_private(index_path)
    connection = _connect(f"file:{_quoted(index_path)}")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _prepare(connection, folder)
    except sqlite3.DatabaseError as cause:
        connection.close()
        raise SettingsInvalid(f"{index_path.name} is not a usable index.") from cause
    except SettingsInvalid:
        connection.close()
        raise
    return connection


def _make_private(index_path: Path) -> None:
    """A new index is its owner's only: it holds names and birth dates."""
    try:
        index_path.parent.mkdir(parents=True, exist_ok=True)
        index_path.touch(mode=0o600)  # SQLite gives -wal and -shm the same mode
    except OSError as cause:
        raise SettingsInvalid(f"{index_path.name} cannot be written.") from cause


def open_for_reading(index_path: Path) -> sqlite3.Connection:
    """A connection that cannot write. sqlite3.Error where there is no index."""
    connection = _connect(f"file:{_quoted(index_path)}?mode=ro")
    try:
        connection.execute("PRAGMA query_only = ON")
        if read_about(connection, "schema_version") != str(SCHEMA_VERSION):
            raise sqlite3.DatabaseError("another schema version")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def read_about(connection: sqlite3.Connection, key: str) -> str:
    """A fact about the index: "folder" or "schema_version"."""
    with closing(
        connection.execute("SELECT value FROM about WHERE key = ?", (key,))
    ) as rows:
        row = rows.fetchone()
    return str(row[0]) if row else ""


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(
        uri,
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,  # FolderArchive closes those of other threads
    )


def _quoted(path: Path) -> str:
    return path.absolute().as_uri().removeprefix("file://")


def _prepare(connection: sqlite3.Connection, folder: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    version = _version(connection)
    if version == str(SCHEMA_VERSION):
        known = read_about(connection, "folder")
        connection.execute("COMMIT")
        if known != str(folder):
            raise SettingsInvalid("This index belongs to another folder of DICOM.")
        return
    if version is None and _tables(connection):
        connection.execute("ROLLBACK")
        raise SettingsInvalid("This SQLite file is not an index of a DICOM folder.")
    _make_tables(connection, folder)
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> str | None:
    """The schema version; None where this is no index, or a new file."""
    if "about" not in _tables(connection):
        return None
    return read_about(connection, "schema_version")


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [str(name) for (name,) in rows]


def _make_tables(connection: sqlite3.Connection, folder: Path) -> None:
    """New tables; those of an older version are dropped: the files are the truth."""
    for name in _NAMES:
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO about VALUES (?, ?)",
        [("schema_version", str(SCHEMA_VERSION)), ("folder", str(folder))],
    )
