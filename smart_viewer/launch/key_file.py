"""The file of our private keys: a JWK Set that only its owner may read (R7).

The first private key signs. Behind it stand keys that are shown and do not sign: one
that is announced and will sign after the next rotation, and the public half of the one
that signed before, so that what it signed last is still verified.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from smart_viewer.errors import SettingsInvalid
from smart_viewer.launch.lenient import objects_of
from smart_viewer.net.answer import JsonObject

Algorithm = Literal["ES384", "RS384"]
RSA_BITS = 3072
OLD_KEYS_SHOWN = 1
OWNER_ONLY = 0o600
_PUBLIC = ("kty", "crv", "x", "y", "n", "e", "kid", "alg", "use")


def new_key_file(path: Path, algorithm: Algorithm) -> JsonObject:
    """Make the file with one key; the public set. SettingsInvalid where it is there."""
    made = [_made(algorithm)]
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError as cause:
        raise SettingsInvalid(
            f"{path} is there already; `smart-viewer keys rotate` adds a key to it"
        ) from cause
    _write(handle, made)
    return shown(made)


def rotate_key_file(
    path: Path, algorithm: Algorithm | None = None, announce: bool = False
) -> JsonObject:
    """Let the announced key sign, or a new one; the public set. SettingsInvalid.

    algorithm: of a new key; None takes that of the key that signs now.
    announce: only show a new key, so that EHRs know it before it signs.
    """
    keys = read_key_file(path)
    private = [key for key in keys if "d" in key]
    old = [_public(key) for key in keys if "d" not in key]
    signing, *announced = private
    fresh = algorithm or _algorithm(signing)
    if announce:
        if announced:
            raise SettingsInvalid(f"{path}: a key is announced already")
        kept = [signing, _made(fresh), *old]
    else:
        following = announced or [_made(fresh)]
        kept = [*following, *[_public(signing), *old][:OLD_KEYS_SHOWN]]
    _replace(path, kept)
    return shown(kept)


def read_key_file(path: Path) -> list[JsonObject]:
    """The keys of the file. SettingsInvalid, without a word of their contents."""
    try:
        document = json.loads(path.read_text("utf-8"))
        keys = [dict(key) for key in objects_of(document.get("keys", document))]
        for key in keys:
            JWKRegistry.import_key(key)  # type: ignore[arg-type]  # what is no key raises
    except (OSError, ValueError, AttributeError, JoseError):
        raise SettingsInvalid(f"{path}: no readable JWK Set") from None
    if not any("d" in key for key in keys):
        raise SettingsInvalid(f"{path}: no private key in it")
    return keys


def shown(keys: Sequence[JsonObject]) -> JsonObject:
    """The JWK Set that may be shown."""
    return {"keys": [_public(key) for key in keys]}


def _algorithm(key: JsonObject) -> Algorithm:
    return "RS384" if key.get("kty") == "RSA" else "ES384"


def _made(algorithm: Algorithm) -> JsonObject:
    key = (
        RSAKey.generate_key(RSA_BITS)
        if algorithm == "RS384"
        else ECKey.generate_key("P-384")
    )
    kid = f"{time.strftime('%Y-%m-%d', time.gmtime())}-{secrets.token_hex(4)}"
    members = {"kid": kid, "alg": algorithm, "use": "sig"}
    return {**key.as_dict(private=True), **members}


def _public(key: JsonObject) -> JsonObject:
    return {name: key[name] for name in _PUBLIC if name in key}


def _replace(path: Path, keys: Sequence[JsonObject]) -> None:
    """All of it or none: a crash leaves the file of before."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        _write(handle, keys)  # mkstemp makes it readable by its owner alone
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _write(handle: int, keys: Sequence[JsonObject]) -> None:
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"keys": list(keys)}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
