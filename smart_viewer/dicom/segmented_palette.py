"""Segmented palette tables expanded (PS3.3 C.7.9.2).

A linear segment's values lie on the line from the last value before it to its own
end; the Standard leaves their rounding open: the nearest whole number here, halves
towards the larger.
"""

from __future__ import annotations

from collections.abc import Sequence

_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2


class BadSegments(ValueError):
    """The segments do not make a table."""


def expand_segments(units: Sequence[int], count: int, unit_bytes: int) -> list[int]:
    """The `count` entries that the segments stand for.

    units: the segmented data as numbers of `unit_bytes` (1 or 2) bytes.
    BadSegments: an unknown or empty segment, one that ends too early, or another
    number of entries. No more than `count` entries are ever made.
    """
    expansion = _Expansion(units, count, unit_bytes)
    at = 0
    while at < len(units) and len(expansion.table) < count:
        at = expansion.take(at)
    padding = len(units) - at  # at most the one byte that makes the length even
    if len(expansion.table) != count or padding * unit_bytes > 1:
        raise BadSegments
    return expansion.table


class _Expansion:
    """A table that grows segment by segment."""

    def __init__(self, units: Sequence[int], count: int, unit_bytes: int) -> None:
        self.table: list[int] = []
        self._units = units
        self._count = count
        self._unit_bytes = unit_bytes

    def take(self, at: int) -> int:
        """Append the entries of the segment at this index; where the next starts."""
        if self._unit(at) == _INDIRECT:
            return self._take_indirect(at)
        return self._take_direct(at)

    def _take_direct(self, at: int) -> int:
        opcode, length = self._unit(at), self._unit(at + 1)
        if not 0 < length <= self._count - len(self.table):
            raise BadSegments
        if opcode == _DISCRETE:
            self._unit(at + 1 + length)
            self.table.extend(self._units[at + 2 : at + 2 + length])
            return at + 2 + length
        if opcode != _LINEAR or not self.table:  # a line needs a point to start from
            raise BadSegments
        self.table.extend(_line(self.table[-1], self._unit(at + 2), length))
        return at + 3

    def _take_indirect(self, at: int) -> int:
        """Direct segments that stand before this one, once more.

        Their place is an offset in bytes from the start of the data, in 32 bits.
        """
        parts = 4 // self._unit_bytes
        offset = sum(
            self._unit(at + 2 + part) << (8 * self._unit_bytes * part)
            for part in range(parts)
        )
        source, odd = divmod(offset, self._unit_bytes)
        for _ in range(self._unit(at + 1)):
            if odd or source >= at:
                raise BadSegments
            source = self._take_direct(source)
        return at + 2 + parts

    def _unit(self, at: int) -> int:
        if at >= len(self._units):
            raise BadSegments
        return self._units[at]


def _line(before: int, last: int, length: int) -> list[int]:
    """`length` values after `before`, equally far apart, the last of them `last`."""
    rise = last - before
    return [
        before + (2 * rise * step + length) // (2 * length)
        for step in range(1, length + 1)
    ]
