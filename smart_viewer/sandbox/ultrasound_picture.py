"""Pictures of the ultrasound: a clip of frames, and a still with a Doppler strip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_viewer.sandbox.shapes import Floats, as_floats
from smart_viewer.sandbox.ultrasound_anatomy import (
    BEATS_PER_MINUTE,
    FRAME_MS,
    FRAMES,
    REFLECTORS_MM,
    SEED,
    Body,
    aorta_z_mm,
    make_body,
    push_mm,
    strengths,
)
from smart_viewer.sandbox.ultrasound_probe import Bytes, Probe, Screen, moved

ROWS, COLUMNS = 480, 640
CLIP = Screen(Probe(46.0, 0.54, 142.0, 512, 160), ROWS, COLUMNS, 22, 308, 0.32)
STILL = Screen(Probe(46.0, 0.54, 128.0, 448, 144), ROWS, COLUMNS, 12, 320, 0.45)


@dataclass(frozen=True, slots=True)
class Strip:
    """The Doppler strip: time to the right, velocity up.

    rows, columns: its pixels. baseline: row of velocity 0.
    """

    rows: slice
    columns: slice
    baseline: int
    s_per_pixel: float
    cm_s_per_pixel: float

    def velocity_of(self, row: int) -> float:
        """cm/s at that row of the picture."""
        return (self.baseline - row) * self.cm_s_per_pixel


STRIP = Strip(slice(308, 472), slice(40, 600), 436, 0.0075, 0.9)
_NEW_EACH_TIME = 0.022
PEAK_CM_S = 95.0
"""Greatest velocity in the aorta."""


def clip() -> Bytes:
    """All frames (frames, rows, columns)."""
    body = make_body(CLIP.probe)
    field = CLIP.probe.scatterers(np.random.default_rng([SEED, 1]))
    frames = np.zeros((FRAMES, ROWS, COLUMNS), np.uint8)
    for number, frame in enumerate(frames):
        time_ms = number * FRAME_MS
        push = push_mm(CLIP.probe, time_ms) / CLIP.probe.sample_mm
        rng = np.random.default_rng([SEED, 3, number])
        _show(frame, CLIP, body, moved(field, push), time_ms, rng)
    return frames


def still() -> Bytes:
    """The fan above, the strip below (rows, columns)."""
    picture = np.zeros((ROWS, COLUMNS), np.uint8)
    rng = np.random.default_rng([SEED, 2])
    field = STILL.probe.scatterers(rng)
    _show(picture, STILL, make_body(STILL.probe), field, 0.0, rng)
    _add_cursor(picture)
    picture[STRIP.rows, STRIP.columns] = np.rint(255 * _spectrum(rng)).astype(np.uint8)
    return picture


def _show(
    picture: Bytes,
    screen: Screen,
    body: Body,
    field: NDArray[np.complex64],
    time_ms: float,
    rng: np.random.Generator,
) -> None:
    """The fan and its ruler. rng: of what is new each time (blood, electronics)."""
    echo = strengths(body, screen.probe, time_ms) * field + body.bright
    new = np.float32(_NEW_EACH_TIME) * screen.probe.scatterers(rng)
    screen.show(screen.probe.echo(echo + new), picture)
    _add_ruler(picture, screen)


def envelope_cm_s(time_s: Floats) -> Floats:
    """The greatest velocity at each time: a steep systole, a little backward flow."""
    phase = np.mod(time_s * BEATS_PER_MINUTE / 60 - 0.1, 1)
    systole = PEAK_CM_S * np.exp(-(((phase - 0.17) / 0.09) ** 2))
    late = 24 * np.exp(-(((phase - 0.55) / 0.2) ** 2))
    back = 16 * np.exp(-(((phase - 0.35) / 0.04) ** 2))
    return as_floats(systole + late - back)


def _spectrum(rng: np.random.Generator) -> Floats:
    """Brightness of the strip: flow between half and all of the envelope."""
    rows = np.arange(STRIP.rows.start, STRIP.rows.stop)
    columns = np.arange(STRIP.columns.stop - STRIP.columns.start)
    velocity = as_floats((STRIP.baseline - rows) * STRIP.cm_s_per_pixel)[:, None]
    top = envelope_cm_s(as_floats(columns * STRIP.s_per_pixel))[None, :]
    share = velocity / np.where(np.abs(top) < 3, 3, top)
    inside = np.clip((1.02 - share) / 0.04, 0, 1) * np.clip((share + 0.02) / 0.1, 0, 1)
    body = inside * (0.25 + 0.75 * np.clip((share - 0.35) / 0.5, 0, 1))
    grain = rng.standard_normal((2, rows.size, columns.size), dtype=np.float32)
    grain += np.roll(grain, 1, 1) + np.roll(grain, 1, 2)
    speckle = np.hypot(*grain) / 3.2
    noise = 0.05 * speckle
    light = np.clip(0.62 * body * speckle + noise * (np.abs(velocity) > 4), 0, 1)
    light[STRIP.baseline - STRIP.rows.start] = 0.55
    return as_floats(light)


def _add_ruler(picture: Bytes, screen: Screen) -> None:
    """A tick every centimetre of depth, a longer one every five."""
    for cm in range(int(screen.probe.depth_mm // 10) + 1):
        row, column = screen.pixel_of(0, 10.0 * cm)[0], COLUMNS - 20
        picture[row, column : column + (12 if cm % 5 == 0 else 6)] = 190


def _add_cursor(picture: Bytes) -> None:
    """The Doppler beam, dotted, and the gate across the aorta."""
    reach = float(aorta_z_mm(0.0))
    for z in np.arange(0.0, reach - 6, 2.4):
        picture[STILL.pixel_of(0.0, float(z))] = 200
    for z in (reach - 3, reach + 3):
        row, column = STILL.pixel_of(0.0, z)
        picture[row, column - 5 : column + 6] = 230


def reflector_pixels(screen: Screen) -> tuple[tuple[int, int], ...]:
    """(row, column) of the two bright points."""
    return tuple(screen.pixel_of(x, z) for x, z in REFLECTORS_MM)
