"""QIDO, metadata and STOW through dicomweb-client; the only file that knows it.

The library retries, follows the server's Host and only logs what went wrong
(FailedSOPSequence, the Warning that results were cut). So it gets a session of
`net`, new for each call, which settles all that before the library looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from smart_viewer.archive.dicomweb_auth import Authorizer
from smart_viewer.archive.dicomweb_store import check_stored
from smart_viewer.archive_profile import DicomwebProfile
from smart_viewer.dicom.part10 import read_part10
from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.net.answer import Answer
from smart_viewer.net.outbound import Outbound

if TYPE_CHECKING:
    from dicomweb_client.web import DICOMwebClient

MAX_ANSWER_BYTES = 192 * 1024 * 1024
_WHOLE = 1 << 40  # bytes; the library sends what is longer in pieces without a length
_SAYS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "The archive does not accept our credentials.",
    HTTPStatus.FORBIDDEN: "The archive does not allow us this.",
    HTTPStatus.NOT_FOUND: "The archive does not hold what was asked for.",
    HTTPStatus.TOO_MANY_REQUESTS: "The archive is busy.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The archive is busy.",
}
# What the library raises on an answer that is no DICOM JSON.
_GARBAGE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
_T = TypeVar("_T")


def refused(status: int) -> UpstreamUnavailable:
    """Our word for a status that is no success."""
    says = _SAYS.get(status, f"The archive answered with status {status}.")
    return UpstreamUnavailable(says, status)


@dataclass(slots=True)
class _Seen:
    """What the answers of one call said beside their content."""

    truncated: bool = False
    stored: Answer | None = None

    def inspect(self, method: str, answer: Answer) -> None:
        """Raise for what is no answer; remember warnings. UpstreamUnavailable."""
        if method == "POST" and answer.status in {*range(200, 300), 409}:
            self.stored = answer
            check_stored(answer)
            return
        if not answer.ok:
            raise refused(answer.status)
        if answer.body and "html" in answer.headers.get("content-type", ""):
            raise UpstreamUnavailable(
                "The archive answered with a web page. Is base_url right, and does a "
                "login page stand in front of it?",
                answer.status,
            )
        self.truncated = self.truncated or _is_truncated(answer)


def _is_truncated(answer: Answer) -> bool:
    """PS3.18 8.3.4.4: warning 299 tells that results remain, or of fuzzy matching."""
    warning = answer.headers.get("warning", "")
    return warning.strip().startswith("299") and "fuzzy" not in warning.lower()


@dataclass(frozen=True, slots=True)
class Page:
    """Answers of one search, as they came."""

    answers: Sequence[object]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Calls:
    """One archive's DICOMweb transactions; safe between threads."""

    profile: DicomwebProfile
    outbound: Outbound = field(repr=False)
    authorizer: Authorizer = field(repr=False)

    def search_studies(
        self, filters: Mapping[str, str], fields: Sequence[str], limit: int, offset: int
    ) -> Page:
        """One page of a study search. UpstreamUnavailable."""
        seen = _Seen()

        def search(client: DICOMwebClient) -> object:
            return client.search_for_studies(
                limit=limit,
                offset=offset or None,
                fields=list(fields),
                search_filters=dict(filters),
            )

        return Page(_list(self._with_client(seen, search)), seen.truncated)

    def series_uids(self, study_instance_uid: str) -> Sequence[object]:
        """The answers of a search for the study's series. UpstreamUnavailable."""
        seen = _Seen()
        answers = self._with_client(
            seen, lambda client: client.search_for_series(study_instance_uid)
        )
        if seen.truncated:
            raise UpstreamUnavailable("The archive did not tell all of the series.")
        return _list(answers)

    def study_metadata(self, study_instance_uid: str) -> Sequence[object]:
        """DICOM JSON of every instance of the study. UpstreamUnavailable."""
        return self._metadata(lambda c: c.retrieve_study_metadata(study_instance_uid))

    def series_metadata(self, study_uid: str, series_uid: str) -> Sequence[object]:
        """DICOM JSON of every instance of the series. UpstreamUnavailable."""
        return self._metadata(
            lambda c: c.retrieve_series_metadata(study_uid, series_uid)
        )

    def instance_metadata(
        self, study_uid: str, series_uid: str, sop_uid: str
    ) -> Sequence[object]:
        """DICOM JSON of one instance, in a list. UpstreamUnavailable."""
        return self._metadata(
            lambda c: [c.retrieve_instance_metadata(study_uid, series_uid, sop_uid)]
        )

    def store(
        self, study_instance_uid: str, instances: Sequence[bytes]
    ) -> Answer | None:
        """What the archive answered to Part 10 files. UpstreamUnavailable.

        NotInStandard: one of them is not a Part 10 file.
        """
        datasets = [read_part10(raw) for raw in instances]
        seen = _Seen()
        self._with_client(
            seen, lambda client: client.store_instances(datasets, study_instance_uid)
        )
        return seen.stored

    def _metadata(self, get: Callable[[DICOMwebClient], object]) -> Sequence[object]:
        seen = _Seen()
        answers = self._with_client(seen, get)
        if seen.truncated:
            raise UpstreamUnavailable("The archive did not tell all of the instances.")
        return _list(answers)

    def _with_client(self, seen: _Seen, use: Callable[[DICOMwebClient], _T]) -> _T:
        """`use` with a client of its own; once more with a new token after a 401."""
        try:
            return self._used(seen, use)
        except UpstreamUnavailable as cause:
            if cause.status != HTTPStatus.UNAUTHORIZED or not self.authorizer.forget():
                raise
        return self._used(seen, use)

    def _used(self, seen: _Seen, use: Callable[[DICOMwebClient], _T]) -> _T:
        client = self._client(seen)
        try:
            return use(client)
        except _GARBAGE:
            # the cause would quote the answer, which may hold PHI
            raise UpstreamUnavailable(
                "The archive's answer is no DICOM JSON that can be read."
            ) from None

    def _client(self, seen: _Seen) -> DICOMwebClient:
        from dicomweb_client.web import DICOMwebClient

        profile = self.profile
        session = self.outbound.session(
            self.authorizer.headers,
            seen.inspect,
            timeout_s=profile.timeout_s,
            max_bytes=MAX_ANSWER_BYTES,
        )
        session.headers["Accept"] = "application/dicom+json"
        client = DICOMwebClient(
            profile.base_url,
            session,
            qido_url_prefix=profile.qido_prefix,
            wado_url_prefix=profile.wado_prefix,
            stow_url_prefix=profile.stow_prefix,
            chunk_size=_WHOLE,
            permissive_uid=True,
        )
        client.set_http_retry_params(retry=False)
        return client


def _list(answers: object) -> Sequence[object]:
    if not isinstance(answers, list):
        raise UpstreamUnavailable("The archive's answer is no list of data sets.")
    return answers
