"""Playing in time (H26). Oracle: PS3.3 C.7.6.5, C.7.6.6.1.2 by hand; real clips."""

from __future__ import annotations

import pytest

from smart_viewer.dicom.header import read_header
from smart_viewer.dicom.read_cine import read_cine
from smart_viewer.dicom.study import Cine

POINTER, TIME, VECTOR = "00280009", "00181063", "00181065"
RECOMMENDED, RATE, START, STOP = "00082144", "00180040", "00082142", "00082143"


def cine(given: dict[str, list[object]], frames: int = 4) -> Cine | None:
    return read_cine({tag: {"Value": value} for tag, value in given.items()}, frames)


@pytest.mark.parametrize(
    ("given", "intervals", "source"),
    [
        ({POINTER: [TIME], TIME: [40]}, (40.0,), "FrameTime"),
        ({POINTER: [TIME], TIME: [40], RECOMMENDED: [10]}, (40.0,), "FrameTime"),
        ({POINTER: [TIME], TIME: [40], VECTOR: [0, 1, 2, 3]}, (40.0,), "FrameTime"),
        (
            {POINTER: [VECTOR], TIME: [40], VECTOR: [0, 30, 50, 20]},
            (30.0, 50.0, 20.0),
            "FrameTimeVector",
        ),
        # the first value is no interval, also where it is not 0
        ({POINTER: [VECTOR], VECTOR: [40] * 4}, (40.0,), "FrameTimeVector"),
        # frames that follow something else than time
        (
            {POINTER: ["00540010"], RECOMMENDED: [10], RATE: [20]},
            (100.0,),
            "RecommendedDisplayFrameRate",
        ),
        ({POINTER: ["00540010"], RATE: ["20"]}, (50.0,), "CineRate"),
        ({TIME: [33.3], RATE: [20]}, (50.0,), "CineRate"),
        ({TIME: [33.3]}, (33.3,), "FrameTime"),
        ({VECTOR: [0, 30, 30, 30]}, (30.0,), "FrameTimeVector"),
        # what cannot be played gives way to what can
        ({POINTER: [TIME], TIME: [0], RATE: [25]}, (40.0,), "CineRate"),
        ({POINTER: [VECTOR], VECTOR: [0, 30, 30], RATE: [25]}, (40.0,), "CineRate"),
        ({POINTER: [VECTOR], VECTOR: [0, 30, 0, 3], RATE: [25]}, (40.0,), "CineRate"),
        ({POINTER: [VECTOR], VECTOR: [0, 30, "x", 3], RATE: [1]}, (1e3,), "CineRate"),
    ],
)
def test_what_the_frames_follow_decides_how_fast_they_play(given, intervals, source):
    assert cine(given) == Cine(intervals, source, 1, 4)


@pytest.mark.parametrize(
    ("start", "stop", "played"),
    [
        ([2], [3], (2, 3)),
        ([2], [], (2, 4)),
        ([], [2], (1, 2)),
        ([3], [2], (1, 4)),
        ([0], [4], (1, 4)),
        ([1], [9], (1, 4)),
        (["x"], [3], (1, 3)),
    ],
)
def test_trims_bound_what_is_played_where_they_make_sense(start, stop, played):
    found = cine({TIME: [40], START: start, STOP: stop})

    assert found is not None and (found.first, found.last) == played


def test_nothing_plays_without_frames_or_without_time():
    assert cine({TIME: [40]}, frames=1) is None
    assert cine({POINTER: [TIME], START: [1]}) is None


@pytest.mark.parametrize(
    ("path", "rate", "frames"),
    [
        ("xa_cath_75frames/I_000000.dcm", 15.0, 75),
        ("us_cine_stress_echo/I_000007.dcm", 25.0, 10),
        ("pydicom_test_files/examples_ybr_color.dcm", 30.0, 30),
    ],
)
def test_real_clips_play_at_their_rate(need, path, rate, frames):
    """Rates as the scanners burned them in, or as the files' own documents tell."""
    found = read_cine(read_header(need("data") / path).metadata, frames)

    assert found is not None and (found.first, found.last) == (1, frames)
    assert 1000 / found.intervals_ms[0] == pytest.approx(rate, rel=0.02)
