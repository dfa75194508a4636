"""Deflated Image Frame Compression (PS3.5 A.4.13, RFC 1951)."""

from __future__ import annotations

import zlib

from smart_viewer.codec.native import decode_native, native_bytes
from smart_viewer.codec.stored import Samples, Stored
from smart_viewer.errors import NotInStandard


def decode_deflated(data: bytes, stored: Stored) -> Samples:
    """The cells of one deflated native frame; never inflated beyond its length."""
    expected = native_bytes(stored)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(data, expected + 2)
    except zlib.error as damage:
        raise NotInStandard("The deflated frame is damaged.") from damage
    if len(inflated) < expected and not inflater.eof:
        raise NotInStandard("The deflated frame is cut off.")
    return decode_native(inflated, stored)
