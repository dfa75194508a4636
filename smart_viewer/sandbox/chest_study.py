"""The chests: today's with two series, its prior, and the one of another birth date."""

from __future__ import annotations

from functools import partial

from smart_viewer.sandbox.chest_series import (
    CHEST_LUNG,
    CHEST_SOFT,
    OTHER_SOFT,
    PRIOR_SOFT,
    ChestSeries,
    write_prior,
    write_todays,
)
from smart_viewer.sandbox.phantom import SLICES
from smart_viewer.sandbox.sample_plan import (
    SampleSeriesPlan,
    SampleStudyPlan,
    SampleTask,
)


def _study(key: str, *series: ChestSeries) -> SampleStudyPlan:
    plans = tuple(
        SampleSeriesPlan(
            key=one.key,
            series_instance_uid=one.stored.uid,
            number=one.stored.number,
            modality="CT",
            description=one.stored.description,
            count=one.count,
        )
        for one in series
    )
    return SampleStudyPlan(series[0].who, key, ("CT",), plans)


STUDIES = (
    _study("chest", CHEST_SOFT, CHEST_LUNG),
    _study("chest_prior", PRIOR_SOFT),
    _study("mismatch", OTHER_SOFT),
)


def tasks() -> tuple[SampleTask, ...]:
    """One for each height of today's chest, one for each of the prior."""
    todays = (SampleTask(0.13, partial(write_todays, index=n)) for n in range(SLICES))
    priors = range(PRIOR_SOFT.count)
    return (
        *todays,
        *(SampleTask(0.09, partial(write_prior, index=n)) for n in priors),
    )
