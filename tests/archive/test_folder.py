"""The folder archive. Oracle: files written by the test, and pydicom's own reader."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pydicom
import pytest

from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.folder_frames import CHUNK_BYTES
from smart_viewer.archive.indexing import index_folder
from smart_viewer.archive.port import InstanceRef, StudyQuery
from smart_viewer.errors import NotInStandard, UpstreamUnavailable

STUDY, SERIES = "2.999.7.1", "2.999.7.1.1"


def ref(index: int) -> InstanceRef:
    return InstanceRef(STUDY, SERIES, f"{SERIES}.{index}")


@pytest.fixture
def archive(folder, write, index_path):
    """Three studies: P-1 with issuer A, P-1 with issuer B, and P-2."""
    write("1.dcm", 1, IssuerOfPatientID="A", AccessionNumber="ACC1")
    other = {"SeriesInstanceUID": "2.999.7.2.1", "SOPInstanceUID": "2.999.7.2.1.1"}
    write(
        "2.dcm",
        1,
        **other,
        StudyInstanceUID="2.999.7.2",
        IssuerOfPatientID="B",
        StudyDate="20200101",
        Modality="MR",
        AccessionNumber="ACC2",
    )
    write(
        "3.dcm",
        1,
        PatientID="P-2",
        StudyInstanceUID="2.999.7.3",
        StudyDate=None,
        SOPInstanceUID="2.999.7.3.1.1",
    )
    index_folder(folder, index_path)
    opened = FolderArchive("folder", index_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [1, 2]),
        ({"issuer_of_patient_id": "A"}, [1]),
        ({"issuer_of_patient_id": "C"}, []),
        ({"study_instance_uid": "2.999.7.2"}, [2]),
        ({"study_instance_uid": "2.999.7.3"}, []),  # of another patient
        ({"accession_number": "ACC1"}, [1]),
        ({"accession_number": "ACC"}, []),
        ({"modality": "MR"}, [2]),
        ({"modality": "M"}, []),
        ({"study_date_from": "20200102"}, [1]),
        ({"study_date_to": "20200101"}, [2]),
        ({"study_date_from": "20200101", "study_date_to": "20240203"}, [1, 2]),
        ({"modality": "MR", "accession_number": "ACC1"}, []),
    ],
)
def test_every_filter_narrows_the_search(archive, filters, found):
    answer = archive.search(StudyQuery(patient_id="P-1", **filters))

    assert [study.study_instance_uid for study in answer] == [
        f"2.999.7.{number}" for number in found
    ]
    assert {study.patient.patient_id for study in answer} <= {"P-1"}


def test_a_study_without_a_date_is_not_in_any_range(archive):
    dated = StudyQuery(patient_id="P-2", study_date_to="99991231")

    assert archive.search(dated) == ()
    assert len(archive.search(StudyQuery(patient_id="P-2"))) == 1


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"accession_number": "ACC1"},
        {"patient_id": ""},
        {"patient_id": " "},
        {"patient_id": "*"},
        {"patient_id": "P-?"},
        {"patient_id": "P-1\\P-2"},
        {"patient_id": "P-1", "accession_number": "A*"},
        {"patient_id": "P-1", "study_date_from": "2020"},
        {"patient_id": "P-1", "study_date_to": "20200101-"},
    ],
)
def test_a_query_for_everybody_cannot_be_made(filters):
    with pytest.raises(ValueError, match="study|patient|wildcard"):
        StudyQuery(**filters)


def test_a_search_tells_what_the_files_say(archive):
    (found,) = archive.search(StudyQuery(study_instance_uid=STUDY))

    assert found.archive_id == archive.archive_id == "folder"
    assert found.patient.patient_name == "Test^One"
    assert found.patient.issuer_of_patient_id == "A"
    assert not found.patient.assigned
    assert (found.modalities, found.number_of_instances) == (("CT",), 1)


def test_study_headers_list_every_study_with_its_series(archive):
    headers = archive.study_headers()

    assert [header.found.study_date for header in headers] == [
        "20240203",
        "20200101",
        "",
    ]
    assert [(s.modality, s.number_of_instances) for s in headers[1].series] == [
        ("MR", 1)
    ]


def test_frames_are_the_stored_bytes_in_the_order_asked(folder, write, index_path):
    pixels = np.arange(3 * 300 * 400, dtype="<u2").reshape(3, 300, 400)
    write(
        "cine.dcm",
        1,
        Rows=300,
        Columns=400,
        NumberOfFrames=3,
        PixelData=pixels.tobytes(),
    )
    index_folder(folder, index_path)
    archive = FolderArchive("folder", index_path)

    read = []
    for frame in archive.frames(ref(1), [3, 1]):
        chunks = list(frame.chunks)
        assert max(map(len, chunks)) <= CHUNK_BYTES
        assert frame.transfer_syntax_uid == "1.2.840.10008.1.2.1"
        assert frame.length == sum(map(len, chunks)) == 240_000
        read.append(b"".join(chunks))

    assert read == [pixels[2].tobytes(), pixels[0].tobytes()]
    for number in (0, 4):
        with pytest.raises(NotInStandard, match="no frame"):
            archive.frames(ref(1), [number])


def test_closing_the_iterator_closes_the_file(archive):
    frames = archive.frames(ref(1), [1, 1])
    frame = next(frames)
    frames.close()

    with pytest.raises(UpstreamUnavailable):
        next(frame.chunks)


@pytest.mark.parametrize("change", ["mtime", "size", "gone", "link"])
def test_a_file_that_changed_since_it_was_indexed_is_not_served(
    archive, folder, tmp_path, change
):
    path = folder / "1.dcm"
    if change == "mtime":
        os.utime(path, ns=(5, 5))
    elif change == "size":
        stat = path.stat()
        path.write_bytes(path.read_bytes() + b"\0\0")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    else:
        path.rename(tmp_path / "elsewhere.dcm")
        if change == "link":
            path.symlink_to(tmp_path / "elsewhere.dcm")

    with pytest.raises(UpstreamUnavailable, match="changed or removed"):
        next(archive.frames(ref(1), [1]))


def test_a_truncated_file_stays_listed_and_says_why(folder, write, index_path):
    cut = write("cut.dcm", 1)
    cut.write_bytes(cut.read_bytes()[:-10])
    write("whole.dcm", 2)
    index_folder(folder, index_path)
    archive = FolderArchive("folder", index_path)

    instances = archive.study(STUDY).series[0].instances

    assert [bool(instance.problem) for instance in instances] == [True, False]
    with pytest.raises(NotInStandard, match="cut off"):
        archive.frames(ref(1), [1])


def test_what_the_archive_does_not_hold_is_said(archive, tmp_path):
    with pytest.raises(UpstreamUnavailable, match="does not hold this image"):
        archive.frames(InstanceRef(STUDY, "2.999.7.2.1", f"{SERIES}.1"), [1])
    with pytest.raises(UpstreamUnavailable, match="does not hold this study"):
        archive.study("2.999.8")
    with pytest.raises(UpstreamUnavailable, match="smart-viewer index"):
        FolderArchive("folder", tmp_path / "absent.db").study(STUDY)


def test_threads_read_while_the_index_grows(folder, write, index_path):
    for index in range(20):
        write(f"{index:03}.dcm", index)
    index_folder(folder, index_path)
    archive = FolderArchive("folder", index_path)
    stop, failures = threading.Event(), []

    def read() -> None:
        seen = 20
        while not stop.is_set():
            try:
                count = len(archive.study(STUDY).series[0].instances)
                if count < seen:
                    failures.append(f"{count} after {seen}")
                seen = count
            except UpstreamUnavailable as failure:
                failures.append(repr(failure))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for index in range(20, 40):
        write(f"{index:03}.dcm", index)
        index_folder(folder, index_path)
    stop.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(archive.study(STUDY).series[0].instances) == 40
    archive.close()


@pytest.mark.data
def test_a_real_study_is_described_as_pydicom_reads_it(real_index):
    data, index, _report = real_index
    archive = FolderArchive("folder", index)
    files = sorted((data / "petct_acrin_nsclc_042").rglob("*.dcm"))
    headers = {
        str(ds.SOPInstanceUID): ds
        for ds in (pydicom.dcmread(path, stop_before_pixels=True) for path in files)
    }

    study = archive.study(str(next(iter(headers.values())).StudyInstanceUID))
    instances = [i for series in study.series for i in series.instances]

    assert {i.sop_instance_uid for i in instances} == headers.keys()
    for instance in instances:
        header = headers[instance.sop_instance_uid]
        assert instance.instance_number == header.InstanceNumber
        assert instance.rescale_slope == float(header.RescaleSlope)
        assert instance.plane is not None
        assert instance.plane.position == tuple(map(float, header.ImagePositionPatient))
        assert instance.plane.spacing == tuple(map(float, header.PixelSpacing))
        assert instance.pixels is not None and instance.pixels.rows == header.Rows


@pytest.mark.data
def test_a_real_frame_is_served_as_it_lies_in_its_file(real_index):
    data, index, _report = real_index
    path = sorted((data / "ct_chest_nlst_101287").rglob("CT_*.dcm"))[70]
    header = pydicom.dcmread(path)
    place = InstanceRef(
        header.StudyInstanceUID, header.SeriesInstanceUID, header.SOPInstanceUID
    )

    (frame,) = [
        b"".join(frame.chunks)
        for frame in FolderArchive("folder", index).frames(place, [1])
    ]

    assert frame == next(pydicom.encaps.generate_frames(header.PixelData))
    assert Path(path).read_bytes().count(frame) == 1
