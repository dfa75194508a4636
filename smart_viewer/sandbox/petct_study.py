"""The PET/CT from skull base to thigh: CT, PET corrected for attenuation, PET not."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from smart_viewer.sandbox import ct_dataset, pt_dataset
from smart_viewer.sandbox.ct_dataset import CtSlice, stored_values
from smart_viewer.sandbox.identity import PETCT_PATIENT
from smart_viewer.sandbox.petct_organs import Sheet
from smart_viewer.sandbox.petct_series import (
    CT,
    PT_AC,
    PT_NAC,
    SLICES,
    ct_hu,
    draw,
    pt_suv,
    pt_uncorrected,
    resolved,
    z_lps,
)
from smart_viewer.sandbox.sample_plan import (
    SampleSeriesPlan,
    SampleStudyPlan,
    SampleTask,
)

BLOCK = 11
"""Slices of one task: neighbours share what the PET's resolution mixes."""

STUDIES = (
    SampleStudyPlan(
        PETCT_PATIENT,
        "petct",
        ("CT", "PT"),
        (
            SampleSeriesPlan(CT.key, CT.uid, CT.number, "CT", CT.description, SLICES),
            pt_dataset.series_plan(PT_AC),
            pt_dataset.series_plan(PT_NAC),
        ),
    ),
)


def tasks() -> tuple[SampleTask, ...]:
    """One for each block of neighbouring slices."""
    starts = range(0, SLICES, BLOCK)
    return tuple(SampleTask(0.55, partial(_block, start=start)) for start in starts)


def _block(folder: Path, start: int) -> None:
    stop = min(start + BLOCK, SLICES)
    below, here = draw(start - 1), draw(start)
    for index in range(start, stop):
        above = draw(index + 1)
        _write(folder, index, (below, here, above))
        below, here = here, above


def _write(folder: Path, index: int, sheets: tuple[Sheet, Sheet, Sheet]) -> None:
    """All three series at one height, from it and the heights beside it."""
    anatomy = sheets[1].hu
    everywhere = np.ones(anatomy.shape, np.bool_)
    stored = stored_values(ct_hu(index, anatomy), everywhere, CT.signed)
    at = CtSlice(SLICES - index, z_lps(index), index)
    ct_dataset.write_slice(folder, PETCT_PATIENT, CT, at, stored)
    suv = resolved(*(sheet.suv for sheet in sheets))
    measured = pt_dataset.bq_per_ml(pt_suv(index, suv))
    pt_dataset.write_slice(folder, PT_AC, index, measured)
    counts = pt_uncorrected(index, suv, anatomy) * np.float32(pt_dataset.COUNTS)
    pt_dataset.write_slice(folder, PT_NAC, index, counts)
