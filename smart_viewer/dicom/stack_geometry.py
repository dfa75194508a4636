"""How the frames of one orientation lie behind each other (hazards H10, H11).

The step from frame to frame is fitted to all positions by least squares; it is the
third column of the volume's affine. It is never the distance between two
positions, nor their distance along the normal times the normal: a tilted gantry
moves each slice sideways too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from math import atan2, degrees, sqrt
from typing import Literal

from smart_viewer.dicom.planes import dot
from smart_viewer.dicom.study import Triple

State = Literal["single", "regular", "gaps", "variable", "irregular"]
TOLERANCE_MM = 0.01
TOLERANCE_OF_STEP = 0.01
MOST_MISSING = 3  # times those present: more are no gaps
UNEVEN = 0.1  # of the mean distance: farther off, two stacks do not mesh to one
SPACED_RUN = 3  # equal wide distances in a row that are a spacing, not gaps


@dataclass(frozen=True, slots=True)
class StackGeometry:
    """The regularity of a stack; lengths in mm, vectors in LPS.

    state: single (one position); regular (one step fits every position); gaps
    (so it does where the missing ones are counted in); variable (on one straight
    line, at distances that differ); irregular (not on one line).
    step_mm: along the normal between neighbours, the median. step: from frame to
    frame; of a variable stack scaled to step_mm. Both are None for one position.
    gaps: indices of the frames behind which something is missing.
    tilt_deg: between step and normal; 0 where the positions do not show a tilt.
    residual_mm: the farthest that a position lies from where the fit puts it.
    """

    state: State
    step_mm: float | None
    step: Triple | None
    gaps: tuple[int, ...] = ()
    tilt_deg: float = 0.0
    residual_mm: float = 0.0


def stack_geometry(positions: Sequence[Triple], normal: Triple) -> StackGeometry:
    """The geometry of frames in order; positions ascend along the normal.

    normal: of unit length, row x column. Two positions must not be at one place
    along it.
    """
    if len(positions) < 2:
        return StackGeometry("single", None, None)
    along = [dot(position, normal) for position in positions]
    distances = [b - a for a, b in pairwise(along)]
    usual = sorted(distances)[(len(distances) - 1) // 2]
    tolerance = max(TOLERANCE_MM, TOLERANCE_OF_STEP * usual)
    state: State = "regular"
    gaps: tuple[int, ...] = ()
    step, residual = _fit(positions, range(len(positions)))
    if residual > tolerance:
        skipped = [max(1, round(distance / usual)) for distance in distances]
        counted, left = _fit(positions, list(accumulate(skipped, initial=0)))
        if left <= tolerance and _are_gaps(skipped):
            state, step, residual = "gaps", counted, left
            gaps = tuple(i for i, count in enumerate(skipped) if count > 1)
        else:
            state, step = _unevenly_spaced(positions, along, usual, tolerance)
    tilt = _tilt(positions, along, step, normal, tolerance)
    return StackGeometry(state, usual, step, gaps, tilt, residual)


def is_one_stack(
    positions: Sequence[Triple], normal: Triple, nearly: bool = False
) -> bool:
    """Whether positions that ascend are those of one stack, some missing or not.

    nearly: one whose positions are a little off is one too. Odd and even slices
    with rounded positions mesh; two time points between which the patient breathed
    do not.
    """
    if stack_geometry(positions, normal).state in {"single", "regular", "gaps"}:
        return True
    along = [dot(position, normal) for position in positions]
    mean = (along[-1] - along[0]) / (len(along) - 1)
    off = sorted(abs(b - a - mean) for a, b in pairwise(along))
    return nearly and off[len(off) // 2] <= UNEVEN * mean


def _are_gaps(skipped: Sequence[int]) -> bool:
    """Whether the wide distances are exceptions: something is missing there.

    As many as the steps, they alternate with them: two stacks in one, or every
    third slice left out on purpose.
    """
    gaps = sum(1 for count in skipped if count > 1)
    steps = len(skipped) - gaps
    missing, present = sum(skipped) - len(skipped), len(skipped) + 1
    is_rare = gaps < steps - (gaps > 1) and missing <= MOST_MISSING * present
    return is_rare and not _is_another_spacing(skipped)


def _is_another_spacing(skipped: Sequence[int]) -> bool:
    """Whether several neighbours in a row are equally far apart: nothing is missing."""
    return any(
        count > 1 and len(list(run)) >= SPACED_RUN for count, run in groupby(skipped)
    )


def _unevenly_spaced(
    positions: Sequence[Triple],
    along: Sequence[float],
    usual: float,
    tolerance: float,
) -> tuple[State, Triple]:
    """Whether the positions are on one line, and the usual step along it."""
    direction, off_line = _fit(positions, along)
    step = (direction[0] * usual, direction[1] * usual, direction[2] * usual)
    return ("variable" if off_line <= tolerance else "irregular"), step


def _fit(positions: Sequence[Triple], at: Sequence[float]) -> tuple[Triple, float]:
    """Least squares of position = origin + at * step: the step, the worst residual."""
    count = len(positions)
    middle = sum(at) / count
    squares = sum((a - middle) ** 2 for a in at)
    origin, step = [], []
    for axis in range(3):
        mean = sum(p[axis] for p in positions) / count
        slope = sum(
            (a - middle) * p[axis] for a, p in zip(at, positions, strict=True)
        ) / (squares or 1.0)
        step.append(slope)
        origin.append(mean - middle * slope)
    worst = max(
        sum((p[i] - origin[i] - a * step[i]) ** 2 for i in range(3))
        for a, p in zip(at, positions, strict=True)
    )
    return (step[0], step[1], step[2]), sqrt(worst)


def _tilt(
    positions: Sequence[Triple],
    along: Sequence[float],
    step: Triple,
    normal: Triple,
    tolerance: float,
) -> float:
    """Degrees; 0 where straight stacking explains the positions within tolerance."""
    first, last = positions[0], positions[-1]
    height = along[-1] - along[0]
    sideways = [last[i] - first[i] - height * normal[i] for i in range(3)]
    if sqrt(sum(s * s for s in sideways)) <= tolerance:
        return 0.0
    up = dot(step, normal)
    aside = [step[i] - up * normal[i] for i in range(3)]
    return degrees(atan2(sqrt(sum(a * a for a in aside)), up))
