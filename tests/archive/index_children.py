"""What a worker process runs in a test; importable, so that it can be spawned."""

from __future__ import annotations

import os

from smart_viewer.archive.folder_scan import FoundFile
from smart_viewer.archive.index_entry import IndexEntry, read_entry


def read_or_die(task: tuple[str, FoundFile]) -> IndexEntry:
    """Reads a file, as a worker does; one named deadly.dcm ends the process."""
    root, file = task
    if file.path == "deadly.dcm":
        os._exit(9)
    return read_entry(root, file.path, file.size, file.mtime_ns)
