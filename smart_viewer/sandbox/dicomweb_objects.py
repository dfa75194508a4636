"""The sandbox archive's objects: Part 10 files of a folder, and what was stored."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.errors import InvalidDicomError

BULK_BYTES = 1024  # binary values from this size on are told by URI
_PIXEL_DATA = 0x7FE00010


@dataclass(frozen=True, slots=True)
class Held:
    """One instance: its metadata as DICOM JSON, without pixels, and its file."""

    study_uid: str
    series_uid: str
    sop_uid: str
    transfer_syntax_uid: str
    metadata: dict[str, Any] = field(repr=False)
    file: Path | bytes = field(repr=False)

    def part10(self) -> bytes:
        """The whole file."""
        return self.file if isinstance(self.file, bytes) else self.file.read_bytes()

    def binary(self, path: str) -> bytes | None:
        """The value that metadata tell by URI; None where there is no such.

        path: a tag, or sequence, item from 1, tag: "00283000/1/00283006".
        """
        *steps, tag = path.split("/")
        told: Any = self.metadata
        found: Any = dcmread(BytesIO(self.part10()))
        try:
            for sequence, item in zip(steps[::2], steps[1::2], strict=True):
                told = told[sequence]["Value"][int(item) - 1]
                found = found[int(sequence, 16)].value[int(item) - 1]
            if "BulkDataURI" not in told[tag]:
                return None
            value = found[int(tag, 16)].value
        except (LookupError, ValueError):
            return None
        return value if isinstance(value, bytes) else None

    def frames(self) -> tuple[bytes, ...]:
        """Every frame as stored; empty for an object without pixels."""
        return _frames(self)


class Shelf:
    """Every instance, in order of study, series and number; read at first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._held: dict[str, Held] | None = None

    def instances(self, study: str = "", series: str = "", sop: str = "") -> list[Held]:
        """Those of a study, a series, an instance; all where nothing is given."""
        with self._lock:
            if self._held is None:
                self._held = {held.sop_uid: held for held in _read(self._folder)}
            found = list(self._held.values())
        return [
            held
            for held in found
            if study in {"", held.study_uid}
            and series in {"", held.series_uid}
            and sop in {"", held.sop_uid}
        ]

    def add(self, held: Held) -> None:
        """Keep one more, in memory."""
        self.instances()
        with self._lock:
            assert self._held is not None
            self._held[held.sop_uid] = held


def read_object(file: Path | bytes) -> Held | None:
    """The instance of one Part 10 file; None for anything else."""
    source = BytesIO(file) if isinstance(file, bytes) else file
    try:
        dataset = dcmread(source, defer_size=BULK_BYTES)
    except InvalidDicomError:
        return None
    if "SOPInstanceUID" not in dataset:  # a DICOMDIR
        return None
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    return Held(
        study_uid=dataset.StudyInstanceUID,
        series_uid=dataset.SeriesInstanceUID,
        sop_uid=dataset.SOPInstanceUID,
        transfer_syntax_uid=syntax,
        metadata=_metadata(dataset, syntax),
        file=file,
    )


def _read(folder: Path) -> Iterable[Held]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = [held for path in files if (held := read_object(path)) is not None]
    return sorted(found, key=_order)


def _order(held: Held) -> tuple[str, int, str, int, str]:
    def number(tag: str) -> int:
        values = held.metadata.get(tag, {}).get("Value") or [0]
        return int(values[0])

    return (
        held.study_uid,
        number("00200011"),
        held.series_uid,
        number("00200013"),
        held.sop_uid,
    )


def _metadata(dataset: Dataset, syntax: str) -> dict[str, Any]:
    """PS3.18 10.4.1.1.2: all but bulk data, of which a URI tells."""
    has_pixels = _PIXEL_DATA in dataset
    if has_pixels:
        del dataset[_PIXEL_DATA]
    found: dict[str, Any] = dataset.to_json_dict(
        bulk_data_threshold=BULK_BYTES, bulk_data_element_handler=lambda _: "bulk"
    )
    if has_pixels:
        found["7FE00010"] = {"vr": "OW", "BulkDataURI": "bulk"}
    found["00083002"] = {"vr": "UI", "Value": [syntax]}
    return found


@lru_cache(maxsize=4)
def _read_frames(part10: bytes) -> tuple[bytes, ...]:
    dataset = dcmread(BytesIO(part10))
    if _PIXEL_DATA not in dataset:
        return ()
    count = int(dataset.get("NumberOfFrames") or 1)
    pixels: bytes = dataset.PixelData
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return tuple(generate_frames(pixels, number_of_frames=count))
    size = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel
    length = size * dataset.BitsAllocated // 8
    return tuple(pixels[i * length : (i + 1) * length] for i in range(count))


def _frames(held: Held) -> tuple[bytes, ...]:
    return _read_frames(held.part10())
