"""Every error that crosses a room's door.

SmartViewerError
├── SettingsInvalid       the start is refused: a setting is missing or wrong
├── LaunchRefused         the EHR or the user said no; start again from the EHR
├── GrantExpired          the token ran out and could not be renewed
├── NotAuthorized         the grant lacks a scope that this act needs
├── InputInvalid          what the page sent is not of the form that is asked
├── OutsideReading        the thing asked for is not part of this reading
├── UpstreamUnavailable   FHIR or DICOMweb gave no usable answer (may be retried)
├── TooManyRequests       more than the site allows; the same later is welcome
├── RequestForbidden      an outbound request to a host that is not allowed
├── TrailBroken           the audit trail does not verify
├── RenderUnavailable     no GL host can draw here; the numpy path still can
└── ImagingError
    ├── NotInStandard     the object breaks a rule of PS3 that we rely on
    └── NotSupported      legal DICOM that this viewer does not show
"""

from __future__ import annotations


class SmartViewerError(Exception):
    """Root. `code` is stable and public; no message holds PHI or a token."""

    code = "smart_viewer_error"


class SettingsInvalid(SmartViewerError):
    """A setting is missing or wrong; the message names the key."""

    code = "settings_invalid"


class LaunchRefused(SmartViewerError):
    """The launch ends here; `reason` is a stable word for logs and the audit.

    integrator: what the message leaves out, for the log and never for the page:
    measures, and the line to change. Without PHI or a token like every message.
    """

    code = "launch_refused"

    def __init__(
        self, message: str, reason: str = "refused", integrator: str = ""
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.integrator = integrator


class GrantExpired(SmartViewerError):
    """The access token ran out and could not be renewed."""

    code = "grant_expired"


class NotAuthorized(SmartViewerError):
    """The granted scopes do not allow this act."""

    code = "not_authorized"


class InputInvalid(SmartViewerError):
    """What the page sent is not of the form that is asked for; nothing is kept."""

    code = "input_invalid"


class OutsideReading(SmartViewerError):
    """Not part of this reading, or no proof that the caller may read it."""

    code = "outside_reading"


class UpstreamUnavailable(SmartViewerError):
    """FHIR, OAuth or DICOMweb gave no usable answer.

    `status` is the HTTP status that came back, None where none came.
    """

    code = "upstream_unavailable"

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class TooManyRequests(SmartViewerError):
    """More in a short time than this site allows; `wait_s` is how long to wait."""

    code = "too_many_requests"

    def __init__(self, message: str, wait_s: float = 1.0) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class RequestForbidden(SmartViewerError):
    """An outbound request to a host that the configuration does not allow."""

    code = "request_forbidden"


class TrailBroken(SmartViewerError):
    """The audit trail was changed, cut or reordered."""

    code = "trail_broken"


class RenderUnavailable(SmartViewerError):
    """No GL host can draw on this machine."""

    code = "render_unavailable"


class ImagingError(SmartViewerError):
    """Something about an image keeps it from being shown as it is."""

    code = "imaging_error"


class NotInStandard(ImagingError):
    """The object breaks a rule of PS3 that we rely on."""

    code = "not_in_standard"


class NotSupported(ImagingError):
    """Legal DICOM that this viewer does not show."""

    code = "not_supported"
