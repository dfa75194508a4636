"""Two FHIR servers: the sandbox EHR, and one that a test fills by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ehr_walk import Ehr, make_profile, running_ehr
from fhir_cases import WIDE, Facts, bundle, order, patient, study
from flask import Flask, Response, request

from smart_viewer.fhir.context import Context, read_context
from smart_viewer.fhir.reader import FhirReader
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, origin_of
from smart_viewer.sandbox.serve import start_server
from smart_viewer.settings import IdentifierSystem


@pytest.fixture
def ehr(tmp_path: Path) -> Iterator[Ehr]:
    with running_ehr(tmp_path) as running:
        yield running


@pytest.fixture
def wide(tmp_path: Path) -> Iterator[Ehr]:
    """The same with every scope that resolution can use."""
    with running_ehr(tmp_path, scopes=WIDE) as running:
        yield running


@dataclass
class Scripted:
    """Answers by path with query: an object is JSON, an int a status, bytes a body."""

    base: str = ""
    answers: dict[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def reader(self, **extra: str) -> FhirReader:
        policy = HostPolicy(frozenset({origin_of(self.base)}), loopback_allowed=True)
        return FhirReader(self.base, lambda: "token-1", Outbound(policy), extra)

    def answer(self, path: str) -> Response:
        query = request.query_string.decode()
        key = f"{path}?{query}" if query else path
        self.asked.append(key)
        self.tokens.append(request.headers.get("Authorization", ""))
        found = self.answers.get(key, self.answers.get(path, 404))
        if isinstance(found, int):
            return Response("{}", found, content_type="application/fhir+json")
        if isinstance(found, bytes):
            return Response(found, content_type="text/html")
        return Response(json.dumps(found), content_type="application/fhir+json")


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    server, app = Scripted(), Flask("scripted")
    app.add_url_rule("/fhir/<path:path>", view_func=server.answer, endpoint="answer")
    with start_server(app) as running:
        server.base = f"{running.url}/fhir"
        yield server


@pytest.fixture
def read(scripted):
    """Reads a context from the scripted server, a good one unless changed.

    extra: fields of the profile. answers: by path.
    """
    good = bundle(study(1))
    scripted.answers |= {"Patient/p1": patient(), "ServiceRequest/o1": order()}
    scripted.answers |= {
        "ImagingStudy?patient=p1&basedon=ServiceRequest%2Fo1": good,
        "ImagingStudy?patient=p1": good,
        "DiagnosticReport": bundle(),
    }

    def run(facts: Facts | None = None, extra=None, **answers: object) -> Context:
        scripted.answers |= answers
        changes = {"mrn_systems": (IdentifierSystem(system="urn:mr"),), **(extra or {})}
        profile = make_profile(scripted.base, **changes)
        return read_context(scripted.reader(), profile, facts or Facts())

    return run
