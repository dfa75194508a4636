"""The tampering switches of the sandbox EHR, one per negative test.

A test sets them on `app.extensions["sandbox_faults"]` while the EHR runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

IdTokenFault = Literal[
    "bad_signature",
    "wrong_nonce",
    "wrong_audience",
    "wrong_issuer",
    "expired",
    "unsigned",
    "absent",
]
IssParam = Literal["right", "wrong", "absent"]


@dataclass(slots=True)
class Faults:
    """What the EHR does wrong just now; everything off is a conforming EHR.

    token_lifetime_s: life of access tokens, instead of the configured one.
    auth_error: an OAuth error code that every authorize request ends in,
        with auth_error_description.
    id_token: what is wrong with the id_token.
    iss_param: the RFC 9207 `iss` on the redirect.
    grant: scopes that the grant is narrowed to ("" narrows it to nothing).
    """

    token_lifetime_s: int | None = None
    auth_error: str | None = None
    auth_error_description: str | None = None
    id_token: IdTokenFault | None = None
    iss_param: IssParam = "right"
    grant: str | None = None

    def clear(self) -> None:
        """Conform again."""
        self.token_lifetime_s = None
        self.auth_error = None
        self.auth_error_description = None
        self.id_token = None
        self.iss_param = "right"
        self.grant = None
