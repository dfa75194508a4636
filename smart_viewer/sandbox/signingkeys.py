"""The keys that id_tokens are signed with, and what the key set shows of them."""

from __future__ import annotations

import threading

from smart_viewer.sandbox.jws import SigningKey


class SigningKeys:
    """One key signs at a time; the set shows it with the one before it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made = 1
        self._signing = SigningKey("sandbox-1")
        self._shown: tuple[SigningKey, ...] = (self._signing,)

    @property
    def signing(self) -> SigningKey:
        """The key of the next id_token."""
        return self._signing

    @property
    def shown(self) -> tuple[dict[str, str], ...]:
        """The public JWKs, the newest first."""
        return tuple(key.jwk for key in self._shown)

    def publish(self) -> None:
        """Show the key that signs, whatever was kept back."""
        with self._lock:
            self._shown = (self._signing,)

    def rotate(self, publish: bool = True) -> None:
        """Sign with a new key from now on. publish: false keeps it out of the set."""
        with self._lock:
            self._made += 1
            fresh = SigningKey(f"sandbox-{self._made}")
            if publish:
                self._shown = (fresh, self._shown[0])
            self._signing = fresh
