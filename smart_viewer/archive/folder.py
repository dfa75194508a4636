"""The embedded archive: a folder of DICOM files, through its index (DESIGN §4, 6)."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smart_viewer.archive.folder_frames import (
    FrameFile,
    open_unchanged,
    stream_frames,
)
from smart_viewer.archive.index_schema import open_for_reading, read_about
from smart_viewer.archive.indexing import failed_files
from smart_viewer.archive.port import (
    EncodedFrame,
    InstanceRef,
    StudyFound,
    StudyQuery,
    check_overlay_group,
)
from smart_viewer.dicom.frame_table import Segment
from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.json_values import JsonDataset
from smart_viewer.dicom.read_study import Parts, read_parts
from smart_viewer.dicom.study import Study
from smart_viewer.dicom.tag_tree import TagTree
from smart_viewer.errors import NotInStandard, UpstreamUnavailable

_STUDY = (
    "SELECT study_uid, accession_number, study_date, study_time, description, "
    "instances FROM study"
)
# One clause a filter of StudyQuery: exact matches only.
_FILTERS = {
    "patient_id": "patient_id = ?",
    "issuer_of_patient_id": "EXISTS (SELECT 1 FROM identity WHERE "
    "identity.study_uid = study.study_uid AND "
    "identity.patient_id = study.patient_id AND issuer = ?)",
    "study_instance_uid": "study_uid = ?",
    "accession_number": "accession_number = ?",
    "modality": "EXISTS (SELECT 1 FROM series WHERE "
    "series.study_uid = study.study_uid AND modality = ?)",
    "study_date_from": "study_date <> '' AND study_date >= ?",
    "study_date_to": "study_date <> '' AND study_date <= ?",
}


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """One line of a study's contents."""

    series_instance_uid: str
    modality: str
    series_number: int | None
    series_description: str
    number_of_instances: int


@dataclass(frozen=True, slots=True)
class StudyHeader:
    """A study and what it holds, as the demo lists it."""

    found: StudyFound
    series: tuple[SeriesSummary, ...]


