"""Which origins the configured EHRs may be reached at (R1, R18)."""

from __future__ import annotations

from smart_viewer.errors import LaunchRefused, RequestForbidden, SettingsInvalid
from smart_viewer.net.policy import HostPolicy, Origin, origin_of
from smart_viewer.operation import Operation
from smart_viewer.settings import DicomwebProfile, EhrProfile, Settings


def policy_of(settings: Settings) -> HostPolicy:
    """The policy of the whole process: of every enabled EHR and archive, of the audit.

    Loopback is allowed where the viewer is there itself, and to archives and the audit
    repository where these are configured to be on a private network.
    SettingsInvalid names the profile whose URLs cannot be read.
    """
    enabled = [profile for profile in settings.ehrs if profile.enabled]
    remote = [a for a in settings.archives if isinstance(a, DicomwebProfile)]
    inner = [origins_of(ehr) for ehr in enabled if ehr.private_network]
    houses = frozenset().union(
        *(origins_of_archive(one) for one in remote if one.private_network)
    )
    audit = origins_of_audit(settings.operation)
    if settings.operation.audit_private_network:
        houses |= audit
    return HostPolicy(
        allowed=frozenset().union(
            *map(origins_of, enabled), *map(origins_of_archive, remote), audit
        ),
        loopback_allowed=origin_of(settings.public_url).is_loopback,
        private_origins=houses.union(*inner),
        local_origins=frozenset(origin for origin in houses if origin.is_loopback),
    )


def origins_of_archive(profile: DicomwebProfile) -> frozenset[Origin]:
    """The origins of the archive and of its token endpoint. SettingsInvalid."""
    try:
        return frozenset(map(origin_of, profile.urls))
    except RequestForbidden as cause:
        raise SettingsInvalid(f"archives.toml: {profile.id}: {cause}") from cause


def origins_of_audit(operation: Operation) -> frozenset[Origin]:
    """The origin that audit events are sent to, if any. SettingsInvalid."""
    if not operation.audit_url:
        return frozenset()
    try:
        return frozenset({origin_of(operation.audit_url)})
    except RequestForbidden as cause:
        raise SettingsInvalid(f"SMART_VIEWER_AUDIT_URL: {cause}") from cause


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
