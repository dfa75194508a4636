"""A long section of the upper abdomen: liver, vessels, and an aorta that beats.

x runs to the feet and z away from the skin, in mm. Strengths are amplitudes of the
echo, where that of liver is 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_viewer.sandbox.shapes import Floats, as_floats, ellipsoid
from smart_viewer.sandbox.ultrasound_probe import Probe

SEED = 19750612
FRAME_MS = 40.0
FRAMES = 60
BEATS_PER_MINUTE = 75.0
"""Twenty frames a beat: the clip holds three beats and repeats without a seam."""
AORTA_RADIUS_MM, PULSE_MM = 8.0, 1.3
"""The aorta's inner radius at rest, and how much wider it gets."""
REFLECTORS_MM = ((-30.0, 30.0), (10.0, 60.0))
"""x and z of two bright points, 50 mm apart, which stay where they are."""
_REFLECTOR, _WALL, _BONE = 46.0, 7.0, 16.0


@dataclass(frozen=True, slots=True)
class Tube:
    """A vessel in the section: a run (x, z, radius) of points, and its wall's echo."""

    run: tuple[tuple[float, float, float], ...]
    wall: float


_VESSELS = (
    Tube(((-60, 40, 4.0), (-30, 52, 4.5), (-5, 68, 5.0)), 0.6),
    Tube(((-48, 72, 2.6), (-20, 60, 3.0), (6, 44, 2.4), (22, 36, 1.6)), 3.2),
    Tube(((-10, 32, 1.8), (10, 30, 1.5), (30, 24, 1.0)), 3.0),
    Tube(((-66, 58, 2.0), (-50, 54, 2.4), (-36, 51, 2.6)), 0.5),
)


def pulse(time_ms: float) -> float:
    """How far the aorta is widened, 0 to 1: a quick rise, a notch, a slow fall."""
    phase = (time_ms * BEATS_PER_MINUTE / 60000.0) % 1.0
    rise = np.exp(-(((phase - 0.2) / 0.09) ** 2))
    fall = np.exp(-np.clip(phase - 0.2, 0, None) / 0.22) * (phase >= 0.2)
    notch = 0.12 * np.exp(-(((phase - 0.42) / 0.05) ** 2))
    return float(np.clip(max(rise, fall) - notch, 0, 1))


def aorta_radius_mm(time_ms: float) -> float:
    """The aorta's inner radius."""
    return AORTA_RADIUS_MM + PULSE_MM * pulse(time_ms)


def aorta_z_mm(x: Floats | float) -> Floats:
    """Depth of the aorta's middle."""
    return as_floats(96.0 + 0.05 * np.asarray(x) + 2.5 * np.sin(np.asarray(x) / 34))


@dataclass(frozen=True, slots=True)
class Body:
    """What does not change from frame to frame, on the probe's samples.

    still: strengths without the aorta. bright: echoes of the two reflectors.
    shadow: what is left of the beam.
    """

    still: Floats
    bright: Floats
    shadow: Floats


def make_body(probe: Probe) -> Body:
    """The section without its aorta."""
    x, z = probe.place
    still = _layers(x, z)
    liver = _liver(x, z)
    still = as_floats(np.where(liver < 0, 1.0, still))
    still += 2.2 * np.exp(-((liver / 0.7) ** 2)) * (z > 20)
    for vessel in _VESSELS:
        _paint_vessel(still, x, z, vessel)
    still += 8.0 * np.exp(-((_diaphragm(x, z) / 0.8) ** 2)) * ((x < -8) & (z < 84))
    bone = _spine(x, z)
    still = as_floats(np.where(bone < 0, 0.05, still))
    still += _BONE * np.exp(-((bone / 0.9) ** 2))
    hidden = np.cumsum(np.exp(-(((bone + 2.4) / 1.2) ** 2)), axis=0)
    return Body(still, _reflectors(probe), as_floats(np.exp(-0.5 * hidden)))


