"""What the sandbox EHR is set up with: its address, its people, its apps."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from smart_viewer.sandbox.charts import People
from smart_viewer.sandbox.faults import Faults
from smart_viewer.sandbox.personalities import PLAIN, Personality

ALLOWED_SCOPES = (
    "launch launch/patient openid fhirUser profile online_access offline_access "
    "patient/*.rs user/Practitioner.rs user/Endpoint.rs"
)
TOKEN_LIFETIME_S = 3600


@dataclass(frozen=True, slots=True)
class AppRegistration:
    """One app, as its maker registered it.

    redirect_uris: compared byte for byte. client_secret: for client_secret_basic.
    jwks: the public key set for private_key_jwt, or jwks_url where it is asked for.
    None of them: a public client.
    scopes: the most that this app may be granted.
    """

    client_id: str
    label: str
    launch_url: str
    redirect_uris: tuple[str, ...]
    client_secret: str | None = field(default=None, repr=False)
    jwks: Mapping[str, Any] | None = None
    jwks_url: str | None = None
    scopes: str = ALLOWED_SCOPES

    @property
    def is_public(self) -> bool:
        """No secret and no key: PKCE alone protects its codes."""
        return not (self.client_secret or self.jwks or self.jwks_url)


@dataclass(frozen=True, slots=True)
class EhrConfig:
    """The whole EHR. base_url: origin without a slash, as `http://localhost:8765`.

    templates: the folder of `sandbox_*.html`; `static/` lies beside it.
    dicomweb_url: where Endpoint points; None: the Endpoint is `suspended`.
    clock: seconds since the epoch. faults: may be changed while the EHR runs.
    personality: whose shape it has; that of a Launch link which names no other one.
    """

    base_url: str
    people: People
    apps: tuple[AppRegistration, ...]
    templates: Path
    token_lifetime_s: int = TOKEN_LIFETIME_S
    dicomweb_url: str | None = None
    faults: Faults = field(default_factory=Faults)
    clock: Callable[[], float] = time.time
    personality: Personality = PLAIN

    def __post_init__(self) -> None:
        if self.base_url.endswith("/"):
            raise ValueError("base_url must not end with a slash")
        if not self.people.practitioners:
            raise ValueError("people needs a practitioner: someone must be signed in")

    @property
    def fhir_base(self) -> str:
        """The FHIR base URL; what apps get as `iss`."""
        return f"{self.base_url}{self.personality.fhir_path}"

    @property
    def aud(self) -> str:
        """What apps must send as `aud`: the FHIR base, or the personality's own."""
        path = self.personality.aud_path
        return self.fhir_base if path is None else f"{self.base_url}{path}"

    @property
    def imaging_base(self) -> str:
        """The FHIR base of SMART Imaging Access, where it is not `fhir_base`."""
        return f"{self.base_url}/imaging/fhir"

    @property
    def issuer(self) -> str:
        """The issuer that is announced; not the FHIR base, as with many real EHRs."""
        return f"{self.auth_origin}{self.personality.issuer_path}"

    @property
    def id_token_issuer(self) -> str:
        """The issuer in id_tokens, which not every EHR announces."""
        path = self.personality.id_token_issuer_path
        return self.issuer if path is None else f"{self.auth_origin}{path}"

    @property
    def auth_origin(self) -> str:
        """The origin of the authorization server."""
        return (
            other_name(self.base_url) if self.personality.other_host else self.base_url
        )

    @property
    def oauth_url(self) -> str:
        """The authorization server, without a slash at its end."""
        return f"{self.auth_origin}{self.personality.oauth_path}"

    @property
    def token_url(self) -> str:
        """The token endpoint; the audience of client assertions."""
        return f"{self.oauth_url}/token"

    def endpoint(self, name: str) -> str:
        """The name of one of our routes; each personality has its own."""
        own = self.personality
        return name if own is PLAIN else f"{own.name}_{name}"

    def shaped_like(self, personality: Personality) -> EhrConfig:
        """The same EHR with another personality and the ids that it gives people."""
        people = personality.charts(self.people)
        return replace(self, personality=personality, people=people)

    def app(self, client_id: str) -> AppRegistration | None:
        """The app of that client_id."""
        return next((app for app in self.apps if app.client_id == client_id), None)


def other_name(origin: str) -> str:
    """The same loopback server by its other name, which makes it another origin."""
    if "//localhost" in origin:
        return origin.replace("//localhost", "//127.0.0.1")
    return origin.replace("//127.0.0.1", "//localhost")
