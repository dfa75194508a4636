"""`EhrProfile`: one EHR as its TOML file in `launch_configs/` tells it (launch.md R46).

Every quirk of an EHR is a field here, so that a launch needs no code of its own for
it. The JSON Schema that editors check such a file with is made from the same model.
"""

from __future__ import annotations

import json
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
PROFILE_SECRETS = ("client_secret", "client_keys")  # SMART_VIEWER_<KEY>_<EHR>
NOT_IN_THE_FILE = ("id", *PROFILE_SECRETS)
SCHEMA_FILE = "ehr.schema.json"


class _Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True
    )


class IdentifierSystem(_Frozen):
    """Which FHIR identifiers hold a number, and whose number it is in DICOM."""

    system: str = ""
    """Identifier.system, or empty to match by `type_code` alone."""
    type_code: str = ""
    """A code of v2-0203 (MR, ACSN), or empty to match by `system` alone."""
    issuer: str = ""
    """IssuerOfPatientID of the archive's studies, empty where unused."""

    @model_validator(mode="after")
    def _names_something(self) -> IdentifierSystem:
        if not self.system and not self.type_code:
            raise ValueError("give system, type_code or both")
        return self


class EhrProfile(_Frozen):
    """One EHR: how to launch from it and how to read it."""

    id: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    """The name of the file; part of the callback path."""
    label: str
    """What people call this EHR."""
    enabled: bool = True
    """false: a template that is not used."""
    iss: str
    """The FHIR base, byte for byte as the EHR sends it in `iss`."""
    client_id: str
    """As the EHR gave it when the app was registered."""
    client_auth: Literal["none", "client_secret_basic", "private_key_jwt"] = "none"
    """How the viewer authenticates at the token endpoint; `none` is a public client."""
    client_secret: SecretStr | None = None
    """From the environment alone, for client_secret_basic."""
    client_keys: SecretStr | None = None
    """From the environment alone: private JWK or JWK Set; the first one signs."""
    scopes: tuple[str, ...]
    """Asked for in a launch from the EHR's own screens."""
    standalone_scopes: tuple[str, ...] = ()
    """Asked for where the EHR lets the user pick a patient; empty refuses such."""
    oidc_issuer: str | None = None
    """`iss` of the id_token, where it is not the issuer that the EHR announces."""
    aud_override: str | None = None
    """`aud` of the authorize request, where it is not `iss`."""
    extra_query: dict[str, str] = {}
    """Parameters that every FHIR request must carry."""
    context_key_map: dict[str, Literal["order", "study", "accession"]] = {}
    """A vendor's member of the token response, and what it holds."""
    mrn_systems: tuple[IdentifierSystem, ...]
    """Which of a Patient's identifiers are the archive's PatientID."""
    accession_systems: tuple[IdentifierSystem, ...] = (
        IdentifierSystem(type_code="ACSN"),
    )
    """Which identifiers hold the accession number."""
    allowed_hosts: tuple[str, ...] = ()
    """Origins beside that of `iss` on which the EHR has endpoints."""
    private_network: bool = False
    """These origins may resolve to private addresses."""
    refresh_token_reusable: bool = False
    """The EHR gives one refresh token and never a new one."""
    frame_origins: tuple[str, ...] = ()
    """Who may show the viewer in a frame."""
    single_domain_pacs: bool = False
    """All studies of the archives belong to one domain of record numbers."""
    archives: tuple[str, ...] = ()
    """Ids of the archives to ask; empty means all."""

    @property
    def redirect_path(self) -> str:
        """The callback path of this EHR alone (RFC 9700 2.1, mix-up)."""
        return f"/app/{self.id}/callback"

    @field_validator("iss")
    @classmethod
    def _iss_is_https_or_loopback(cls, iss: str) -> str:
        parts = urlsplit(iss)
        loopback = parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
        if parts.scheme != "https" and not loopback:
            raise ValueError("iss must be https, or http on loopback for development")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("iss must not hold credentials, a query or a fragment")
        return iss

    @model_validator(mode="after")
    def _secret_fits_the_method(self) -> EhrProfile:
        if not self.enabled:
            return self  # a template, not filled in yet
        if self.client_auth == "client_secret_basic" and self.client_secret is None:
            raise ValueError("client_secret_basic needs client_secret")
        if self.client_auth == "private_key_jwt" and self.client_keys is None:
            raise ValueError("private_key_jwt needs client_keys")
        return self


def ehr_schema() -> str:
    """JSON Schema (2020-12) of one EHR's file: what stands there, and no secret."""
    made: dict[str, Any] = EhrProfile.model_json_schema()
    for name in NOT_IN_THE_FILE:
        del made["properties"][name]
    made["required"] = [one for one in made["required"] if one not in NOT_IN_THE_FILE]
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One EHR of Smart Viewer",
        "$comment": "Made by `smart-viewer schema`; do not edit.",
    }
    return json.dumps({**made, **head}, indent=2, ensure_ascii=False) + "\n"
