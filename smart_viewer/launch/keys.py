"""Our keys for private_key_jwt, RS384 and ES384 (R7; SMART 2.2 asymmetric)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from smart_viewer.errors import SettingsInvalid
from smart_viewer.launch.lenient import objects_of
from smart_viewer.net.answer import JsonObject
from smart_viewer.settings import EhrProfile, Settings

ASSERTION_LIFE_S = 240  # at most 300
MIN_RSA_BITS = 2048
_EC_CURVE = "P-384"


@dataclass(frozen=True, slots=True)
class ClientKey:
    """One key, with the algorithm that its type stands for; a public one is shown."""

    key: RSAKey | ECKey = field(repr=False)
    algorithm: str
    kid: str

    def public(self) -> JsonObject:
        """The JWK that may be shown."""
        return {
            **self.key.as_dict(private=False),
            "kid": self.kid,
            "alg": self.algorithm,
            "use": "sig",
        }

    def assertion(self, client_id: str, audience: str, now: float) -> str:
        """A client assertion for one token request."""
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "iat": int(now),
            "exp": int(now) + ASSERTION_LIFE_S,
            "jti": secrets.token_urlsafe(24),
        }
        header = {"alg": self.algorithm, "kid": self.kid, "typ": "JWT"}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])


def client_keys(profile: EhrProfile) -> tuple[ClientKey, ...]:
    """The profile's keys, the signing one first: the first private one of the set.

    The others are shown only. SettingsInvalid.
    """
    if profile.client_keys is None:
        return ()
    try:
        document = json.loads(profile.client_keys.get_secret_value())
        listed = document.get("keys", document) if isinstance(document, dict) else None
        keys = tuple(_client_key(entry) for entry in objects_of(listed))
    except (ValueError, JoseError):
        # the cause might quote the key
        raise SettingsInvalid(
            f"{profile.id}: client_keys is no JWK or JWK Set"
        ) from None
    signing = next((key for key in keys if key.key.is_private), None)
    if signing is None:
        raise SettingsInvalid(f"{profile.id}: client_keys holds no private key")
    return (signing, *(key for key in keys if key is not signing))


def public_jwks(settings: Settings) -> JsonObject:
    """What `/.well-known/jwks.json` shows: every EHR's public keys, once each."""
    found = {
        key.kid: key.public()
        for profile in settings.ehrs
        if profile.enabled
        for key in client_keys(profile)
    }
    return {"keys": list(found.values())}


def _client_key(entry: object) -> ClientKey:
    if not isinstance(entry, dict) or entry.get("kty") not in {"RSA", "EC"}:
        raise ValueError("a key is a JSON object of type RSA or EC")
    key = JWKRegistry.import_key(entry)
    kid = str(entry.get("kid") or key.thumbprint())
    if isinstance(key, RSAKey) and key.raw_value.key_size >= MIN_RSA_BITS:
        return ClientKey(key, "RS384", kid)
    if isinstance(key, ECKey) and key.curve_name == _EC_CURVE:
        return ClientKey(key, "ES384", kid)
    raise ValueError("RSA of 2048 bits or more, or EC P-384")
