"""The sandbox's DICOMweb service. Oracles: dicomweb-client, pydicom, PS3.18 by hand."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
import requests
from dicomweb_client.web import DICOMwebClient
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from smart_viewer.sandbox.dicomweb import DicomwebConfig, create_archive
from smart_viewer.sandbox.serve import start_server

ROOT = "2.999.8"
MULTIPART = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
ONE_PART = "application/octet-stream; transfer-syntax=*"


def ct(study, number, **changes):
    """A 4 x 6 CT image of two frames."""
    dataset = Dataset()
    dataset.preamble = bytes(128)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    values = {
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": f"{ROOT}.{study}.1.{number}",
        "StudyInstanceUID": f"{ROOT}.{study}",
        "SeriesInstanceUID": f"{ROOT}.{study}.1",
        "PatientID": f"P-{study}",
        "PatientName": f"Sandbox^Person {study}",
        "AccessionNumber": f"A-{study}",
        "StudyDate": f"2024010{study}",
        "Modality": "CT",
        "InstanceNumber": number,
        "NumberOfFrames": 2,
        "Rows": 4,
        "Columns": 6,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "PixelData": np.arange(48, dtype="<u2").tobytes(),
    }
    for keyword, value in (values | changes).items():
        setattr(dataset, keyword, value)
    dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return dataset


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Studies 1 (two images), 2 and 3 (one image each), and a text file."""
    for study, number in ((1, 1), (1, 2), (2, 1), (3, 1)):
        ct(study, number).save_as(
            tmp_path / f"{study}-{number}.dcm", enforce_file_format=True
        )
    (tmp_path / "readme.txt").write_text("not DICOM")
    return tmp_path


class Service:
    """A running service, and dicomweb-client on it."""

    def __init__(self, files, config=None):
        self.app = create_archive(files, config)
        self.server = start_server(self.app)
        self.base = f"{self.server.url}/dicom-web"
        self.client = DICOMwebClient(self.base)
        self.client.set_http_retry_params(retry=False)
        self.log = self.app.extensions["sandbox_dicomweb_log"]
        self.faults = self.app.extensions["sandbox_dicomweb_faults"]

    def get(self, path, accept="*/*", **kwargs):
        headers = {"Accept": accept}
        return requests.get(f"{self.base}{path}", headers=headers, **kwargs)

    def close(self):
        self.client._session.close()
        self.server.stop()


@pytest.fixture
def service(files):
    made = []

    def start(config=None):
        made.append(Service(files, config))
        return made[-1]

    yield start
    for one in made:
        one.close()


def found(service, **filters):
    answers = service.client.search_for_studies(search_filters=filters)
    return sorted(int(a["0020000D"]["Value"][0][-1]) for a in answers)


@pytest.mark.parametrize(
    ("filters", "studies"),
    [
        ({}, [1, 2, 3]),
        ({"PatientID": "P-2"}, [2]),
        ({"PatientID": "p-2"}, []),
        ({"PatientID": "P-*"}, [1, 2, 3]),
        ({"PatientID": "?-3"}, [3]),
        ({"PatientID": "P"}, []),
        ({"PatientID": ""}, [1, 2, 3]),
        ({"PatientName": "Sandbox^Person 1"}, [1]),
        ({"PatientName": "Sandbox*"}, [1, 2, 3]),
        ({"AccessionNumber": "A-1"}, [1]),
        ({"StudyDate": "20240102"}, [2]),
        ({"StudyDate": "20240102-"}, [2, 3]),
        ({"StudyDate": "-20240102"}, [1, 2]),
        ({"StudyDate": "20240102-20240102"}, [2]),
        ({"StudyInstanceUID": f"{ROOT}.1,{ROOT}.3"}, [1, 3]),
        ({"StudyInstanceUID": f"{ROOT}.*"}, []),
        ({"ModalitiesInStudy": "CT"}, [1, 2, 3]),
        ({"ModalitiesInStudy": "MR"}, []),
        ({"00100020": "P-2", "StudyDate": "20240103"}, []),
    ],
)
def test_a_search_matches_as_the_standard_says(service, filters, studies):
    assert found(service(), **filters) == studies


