"""Worker processes that read files for the index, and survive what they read."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from pathlib import Path

from smart_viewer.archive.folder_scan import FoundFile
from smart_viewer.archive.index_entry import IndexEntry, read_entry

IN_PROCESS_FILES = 60  # fewer than this are read here: a process costs 0.5 s
WINDOW_FILES = 10_000  # handed to the workers at a time
_FILES_TO_A_TASK = 8
_KILLED = "Reading the file ended the process that read it."


def read_entries(
    root: Path, files: Sequence[FoundFile], workers: int | None
) -> Iterator[IndexEntry]:
    """The files' entries in their order; a file that kills its reader is listed.

    workers: processes at most, by default one for each core. Few files are read
    in this process.
    """
    processes = min(workers or os.cpu_count() or 1, len(files) // IN_PROCESS_FILES)
    if processes < 1:
        yield from (_read((str(root), file)) for file in files)
        return
    for start in range(0, len(files), WINDOW_FILES):
        tasks = [(str(root), file) for file in files[start : start + WINDOW_FILES]]
        yield from _read_window(tasks, processes)


_Task = tuple[str, FoundFile]


def _read_window(tasks: Sequence[_Task], processes: int) -> Iterator[IndexEntry]:
    done = 0
    try:
        with _pool(processes) as pool:
            for entry in pool.map(_read, tasks, chunksize=_FILES_TO_A_TASK):
                done += 1
                yield entry
    except BrokenProcessPool:
        yield from _read_one_by_one(tasks[done:])


def _read_one_by_one(tasks: Sequence[_Task]) -> Iterator[IndexEntry]:
    """After a worker died: each file alone, so that the culprit is known."""
    pool = _pool(1)
    for task in tasks:
        try:
            entry = pool.submit(_read, task).result()
        except BrokenProcessPool:
            pool.shutdown()
            pool = _pool(1)
            file = task[1]
            entry = IndexEntry(file.path, file.size, file.mtime_ns, _KILLED)
        yield entry
    pool.shutdown()


def _pool(processes: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")  # never fork: threads, GL
    return ProcessPoolExecutor(processes, context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    """A killed parent takes its workers along; they would wait for ever."""
    threading.Thread(target=_exit_after_parent, daemon=True).start()


def _exit_after_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _read(task: _Task) -> IndexEntry:
    root, file = task
    return read_entry(root, file.path, file.size, file.mtime_ns)
