"""A WADO-RS endpoint that the EHR names for certain studies (SMART Imaging Access).

There is no search at such an endpoint: the EHR said which studies are there. The
metadata of each stands in for the answer of a search.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from smart_viewer.archive.dicomweb import DicomwebArchive
from smart_viewer.archive.port import EncodedFrame, InstanceRef, StudyFound, StudyQuery
from smart_viewer.archive_profile import BearerOfLaunch, DicomwebProfile, NoAuth
from smart_viewer.dicom.study import Study
from smart_viewer.dicom.tag_tree import TagTree
from smart_viewer.net.outbound import Outbound


class EndpointArchive:
    """`port.Archive` over one endpoint.

    address: without a slash at its end; studies lie below it. bearer: gives the
    launch's token; None where the address itself is the credential, to which a
    token must not be sent (requires-access-token = false).
    """

    def __init__(
        self,
        archive_id: str,
        address: str,
        study_uids: Sequence[str],
        bearer: Callable[[], str] | None,
        outbound: Outbound,
    ) -> None:
        auth = BearerOfLaunch(kind="bearer_of_launch") if bearer else NoAuth()
        profile = DicomwebProfile(
            id=archive_id, kind="dicomweb", base_url=address, auth=auth
        )
        service = DicomwebArchive(archive_id, profile, outbound)
        self._service = service.with_bearer(bearer) if bearer else service
        self._study_uids = frozenset(study_uids)

    @property
    def archive_id(self) -> str:
        """The name under which the reading lists it."""
        return self._service.archive_id

    def search(self, query: StudyQuery) -> tuple[StudyFound, ...]:
        """The study asked for by its UID, if it is one of those; else nothing.

        UpstreamUnavailable; NotInStandard as `study`.
        """
        uid = query.study_instance_uid
        if uid not in self._study_uids:
            return ()
        study = self.study(uid)
        found = StudyFound(
            archive_id=self.archive_id,
            study_instance_uid=uid,
            patient=study.patient,
            identities=study.identities,
            accession_number=study.accession_number,
            study_date=study.study_date,
            study_time=study.study_time,
            study_description=study.study_description,
            modalities=tuple(dict.fromkeys(s.modality for s in study.series)),
            number_of_instances=sum(len(s.instances) for s in study.series),
        )
        return (found,)

    def study(self, study_instance_uid: str) -> Study:
        """As `DicomwebArchive.study`."""
        return self._service.study(study_instance_uid)

    def frames(
        self, ref: InstanceRef, frame_numbers: Sequence[int]
    ) -> Generator[EncodedFrame]:
        """As `DicomwebArchive.frames`."""
        return self._service.frames(ref, frame_numbers)

    def tags(self, ref: InstanceRef) -> TagTree:
        """As `DicomwebArchive.tags`."""
        return self._service.tags(ref)

    def overlay(self, ref: InstanceRef, group: int) -> bytes:
        """As `DicomwebArchive.overlay`."""
        return self._service.overlay(ref, group)
