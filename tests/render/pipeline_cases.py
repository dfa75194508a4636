"""Views of every kind of pixel cell, with padding, tables, masks: hundreds, all unlike.

Drawn from seeds, so that each host and the oracle see the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from frame_cases import COLUMNS, ROWS, turned
from frame_oracle import Case, Lut

KINDS = (
    "8 bits",
    "16 bits",
    "32 bits",
    "float",
    "double",
    "rgb",
    "ybr",
    "palette of 8",
    "palette of 16",
)
FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
ANGLES_DEG = (0, 90, 180, 270, 17.3, -41.0)
ZOOMS = (1.0, 1.37, 2.0, 0.61, 3.3, 7.0)


def pipeline_cases(count: int) -> list[Case]:
    """So many cases, the kinds in turn."""
    return [pipeline_case(number) for number in range(count)]


def pipeline_case(number: int) -> Case:
    """The case of this number, unlike its neighbours."""
    rng = np.random.default_rng(number)
    kind = KINDS[number % len(KINDS)]
    case = _cells(kind, rng)
    if not case.in_colour:
        case = _greyscale(case, rng)
    size = (int(rng.integers(20, 45)), int(rng.integers(15, 40)))
    view = turned(
        float(rng.choice(ANGLES_DEG)),
        float(rng.choice(ZOOMS)),
        (COLUMNS / 2 + 0.13, ROWS / 2 - 0.4),
        size,
    )
    return replace(
        case,
        affine=view,
        size=size,
        invert=bool(rng.integers(2)),
        interpolation=("nearest", "bilinear")[rng.integers(2)],
        covered=_covered(rng) if rng.integers(3) == 0 else None,
        shutter_level=int(rng.integers(256)),
    )


def lut(rng: np.random.Generator, first: int, bits: int, count: int) -> Lut:
    """A table that rises, with a little noise: neither an identity nor monotone."""
    rise = np.linspace(0, 2**bits - 1, count) + rng.normal(0, 2, count)
    entries = np.clip(rise, 0, 2**bits - 1).astype(int)
    return first, bits, tuple(entries.tolist())


def _cells(kind: str, rng: np.random.Generator) -> Case:
    if kind in ("rgb", "ybr"):
        words = rng.integers(0, 256, (ROWS, COLUMNS, 3), dtype=np.uint8)
        return Case(words, ybr=kind == "ybr")
    if kind in ("float", "double"):
        return _float_cells(kind, rng)
    wide = {"8 bits": 8, "16 bits": 16, "32 bits": 32}.get(kind)
    allocated = wide or int(rng.choice([8, 16]))
    words = _smooth_or_random(rng, allocated)
    bits = int(rng.integers(max(1, allocated // 2), allocated + 1))
    high_bit = int(rng.integers(bits - 1, allocated))
    case = Case(words, bits, high_bit, bool(rng.integers(2)))
    if wide is not None:
        return case
    entries = 8 if kind == "palette of 8" else 16
    first = -(2 ** (bits - 1)) if case.signed else int(rng.integers(0, 3))
    count = int(rng.integers(1, 2**bits + 1))
    tables = [lut(rng, first, entries, count) for _ in range(3)]
    return replace(case, palette=(tables[0], tables[1], tables[2]))


def _smooth_or_random(rng: np.random.Generator, allocated: int) -> np.ndarray:
    kind = np.dtype(f"uint{allocated}")
    if rng.integers(2):
        return rng.integers(0, 2**allocated, (ROWS, COLUMNS), dtype=kind)
    y, x = np.mgrid[:ROWS, :COLUMNS]
    wave = (np.sin(x / 5) + np.cos(y / 3) + 2) / 4
    return (wave * (2**allocated - 1)).astype(kind)


def _float_cells(kind: str, rng: np.random.Generator) -> Case:
    scale = float(rng.choice([1e-6, 1.0, 1e9]))
    offset = 1e4 if kind == "double" else 0.5  # doubles hold small steps far from 0
    words = scale * (rng.normal(0, 1, (ROWS, COLUMNS)) + offset)
    broken = rng.random((ROWS, COLUMNS))
    words[broken < 0.02] = np.nan
    words[(broken > 0.02) & (broken < 0.03)] = np.inf
    words = words.astype(np.float32 if kind == "float" else np.float64)
    return Case(words, slope=1.0, center=scale * offset, width=scale * 4)


def _greyscale(case: Case, rng: np.random.Generator) -> Case:
    """A rescale or a Modality LUT, padding, and a window or a VOI LUT over them."""
    if case.is_float:
        case = replace(case, function=str(rng.choice(FUNCTIONS[1:])))
        return _float_padding(case) if rng.integers(2) else case
    low = -(2 ** (case.bits_stored - 1)) if case.signed else 0
    reach = 2**case.bits_stored
    slope = float(rng.choice([1.0, 0.5, 2.37, 0.0012, -1.0]))
    intercept = float(rng.choice([0.0, -1024.0, 13.75]))
    first, last = low * slope + intercept, (low + reach) * slope + intercept
    case = replace(case, slope=slope, intercept=intercept)
    if rng.integers(3) == 0:
        table = lut(rng, _in_words(low), 12, int(rng.integers(1, 5000)))
        case, first, last = replace(case, modality_lut=table), 0.0, 4095.0
    if rng.integers(2):
        start = low + int(rng.integers(reach))
        case = replace(case, padding=(start, start + int(rng.integers(reach // 4 + 1))))
    if rng.integers(4) == 0:
        bits = int(rng.choice([8, 10, 14, 16]))
        voi = lut(rng, _in_words(min(first, last)), bits, int(rng.integers(1, 5000)))
        return replace(case, voi_lut=voi)
    share = float(rng.choice([0.9, 0.3, 0.05]))
    width = max(1.0, abs(last - first) * share)
    center = first + (last - first) * float(rng.choice([0.45, 0.6]))
    function = str(rng.choice(FUNCTIONS))
    return replace(case, center=center, width=width, function=function)


def _in_words(value: float) -> int:
    """A descriptor holds 16 bits."""
    return int(min(max(value, -32768), 60000))


def _float_padding(case: Case) -> Case:
    value = float(case.words[3, 4])
    return replace(case, padding=(value, value)) if np.isfinite(value) else case


def _covered(rng: np.random.Generator) -> np.ndarray:
    return rng.choice([0, 0, 0, 1, 2], (ROWS, COLUMNS)).astype(np.uint8)
