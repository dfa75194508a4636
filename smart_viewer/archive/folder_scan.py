"""What lies in a folder of DICOM files, without opening any."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file. `path` is relative, with "/"; `reason` says why it is not read."""

    path: str
    size: int
    mtime_ns: int
    reason: str = ""


def scan(folder: Path, leave_out: frozenset[Path]) -> Iterator[FoundFile]:
    """Every regular file below `folder`, in no order.

    Links to folders are not followed, nor are links to files: within the folder
    the file itself is found, and out of it none is served; the latter are
    listed with that reason. `leave_out`: resolved paths to skip (the index).
    """
    pending = [str(folder)]
    while pending:
        at = pending.pop()
        try:
            entries = os.scandir(at)
        except OSError:
            name = _printable(_relative(folder, at))
            yield FoundFile(name, 0, 0, "The folder cannot be read.")
            continue
        with entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                elif Path(entry.path) not in leave_out:
                    yield from _found(folder, entry)


def _found(folder: Path, entry: os.DirEntry[str]) -> Iterator[FoundFile]:
    path = _relative(folder, entry.path)
    try:
        stat = entry.stat(follow_symlinks=False)
        if entry.is_symlink():
            if not _leads_inside(folder, entry.path):
                reason = "The link leads out of the folder."
                yield FoundFile(_printable(path), 0, stat.st_mtime_ns, reason)
        elif not entry.is_file(follow_symlinks=False):
            return  # a pipe, a socket or a device is no DICOM file
        elif _printable(path) != path:
            reason = "The file's name is not UTF-8."
            yield FoundFile(_printable(path), stat.st_size, stat.st_mtime_ns, reason)
        else:
            yield FoundFile(path, stat.st_size, stat.st_mtime_ns)
    except OSError:
        return  # it went away between listing and looking


def _relative(folder: Path, path: str) -> str:
    return os.path.relpath(path, folder).replace(os.sep, "/")


def _leads_inside(folder: Path, link: str) -> bool:
    return Path(os.path.realpath(link)).is_relative_to(folder)


def _printable(path: str) -> str:
    """The path in UTF-8, with undecodable bytes written as \\xNN."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
