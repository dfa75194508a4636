"""What a family of phantoms promises to write: its studies, and the work in pieces.

Every module `<name>_study.py` has `STUDIES` and `tasks()` made of these; `samples.py`
runs all tasks over its worker processes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smart_viewer.sandbox.identity import SampleIdentity


@dataclass(frozen=True, slots=True)
class SampleSeriesPlan:
    """One series to be written.

    key: its folder below the samples, `<study key>/<name>`. Its files are 0001.dcm to
    `count`, in the order of InstanceNumber. number: SeriesNumber.
    """

    key: str
    series_instance_uid: str
    number: int
    modality: str
    description: str
    count: int


@dataclass(frozen=True, slots=True)
class SampleStudyPlan:
    """One study to be written. key: its folder, and its name in `Samples.study`."""

    identity: SampleIdentity
    key: str
    modalities: tuple[str, ...]
    series: tuple[SampleSeriesPlan, ...]


@dataclass(frozen=True, slots=True)
class SampleTask:
    """A piece of the work, independent of all others and the same every time.

    cost_s: roughly the seconds of one core (at most about 1), to balance by.
    write: writes its files below the folder it is given, which holds the (empty)
    folders of all series already.
    """

    cost_s: float
    write: Callable[[Path], None]