class FolderArchive:
    """`port.Archive` over an index made by `index_folder`.

    Safe for several threads: each has its own read-only connection, and each
    answer is one snapshot while the index grows.
    """

    def __init__(self, archive_id: str, index_path: Path) -> None:
        self._archive_id = archive_id
        self._index_path = index_path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    @property
    def archive_id(self) -> str:
        """The name under which the configuration lists this archive."""
        return self._archive_id

    def search(self, query: StudyQuery) -> tuple[StudyFound, ...]:
        """Studies that meet every filter, newest first. UpstreamUnavailable."""
        given = {
            clause: value
            for name, clause in _FILTERS.items()
            if (value := getattr(query, name)) is not None
        }
        where = " AND ".join(given)
        with self._snapshot() as connection:
            return self._found(connection, f"WHERE {where}", tuple(given.values()))

    def study_headers(self) -> tuple[StudyHeader, ...]:
        """Every study with its series, newest first: for the demo and `check`."""
        with self._snapshot() as connection:
            return tuple(
                StudyHeader(found, _series(connection, found.study_instance_uid))
                for found in self._found(connection, "", ())
            )

    def failed_files(self) -> tuple[tuple[str, str], ...]:
        """(path, reason) of every file that is not served, in order of path."""
        with self._snapshot() as connection:
            return failed_files(connection)

    def study(self, study_instance_uid: str) -> Study:
        """The study's series and instances, without pixels. UpstreamUnavailable."""
        with self._snapshot() as connection:
            found = self._found(
                connection, "WHERE study_uid = ?", (study_instance_uid,)
            )
            rows = connection.execute(
                "SELECT sop_uid, problem, own, digest FROM instance JOIN file "
                "USING (file_id) WHERE study_uid = ? AND served ORDER BY path",
                (study_instance_uid,),
            ).fetchall()
            shared = _shared(connection, study_instance_uid)
        if not found:
            raise UpstreamUnavailable("The archive does not hold this study.")
        own = json.loads(f"[{','.join(row[2] for row in rows)}]")
        instances = [
            Parts(mine, shared[row[3]]) for mine, row in zip(own, rows, strict=True)
        ]
        problems = {row[0]: row[1] for row in rows if row[1]}
        return read_parts(instances, found[0].identities, problems)

    def frames(
        self, ref: InstanceRef, frame_numbers: Sequence[int]
    ) -> Generator[EncodedFrame]:
        """Encoded frames in the order asked, untouched; read as they are consumed.

        `frame_numbers` count from 1. A frame's chunks are to be read before the
        next frame is asked for. Closing the iterator closes the file.
        UpstreamUnavailable: the instance is not here, or its file has changed.
        NotInStandard: the frame cannot be located.
        """
        with self._snapshot() as connection:
            file = _frame_file(connection, ref)
            frames = [_segments(connection, file, number) for number in frame_numbers]
        return stream_frames(file, frames)

    def overlay(self, ref: InstanceRef, group: int) -> bytes:
        """The packed bits of one overlay; see `port.Archive`.

        UpstreamUnavailable: the instance is not here, or its file has changed.
        NotInStandard: it has no such overlay.
        """
        from smart_viewer.dicom.overlay_bits import read_overlay_bits  # heavy

        check_overlay_group(group)
        with self._snapshot() as connection:
            file = _frame_file(connection, ref)
        with open_unchanged(file) as handle:
            return read_overlay_bits(handle, group)

    def tags(self, ref: InstanceRef) -> TagTree:
        """Every attribute of the instance's file; see `port.Archive`.

        UpstreamUnavailable: the instance is not here, or its file has changed.
        NotInStandard: it is damaged.
        """
        from smart_viewer.dicom.tags_of_file import tags_of_file  # heavy

        with self._snapshot() as connection:
            file, _problem = _file(connection, ref)
        with open_unchanged(file) as handle:
            return tags_of_file(handle)

    def close(self) -> None:
        """Close every connection; the archive answers no more."""
        with self._lock:
            opened, self._opened = self._opened, []
        for connection in opened:
            connection.close()
        self._local = threading.local()

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection inside one read transaction."""
        try:
            connection = self._connection()
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")
        except sqlite3.Error as cause:
            raise UpstreamUnavailable(
                f"The index of the folder archive {self._archive_id} cannot be read. "
                "Run smart-viewer index."
            ) from cause

    def _connection(self) -> sqlite3.Connection:
        """Opened once a thread, and again after a fork."""
        if getattr(self._local, "process_id", None) != os.getpid():
            connection = open_for_reading(self._index_path)
            self._local.connection = connection
            self._local.process_id = os.getpid()
            with self._lock:
                self._opened.append(connection)
        found: sqlite3.Connection = self._local.connection
        return found

    def _found(
        self, connection: sqlite3.Connection, where: str, values: tuple[str, ...]
    ) -> tuple[StudyFound, ...]:
        rows = connection.execute(
            f"{_STUDY} {where} ORDER BY study_date DESC, study_time DESC, study_uid",
            values,
        )
        return tuple(self._study_found(connection, row) for row in rows.fetchall())

    def _study_found(
        self, connection: sqlite3.Connection, row: tuple[str, str, str, str, str, int]
    ) -> StudyFound:
        identities = _identities(connection, row[0])
        return StudyFound(
            archive_id=self._archive_id,
            study_instance_uid=row[0],
            patient=identities[0],
            accession_number=row[1],
            study_date=row[2],
            study_time=row[3],
            study_description=row[4],
            modalities=_modalities(connection, row[0]),
            number_of_instances=row[5],
            identities=identities,
        )


def _identities(
    connection: sqlite3.Connection, study_uid: str
) -> tuple[PatientIdentity, ...]:
    rows = connection.execute(
        "SELECT patient_id, issuer, patient_name, birth_date, sex, assigned "
        "FROM identity WHERE study_uid = ? ORDER BY position",
        (study_uid,),
    )
    return tuple(
        PatientIdentity(patient_id, issuer, name, birth_date, sex, bool(assigned))
        for patient_id, issuer, name, birth_date, sex, assigned in rows
    )


def _modalities(connection: sqlite3.Connection, study_uid: str) -> tuple[str, ...]:
    rows = connection.execute(
        "SELECT DISTINCT modality FROM series "
        "WHERE study_uid = ? AND modality <> '' ORDER BY modality",
        (study_uid,),
    )
    return tuple(str(modality) for (modality,) in rows)


def _series(
    connection: sqlite3.Connection, study_uid: str
) -> tuple[SeriesSummary, ...]:
    rows = connection.execute(
        "SELECT series_uid, modality, number, description, instances FROM series "
        "WHERE study_uid = ? ORDER BY number IS NULL, number, series_uid",
        (study_uid,),
    )
    return tuple(SeriesSummary(*row) for row in rows)


def _shared(connection: sqlite3.Connection, study_uid: str) -> dict[bytes, JsonDataset]:
    """What the study's instances share, by digest."""
    rows = connection.execute(
        "SELECT digest, projection FROM shared WHERE digest IN "
        "(SELECT digest FROM instance WHERE study_uid = ? AND served)",
        (study_uid,),
    )
    return {digest: json.loads(projection) for digest, projection in rows}


def _frame_file(connection: sqlite3.Connection, ref: InstanceRef) -> FrameFile:
    file, problem = _file(connection, ref)
    if problem:
        raise NotInStandard(problem)
    return file


def _file(connection: sqlite3.Connection, ref: InstanceRef) -> tuple[FrameFile, str]:
    """Where the instance lies, and why its frames cannot be read; empty if they can."""
    row = connection.execute(
        "SELECT file_id, path, size, mtime_ns, transfer_syntax_uid, problem "
        "FROM instance JOIN file USING (file_id) WHERE served AND study_uid = ? "
        "AND series_uid = ? AND sop_uid = ?",
        (ref.study_instance_uid, ref.series_instance_uid, ref.sop_instance_uid),
    ).fetchone()
    if row is None:
        raise UpstreamUnavailable("The archive does not hold this image.")
    root = read_about(connection, "folder")
    return FrameFile(row[0], Path(root), row[1], row[2], row[3], row[4]), str(row[5])


def _segments(
    connection: sqlite3.Connection, file: FrameFile, number: int
) -> tuple[Segment, ...]:
    rows = connection.execute(
        "SELECT offset, length, first_bit, swapped FROM segment "
        "WHERE file_id = ? AND frame_number = ? ORDER BY part",
        (file.file_id, number),
    ).fetchall()
    if not rows:
        raise NotInStandard(
            f"The image's file has no frame {number}, or not all of it."
        )
    return tuple(
        Segment(offset, length, first_bit, bool(swapped))
        for offset, length, first_bit, swapped in rows
    )
