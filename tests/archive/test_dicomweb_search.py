"""Searching a DICOMweb archive. Oracle: the files that were written, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.archive.dicomweb_metadata import fill_syntaxes, sure_instances
from smart_viewer.archive.dicomweb_query import Sieve
from smart_viewer.archive.port import StudyQuery
from smart_viewer.archive.search_answer import ask
from smart_viewer.dicom.read_study import project, read_study
from smart_viewer.errors import NotInStandard, UpstreamUnavailable

OURS = StudyQuery(patient_id="P-1")
TWO = "2.999.7.2"


@pytest.fixture
def two_patients(write):
    """A study of P-1 with two slices and one of P-2 with one."""
    for index in (1, 2):
        write(f"a{index}.dcm", index, AccessionNumber="A-1", StudyTime="0930")
    write(
        "b.dcm",
        3,
        PatientID="P-2",
        StudyInstanceUID=TWO,
        SOPInstanceUID="2.999.7.2.1.3",
        SeriesInstanceUID="2.999.7.2.1",
        Modality="MR",
    )


def uids(found):
    return [study.study_instance_uid for study in found]


def test_a_search_brings_the_study_as_it_is(remote, two_patients):
    (found,) = remote().archive.search(OURS)
    assert found.archive_id == "remote"
    assert found.study_instance_uid == "2.999.7.1"
    assert found.patient.patient_id == "P-1"
    assert found.patient.patient_name == "Test^One"
    assert found.patient.patient_birth_date == "19700101"
    assert (found.accession_number, found.study_date) == ("A-1", "20240203")
    assert (found.study_time, found.modalities) == ("0930", ("CT",))
    assert found.number_of_instances == 2


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (StudyQuery(patient_id="P-1", accession_number="A-1"), 1),
        (StudyQuery(patient_id="P-1", accession_number="A-2"), 0),
        (StudyQuery(patient_id="P-1", modality="CT"), 1),
        (StudyQuery(patient_id="P-1", modality="MR"), 0),
        (StudyQuery(patient_id="P-1", study_date_from="20240203"), 1),
        (StudyQuery(patient_id="P-1", study_date_to="20240202"), 0),
        (StudyQuery(study_instance_uid=TWO), 1),
        (StudyQuery(patient_id="P-1", study_instance_uid=TWO), 0),
        (StudyQuery(patient_id="p-1"), 0),
    ],
)
@pytest.mark.parametrize("ignored", [False, True])
def test_every_filter_holds_even_where_the_archive_ignores_it(
    remote, two_patients, query, count, ignored
):
    here = remote()
    here.faults.filter_ignored = ignored
    assert len(here.archive.search(query)) == count


def test_studies_of_others_are_dropped_and_counted(remote, two_patients):
    here = remote()
    here.faults.filter_ignored = True
    answer = here.archive.search_noted(OURS)
    assert uids(answer.found) == ["2.999.7.1"]
    assert [(n.code, n.count) for n in answer.notices] == [("filter_ignored", 1)]
    assert "P-" not in answer.notices[0].text


def test_an_answer_without_what_was_asked_for_is_dropped_and_counted(
    remote, two_patients
):
    here = remote()
    here.faults.attributes_dropped = frozenset({"00100020"})
    answer = here.archive.search_noted(OURS)
    assert answer.found == ()
    assert [(n.code, n.count) for n in answer.notices] == [("attribute_missing", 1)]


def test_the_issuer_of_an_archive_that_names_none_is_configured(remote, two_patients):
    query = StudyQuery(patient_id="P-1", issuer_of_patient_id="Sandbox")
    here = remote(
        issuer_of_patient_id="Sandbox", unsupported_filters=["IssuerOfPatientID"]
    )
    (found,) = here.archive.search(query)
    assert found.patient.issuer_of_patient_id == "Sandbox"
    assert "IssuerOfPatientID" not in here.log.calls("qido")[0].query_keys
    assert here.archive.study("2.999.7.1").patient == found.patient
    assert remote().archive.search(query) == ()


def test_a_filter_that_the_archive_has_not_is_not_sent_but_holds(remote, two_patients):
    here = remote(flavour="healthimaging")
    assert here.archive.search(StudyQuery(patient_id="P-1", modality="MR")) == ()
    assert "ModalitiesInStudy" not in here.log.calls("qido")[0].query_keys


def test_a_study_that_comes_twice_is_found_once(remote, two_patients):
    here = remote()
    here.faults.duplicated = True
    answer = here.archive.search_noted(OURS)
    assert uids(answer.found) == ["2.999.7.1"]
    assert [n.code for n in answer.notices] == ["duplicate"]


@pytest.fixture
def five_studies(write):
    for index in range(1, 6):
        write(
            f"{index}.dcm",
            index,
            StudyInstanceUID=f"2.999.7.{index}",
            StudyDate=f"2024020{index}",
        )


def test_a_cut_answer_is_asked_on_until_it_is_whole(remote, five_studies):
    here = remote()
    here.faults.truncate_at = 2
    found = here.archive.search(OURS)
    assert uids(found) == [f"2.999.7.{index}" for index in (5, 4, 3, 2, 1)]
    assert here.log.count("qido") == 3


def test_an_archive_that_keeps_studies_back_is_not_believed(remote, five_studies):
    here = remote()
    here.faults.truncate_at, here.faults.offset_ignored = 2, True
    with pytest.raises(UpstreamUnavailable, match="more studies"):
        here.archive.search(OURS)
    answer = ask(here.archive, OURS)
    assert len(answer.found) == 2
    assert answer.is_partial


def test_one_study_by_its_uid_needs_one_question(remote, five_studies):
    here = remote()
    here.faults.truncate_at = 1
    assert len(here.archive.search(StudyQuery(study_instance_uid="2.999.7.1"))) == 1
    assert here.log.count("qido") == 1


def test_no_content_is_no_study(remote, two_patients):
    here = remote()
    here.faults.no_content = True
    assert here.archive.search(StudyQuery(patient_id="nobody")) == ()


def test_a_blank_in_an_identifier_arrives_as_a_blank(remote, write):
    write("a.dcm", 1, PatientID="P 1+2&c=d")
    assert len(remote().archive.search(StudyQuery(patient_id="P 1+2&c=d"))) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 500, 503])
def test_a_status_that_is_no_success_is_told(remote, two_patients, status):
    here = remote()
    here.faults.status = status
    with pytest.raises(UpstreamUnavailable) as told:
        here.archive.search(OURS)
    assert told.value.status == status
    assert "P-1" not in str(told.value)


@pytest.mark.parametrize("fault", ["html", "garbage"])
def test_what_is_no_dicom_json_is_told_without_quoting_it(remote, two_patients, fault):
    here = remote()
    setattr(here.faults, fault, True)
    with pytest.raises(UpstreamUnavailable) as told:
        here.archive.search(OURS)
    assert "0020000D" not in str(told.value)
    assert told.value.__cause__ is None


def test_a_busy_archive_is_asked_again_as_it_says(remote, two_patients):
    here = remote()
    here.faults.status, here.faults.retry_after, here.faults.times = 503, "1", 1
    assert len(here.archive.search(OURS)) == 1
    assert here.log.count("qido") == 2


def test_an_archive_that_is_busy_for_long_is_left_alone(remote, two_patients):
    here = remote()
    here.faults.status, here.faults.retry_after = 503, "600"
    with pytest.raises(UpstreamUnavailable):
        here.archive.search(OURS)
    assert here.log.count("qido") == 1


def test_an_archive_that_does_not_answer_in_time_is_told(remote, two_patients):
    here = remote(timeout_s=0.2)
    here.faults.slow_s = 1.0
    with pytest.raises(UpstreamUnavailable, match="in time"):
        here.archive.search(OURS)


def test_an_archive_that_is_not_there_is_told(remote):
    archive = remote(base_url="http://localhost:9/dicom-web").archive
    with pytest.raises(UpstreamUnavailable):
        archive.search(OURS)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
    ),
    max_leaves=8,
)
TAGS = "0020000D 0020000E 00080018 00100010 00100020 00080061 00201208 00280010"
DATASETS = st.lists(
    st.dictionaries(
        st.sampled_from(TAGS.split()),
        JSON | st.builds(lambda found: {"Value": found}, st.lists(JSON, max_size=2)),
    )
    | JSON,
    max_size=4,
)


@given(DATASETS)
def test_no_answer_is_so_odd_that_it_breaks_the_search(answers):
    sieve = Sieve("remote", OURS)
    sieve.take(answers)
    assert all(s.patient.patient_id == "P-1" for s in sieve.result(False).found)


@given(DATASETS)
def test_no_metadata_are_so_odd_that_they_break_the_study(answers):
    try:
        instances = sure_instances(answers, "1.2.3")
        fill_syntaxes(instances, lambda ref: "1.2.840.10008.1.2.1")
        read_study([project(dataset) for dataset in instances])
    except (UpstreamUnavailable, NotInStandard):
        return
