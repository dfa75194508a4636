"""What the sandbox was asked, for tests to count; never values, never bodies."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request. query_keys: names of the query's parameters, in order."""

    method: str
    path: str
    query_keys: tuple[str, ...]
    has_authorization: bool


class RequestLog:
    """Every request since the start or the last `clear()`. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[LoggedRequest] = []

    def add(self, entry: LoggedRequest) -> None:
        """Remember one request."""
        with self._lock:
            self._entries.append(entry)

    @property
    def entries(self) -> tuple[LoggedRequest, ...]:
        """What was asked, oldest first."""
        with self._lock:
            return tuple(self._entries)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()

    def count(self, path_prefix: str) -> int:
        """How many requests went to paths that start with `path_prefix`."""
        return sum(entry.path.startswith(path_prefix) for entry in self.entries)
