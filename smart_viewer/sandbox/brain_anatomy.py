"""A head as a 3 T scanner sees it, without noise: a truth known by construction.

The head's own space has its origin half way between the commissures; `brain_series`
says where that lies for the scanner. Lesions come last, over everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from smart_viewer.sandbox.brain_cortex import Cortex, cerebrum_distance, make_cortex
from smart_viewer.sandbox.brain_deep import (
    Hindbrain,
    make_hindbrain,
    paint_middle,
    paint_nuclei,
)
from smart_viewer.sandbox.brain_head import Shell, make_shell, paint_vessels
from smart_viewer.sandbox.mr_canvas import Canvas, Cut, Waves, make_waves
from smart_viewer.sandbox.mr_shapes import Point, solid
from smart_viewer.sandbox.mr_signal import Pulses
from smart_viewer.sandbox.shapes import Floats, as_floats

SEED = 20240311


@dataclass(frozen=True, slots=True)
class Lesion:
    """center: in the head's space. radii: in mm; core_mm: a ball of nothing else."""

    name: str
    tissue: str
    center: Point
    radii: Point
    core_mm: float = 0.0


INFARCT = Lesion(
    "acute infarct, left insula and corona radiata",
    "infarct",
    (36.0, 6.0, 24.0),
    (13.0, 17.0, 12.0),
    7.0,
)
_SPOT = ("white matter lesion", "enhancing lesion")
SPOTS = tuple(
    Lesion(f"white matter spot {n}", _SPOT[n == 5], center, (r, 1.3 * r, r))
    for n, (center, r) in enumerate(
        (
            ((-22, -34, 22), 3.2),
            ((24, -36, 24), 2.4),
            ((-28, 18, 28), 3.6),
            ((-26, 34, 26), 2.6),
            ((25, 36, 30), 3.0),
            ((-30, -8, 36), 2.6),
            ((22, -14, 38), 2.2),
            ((-24, 4, 44), 2.8),
        ),
        start=1,
    )
)
BLEEDS = tuple(
    Lesion(f"microbleed {n}", "microbleed", center, (1.8, 1.8, 1.8))
    for n, center in enumerate(((12.0, 10.0, 6.0), (-44.0, 40.0, 18.0)), start=1)
)


@dataclass(frozen=True)
class Head:
    """Cortex, hindbrain and shell, drawn from one seed."""

    cortex: Cortex
    hindbrain: Hindbrain
    shell: Shell
    frayed: Waves

    def signals(self, cut: Cut, pulses: tuple[Pulses, ...]) -> Floats:
        """Signals (sequences, rows, columns) of a thin cut, water at rest being 1."""
        canvas = Canvas(cut, pulses)
        self.shell.paint(canvas)
        self._paint_cerebrum(canvas)
        self.hindbrain.paint(canvas)
        paint_vessels(canvas)
        for lesion in (INFARCT, *SPOTS, *BLEEDS):
            self._paint_lesion(canvas, lesion)
        return canvas.signals

    def _paint_cerebrum(self, canvas: Canvas) -> None:
        box = canvas.cut.around((0, 3, 17), 92)
        if box is None:
            return
        x, y, z = canvas.cut.at(box)
        folds = self.cortex.folds(x, y, z)
        if float(folds.hull.min()) > 1:
            return
        canvas.lay("grey matter", folds.grey, box)
        canvas.lay("white matter", folds.white, box)
        paint_nuclei(canvas)
        paint_middle(canvas)

    def _paint_lesion(self, canvas: Canvas, lesion: Lesion) -> None:
        box = canvas.cut.around(lesion.center, 1.4 * max(lesion.radii) + 2)
        if box is None:
            return
        x, y, z = canvas.cut.at(box)
        ragged = 0.12 * min(lesion.radii) * self.frayed.at(x, y, z)
        distance = solid(x, y, z, lesion.center, lesion.radii) + ragged
        within = np.maximum(distance, cerebrum_distance(x, y, z) + 1.5)
        canvas.lay(lesion.tissue, as_floats(within), box, 1.8)


@lru_cache(maxsize=1)
def make_head(seed: int = SEED) -> Head:
    """The head of the sample study."""
    rng = [np.random.default_rng([seed, part]) for part in range(4)]
    return Head(
        make_cortex(rng[0]),
        make_hindbrain(rng[1]),
        make_shell(rng[2]),
        make_waves(rng[3], 12.0, 10, 0.4),
    )
