"""Which indexed files are served, and the studies and series they make.

A pure consequence of the rows of `file` and `instance`, in order of path: the
result does not depend on the order in which files were read.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.same_patient import one_patient

TWO_PATIENTS = "The study holds two patients: this file disagrees with another."
DUPLICATE = "Another file has the same SOP Instance UID."


@dataclass(frozen=True, slots=True)
class _Row:
    file_id: int
    series_uid: str
    sop_uid: str
    patient: PatientIdentity
    accession_number: str
    study_date: str
    study_time: str
    study_description: str
    modality: str
    series_number: int | None
    series_description: str
    is_damaged: bool  # its frames cannot be read; an undamaged duplicate is kept


def resolve(connection: sqlite3.Connection, study_uids: Iterable[str]) -> None:
    """Make the study and series rows of these studies anew, in one transaction."""
    for study_uid in sorted(study_uids):
        rows = _rows(connection, study_uid)
        reasons = _reasons(rows)
        connection.executemany(
            "UPDATE file SET reason = ? WHERE file_id = ? AND reason <> ?",
            [(reason, row.file_id, reason) for row, reason in reasons],
        )
        connection.executemany(
            "UPDATE instance SET served = ? WHERE file_id = ? AND served <> ?",
            [(not reason, row.file_id, not reason) for row, reason in reasons],
        )
        served = [row for row, reason in reasons if not reason]
        connection.execute("DELETE FROM study WHERE study_uid = ?", (study_uid,))
        if served:
            identities = _identities(study_uid, served[0].patient, rows)
            _insert_study(connection, study_uid, identities[0].patient_id, served)
            _insert_identities(connection, study_uid, identities)
            _insert_series(connection, study_uid, served)


def assigned_patient_id(study_uid: str) -> str:
    """The PatientID given to a study whose files have none; always the same."""
    return f"ASSIGNED-{hashlib.sha256(study_uid.encode()).hexdigest()[:12]}"


def _rows(connection: sqlite3.Connection, study_uid: str) -> list[_Row]:
    found = connection.execute(
        "SELECT file_id, series_uid, sop_uid, patient_id, issuer, patient_name, "
        "birth_date, sex, accession_number, study_date, study_time, "
        "study_description, modality, series_number, series_description, problem "
        "FROM instance JOIN file USING (file_id) WHERE study_uid = ? ORDER BY path",
        (study_uid,),
    )
    return [
        _Row(
            file_id=row[0],
            series_uid=row[1],
            sop_uid=row[2],
            patient=PatientIdentity(row[3], row[4], row[5], row[6], row[7]),
            accession_number=row[8],
            study_date=row[9],
            study_time=row[10],
            study_description=row[11],
            modality=row[12],
            series_number=row[13],
            series_description=row[14],
            is_damaged=bool(row[15]),
        )
        for row in found
    ]


def _reasons(rows: Sequence[_Row]) -> list[tuple[_Row, str]]:
    """Each file with the reason why it is not served, empty where it is.

    A file that contradicts one accepted before it, by path, is refused; of
    several files of one SOP instance the first is kept whose frames can be read.
    """
    accepted = frozenset(one_patient(row.patient for row in rows))
    kept: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.is_damaged):  # stable: then by path
        if row.patient in accepted:
            kept.setdefault(row.sop_uid, row.file_id)
    return [(row, _reason(row, kept, accepted)) for row in rows]


def _reason(
    row: _Row, kept: dict[str, int], accepted: frozenset[PatientIdentity]
) -> str:
    if row.patient not in accepted:
        return TWO_PATIENTS
    return "" if kept[row.sop_uid] == row.file_id else DUPLICATE


def _identities(
    study_uid: str, first: PatientIdentity, rows: Sequence[_Row]
) -> list[PatientIdentity]:
    """All that the files name, refused ones too: the gate is to know of them.

    first: that of the first served file. Where it has no PatientID, none of the
    accepted has, and they are all given the same.
    """
    named = dict.fromkeys([first, *(row.patient for row in rows)])
    if first.patient_id:
        return list(named)
    assigned = assigned_patient_id(study_uid)
    return [
        one if one.patient_id else replace(one, patient_id=assigned, assigned=True)
        for one in named
    ]


def _insert_identities(
    connection: sqlite3.Connection,
    study_uid: str,
    identities: Sequence[PatientIdentity],
) -> None:
    connection.executemany(
        "INSERT INTO identity VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (study_uid, position, *astuple(one))
            for position, one in enumerate(identities)
        ],
    )


def _insert_study(
    connection: sqlite3.Connection,
    study_uid: str,
    patient_id: str,
    rows: Sequence[_Row],
) -> None:
    connection.execute(
        "INSERT INTO study VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            study_uid,
            patient_id,
            _first(rows, lambda row: row.accession_number),
            _first(rows, lambda row: row.study_date),
            _first(rows, lambda row: row.study_time),
            _first(rows, lambda row: row.study_description),
            len(rows),
        ),
    )


def _insert_series(
    connection: sqlite3.Connection, study_uid: str, rows: Sequence[_Row]
) -> None:
    by_uid: dict[str, list[_Row]] = {}
    for row in rows:
        by_uid.setdefault(row.series_uid, []).append(row)
    connection.executemany(
        "INSERT INTO series VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                study_uid,
                series_uid,
                _first(members, lambda row: row.modality),
                members[0].series_number,
                _first(members, lambda row: row.series_description),
                len(members),
            )
            for series_uid, members in by_uid.items()
        ],
    )


def _first(rows: Sequence[_Row], text: Callable[[_Row], str]) -> str:
    """The first that is not empty, in order of path."""
    return next((found for row in rows if (found := text(row))), "")
