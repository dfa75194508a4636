"""Which requirement of launch.md a step of `check` stands for, by number. Pure."""

from __future__ import annotations

from smart_viewer.errors import LaunchRefused, RequestForbidden, SmartViewerError

RULES = {
    "R1": "only the exactly listed issuer launches; nothing else is asked",
    "R2": "discovery below the FHIR base tells every endpoint",
    "R3": "PKCE with S256, always",
    "R4": "the authorize request is taken: client, redirect URI, aud, scopes",
    "R7": "the viewer authenticates at the token endpoint as registered",
    "R8": "the id_token can be verified",
    "R10": "the scopes asked for are ones that this EHR grants",
    "R15": "the order's studies can be found in FHIR",
    "R16": "studies are found in the archive, by patient and accession number",
    "R18": "tokens go to configured origins alone",
    "R23": "a record number is asked for together with its issuer",
    "R25": "who a study is of can be compared before any picture",
    "R46": "every quirk of an EHR is a line of its profile",
    "R47": "the first picture comes, and within its time",
}
"""Number -> the rule as an integrator needs it."""

_OF_STEP = {
    "which": "R46",
    "profile": "R46",
    "archives": "R46",
    "registration": "R7",
    "discovery": "R2",
    "authorize": "R4",
    "keys": "R8",
    "token": "R7",
    "client": "R7",
    "authentication": "R7",
    "scopes": "R10",
    "FHIR": "R15",
    "archive": "R46",
    "identity": "R25",
    "IssuerOfPatientID": "R23",
    "metadata": "R47",
    "frame": "R47",
}
_SEARCHING = "R16"  # the steps that are left: a study, and each filter
_OF_REASON = {"pkce_without_s256": "R3", "endpoint_not_allowed": "R18"}


def rule_of(step: str, error: SmartViewerError | None = None) -> str:
    """The requirement that the step proves, or that its error breaks."""
    match error:
        case LaunchRefused(reason=reason) if reason in _OF_REASON:
            return _OF_REASON[reason]
        case RequestForbidden():
            return "R1"
    return _OF_STEP.get(step, _SEARCHING)
