"""Part 10 files as data sets, for the library that sends them (PS3.10 7.1)."""

from __future__ import annotations

from io import BytesIO

from pydicom import dcmread
from pydicom.dataset import FileDataset

from smart_viewer.dicom.header import DAMAGE, quiet_pydicom
from smart_viewer.errors import NotInStandard


def read_part10(raw: bytes) -> FileDataset:
    """The data set of one Part 10 file. NotInStandard."""
    with quiet_pydicom():
        try:
            return dcmread(BytesIO(raw))
        except DAMAGE as damage:
            raise NotInStandard("This is not a DICOM Part 10 file.") from damage


def sop_instance_uid_of(raw: bytes) -> str:
    """The file's SOP Instance UID. NotInStandard."""
    found = str(read_part10(raw).get("SOPInstanceUID", ""))
    if not found:
        raise NotInStandard("The file has no SOP Instance UID.")
    return found
