"""The head: thick slices for the brain and thin ones for the bone."""

from __future__ import annotations

from functools import partial

from smart_viewer.sandbox.head_phantom import THICK_SLICES
from smart_viewer.sandbox.head_series import (
    HEAD_BONE,
    HEAD_SOFT,
    HeadSeries,
    write_thick,
)
from smart_viewer.sandbox.identity import HEAD_PATIENT
from smart_viewer.sandbox.sample_plan import (
    SampleSeriesPlan,
    SampleStudyPlan,
    SampleTask,
)


def _series(one: HeadSeries) -> SampleSeriesPlan:
    return SampleSeriesPlan(
        key=one.stored.key,
        series_instance_uid=one.stored.uid,
        number=one.stored.number,
        modality="CT",
        description=one.stored.description,
        count=one.count,
    )


STUDIES = (
    SampleStudyPlan(
        HEAD_PATIENT, "head", ("CT",), (_series(HEAD_SOFT), _series(HEAD_BONE))
    ),
)


def tasks() -> tuple[SampleTask, ...]:
    """One for each thick slice, with the two thin ones in it."""
    return tuple(
        SampleTask(0.22, partial(write_thick, index=n)) for n in range(THICK_SLICES)
    )
