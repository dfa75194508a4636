"""An error of `check` to the line of the configuration that is to change. Pure."""

from __future__ import annotations

from http import HTTPStatus

from smart_viewer.archive.dicomweb_flavours import dialect_of
from smart_viewer.archive_profile import ArchiveProfile, DicomwebProfile
from smart_viewer.errors import (
    LaunchRefused,
    NotInStandard,
    NotSupported,
    RequestForbidden,
    SettingsInvalid,
    SmartViewerError,
    UpstreamUnavailable,
)
from smart_viewer.reading.check_steps import Advice
from smart_viewer.settings import EhrProfile

ARCHIVES_FILE = "archives.toml"
UNCOMPRESSED = (
    'frames_accept = [\'multipart/related; type="application/octet-stream"; '
    "transfer-syntax=1.2.840.10008.1.2.1']"
)
_REFUSED: dict[str, tuple[str, str]] = {
    "endpoint_not_allowed": (
        "allowed_hosts",
        "add that origin, if it is the EHR's own: "
        'allowed_hosts = ["https://auth.ehr.example"]',
    ),
    "pkce_without_s256": (
        "iss",
        "no key here turns S256 off: the EHR must offer it; see that iss is the "
        "server for SMART App Launch 2",
    ),
    "discovery_incomplete": (
        "iss",
        "this FHIR base announces no authorization server; take the one that the "
        "EHR sends as iss",
    ),
}
_DENIED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def ehr_file(profile: EhrProfile) -> str:
    """The file in which the profile stands."""
    return f"{profile.id}.toml"


def advise_ehr(profile: EhrProfile, error: SmartViewerError) -> Advice:
    """The line to change after the EHR's discovery or FHIR base failed."""
    key, text = _about_ehr(error)
    return Advice(ehr_file(profile), key, text)


def _about_ehr(error: SmartViewerError) -> tuple[str, str]:
    match error:
        case LaunchRefused(reason=reason):
            return _REFUSED.get(reason, ("iss", "see what is behind this URL"))
        case RequestForbidden():
            return "private_network", (
                "private_network = true, where the EHR is in the hospital's own "
                "network; else correct iss"
            )
        case UpstreamUnavailable(status=None):
            return "iss", "nothing answers there: see host, port and firewall"
        case UpstreamUnavailable(status=HTTPStatus.OK):
            return "iss", "a page or something else that is no JSON stands there"
        case UpstreamUnavailable(status=HTTPStatus.NOT_FOUND):
            return "iss", "this is not a FHIR base of a SMART EHR: see its path"
    return "iss", "see what is behind this URL"


def advise_keys(profile: EhrProfile) -> Advice:
    """The line to change where the EHR's keys cannot be had."""
    text = (
        "the EHR must mend its jwks_uri; until then a launch works only without "
        "openid and fhirUser here"
    )
    return Advice(ehr_file(profile), "scopes", text)


def advise_token(profile: EhrProfile) -> Advice:
    """The line to change where the token endpoint is none."""
    text = "what it announces as token_endpoint is none: see that iss is the right one"
    return Advice(ehr_file(profile), "iss", text)


def advise_archive(
    profile: ArchiveProfile, act: str, error: SmartViewerError
) -> Advice:
    """The line to change after an act on the archive failed.

    act: "open", "search", "metadata" or "frame".
    """
    if not isinstance(profile, DicomwebProfile):
        return of_folder(profile.id, profile.index is not None, act)
    key, text = _about_remote(profile, act, error)
    return of_archive(profile.id, key, text)


def of_archive(archive_id: str, key: str, text: str) -> Advice:
    """A key of the archive's table."""
    return Advice(ARCHIVES_FILE, f"[{archive_id}] {key}", text)


def of_folder(archive_id: str, has_index: bool, act: str) -> Advice:
    """The line of a folder's table; most often the index is to be made again."""
    key = "index" if act == "open" and has_index else "path"
    text = "see that it is right, then run smart-viewer index on that folder"
    return of_archive(archive_id, key, text)


def _about_remote(
    profile: DicomwebProfile, act: str, error: SmartViewerError
) -> tuple[str, str]:
    match error:
        case SettingsInvalid():
            return "auth", f"or what {secret_name(profile)} holds"
        case RequestForbidden():
            return "private_network", (
                "private_network = true, where the archive is in the hospital's own "
                "network or on this machine; else correct base_url"
            )
        case NotSupported():
            return "frames_accept", f"ask for what can be shown: {UNCOMPRESSED}"
        case NotInStandard():
            return "base_url", "it gives images that break the Standard: ask its maker"
        case UpstreamUnavailable(status=status):
            return _about_answer(profile, act, status, str(error))
    return "base_url", "see what is behind this URL"


def _about_answer(
    profile: DicomwebProfile, act: str, status: int | None, words: str
) -> tuple[str, str]:
    if status in _DENIED:
        return "auth", f"see kind and user, and {secret_name(profile)}"
    if status in _BUSY or "in time" in words:
        return "timeout_s", "it is busy or slow: a larger timeout_s, or another hour"
    if status is None and "gave no answer" in words:
        return _about_silence(act, words)
    if "web page" in words:
        return (
            "base_url",
            "a web page stands there: see the path, or who asks to log in",
        )
    return _about_form(act, status)


def _about_silence(act: str, words: str) -> tuple[str, str]:
    if "SSLError" in words:
        return "ca_bundle", "the PEM file of the authority that signed its certificate"
    if "(OSError)" in words:  # requests' word for a missing PEM file
        return "ca_bundle", "or certificate and key of auth: a file cannot be read"
    if act != "search":  # the search did get an answer
        return "base_url", "it broke off: see the proxy in front of it, and its log"
    return "base_url", "nothing answers there: see host, port and firewall"


def _about_form(act: str, status: int | None) -> tuple[str, str]:
    if act == "frame" and status != HTTPStatus.NOT_FOUND:
        return "frames_accept", f"or flavour; to have it decoded there: {UNCOMPRESSED}"
    prefix = "qido_prefix" if act == "search" else "wado_prefix"
    return "base_url", f"or {prefix} and flavour: it is no DICOMweb root for this"


def advise_filter(profile: ArchiveProfile, name: str) -> Advice:
    """The line to change where a filter of a search does not narrow."""
    if not isinstance(profile, DicomwebProfile):
        return of_folder(profile.id, profile.index is not None, "open")
    if name in {"PatientID", "StudyInstanceUID"}:
        text = (
            f"an archive that does not filter by {name} cannot be used: ask its maker"
        )
        return of_archive(profile.id, "base_url", text)
    listed = sorted({*dialect_of(profile).unsupported_filters, name})
    quoted = ", ".join(f'"{one}"' for one in listed)
    text = f"unsupported_filters = [{quoted}]: then it is only filtered here"
    return of_archive(profile.id, "unsupported_filters", text)


def secret_name(profile: DicomwebProfile) -> str:
    """The environment variable of the archive's secret."""
    return f"SMART_VIEWER_ARCHIVE_SECRET_{profile.id.upper()}"
