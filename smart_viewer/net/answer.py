"""What came back from outside, read whole and within its cap."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from smart_viewer.errors import UpstreamUnavailable

JsonObject = dict[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)

    @property
    def ok(self) -> bool:
        """The status is 2xx."""
        return 200 <= self.status < 300

    def json(self) -> object:
        """The body as JSON. UpstreamUnavailable where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            # the cause would quote the body, which may hold PHI
            raise UpstreamUnavailable("the answer is not JSON", self.status) from None

    def json_object(self) -> JsonObject:
        """The body as a JSON object. UpstreamUnavailable where it is none."""
        value = self.json()
        if not isinstance(value, dict):
            raise UpstreamUnavailable("the answer is no JSON object", self.status)
        return value


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """An answer whose body is still on the wire, as stored bytes (not decoded)."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes] = field(repr=False)
