"""The shared data's images, and each of them decoded by programs that are not ours."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset
from pydicom.encaps import generate_frames
from pydicom.pixels import pixel_array
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

MALFORMED = "malformed"
PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
FAULTS = (
    subprocess.CalledProcessError,
    OSError,
    ValueError,
    RuntimeError,
    TypeError,
    AttributeError,
    IndexError,
    Image.DecompressionBombError,
)
_MISC = "pydicom_data_misc"
_EMRI = f"{_MISC}/emri_small_jpeg_2k_lossless"
TWINS = {  # files that other programs do not read, and the same image in one they do
    f"{_EMRI}_too_short.dcm": f"{_EMRI}.dcm",
    f"{_MISC}/liver_deflate.dcm": f"{_MISC}/liver.dcm",
    f"{_MISC}/liver_rle.dcm": f"{_MISC}/liver.dcm",
}
UIDS = ("StudyInstanceUID", "SeriesInstanceUID")
KEPT_BYTES = 4096  # longer values are left in the file
BIG_ENDIAN = "1.2.840.10008.1.2.2"
NATIVE = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.1.99",
)
JPEG = tuple(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 53, 55, 57, 70))
JPEG_LS = tuple(f"1.2.840.10008.1.2.4.{n}" for n in (80, 81))
JPEG_2000 = tuple(f"1.2.840.10008.1.2.4.{n}" for n in (90, 91, 201, 202, 203))
RLE = "1.2.840.10008.1.2.5"


@dataclass(frozen=True)
class RealFile:
    """A file with pixels; `name` is its path in the shared data.

    study: its UID; person: who the header says it is of.
    """

    path: Path
    name: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    study: str
    series: str
    person: tuple[str, ...]
    sound: Path | None = None  # a twin with the same pixels that other programs read


def images(data: Path) -> list[RealFile]:
    """Every file with pixels outside malformed/, in a fixed order."""
    return [
        found
        for path in sorted(data.rglob("*"))
        if path.is_file() and MALFORMED not in path.relative_to(data).parts
        if (found := _image(path, str(path.relative_to(data)))) is not None
    ]


def malformed(data: Path) -> list[RealFile]:
    """Every file of malformed/ that pydicom, or its sound twin, tells apart."""
    folder = data / MALFORMED
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = str(path.relative_to(folder))
        told = _image(path, name) or _image(data / TWINS.get(name, "absent"), name)
        if told is not None:
            found.append(
                replace(
                    told, path=path, sound=data / TWINS[name] if name in TWINS else None
                )
            )
    return found


def _image(path: Path, name: str) -> RealFile | None:
    try:
        header = pydicom.dcmread(
            path, defer_size=KEPT_BYTES, force=path.name.startswith("CR-MONO1")
        )
    except (pydicom.errors.InvalidDicomError, ValueError, OSError, AttributeError):
        return None
    if (
        not any(keyword in header for keyword in PIXELS)
        or "SOPInstanceUID" not in header
    ):
        return None
    syntax = str(header.file_meta.get("TransferSyntaxUID", "1.2.840.10008.1.2"))
    person = tuple(
        str(header.get(word, ""))
        for word in ("PatientID", "PatientName", "PatientBirthDate", "PatientSex")
    )
    study, series = (str(header.get(uid) or name) for uid in UIDS)
    return RealFile(
        path, name, str(header.SOPInstanceUID), syntax, study, series, person
    )


def put(file: RealFile, target: Path) -> None:
    """A copy of the file; one that names no study or series gets a UID of its own."""
    dataset = pydicom.dcmread(file.path, defer_size=KEPT_BYTES, force=True)
    missing = [uid for uid in UIDS if not dataset.get(uid)]
    if not missing or file.sound is not None:
        copyfile(file.path, target)
        return
    for keyword in missing:
        setattr(dataset, keyword, generate_uid(entropy_srcs=[file.name, keyword]))
    dataset.save_as(target)


def rounds(files: list[RealFile]) -> Iterator[list[RealFile]]:
    """The files in lots as an archive could hold them.

    In a lot no SOP Instance UID is there twice, and no study is of two persons: a
    study that contradicts itself is not shown, whatever its images are.
    """
    left = files
    while left:
        lot: list[RealFile] = []
        later: list[RealFile] = []
        persons: dict[str, tuple[str, ...]] = {}
        seen: set[str] = set()
        for one in left:
            if (
                one.sop_instance_uid in seen
                or persons.setdefault(one.study, one.person) != one.person
            ):
                later.append(one)
                continue
            seen.add(one.sop_instance_uid)
            lot.append(one)
        yield lot
        left = later


@lru_cache(maxsize=4)
def native(file: RealFile) -> Dataset:
    """The image with native little endian pixels, decoded by the first that can.

    NotImplementedError where none of dcmtk, OpenJPEG (in Pillow) and pydicom can.
    """
    if file.sound is not None:
        file = replace(
            file, path=file.sound, sound=None, transfer_syntax_uid=_syntax(file.sound)
        )
    faults = []
    for decode in (_by_its_own, _by_pydicom):
        try:
            return decode(file)
        except FAULTS as cause:
            faults.append(f"{decode.__name__}: {cause}")
    raise NotImplementedError("; ".join(faults))


def _syntax(path: Path) -> str:
    return str(
        pydicom.dcmread(path, stop_before_pixels=True).file_meta.TransferSyntaxUID
    )


def _by_its_own(file: RealFile) -> Dataset:
    if file.transfer_syntax_uid in JPEG_2000:
        return _by_pillow(pydicom.dcmread(file.path, force=True))
    with TemporaryDirectory() as folder:
        target = Path(folder) / "native.dcm"
        command = [*_program(file.transfer_syntax_uid), file.path, target]
        subprocess.run(command, check=True, capture_output=True)
        dataset = pydicom.dcmread(target, force=True)
    if file.transfer_syntax_uid == BIG_ENDIAN and int(dataset.BitsAllocated) == 32:
        dataset.PixelData = _by_pydicom(file).PixelData  # dcmtk turns each half alone
    return dataset


def _by_pydicom(file: RealFile) -> Dataset:
    dataset = pydicom.dcmread(file.path, force=True)
    values = pixel_array(dataset, raw=True)
    dataset.PixelData = values.astype(values.dtype.newbyteorder("<")).tobytes()
    dataset["PixelData"].is_undefined_length = False
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    if int(dataset.BitsAllocated) == 1:  # unpacked now
        dataset.BitsAllocated = 8
    if int(dataset.SamplesPerPixel) == 3:
        dataset.PlanarConfiguration = 0
    return dataset


def _program(syntax: str) -> list[str]:
    if syntax in JPEG:
        return ["dcmdjpeg"]
    if syntax in JPEG_LS:
        return ["dcmdjpls"]
    if syntax == RLE:
        return ["dcmdrle"]
    if syntax in NATIVE:
        return ["dcmconv", "+te"]
    raise ValueError(f"nobody is asked for {syntax}")


def _by_pillow(dataset: Dataset) -> Dataset:
    """JPEG 2000 and HTJ2K by OpenJPEG, as Pillow carries it."""
    count = int(dataset.get("NumberOfFrames") or 1)
    frames = [
        _opened(one, dataset)
        for one in generate_frames(dataset.PixelData, number_of_frames=count)
    ]
    dataset.PixelData = b"".join(one.tobytes() for one in frames)
    dataset["PixelData"].is_undefined_length = False
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    if int(dataset.SamplesPerPixel) == 3:
        dataset.PhotometricInterpretation, dataset.PlanarConfiguration = "RGB", 0
    return dataset


def _opened(codestream: bytes, dataset: Dataset) -> NDArray[np.unsignedinteger]:
    """The samples' bits. Pillow spreads 9 to 15 bits over 16, and lifts signed ones."""
    with Image.open(BytesIO(codestream)) as picture:
        values = np.asarray(picture).astype(np.int64)
    precision, is_signed = _precision(codestream)
    if precision > 8:
        values >>= 16 - precision
    if is_signed:
        values -= 2 ** (precision - 1)
    allocated = int(dataset.BitsAllocated)
    return (values % 2**allocated).astype(f"<u{allocated // 8}")


def _precision(codestream: bytes) -> tuple[int, bool]:
    """Bits of the first component, and whether signed (ISO 15444-1 A.5.1, Ssiz)."""
    size = codestream.index(b"\xff\x4f\xff\x51") + 4
    depth = codestream[size + 38 - 2 + 2]
    return (depth & 0x7F) + 1, bool(depth & 0x80)
