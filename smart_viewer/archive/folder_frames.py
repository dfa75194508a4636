"""The bytes of frames, out of a file that is still the one that was indexed."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from smart_viewer.archive.port import EncodedFrame
from smart_viewer.dicom.frame_table import Segment
from smart_viewer.errors import UpstreamUnavailable

CHUNK_BYTES = 256 * 1024
_CHANGED = (
    "The image's file was changed or removed after it was indexed. "
    "Run smart-viewer index, then start again."
)


@dataclass(frozen=True, slots=True)
class FrameFile:
    """One indexed file, and what it was like then."""

    file_id: int
    root: Path
    path: str
    size: int
    mtime_ns: int
    transfer_syntax_uid: str


def stream_frames(
    file: FrameFile, frames: Sequence[tuple[Segment, ...]]
) -> Generator[EncodedFrame]:
    """One EncodedFrame for each; the file is open while the iterator lives."""
    with _open_unchanged(file) as handle:
        for segments in frames:
            yield EncodedFrame(
                length=sum(segment.length for segment in segments),
                transfer_syntax_uid=file.transfer_syntax_uid,
                chunks=_chunks(handle, segments),
            )


def _open_unchanged(file: FrameFile) -> FileIO:
    """The file, if it is the one that was indexed. UpstreamUnavailable."""
    path = file.root / file.path
    if not Path(os.path.realpath(path)).is_relative_to(file.root):
        raise UpstreamUnavailable(_CHANGED)
    try:
        handle = FileIO(path, opener=_open_no_link)
    except OSError as cause:
        raise UpstreamUnavailable(_CHANGED) from cause
    found = os.fstat(handle.fileno())
    same = (found.st_size, found.st_mtime_ns) == (file.size, file.mtime_ns)
    if not same or not stat.S_ISREG(found.st_mode):
        handle.close()
        raise UpstreamUnavailable(_CHANGED)
    return handle


def _open_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))


def _chunks(handle: FileIO, segments: Sequence[Segment]) -> Iterator[bytes]:
    """The segments' bytes in pieces of at most CHUNK_BYTES."""
    for segment in segments:
        at, end = segment.offset, segment.offset + segment.length
        while at < end:
            chunk = _read(handle, at, min(CHUNK_BYTES, end - at))
            at += len(chunk)
            yield chunk


def _read(handle: FileIO, offset: int, length: int) -> bytes:
    """Some of the bytes at `offset`, at least one. UpstreamUnavailable."""
    try:
        handle.seek(offset)
        chunk = handle.read(length)
    except (OSError, ValueError) as cause:  # ValueError: the file was closed
        raise UpstreamUnavailable(_CHANGED) from cause
    if not chunk:
        raise UpstreamUnavailable(_CHANGED)
    return chunk
