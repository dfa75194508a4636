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
from io import BytesIO
from pathlib import Path
from struct import error as StructError
from struct import unpack
from typing import BinaryIO, cast

from pydicom import config as pydicom_config
from pydicom import dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag

from smart_viewer.dicom.fragments import OffsetTables, locate_encapsulated
from smart_viewer.dicom.frame_table import (
    Frame,
    PixelElement,
    locate_native,
    read_pixel_element,
)
from smart_viewer.dicom.inflate import META_BYTES, inflated, meta_group_end
from smart_viewer.dicom.json_values import text
from smart_viewer.dicom.read_pixels import read_number_of_frames, read_pixel_layout
from smart_viewer.dicom.study import PixelLayout
from smart_viewer.dicom.to_json import to_json
from smart_viewer.dicom.transfer_syntax import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN as _DEFLATED,
)
from smart_viewer.dicom.transfer_syntax import (
    EXPLICIT_VR_BIG_ENDIAN as _BIG_ENDIAN,
)
from smart_viewer.dicom.transfer_syntax import (
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    is_native,
)
from smart_viewer.errors import NotInStandard

PIXEL_DATA = "7FE00010"
_EXTENDED_OFFSET_TABLE, _EXTENDED_OFFSET_TABLE_LENGTHS = 0x7FE00001, 0x7FE00002
_MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"
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
    MemoryError,  # a length that no file has
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


def parsed_header(file: BinaryIO) -> tuple[FileDataset, BinaryIO]:
    """The data set before its pixels, and the file in which it goes on there.

    file: at its start. To be called within `quiet_pydicom`. NotInStandard: it is not
    DICOM, or it is damaged before its pixels.
    """
    has_preamble = _check_is_dicom(file)
    try:
        return _parse(file, has_preamble)
    except DAMAGE as damage:
        raise NotInStandard("The file's header is damaged.") from damage


def read_header(path: Path) -> FileHeader:
    """The header of one DICOM file, with or without preamble.

    NotInStandard: it is not DICOM, it is damaged before its pixels, or it lacks
    the UIDs that identify an instance. OSError: it cannot be read.
    """
    with path.open("rb") as file, quiet_pydicom():
        has_preamble = _check_is_dicom(file)
        try:
            dataset, data = _parse(file, has_preamble)
            metadata = to_json(dataset)
            _check_identity(dataset, metadata)
            return _finish(data, dataset, metadata)
        except DAMAGE as damage:
            raise NotInStandard("The file's header is damaged.") from damage
        except OSError as failure:
            if failure.errno is not None:
                raise
            # pydicom's own, of a file that ends too soon.
            raise NotInStandard("The file's header is damaged.") from failure


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


def _parse(file: BinaryIO, has_preamble: bool) -> tuple[FileDataset, BinaryIO]:
    """The data set before its pixels, and the file in which it goes on there."""
    meta = _read_meta(file) if has_preamble else None
    if meta is None or meta.get("TransferSyntaxUID") != _DEFLATED:
        return dcmread(file, stop_before_pixels=True, force=not has_preamble), file
    data = cast(BinaryIO, inflated(file))
    found = read_dataset(
        data, is_implicit_VR=False, is_little_endian=True, stop_when=_is_pixel_element
    )
    dataset = FileDataset(
        "", found, file_meta=meta, is_implicit_VR=False, is_little_endian=True
    )
    return dataset, data


def _read_meta(file: BinaryIO) -> FileMetaDataset | None:
    """The meta group of a file that may be deflated; None of all others.

    pydicom inflates a whole file at once and in no bounds; we do not let it.
    """
    head = file.read(META_BYTES)
    file.seek(0)
    if _DEFLATED.encode() not in head:
        return None
    group = BytesIO(head[132 : meta_group_end(head)])
    return FileMetaDataset(
        read_dataset(group, is_implicit_VR=False, is_little_endian=True)
    )


def _is_pixel_element(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    return tag in (0x7FE00008, 0x7FE00009, 0x7FE00010)


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
    if not _is_at_pixels(file):
        metadata[PIXEL_DATA] = {"vr": "OW"}
        return FileHeader(metadata, syntax, ())
    element = read_pixel_element(file, file.tell(), syntax != _BIG_ENDIAN)
    tag = f"7FE0{element.element:04X}"
    metadata[tag] = {"vr": element.vr, "BulkDataURI": "#pixels"}
    layout, problem = read_pixel_layout(metadata)
    if layout is None:
        return FileHeader(metadata, syntax, (), problem)
    try:
        frames = _locate(file, element, dataset, metadata, layout, syntax)
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
    element: PixelElement,
    dataset: FileDataset,
    metadata: dict[str, object],
    layout: PixelLayout,
    syntax: str,
) -> tuple[Frame, ...]:
    count = read_number_of_frames(metadata)
    if count is None:
        raise NotInStandard("The header's Number of Frames is not a usable count.")
    if is_native(syntax):
        big_endian = syntax == _BIG_ENDIAN
        return locate_native(file, element, layout, count, big_endian=big_endian)
    tables = OffsetTables(
        _unpacked(dataset, _EXTENDED_OFFSET_TABLE),
        _unpacked(dataset, _EXTENDED_OFFSET_TABLE_LENGTHS),
    )
    return locate_encapsulated(file, element, count, tables, syntax)


def _unpacked(dataset: FileDataset, tag: int) -> tuple[int, ...]:
    """The 64-bit numbers of an extended offset table (PS3.3 C.7.6.3.1.8)."""
    element = dataset.get(tag)
    table = element.value if element is not None else b""
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
        return _BIG_ENDIAN
    return IMPLICIT_VR_LITTLE_ENDIAN if is_implicit else EXPLICIT_VR_LITTLE_ENDIAN
