"""Bits of a byte string, lowest first, as JPEG XL packs its headers."""

from __future__ import annotations

from smart_viewer.errors import NotInStandard


class BitReader:
    """Reads forward; NotInStandard behind the end."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")
        self._left = len(data) * 8

    def bits(self, count: int) -> int:
        """The next `count` bits, the first of them the lowest."""
        if count > self._left:
            raise NotInStandard("The code stream's header is cut off.")
        found = self._value & ((1 << count) - 1)
        self._value >>= count
        self._left -= count
        return found

    def flag(self) -> bool:
        """The next bit."""
        return self.bits(1) == 1

    def choice(self, *options: tuple[int, int]) -> int:
        """A U32 of ISO 18181-1 9.2.1: two bits choose (base, number of more bits)."""
        base, more = options[self.bits(2)]
        return base + self.bits(more)
