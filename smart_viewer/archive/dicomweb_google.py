"""A Google service account's assertion (RFC 7523), signed RS256.

The only file of this room that knows joserfc.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from smart_viewer.errors import SettingsInvalid

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME_S = 3600


def assertion_form(
    account: str, token_url: str, scope: str, now: float
) -> Mapping[str, str]:
    """The form of a token request. account: the JSON of the service account's key.

    now: seconds since the epoch. SettingsInvalid: the key cannot be used.
    """
    known = json.loads(account)
    claims = {
        "iss": known["client_email"],
        "scope": scope,
        "aud": token_url,
        "iat": int(now),
        "exp": int(now) + LIFETIME_S,
    }
    header = {"alg": "RS256", "typ": "JWT", "kid": known.get("private_key_id", "")}
    try:
        key = RSAKey.import_key(known["private_key"])
        signed = jwt.encode(header, claims, key, algorithms=["RS256"])
    except (JoseError, ValueError, TypeError):
        raise SettingsInvalid(
            "archives.toml: the service account's private key cannot be used"
        ) from None
    return {"grant_type": GRANT_TYPE, "assertion": signed}
