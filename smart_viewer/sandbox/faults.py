"""The tampering switches of the sandbox EHR, one per negative test.

A test sets them on `app.extensions["sandbox_faults"]` while the EHR runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

IdTokenFault = Literal[
    "bad_signature",
    "wrong_nonce",
    "wrong_audience",
    "wrong_issuer",
    "expired",
    "unsigned",
    "hmac",
    "absent",
]
State = Literal["right", "missing", "changed", "swapped"]
Code = Literal["fresh", "spent"]
Key = Literal["steady", "rotated", "unpublished"]
Refresh = Literal["rotates", "keeps", "fails", "spent"]
Discovery = Literal[
    "right", "absent", "relative", "plain_only", "no_methods", "elsewhere"
]
IssParam = Literal["right", "wrong", "absent"]
ImagingAccess = Literal["off", "here", "associated"]
Variant = Literal[
    "no_imaging_study",
    "imaging_study_forbidden",
    "merged_forbidden",
    "no_accession",
    "unauthorized",
    "broken",
    "slow",
    "busy",
    "html",
    "huge",
    "loop",
    "dirty",
    "paged",
    "paged_foreign",
    "endpoint_contained",
    "endpoint_separate",
    "endpoint_foreign",
    "endpoint_draft",
    "capability_url",
]
HUGE_BYTES = 10 * 1024 * 1024


@dataclass(slots=True)
class Faults:
    """What the EHR does wrong just now; everything off is a conforming EHR.

    token_lifetime_s: life of access tokens, instead of the configured one.
    auth_error: an OAuth error code that every authorize request ends in,
        with auth_error_description.
    id_token: what is wrong with the id_token; `hmac` signs HS256 with the public key.
    clock_skew_s: how far the EHR's clock is ahead in its id_tokens.
    state: what comes back on the redirect; `swapped` is that of the launch before.
    code: `spent` was exchanged by somebody else already.
    key: changes between the redirect and the token request; `unpublished` keeps the
        new one out of the key set.
    refresh: whether refresh tokens rotate; `spent` was used by somebody else already.
    discovery: what is wrong with smart-configuration.
    iss_param: the RFC 9207 `iss` on the redirect.
    grant: scopes that the grant is narrowed to ("" narrows it to nothing).
    token_members: laid over the token response; None takes a member away.
    upstream: state of the FHIR data, see `variants.py`.
    upstream_types: resource types that answer with upstream's errors.
    imaging_access: SMART Imaging Access is announced at the FHIR base itself, or
        at an associated endpoint, which then alone has ImagingStudy.
    huge_bytes: size that the variant `huge` pads a Bundle to.
    """

    token_lifetime_s: int | None = None
    auth_error: str | None = None
    auth_error_description: str | None = None
    id_token: IdTokenFault | None = None
    clock_skew_s: int = 0
    iss_param: IssParam = "right"
    state: State = "right"
    code: Code = "fresh"
    key: Key = "steady"
    refresh: Refresh = "rotates"
    discovery: Discovery = "right"
    grant: str | None = None
    token_members: dict[str, Any] = field(default_factory=dict)
    upstream: set[Variant] = field(default_factory=set)
    upstream_types: frozenset[str] = frozenset({"ImagingStudy"})
    imaging_access: ImagingAccess = "off"
    huge_bytes: int = HUGE_BYTES

    def clear(self) -> None:
        """Conform again."""
        conforming = Faults()
        for one in fields(self):
            setattr(self, one.name, getattr(conforming, one.name))
