"""Images whose samples are known, and encoders that are not ours: dcmtk, pydicom."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import generate_frames
from pydicom.pixels.utils import get_expected_length

from smart_viewer.codec.decode import DecodedFrame, decode_frame
from smart_viewer.codec.stored import Stored

EXPLICIT = "1.2.840.10008.1.2.1"
NATIVE = ("1.2.840.10008.1.2", EXPLICIT, "1.2.840.10008.1.2.2", f"{EXPLICIT}.99")
JPEG = "1.2.840.10008.1.2.4."


def waves(rows: int, columns: int, bits: int, seed: int = 0) -> np.ndarray:
    """Smooth samples with a little noise over the whole range of `bits`, unsigned."""
    y, x = np.mgrid[:rows, :columns]
    wave = np.sin(x / 7 + seed) + np.cos(y / 5 - seed) + 2
    noise = np.random.default_rng(seed).normal(0, 0.01, (rows, columns))
    top = (1 << bits) - 1
    scaled = np.clip((wave / 4 + noise) * top, 0, top)
    return scaled.astype(np.uint8 if bits <= 8 else np.uint16)


def colours(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    """RGB, 8 bits, each channel another picture."""
    planes = [waves(rows, columns, 8, seed + n) for n in (0, 3, 5)]
    return np.stack(planes, axis=-1)


def dataset(  # what the header says, one thing after another
    frames: list[np.ndarray],
    *,
    bits_stored: int,
    interpretation: str = "MONOCHROME2",
    planar: int = 0,
) -> FileDataset:
    """A Secondary Capture of these frames, explicit little endian.

    Bits Allocated and Pixel Representation are the arrays' own.
    """
    first = frames[0]
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = EXPLICIT
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = "2.999.1.1.1"
    made = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID = meta.MediaStorageSOPClassUID
    made.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    made.StudyInstanceUID, made.SeriesInstanceUID = "2.999.1", "2.999.1.1"
    made.PatientID, made.Modality = "P1", "OT"
    made.Rows, made.Columns = first.shape[:2]
    made.SamplesPerPixel = 3 if first.ndim == 3 else 1
    made.PhotometricInterpretation = interpretation
    made.BitsAllocated = first.dtype.itemsize * 8
    made.BitsStored, made.HighBit = bits_stored, bits_stored - 1
    made.PixelRepresentation = int(first.dtype.kind == "i")
    if first.ndim == 3:
        made.PlanarConfiguration = planar
    if len(frames) > 1:
        made.NumberOfFrames = len(frames)
    planes = [one.transpose(2, 0, 1) if planar else one for one in frames]
    data = b"".join(one.tobytes() for one in planes)
    made.PixelData = data + b"\0" * (len(data) % 2)
    made["PixelData"].VR = "OW" if made.BitsAllocated > 8 else "OB"
    return made


def converted(need, folder: Path, made: FileDataset, tool: str, *options: str):
    """The data set as one of dcmtk's tools writes it."""
    need("dcmtk")
    before, after = folder / "before.dcm", folder / "after.dcm"
    made.save_as(before, enforce_file_format=True)
    subprocess.run([tool, *options, before, after], check=True, capture_output=True)
    return pydicom.dcmread(after)


def frames_of(found: FileDataset) -> list[bytes]:
    """The encoded frames, located by pydicom."""
    count = int(found.get("NumberOfFrames") or 1)
    if found.file_meta.TransferSyntaxUID not in NATIVE:
        return list(generate_frames(found.PixelData, number_of_frames=count))
    length = get_expected_length(found) // count
    return [found.PixelData[i * length :][:length] for i in range(count)]


def stored_of(found: FileDataset) -> Stored:
    """What the header says, field by field."""
    allocated = found.BitsAllocated
    return Stored(
        rows=found.Rows,
        columns=found.Columns,
        samples_per_pixel=found.SamplesPerPixel,
        photometric_interpretation=found.PhotometricInterpretation,
        bits_allocated=allocated,
        bits_stored=found.get("BitsStored", allocated),
        high_bit=found.get("HighBit", allocated - 1),
        signed=found.get("PixelRepresentation", 0) == 1,
        planar_configuration=found.get("PlanarConfiguration") or 0,
        is_float="PixelData" not in found,
    )


def decoded(found: FileDataset, index: int = 0) -> DecodedFrame:
    """One frame by the code under test."""
    uid = str(found.file_meta.TransferSyntaxUID)
    return decode_frame(frames_of(found)[index], stored_of(found), uid)


def grey(rows: int, columns: int, bits: int, allocated: int, signed: bool = False):
    """A grey layout, its bits at the bottom of the cell."""
    return Stored(rows, columns, 1, "MONOCHROME2", allocated, bits, bits - 1, signed)


def colour(rows: int, columns: int, interpretation: str = "RGB", planar: int = 0):
    """A layout of three samples of 8 bits."""
    return Stored(rows, columns, 3, interpretation, 8, 8, 7, False, planar)
