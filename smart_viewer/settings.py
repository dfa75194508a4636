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
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from smart_viewer.archive_profile import (
    ArchiveProfile,
    DicomwebProfile,
    FolderProfile,
    parse_archive,
)
from smart_viewer.ehr_profile import (
    LOOPBACK_HOSTS,
    PROFILE_SECRETS,
    EhrProfile,
    IdentifierSystem,
)
from smart_viewer.errors import SettingsInvalid
from smart_viewer.operation import Operation, operation_values

__all__ = [
    "ArchiveProfile",
    "PROFILE_SECRETS",
    "DicomwebProfile",
    "EhrProfile",
    "FolderProfile",
    "IdentifierSystem",
    "Settings",
    "asset_root",
    "load_settings",
]

KEY_BYTES = 32
LONGEST_READING_HOURS = 72
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_Model = TypeVar("_Model", bound=BaseModel)
_Checked = TypeVar("_Checked")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Settings(_Frozen):
    """Everything the app is told from outside."""

    public_url: str
    key: SecretStr  # 32 bytes, hex: seals grants, readings, trail; older ones after it
    state_folder: Path
    database_url: str
    replica: str = Field(default="a", pattern=r"^[a-z0-9]{1,8}$")
    ehrs: tuple[EhrProfile, ...]
    archives: tuple[ArchiveProfile, ...]
    operation: Operation = Operation()
    reading_hours: float = Field(default=8.0, gt=0, le=LONGEST_READING_HOURS)

    @field_validator("key")
    @classmethod
    def _key_is_long_enough(cls, key: SecretStr) -> SecretStr:
        try:
            listed = _keys_of(key)
        except ValueError as cause:
            raise ValueError("key must be hexadecimal") from cause
        for raw in listed:
            if len(raw) != KEY_BYTES:
                raise ValueError(f"key must be {KEY_BYTES} bytes, got {len(raw)}")
        if not listed or len(set(listed)) < len(listed):
            raise ValueError("key must be one key, or several that differ")
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
        """The master key that seals, 32 bytes."""
        return self.all_keys[0]

    @property
    def all_keys(self) -> tuple[bytes, ...]:
        """The master keys: the first one seals, each of them opens."""
        return _keys_of(self.key)

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


def _keys_of(key: SecretStr) -> tuple[bytes, ...]:
    """Keys with commas or white space between them. ValueError."""
    words = key.get_secret_value().replace(",", " ").split()
    return tuple(bytes.fromhex(word) for word in words)


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
        "operation": operation_values(lambda name: _value(environ, name)),
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
            name = f"{key.upper()}_{file.stem.upper()}"
            if key in table:
                raise SettingsInvalid(
                    f"{file.name}: {key}: it stands in SMART_VIEWER_{name} "
                    "(or ..._FILE), not in the file"
                )
            secret = _value(environ, name)
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
    path = ".".join(str(part) for part in loc if part != "operation")
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
