"""What lies in a folder. Oracle: the folder that the test makes."""

from __future__ import annotations

import os

from smart_viewer.archive.folder_scan import FoundFile, scan
from smart_viewer.archive.index_entry import read_entry


def test_names_that_are_not_utf8_are_listed_in_print(folder):
    with open(os.path.join(os.fsencode(folder), b"caf\xe9.dcm"), "wb") as file:
        file.write(b"x")

    (found,) = scan(folder, frozenset())

    assert (found.path, found.reason) == (
        "caf\\xe9.dcm",
        "The file's name is not UTF-8.",
    )


def test_pipes_are_passed_over_and_loops_end(folder):
    os.mkfifo(folder / "pipe")
    (folder / "inner").mkdir()
    (folder / "inner" / "loop").symlink_to(folder)
    (folder / "inner" / "a.dcm").write_bytes(b"abc")

    found = list(scan(folder, frozenset()))

    assert [(file.path, file.size) for file in found] == [("inner/a.dcm", 3)]


def test_a_folder_that_cannot_be_read_is_listed(tmp_path):
    assert list(scan(tmp_path / "gone", frozenset())) == [
        FoundFile(".", 0, 0, "The folder cannot be read.")
    ]


def test_a_file_that_went_away_is_listed_with_that_reason(folder):
    entry = read_entry(str(folder), "gone.dcm", 1, 2)

    assert (entry.path, entry.size, entry.mtime_ns) == ("gone.dcm", 1, 2)
    assert entry.reason == "The file cannot be read (No such file or directory)."


def test_a_defect_of_the_reader_costs_one_file_only(folder, monkeypatch):
    def defective(_path: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("smart_viewer.dicom.header.read_header", defective)

    assert "ZeroDivisionError" in read_entry(str(folder), "a.dcm", 1, 2).reason
