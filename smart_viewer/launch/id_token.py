"""The id_token is what it claims to be (R8; OIDC Core 3.1.3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from smart_viewer.errors import LaunchRefused
from smart_viewer.launch.lenient import objects_of, text_of, texts_of
from smart_viewer.net.answer import JsonObject
from smart_viewer.net.outbound import Outbound

ALGORITHMS = ("RS256", "RS384", "ES256", "ES384")  # never none, never HS*
LEEWAY_S = 60
CODE_LIFE_S = 60  # between authorization and exchange; some EHRs take iat from there
JWKS_MAX_AGE_S = 3600.0
ID_TOKEN_MAX = 64 * 1024
_KEY_MEMBERS = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y")}  # RFC 7518 6
_Key = RSAKey | ECKey
_COMPARE = "Compare the clocks of this server and the EHR (NTP)."


@dataclass(frozen=True, slots=True)
class ExpectedToken:
    """What a launch expects of its id_token."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)


def verify_id_token(
    token: str, jwks_uri: str, expected: ExpectedToken, outbound: Outbound, now: float
) -> Mapping[str, object]:
    """The claims, once signature and every claim of R8 hold. LaunchRefused.

    now: seconds since the epoch. UpstreamUnavailable where no keys came.
    """
    kid = _read_header(token)
    claims = _verified_by_known_keys(token, kid, jwks_uri, outbound)
    _check_audience(claims, expected)
    _check_times(claims, now)
    if claims.get("nonce") != expected.nonce:
        raise _refused("its nonce is not the one of this launch", "id_token_nonce")
    if text_of(claims.get("sub")) is None:
        raise _refused("it names no subject", "id_token_subject")
    return claims


def _read_header(token: str) -> str | None:
    """The key id, None where there is none; the algorithm must be a listed one."""
    if len(token) > ID_TOKEN_MAX:
        raise _refused("it is too long", "id_token_malformed")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError):
        raise _refused("it is no signed token", "id_token_malformed") from None
    if header.get("alg") not in ALGORITHMS:
        raise _refused("its algorithm is not accepted", "id_token_algorithm")
    return text_of(header.get("kid"))


def _verified_by_known_keys(
    token: str, kid: str | None, jwks_uri: str, outbound: Outbound
) -> JsonObject:
    """Claims under one of the issuer's keys; a new key is asked for once."""
    for again in (False, True):
        document = outbound.remembered_json(
            jwks_uri, max_age_s=JWKS_MAX_AGE_S, again=again
        )
        for key in signing_keys(document, kid):
            try:
                return jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims
            except (JoseError, ValueError):
                continue
    raise _refused("no key of the EHR verifies its signature", "id_token_signature")


def signing_keys(document: Mapping[str, object], kid: str | None) -> list[_Key]:
    """The signing keys of a JWK Set that may fit; odd entries hide no others."""
    found: list[_Key] = []
    for entry in objects_of(document.get("keys")):
        other = kid is not None and entry.get("kid") not in {None, kid}
        members = _KEY_MEMBERS.get(str(entry.get("kty")))
        if other or members is None or entry.get("use") == "enc":
            continue
        try:  # of the rest (x5c, key_ops) nothing is relied on
            key = JWKRegistry.import_key({name: str(entry[name]) for name in members})
        except (JoseError, ValueError, KeyError):
            continue
        if isinstance(key, RSAKey | ECKey):
            found.append(key)
    return found


def _check_audience(claims: Mapping[str, object], expected: ExpectedToken) -> None:
    if claims.get("iss") != expected.issuer:
        raise _refused(
            "its issuer is another one",
            "id_token_issuer",
            f"Expected is {expected.issuer}; set oidc_issuer if the EHR is right.",
        )
    audience = claims.get("aud")
    listed = (audience,) if isinstance(audience, str) else texts_of(audience) or ()
    if expected.client_id not in listed:
        raise _refused("it is meant for another client", "id_token_audience")
    party = claims.get("azp")
    if party not in {None, expected.client_id} or (party is None and len(listed) > 1):
        raise _refused("another party is authorized", "id_token_audience")


def _check_times(claims: Mapping[str, object], now: float) -> None:
    """exp and iat, and nbf where present, with the leeway; the skew is measured.

    An id_token is made when its code is exchanged, or at the earliest when the code
    was, so that its iat tells the EHR's clock.
    """
    issued_at, expires = _time(claims, "iat"), _time(claims, "exp")
    if issued_at is None or expires is None:
        raise _refused("it lacks iat or exp", "id_token_times")
    if now > expires + LEEWAY_S:
        raise _refused(
            "it has expired",
            "id_token_expired",
            f"It expired {now - expires:.0f} s ago by this server's clock. {_COMPARE}",
        )
    ahead_s = max(issued_at, _time(claims, "nbf") or issued_at) - now
    if ahead_s > LEEWAY_S:
        raise _refused(
            "the clocks of the EHR and this server differ",
            "id_token_clock_skew",
            f"The EHR's clock is {ahead_s:.0f} s ahead. {_COMPARE}",
        )
    if -ahead_s > LEEWAY_S + CODE_LIFE_S:
        raise _refused(
            "the clocks of the EHR and this server differ",
            "id_token_clock_skew",
            f"The EHR's clock is {-ahead_s:.0f} s behind. {_COMPARE}",
        )


def _time(claims: Mapping[str, object], name: str) -> float | None:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _refused(why: str, reason: str, integrator: str = "") -> LaunchRefused:
    return LaunchRefused(f"The EHR's id_token is refused: {why}.", reason, integrator)
