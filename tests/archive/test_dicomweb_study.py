"""A study by DICOMweb. Oracle: the folder archive over the same files."""

from __future__ import annotations

import pytest

from smart_viewer.archive.dicomweb_metadata import fill_syntaxes
from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.indexing import index_folder
from smart_viewer.errors import NotInStandard, UpstreamUnavailable

STUDY = "2.999.7.1"


@pytest.fixture
def three_slices(write):
    for index in (1, 2, 3):
        write(f"{index}.dcm", index, WindowCenter=40, WindowWidth=400)


@pytest.fixture
def from_folder(three_slices, folder, index_path):
    index_folder(folder, index_path)
    archive = FolderArchive("folder", index_path)
    yield archive.study(STUDY)
    archive.close()


def test_the_study_is_that_of_the_folder(remote, from_folder):
    here = remote()
    assert here.archive.study(STUDY) == from_folder
    assert here.log.count("frames") == 0


def test_metadata_may_be_had_by_series_only(remote, from_folder):
    here = remote(flavour="healthimaging")
    assert here.archive.study(STUDY) == from_folder
    assert here.log.count("qido") == 1


def test_an_archive_that_tells_no_syntax_is_asked_for_two_frames(remote, from_folder):
    here = remote(flavour="orthanc")
    here.faults.mute_syntax = True
    study = here.archive.study(STUDY)
    assert here.log.count("frames") == 2
    assert study == from_folder  # PS3.18: octets that say nothing are Explicit LE


def test_a_series_whose_ends_differ_is_asked_for_each():
    slices = [
        {
            "0020000D": {"Value": [STUDY]},
            "0020000E": {"Value": [f"{STUDY}.1"]},
            "00080018": {"Value": [f"{STUDY}.1.{index}"]},
            "00280010": {"Value": [4]},
        }
        for index in (1, 2, 3, 4)
    ]
    syntaxes = dict.fromkeys("123", "1.2.840.10008.1.2.1")
    syntaxes["4"] = "1.2.840.10008.1.2.4.80"
    asked = []

    def ask(ref):
        asked.append(ref.sop_instance_uid[-1])
        return syntaxes[ref.sop_instance_uid[-1]]

    assert fill_syntaxes(slices, ask) == {}
    told = [one["00083002"]["Value"][0] for one in slices]
    assert told == list(syntaxes.values())
    assert sorted(asked) == ["1", "2", "3", "4"]


def test_an_image_whose_frames_do_not_come_says_so(remote, three_slices):
    here = remote()
    here.faults.mute_syntax = True
    here.faults.kinds, here.faults.status = frozenset({"frames"}), 500
    (series,) = here.archive.study(STUDY).series
    assert {i.problem for i in series.instances} == {
        "The archive did not give the image's frames."
    }


def test_instances_that_come_twice_are_there_once(remote, from_folder):
    here = remote()
    here.faults.duplicated = True
    assert here.archive.study(STUDY) == from_folder


def test_another_study_than_asked_is_refused(remote, write, three_slices):
    write("other.dcm", 9, StudyInstanceUID="2.999.7.9", PatientID="P-9")
    here = remote()
    here.faults.wrong_study = True
    with pytest.raises(UpstreamUnavailable, match="another study"):
        here.archive.study(STUDY)


def test_instances_of_two_patients_are_refused(remote, write, three_slices):
    write("other.dcm", 9, PatientID="P-9")
    with pytest.raises(NotInStandard):
        remote().archive.study(STUDY)


def test_a_study_that_is_not_there_is_told_with_its_status(remote, three_slices):
    with pytest.raises(UpstreamUnavailable) as told:
        remote().archive.study("2.999.1.2.3")
    assert told.value.status == 404


@pytest.mark.parametrize("uid", ["2.999.7.1/../../x", "..", "", "a", "1?x=y"])
def test_what_is_no_uid_never_becomes_a_url(remote, uid):
    here = remote()
    with pytest.raises(NotInStandard):
        here.archive.study(uid)
    assert here.log.calls() == ()


@pytest.mark.parametrize("fault", ["html", "garbage", "no_content"])
def test_metadata_that_cannot_be_read_is_told(remote, three_slices, fault):
    here = remote()
    setattr(here.faults, fault, True)
    if fault == "no_content":
        here.faults.status = 204
    with pytest.raises(UpstreamUnavailable):
        here.archive.study(STUDY)
