"""Sealing. Oracles: RFC 5869 by hand, FIPS 180 example, the layout read by hand."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.errors import SettingsInvalid
from smart_viewer.store.seal import (
    SealBroken,
    associated,
    derive_key,
    digest,
    new_key,
    seal,
    unseal,
)

KEY = bytes(range(32))


@given(plain=st.binary(max_size=500), row=st.binary(max_size=50))
def test_what_was_sealed_opens_for_its_row(plain, row):
    assert unseal(KEY, seal(KEY, plain, row), row) == plain


@given(plain=st.binary(max_size=60), data=st.data())
def test_a_single_changed_bit_anywhere_is_refused(plain, data):
    sealed = bytearray(seal(KEY, plain, b"row"))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << (at % 8)
    with pytest.raises(SealBroken):
        unseal(KEY, bytes(sealed), b"row")


@given(plain=st.binary(max_size=60), data=st.data())
def test_a_cut_value_is_refused(plain, data):
    sealed = seal(KEY, plain, b"row")
    length = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(SealBroken):
        unseal(KEY, sealed[:length], b"row")


@given(row=st.binary(max_size=20), other=st.binary(max_size=20))
def test_a_value_moved_to_another_row_is_refused(row, other):
    sealed = seal(KEY, b"payload", row)
    if row == other:
        return
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, other)


def test_another_key_does_not_open():
    with pytest.raises(SealBroken):
        unseal(new_key(), seal(KEY, b"payload", b"row"), b"row")


def test_a_sealed_value_is_version_nonce_and_aes_gcm_with_tag():
    sealed = seal(KEY, b"payload", b"row")

    version, nonce, body = sealed[:1], sealed[1:13], sealed[13:]

    assert version == b"\x01"
    assert len(body) == len(b"payload") + 16
    assert AESGCM(KEY).decrypt(nonce, body, b"\x01row") == b"payload"


def test_the_same_value_is_sealed_differently_each_time():
    assert len({seal(KEY, b"payload", b"row") for _ in range(50)}) == 50


def test_parts_of_associated_data_cannot_shift():
    assert associated("ab", "c") != associated("a", "bc")


def test_a_derived_key_follows_rfc_5869():
    extracted = hmac.digest(bytes(32), KEY, "sha256")
    expanded = hmac.digest(extracted, b"smart-viewer grant keys\x01", "sha256")

    assert derive_key(KEY, "grant keys") == expanded
    assert derive_key(KEY, "audit trail") != expanded


def test_a_master_key_of_another_length_is_refused_by_its_setting():
    with pytest.raises(SettingsInvalid, match="SMART_VIEWER_KEY"):
        derive_key(b"short", "grant keys")


def test_digest_is_sha256_in_hex():
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest("abc") == expected  # FIPS 180-2, B.1
    assert digest("é") == hashlib.sha256("é".encode()).hexdigest()
