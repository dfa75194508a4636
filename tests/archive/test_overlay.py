"""Overlays and tables through both archives. Oracle: the bytes that were written."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from smart_viewer.archive.endpoint import EndpointArchive
from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.indexing import index_folder
from smart_viewer.archive.port import InstanceRef
from smart_viewer.dicom.read_tables import table_values
from smart_viewer.dicom.study import OverlayPlane
from smart_viewer.errors import NotInStandard, UpstreamUnavailable
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, origin_of

STUDY = "2.999.7.1"
ROWS, COLUMNS, FRAMES = 101, 97, 3  # not whole bytes, not whole frames
PACKED = np.packbits(
    np.arange(ROWS * COLUMNS * FRAMES) % 7 == 0, bitorder="little"
).tobytes()
EVEN = PACKED + b"\0" * (len(PACKED) % 2)
ENTRIES = [(i * 31) % 4096 for i in range(4096)]


def ref(number: int) -> InstanceRef:
    return InstanceRef(STUDY, f"{STUDY}.1", f"{STUDY}.1.{number}")


@pytest.fixture
def files(write, folder):
    """One slice with an overlay, one with tables, one with neither."""
    path = write("overlay.dcm", 1)
    add_overlay(path)
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [4096, 0, 12])
    table.LUTExplanation = "CURVED"
    table.add_new("LUTData", "OW", np.array(ENTRIES, "<u2").tobytes())
    write("tables.dcm", 2, VOILUTSequence=Sequence([table]))
    write("plain.dcm", 3)
    return folder


def add_overlay(path):
    import pydicom

    made = pydicom.dcmread(path)
    for element, vr, value in [
        (0x0010, "US", ROWS),
        (0x0011, "US", COLUMNS),
        (0x0015, "IS", FRAMES),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x0100, "US", 1),
        (0x0102, "US", 0),
        (0x3000, "OW", EVEN),
    ]:
        made.add_new((0x6000 << 16) + element, vr, value)
    made.save_as(path)


@pytest.fixture
def local(files, index_path):
    index_folder(files, index_path)
    opened = FolderArchive("folder", index_path)
    yield opened
    opened.close()


@pytest.fixture(params=["folder", "dicomweb"])
def archive(request, files):
    if request.param == "folder":
        return request.getfixturevalue("local")
    return request.getfixturevalue("remote")().archive


def test_the_bits_are_those_of_the_file(archive):
    assert archive.overlay(ref(1), 0x6000) == EVEN


def test_what_has_no_such_overlay_is_refused(archive):
    for number, group in [(1, 0x6002), (2, 0x6000), (1, 0x6001), (1, 0x6020), (1, 8)]:
        with pytest.raises(NotInStandard):
            archive.overlay(ref(number), group)


def test_an_instance_that_is_not_there_is_told(archive):
    with pytest.raises(UpstreamUnavailable):
        archive.overlay(ref(9), 0x6000)


def test_a_file_that_has_changed_gives_no_overlay(local, folder):
    with (folder / "overlay.dcm").open("ab") as file:
        file.write(b"\0\0")

    with pytest.raises(UpstreamUnavailable, match="changed"):
        local.overlay(ref(1), 0x6000)


def test_both_archives_describe_overlays_and_tables_alike(archive):
    (series,) = archive.study(STUDY).series
    first, second, third = sorted(
        series.instances, key=lambda one: one.instance_number or 0
    )

    plane = OverlayPlane(0x6000, ROWS, COLUMNS, (1, 1), "G", "", 0, FRAMES, 1)
    assert first.appearance.overlays == (plane,)
    (table,) = second.voi_luts
    assert (table.explanation, table.bits) == ("CURVED", 12)
    assert list(table_values(table)) == ENTRIES
    assert third.voi_luts == () and third.appearance.overlays == ()


def test_a_table_that_a_series_shares_is_stored_once(write, folder, index_path):
    for number in range(1, 6):
        table = Dataset()
        table.add_new("LUTDescriptor", "US", [4096, 0, 12])
        table.add_new("LUTData", "OW", np.array(ENTRIES, "<u2").tobytes())
        write(f"{number}.dcm", number, VOILUTSequence=Sequence([table]))
    index_folder(folder, index_path)

    with closing(sqlite3.connect(index_path)) as connection:
        (parts,) = connection.execute("SELECT projection FROM shared").fetchall()
        own = connection.execute("SELECT max(length(own)) FROM instance").fetchone()

    assert "InlineBinary" in parts[0]
    assert own[0] < 1000


def test_an_endpoint_of_the_ehr_gives_overlays_too(remote, files):
    url = remote().url
    outbound = Outbound(HostPolicy(frozenset({origin_of(url)}), loopback_allowed=True))
    endpoint = EndpointArchive("ehr", f"{url}/dicom-web", [STUDY], None, outbound)

    assert endpoint.overlay(ref(1), 0x6000) == EVEN


@pytest.mark.parametrize(
    "uri", ["http://elsewhere.example/x", "https://[", "//evil.example/x", "file:///x"]
)
def test_only_the_archives_own_host_is_asked_for_bulk_data(remote, files, uri):
    here = remote()
    frames = here.archive._frames

    with pytest.raises(UpstreamUnavailable):
        frames.bulk(uri, f"{here.url}/dicom-web/studies/{STUDY}/metadata", 1000)
    assert len(here.log.calls("bulk")) == 0


def test_bulk_data_are_bounded_and_may_be_named_relatively(remote, files):
    here = remote()
    base = f"{here.url}/dicom-web/studies/{STUDY}/metadata"
    uri = f"series/{STUDY}.1/instances/{STUDY}.1.1/bulk/60003000"

    assert here.archive._frames.bulk(uri, base, len(EVEN)) == EVEN
    with pytest.raises(UpstreamUnavailable, match="more than"):
        here.archive._frames.bulk(uri, base, len(EVEN) - 1)


def test_a_table_that_the_archive_does_not_give_is_said(remote, files):
    here = remote()
    here.faults.kinds, here.faults.status = frozenset({"bulk"}), 500

    (series,) = here.archive.study(STUDY).series

    said = {one.instance_number: one.unapplied for one in series.instances}
    assert said == {1: (), 2: ("voi_lut",), 3: ()}
