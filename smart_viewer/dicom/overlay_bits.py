"""The bits of one overlay out of a Part 10 file (PS3.3 C.9.2, PS3.5 8.1.2)."""

from __future__ import annotations

from typing import BinaryIO

from pydicom import dcmread

from smart_viewer.dicom.header import DAMAGE, quiet_pydicom
from smart_viewer.dicom.to_json import little_endian_bytes
from smart_viewer.errors import NotInStandard

OVERLAY_DATA = 0x3000


def read_overlay_bits(file: BinaryIO, group: int) -> bytes:
    """Overlay Data (60xx,3000) as a little endian file has it: lowest bit first.

    file: at its start, with or without preamble. NotInStandard: the file has no
    such overlay, or is damaged before it.
    """
    try:
        with quiet_pydicom():
            dataset = dcmread(
                file,
                stop_before_pixels=True,
                force=True,
                specific_tags=[(group << 16) + OVERLAY_DATA],
            )
            raw = dataset.get_item((group, OVERLAY_DATA))
    except DAMAGE as damage:
        raise NotInStandard("The file's overlay cannot be read.") from damage
    bits = little_endian_bytes(raw)
    if not bits:
        raise NotInStandard("The image has no such overlay.")
    return bits
