"""The bytes of frames, out of a file that is still the one that was indexed."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from io import FileIO, RawIOBase
from pathlib import Path

import numpy as np

from smart_viewer.archive.port import EncodedFrame
from smart_viewer.dicom.frame_table import Segment
from smart_viewer.dicom.transfer_syntax import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
)
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
    with open_unchanged(file) as handle:
        source, syntax = _source(file, handle)
        for segments in frames:
            yield EncodedFrame(
                length=sum(map(_sent_length, segments)),
                transfer_syntax_uid=syntax,
                chunks=_chunks(source, segments),
            )


def _source(file: FrameFile, handle: FileIO) -> tuple[RawIOBase, str]:
    """Where the segments lie, and how they are stored there."""
    if file.transfer_syntax_uid != DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
        return handle, file.transfer_syntax_uid
    from smart_viewer.dicom.inflate import inflated  # seldom needed

    return inflated(handle), EXPLICIT_VR_LITTLE_ENDIAN


def open_unchanged(file: FrameFile) -> FileIO:
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


def _sent_length(segment: Segment) -> int:
    """Bytes that `_chunks` makes of it."""
    return segment.length - segment.first_bit // 8


def _chunks(source: RawIOBase, segments: Sequence[Segment]) -> Iterator[bytes]:
    """The segments' bytes in pieces of at most CHUNK_BYTES.

    Where a frame's bits are swapped or begin inside of a byte, it comes whole, its
    first bit the lowest of its first byte.
    """
    for segment in segments:
        pieces = _pieces(source, segment)
        if segment.first_bit or segment.swapped:
            yield _aligned(b"".join(pieces), segment)
        else:
            yield from pieces


def _pieces(source: RawIOBase, segment: Segment) -> Iterator[bytes]:
    at, end = segment.offset, segment.offset + segment.length
    while at < end:
        piece = _read(source, at, min(CHUNK_BYTES, end - at))
        at += len(piece)
        yield piece


def _aligned(data: bytes, segment: Segment) -> bytes:
    """PS3.5 8.1.1: bits are counted from the lowest, in words of big endian too."""
    if segment.swapped:
        data = np.frombuffer(data, np.uint16).byteswap().tobytes()
    bits = int.from_bytes(data, "little") >> segment.first_bit
    return bits.to_bytes(_sent_length(segment), "little")


def _read(source: RawIOBase, offset: int, length: int) -> bytes:
    """Some of the bytes at `offset`, at least one. UpstreamUnavailable."""
    try:
        source.seek(offset)
        chunk = source.read(length)
    except (OSError, ValueError) as cause:  # ValueError: the file was closed
        raise UpstreamUnavailable(_CHANGED) from cause
    if not chunk:
        raise UpstreamUnavailable(_CHANGED)
    return chunk
