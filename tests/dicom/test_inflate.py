"""Deflated data sets read at any place. Oracle: the bytes that were deflated."""

from __future__ import annotations

import random
import zlib
from io import SEEK_CUR, SEEK_END, BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smart_viewer.dicom import inflate
from smart_viewer.dicom.inflate import InflatedFile
from smart_viewer.errors import NotInStandard

WHOLE = random.Random(1).randbytes(60_000) + bytes(90_000) + b"end"


def deflated(data: bytes) -> bytes:
    deflater = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflater.compress(data) + deflater.flush()


def opened(data: bytes) -> InflatedFile:
    return InflatedFile(BytesIO(b"head" + data), 4)


@given(st.lists(st.tuples(st.integers(0, 160_000), st.integers(0, 70_000))))
@settings(max_examples=60, deadline=None)
def test_every_stretch_is_what_was_deflated(reads):
    file = opened(deflated(WHOLE))

    for place, size in reads:
        file.seek(place)
        assert file.read(size) == WHOLE[place : place + size]
        assert file.tell() == place + len(WHOLE[place : place + size])


def test_states_kept_on_the_way_lead_back_to_the_same_bytes(monkeypatch):
    monkeypatch.setattr(inflate, "_STEP_BYTES", 1000)
    file = opened(deflated(WHOLE))

    assert file.seek(0, SEEK_END) == len(WHOLE)
    for place in range(len(WHOLE) - 3, -1, -7919):
        file.seek(place)
        assert file.read(3) == WHOLE[place : place + 3]
    file.seek(-1, SEEK_CUR)
    assert file.readable() and file.seekable()


def test_a_stream_that_is_cut_off_ends_there():
    file = opened(deflated(WHOLE)[:30_000])

    size = file.seek(0, SEEK_END)

    assert 25_000 < size < 35_000
    file.seek(size - 5)
    assert file.read(10) == WHOLE[size - 5 : size]


def test_damage_and_bombs_are_refused_by_name(monkeypatch):
    with pytest.raises(NotInStandard, match="damaged"):
        opened(b"\xff" * 100).read(10)
    with pytest.raises(NotInStandard, match="value .* too large"):
        opened(deflated(WHOLE)).read(1 << 30)
    monkeypatch.setattr(inflate, "MAX_INFLATED_BYTES", 1000)
    with pytest.raises(NotInStandard, match="file is too large"):
        opened(deflated(WHOLE)).read(5000)
