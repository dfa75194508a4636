"""Frames by DICOMweb. Oracle: the bytes that were written into the files."""

from __future__ import annotations

import numpy as np
import pytest

from smart_viewer.archive.port import InstanceRef
from smart_viewer.errors import NotInStandard, UpstreamUnavailable
from smart_viewer.sandbox.dicomweb import DicomwebConfig

CINE = InstanceRef("2.999.7.1", "2.999.7.1.1", "2.999.7.1.1.1")
ROWS, COLUMNS, FRAMES = 96, 160, 12
PIXELS = (np.arange(ROWS * COLUMNS * FRAMES) % 60_001).astype("<u2").tobytes()
FRAME_BYTES = ROWS * COLUMNS * 2
EXPLICIT = "1.2.840.10008.1.2.1"


@pytest.fixture
def cine(write):
    """One object of twelve frames that all differ."""
    write(
        "cine.dcm",
        1,
        Rows=ROWS,
        Columns=COLUMNS,
        NumberOfFrames=FRAMES,
        PixelData=PIXELS,
    )


def expected(number):
    return PIXELS[(number - 1) * FRAME_BYTES : number * FRAME_BYTES]


def all_of(archive, numbers, ref=CINE):
    return [
        (f.length, f.transfer_syntax_uid, b"".join(f.chunks))
        for f in archive.frames(ref, numbers)
    ]


@pytest.mark.parametrize("one_part", [True, False])
def test_frames_come_as_stored_in_the_order_asked(remote, cine, one_part):
    here = remote(DicomwebConfig(one_part=one_part))
    assert all_of(here.archive, [5, 1, 12]) == [
        (FRAME_BYTES, EXPLICIT, expected(n)) for n in (5, 1, 12)
    ]


def test_the_accept_value_that_was_understood_is_used_first_from_then_on(remote, cine):
    here = remote(DicomwebConfig(one_part=False))
    all_of(here.archive, [1, 2, 3])
    accepts = [call.accept.partition(";")[0] for call in here.log.calls("frames")]
    single, multi = "application/octet-stream", "multipart/related"
    assert accepts == [single, multi, multi, multi]


def test_an_archive_that_knows_none_of_our_accept_values_is_told(remote, cine):
    here = remote(frames_accept=["image/jls", "image/jp2"])
    with pytest.raises(UpstreamUnavailable) as told:
        all_of(here.archive, [1])
    assert told.value.status == 406
    assert here.log.count("frames") == 2


def test_nothing_is_asked_before_the_frame_is(remote, cine):
    here = remote()
    frames = here.archive.frames(CINE, [1, 2])
    assert here.log.count("frames") == 0
    next(frames)
    frames.close()
    assert here.log.count("frames") == 1


def test_connections_are_used_again(remote, cine):
    here = remote(DicomwebConfig(one_part=False))
    all_of(here.archive, [1, 2, 3, 4])
    pools = here.archive._outbound._adapter.poolmanager.pools
    (pool,) = [pools.get(key) for key in pools.keys()]
    assert pool.num_connections == 1


@pytest.mark.parametrize("one_part", [True, False])
@pytest.mark.parametrize(
    "fault",
    [{"cut_frame": True}, {"length_error": 700}, {"length_error": -700}],
)
def test_a_frame_that_is_not_whole_is_never_taken_for_one(
    remote, cine, one_part, fault
):
    here = remote(DicomwebConfig(one_part=one_part))
    for name, value in fault.items():
        setattr(here.faults, name, value)
    if one_part and fault == {"length_error": -700}:
        (frame,) = all_of(here.archive, [1])  # HTTP has no way to tell: its length does
        assert frame[0] == len(frame[2]) == FRAME_BYTES - 700
        return
    with pytest.raises(UpstreamUnavailable):
        all_of(here.archive, [1])


def test_several_frames_for_one_are_refused(remote, cine):
    here = remote(DicomwebConfig(one_part=False))
    here.faults.wrong_frame_count = True
    with pytest.raises(UpstreamUnavailable, match="several frames"):
        all_of(here.archive, [5])


def test_octets_that_say_nothing_have_the_syntax_of_the_metadata(remote, write):
    write("a.dcm", 1)
    here = remote()
    here.faults.mute_syntax = True
    assert all_of(here.archive, [1])[0][1] == EXPLICIT  # PS3.18: nothing is told
    assert here.log.count("metadata") == 1
    here.archive._frames.syntax_of = lambda ref: "1.2.840.10008.1.2"
    assert all_of(here.archive, [1])[0][1] == "1.2.840.10008.1.2"


@pytest.mark.parametrize("fault", ["html", "garbage"])
def test_what_is_no_frame_is_refused(remote, cine, fault):
    here = remote()
    setattr(here.faults, fault, True)
    with pytest.raises(UpstreamUnavailable, match="not a frame"):
        all_of(here.archive, [1])


@pytest.mark.parametrize("status", [204, 401, 403, 404, 429, 503])
def test_a_status_that_is_no_frame_is_told(remote, cine, status):
    here = remote()
    here.faults.status = status
    with pytest.raises(UpstreamUnavailable) as told:
        all_of(here.archive, [1])
    assert told.value.status == status
    assert here.log.count("frames") == 1


def test_a_busy_archive_is_asked_for_the_frame_again(remote, cine):
    here = remote()
    here.faults.status, here.faults.retry_after, here.faults.times = 429, "2", 2
    assert all_of(here.archive, [2])[0][2] == expected(2)
    assert here.log.count("frames") == 3


def test_a_frame_that_is_not_there_is_told(remote, cine):
    with pytest.raises(UpstreamUnavailable) as told:
        all_of(remote().archive, [13])
    assert told.value.status == 404


def test_a_reference_that_is_no_uid_never_becomes_a_url(remote, cine):
    here = remote()
    with pytest.raises(NotInStandard):
        all_of(here.archive, [1], InstanceRef("2.999.7.1", "../..", "1.2"))
    assert here.log.calls() == ()
