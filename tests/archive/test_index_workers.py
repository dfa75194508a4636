"""Worker processes of the index. Oracle: files written by the test."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from index_children import read_or_die

from smart_viewer.archive import index_workers
from smart_viewer.archive.indexing import index_folder


def test_a_file_that_kills_its_reader_is_listed_and_the_others_are_read(
    folder, write, index_path, monkeypatch
):
    for index in range(70):
        write(f"{index:02}.dcm", index)
    write("deadly.dcm", 99)
    monkeypatch.setattr(index_workers, "_read", read_or_die)

    report = index_folder(folder, index_path, workers=1)

    assert report.added == 70
    assert report.failed == (
        ("deadly.dcm", "Reading the file ended the process that read it."),
    )


ORPHANED_POOL = """
import sys
from pathlib import Path
from smart_viewer.archive.index_workers import _pool

def hold(path):
    import os, threading
    Path(path).write_text(str(os.getpid()))
    threading.Event().wait()

if __name__ == "__main__":
    pool = _pool(1)
    pool.submit(hold, sys.argv[1])
    sys.stdin.read()
"""


def is_running(process_id: int) -> bool:
    stat = Path(f"/proc/{process_id}/stat")
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_workers_end_with_a_killed_parent(tmp_path):
    script, said = tmp_path / "pool.py", tmp_path / "pid"
    script.write_text(ORPHANED_POOL)
    parent = subprocess.Popen([sys.executable, script, said], stdin=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not (said.exists() and said.read_text()):
        assert time.monotonic() < deadline
    worker = int(said.read_text())

    parent.kill()
    parent.communicate()

    while is_running(worker):
        assert time.monotonic() < deadline
