"""How fast the frames of a multi-frame image are to be played (PS3.3 C.7.6.5).

Frame Increment Pointer (C.7.6.6.1.2) says what the frames follow: where that is
time, the real time of the frames decides. Only without it the recommended and the
acquired rate are asked, and last a time that nothing points to.
"""

from __future__ import annotations

from smart_viewer.dicom.json_values import (
    JsonDataset,
    integer,
    number,
    numbers,
    texts,
)
from smart_viewer.dicom.study import Cine

_POINTER, _TIME, _VECTOR = "00280009", "00181063", "00181065"
_RECOMMENDED, _RATE = "00082144", "00180040"
_START, _STOP = "00082142", "00082143"
CINE_TAGS = (_POINTER, _TIME, _VECTOR, _RECOMMENDED, _RATE, _START, _STOP)
_NAMES = {
    _TIME: "FrameTime",
    _VECTOR: "FrameTimeVector",
    _RECOMMENDED: "RecommendedDisplayFrameRate",
    _RATE: "CineRate",
}
_MS = 1000.0


def read_cine(dataset: JsonDataset, frames: int) -> Cine | None:
    """The timing, None for one frame and where no attribute gives a usable time."""
    if frames < 2:  # noqa: PLR2004
        return None
    pointed = [tag for tag in _pointers(dataset) if tag in (_TIME, _VECTOR)]
    for tag in (*pointed, _RECOMMENDED, _RATE, _TIME, _VECTOR):
        if intervals := _intervals(dataset, tag, frames):
            return Cine(intervals, _NAMES[tag], *_trims(dataset, frames))
    return None


def _pointers(dataset: JsonDataset) -> list[str]:
    """Tags as eight hex digits; pydicom and servers write them so (PS3.18 F.2.3)."""
    return [found.upper() for found in texts(dataset, _POINTER)]


def _intervals(dataset: JsonDataset, tag: str, frames: int) -> tuple[float, ...]:
    """Milliseconds; empty where the attribute gives none that can be played."""
    if tag == _VECTOR:
        return _from_vector(dataset, frames)
    value = number(dataset, tag)
    if value is None or value <= 0:
        return ()
    return (value,) if tag == _TIME else (_MS / value,)


def _from_vector(dataset: JsonDataset, frames: int) -> tuple[float, ...]:
    """Each value is the time since the frame before, the first frame's none."""
    found = numbers(dataset, _VECTOR)
    if found is None or len(found) != frames or min(found[1:]) <= 0:
        return ()
    between = found[1:]
    return between[:1] if len(set(between)) == 1 else between


def _trims(dataset: JsonDataset, frames: int) -> tuple[int, int]:
    """The frames to play; all of them where the trims make no sense together."""
    first, last = integer(dataset, _START), integer(dataset, _STOP)
    first, last = (1 if first is None else first), (frames if last is None else last)
    return (first, last) if 1 <= first <= last <= frames else (1, frames)
