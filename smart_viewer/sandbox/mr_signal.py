"""What tissues look like to a 3 T scanner: relaxation times and signal equations.

Times in ms, diffusion in mm²/s, proton density relative to water, angles in degrees.
The table holds typical values, rounded, of the size that Wansapura et al. 1999 (brain),
Stanisz et al. 2005 (muscle), de Bazelaire et al. 2004 (fat, marrow) and Lu et al. 2004
(blood) report; it is no measurement. Fat's T2 is the longer one that a train of
refocusing pulses sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, log, radians, sin

FAT_SATURATION = 0.93
"""How much of the fat's signal a saturation pulse takes away."""
RELAXIVITY = 4.0e-3
"""How much 1 mmol/l of a gadolinium chelate adds to 1/T1, per ms."""


@dataclass(frozen=True, slots=True)
class Tissue:
    """t1, t2, t2_star: ms. density: of protons, water is 1. adc: mm²/s.

    flow: how much of its signal a spin echo keeps; below 1 where blood runs out of
    the slice between the pulses (a flow void). lipid: share of it that is fat.
    uptake: of contrast agent, mmol/l, some minutes after it was given.
    """

    t1: float
    t2: float
    t2_star: float
    density: float
    adc: float
    flow: float = 1.0
    lipid: float = 0.0
    uptake: float = 0.0


AIR = Tissue(1000, 1, 1, 0.0, 0.0)
TISSUES = {
    "air": AIR,
    "white matter": Tissue(832, 70, 50, 0.70, 0.75e-3),
    "grey matter": Tissue(1331, 106, 58, 0.82, 0.85e-3),
    "deep grey": Tissue(1160, 84, 42, 0.78, 0.76e-3),
    "pallidum": Tissue(980, 64, 27, 0.73, 0.76e-3),
    "brain stem": Tissue(920, 76, 48, 0.73, 0.78e-3),
    "csf": Tissue(4300, 1600, 800, 1.0, 3.0e-3),
    "vitreous": Tissue(4000, 1200, 600, 0.98, 2.6e-3),
    "lens": Tissue(1100, 30, 20, 0.60, 0.6e-3),
    "fat": Tissue(380, 130, 30, 0.80, 0.03e-3, lipid=1.0),
    "marrow": Tissue(480, 90, 9, 0.55, 0.2e-3, lipid=0.9),
    "cortical bone": Tissue(900, 8, 1, 0.12, 0.1e-3),
    "muscle": Tissue(1412, 50, 26, 0.75, 1.4e-3, uptake=0.08),
    "skin": Tissue(900, 40, 20, 0.60, 0.8e-3),
    "mucosa": Tissue(1300, 130, 50, 0.85, 1.6e-3, uptake=0.5),
    "gland": Tissue(750, 70, 30, 0.75, 1.0e-3, uptake=0.3),
    "artery": Tissue(1650, 140, 60, 0.80, 3.0e-3, flow=0.06, uptake=1.2),
    "vein": Tissue(1580, 40, 13, 0.80, 3.0e-3, flow=0.12, uptake=1.2),
    "dura": Tissue(1100, 30, 15, 0.55, 0.7e-3, uptake=0.3),
    "infarct": Tissue(1420, 128, 62, 0.84, 0.40e-3),
    "white matter lesion": Tissue(1320, 165, 70, 0.85, 1.15e-3),
    "enhancing lesion": Tissue(1320, 165, 70, 0.85, 1.15e-3, uptake=0.5),
    "microbleed": Tissue(1100, 45, 5, 0.72, 0.6e-3),
}


@dataclass(frozen=True, slots=True)
class SpinEcho:
    """A spin echo, single or in a train. te is the effective echo time."""

    tr: float
    te: float

    def signal(self, tissue: Tissue) -> float:
        """PD (1 - exp(-TR/T1)) exp(-TE/T2)."""
        recovered = 1 - exp(-self.tr / tissue.t1)
        return tissue.flow * tissue.density * recovered * exp(-self.te / tissue.t2)


@dataclass(frozen=True, slots=True)
class InversionRecovery:
    """A spin echo after an inversion; what the receiver shows is the magnitude."""

    tr: float
    te: float
    ti: float

    def signal(self, tissue: Tissue) -> float:
        """PD |1 - 2 exp(-TI/T1) + exp(-TR/T1)| exp(-TE/T2)."""
        recovered = 1 - 2 * exp(-self.ti / tissue.t1) + exp(-self.tr / tissue.t1)
        decayed = exp(-self.te / tissue.t2)
        return tissue.flow * tissue.density * abs(recovered) * decayed


@dataclass(frozen=True, slots=True)
class DiffusionEcho:
    """A spin echo with diffusion gradients and fat saturation. b: s/mm²."""

    tr: float
    te: float
    b: float

    def signal(self, tissue: Tissue) -> float:
        """The spin echo's signal times exp(-b ADC), of what is not fat."""
        echo = (1 - FAT_SATURATION * tissue.lipid) * exp(-self.b * tissue.adc)
        return SpinEcho(self.tr, self.te).signal(tissue) * echo


@dataclass(frozen=True, slots=True)
class SpoiledGradientEcho:
    """A gradient echo whose transverse magnetisation is spoiled after each TR.

    agent: whether it is run after the contrast agent was given.
    """

    tr: float
    te: float
    flip_deg: float
    agent: bool = False

    def signal(self, tissue: Tissue) -> float:
        """PD sin a (1 - E1) / (1 - E1 cos a) exp(-TE/T2*), E1 = exp(-TR/T1)."""
        rate = 1 / tissue.t1 + (RELAXIVITY * tissue.uptake if self.agent else 0)
        e1, angle = exp(-self.tr * rate), radians(self.flip_deg)
        steady = sin(angle) * (1 - e1) / (1 - e1 * cos(angle))
        return tissue.density * steady * exp(-self.te / tissue.t2_star)


Pulses = SpinEcho | InversionRecovery | DiffusionEcho | SpoiledGradientEcho


def adc_of(signal_b0: float, signal_b: float, b: float) -> float:
    """The apparent diffusion coefficient in mm²/s from two signals."""
    return log(signal_b0 / signal_b) / b
