"""What the sandbox says of itself (SMART App Launch 2.2, Conformance; RFC 9207 3)."""

from __future__ import annotations

from typing import Any

from smart_viewer.sandbox.registration import EhrConfig

CAPABILITIES = (
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
)
SCOPES = (
    "launch",
    "launch/patient",
    "openid",
    "fhirUser",
    "profile",
    "online_access",
    "offline_access",
    "patient/*.rs",
    "patient/*.read",
    "user/Practitioner.rs",
    "user/Endpoint.rs",
)
CLIENT_METHODS = ("client_secret_basic", "private_key_jwt")
ASSERTION_ALGORITHMS = ("RS384", "ES384")


IMAGING_CAPABILITIES = (
    "smart-imaging-access",
    "http://fhir.org/argonaut/smart-imaging/capabilities/app-launch",
)
"""SMART Imaging Access (Argonaut 0.1.0): the second promises it to launched apps."""


def smart_configuration(config: EhrConfig) -> dict[str, Any]:
    """The body of `{fhir}/.well-known/smart-configuration`."""
    document = {**_configuration(config), **_imaging_access(config)}
    return _tampered(document, config)


def _tampered(document: dict[str, Any], config: EhrConfig) -> dict[str, Any]:
    """The document with what the switch `discovery` does to its members."""
    match config.faults.discovery:
        case "relative":
            start = len(config.auth_origin)
            urls = [name for name in document if name.endswith(("_endpoint", "_uri"))]
            return {**document, **{name: document[name][start:] for name in urls}}
        case "plain_only":
            return {**document, "code_challenge_methods_supported": ["plain"]}
        case "no_methods":
            document.pop("code_challenge_methods_supported", None)
    return document


def _imaging_access(config: EhrConfig) -> dict[str, Any]:
    """Where imaging is served to launched apps, as the switch says."""
    capabilities = list(IMAGING_CAPABILITIES)
    match config.faults.imaging_access:
        case "here":
            return {"capabilities": [*CAPABILITIES, *capabilities]}
        case "associated":
            there = {"url": config.imaging_base, "capabilities": capabilities}
            return {"associated_endpoints": [there]}
        case "off":
            return {}


def _configuration(config: EhrConfig) -> dict[str, Any]:
    oauth, personality = config.oauth_url, config.personality
    document: dict[str, Any] = {
        "issuer": config.issuer,
        "jwks_uri": f"{oauth}/jwks",
        "authorization_endpoint": f"{oauth}/authorize",
        "token_endpoint": config.token_url,
        "token_endpoint_auth_methods_supported": ["none", *CLIENT_METHODS],
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "introspection_endpoint": f"{oauth}/introspect",
        "revocation_endpoint": f"{oauth}/revoke",
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "response_types_supported": ["code"],
        "scopes_supported": list(SCOPES),
        "capabilities": [*CAPABILITIES, *personality.more_capabilities],
    }
    if personality.names_itself:
        document["authorization_response_iss_parameter_supported"] = True
    if personality.pkce_methods is not None:
        document["code_challenge_methods_supported"] = list(personality.pkce_methods)
    return document


def openid_configuration(config: EhrConfig) -> dict[str, Any]:
    """The body of `{issuer}/.well-known/openid-configuration` (OIDC Discovery 3)."""
    return {
        **smart_configuration(config),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "name", "fhirUser", "nonce"],
    }
