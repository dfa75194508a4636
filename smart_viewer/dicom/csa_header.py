"""Elements of a Siemens CSA header (private, known from public readers of it).

Little endian: "SV10" and four bytes; the number of elements; four bytes. An element:
its name in 64 bytes, ending with a zero; multiplicity, VR and syngo type in four each;
the number of items; four bytes. An item: four numbers, the second its length; then
its bytes, filled up to a multiple of four. The older form without "SV10" is not read.
"""

from __future__ import annotations

from struct import error as StructError
from struct import unpack_from

_MARK = b"SV10"
_NAME_LENGTH, _ELEMENT_LENGTH, _ITEM_LENGTH = 64, 84, 16
_COUNT_AT, _ITEMS_AT = 8, 76
_MOST_ELEMENTS, _MOST_ITEMS = 1024, 4096


def read_csa(data: bytes, wanted: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Texts of the wanted elements, in order; empty where the bytes are no header.

    Bounded by the length of `data`: nothing is followed beyond it.
    """
    if not data.startswith(_MARK):
        return {}
    try:
        return _elements(data, wanted)
    except StructError:  # it ends before its own counts say so
        return {}


def _elements(data: bytes, wanted: frozenset[str]) -> dict[str, tuple[str, ...]]:
    count: int = unpack_from("<I", data, _COUNT_AT)[0]
    if count > _MOST_ELEMENTS:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    at = _COUNT_AT + 8
    for _ in range(count):
        name = _until_zero(data[at : at + _NAME_LENGTH])
        items: int = unpack_from("<I", data, at + _ITEMS_AT)[0]
        texts, at = _items(data, at + _ELEMENT_LENGTH, min(items, _MOST_ITEMS))
        if name in wanted:
            found[name] = tuple(text for text in texts if text)
    return found


def _items(data: bytes, at: int, count: int) -> tuple[list[str], int]:
    """The items' texts, and where the next element begins."""
    texts = []
    for _ in range(count):
        length: int = unpack_from("<I", data, at + 4)[0]
        at += _ITEM_LENGTH
        texts.append(_until_zero(data[at : at + min(length, len(data))]).strip())
        at += -(-length // 4) * 4
    return texts, at


def _until_zero(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("latin-1")
