"""A remote archive behind the same door as the folder (PS3.18 10; DESIGN §3, 4.6)."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, replace

from smart_viewer.archive.dicomweb_auth import Authorizer, Bearer, authorizer_of
from smart_viewer.archive.dicomweb_bulk import bulk_uri, fill_bulk
from smart_viewer.archive.dicomweb_calls import Calls
from smart_viewer.archive.dicomweb_flavours import dialect_of
from smart_viewer.archive.dicomweb_frames import FrameSource, instance_url
from smart_viewer.archive.dicomweb_metadata import (
    WORKERS,
    check_uids,
    fill_syntaxes,
    ref_of,
    series_of,
    stated_syntax,
    sure_instances,
)
from smart_viewer.archive.dicomweb_query import FIELDS, Sieve, search_parameters
from smart_viewer.archive.dicomweb_store import StoreReceipt, read_receipt
from smart_viewer.archive.port import (
    EncodedFrame,
    InstanceRef,
    StudyFound,
    StudyQuery,
    check_overlay_group,
)
from smart_viewer.archive.search_answer import SearchAnswer
from smart_viewer.archive_profile import DicomwebProfile, MutualTls
from smart_viewer.dicom.json_values import JsonDataset, binary
from smart_viewer.dicom.part10 import sop_instance_uid_of
from smart_viewer.dicom.read_study import Parts, project, read_parts
from smart_viewer.dicom.study import Study
from smart_viewer.dicom.tag_tree import TagTree, tags_of_json
from smart_viewer.errors import NotInStandard, UpstreamUnavailable
from smart_viewer.net.outbound import Outbound

MAX_PAGES = 20
MAX_BULK_BYTES = 256 * 1024  # of one table or profile
MAX_OVERLAY_BYTES = 64 * 1024 * 1024


class DicomwebArchive:
    """`port.Archive` over a DICOMweb service; safe for several threads.

    outbound: its policy lists the archive's origin. clock: seconds since the epoch.
    """

    def __init__(
        self,
        archive_id: str,
        profile: DicomwebProfile,
        outbound: Outbound,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._archive_id = archive_id
        self._profile = profile
        self._outbound = _outbound_of(profile, outbound)
        self._dialect = dialect_of(profile)
        self._join(authorizer_of(profile, outbound, clock))

    @property
    def archive_id(self) -> str:
        """The name under which the configuration lists this archive."""
        return self._archive_id

    def with_bearer(self, bearer: Callable[[], str]) -> DicomwebArchive:
        """This archive, asked with the access token of a launch.

        bearer: gives the token as it is at that moment. An archive that is not
        configured for it stays as it is: a token goes nowhere it is not meant for.
        """
        if self._profile.auth.kind != "bearer_of_launch":
            return self
        other = DicomwebArchive.__new__(DicomwebArchive)
        other._archive_id, other._profile = self._archive_id, self._profile
        other._outbound, other._dialect = self._outbound, self._dialect
        other._join(Bearer(bearer))
        return other

    def search(self, query: StudyQuery) -> tuple[StudyFound, ...]:
        """Studies that meet every filter, newest first.

        UpstreamUnavailable, also where the archive did not tell all of them.
        """
        answer = self.search_noted(query)
        if answer.is_partial:
            raise UpstreamUnavailable(
                "The archive has more studies of this patient than it would tell."
            )
        return answer.found

    def search_noted(self, query: StudyQuery) -> SearchAnswer:
        """As `search`; what the archive kept back or did wrong is a notice.

        UpstreamUnavailable.
        """
        filters = search_parameters(query, self._dialect.unsupported_filters)
        sieve = Sieve(self._archive_id, query, self._profile.issuer_of_patient_id)
        limit, offset, promised = self._dialect.page_size, 0, False
        for _ in range(MAX_PAGES):
            page = self._calls.search_studies(filters, FIELDS, limit, offset)
            new = sieve.take(page.answers)
            if query.study_instance_uid in sieve.found:  # there is only one
                return sieve.result(partial=False)
            if not page.truncated and len(page.answers) < limit:
                return sieve.result(partial=promised and not page.answers)
            if new == 0:  # `offset` is not heeded
                break
            offset, promised = offset + len(page.answers), page.truncated
        return sieve.result(partial=True)

    def any_study_uid(self) -> str:
        """The study that the archive tells first, "" if none: for `check` alone.

        UpstreamUnavailable, also where it answers no search without a filter.
        """
        told = self._calls.search_studies({}, FIELDS, 1, 0).answers
        named = (ref_of(one) for one in told if isinstance(one, dict))
        return next((ref.study_instance_uid for ref in named), "")

    def study(self, study_instance_uid: str) -> Study:
        """The study's series and instances, without pixels.

        UpstreamUnavailable; NotInStandard where it is of several patients, or
        what is asked for is no UID.
        """
        check_uids(study_instance_uid)
        answers = self._metadata(study_instance_uid)
        instances = sure_instances(answers, study_instance_uid)
        fill_bulk(instances, self._bulk_of(study_instance_uid))
        problems = fill_syntaxes(instances, self._frames.transfer_syntax)
        projected = [project(dataset) for dataset in instances]
        study = read_parts([Parts(one, one) for one in projected], (), problems)
        issuer = self._profile.issuer_of_patient_id
        identities = [
            one
            if one.issuer_of_patient_id
            else replace(one, issuer_of_patient_id=issuer)
            for one in study.identities
        ]
        return replace(study, identities=tuple(dict.fromkeys(identities)))

    def frames(
        self, ref: InstanceRef, frame_numbers: Sequence[int]
    ) -> Generator[EncodedFrame]:
        """Encoded frames in the order asked, untouched; see `port.Archive`.

        Nothing is asked before the first frame is. UpstreamUnavailable.
        """
        return self._frames.frames(ref, frame_numbers)

    def overlay(self, ref: InstanceRef, group: int) -> bytes:
        """The packed bits of one overlay; see `port.Archive`.

        UpstreamUnavailable; NotInStandard where the instance has no such overlay.
        """
        check_overlay_group(group)
        check_uids(*astuple(ref))
        dataset = self._told_of(ref)
        tag = f"{group:04X}3000"
        if inline := binary(dataset, tag):
            return inline
        uri = bulk_uri(dataset, tag)
        if not uri:
            raise NotInStandard("The image has no such overlay.")
        base = f"{instance_url(self._frames.root, ref)}/metadata"
        return self._frames.bulk(uri, base, MAX_OVERLAY_BYTES)

    def tags(self, ref: InstanceRef) -> TagTree:
        """What the archive tells of the instance; see `port.Archive`.

        Addresses of the archive itself are left out: they may be credentials.
        """
        check_uids(*astuple(ref))
        return tags_of_json(self._told_of(ref))

    def store(
        self, study_instance_uid: str, instances: Sequence[bytes]
    ) -> StoreReceipt:
        """Send Part 10 files; every one of them is stored when this returns.

        UpstreamUnavailable: at least one was refused or not confirmed.
        NotInStandard: one is not a Part 10 file; nothing was sent.
        """
        check_uids(study_instance_uid)
        sent = [sop_instance_uid_of(raw) for raw in instances]
        return read_receipt(self._calls.store(study_instance_uid, instances), sent)

    def _join(self, authorizer: Authorizer) -> None:
        profile = self._profile
        prefix = f"/{profile.wado_prefix}" if profile.wado_prefix else ""
        self._calls = Calls(profile, self._outbound, authorizer)
        self._frames = FrameSource(
            root=profile.base_url + prefix,
            accepts=self._dialect.frames_accept,
            outbound=self._outbound,
            authorizer=authorizer,
            timeout_s=profile.timeout_s,
            syntax_of=self._syntax_of,
        )

    def _metadata(self, study_instance_uid: str) -> Sequence[object]:
        if not self._dialect.metadata_by_series:
            return self._calls.study_metadata(study_instance_uid)
        found = self._calls.series_uids(study_instance_uid)
        series = series_of(found, study_instance_uid)
        with ThreadPoolExecutor(WORKERS) as pool:
            answers = pool.map(
                lambda uid: self._calls.series_metadata(study_instance_uid, uid), series
            )
            return [dataset for answer in answers for dataset in answer]

    def _syntax_of(self, ref: InstanceRef) -> str:
        """What the instance's own metadata says; asked only where a frame is mute."""
        return stated_syntax(self._told_of(ref))

    def _told_of(self, ref: InstanceRef) -> JsonDataset:
        answers = self._calls.instance_metadata(
            ref.study_instance_uid, ref.series_instance_uid, ref.sop_instance_uid
        )
        return sure_instances(answers, ref.study_instance_uid)[0]

    def _bulk_of(self, study_instance_uid: str) -> Callable[[str], bytes]:
        """Fetches what the study's metadata point to, in bounds."""
        base = f"{self._frames.root}/studies/{study_instance_uid}/metadata"
        return lambda uri: self._frames.bulk(uri, base, MAX_BULK_BYTES)


def _outbound_of(profile: DicomwebProfile, shared: Outbound) -> Outbound:
    """The shared one, or one with this archive's own certificates."""
    pair = None
    if isinstance(profile.auth, MutualTls):
        pair = (profile.auth.certificate, profile.auth.key)
    if pair is None and profile.ca_bundle is None:
        return shared
    return Outbound(
        shared.policy,
        ca_bundle=profile.ca_bundle,
        client_certificate=pair,
        heard=shared.heard,
    )
