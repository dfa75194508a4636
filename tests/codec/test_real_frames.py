"""Every real frame, whatever its syntax. Oracle: pydicom with its other decoders.

pylibjpeg (libjpeg, OpenJPEG), GDCM and pyjpegls are libraries that the code under
test does not use for the same syntax, but for OpenJPEG and CharLS.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pydicom
import pytest
from codec_images import frames_of, stored_of
from pydicom.pixels import pixel_array

from smart_viewer.codec.decode import decode_frame
from smart_viewer.codec.stored import Stored
from smart_viewer.dicom.transfer_syntax import is_native
from smart_viewer.errors import SmartViewerError

ENCAPSULATED = [
    "cr_dx_us_misc_dcm4che",
    "ct_all_transfer_syntaxes",
    "ct_enhanced_multiframe_fragments",
    "ct_singleframe_fragments",
    "fo_dicom_misc",
    "jpeg_ls_jpeg_ext_pylibjpeg",
    "mr_vendors_dicom2nifti",
    "pt_single_modlut",
    "pydicom_data_misc",
    "pydicom_test_files",
    "sc_photo_jpeg",
    "us_cine_stress_echo",
    "us_multiframe_ybrfull_acuson",
    "us_palette16_big_endian",
    "us_single_rgb_demo",
    "us_ybr422_raw",
    "xa_cath_75frames",
    "xr_dental_modality_lut",
]
# The cosine transform is rounded otherwise by another library: last place only.
LOSSY_JPEG = {f"1.2.840.10008.1.2.4.{n}" for n in (50, 51)}
FEW = 3  # frames of a multi-frame image: the first, one in the middle, the last
pytestmark = [
    pytest.mark.data,
    pytest.mark.filterwarnings("ignore"),  # pydicom warns of the files' own faults
]


def images(folder: Path):
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        try:
            found = pydicom.dcmread(path, force=True)
        except pydicom.errors.InvalidDicomError:
            continue
        if (
            "Rows" in found
            and "PixelData" in found
            and "TransferSyntaxUID" in (found.file_meta)
        ):
            yield path, found


def masked(values: np.ndarray, stored: Stored) -> np.ndarray:
    """Bits Stored of each cell with its sign, by this test's own arithmetic."""
    bits = stored.bits_stored
    if values.ndim == 3 or stored.is_float or bits == stored.bits_allocated:
        return values.astype(np.int64)
    wide = values.astype(np.int64) & ((1 << bits) - 1)
    return np.where(stored.signed & (wide >= 1 << (bits - 1)), wide - (1 << bits), wide)


