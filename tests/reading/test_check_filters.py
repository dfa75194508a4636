"""One filter of an archive, judged by answers made by hand; and errors to lines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from smart_viewer.archive.port import StudyFound, StudyQuery
from smart_viewer.archive.search_answer import SearchAnswer, SearchNotice
from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.errors import (
    LaunchRefused,
    NotInStandard,
    NotSupported,
    RequestForbidden,
    SettingsInvalid,
    UpstreamUnavailable,
)
from smart_viewer.reading.check_advice import advise_archive, advise_ehr, advise_filter
from smart_viewer.reading.check_filters import NO_TEXT, PROBES, Heeded, Probe, heeded
from smart_viewer.settings import DicomwebProfile, EhrProfile, FolderProfile

BY_NAME: dict[str, Probe] = {probe.name: probe for probe in PROBES}
STUDY = StudyFound(
    archive_id="pacs",
    study_instance_uid="2.999.1",
    patient=PatientIdentity("P-1", "HOSPITAL"),
    accession_number="A-1",
    study_date="20240203",
    study_time="",
    study_description="",
    modalities=("CT", "SR"),
    number_of_instances=2,
)


@dataclass
class Scripted:
    """An archive that gives its answers in turn and remembers the questions."""

    answers: list[SearchAnswer]
    asked: list[StudyQuery] = field(default_factory=list)
    archive_id: str = "pacs"

    def search_noted(self, query: StudyQuery) -> SearchAnswer:
        self.asked.append(query)
        return self.answers.pop(0)

    def search(self, query: StudyQuery) -> Any: ...
    def study(self, uid: str) -> Any: ...
    def frames(self, ref: Any, numbers: Any) -> Any: ...


NOTHING, FOUND = SearchAnswer(()), SearchAnswer((STUDY,))


@pytest.mark.parametrize("name", list(BY_NAME))
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([NOTHING, FOUND], Heeded(True, True)),
        ([NOTHING, NOTHING], Heeded(True, False)),
        ([FOUND, FOUND], Heeded(False, True)),
        (
            [SearchAnswer((), (SearchNotice("filter_ignored", 3),)), FOUND],
            Heeded(False, True),
        ),
        (
            [SearchAnswer((), (SearchNotice("attribute_missing", 3),)), FOUND],
            Heeded(False, True),
        ),
        (
            [SearchAnswer((), (SearchNotice("duplicate", 3),)), FOUND],
            Heeded(True, True),
        ),
    ],
)
def test_a_filter_narrows_when_nothing_comes_and_finds_when_the_study_does(
    name, answers, expected
):
    assert heeded(Scripted(list(answers)), BY_NAME[name], STUDY) == expected


def test_other_filters_are_asked_within_the_patient_as_a_launch_does():
    archive = Scripted([NOTHING, FOUND])
    heeded(archive, BY_NAME["AccessionNumber"], STUDY)
    assert archive.asked == [
        StudyQuery("P-1", accession_number=NO_TEXT),
        StudyQuery("P-1", accession_number="A-1"),
    ]


@pytest.mark.parametrize("patient_id", ["", "P*1"])
def test_a_patient_that_cannot_be_asked_for_is_replaced_by_the_study(patient_id):
    known = replace(STUDY, patient=PatientIdentity(patient_id))
    archive = Scripted([NOTHING, FOUND])
    heeded(archive, BY_NAME["StudyDate"], known)
    assert {query.study_instance_uid for query in archive.asked} == {"2.999.1"}


def test_a_value_that_is_the_configurations_own_is_not_asked_for():
    archive = Scripted([NOTHING])
    found = heeded(archive, BY_NAME["IssuerOfPatientID"], STUDY, "HOSPITAL")
    assert found == Heeded(True, None)


def remote(**changes: Any) -> DicomwebProfile:
    values = {"id": "pacs", "kind": "dicomweb", "base_url": "https://pacs.example/rs"}
    return DicomwebProfile.model_validate({**values, **changes})


@pytest.mark.parametrize(
    ("act", "error", "key"),
    [
        ("open", SettingsInvalid("no key"), "auth"),
        ("search", RequestForbidden("private"), "private_network"),
        ("search", UpstreamUnavailable("gave no answer (SSLError)"), "ca_bundle"),
        ("search", UpstreamUnavailable("gave no answer (OSError)"), "ca_bundle"),
        ("search", UpstreamUnavailable("did not answer in time"), "timeout_s"),
        ("frame", UpstreamUnavailable("busy", 429), "timeout_s"),
        ("frame", UpstreamUnavailable("no", 406), "frames_accept"),
        ("frame", NotSupported("JPEG XL"), "frames_accept"),
        ("frame", NotInStandard("short"), "base_url"),
        ("search", LaunchRefused("never here"), "base_url"),
    ],
)
def test_an_error_of_an_archive_leads_to_its_line(act, error, key):
    assert advise_archive(remote(), act, error).key == f"[pacs] {key}"


def test_the_filters_that_a_flavour_lacks_stay_in_the_line_that_is_advised():
    advice = advise_filter(remote(flavour="google"), "StudyDate")
    assert '["IssuerOfPatientID", "StudyDate"]' in advice.text


def test_a_folder_that_does_not_filter_has_an_index_to_be_made_again():
    folder = FolderProfile(id="images", path=Path("images"))
    assert advise_filter(folder, "StudyDate").key == "[images] path"


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (RequestForbidden("private"), "private_network"),
        (LaunchRefused("bad", "bad_endpoint"), "iss"),
        (UpstreamUnavailable("busy", 503), "iss"),
    ],
)
def test_an_error_of_an_ehr_leads_to_its_line(error, key):
    profile = EhrProfile.model_construct(id="epic_north")
    advice = advise_ehr(profile, error)
    assert (advice.file, advice.key) == ("epic_north.toml", key)
