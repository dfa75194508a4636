"""Opaque keys with an expiry; the caller holds the lock."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Shelf(Generic[T]):
    """Opaque key -> value with an expiry; the expired are swept when one is added."""

    items: dict[str, tuple[float, T]] = field(default_factory=dict)

    def add(self, value: T, expires_at: float, now: float) -> str:
        """The unguessable key under which `value` lies until it expires."""
        self.items = {k: v for k, v in self.items.items() if v[0] > now}
        key = secrets.token_urlsafe(32)
        self.items[key] = (expires_at, value)
        return key

    def find(self, key: str, now: float) -> T | None:
        """The value, if it has not expired."""
        expires_at, value = self.items.get(key, (now, None))
        return value if expires_at > now else None

    def take(self, key: str, now: float) -> T | None:
        """The value, if it has not expired; then it is gone."""
        value = self.find(key, now)
        self.items.pop(key, None)
        return value
