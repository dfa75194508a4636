"""An ultrasound of the abdomen: a clip of the beating aorta, and a duplex still."""

from __future__ import annotations

from pathlib import Path

from smart_viewer.sandbox.identity import ULTRASOUND_PATIENT, uid_of
from smart_viewer.sandbox.sample_plan import (
    SampleSeriesPlan,
    SampleStudyPlan,
    SampleTask,
)
from smart_viewer.sandbox.ultrasound_anatomy import FRAME_MS
from smart_viewer.sandbox.ultrasound_dataset import (
    fan_region,
    strip_region,
    write_clip,
    write_still,
)
from smart_viewer.sandbox.ultrasound_picture import CLIP, STILL, STRIP, clip, still


def _series(name: str, number: int, description: str) -> SampleSeriesPlan:
    key = f"ultrasound/{name}"
    return SampleSeriesPlan(key, uid_of(f"{key}/series"), number, "US", description, 1)


CLIP_SERIES = _series("clip", 1, "LIVER AND AORTA LONG")
STILL_SERIES = _series("still", 2, "AORTA DUPLEX")
CLIP_REGIONS = (fan_region(CLIP, CLIP.rows - 1),)
STILL_REGIONS = (fan_region(STILL, STRIP.rows.start - 1), strip_region(STRIP))

STUDIES: tuple[SampleStudyPlan, ...] = (
    SampleStudyPlan(
        ULTRASOUND_PATIENT, "ultrasound", ("US",), (CLIP_SERIES, STILL_SERIES)
    ),
)


def tasks() -> tuple[SampleTask, ...]:
    """One for the clip, one for the still."""
    return SampleTask(0.7, _write_clip), SampleTask(0.1, _write_still)


def _write_clip(folder: Path) -> None:
    path = folder / CLIP_SERIES.key / "0001.dcm"
    write_clip(path, ULTRASOUND_PATIENT, CLIP_SERIES, clip(), FRAME_MS, CLIP_REGIONS)


def _write_still(folder: Path) -> None:
    path = folder / STILL_SERIES.key / "0001.dcm"
    write_still(path, ULTRASOUND_PATIENT, STILL_SERIES, still(), STILL_REGIONS)
