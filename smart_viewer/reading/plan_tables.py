"""The lookup tables of one display set, each once; palettes as sRGB."""

from __future__ import annotations

import numpy as np

from smart_viewer.codec.colour import is_srgb, palette_to_srgb
from smart_viewer.dicom.study import LookupTable, Palette

FULL_BITS = 16


class PlanTables:
    """Tables by index, as the plan and the page name them."""

    def __init__(self) -> None:
        self.all: list[LookupTable] = []

    def add(self, table: LookupTable) -> int:
        """The table's index; equal tables share one."""
        if table not in self.all:
            self.all.append(table)
        return self.all.index(table)

    def palette(
        self, palette: Palette | None, icc_profile: bytes
    ) -> tuple[int, int, int] | None:
        """The indices of its three tables; another profile than sRGB's is applied."""
        if palette is None:
            return None
        colours = (palette.red, palette.green, palette.blue)
        if not is_srgb(icc_profile) and _alike(colours):
            colours = _converted(colours, icc_profile)
        red, green, blue = colours
        return self.add(red), self.add(green), self.add(blue)


Colours = tuple[LookupTable, LookupTable, LookupTable]


def _alike(colours: Colours) -> bool:
    """Whether the tables have one range of inputs, as PS3.3 C.7.6.3.1.5 wants."""
    return len({(one.first, len(one.entries)) for one in colours}) == 1


def _converted(colours: Colours, icc_profile: bytes) -> Colours:
    """The same colours in sRGB, entries of 16 bits (PS3.3 C.11.15)."""
    channels = [
        np.frombuffer(one.entries, "<u2").astype(np.float64) / ((1 << one.bits) - 1)
        for one in colours
    ]
    full = np.round(np.stack(channels, axis=-1) * ((1 << FULL_BITS) - 1))
    srgb = palette_to_srgb(np.clip(full, 0, 65535).astype(np.uint16), icc_profile)
    red, green, blue = (
        LookupTable(colours[0].first, FULL_BITS, srgb[:, n].astype("<u2").tobytes())
        for n in range(3)
    )
    return red, green, blue
