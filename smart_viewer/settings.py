"""Settings: environment and `launch_configs/`, read once, failing loudly.

An environment variable NAME may be given as NAME_FILE instead: the value is
then the content of that file, so that secrets need not stand in the environment.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from smart_viewer.archive_profile import (
    ArchiveProfile,
    DicomwebProfile,
    FolderProfile,
    parse_archive,
)
from smart_viewer.errors import SettingsInvalid

__all__ = [
    "ArchiveProfile",
    "DicomwebProfile",
    "EhrProfile",
    "FolderProfile",
    "IdentifierSystem",
    "Settings",
    "asset_root",
    "load_settings",
]

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
KEY_BYTES = 32
LONGEST_READING_HOURS = 72
PROFILE_SECRETS = ("client_secret", "client_keys")  # SMART_VIEWER_<KEY>_<EHR>
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_Model = TypeVar("_Model", bound=BaseModel)
_Checked = TypeVar("_Checked")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IdentifierSystem(_Frozen):
    """Which FHIR identifiers hold a number, and whose number it is in DICOM.

    system: Identifier.system, or empty to match by `type_code` alone.
    type_code: a code of v2-0203 (MR, ACSN), or empty to match by system alone.
    issuer: IssuerOfPatientID of the archive's studies, empty where unused.
    """

    system: str = ""
    type_code: str = ""
    issuer: str = ""

    @model_validator(mode="after")
    def _names_something(self) -> IdentifierSystem:
        if not self.system and not self.type_code:
            raise ValueError("give system, type_code or both")
        return self


class EhrProfile(_Frozen):
    """One EHR: how to launch from it and how to read it (launch.md R46)."""

    id: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    label: str
    enabled: bool = True
    iss: str
    client_id: str
    client_auth: Literal["none", "client_secret_basic", "private_key_jwt"] = "none"
    client_secret: SecretStr | None = None
    client_keys: SecretStr | None = None  # private JWK or JWK Set; the first one signs
    scopes: tuple[str, ...]
    standalone_scopes: tuple[str, ...] = ()
    oidc_issuer: str | None = None
    aud_override: str | None = None
    extra_query: dict[str, str] = {}
    # vendor's member of the token response -> what it holds
    context_key_map: dict[str, Literal["order", "study", "accession"]] = {}
    mrn_systems: tuple[IdentifierSystem, ...]
    accession_systems: tuple[IdentifierSystem, ...] = (
        IdentifierSystem(type_code="ACSN"),
    )
    allowed_hosts: tuple[str, ...] = ()  # origins beside that of `iss`
    private_network: bool = False  # these origins may resolve to private addresses
    refresh_token_reusable: bool = False  # the EHR gives one and never a new one
    frame_origins: tuple[str, ...] = ()
    single_domain_pacs: bool = False
    archives: tuple[str, ...] = ()  # ids of archives; empty means all

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


class Settings(_Frozen):
    """Everything the app is told from outside."""

    public_url: str
    key: SecretStr  # 32 bytes, hex: seals grants, readings and the trail
    state_folder: Path
    database_url: str
    replica: str = Field(default="a", pattern=r"^[a-z0-9]{1,8}$")
    ehrs: tuple[EhrProfile, ...]
    archives: tuple[ArchiveProfile, ...]
    reading_hours: float = Field(default=8.0, gt=0, le=LONGEST_READING_HOURS)

    @field_validator("key")
    @classmethod
    def _key_is_long_enough(cls, key: SecretStr) -> SecretStr:
        try:
            raw = bytes.fromhex(key.get_secret_value())
        except ValueError as cause:
            raise ValueError("key must be hexadecimal") from cause
        if len(raw) != KEY_BYTES:
            raise ValueError(f"key must be {KEY_BYTES} bytes, got {len(raw)}")
        return key

    @field_validator("public_url")
    @classmethod
    def _public_url_is_an_origin_with_path(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("public_url must be an absolute http(s) URL")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
            raise ValueError("public_url must be https outside loopback")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("public_url holds an origin and a path, nothing else")
        return url.rstrip("/")

    @property
    def key_bytes(self) -> bytes:
        """The master key, 32 bytes."""
        return bytes.fromhex(self.key.get_secret_value())

    @property
    def public_path(self) -> str:
        """The path under which the app is reached, without a slash at its end."""
        return urlsplit(self.public_url).path

    def ehr(self, ehr_id: str) -> EhrProfile | None:
        """The enabled profile of that id."""
        return next((e for e in self.ehrs if e.enabled and e.id == ehr_id), None)

    def ehr_by_iss(self, iss: str) -> EhrProfile | None:
        """The enabled profile whose iss equals `iss` byte for byte (R1)."""
        return next((e for e in self.ehrs if e.enabled and e.iss == iss), None)


@cache
def asset_root() -> Path:
    """The folder of templates/, static/ and launch_configs/, checkout or wheel."""
    package = Path(__file__).resolve().parent
    packed = package / "_assets"
    return packed if packed.is_dir() else package.parent


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from SMART_VIEWER_* and the TOML files of SMART_VIEWER_CONFIG.

    SettingsInvalid names the key or the file that is wrong.
    """
    folder = Path(_value(environ, "CONFIG") or asset_root() / "launch_configs")
    state = Path(_value(environ, "STATE") or "smart-viewer-state").resolve()
    profiles, archives = _read_configs(folder, environ)
    values = {
        "public_url": _required(environ, "PUBLIC_URL"),
        "key": _required(environ, "KEY"),
        "state_folder": state,
        "database_url": _value(environ, "DATABASE_URL")
        or f"sqlite:///{state / 'smart-viewer.sqlite'}",
        "replica": _value(environ, "REPLICA") or "a",
        "reading_hours": _value(environ, "READING_HOURS") or 8.0,
        "ehrs": profiles,
        "archives": archives,
    }
    return _validated(Settings, values, "SMART_VIEWER")


