"""Which origins the configured EHRs may be reached at (R1, R18)."""

from __future__ import annotations

from smart_viewer.errors import LaunchRefused, RequestForbidden, SettingsInvalid
from smart_viewer.net.policy import HostPolicy, Origin, origin_of
from smart_viewer.settings import EhrProfile, Settings


def policy_of(settings: Settings) -> HostPolicy:
    """The policy of the whole process: every enabled EHR's origins.

    Loopback is allowed only where the viewer is there itself.
    SettingsInvalid names the profile whose `allowed_hosts` cannot be read.
    """
    enabled = [profile for profile in settings.ehrs if profile.enabled]
    inner = [origins_of(ehr) for ehr in enabled if ehr.private_network]
    return HostPolicy(
        allowed=frozenset().union(*map(origins_of, enabled)),
        loopback_allowed=origin_of(settings.public_url).is_loopback,
        private_origins=frozenset().union(*inner),
    )


def origins_of(profile: EhrProfile) -> frozenset[Origin]:
    """The origin of `iss` and those of `allowed_hosts`."""
    try:
        return frozenset(
            origin_of(url) for url in (profile.iss, *profile.allowed_hosts)
        )
    except RequestForbidden as cause:
        raise SettingsInvalid(f"{profile.id}: allowed_hosts: {cause}") from cause


def check_endpoint(profile: EhrProfile, name: str, url: str) -> None:
    """LaunchRefused unless this EHR's own configuration lists the URL's origin.

    Stricter than the process's policy: another EHR's host is not good enough.
    """
    try:
        origin = origin_of(url)
    except RequestForbidden as cause:
        raise LaunchRefused(
            f"The EHR announced a {name} that is no usable URL.", "bad_endpoint"
        ) from cause
    if origin not in origins_of(profile):
        raise LaunchRefused(
            f"The EHR announced a {name} on {origin}, which is not configured. If it "
            f"is right, add it to allowed_hosts of {profile.id}.",
            "endpoint_not_allowed",
        )