@pytest.mark.parametrize("folder", ENCAPSULATED)
def test_frames_are_those_of_pydicom(need, folder):
    differences: Counter[str] = Counter()
    for path, found in images(need("data") / folder):
        uid, stored = str(found.file_meta.TransferSyntaxUID), stored_of(found)
        if stored.bits_allocated == 1 and is_native(uid):
            continue  # located by bits: test_frame_table
        frames = frames_of(found)
        for index in sorted({0, len(frames) // 2, len(frames) - 1}):
            values = decode_frame(swapped(frames[index], found), stored, uid).values
            one = index if len(frames) > 1 else None
            expected = pixel_array(found, **({} if one is None else {"index": one}))
            if values.ndim == 3 and expected.itemsize > 1:
                expected = expected >> (8 * expected.itemsize - 8)
            difference = np.abs(masked(values, stored) - masked(expected, stored)).max()
            assert difference <= (1 if uid in LOSSY_JPEG else 0), path.name
            differences[uid] = max(differences[uid], int(difference))

    assert differences


def swapped(frame: bytes, found: pydicom.Dataset) -> bytes:
    """8-bit samples in big endian words, as the archive puts them right."""
    if found.file_meta.TransferSyntaxUID != "1.2.840.10008.1.2.2":
        return frame
    if found["PixelData"].VR != "OW" or found.BitsAllocated != 8:
        return frame
    whole = np.frombuffer(found.PixelData, "u2").byteswap().tobytes()
    assert len(frame) >= len(whole) - 1  # of the only frame
    return whole


def test_one_slice_is_the_same_in_every_lossless_syntax(need):
    pictures = {}
    for _path, found in images(need("data") / "ct_all_transfer_syntaxes"):
        uid = str(found.file_meta.TransferSyntaxUID)
        frame = decode_frame(frames_of(found)[0], stored_of(found), uid)
        pictures[uid.removeprefix("1.2.840.10008.1.2")] = frame.values
    lossy = {".4.50", ".4.51", ".4.81", ".4.91"}

    assert len(pictures) == 13
    for uid in pictures.keys() - lossy:
        np.testing.assert_array_equal(pictures[uid], pictures[".1"])
    for uid in (".4.81", ".4.91"):
        assert np.abs(pictures[uid].astype(int) - pictures[".1"]).max() <= 32


def test_spectral_selection_and_full_progression_show_the_same_slice(need):
    """Their rescale turns 12 bits into HU; the reference is the uncompressed slice."""
    folder = need("data") / "malformed/ct_all_transfer_syntaxes"
    path = next((need("data") / "ct_all_transfer_syntaxes").glob("*1.2.1.dcm"))
    reference = pydicom.dcmread(path)
    hounsfield = reference.pixel_array + float(reference.RescaleIntercept)

    for _path, found in images(folder):
        uid = str(found.file_meta.TransferSyntaxUID)
        values = decode_frame(frames_of(found)[0], stored_of(found), uid).values
        step = float(found.RescaleSlope)
        error = values * step + float(found.RescaleIntercept) - hounsfield

        assert abs(error.mean()) < step and error.std() < 6, uid


@pytest.mark.debian
def test_spectral_selection_and_full_progression_decode_as_in_dcmtk(need, tmp_path):
    need("dcmtk")
    for path, found in images(need("data") / "malformed/ct_all_transfer_syntaxes"):
        uid, plain = str(found.file_meta.TransferSyntaxUID), tmp_path / "plain.dcm"
        subprocess.run(["dcmdjpeg", path, plain], check=True, capture_output=True)
        expected = pydicom.dcmread(plain).pixel_array
        values = decode_frame(frames_of(found)[0], stored_of(found), uid).values

        assert np.abs(values.astype(int) - expected.astype(int)).max() <= 1


# Run in a process of its own, so that the memory it took can be told.
ALONE = """
import json, re, sys, time
from dataclasses import asdict
from pathlib import Path
from smart_viewer.codec.deliver import Stored, deliver
from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.inflate import inflated
from smart_viewer.dicom.read_pixels import read_pixel_layout
from smart_viewer.dicom.transfer_syntax import Way, delivery
from smart_viewer.errors import SmartViewerError
import imagecodecs
for path in map(Path, sys.argv[1:]):
    began, told = time.perf_counter(), []
    try:
        header = read_header(path)
        told.append(header.problem)
        layout, problem = read_pixel_layout(header.metadata)
        with path.open("rb") as file:
            for frame in header.frames if layout else ():
                try:
                    data = b""
                    for part in frame:
                        file.seek(part.offset)
                        data += file.read(part.length)
                    uid = header.transfer_syntax_uid
                    assert delivery(uid, layout) is not Way.REFUSED
                    deliver(data, Stored(**asdict(layout)), uid)
                    told.append("shown")
                except SmartViewerError as refused:
                    told.append(str(refused))
    except SmartViewerError as refused:
        told.append(str(refused))
    seconds = time.perf_counter() - began
    # Not ru_maxrss: that also tells of the parent, from before this program began.
    status = Path("/proc/self/status").read_text()
    peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) * 1024
    print(json.dumps([path.name, seconds, peak, sorted({*told} - {""})]))
"""
BROKEN = {
    "bad_sequence.dcm": ["The header's SOP Instance UID is not a UID."],
    "meta_missing_tsyntax.dcm": ["The header has no SOP Class UID."],
    "nested_priv_SQ.dcm": ["The header has no SOP Class UID."],
    "MR_truncated.dcm": ["The file is cut off inside its Pixel Data."],
    "badVR.dcm": ["The header's Number of Frames is not a usable count."],
    "RTSTRUCT.dcm": ["The header's Rows or Columns is not a size."],
    "JPEG2000-embedded-sequence-delimiter.dcm": [
        "The JPEG 2000 code stream has another size than its header says."
    ],
}
MOST_MEMORY = 512 * 1024 * 1024


def test_malformed_files_are_shown_or_refused_by_name_within_bounds(need):
    paths = sorted(p for p in (need("data") / "malformed").rglob("*.dcm"))

    done = subprocess.run(
        [sys.executable, "-c", ALONE, *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
    )

    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(paths)
    for name, _seconds, peak, outcome in told:
        assert outcome == BROKEN.get(name, ["shown"]), name
        assert peak < MOST_MEMORY, name


def test_frames_of_a_file_that_was_cut_off_are_those_of_the_whole_one(need):
    data = need("data")
    whole = pydicom.dcmread(next(data.rglob("emri_small_jpeg_2k_lossless.dcm")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        located = cut_off_frames(
            data / "malformed/pydicom_data_misc"
            "/emri_small_jpeg_2k_lossless_too_short.dcm"
        )
    stored, uid = stored_of(whole), str(whole.file_meta.TransferSyntaxUID)

    same = 0
    for index, frame in enumerate(located):
        try:
            values = decode_frame(frame, stored, uid).values
        except SmartViewerError:
            continue
        np.testing.assert_array_equal(values, whole.pixel_array[index])
        same += 1
    assert same >= 9


def cut_off_frames(path: Path) -> list[bytes]:
    from smart_viewer.dicom.header import read_header

    whole = path.read_bytes()
    return [
        b"".join(whole[part.offset : part.offset + part.length] for part in frame)
        for frame in read_header(path).frames
    ]
