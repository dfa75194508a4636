"""How a measure is printed: median, spread, number of runs, and the target."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Taken:
    """One run: wall and CPU seconds of this process."""

    wall_s: float
    cpu_s: float


def timed(act: Callable[[], object]) -> Taken:
    """Run it once."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return Taken(time.perf_counter() - wall, time.process_time() - cpu)


def say(what: str, values: list[float], unit: str, target: str) -> None:
    """One line: what, median [min, max] of n runs, target, and the machine's load."""
    load = os.getloadavg()[0]
    spread = f"[{min(values):.4g}, {max(values):.4g}]"
    print(
        f"  {what}: {median(values):.4g} {unit} {spread}, n={len(values)}, "
        f"target {target}, load {load:.1f}",
        flush=True,
    )


def say_ratio(what: str, ours: list[float], other: list[float]) -> None:
    """The ratio other / ours, pair by pair: how many times faster ours is."""
    ratios = [b / a for a, b in zip(ours, other, strict=True)]
    say(what, ratios, "times", "none; interleaved pairs")
