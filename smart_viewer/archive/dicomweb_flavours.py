"""How products of DICOMweb differ, as data.

Orthanc's row is tested against Orthanc 1.10.1 with DICOMweb 1.7. The others are
taken from the products' public documentation, and tested with answers made by
hand after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smart_viewer.archive_profile import DicomwebProfile, Filter, Flavour

# PS3.18 8.7.3.3.1: "*" asks for the stored bytes, whatever they are.
ONE_PART = "application/octet-stream; transfer-syntax=*"
MULTIPART = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
UNCOMPRESSED = (
    'multipart/related; type="application/octet-stream"; '
    "transfer-syntax=1.2.840.10008.1.2.1"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What to say to one archive.

    frames_accept: tried in this order. metadata_by_series: there is no metadata
    of a whole study. page_size: studies asked for at a time.
    """

    frames_accept: tuple[str, ...] = (ONE_PART, MULTIPART)
    unsupported_filters: frozenset[Filter] = frozenset()
    metadata_by_series: bool = False
    page_size: int = 200


_DIALECTS: Mapping[Flavour, Dialect] = {
    "generic": Dialect(),
    # answers 400 to one part, 500 to */* for some syntaxes and to the stored bytes
    # of big endian
    "orthanc": Dialect(frames_accept=(MULTIPART, UNCOMPRESSED)),
    "dcm4chee": Dialect(frames_accept=(MULTIPART, ONE_PART)),
    "healthimaging": Dialect(
        frames_accept=(MULTIPART, ONE_PART, UNCOMPRESSED),
        unsupported_filters=frozenset({"IssuerOfPatientID", "ModalitiesInStudy"}),
        metadata_by_series=True,
    ),
    "google": Dialect(
        frames_accept=(MULTIPART, ONE_PART),
        unsupported_filters=frozenset({"IssuerOfPatientID"}),
    ),
}


def dialect_of(profile: DicomwebProfile) -> Dialect:
    """The flavour's dialect with what the profile says otherwise."""
    base = _DIALECTS[profile.flavour]
    given = profile.unsupported_filters
    return Dialect(
        frames_accept=profile.frames_accept or base.frames_accept,
        unsupported_filters=(
            base.unsupported_filters if given is None else frozenset(given)
        ),
        metadata_by_series=base.metadata_by_series,
        page_size=base.page_size,
    )
