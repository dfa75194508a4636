"""Index a folder of DICOM files: incremental, parallel, killable at any time."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from smart_viewer.archive.folder_scan import FoundFile, scan
from smart_viewer.archive.index_entry import IndexEntry
from smart_viewer.archive.index_resolve import resolve
from smart_viewer.archive.index_schema import open_for_writing
from smart_viewer.archive.index_workers import read_entries
from smart_viewer.errors import SettingsInvalid

BATCH_FILES = 200  # files to a commit: what a killed run loses at most


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run did. Every file in the folder is added, unchanged or failed.

    added: those served that were read; unchanged: those served that were known.
    removed: those that are gone. failed: (path, reason) of every one not served.
    """

    added: int
    unchanged: int
    removed: int
    failed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far a run is: files committed of the files to read."""

    done: int
    total: int


Report = Callable[[IndexProgress], None]


def index_folder(
    folder: Path,
    index_path: Path,
    workers: int | None = None,
    report: Report | None = None,
) -> IndexReport:
    """Bring the index up to date with the folder.

    A file is read again only if its path, size or modification time changed.
    Every batch is committed, so that a killed run goes on where it was. A bad
    file is listed with its reason and stops nothing. `workers`: processes to
    read with, by default one for each core. SettingsInvalid: the folder does
    not exist, or the index belongs to another.
    """
    root = Path(os.path.realpath(folder))
    if not root.is_dir():
        raise SettingsInvalid(f"The folder of DICOM does not exist: {folder}")
    own = Path(os.path.realpath(index_path))
    leave_out = frozenset(Path(f"{own}{end}") for end in ("", "-wal", "-shm"))
    with closing(open_for_writing(own, root)) as connection:
        found = {file.path: file for file in scan(root, leave_out)}
        known = _known_files(connection)
        removed = sorted(known.keys() - found.keys())
        _remove(connection, removed)
        changed = [
            found[path]
            for path in sorted(found)
            if known.get(path) != (found[path].size, found[path].mtime_ns)
        ]
        _add(connection, _entries(root, changed, workers), len(changed), report)
        failed = failed_files(connection)
    served = found.keys() - {path for path, _reason in failed}
    added = len(served & {file.path for file in changed})
    return IndexReport(added, len(served) - added, len(removed), failed)


def failed_files(connection: sqlite3.Connection) -> tuple[tuple[str, str], ...]:
    """(path, reason) of every file that is not served, in order of path."""
    rows = connection.execute(
        "SELECT path, reason FROM file WHERE reason <> '' ORDER BY path"
    )
    return tuple((str(path), str(reason)) for path, reason in rows)


def _known_files(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    rows = connection.execute("SELECT path, size, mtime_ns FROM file")
    return {path: (size, mtime_ns) for path, size, mtime_ns in rows}


def _remove(connection: sqlite3.Connection, paths: Sequence[str]) -> None:
    for batch in _batches(paths):
        connection.execute("BEGIN IMMEDIATE")
        touched = _forget(connection, batch)
        resolve(connection, touched)
        connection.execute("COMMIT")


def _forget(connection: sqlite3.Connection, paths: Sequence[str]) -> set[str]:
    """Delete these files' rows; the studies they were part of come back."""
    touched: set[str] = set()
    digests: set[bytes] = set()
    for path in paths:
        rows = connection.execute(
            "SELECT study_uid, digest FROM instance JOIN file USING (file_id) "
            "WHERE path = ?",
            (path,),
        ).fetchall()
        touched |= {study_uid for study_uid, _digest in rows}
        digests |= {digest for _study_uid, digest in rows}
        connection.execute("DELETE FROM file WHERE path = ?", (path,))
    connection.executemany(
        "DELETE FROM shared WHERE digest = ? AND NOT EXISTS "
        "(SELECT 1 FROM instance WHERE instance.digest = shared.digest)",
        [(digest,) for digest in digests],
    )
    return touched


def _entries(
    root: Path, files: Sequence[FoundFile], workers: int | None
) -> Iterator[IndexEntry]:
    """Those that are not to be read, then those that are, in their order."""
    for file in files:
        if file.reason:
            yield IndexEntry(file.path, file.size, file.mtime_ns, file.reason)
    yield from read_entries(root, [f for f in files if not f.reason], workers)


def _add(
    connection: sqlite3.Connection,
    entries: Iterator[IndexEntry],
    total: int,
    report: Report | None,
) -> None:
    done = 0
    for batch in _batches(entries):
        connection.execute("BEGIN IMMEDIATE")
        touched = _forget(connection, [entry.path for entry in batch])
        for entry in batch:
            _insert(connection, entry)
            touched.add(entry.study_uid)
        resolve(connection, touched - {""})
        connection.execute("COMMIT")
        done += len(batch)
        if report:
            report(IndexProgress(done, total))


_T = TypeVar("_T")


def _batches(things: Iterable[_T]) -> Iterator[list[_T]]:
    iterator = iter(things)
    while batch := list(islice(iterator, BATCH_FILES)):
        yield batch


def _insert(connection: sqlite3.Connection, entry: IndexEntry) -> None:
    file_id = connection.execute(
        "INSERT INTO file (path, size, mtime_ns, reason) VALUES (?, ?, ?, ?)",
        (entry.path, entry.size, entry.mtime_ns, entry.reason),
    ).lastrowid
    summary = entry.summary
    if summary is None:
        return
    digest = hashlib.sha256(entry.shared.encode()).digest()
    connection.execute(
        "INSERT OR IGNORE INTO shared VALUES (?, ?)", (digest, entry.shared)
    )
    connection.execute(
        f"INSERT INTO instance VALUES ({', '.join('?' * 22)})",
        (
            file_id,
            entry.study_uid,
            entry.series_uid,
            entry.sop_uid,
            False,
            *astuple(summary.patient)[:5],
            *astuple(summary)[1:],
            entry.transfer_syntax_uid,
            entry.problem,
            entry.own,
            digest,
            entry.metadata,
        ),
    )
    connection.executemany(
        "INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(file_id, *segment) for segment in entry.segments],
    )
