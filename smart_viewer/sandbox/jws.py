"""Compact JWS on `cryptography` alone: RS256 out, RS384 and ES384 in (RFC 7515, 7518).

The viewer uses another library for this, so that neither proves itself.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

RSA_BITS = 2048
P384_BYTES = 48


class BadToken(Exception):
    """Not a JWS that this key and these algorithms accept."""


class SigningKey:
    """An RSA key made at start, with which id_tokens are signed RS256."""

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)

    @property
    def jwk(self) -> dict[str, str]:
        """The public half (RFC 7517)."""
        numbers = self._key.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": encode(_to_bytes(numbers.n)),
            "e": encode(_to_bytes(numbers.e)),
        }

    @property
    def public_pem(self) -> bytes:
        """The public half as everybody can write it down."""
        return self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A compact JWS of the claims."""
        signed = _signing_input({"alg": "RS256", "typ": "JWT", "kid": self.kid}, claims)
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{encode(signature)}"


def unsigned(claims: Mapping[str, Any]) -> str:
    """A JWT with `alg` none, which no client may accept."""
    return _signing_input({"alg": "none", "typ": "JWT"}, claims) + "."


def signed_with_public_key(claims: Mapping[str, Any], key: SigningKey) -> str:
    """A JWT signed HS256 with the public key as the secret: the confusion attack."""
    header = {"alg": "HS256", "typ": "JWT", "kid": key.kid}
    signed = _signing_input(header, claims)
    digest = hmac.digest(key.public_pem, signed.encode(), "sha256")
    return f"{signed}.{encode(digest)}"


def verify(token: str, jwks: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of a client assertion signed RS384 or ES384 by a key of `jwks`.

    BadToken says why not.
    """
    header, claims, signature = _parts(token)
    if header.get("typ") != "JWT":
        raise BadToken("typ must be JWT")
    key = _key_of(jwks, header.get("kid"))
    signed = token.rsplit(".", 1)[0].encode()
    _check(header.get("alg"), key, signed, signature)
    return claims


def unverified(token: str) -> dict[str, Any]:
    """The claims of a JWS that nobody has checked. BadToken."""
    return _parts(token)[1]


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    try:
        header_part, claims_part, signature_part = token.split(".")
        header = json.loads(decode(header_part))
        claims = json.loads(decode(claims_part))
        signature = decode(signature_part)
    except ValueError as cause:
        raise BadToken("not a compact JWS") from cause
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise BadToken("header and claims must be objects")
    return header, claims, signature


def _key_of(jwks: Mapping[str, Any], kid: object) -> Mapping[str, Any]:
    for key in jwks.get("keys", ()):
        if isinstance(kid, str) and key.get("kid") == kid:
            return dict(key)
    raise BadToken("no registered key has this kid")


def _check(
    alg: object, jwk: Mapping[str, Any], signed: bytes, signature: bytes
) -> None:
    try:
        match alg, jwk.get("kty"):
            case "RS384", "RSA":
                _rsa(jwk).verify(signature, signed, padding.PKCS1v15(), hashes.SHA384())
            case "ES384", "EC":
                _p384(jwk).verify(_der(signature), signed, ec.ECDSA(hashes.SHA384()))
            case _:
                raise BadToken("alg must be RS384 or ES384 and fit the key")
    except InvalidSignature as cause:
        raise BadToken("the signature does not verify") from cause


def _rsa(jwk: Mapping[str, Any]) -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(_number(jwk["e"]), _number(jwk["n"])).public_key()


def _p384(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    if jwk.get("crv") != "P-384":
        raise BadToken("ES384 needs a P-384 key")
    x, y = _number(jwk["x"]), _number(jwk["y"])
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP384R1()).public_key()


def _der(signature: bytes) -> bytes:
    """The DER form of the raw r || s of RFC 7518 3.4."""
    if len(signature) != 2 * P384_BYTES:
        raise BadToken("an ES384 signature has 96 bytes")
    r, s = signature[:P384_BYTES], signature[P384_BYTES:]
    return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))


def _signing_input(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    parts = (json.dumps(part, separators=(",", ":")) for part in (header, claims))
    return ".".join(encode(part.encode()) for part in parts)


def encode(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of unpadded base64url; ValueError for anything else."""
    return base64.b64decode(
        text + "=" * (-len(text) % 4), altchars=b"-_", validate=True
    )


def _number(text: str) -> int:
    return int.from_bytes(decode(text), "big")


def _to_bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
