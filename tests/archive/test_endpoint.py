"""A WADO endpoint of SMART Imaging Access (R17), against the sandbox's own service."""

from __future__ import annotations

import pydicom
import pytest

from smart_viewer.archive.endpoint import EndpointArchive
from smart_viewer.archive.port import InstanceRef, StudyQuery
from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, origin_of
from smart_viewer.sandbox.dicomweb import DicomwebConfig

STUDY = "2.999.7.1"
TOKEN = "t0ken"


@pytest.fixture
def endpoint(remote, write):
    """`endpoint(bearer, config)`: the archive and the service behind it."""
    path = write("a.dcm", 1)

    def make(bearer=None, config=None):
        service = remote(config)
        address = f"{service.url}/dicom-web"
        policy = HostPolicy(frozenset([origin_of(address)]), loopback_allowed=True)
        outbound = Outbound(policy)
        archive = EndpointArchive("smart_0", address, [STUDY], bearer, outbound)
        return archive, service, pydicom.dcmread(path)

    return make


def test_a_study_is_found_described_and_its_frame_is_the_stored_one(endpoint):
    archive, _, dataset = endpoint()
    (found,) = archive.search(StudyQuery(study_instance_uid=STUDY))
    study = archive.study(STUDY)
    ref = InstanceRef(STUDY, dataset.SeriesInstanceUID, dataset.SOPInstanceUID)
    frames = archive.frames(ref, [1])
    assert found.patient == study.patient
    assert found.identities == study.identities
    assert found.number_of_instances == 1
    assert b"".join(next(frames).chunks) == dataset.PixelData


def test_nothing_is_asked_for_a_study_that_the_ehr_did_not_name(endpoint):
    archive, service, _ = endpoint()
    assert archive.search(StudyQuery(study_instance_uid="2.999.7.2")) == ()
    assert archive.search(StudyQuery(patient_id="P-1")) == ()
    assert service.log.count("qido") == service.log.count("metadata") == 0


def test_the_token_goes_where_it_is_asked_for(endpoint):
    config = DicomwebConfig(bearer=lambda token: token == TOKEN)
    archive, service, _ = endpoint(lambda: TOKEN, config)
    assert len(archive.search(StudyQuery(study_instance_uid=STUDY))) == 1
    assert all(call.has_authorization for call in service.log.calls("metadata"))


def test_no_token_goes_to_an_address_that_is_itself_the_credential(endpoint):
    archive, service, _ = endpoint()
    archive.search(StudyQuery(study_instance_uid=STUDY))
    calls = service.log.calls("metadata")
    assert calls
    assert not any(call.has_authorization for call in calls)


def test_an_endpoint_that_refuses_is_an_error_in_words(endpoint):
    archive, _, _ = endpoint(None, DicomwebConfig(bearer=lambda token: token == TOKEN))
    with pytest.raises(UpstreamUnavailable):
        archive.search(StudyQuery(study_instance_uid=STUDY))
