"""The MR of the brain: six contrasts, T1 again in another plane and with agent."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from smart_viewer.sandbox.brain_series import (
    AXIAL_SLICES,
    SAG_T1,
    SAGITTAL_SLICES,
    SERIES,
    images,
    plane_of,
    true_signals,
)
from smart_viewer.sandbox.identity import BRAIN_PATIENT
from smart_viewer.sandbox.mr_dataset import series_plan, write_image
from smart_viewer.sandbox.sample_plan import SampleStudyPlan, SampleTask

_AXIAL = tuple(series for series in SERIES if not series.sagittal)
_PULSES = tuple(dict.fromkeys(p for series in _AXIAL for p in series.pulses))

STUDIES = (
    SampleStudyPlan(
        BRAIN_PATIENT, "brain", ("MR",), tuple(series_plan(one) for one in SERIES)
    ),
)


def tasks() -> tuple[SampleTask, ...]:
    """One for each axial place, with all its contrasts, one for each sagittal."""
    return (
        *(SampleTask(0.2, partial(_axial, place=n)) for n in range(AXIAL_SLICES)),
        *(
            SampleTask(0.09, partial(_sagittal, place=n))
            for n in range(SAGITTAL_SLICES)
        ),
    )


def _axial(folder: Path, place: int) -> None:
    plane = plane_of(_AXIAL[0], place)
    signals = true_signals(plane, _PULSES)
    for series in _AXIAL:
        own = signals[[_PULSES.index(p) for p in series.pulses]]
        for order, image in enumerate(images(series, plane, own, place)):
            number = order * series.places + place + 1
            write_image(folder, series, plane, number, image)


def _sagittal(folder: Path, place: int) -> None:
    plane = plane_of(SAG_T1, place)
    signals = true_signals(plane, SAG_T1.pulses)
    (image,) = images(SAG_T1, plane, signals, place)
    write_image(folder, SAG_T1, plane, place + 1, image)
