"""Sealing of what is stored: AES-256-GCM, keys derived per purpose by HKDF.

A sealed value is one version byte, a random 96-bit nonce, and the ciphertext
with its 128-bit tag. The associated data name the purpose and the row, so a value
moved to another row, column or database does not open.
NIST SP 800-38D (GCM), RFC 5869 (HKDF).
"""

from __future__ import annotations

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smart_viewer.errors import SettingsInvalid

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
VERSION = b"\x01"
_HEADER_BYTES = len(VERSION) + NONCE_BYTES

MasterKeys = bytes | tuple[bytes, ...]  # one, or several with the newest first


class SealBroken(Exception):
    """A sealed value was changed or moved, or another key sealed it.

    It ends in this room: a caller sees a missing row, and the log names the table.
    """


def digest(text: str) -> str:
    """SHA-256 of the text, in hex: how secrets and browser ids are stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_key() -> bytes:
    """A fresh data key, 32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def derive_key(master_key: bytes, purpose: str) -> bytes:
    """The 32-byte key of one purpose (RFC 5869, no salt). SettingsInvalid."""
    if len(master_key) != KEY_BYTES:
        raise SettingsInvalid(f"SMART_VIEWER_KEY must be {KEY_BYTES} bytes")
    info = f"smart-viewer {purpose}".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(master_key)


class KeyRing:
    """The keys of one purpose: the first one seals, every one of them opens."""

    __slots__ = ("_keys",)

    def __init__(self, masters: MasterKeys, purpose: str) -> None:
        """SettingsInvalid where a master key has the wrong length."""
        self._keys = derive_keys(masters, purpose)

    def seal(self, plain: bytes, row: bytes) -> bytes:
        """As the function `seal`, with the first key."""
        return seal(self._keys[0], plain, row)

    def unseal(self, sealed: bytes, row: bytes) -> bytes:
        """As the function `unseal`, with whichever key opens it. SealBroken."""
        for key in self._keys[:-1]:
            try:
                return unseal(key, sealed, row)
            except SealBroken:
                continue
        return unseal(self._keys[-1], sealed, row)


def derive_keys(masters: MasterKeys, purpose: str) -> tuple[bytes, ...]:
    """`derive_key` of each master key, in their order."""
    listed = (masters,) if isinstance(masters, bytes) else masters
    return tuple(derive_key(master, purpose) for master in listed)


def associated(*parts: object) -> bytes:
    """Associated data of a row: each part with its length, so that none can shift."""
    texts = [str(part).encode() for part in parts]
    return b"".join(len(text).to_bytes(4, "big") + text for text in texts)


def seal(key: bytes, plain: bytes, row: bytes) -> bytes:
    """`plain` sealed for the row that the associated data `row` name."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, VERSION + row)


def unseal(key: bytes, sealed: bytes, row: bytes) -> bytes:
    """What was sealed for that row. SealBroken when anything about it differs."""
    if sealed[:1] != VERSION or len(sealed) < _HEADER_BYTES + TAG_BYTES:
        raise SealBroken("not a sealed value of a known version")
    nonce, body = sealed[1:_HEADER_BYTES], sealed[_HEADER_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, body, VERSION + row)
    except InvalidTag as cause:
        raise SealBroken("the sealed value does not fit its row or key") from cause
