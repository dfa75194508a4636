"""How a site runs the app: limits, proxies, metrics. Part of the settings.

`Rate` reads "1200/60": that many at once, and as many again in each 60 seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
)

OVERRIDE_REASONS = (
    "same_person_confirmed",
    "records_being_merged",
    "typing_error",
    "emergency",
)
LIMITS = ("launches", "callbacks", "frames", "pictures", "heartbeats", "outside")
ADMIN_SECRET_LENGTH = 24
LONGEST_IDLE_MINUTES = 24 * 60
SECONDS_PER_MINUTE = 60.0


class Rate(BaseModel):
    """So many in so many seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int = Field(gt=0)
    seconds: float = Field(gt=0, le=86_400)


def _rate(value: object) -> object:
    """What an environment variable says: `count/seconds`."""
    if not isinstance(value, str):
        return value
    count, _, seconds = value.partition("/")
    return {"count": count, "seconds": seconds}


def _listed(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


_Rate = Annotated[Rate, BeforeValidator(_rate)]
_Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_listed)]


def _a_minute(count: int) -> Rate:
    return Rate(count=count, seconds=60)


class Operation(BaseModel):
    """What only whoever runs the site can know.

    limit_launches, limit_callbacks, limit_outside, limit_diagnoses: for each client
    address; a whole hospital may come from one. limit_frames, limit_pictures,
    limit_heartbeats: for each reading. idle_minutes: without input of the user, then
    a reading ends (R36).
    trusted_proxies: whose X-Forwarded-For is believed, and for limits alone.
    metrics: host:port (or fd://N) of the Prometheus page, empty for none.
    audit_url: FHIR base to which audit events are sent, empty for none; audit_method:
    PUT with an id of ours, or POST; audit_bearer: a token for it;
    audit_private_network: it may be on an inner network.
    allow_override: an administrator may let one blocked study be shown (10.2).
    admin_secret: of the page `/diagnose` (R45), which is off without it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trusted_proxies: _Networks = ()
    metrics: str = Field(default="", pattern=r"^(|fd://\d+|\[?[0-9A-Za-z.:-]+\]?:\d+)$")
    log_format: Literal["json", "text"] = "json"
    limit_launches: _Rate = _a_minute(1200)
    limit_callbacks: _Rate = _a_minute(1200)
    limit_frames: _Rate = _a_minute(30_000)
    limit_pictures: _Rate = _a_minute(600)
    limit_heartbeats: _Rate = _a_minute(600)
    limit_outside: _Rate = _a_minute(6000)
    limit_diagnoses: _Rate = _a_minute(10)
    idle_minutes: float = Field(default=15.0, gt=0, le=LONGEST_IDLE_MINUTES)
    audit_url: str = Field(default="", pattern=r"^(|https?://[^\s?#@]+)$")
    audit_method: Literal["put", "post"] = "put"
    audit_bearer: SecretStr = SecretStr("")
    audit_private_network: bool = False
    allow_override: bool = False
    admin_secret: SecretStr = SecretStr("")

    @field_validator("admin_secret")
    @classmethod
    def _admin_secret_is_long(cls, secret: SecretStr) -> SecretStr:
        if 0 < len(secret.get_secret_value()) < ADMIN_SECRET_LENGTH:
            raise ValueError(f"at least {ADMIN_SECRET_LENGTH} characters")
        return secret

    @property
    def idle_s(self) -> float:
        """Seconds without input after which a reading ends."""
        return self.idle_minutes * SECONDS_PER_MINUTE

    def rate(self, name: str) -> Rate:
        """The limit of that name, one of `LIMITS` or `diagnoses`."""
        found: Rate = getattr(self, f"limit_{name}")
        return found


def operation_values(read: Callable[[str], str | None]) -> dict[str, str]:
    """What the environment says of it; `read` knows SMART_VIEWER_ and files."""
    asked = {name: read(name.upper()) for name in Operation.model_fields}
    return {name: value for name, value in asked.items() if value}
