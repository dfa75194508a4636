"""The door of every archive, embedded or remote (PS3.18 10.4, 10.6)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Protocol

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.study import Study
from smart_viewer.dicom.tag_tree import TagTree
from smart_viewer.errors import NotInStandard

WILDCARDS = "*?\\"


@dataclass(frozen=True, slots=True)
class StudyQuery:
    """Filters of a study search; None does not filter. All are exact matches.

    At least one of patient_id and study_instance_uid must be given: an archive
    is never asked for everybody's studies. study_date_*: DA, inclusive.
    ValueError: neither is given, or a filter is empty or holds a character that
    an archive could take for a wildcard or a list (PS3.4 C.2.2.2).
    """

    patient_id: str | None = None
    issuer_of_patient_id: str | None = None
    study_instance_uid: str | None = None
    accession_number: str | None = None
    modality: str | None = None  # one of ModalitiesInStudy
    study_date_from: str | None = None
    study_date_to: str | None = None

    def __post_init__(self) -> None:
        if self.patient_id is None and self.study_instance_uid is None:
            raise ValueError("a study query needs a patient or a study")
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None:
                continue
            if not value.strip() or any(mark in value for mark in WILDCARDS):
                raise ValueError(f"{field.name} is empty or holds a wildcard")
        for date in (self.study_date_from, self.study_date_to):
            if date is not None and not (len(date) == 8 and date.isdigit()):
                raise ValueError("a study date is not of the form YYYYMMDD")


@dataclass(frozen=True, slots=True)
class StudyFound:
    """One answer of a study search.

    identities: every distinct patient identity that the archive knows among the
    study's instances, `patient` first; empty where it knows of `patient` only.
    """

    archive_id: str
    study_instance_uid: str
    patient: PatientIdentity
    accession_number: str
    study_date: str
    study_time: str
    study_description: str
    modalities: tuple[str, ...]
    number_of_instances: int
    identities: tuple[PatientIdentity, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceRef:
    """One instance in one archive."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One frame as stored. `chunks` yields `length` bytes in all, once."""

    length: int
    transfer_syntax_uid: str
    chunks: Iterator[bytes]


OVERLAY_GROUPS = range(0x6000, 0x6020, 2)


def check_overlay_group(group: int) -> None:
    """NotInStandard where this is no group of overlays (PS3.5 7.6)."""
    if group not in OVERLAY_GROUPS:
        raise NotInStandard("This is not a group of overlays.")


class Archive(Protocol):
    """What `reading` may ask of an archive; safe to call from several threads."""

    @property
    def archive_id(self) -> str:
        """The name under which the configuration lists this archive."""
        ...

    def search(self, query: StudyQuery) -> tuple[StudyFound, ...]:
        """Studies that meet every filter. UpstreamUnavailable."""
        ...

    def study(self, study_instance_uid: str) -> Study:
        """The study's series and instances, without pixels. UpstreamUnavailable."""
        ...

    def frames(
        self, ref: InstanceRef, frame_numbers: Sequence[int]
    ) -> Generator[EncodedFrame]:
        """Encoded frames in the order asked, untouched.

        `frame_numbers` count from 1. Closing the generator cancels upstream.
        UpstreamUnavailable, NotInStandard where the frame cannot be located.
        """
        ...

    def overlay(self, ref: InstanceRef, group: int) -> bytes:
        """The packed bits of Overlay Data (60xx,3000) of all its frames.

        Lowest bit of each byte first (PS3.5 8.1.2). group: 0x6000 to 0x601E, even.
        UpstreamUnavailable; NotInStandard where the instance has no such overlay.
        """
        ...

    def tags(self, ref: InstanceRef) -> TagTree:
        """Every attribute of one instance; of binary values the size alone.

        UpstreamUnavailable; NotInStandard where the instance cannot be read.
        """
        ...
