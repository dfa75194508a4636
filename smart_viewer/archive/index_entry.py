"""One file as the index keeps it. Runs in worker processes: plain data only."""

from __future__ import annotations

import json
import zlib
from dataclasses import astuple, dataclass
from pathlib import Path

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.json_values import JsonDataset, integer, text
from smart_viewer.dicom.read_study import project, read_patient, split
from smart_viewer.errors import SmartViewerError


@dataclass(frozen=True, slots=True)
class Summary:
    """What an instance says about the study and the series that it is part of."""

    patient: PatientIdentity
    accession_number: str
    study_date: str
    study_time: str
    study_description: str
    modality: str
    series_number: int | None
    series_description: str


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What a file holds; `reason` instead of all else where it cannot be read.

    own, shared: compact DICOM JSON, the parts that `read_parts` needs. metadata:
    the whole, zlib. segments: (frame number, part, offset, length, first bit,
    swapped), see `frame_table.Segment`.
    """

    path: str
    size: int
    mtime_ns: int
    reason: str = ""
    study_uid: str = ""
    series_uid: str = ""
    sop_uid: str = ""
    summary: Summary | None = None
    transfer_syntax_uid: str = ""
    problem: str = ""
    own: str = ""
    shared: str = ""
    metadata: bytes = b""
    segments: tuple[tuple[int, int, int, int, int, bool], ...] = ()


def read_entry(folder: str, path: str, size: int, mtime_ns: int) -> IndexEntry:
    """The entry of one file; never raises, so that one bad file stops no run."""
    try:
        return _read(folder, path, size, mtime_ns)
    except SmartViewerError as refused:
        return IndexEntry(path, size, mtime_ns, str(refused))
    except OSError as failure:
        reason = f"The file cannot be read ({failure.strerror or 'input error'})."
        return IndexEntry(path, size, mtime_ns, reason)
    except Exception as failure:  # the top of a worker: this file only
        reason = f"The file cannot be read ({type(failure).__name__})."
        return IndexEntry(path, size, mtime_ns, reason)


def _read(folder: str, path: str, size: int, mtime_ns: int) -> IndexEntry:
    from smart_viewer.dicom.header import read_header  # heavy

    header = read_header(Path(folder, path))
    own, shared = split(project(header.metadata))
    return IndexEntry(
        path=path,
        size=size,
        mtime_ns=mtime_ns,
        study_uid=text(header.metadata, "0020000D"),
        series_uid=text(header.metadata, "0020000E"),
        sop_uid=text(header.metadata, "00080018"),
        summary=_summary(header.metadata),
        transfer_syntax_uid=header.transfer_syntax_uid,
        problem=header.problem,
        own=_compact(own),
        shared=_compact(shared),
        metadata=zlib.compress(_compact(header.metadata).encode(), 1),
        segments=tuple(
            (number, part, *astuple(segment))
            for number, frame in enumerate(header.frames, start=1)
            for part, segment in enumerate(frame)
        ),
    )


def _summary(dataset: JsonDataset) -> Summary:
    return Summary(
        patient=read_patient(dataset),
        accession_number=text(dataset, "00080050"),
        study_date=text(dataset, "00080020"),
        study_time=text(dataset, "00080030"),
        study_description=text(dataset, "00081030"),
        modality=text(dataset, "00080060"),
        series_number=integer(dataset, "00200011"),
        series_description=text(dataset, "0008103E"),
    )


def _compact(dataset: JsonDataset) -> str:
    return json.dumps(
        dataset, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
