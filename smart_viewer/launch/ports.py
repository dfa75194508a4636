"""What a launch needs of the store; `store.Store` fits without knowing it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class TransactionStore(Protocol):
    """Launches under way, by state."""

    def put(self, state: str, payload: bytes, expires_at: float) -> None:
        """Keep the payload until it is taken."""
        ...

    def take(self, state: str, now: float) -> bytes | None:
        """The payload, once; None where unknown, used or expired."""
        ...


class GrantStore(Protocol):
    """Sealed grants, by opaque id."""

    def create(self, payload: bytes, now: float) -> str:
        """Keep a grant; its id."""
        ...

    def read(self, grant_id: str) -> bytes | None:
        """The payload, None where the grant has gone."""
        ...

    def replace(self, grant_id: str, payload: bytes) -> None:
        """Keep another payload under the same id."""
        ...

    def exclusive(
        self, grant_id: str, timeout_s: float
    ) -> AbstractContextManager[None]:
        """Hold the grant alone, over all processes."""
        ...


class LaunchStore(Protocol):
    """Both of them."""

    @property
    def transactions(self) -> TransactionStore:
        """Launches under way."""
        ...

    @property
    def grants(self) -> GrantStore:
        """What launches gained."""
        ...