def _layers(x: Floats, z: Floats) -> Floats:
    """Skin, fat, muscle with its sheets, and the fat behind the liver."""
    waves = z - 0.8 * np.sin(x / 11)
    near = 0.8 + 2.2 * np.exp(-(((waves - 1.0) / 1.2) ** 2))
    for depth, strength in ((5.5, 2.4), (8.5, 3.6), (12.6, 3.0), (15.5, 4.2)):
        near += strength * np.exp(-(((waves - depth) / 0.45) ** 2))
    behind = 1.4 + 0.9 * np.sin(x / 7 + z / 5) * np.sin(z / 9 - x / 13)
    return as_floats(np.where(z < 17, near * (0.55 + 0.02 * z), behind))


def _liver(x: Floats, z: Floats) -> Floats:
    """Distance to the left lobe: a wedge that thins towards the feet."""
    lobe = ellipsoid(x, z, 0, (-28, 47, 0), (82, 36, 99))
    return as_floats(np.maximum(lobe, 17.5 - z))


def _diaphragm(x: Floats, z: Floats) -> Floats:
    """Distance to the bright arch at the head's end."""
    return as_floats(np.hypot(x + 6, z - 52) - 62 - 0.03 * (z - 60))


def _spine(x: Floats, z: Floats) -> Floats:
    """Distance to the front of the vertebrae, with the discs between them."""
    middle = np.mod(x + 14, 32) - 16
    front = aorta_z_mm(x) + AORTA_RADIUS_MM + 9.0 + 0.011 * middle**2
    gap = np.clip((np.abs(middle) - 12.5) * 6, 0, 30)
    return as_floats(front + gap - z)


def _reflectors(probe: Probe) -> Floats:
    """Two samples' worth of echo, no wider than the beam makes it."""
    x, z = probe.place
    bright = np.zeros_like(x)
    for px, pz in REFLECTORS_MM:
        bright += _REFLECTOR * np.exp(-(((x - px) / 0.5) ** 2 + ((z - pz) / 0.3) ** 2))
    return bright


def _paint_vessel(still: Floats, x: Floats, z: Floats, vessel: Tube) -> None:
    d = _to_run(x, z, vessel.run)
    still += vessel.wall * np.exp(-(((d - 0.4) / 0.6) ** 2))
    still *= as_floats(np.clip(0.5 + d / 0.8, 0.03, 1))


def _to_run(
    x: Floats, z: Floats, run: tuple[tuple[float, float, float], ...]
) -> Floats:
    """Distance to a run of cones."""
    best = np.full(x.shape, 1e3, np.float32)
    for (ax, az, ar), (bx, bz, br) in zip(run, run[1:], strict=False):
        square = (bx - ax) ** 2 + (bz - az) ** 2
        t = np.clip(((x - ax) * (bx - ax) + (z - az) * (bz - az)) / square, 0, 1)
        off = np.hypot(x - ax - t * (bx - ax), z - az - t * (bz - az))
        best = np.minimum(best, as_floats(off - ar - t * (br - ar)))
    return best


def strengths(body: Body, probe: Probe, time_ms: float) -> Floats:
    """Amplitude of the echo of every sample at that time."""
    x, z = probe.place
    d = np.abs(z - aorta_z_mm(x)) - np.float32(aorta_radius_mm(time_ms))
    amplitude = body.still * np.clip(0.5 + d / 0.9, 0.025, 1)
    amplitude += _WALL * np.exp(-(((d - 1.5) / 0.7) ** 2))
    return as_floats(amplitude * body.shadow * _gain(z))


def _gain(z: Floats) -> Floats:
    """Time gain: strongest about the focus, falling where the beam is spent."""
    focus = 0.85 + 0.35 * np.exp(-(((z - 70) / 40) ** 2))
    return as_floats(focus * np.exp(-np.clip(z - 105, 0, None) / 40))


def push_mm(probe: Probe, time_ms: float) -> Floats:
    """How far tissue is pushed away from the aorta, along the beam."""
    x, z = probe.place
    off = z - aorta_z_mm(x)
    reach = np.exp(-np.clip(np.abs(off) - AORTA_RADIUS_MM, 0, None) / 22)
    return as_floats(PULSE_MM * pulse(time_ms) * reach * np.tanh(off / 3))
