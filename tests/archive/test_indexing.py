"""Indexing a folder. Oracle: files written by the test, and the folder's manifest."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.index_resolve import DUPLICATE, TWO_PATIENTS
from smart_viewer.archive.indexing import BATCH_FILES, IndexProgress, index_folder
from smart_viewer.archive.port import StudyQuery
from smart_viewer.errors import SettingsInvalid, UpstreamUnavailable

STUDY = "2.999.7.1"
# Everything the index says, but for row numbers.
CONTENTS = [
    "SELECT path, size, mtime_ns, reason FROM file ORDER BY path",
    "SELECT * FROM study ORDER BY study_uid",
    "SELECT * FROM identity ORDER BY study_uid, position",
    "SELECT * FROM series ORDER BY study_uid, series_uid",
    "SELECT path, served, problem, own, projection, metadata FROM instance "
    "JOIN file USING (file_id) JOIN shared USING (digest) ORDER BY path",
    "SELECT * FROM shared ORDER BY digest",
    "SELECT path, frame_number, part, offset, length FROM segment "
    "JOIN file USING (file_id) ORDER BY path, frame_number, part",
]


def contents(index: Path) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(index)) as connection:
        return [connection.execute(query).fetchall() for query in CONTENTS]


def patient_ids(index: Path) -> list[str]:
    archive = FolderArchive("folder", index)
    found = [header.found.patient.patient_id for header in archive.study_headers()]
    archive.close()
    return found


def test_only_new_and_changed_files_are_read_again(folder, write, index_path):
    first, second = write("a.dcm", 1), write("b.dcm", 2)
    assert index_folder(folder, index_path).added == 2

    unchanged = index_folder(folder, index_path)
    write("c.dcm", 3)
    os.utime(first, ns=(1, 1))
    second.unlink()
    changed = index_folder(folder, index_path)

    assert (unchanged.added, unchanged.unchanged, unchanged.removed) == (0, 2, 0)
    assert (changed.added, changed.unchanged, changed.removed) == (2, 0, 1)
    assert changed.failed == ()


def test_a_study_whose_files_are_gone_is_gone(folder, write, index_path):
    write("a.dcm", 1).unlink()
    write("b.dcm", 2)
    index_folder(folder, index_path)

    (folder / "b.dcm").unlink()
    index_folder(folder, index_path)

    assert patient_ids(index_path) == []
    with pytest.raises(UpstreamUnavailable):
        FolderArchive("folder", index_path).study(STUDY)


def shared_rows(index: Path) -> list[str]:
    with closing(sqlite3.connect(index)) as connection:
        rows = connection.execute("SELECT projection FROM shared").fetchall()
    return [projection for (projection,) in rows]


def test_what_a_series_shares_is_stored_once(folder, write, index_path):
    for index in range(4):
        write(f"{index}.dcm", index)
    write("other.dcm", 9, SeriesInstanceUID="2.999.7.1.2")

    index_folder(folder, index_path)

    assert len(shared_rows(index_path)) == 2
    study = FolderArchive("folder", index_path).study(STUDY)
    assert [
        [i.plane.position[2] for i in series.instances if i.plane]
        for series in study.series
    ] == [[0, 1, 2, 3], [9]]


def test_what_was_shared_goes_with_the_last_file_that_said_it(
    folder, write, index_path
):
    """No name of a patient stays behind."""
    write("a.dcm", 1, PatientName="Gone^Soon")
    write("b.dcm", 2, PatientName="Gone^Soon")
    index_folder(folder, index_path)

    write("a.dcm", 1, PatientName="Other^Name")  # another length: it has changed
    index_folder(folder, index_path)
    half_way = shared_rows(index_path)
    (folder / "b.dcm").unlink()
    index_folder(folder, index_path)
    left = shared_rows(index_path)
    (folder / "a.dcm").unlink()
    index_folder(folder, index_path)

    assert ["Gone" in text for text in sorted(half_way)].count(True) == 1
    assert len(half_way) == 2
    assert ["Other^Name" in text for text in left] == [True]
    assert shared_rows(index_path) == []


def test_bad_files_are_listed_with_a_reason_and_stop_nothing(folder, write, index_path):
    write("good.dcm", 1)
    whole = (folder / "good.dcm").read_bytes()
    (folder / "empty.dcm").write_bytes(b"")
    (folder / "notes.txt").write_text("nothing of DICOM in this one")
    (folder / "header_cut.dcm").write_bytes(whole[:200])
    write("no_study.dcm", 2, StudyInstanceUID=None)

    report = index_folder(folder, index_path)

    assert [path for path, _reason in report.failed] == [
        "empty.dcm",
        "header_cut.dcm",
        "no_study.dcm",
        "notes.txt",
    ]
    assert all(reason.endswith(".") for _path, reason in report.failed)
    assert patient_ids(index_path) == ["P-1"]


def test_of_two_files_with_one_sop_instance_uid_the_first_path_is_kept(
    folder, write, index_path
):
    write("b.dcm", 1)
    index_folder(folder, index_path)
    write("a.dcm", 1)

    later = index_folder(folder, index_path)
    (folder / "a.dcm").unlink()
    after = index_folder(folder, index_path)

    assert later.failed == (("b.dcm", DUPLICATE),)
    assert after.failed == ()  # b.dcm takes over, without being read again
    assert after.added == 0


def test_a_whole_copy_is_kept_rather_than_a_truncated_one(folder, write, index_path):
    cut = write("a.dcm", 1)
    cut.write_bytes(cut.read_bytes()[:-8])
    write("b.dcm", 1)

    report = index_folder(folder, index_path)

    assert report.failed == (("a.dcm", DUPLICATE),)


@pytest.mark.parametrize(
    "other",
    [
        {"PatientID": "P-2"},
        {"PatientID": None},
        {"PatientBirthDate": "19700102"},
        {"PatientName": "Jones^Bob"},
    ],
)
def test_a_study_of_two_patients_serves_the_first_only(
    folder, write, index_path, other
):
    write("a.dcm", 1)
    write("b.dcm", 2, **other)

    report = index_folder(folder, index_path)

    assert report.failed == (("b.dcm", TWO_PATIENTS),)
    study = FolderArchive("folder", index_path).study(STUDY)
    assert [i.instance_number for i in study.series[0].instances] == [1]
    assert len(study.identities) == 2  # the gate is told of the refused one too


BOTH_BEFORE = [
    ("PatientBirthDate", ["", "19580412", "19991231"], [1, 2]),
    ("PatientBirthDate", ["1958", "19580412", "19580413"], [1, 2]),
    ("IssuerOfPatientID", ["", "A", "B"], [1, 2]),
    ("PatientName", ["", "Jones^Bob", "Miller^Eve"], [1, 2]),
    ("PatientName", ["Chest^Sandbox", "Jones^Bob", "Miller^Eve"], [1]),
    ("PatientName", ["Chest^Jones", "Jones^Bob", "Sandbox^Chest"], [1, 2]),
]


@pytest.mark.filterwarnings("ignore:Invalid value for VR DA")  # written so
@pytest.mark.parametrize(("keyword", "said", "served"), BOTH_BEFORE)
def test_each_file_is_compared_with_every_one_before_it(
    folder, write, index_path, keyword, said, served
):
    for number, value in enumerate(said, start=1):
        write(f"{number}.dcm", number, **{keyword: value})

    report = index_folder(folder, index_path)

    archive = FolderArchive("folder", index_path)
    study = archive.study(STUDY)
    shown = [i.instance_number for i in study.series[0].instances]
    assert shown == served
    assert len(report.failed) == 3 - len(served)
    assert {reason for _path, reason in report.failed} == {TWO_PATIENTS}
    assert len(study.identities) == 3
    (found,) = archive.search(StudyQuery(study_instance_uid=STUDY))
    assert found.identities == study.identities
    assert found.patient == study.patient == study.identities[0]


@pytest.mark.filterwarnings("ignore:Invalid value for VR DA")  # written so
def test_the_order_in_which_files_arrive_makes_no_difference(folder, write, index_path):
    write("b.dcm", 2, PatientBirthDate="19991231")
    write("c.dcm", 3, PatientBirthDate="19580412")
    index_folder(folder, index_path)
    write("a.dcm", 1, PatientBirthDate="1958")

    report = index_folder(folder, index_path)

    assert report.failed == (("b.dcm", TWO_PATIENTS),)
    assert (report.added, report.unchanged) == (1, 1)


def test_an_identity_that_no_file_has_any_more_is_forgotten(folder, write, index_path):
    write("a.dcm", 1)
    write("b.dcm", 2, PatientBirthDate="")
    index_folder(folder, index_path)
    archive = FolderArchive("folder", index_path)
    before = [one.patient_birth_date for one in archive.study(STUDY).identities]
    (folder / "b.dcm").unlink()
    index_folder(folder, index_path)

    assert before == ["19700101", ""]
    assert len(archive.study(STUDY).identities) == 1


def test_an_index_is_readable_by_its_owner_only(folder, write, index_path):
    """It holds names and birth dates."""
    write("a.dcm", 1)
    usual = os.umask(0o022)
    try:
        index_folder(folder, index_path)
        archive = FolderArchive("folder", index_path)
        archive.study(STUDY)
    finally:
        os.umask(usual)

    modes = {p.name: p.stat().st_mode & 0o777 for p in index_path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert index_path.name in modes
    archive.close()


def test_each_file_is_counted_once(folder, write, index_path):
    write("a.dcm", 1)
    write("b.dcm", 1)
    write("c.dcm", 2, PatientID="P-2")
    (folder / "notes.txt").write_text("nothing of DICOM in this one")

    first = index_folder(folder, index_path)
    again = index_folder(folder, index_path)

    assert (first.added, first.unchanged, len(first.failed)) == (1, 0, 3)
    assert (again.added, again.unchanged, len(again.failed)) == (0, 1, 3)


def test_a_missing_patient_id_is_assigned_once_and_for_all(folder, write, tmp_path):
    write("a.dcm", 1, PatientID=None)
    write("b.dcm", 2, PatientID="", SOPInstanceUID="2.999.7.1.1.9")

    ids = []
    for name in ("one", "two"):
        index_folder(folder, tmp_path / f"{name}.db")
        ids += patient_ids(tmp_path / f"{name}.db")

    assert ids[0] == ids[1]
    assert ids[0].startswith("ASSIGNED-") and len(ids[0]) == len("ASSIGNED-") + 12
    archive = FolderArchive("folder", tmp_path / "one.db")
    assert archive.study(STUDY).patient.assigned
    assert archive.search(StudyQuery(patient_id=ids[0]))[0].patient.assigned
    assert [one.patient_id for one in archive.study(STUDY).identities] == [ids[0]]


def test_links_out_of_the_folder_are_listed_and_not_followed(
    folder, write, index_path, tmp_path
):
    write("a.dcm", 1)
    outside = tmp_path / "outside"
    outside.mkdir()
    write("b.dcm", 2).rename(outside / "b.dcm")
    (folder / "file_link.dcm").symlink_to(outside / "b.dcm")
    (folder / "folder_link").symlink_to(outside)
    (folder / "inner_link.dcm").symlink_to(folder / "a.dcm")

    report = index_folder(folder, index_path)

    assert [path for path, _reason in report.failed] == [
        "file_link.dcm",
        "folder_link",
    ]
    study = FolderArchive("folder", index_path).study(STUDY)
    assert len(study.series[0].instances) == 1


def test_the_index_may_lie_in_the_folder_it_describes(folder, write):
    write("a.dcm", 1)
    index = folder / "index.db"

    reports = [index_folder(folder, index) for _ in range(2)]

    assert [report.failed for report in reports] == [(), ()]
    assert reports[1].unchanged == 1


def test_an_index_of_another_folder_is_refused(folder, write, index_path, tmp_path):
    write("a.dcm", 1)
    index_folder(folder, index_path)
    other = tmp_path / "other"
    other.mkdir()

    with pytest.raises(SettingsInvalid, match="another folder"):
        index_folder(other, index_path)
    with pytest.raises(SettingsInvalid, match="does not exist"):
        index_folder(tmp_path / "nowhere", index_path)
    (tmp_path / "text.db").write_text("not a database, but long enough to be read")
    with pytest.raises(SettingsInvalid, match="not a usable index"):
        index_folder(folder, tmp_path / "text.db")


def test_an_index_of_an_older_version_is_made_anew(folder, write, index_path):
    write("a.dcm", 1)
    index_folder(folder, index_path)
    with closing(sqlite3.connect(index_path)) as connection, connection:
        connection.execute("UPDATE about SET value = '0' WHERE key = 'schema_version'")

    with pytest.raises(UpstreamUnavailable, match="smart-viewer index"):
        FolderArchive("folder", index_path).study_headers()
    assert index_folder(folder, index_path).added == 1
    assert patient_ids(index_path) == ["P-1"]


def test_worker_processes_and_this_process_make_the_same_index(folder, write, tmp_path):
    for index in range(130):
        write(f"{index % 7}/{index}.dcm", index)
    (folder / "0" / "bad.dcm").write_bytes(b"bad" * 100)
    progress: list[IndexProgress] = []

    index_folder(folder, tmp_path / "many.db", workers=2, report=progress.append)
    for part in range(7):  # few files at a time are read in this process
        os.rename(folder / str(part), tmp_path / str(part))
    index_folder(folder, tmp_path / "few.db")
    for part in range(7):
        os.rename(tmp_path / str(part), folder / str(part))
        index_folder(folder, tmp_path / "few.db", workers=1)

    assert contents(tmp_path / "many.db") == contents(tmp_path / "few.db")
    assert progress == [IndexProgress(131, 131)]


KILLED_RUN = """
import sys
from pathlib import Path
from smart_viewer.archive.indexing import index_folder
if __name__ == "__main__":
    index_folder(Path(sys.argv[1]), Path(sys.argv[2]), workers=1)
