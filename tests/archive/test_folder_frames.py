"""Frames out of files that are not plain. Oracle: numpy arrays, dcmtk's deflation."""

from __future__ import annotations

import subprocess
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian

from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.indexing import index_folder
from smart_viewer.archive.port import InstanceRef
from smart_viewer.errors import NotInStandard

REF = InstanceRef("2.999.7.1", "2.999.7.1.1", "2.999.7.1.1.1")
LITTLE = "1.2.840.10008.1.2.1"


@pytest.fixture
def frames_of(folder, index_path):
    """`frames_of(*numbers)`: (transfer syntax, bytes) of each, from the index."""
    opened: list[FolderArchive] = []

    def read(*numbers: int) -> list[tuple[str, bytes]]:
        index_folder(folder, index_path)
        opened.append(FolderArchive("folder", index_path))
        answer = []
        for frame in opened[-1].frames(REF, numbers):
            data = b"".join(frame.chunks)
            assert len(data) == frame.length
            answer.append((frame.transfer_syntax_uid, data))
        return answer

    yield read
    for archive in opened:
        archive.close()


def deflate(path: Path) -> None:
    """The file with all behind its meta group deflated, by zlib itself."""
    dataset = pydicom.dcmread(path)
    whole = path.read_bytes()
    start = whole.index(b"\x08\x00\x16\x00UI")  # SOP Class UID: the data set's first
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflater.compress(whole[start:]) + deflater.flush()
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    meta = pydicom.filebase.DicomBytesIO()
    pydicom.filewriter.write_file_meta_info(meta, dataset.file_meta)
    path.write_bytes(b"\0" * 128 + b"DICM" + meta.getvalue() + packed)


def test_frames_of_a_deflated_file_come_inflated(write, frames_of):
    """Noise, so that the frames lie far apart in the deflated stream too."""
    known = np.random.default_rng(1).integers(0, 4096, (5, 400, 500)).astype("<u2")
    deflate(
        write(
            "a.dcm",
            1,
            Rows=400,
            Columns=500,
            NumberOfFrames=5,
            PixelData=known.tobytes(),
        )
    )

    found = frames_of(5, 1, 3)

    assert found == [(LITTLE, known[n - 1].tobytes()) for n in (5, 1, 3)]


@pytest.mark.debian
def test_frames_of_dcmtks_deflated_file_come_inflated(need, write, frames_of):
    need("dcmtk")
    path = write("a.dcm", 1)
    subprocess.run(["dcmconv", "+td", path, path], check=True)

    assert pydicom.dcmread(path).file_meta.TransferSyntaxUID.is_deflated
    assert frames_of(1) == [(LITTLE, np.full((4, 6), 1, "<u2").tobytes())]


def test_frames_of_bits_begin_at_the_lowest_bit(write, frames_of):
    """3 x 5 bits a frame: the second begins at bit 15, the third at bit 30."""
    known = np.random.default_rng(2).integers(0, 2, (3, 3, 5)).astype("u1")
    packed = np.packbits(known.reshape(-1), bitorder="little").tobytes()
    bits = {"BitsAllocated": 1, "BitsStored": 1, "HighBit": 0}
    write("a.dcm", 1, Rows=3, Columns=5, NumberOfFrames=3, PixelData=packed, **bits)

    for (_syntax, data), one in zip(frames_of(1, 2, 3), known, strict=True):
        unpacked = np.unpackbits(np.frombuffer(data, "u1"), bitorder="little")
        np.testing.assert_array_equal(unpacked[:15].reshape(3, 5), one)


def test_bytes_in_words_of_big_endian_come_in_their_own_order(write, frames_of):
    """Frames of 15 bytes: the second begins inside of a word."""
    known = np.arange(45, dtype="u1").reshape(3, 15)
    words = np.frombuffer(known.tobytes() + b"\0", "<u2").astype(">u2").tobytes()
    depth = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    path = write("a.dcm", 1, Rows=3, Columns=5, NumberOfFrames=3, **depth)
    made = pydicom.dcmread(path)
    made.PixelData = words
    made["PixelData"].VR = "OW"
    made.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    pydicom.dcmwrite(path, made, implicit_vr=False, little_endian=False)

    for (syntax, data), one in zip(frames_of(1, 2, 3), known, strict=True):
        assert (syntax, data[:15]) == (ExplicitVRBigEndian, one.tobytes())


def test_a_frame_that_the_file_does_not_hold_is_named_and_the_others_served(
    write, frames_of
):
    path = write(
        "a.dcm", 1, NumberOfFrames=3, PixelData=np.arange(72, dtype="<u2").tobytes()
    )
    path.write_bytes(path.read_bytes()[:-10])

    assert [len(data) for _, data in frames_of(1, 2)] == [48, 48]
    with pytest.raises(NotInStandard, match="frame 3"):
        frames_of(3)