def test_what_is_no_attribute_is_a_bad_request(service):
    assert service().get("/studies?PatientShoe=1").status_code == 400


def test_series_and_instances_are_found_below_their_study(service):
    client = service().client
    (series,) = client.search_for_series(f"{ROOT}.1")
    assert series["00201209"]["Value"] == [2]
    answers = client.search_for_instances(f"{ROOT}.1", f"{ROOT}.1.1")
    assert [a["00200013"]["Value"] for a in answers] == [[1], [2]]


def test_results_come_in_pages_and_attributes_on_demand(service):
    client = service().client
    pages = [client.search_for_studies(limit=2, offset=at) for at in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert "0008103E" not in pages[0][0]
    (asked, *_) = client.search_for_studies(fields=["BitsStored"])
    assert asked["00280101"]["Value"] == [12]
    (everything, *_) = client.search_for_studies(fields=["all"])
    assert "00280103" in everything


def test_metadata_is_what_pydicom_reads_with_pixels_by_uri(service, files):
    here = service()
    (told,) = here.get(f"/studies/{ROOT}.2/metadata").json()
    uri = told["7FE00010"]["BulkDataURI"]
    assert uri.startswith(f"{here.base}/studies/{ROOT}.2/")
    (pixels,) = here.client.retrieve_bulkdata(uri)
    assert pixels == np.arange(48, dtype="<u2").tobytes()
    assert here.log.count("bulk") == 1
    assert told.pop("00083002")["Value"] == [ExplicitVRLittleEndian]
    told.pop("7FE00010")
    expected = pydicom.dcmread(files / "2-1.dcm", stop_before_pixels=True)
    assert Dataset.from_json(told) == expected.copy()


def test_frames_come_in_several_parts_or_one(service):
    here = service()
    path = f"{ROOT}.1", f"{ROOT}.1.1", f"{ROOT}.1.1.2"
    frames = here.client.retrieve_instance_frames(*path, [1, 2])
    pixels = np.arange(48, dtype="<u2").tobytes()
    assert frames == [pixels[:48], pixels[48:]]
    url = "/studies/{}/series/{}/instances/{}/frames/2".format(*path)
    answer = here.get(url, ONE_PART)
    assert answer.content == pixels[48:]
    assert answer.headers["Content-Length"] == "48"
    assert answer.headers["Content-Type"].endswith(ExplicitVRLittleEndian)


def test_stored_bytes_come_only_where_they_are_wanted(service, files):
    source = pydicom.dcmread(get_testdata_file("JPEG2000.dcm"))
    source.save_as(files / "j2k.dcm")
    here = service()
    study, series = source.StudyInstanceUID, source.SeriesInstanceUID
    url = f"/studies/{study}/series/{series}/instances/{source.SOPInstanceUID}/frames/1"
    stored = here.get(url, ONE_PART)
    assert stored.content.startswith(b"\xff\x4f\xff\x51")
    assert stored.headers["Content-Type"].endswith(source.file_meta.TransferSyntaxUID)
    assert here.get(url, "application/octet-stream").status_code == 406
    assert here.get(url, "image/jpeg").status_code == 406


def test_what_is_not_there_is_not_found(service):
    here = service()
    frames = f"/studies/{ROOT}.1/series/{ROOT}.1.1/instances/{ROOT}.1.1.1/frames"
    assert here.get(f"/studies/{ROOT}.9/metadata").status_code == 404
    assert here.get(f"{frames}/3", MULTIPART).status_code == 404
    assert here.get(f"{frames}/0", MULTIPART).status_code == 400
    assert here.get(f"{frames}/x", MULTIPART).status_code == 400


def test_a_whole_study_comes_as_its_files(service, files):
    datasets = service().client.retrieve_study(f"{ROOT}.1")
    expected = [pydicom.dcmread(files / f"1-{n}.dcm") for n in (1, 2)]
    assert datasets == expected


def test_what_is_stored_can_be_found(service):
    here = service()
    answer = here.client.store_instances([ct(4, 1), ct(4, 2)])
    assert len(answer.ReferencedSOPSequence) == 2
    assert found(here, PatientID="P-4") == [4]
    assert len(here.client.retrieve_study_metadata(f"{ROOT}.4")) == 2


def test_a_store_that_is_refused_names_the_object_and_the_reason(service):
    here = service()
    here.faults.stow_refused = 1
    answer = here.client.store_instances([ct(4, 1), ct(4, 2)])
    (failed,) = answer.FailedSOPSequence
    assert failed.FailureReason == 0xA700
    assert failed.ReferencedSOPInstanceUID == f"{ROOT}.4.1.1"
    assert len(answer.ReferencedSOPSequence) == 1


def test_nonsense_is_refused_and_an_object_of_another_study_too(service):
    here = service()
    with BytesIO() as buffer:
        pydicom.dcmwrite(buffer, ct(4, 1), enforce_file_format=True)
        good = buffer.getvalue()
    kind = 'multipart/related; type="application/dicom"; boundary=b'
    for part, reason in ((b"nonsense", 0xC000), (good, 0xA900)):
        body = b"--b\r\nContent-Type: application/dicom\r\n\r\n" + part + b"\r\n--b--"
        url, headers = f"{here.base}/studies/{ROOT}.7", {"Content-Type": kind}
        answer = requests.post(url, body, headers=headers)
        assert answer.status_code == 409
        (failed,) = answer.json()["00081198"]["Value"]
        assert failed["00081197"]["Value"] == [reason]


def test_every_call_is_counted_by_kind_with_its_proof(service):
    here = service(DicomwebConfig(bearer=lambda token: token == "good"))
    url = f"/studies/{ROOT}.1/metadata"
    assert here.get(url).status_code == 401
    headers = {"Authorization": "Bearer good"}
    assert requests.get(f"{here.base}{url}", headers=headers).ok
    headers = {"Authorization": "Bearer bad"}
    query = requests.get(f"{here.base}/studies?PatientID=P-1", headers=headers)
    assert query.status_code == 401
    assert [call.has_authorization for call in here.log.calls("metadata")] == [
        False,
        True,
    ]
    (call,) = here.log.calls("qido")
    assert call.query_keys == ("PatientID",)
    assert "P-1" not in repr(call)
    here.log.clear()
    assert here.log.count("qido") == 0


def test_basic_proof_is_asked_for_where_configured(service):
    here = service(DicomwebConfig(basic=("v", "p")))
    assert here.get("/studies").status_code == 401
    assert here.get("/studies", auth=("v", "x")).status_code == 401
    assert here.get("/studies", auth=("v", "p")).ok


def test_truncation_says_so_in_a_warning(service):
    here = service()
    here.faults.truncate_at = 2
    answer = here.get("/studies")
    assert len(answer.json()) == 2
    assert answer.headers["Warning"].startswith("299 ")


def test_a_fault_may_hit_some_kinds_or_some_times_only(service):
    here = service()
    here.faults.status, here.faults.times = 503, 1
    here.faults.retry_after = "1"
    first = here.get("/studies")
    assert (first.status_code, first.headers["Retry-After"]) == (503, "1")
    assert here.get("/studies").ok
    here.faults.clear()
    here.faults.status, here.faults.kinds = 403, frozenset({"metadata"})
    assert here.get("/studies").ok
    assert here.get(f"/studies/{ROOT}.1/metadata").status_code == 403
    here.faults.clear()
    assert here.get(f"/studies/{ROOT}.1/metadata").ok


@pytest.mark.parametrize("fault", [{"cut_frame": True}, {"length_error": 9}])
def test_a_connection_can_be_cut_in_a_frame(service, fault):
    here = service()
    for name, value in fault.items():
        setattr(here.faults, name, value)
    frames = f"/studies/{ROOT}.1/series/{ROOT}.1.1/instances/{ROOT}.1.1.1/frames"
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        here.get(f"{frames}/1", ONE_PART)
