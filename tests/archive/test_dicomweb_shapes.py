"""Products that cannot run here, as their public documentation describes them.

dcm4chee-arc-light, AWS HealthImaging and the Google Cloud Healthcare API: paths,
headers and answers below were written by hand after their public documents, not
recorded from them. The server knows these paths and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask, Response, request

from smart_viewer.archive.dicomweb import DicomwebArchive
from smart_viewer.archive.port import InstanceRef, StudyQuery
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, origin_of
from smart_viewer.sandbox.serve import start_server
from smart_viewer.settings import DicomwebProfile

STUDY, SERIES, IMAGE = "2.999.6.1", "2.999.6.1.1", "2.999.6.1.1.1"
REF = InstanceRef(STUDY, SERIES, IMAGE)
HTJ2K = "1.2.840.10008.1.2.4.202"
FRAME = b"\xff\x4f\xff\x51" + bytes(range(200))
FOUND = {
    "00080020": {"vr": "DA", "Value": ["20240203"]},
    "00080061": {"vr": "CS", "Value": ["CT"]},
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Sandbox^Shape"}]},
    "00100020": {"vr": "LO", "Value": ["P-6"]},
    "0020000D": {"vr": "UI", "Value": [STUDY]},
    "00201208": {"vr": "IS", "Value": ["1"]},  # some write IS as text
}
INSTANCE = {
    "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.2"]},
    "00080018": {"vr": "UI", "Value": [IMAGE]},
    "00080060": {"vr": "CS", "Value": ["CT"]},
    "00100020": {"vr": "LO", "Value": ["P-6"]},
    "0020000D": {"vr": "UI", "Value": [STUDY]},
    "0020000E": {"vr": "UI", "Value": [SERIES]},
    "00280010": {"vr": "US", "Value": [4]},
    "00280011": {"vr": "US", "Value": [6]},
    "00280002": {"vr": "US", "Value": [1]},
    "00280004": {"vr": "CS", "Value": ["MONOCHROME2"]},
    "00280100": {"vr": "US", "Value": [16]},
    "00280101": {"vr": "US", "Value": [12]},
    "00280102": {"vr": "US", "Value": [11]},
    "00280103": {"vr": "US", "Value": [0]},
}
IN_PARTS = (
    b"--x\r\nContent-Type: application/octet-stream; transfer-syntax="
    + HTJ2K.encode()
    + b"\r\n\r\n"
    + FRAME
    + b"\r\n--x--\r\n"
)
MULTIPART = 'multipart/related; type="application/octet-stream"; boundary=x'


@dataclass
class Shape:
    """One product: where it lies and what it answers to each path."""

    profile: dict[str, object]
    paths: dict[str, tuple[str, bytes]]
    asked: list[tuple[str, str]] = field(default_factory=list)


def as_json(*datasets: object) -> tuple[str, bytes]:
    return "application/dicom+json", json.dumps(datasets).encode()


# https://<host>/dcm4chee-arc/aets/<AET>/rs: one root for everything; metadata name
# the syntax; QIDO writes "300" for an IS.
DCM4CHEE = Shape(
    {"base_url": "/dcm4chee-arc/aets/DCM4CHEE/rs", "flavour": "dcm4chee"},
    {
        "/dcm4chee-arc/aets/DCM4CHEE/rs/studies": as_json(FOUND),
        f"/dcm4chee-arc/aets/DCM4CHEE/rs/studies/{STUDY}/metadata": as_json(
            {**INSTANCE, "00083002": {"vr": "UI", "Value": [HTJ2K]}}
        ),
        f"/dcm4chee-arc/aets/DCM4CHEE/rs/studies/{STUDY}/series/{SERIES}"
        f"/instances/{IMAGE}/frames/1": (MULTIPART, IN_PARTS),
    },
)
# https://dicom-medical-imaging.<region>.amazonaws.com/datastore/<id>: metadata by
# series only; no IssuerOfPatientID to search by; a frame may come in one part.
HEALTHIMAGING = Shape(
    {"base_url": "/datastore/0123456789abcdef", "flavour": "healthimaging"},
    {
        "/datastore/0123456789abcdef/studies": as_json(FOUND),
        f"/datastore/0123456789abcdef/studies/{STUDY}/series": as_json(
            {"0020000D": FOUND["0020000D"], "0020000E": INSTANCE["0020000E"]}
        ),
        f"/datastore/0123456789abcdef/studies/{STUDY}/series/{SERIES}/metadata": (
            as_json({**INSTANCE, "00020010": {"vr": "UI", "Value": [HTJ2K]}})
        ),
        f"/datastore/0123456789abcdef/studies/{STUDY}/series/{SERIES}"
        f"/instances/{IMAGE}/frames/1": (
            f"application/octet-stream; transfer-syntax={HTJ2K}",
            FRAME,
        ),
    },
)
# https://healthcare.googleapis.com/v1/projects/<p>/locations/<l>/datasets/<d>
# /dicomStores/<s>/dicomWeb
GOOGLE_ROOT = "/v1/projects/p/locations/l/datasets/d/dicomStores/s/dicomWeb"
GOOGLE = Shape(
    {"base_url": GOOGLE_ROOT, "flavour": "google"},
    {
        f"{GOOGLE_ROOT}/studies": as_json(FOUND),
        f"{GOOGLE_ROOT}/studies/{STUDY}/metadata": as_json(
            {**INSTANCE, "00083002": {"vr": "UI", "Value": [HTJ2K]}}
        ),
        f"{GOOGLE_ROOT}/studies/{STUDY}/series/{SERIES}/instances/{IMAGE}/frames/1": (
            MULTIPART,
            IN_PARTS,
        ),
    },
)
# A vendor that serves search and retrieve under different roots.
SPLIT = Shape(
    {"base_url": "/api", "qido_prefix": "qido-rs", "wado_prefix": "wado-rs"},
    {
        "/api/qido-rs/studies": as_json(FOUND),
        f"/api/wado-rs/studies/{STUDY}/metadata": as_json(
            {**INSTANCE, "00083002": {"vr": "UI", "Value": [HTJ2K]}}
        ),
        f"/api/wado-rs/studies/{STUDY}/series/{SERIES}/instances/{IMAGE}/frames/1": (
            f"application/octet-stream; transfer-syntax={HTJ2K}",
            FRAME,
        ),
    },
)


@pytest.fixture(params=[DCM4CHEE, HEALTHIMAGING, GOOGLE, SPLIT])
def product(request: pytest.FixtureRequest) -> Iterator[tuple[Shape, DicomwebArchive]]:
    shape: Shape = request.param
    shape.asked.clear()
    with start_server(_server_of(shape)) as server:
        values = {
            "id": "pacs",
            "kind": "dicomweb",
            **shape.profile,
            "base_url": f"{server.url}{shape.profile['base_url']}",
        }
        profile = DicomwebProfile.model_validate(values)
        policy = HostPolicy(frozenset({origin_of(server.url)}), loopback_allowed=True)
        yield shape, DicomwebArchive("pacs", profile, Outbound(policy))


def _server_of(shape: Shape) -> Flask:
    app = Flask("shape")

    @app.get("/<path:path>")
    def answer(path: str) -> Response:
        shape.asked.append((f"/{path}", request.headers.get("Accept", "")))
        kind, body = shape.paths.get(f"/{path}", ("text/plain", b""))
        return Response(body, 200 if body else 404, content_type=kind)

    return app


def test_search_metadata_and_frames_work_by_the_documented_shape(product):
    shape, archive = product
    (found,) = archive.search(StudyQuery(patient_id="P-6", modality="CT"))
    assert (found.study_instance_uid, found.number_of_instances) == (STUDY, 1)
    (series,) = archive.study(STUDY).series
    (image,) = series.instances
    assert image.transfer_syntax_uid == HTJ2K
    assert (image.pixels.rows, image.pixels.columns) == (4, 6)
    ((syntax, body),) = [
        (f.transfer_syntax_uid, b"".join(f.chunks)) for f in archive.frames(REF, [1])
    ]
    assert (syntax, body) == (HTJ2K, FRAME)
    assert {path for path, _ in shape.asked} == set(shape.paths)
