"""Every family of phantoms: what each writes, and the pieces in which it does so."""

from __future__ import annotations

from typing import Protocol

from smart_viewer.sandbox import (
    brain_study,
    chest_study,
    head_study,
    mammogram_study,
    petct_study,
    radiograph_study,
    ultrasound_study,
)
from smart_viewer.sandbox.sample_plan import SampleStudyPlan, SampleTask


class Family(Protocol):
    """What a `<name>_study` module has."""

    @property
    def STUDIES(self) -> tuple[SampleStudyPlan, ...]:
        """What it writes."""
        ...

    def tasks(self) -> tuple[SampleTask, ...]:
        """Its work in independent pieces, in the same order every time."""
        ...


FAMILIES: tuple[Family, ...] = (
    chest_study,
    head_study,
    brain_study,
    petct_study,
    radiograph_study,
    mammogram_study,
    ultrasound_study,
)


def all_studies() -> tuple[SampleStudyPlan, ...]:
    """The studies of all families."""
    return tuple(study for family in FAMILIES for study in family.STUDIES)


def all_tasks() -> tuple[SampleTask, ...]:
    """The work of all families, in the same order every time."""
    return tuple(task for family in FAMILIES for task in family.tasks())
