"""A launch under way: what the callback must find again (R5)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field

LIFETIME_S = 600.0


@dataclass(frozen=True, slots=True)
class Transaction:
    """Kept on the server under the state; nothing of it is read from the callback.

    browser_hash: SHA-256 of the browser's id. iss_parameter: RFC 9207 is promised.
    scope: as asked for, blank separated.
    """

    ehr_id: str
    iss: str
    token_endpoint: str
    issuer: str | None
    jwks_uri: str | None
    revocation_endpoint: str | None
    iss_parameter: bool
    redirect_uri: str
    scope: str
    browser_hash: str
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)

    def to_json(self) -> bytes:
        """For the store."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, payload: bytes) -> Transaction:
        """What `to_json` wrote; the store's seal vouches for it."""
        return cls(**json.loads(payload))


def browser_hash(browser_id: str) -> str:
    """What is kept of a browser's cookie."""
    return hashlib.sha256(browser_id.encode()).hexdigest()
