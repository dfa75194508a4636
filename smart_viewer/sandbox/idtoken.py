"""The id_token of a grant, right or wrong on purpose (OIDC Core 2; SMART, Identity)."""

from __future__ import annotations

import secrets
from typing import Any

from smart_viewer.sandbox.jws import (
    SigningKey,
    decode,
    encode,
    signed_with_public_key,
    unsigned,
)
from smart_viewer.sandbox.registration import EhrConfig
from smart_viewer.sandbox.vault import Grant

LIFETIME_S = 600
LONG_AGO_S = 7200


def id_token(config: EhrConfig, key: SigningKey, grant: Grant) -> str | None:
    """A signed id_token; None where the fault switch takes it away."""
    fault = config.faults.id_token
    if fault == "absent":
        return None
    claims = _tampered(_claims(config, grant), fault)
    if fault == "unsigned":
        return unsigned(claims)
    if fault == "hmac":
        return signed_with_public_key(claims, key)
    token = key.sign(claims)
    return _broken(token) if fault == "bad_signature" else token


def subject(config: EhrConfig) -> str:
    """The `sub` of the signed-in clinician, the same at every sign-in."""
    return f"sandbox-{config.people.signed_in.id}"


def fhir_user(config: EhrConfig) -> str:
    """The absolute URL of the signed-in clinician's resource."""
    return f"{config.fhir_base}/Practitioner/{config.people.signed_in.id}"


def _claims(config: EhrConfig, grant: Grant) -> dict[str, Any]:
    now = int(config.clock()) + config.faults.clock_skew_s
    claims: dict[str, Any] = {
        "iss": config.id_token_issuer,
        "sub": subject(config),
        "aud": grant.request.client_id,
        "iat": now,
        "exp": now + LIFETIME_S,
    }
    if grant.request.nonce is not None:
        claims["nonce"] = grant.request.nonce
    in_token = not config.personality.user_member
    if in_token and "fhirUser" in grant.request.scopes.plain:
        claims["fhirUser"] = fhir_user(config)
    if "profile" in grant.request.scopes.plain:
        claims["name"] = config.people.signed_in.display
    return claims


def _tampered(claims: dict[str, Any], fault: str | None) -> dict[str, Any]:
    match fault:
        case "wrong_nonce":
            return {**claims, "nonce": secrets.token_urlsafe(16)}
        case "wrong_audience":
            return {**claims, "aud": "another-app"}
        case "wrong_issuer":
            return {**claims, "iss": "https://another.example"}
        case "expired":
            times = {name: claims[name] - LONG_AGO_S for name in ("iat", "exp")}
            return {**claims, **times}
        case _:
            return claims


def _broken(token: str) -> str:
    signed, signature = token.rsplit(".", 1)
    raw = bytearray(decode(signature))
    raw[len(raw) // 2] ^= 1
    return f"{signed}.{encode(bytes(raw))}"
