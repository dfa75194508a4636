"""Frames of a DICOMweb archive as stored bytes, streamed (PS3.18 10.4, 8.7.3)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from email.message import Message
from http import HTTPStatus
from urllib.parse import urljoin

from smart_viewer.archive.dicomweb_auth import Authorizer
from smart_viewer.archive.dicomweb_calls import refused
from smart_viewer.archive.dicomweb_metadata import check_uids
from smart_viewer.archive.dicomweb_multipart import only_part
from smart_viewer.archive.port import EncodedFrame, InstanceRef
from smart_viewer.errors import RequestForbidden, UpstreamUnavailable
from smart_viewer.net.answer import StreamedAnswer
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import origin_of
from smart_viewer.net.session import Outgoing

MAX_FRAME_BYTES = 512 * 1024 * 1024
SMALL_BYTES = 256 * 1024  # sooner read than the connection made again
EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
# How servers say that they do not know an Accept value.
_TRY_ANOTHER = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)
_STORED = "transfer-syntax=*"
_BULK_ACCEPTS = (
    'multipart/related; type="application/octet-stream"',
    "application/octet-stream",
    "*/*",
)
# PS3.18 Table 8.7.3-2: the syntax of a media type that names none.
_DEFAULT_SYNTAX = {
    "image/jpeg": "1.2.840.10008.1.2.4.70",
    "image/dicom-rle": "1.2.840.10008.1.2.5",
    "image/x-dicom-rle": "1.2.840.10008.1.2.5",
    "image/jls": "1.2.840.10008.1.2.4.80",
    "image/x-jls": "1.2.840.10008.1.2.4.80",
    "image/jp2": "1.2.840.10008.1.2.4.90",
    "image/jpx": "1.2.840.10008.1.2.4.92",
    "image/jphc": "1.2.840.10008.1.2.4.201",
}


@dataclass(frozen=True, slots=True)
class _MediaType:
    """A Content-Type, taken apart; lower case but for the boundary."""

    name: str
    boundary: str
    transfer_syntax_uid: str


@dataclass(slots=True)
class FrameSource:
    """Frames of one archive; safe between threads.

    root: URL below which studies/ stands. accepts: values of Accept, in the order
    to try. syntax_of: what the metadata says of an instance's syntax, "" if nothing.
    """

    root: str
    accepts: tuple[str, ...]
    outbound: Outbound = field(repr=False)
    authorizer: Authorizer = field(repr=False)
    timeout_s: float
    syntax_of: Callable[[InstanceRef], str]
    _taken: str = ""  # the Accept that was understood last
    _taken_bulk: str = ""  # the same for values that are not frames

    def frames(
        self, ref: InstanceRef, frame_numbers: Sequence[int]
    ) -> Generator[EncodedFrame]:
        """See `port.Archive.frames`; one request a frame, when it is asked for."""
        check_uids(*astuple(ref))
        for number in frame_numbers:
            with self._answer(ref, number) as answer:
                yield self._frame(answer, ref)

    def transfer_syntax(self, ref: InstanceRef) -> str:
        """The syntax in which frame 1 would come. UpstreamUnavailable.

        A small frame is read away, so that its connection serves again.
        """
        with self._answer(ref, 1) as answer:
            frame = self._frame(answer, ref)
            if frame.length <= SMALL_BYTES:
                for _ in frame.chunks:
                    pass
            return frame.transfer_syntax_uid

    def bulk(self, uri: str, base: str, max_bytes: int) -> bytes:
        """The bytes of a value that the metadata at `base` only point to (PS3.18 F).

        Only this archive's own origin is asked: the proof of who we are goes along.
        UpstreamUnavailable.
        """
        url = self._own_url(uri, base)
        order = sorted(_BULK_ACCEPTS, key=lambda accept: accept != self._taken_bulk)
        with self._first_taken(url, order) as (accept, answer):
            self._taken_bulk = accept
            media_type = _media_type(answer.headers.get("content-type", ""))
            if media_type.name == "multipart/related":
                part = only_part(answer.chunks, media_type.boundary, max_bytes)
                return _joined(part.chunks, max_bytes)
            return _joined(answer.chunks, max_bytes)

    def _own_url(self, uri: str, base: str) -> str:
        """The whole URL, if it is one of this archive. UpstreamUnavailable."""
        try:
            url = urljoin(base, uri)
            is_own = origin_of(url) == origin_of(self.root)
        except (ValueError, RequestForbidden):
            is_own = False
        if not is_own:
            raise UpstreamUnavailable("The archive points to data on another host.")
        return url

    @contextmanager
    def _answer(self, ref: InstanceRef, number: int) -> Iterator[StreamedAnswer]:
        """The first answer that is no refusal of our Accept value."""
        url = f"{instance_url(self.root, ref)}/frames/{number}"
        order = sorted(self.accepts, key=lambda accept: accept != self._taken)
        with self._first_taken(url, order) as (accept, answer):
            if _STORED in accept:  # others are for what is not given as stored
                self._taken = accept
            yield answer

    @contextmanager
    def _first_taken(
        self, url: str, accepts: Sequence[str]
    ) -> Iterator[tuple[str, StreamedAnswer]]:
        """The Accept value that the archive understood first, and its answer."""
        for accept in accepts:
            with self._authorized(url, accept) as answer:
                if answer.status in _TRY_ANOTHER and accept != accepts[-1]:
                    continue
                if answer.status != HTTPStatus.OK:
                    raise refused(answer.status)
                yield accept, answer
                return

    @contextmanager
    def _authorized(self, url: str, accept: str) -> Iterator[StreamedAnswer]:
        """The answer; once more with a new token after a 401."""
        with self._stream(url, accept) as answer:
            again = answer.status == HTTPStatus.UNAUTHORIZED
            if not again or not self.authorizer.forget():
                yield answer
                return
        with self._stream(url, accept) as answer:
            yield answer

    @contextmanager
    def _stream(self, url: str, accept: str) -> Iterator[StreamedAnswer]:
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        proof = self.authorizer.headers(Outgoing("GET", url, headers))
        with self.outbound.stream(
            url,
            headers={**headers, **proof},
            timeout_s=self.timeout_s,
            max_bytes=MAX_FRAME_BYTES,
        ) as answer:
            yield answer

    def _frame(self, answer: StreamedAnswer, ref: InstanceRef) -> EncodedFrame:
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise UpstreamUnavailable("The archive compressed the frame once more.")
        media_type = _media_type(answer.headers.get("content-type", ""))
        if media_type.name != "multipart/related":
            length, chunks = _one_part(answer)
            return self._checked(length, media_type, chunks, ref)
        part = only_part(answer.chunks, media_type.boundary, MAX_FRAME_BYTES)
        inner = _media_type(part.headers.get("content-type", ""))
        return self._checked(part.length, inner, part.chunks, ref)

    def _checked(
        self,
        length: int,
        media_type: _MediaType,
        chunks: Iterator[bytes],
        ref: InstanceRef,
    ) -> EncodedFrame:
        if not length:
            raise UpstreamUnavailable("The archive answered with an empty frame.")
        syntax = media_type.transfer_syntax_uid or _DEFAULT_SYNTAX.get(media_type.name)
        if syntax is None:
            if media_type.name != "application/octet-stream":
                raise UpstreamUnavailable("The archive's answer is not a frame.")
            syntax = self.syntax_of(ref) or EXPLICIT_VR_LITTLE_ENDIAN
        return EncodedFrame(length, syntax, chunks)


def instance_url(root: str, ref: InstanceRef) -> str:
    """Where one instance lies below the service's root (PS3.18 10.4.1)."""
    return (
        f"{root}/studies/{ref.study_instance_uid}"
        f"/series/{ref.series_instance_uid}/instances/{ref.sop_instance_uid}"
    )


def _joined(chunks: Iterator[bytes], max_bytes: int) -> bytes:
    """The whole body. UpstreamUnavailable where it is longer, or empty."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise UpstreamUnavailable(f"The archive sent more than {max_bytes} bytes.")
    if not body:
        raise UpstreamUnavailable("The archive answered with an empty value.")
    return bytes(body)


def _one_part(answer: StreamedAnswer) -> tuple[int, Iterator[bytes]]:
    """Length and bytes; an answer without a length is read whole first."""
    stated = answer.headers.get("content-length", "").strip()
    if stated.isdecimal():
        return int(stated), answer.chunks
    body = b"".join(answer.chunks)
    return len(body), iter((body,))


def _media_type(content_type: str) -> _MediaType:
    message = Message()
    message["content-type"] = content_type
    return _MediaType(
        name=message.get_content_type(),
        boundary=_parameter(message, "boundary"),
        transfer_syntax_uid=_parameter(message, "transfer-syntax"),
    )


def _parameter(message: Message, name: str) -> str:
    value = message.get_param(name)
    return value.strip() if isinstance(value, str) else ""
