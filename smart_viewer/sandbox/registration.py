"""What the sandbox EHR is set up with: its address, its people, its apps."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smart_viewer.sandbox.charts import People
from smart_viewer.sandbox.faults import Faults

ALLOWED_SCOPES = (
    "launch launch/patient openid fhirUser profile online_access offline_access "
    "patient/*.rs user/Practitioner.rs user/Endpoint.rs"
)
TOKEN_LIFETIME_S = 3600


@dataclass(frozen=True, slots=True)
class AppRegistration:
    """One app, as its maker registered it.

    redirect_uris: compared byte for byte. client_secret: for client_secret_basic.
    jwks: the public key set for private_key_jwt. Neither: a public client.
    scopes: the most that this app may be granted.
    """

    client_id: str
    label: str
    launch_url: str
    redirect_uris: tuple[str, ...]
    client_secret: str | None = field(default=None, repr=False)
    jwks: Mapping[str, Any] | None = None
    scopes: str = ALLOWED_SCOPES

    @property
    def is_public(self) -> bool:
        """No secret and no key: PKCE alone protects its codes."""
        return self.client_secret is None and self.jwks is None


@dataclass(frozen=True, slots=True)
class EhrConfig:
    """The whole EHR. base_url: origin without a slash, as `http://localhost:8765`.

    templates: the folder of `sandbox_*.html`; `static/` lies beside it.
    dicomweb_url: where Endpoint points; None: the Endpoint is `suspended`.
    clock: seconds since the epoch. faults: may be changed while the EHR runs.
    """

    base_url: str
    people: People
    apps: tuple[AppRegistration, ...]
    templates: Path
    token_lifetime_s: int = TOKEN_LIFETIME_S
    dicomweb_url: str | None = None
    faults: Faults = field(default_factory=Faults)
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if self.base_url.endswith("/"):
            raise ValueError("base_url must not end with a slash")
        if not self.people.practitioners:
            raise ValueError("people needs a practitioner: someone must be signed in")

    @property
    def fhir_base(self) -> str:
        """The FHIR base URL; what apps get as `iss` and send as `aud`."""
        return f"{self.base_url}/fhir"

    @property
    def imaging_base(self) -> str:
        """The FHIR base of SMART Imaging Access, where it is not `fhir_base`."""
        return f"{self.base_url}/imaging/fhir"

    @property
    def issuer(self) -> str:
        """The issuer of id_tokens; not the FHIR base, as with many real EHRs."""
        return self.base_url

    @property
    def token_url(self) -> str:
        """The token endpoint; the audience of client assertions."""
        return f"{self.base_url}/oauth/token"

    def app(self, client_id: str) -> AppRegistration | None:
        """The app of that client_id."""
        return next((app for app in self.apps if app.client_id == client_id), None)
