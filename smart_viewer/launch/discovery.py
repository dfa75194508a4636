"""Where an EHR's endpoints are (R2, R3; SMART 2.2, Conformance)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from smart_viewer.errors import LaunchRefused, UpstreamUnavailable
from smart_viewer.launch.hosts import check_endpoint
from smart_viewer.launch.lenient import flag_of, objects_of, text_of, texts_of
from smart_viewer.net.answer import JsonObject
from smart_viewer.net.outbound import Outbound
from smart_viewer.settings import EhrProfile

MAX_AGE_S = 3600.0
PKCE_METHOD = "S256"
_NO_SUCH_DOCUMENT = frozenset({400, 401, 403, 404, 405, 406, 410})
_OAUTH_URIS = "/StructureDefinition/oauth-uris"
_ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "revocation_endpoint",
    "jwks_uri",
)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What an EHR announces, every URL absolute and on a configured origin.

    issuer: of the authorization server, often not the FHIR base.
    iss_parameter: the server promises `iss` on the redirect (RFC 9207).
    """

    authorization_endpoint: str
    token_endpoint: str
    issuer: str | None = None
    jwks_uri: str | None = None
    revocation_endpoint: str | None = None
    capabilities: frozenset[str] = frozenset()
    iss_parameter: bool = False


def discover(profile: EhrProfile, outbound: Outbound) -> Endpoints:
    """The endpoints of this EHR, asked at most once an hour in this process.

    LaunchRefused where they are unusable, UpstreamUnavailable where none came.
    """
    base = _base(profile)
    document = announced(profile, outbound)
    _check_pkce(document)
    urls = _endpoint_urls(profile, base, document)
    if "authorization_endpoint" not in urls or "token_endpoint" not in urls:
        raise LaunchRefused(
            "The EHR announces no authorization or token endpoint.",
            "discovery_incomplete",
        )
    return Endpoints(
        authorization_endpoint=urls["authorization_endpoint"],
        token_endpoint=urls["token_endpoint"],
        issuer=text_of(document.get("issuer")),
        jwks_uri=urls.get("jwks_uri"),
        revocation_endpoint=urls.get("revocation_endpoint"),
        capabilities=frozenset(texts_of(document.get("capabilities")) or ()),
        iss_parameter=flag_of(_iss_parameter(document)) is True,
    )


def announced(profile: EhrProfile, outbound: Outbound) -> JsonObject:
    """smart-configuration, appended to the FHIR base; else what `metadata` says.

    UpstreamUnavailable.
    """
    base = _base(profile)
    try:
        return outbound.remembered_json(
            f"{base}.well-known/smart-configuration", max_age_s=MAX_AGE_S
        )
    except UpstreamUnavailable as cause:
        if cause.status not in _NO_SUCH_DOCUMENT:
            raise
    statement = outbound.remembered_json(f"{base}metadata", max_age_s=MAX_AGE_S)
    return _oauth_uris(statement)


def _base(profile: EhrProfile) -> str:
    return profile.iss.rstrip("/") + "/"


def _oauth_uris(statement: Mapping[str, object]) -> JsonObject:
    """rest.security's oauth-uris in the words of smart-configuration."""
    names = {
        "authorize": "authorization_endpoint",
        "token": "token_endpoint",
        "revoke": "revocation_endpoint",
    }
    found: JsonObject = {}
    for rest in objects_of(statement.get("rest")):
        for security in objects_of(rest.get("security")):
            for extension in objects_of(security.get("extension")):
                if not str(extension.get("url")).endswith(_OAUTH_URIS):
                    continue
                for uri in objects_of(extension.get("extension")):
                    if uri.get("url") in names:
                        found[names[str(uri["url"])]] = uri.get("valueUri")
    return found


def _check_pkce(document: Mapping[str, object]) -> None:
    """A missing or empty list is forgiven; one without S256 is not (R3)."""
    methods = texts_of(document.get("code_challenge_methods_supported"))
    if methods and PKCE_METHOD not in methods:
        raise LaunchRefused(
            "The EHR does not offer PKCE with S256.", "pkce_without_s256"
        )


def _endpoint_urls(
    profile: EhrProfile, base: str, document: Mapping[str, object]
) -> dict[str, str]:
    urls: dict[str, str] = {}
    for name in _ENDPOINTS:
        spelled = text_of(document.get(name))
        if spelled is not None:
            urls[name] = urljoin(base, spelled)  # older servers send relative ones
            check_endpoint(profile, name, urls[name])
    return urls


def _iss_parameter(document: Mapping[str, object]) -> object:
    return document.get("authorization_response_iss_parameter_supported")
