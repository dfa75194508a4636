"""Courses of the great vessels, the gullet and the airways through the chest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from smart_viewer.sandbox.shapes import Points, spline

BLOOD, VEIN, WALL, AIR = 178.0, 200.0, 45.0, -985.0

Control = tuple[float, float, float, float]


@dataclass(frozen=True)
class Tube:
    """A pipe along a curve of (x, y, z, radius) controls, filled with `hu`.

    wall_mm: thickness of a wall of soft tissue around it.
    """

    name: str
    hu: float
    controls: tuple[Control, ...]
    wall_mm: float = 0.0

    @cached_property
    def points(self) -> Points:
        """The balls of the pipe, a third of the radius apart."""
        smallest = min(c[3] for c in self.controls)
        return spline(self.controls, max(0.8, smallest * 0.35))

    def near(self, z: float, slack: float) -> Points:
        """The balls that come within `slack` of height z."""
        p = self.points
        return p[np.abs(p[:, 2] - z) < p[:, 3] + slack]


def _tube(name: str, hu: float, *controls: Control, wall: float = 0.0) -> Tube:
    return Tube(name, hu, controls, wall)


ARTERIES = (
    _tube(
        "aorta",
        BLOOD,
        (4, -14, 160, 15),
        (-10, -30, 178, 17),
        (-17, -36, 200, 16.5),
        (-16, -32, 224, 16),
        (-9, -18, 239, 14.5),
        (4, 2, 246, 14),
        (17, 22, 240, 13.5),
        (24, 36, 222, 13),
        (27, 43, 195, 12.5),
        (25, 44, 150, 12.2),
        (17, 40, 105, 11.5),
        (7, 30, 55, 10.5),
        (4, 26, -12, 10),
    ),
    _tube(
        "pulmonary trunk",
        BLOOD + 12,
        (24, -56, 158, 14),
        (25, -50, 178, 14.5),
        (24, -36, 194, 14.5),
        (25, -20, 205, 13),
        (33, 0, 211, 11.5),
        (41, 16, 211, 11),
        (46, 28, 202, 10),
        (50, 36, 188, 8),
    ),
    _tube(
        "right pulmonary artery",
        BLOOD + 12,
        (22, -24, 202, 11),
        (4, -10, 201, 11),
        (-16, -3, 199, 10.5),
        (-34, 3, 197, 10),
        (-46, 11, 190, 8.5),
        (-52, 20, 176, 7),
    ),
    _tube(
        "brachiocephalic artery",
        BLOOD,
        (-8, -20, 240, 6.5),
        (-13, -18, 258, 6.2),
        (-22, -14, 276, 5.6),
        (-26, -10, 296, 4.6),
        (-27, -8, 330, 3.8),
    ),
    _tube(
        "right subclavian artery",
        BLOOD,
        (-22, -14, 280, 4.6),
        (-38, -8, 292, 4.4),
        (-66, -14, 295, 4.2),
        (-100, -20, 282, 3.8),
        (-132, -14, 266, 3.2),
        (-150, 5, 250, 2.6),
    ),
    _tube(
        "left carotid artery",
        BLOOD,
        (3, -4, 246, 4.4),
        (9, -6, 266, 4.2),
        (18, -5, 290, 4),
        (25, -5, 330, 3.8),
    ),
    _tube(
        "left subclavian artery",
        BLOOD,
        (15, 16, 244, 5.2),
        (21, 16, 266, 5),
        (29, 8, 286, 4.8),
        (50, -4, 297, 4.6),
        (78, -14, 294, 4.2),
        (108, -18, 280, 3.8),
        (138, -8, 262, 3),
        (152, 8, 246, 2.6),
    ),
    _tube(
        "left coronary artery",
        BLOOD,
        (14, -24, 168, 2.2),
        (30, -32, 166, 2),
        (44, -52, 156, 1.8),
        (58, -66, 140, 1.5),
        (72, -68, 122, 1.2),
    ),
    _tube(
        "right coronary artery",
        BLOOD,
        (-4, -30, 168, 2),
        (-14, -48, 160, 1.9),
        (-20, -54, 142, 1.8),
        (-14, -40, 118, 1.6),
    ),
)

VEINS = (
    _tube(
        "superior vena cava",
        VEIN + 25,
        (-20, -34, 258, 8.5),
        (-25, -29, 240, 9),
        (-28, -22, 212, 9.5),
        (-29, -16, 180, 10),
    ),
    _tube(
        "right brachiocephalic vein",
        VEIN + 25,
        (-20, -34, 258, 8),
        (-28, -36, 274, 7.5),
        (-38, -28, 288, 6.5),
        (-34, -16, 330, 6),
    ),
    _tube(
        "left brachiocephalic vein",
        VEIN + 60,
        (-20, -36, 258, 7.5),
        (-2, -44, 262, 7),
        (20, -43, 270, 6.8),
        (38, -34, 283, 6.5),
        (62, -34, 292, 5.5),
        (100, -30, 276, 5),
        (140, -22, 256, 4.2),
    ),
    _tube(
        "azygos vein",
        BLOOD,
        (-27, -10, 224, 4),
        (-27, 8, 231, 4),
        (-20, 28, 230, 3.8),
        (-11, 40, 218, 3.5),
        (-7, 44, 180, 3.2),
        (-6, 42, 110, 3),
        (-7, 32, 40, 2.6),
    ),
    _tube(
        "inferior vena cava",
        BLOOD - 32,
        (-20, 22, -12, 10.5),
        (-22, 20, 50, 11),
        (-26, 8, 92, 12),
        (-28, -4, 118, 13),
    ),
    _tube(
        "right superior pulmonary vein",
        BLOOD,
        (-20, 10, 178, 7),
        (-38, 4, 186, 6.5),
        (-50, -4, 196, 5),
    ),
    _tube(
        "right inferior pulmonary vein",
        BLOOD,
        (-20, 20, 164, 7),
        (-40, 30, 160, 6.5),
        (-54, 38, 152, 5),
    ),
    _tube(
        "left superior pulmonary vein",
        BLOOD,
        (26, 12, 182, 7),
        (42, 6, 190, 6),
        (54, -6, 200, 4.8),
    ),
    _tube(
        "left inferior pulmonary vein",
        BLOOD,
        (28, 24, 168, 7),
        (44, 34, 163, 6),
        (56, 42, 156, 5),
    ),
)

GULLET = _tube(
    "oesophagus",
    WALL,
    (3, 20, 330, 6),
    (3, 27, 280, 6.5),
    (2, 31, 245, 6.5),
    (4, 30, 215, 6.5),
    (7, 29, 190, 6.5),
    (8, 33, 150, 7),
    (11, 24, 115, 7.5),
    (24, 8, 92, 8),
    (38, 2, 80, 9),
)

AIRWAYS = (
    _tube(
        "trachea",
        AIR,
        (0, 3, 330, 8.6),
        (0, 7, 285, 8.6),
        (-2, 13, 250, 8.8),
        (-3, 18, 231, 9.2),
        (-3, 20, 224, 9),
        wall=1.5,
    ),
    _tube(
        "right main bronchus",
        AIR,
        (-4, 20, 226, 8),
        (-15, 22, 214, 7.2),
        (-28, 23, 203, 6.8),
        (-36, 22, 190, 5.6),
        (-42, 24, 174, 5),
        (-49, 32, 158, 3.8),
        (-56, 42, 140, 2.6),
        wall=1.3,
    ),
    _tube(
        "right upper lobe bronchus",
        AIR,
        (-26, 22, 205, 5),
        (-40, 21, 207, 4.4),
        (-54, 18, 213, 3.2),
        (-62, 12, 224, 2.2),
        wall=1.2,
    ),
    _tube(
        "middle lobe bronchus",
        AIR,
        (-40, 22, 178, 3.6),
        (-50, 8, 170, 3),
        (-62, -12, 160, 2),
        wall=1.1,
    ),
    _tube(
        "left main bronchus",
        AIR,
        (-2, 20, 226, 8),
        (10, 22, 215, 6.6),
        (25, 25, 204, 6.2),
        (38, 27, 195, 5.8),
        (48, 31, 180, 4.8),
        (54, 40, 162, 3.8),
        (60, 48, 142, 2.6),
        wall=1.3,
    ),
    _tube(
        "left upper lobe bronchus",
        AIR,
        (38, 27, 194, 5),
        (52, 18, 196, 4.2),
        (60, 6, 204, 3),
        (66, -8, 214, 2),
        wall=1.2,
    ),
)

ALL_TUBES = (*ARTERIES, *VEINS, GULLET, *AIRWAYS)
