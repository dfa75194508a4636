"""One Part 10 file's header: DICOM JSON and where its frames lie (PS3.10, PS3.18 F).

Here and in `to_json` is all that knows pydicom.
"""

from __future__ import annotations

import logging
import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from struct import error as StructError
from struct import unpack
from typing import BinaryIO

from pydicom import config as pydicom_config
from pydicom import dcmread
from pydicom.dataset import FileDataset
from pydicom.errors import BytesLengthException, InvalidDicomError

from smart_viewer.dicom.frame_table import (
    Frame,
    locate_encapsulated,
    locate_native,
    read_pixel_element,
)
from smart_viewer.dicom.json_values import text
from smart_viewer.dicom.read_pixels import read_number_of_frames, read_pixel_layout
from smart_viewer.dicom.study import PixelLayout
from smart_viewer.dicom.to_json import to_json
from smart_viewer.dicom.transfer_syntax import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    is_native,
)
from smart_viewer.errors import NotInStandard

PIXEL_DATA = "7FE00010"
_EXTENDED_OFFSET_TABLE = 0x7FE00001
_MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"
_MAX_INFLATED = 1 << 30  # bytes; a deflated file beyond this is taken for a bomb
_UID = re.compile(r"[0-9.]{1,64}")
_IDENTIFIERS = {
    "00080016": "SOP Class UID",
    "00080018": "SOP Instance UID",
    "0020000D": "Study Instance UID",
    "0020000E": "Series Instance UID",
}
# What pydicom raises on damaged input, beside its own errors.
DAMAGE = (
    InvalidDicomError,
    BytesLengthException,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NameError,
    NotImplementedError,
    RecursionError,
    StructError,
    TypeError,
    ValueError,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What one file says, without its pixels.

    metadata: DICOM JSON of the data set; binary values are left out, and so is
    Pixel Data, of which a BulkDataURI ("#pixels") or an empty attribute tells
    whether the file has any. AvailableTransferSyntaxUID is the file's own.
    frames: by frame index; empty with `problem` where they cannot be located,
    and for objects without pixels.
    """

    metadata: dict[str, object]
    transfer_syntax_uid: str
    frames: tuple[Frame, ...]
    problem: str = ""


def read_header(path: Path) -> FileHeader:
    """The header of one DICOM file, with or without preamble.

    NotInStandard: it is not DICOM, it is damaged before its pixels, or it lacks
    the UIDs that identify an instance. OSError: it cannot be read.
    """
    with path.open("rb") as file, quiet_pydicom():
        has_preamble = _check_is_dicom(file)
        _check_deflated_size(file)
        try:
            dataset = dcmread(file, stop_before_pixels=True, force=not has_preamble)
            metadata = to_json(dataset)
        except DAMAGE as damage:
            raise NotInStandard("The file's header is damaged.") from damage
        _check_identity(dataset, metadata)
        return _finish(file, dataset, metadata)


@contextmanager
def quiet_pydicom() -> Iterator[None]:
    """pydicom neither validates, warns nor logs: its messages quote values (PHI)."""
    logger = logging.getLogger("pydicom")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(), pydicom_config.disable_value_validation():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _check_is_dicom(file: BinaryIO) -> bool:
    """Whether the file has a preamble (PS3.10 7.1); NotInStandard if not DICOM."""
    head = file.read(132)
    file.seek(0)
    if head[128:] == b"DICM":
        return True
    if len(head) < 16:
        raise NotInStandard("This is not a DICOM file.")
    group, _element, length = unpack("<HHL", head[:8])
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    if group not in (0x0002, 0x0008) or not (explicit or length <= 64):
        raise NotInStandard("This is not a DICOM file.")
    return False


def _check_deflated_size(file: BinaryIO) -> None:
    """Inflate a deflated data set in bounds first: pydicom does so without."""
    head = file.read(4096)
    file.seek(0)
    if DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN.encode() not in head:
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    file.seek(_meta_group_end(head))
    try:
        inflated = inflater.decompress(file.read(), _MAX_INFLATED)
    except zlib.error:
        inflated = b""  # not deflated there; pydicom says what is wrong
    file.seek(0)
    if len(inflated) == _MAX_INFLATED:
        raise NotInStandard("The deflated file is too large when inflated.")


def _meta_group_end(head: bytes) -> int:
    """Where the meta group (0002,xxxx) ends, walking its elements (PS3.10 7.1)."""
    at = 132
    while head[at : at + 2] == b"\x02\x00" and at + 12 <= len(head):
        is_long = head[at + 4 : at + 6] in (b"OB", b"UN")
        size = unpack("<L", head[at + 8 : at + 12])[0] if is_long else None
        short = unpack("<H", head[at + 6 : at + 8])[0]
        at += 12 + size if size is not None else 8 + short
    return at


def _check_identity(dataset: FileDataset, metadata: dict[str, object]) -> None:
    """Refuse what cannot be addressed as study, series and instance."""
    if dataset.file_meta.get("MediaStorageSOPClassUID") == _MEDIA_DIRECTORY:
        raise NotInStandard("This is a DICOMDIR, a list of files.")
    for tag, name in _IDENTIFIERS.items():
        uid = text(metadata, tag)
        if not uid:
            raise NotInStandard(f"The header has no {name}.")
        if not _UID.fullmatch(uid):
            raise NotInStandard(f"The header's {name} is not a UID.")


def _finish(
    file: BinaryIO, dataset: FileDataset, metadata: dict[str, object]
) -> FileHeader:
    """The header with its frames, or with the reason why it has none."""
    syntax = _transfer_syntax(dataset)
    metadata["00083002"] = {"vr": "UI", "Value": [syntax]}
    if syntax == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
        metadata[PIXEL_DATA] = {"vr": "OW", "BulkDataURI": "#pixels"}
        return FileHeader(metadata, syntax, (), "The whole file is deflated.")
    layout, problem = read_pixel_layout(metadata)
    if not _is_at_pixels(file):
        metadata[PIXEL_DATA] = {"vr": "OW"}
        return FileHeader(metadata, syntax, ())
    metadata[PIXEL_DATA] = {"vr": "OW", "BulkDataURI": "#pixels"}
    if layout is None:
        return FileHeader(metadata, syntax, (), problem)
    try:
        frames = _locate(file, dataset, metadata, layout, syntax)
    except NotInStandard as reason:
        return FileHeader(metadata, syntax, (), str(reason))
    return FileHeader(metadata, syntax, frames)


def _is_at_pixels(file: BinaryIO) -> bool:
    """Whether parsing stopped before Pixel Data, not at the end of the file."""
    at = file.tell()
    more = file.read(1)
    file.seek(at)
    return bool(more)


def _locate(
    file: BinaryIO,
    dataset: FileDataset,
    metadata: dict[str, object],
    layout: PixelLayout,
    syntax: str,
) -> tuple[Frame, ...]:
    count = read_number_of_frames(metadata)
    if count is None:
        raise NotInStandard("The header's Number of Frames is not a usable count.")
    start = file.tell()
    element = read_pixel_element(file, start, syntax != EXPLICIT_VR_BIG_ENDIAN)
    if is_native(syntax):
        size = file.seek(0, 2)
        return locate_native(element, layout, count, size)
    table = dataset.get(_EXTENDED_OFFSET_TABLE)
    offsets = _unpack_offsets(table.value if table is not None else b"")
    return locate_encapsulated(file, element, count, offsets, syntax)


def _unpack_offsets(table: object) -> tuple[int, ...]:
    """The Extended Offset Table's 64-bit offsets (PS3.3 C.7.6.3.1.8)."""
    if not isinstance(table, bytes):
        return ()
    count = len(table) // 8
    return unpack(f"<{count}Q", table[: count * 8])


def _transfer_syntax(dataset: FileDataset) -> str:
    """The file's syntax; as it was read where the file names none (PS3.10 7.1)."""
    named = str(dataset.file_meta.get("TransferSyntaxUID", "")).strip(" \0")
    if named:
        return named
    is_implicit, is_little_endian = dataset.original_encoding
    if not is_little_endian:
        return EXPLICIT_VR_BIG_ENDIAN
    return IMPLICIT_VR_LITTLE_ENDIAN if is_implicit else EXPLICIT_VR_LITTLE_ENDIAN
