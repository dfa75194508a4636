"""Media types of the sandbox archive: Accept, and multipart out and in (PS3.18 8.7)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message

OCTETS = "application/octet-stream"
EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value of Accept. transfer_syntax: "" where it names none."""

    multipart: bool
    media_type: str
    transfer_syntax: str


def wanted(accept: str) -> list[Wanted]:
    """The values of an Accept header, in order; without preferences."""
    return [_one(part) for part in (accept or "*/*").split(",")]


def _one(value: str) -> Wanted:
    message = Message()
    message["content-type"] = value.strip().replace("*/*", "any/any")
    name = message.get_content_type()
    multipart = name in {"multipart/related", "any/any"}
    inner = _parameter(message, "type")
    inner = OCTETS if inner in {"", "any/any"} else inner
    return Wanted(
        multipart, inner if multipart else name, _parameter(message, "transfer-syntax")
    )


def _parameter(message: Message, name: str) -> str:
    value = message.get_param(name)
    return value if isinstance(value, str) else ""


def fits(one: Wanted, stored_syntax: str) -> bool:
    """Whether stored bytes may be sent for it: "*", or the very syntax."""
    if one.media_type != OCTETS:
        return False
    return one.transfer_syntax == "*" or stored_syntax == (
        one.transfer_syntax or EXPLICIT_VR_LITTLE_ENDIAN
    )


def multipart(
    parts: Sequence[bytes], part_type: str, media_type: str
) -> tuple[str, bytes]:
    """Content-Type and body of a multipart/related message."""
    boundary = secrets.token_hex(16)
    lines: list[bytes] = []
    for part in parts:
        head = f"--{boundary}\r\nContent-Type: {part_type}\r\n"
        head += f"Content-Length: {len(part)}\r\n\r\n"
        lines += [head.encode(), part, b"\r\n"]
    lines.append(f"--{boundary}--\r\n".encode())
    kind = f'multipart/related; type="{media_type}"; boundary={boundary}'
    return kind, b"".join(lines)


def parts_of(content_type: str, body: bytes) -> Iterable[bytes]:
    """The contents of the parts of a request."""
    message = Message()
    message["content-type"] = content_type
    delimiter = b"--" + _parameter(message, "boundary").encode()
    for piece in body.split(delimiter)[1:]:
        if piece.startswith(b"--"):
            return
        _, _, content = piece.partition(b"\r\n\r\n")
        yield content.removesuffix(b"\r\n")