"""


def committed_files(index: Path) -> int:
    if not index.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM file").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # before the tables are there


@pytest.mark.data
def test_a_killed_run_goes_on_where_it_was(real_index, tmp_path):
    data, fresh, report = real_index
    script, index = tmp_path / "run.py", tmp_path / "index.db"
    script.write_text(KILLED_RUN)

    run = subprocess.Popen([sys.executable, str(script), str(data), str(index)])
    deadline = time.monotonic() + 120
    while committed_files(index) < BATCH_FILES and run.poll() is None:
        assert time.monotonic() < deadline
    run.send_signal(signal.SIGKILL)
    run.wait()
    kept = committed_files(index)
    progress: list[IndexProgress] = []
    rest = index_folder(data, index, report=progress.append)

    assert BATCH_FILES <= kept < report.added
    assert progress[-1].total == report.added + len(report.failed) - kept
    assert rest.added + rest.unchanged == report.added
    assert contents(index) == contents(fresh)


@pytest.mark.data
def test_every_malformed_file_is_listed_or_refused_with_words(real_index):
    data, index, report = real_index
    archive = FolderArchive("folder", index)
    reasons = dict(report.failed)
    with closing(sqlite3.connect(index)) as connection:
        rows = connection.execute(
            "SELECT path, problem FROM instance JOIN file USING (file_id) WHERE served"
        )
        served = dict(rows.fetchall())
    malformed = {
        path.relative_to(data).as_posix()
        for path in (data / "malformed").rglob("*")
        if path.is_file()
    }

    assert malformed <= reasons.keys() | served.keys()
    assert "not a UID" in reasons["malformed/bad_sequence.dcm"]
    assert reasons["malformed/pydicom_test_files/MR_truncated.dcm"] == DUPLICATE
    assert "Rows" in served["malformed/rt_pyorthanc/RTSTRUCT.dcm"]
    assert len(archive.study_headers()) > 100
