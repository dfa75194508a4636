"""Storing by DICOMweb. Oracle: what the sandbox archive then holds (PS3.18 10.5)."""

from __future__ import annotations

import pytest

from smart_viewer.archive.dicomweb_store import check_stored, read_receipt
from smart_viewer.archive.port import InstanceRef, StudyQuery
from smart_viewer.errors import NotInStandard, UpstreamUnavailable
from smart_viewer.net.answer import Answer

STUDY = "2.999.7.1"
JSON = {"content-type": "application/dicom+json; charset=utf-8"}


@pytest.fixture
def new_objects(write, folder):
    """Three Part 10 files that the archive does not hold."""
    paths = [write(f"{index}.dcm", index) for index in (1, 2, 3)]
    raw = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    return raw


def test_what_is_stored_is_there_afterwards(remote, new_objects):
    here = remote()
    receipt = here.archive.store(STUDY, new_objects)
    assert receipt.stored == tuple(f"{STUDY}.1.{index}" for index in (1, 2, 3))
    assert receipt.warnings == ()
    (found,) = here.archive.search(StudyQuery(study_instance_uid=STUDY))
    assert found.number_of_instances == 3
    ref = InstanceRef(STUDY, f"{STUDY}.1", f"{STUDY}.1.2")
    (frame,) = [b"".join(f.chunks) for f in here.archive.frames(ref, [1])]
    assert frame == b"\2\0" * 24
    assert here.log.count("stow") == 1


@pytest.mark.parametrize(("refused", "status"), [(1, 202), (3, 409)])
def test_an_object_that_is_refused_is_an_error_with_its_reason(
    remote, new_objects, refused, status
):
    here = remote()
    here.faults.stow_refused = refused
    with pytest.raises(UpstreamUnavailable, match=f"{refused} of.*0xA700") as told:
        here.archive.store(STUDY, new_objects)
    assert told.value.status == status


def test_an_object_of_another_study_is_refused(remote, new_objects):
    with pytest.raises(UpstreamUnavailable, match="0xA900"):
        remote().archive.store("2.999.7.2", new_objects)


def test_an_archive_that_does_not_say_what_it_stored_is_not_believed(
    remote, new_objects
):
    here = remote()
    here.faults.stow_silent = True
    with pytest.raises(UpstreamUnavailable, match="confirmed 0 of 3"):
        here.archive.store(STUDY, new_objects)


@pytest.mark.parametrize("status", [400, 401, 403, 500, 503])
def test_a_store_that_fails_is_told_and_not_sent_twice(remote, new_objects, status):
    here = remote()
    here.faults.status, here.faults.retry_after = status, "1"
    with pytest.raises(UpstreamUnavailable) as told:
        here.archive.store(STUDY, new_objects)
    assert told.value.status == status
    assert here.log.count("stow") == 1


@pytest.mark.parametrize("fault", ["html", "garbage"])
def test_an_answer_to_a_store_that_cannot_be_read_is_told(remote, new_objects, fault):
    here = remote()
    setattr(here.faults, fault, True)
    with pytest.raises(UpstreamUnavailable):
        here.archive.store(STUDY, new_objects)


def test_what_is_no_dicom_file_is_not_sent(remote, new_objects):
    here = remote()
    with pytest.raises(NotInStandard):
        here.archive.store(STUDY, [new_objects[0], b"nonsense"])
    assert here.log.calls() == ()


def test_a_change_that_the_archive_made_is_a_warning():
    body = b'{"00081199": {"vr": "SQ", "Value": [{"00081155": {"vr": "UI", "Value":'
    body += b' ["1.2"]}, "00081196": {"vr": "US", "Value": [45056]}}]}}'
    receipt = read_receipt(Answer(202, JSON, body), ["1.2"])
    assert receipt.warnings == (("1.2", 0xB000),)


def test_a_data_set_in_a_list_is_read_too():
    body = b'[{"00081198": {"vr": "SQ", "Value": [{"00081197": {"vr": "US", '
    body += b'"Value": [272]}}]}}]'
    with pytest.raises(UpstreamUnavailable, match="1 of.*0x0110"):
        check_stored(Answer(200, JSON, body))


def test_an_answer_in_xml_is_not_guessed_at():
    answer = Answer(200, {"content-type": "application/dicom+xml"}, b"<x/>")
    with pytest.raises(UpstreamUnavailable, match="JSON"):
        check_stored(answer)