def log_level(environ: Mapping[str, str] = os.environ) -> str:
    """The level of SMART_VIEWER_LOG. SettingsInvalid where there is none such."""
    level = (_value(environ, "LOG") or "WARNING").upper()
    if level not in LOG_LEVELS:
        raise SettingsInvalid(f"SMART_VIEWER_LOG: one of {', '.join(LOG_LEVELS)}")
    return level


def _read_configs(
    folder: Path, environ: Mapping[str, str]
) -> tuple[tuple[EhrProfile, ...], tuple[ArchiveProfile, ...]]:
    if not folder.is_dir():
        raise SettingsInvalid(f"SMART_VIEWER_CONFIG: no such folder: {folder}")
    profiles: list[EhrProfile] = []
    archives: list[ArchiveProfile] = []
    for file in sorted(folder.glob("*.toml")):
        table = _read_toml(file)
        if file.stem == "archives":
            archives += [
                _read_archive(key, value, file.name, environ)
                for key, value in table.items()
            ]
            continue
        for key in PROFILE_SECRETS:
            secret = _value(environ, f"{key.upper()}_{file.stem.upper()}")
            if secret:
                table[key] = secret
        profiles.append(_validated(EhrProfile, {"id": file.stem, **table}, file.name))
    return tuple(profiles), tuple(archives)


def _read_archive(
    key: str, table: Any, where: str, environ: Mapping[str, str]
) -> FolderProfile | DicomwebProfile:
    if not isinstance(table, dict):
        raise SettingsInvalid(f"{where}: {key}: an archive is a table")
    if "secret" in table:
        raise SettingsInvalid(
            f"{where}: {key}: a secret stands in SMART_VIEWER_ARCHIVE_SECRET_"
            f"{key.upper()} (or ..._FILE), not in the file"
        )
    values = {"id": key, **table}
    secret = _value(environ, f"ARCHIVE_SECRET_{key.upper()}")
    if secret:
        values["secret"] = secret
    return _checked(parse_archive, values, f"{where}: {key}")


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        raise SettingsInvalid(f"{file.name}: {cause}") from cause


def _validated(model: type[_Model], values: dict[str, Any], where: str) -> _Model:
    return _checked(model.model_validate, values, where)


def _checked(
    validate: Callable[[dict[str, Any]], _Checked], values: dict[str, Any], where: str
) -> _Checked:
    try:
        return validate(values)
    except ValidationError as cause:
        errors = cause.errors(include_input=False, include_url=False)
        lines = [f"{_named(where, error['loc'])}: {error['msg']}" for error in errors]
        raise SettingsInvalid("; ".join(lines)) from None


def _named(where: str, loc: tuple[int | str, ...]) -> str:
    """SMART_VIEWER_KEY for what the environment gives, else file and key."""
    path = ".".join(str(part) for part in loc)
    if where != "SMART_VIEWER":
        return f"{where}: {path}" if path else where
    return f"SMART_VIEWER_{path.upper()}" if path else where


def _value(environ: Mapping[str, str], name: str) -> str | None:
    key = f"SMART_VIEWER_{name}"
    if key in environ:
        return environ[key]
    file = environ.get(f"{key}_FILE")
    if file is None:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as cause:
        raise SettingsInvalid(f"{key}_FILE: {cause}") from cause


def _required(environ: Mapping[str, str], name: str) -> str:
    value = _value(environ, name)
    if not value:
        raise SettingsInvalid(
            f"SMART_VIEWER_{name} (or SMART_VIEWER_{name}_FILE) is not set"
        )
    return value
