"""What the configuration says of one archive: a folder, or a DICOMweb service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SecretStr,
    Tag,
    TypeAdapter,
    field_validator,
    model_validator,
)

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"
GOOGLE_SCOPE = "https://www.googleapis.com/auth/cloud-healthcare"

Flavour = Literal["orthanc", "dcm4chee", "healthimaging", "google", "generic"]
Filter = Literal[
    "PatientID",
    "IssuerOfPatientID",
    "StudyInstanceUID",
    "AccessionNumber",
    "ModalitiesInStudy",
    "StudyDate",
]
_INDISPENSABLE: frozenset[Filter] = frozenset({"PatientID", "StudyInstanceUID"})


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FolderProfile(_Frozen):
    """A folder of DICOM files, served from its own index."""

    id: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    kind: Literal["folder"] = "folder"
    path: Path
    index: Path | None = None  # default: inside the state folder


class NoAuth(_Frozen):
    """The archive asks nobody who they are."""

    kind: Literal["none"] = "none"


class BasicAuth(_Frozen):
    """RFC 7617; the secret is the password."""

    kind: Literal["basic"]
    username: str = Field(pattern=r"^[^:\x00-\x1f]+$")


class BearerOfLaunch(_Frozen):
    """The access token of the launch (SMART Imaging Access)."""

    kind: Literal["bearer_of_launch"]


class ClientCredentials(_Frozen):
    """OAuth 2.0 (RFC 6749 4.4); the secret is the client's."""

    kind: Literal["oauth2_client_credentials"]
    token_url: str
    client_id: str
    scope: str = ""

    @field_validator("token_url")
    @classmethod
    def _token_url_is_safe(cls, url: str) -> str:
        return _safe_url("token_url", url)


class SigV4(_Frozen):
    """AWS Signature Version 4; the secret is the secret access key."""

    kind: Literal["sigv4"]
    access_key_id: str
    region: str
    service: str = "medical-imaging"


class GoogleServiceAccount(_Frozen):
    """A signed assertion for a token (RFC 7523); the secret is the key's JSON."""

    kind: Literal["google_service_account"]
    token_url: str = GOOGLE_TOKEN_URL
    scope: str = GOOGLE_SCOPE

    @field_validator("token_url")
    @classmethod
    def _token_url_is_safe(cls, url: str) -> str:
        return _safe_url("token_url", url)


class MutualTls(_Frozen):
    """We show a certificate; no secret, the key's file is enough."""

    kind: Literal["mtls"]
    certificate: Path
    key: Path


Auth = (
    NoAuth
    | BasicAuth
    | BearerOfLaunch
    | ClientCredentials
    | SigV4
    | GoogleServiceAccount
    | MutualTls
)
_NEED_SECRET = (BasicAuth, ClientCredentials, SigV4, GoogleServiceAccount)


class DicomwebProfile(_Frozen):
    """A DICOMweb service (PS3.18 10) and how it differs from others.

    base_url: without a slash at its end; the prefixes follow it where search,
    retrieve and store do not share it. flavour: decides what is not given here.
    frames_accept: Accept values for frames, tried in order until one is taken.
    unsupported_filters: not sent, but applied to the answers all the same.
    issuer_of_patient_id: the issuer of every patient here, where answers name none.
    secret: from SMART_VIEWER_ARCHIVE_SECRET_<ID>, never from the file.
    """

    id: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    kind: Literal["dicomweb"]
    base_url: str
    qido_prefix: str | None = None
    wado_prefix: str | None = None
    stow_prefix: str | None = None
    flavour: Flavour = "generic"
    auth: Auth = Field(default=NoAuth(), discriminator="kind")
    secret: SecretStr | None = None
    frames_accept: tuple[str, ...] | None = None
    unsupported_filters: tuple[Filter, ...] | None = None
    issuer_of_patient_id: str = ""
    private_network: bool = False
    ca_bundle: Path | None = None
    timeout_s: float = Field(default=30.0, gt=0, le=600)

    @field_validator("base_url")
    @classmethod
    def _base_url_is_safe(cls, url: str) -> str:
        return _safe_url("base_url", url).rstrip("/")

    @field_validator("qido_prefix", "wado_prefix", "stow_prefix")
    @classmethod
    def _prefix_is_a_path(cls, prefix: str | None) -> str | None:
        if prefix is None:
            return None
        parts = prefix.strip("/").split("/")
        if any(p in {"", ".", ".."} or set(p) & set("?#%\\ ") for p in parts):
            raise ValueError("a prefix is a plain path below base_url")
        return "/".join(parts)

    @field_validator("unsupported_filters")
    @classmethod
    def _identity_can_be_asked(
        cls, filters: tuple[Filter, ...] | None
    ) -> tuple[Filter, ...] | None:
        if filters and _INDISPENSABLE & set(filters):
            raise ValueError("an archive must filter by PatientID and StudyInstanceUID")
        return filters

    @model_validator(mode="after")
    def _secret_fits(self) -> DicomwebProfile:
        if isinstance(self.auth, _NEED_SECRET) and self.secret is None:
            name = f"SMART_VIEWER_ARCHIVE_SECRET_{self.id.upper()}"
            raise ValueError(f"auth {self.auth.kind} needs {name} (or {name}_FILE)")
        if isinstance(self.auth, GoogleServiceAccount):
            _check_service_account(self.secret)
        return self

    @property
    def urls(self) -> tuple[str, ...]:
        """Every URL that is asked for this archive."""
        token_url = getattr(self.auth, "token_url", None)
        return (self.base_url, token_url) if token_url else (self.base_url,)


def _kind(values: object) -> str:
    if isinstance(values, dict):
        return str(values.get("kind", "folder"))
    return str(getattr(values, "kind", "folder"))


ArchiveProfile = Annotated[
    Annotated[FolderProfile, Tag("folder")]
    | Annotated[DicomwebProfile, Tag("dicomweb")],
    Discriminator(_kind),
]
_ADAPTER: TypeAdapter[FolderProfile | DicomwebProfile] = TypeAdapter(ArchiveProfile)


def parse_archive(values: dict[str, object]) -> FolderProfile | DicomwebProfile:
    """The profile of one table of archives.toml. pydantic's ValidationError."""
    return _ADAPTER.validate_python(values)


def _safe_url(name: str, url: str) -> str:
    parts = urlsplit(url)
    loopback = parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
    if not parts.hostname or (parts.scheme != "https" and not loopback):
        raise ValueError(f"{name} must be https, or http on loopback")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(f"{name} must not hold credentials, a query or a fragment")
    return url


def _check_service_account(secret: SecretStr | None) -> None:
    try:
        key = json.loads(secret.get_secret_value() if secret else "")
        complete = all(isinstance(key[n], str) for n in ("client_email", "private_key"))
    except (ValueError, KeyError, TypeError):
        complete = False
    if not complete:
        raise ValueError("the secret is no service account key (client_email, ...)")
