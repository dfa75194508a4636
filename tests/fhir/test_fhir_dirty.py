"""R19 as a property: whatever lies in a Bundle, the good entries come through."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

from fhir_cases import Facts, acsn, bundle, order, patient, report, study
from hypothesis import given, settings
from hypothesis import strategies as st

from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.fhir import imaging
from smart_viewer.fhir.context import read_context
from smart_viewer.fhir.reader import FhirReader, _take_entries
from smart_viewer.settings import EhrProfile, IdentifierSystem

BASE = "https://ehr.example/fhir"
PROFILE = EhrProfile(
    id="ehr",
    label="EHR",
    iss=BASE,
    client_id="c",
    scopes=("launch",),
    mrn_systems=(IdentifierSystem(system="urn:mr"),),
)
KEYS = st.sampled_from(
    (
        "resourceType id status subject basedOn identifier modality started series "
        "procedureCode reasonCode description endpoint contained extension code "
        "category bodySite supportingInfo authoredOn imagingStudy issued conclusion "
        "text link name birthDate gender class period coding system value type other "
        "reference div unknown"
    ).split()
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.sampled_from(
        [
            "",
            "ImagingStudy",
            "ServiceRequest",
            "Endpoint",
            "Patient/p1",
            "ServiceRequest/o1",
            "urn:dicom:uid",
            "urn:oid:1.2.3",
            "2024-13-45",
            "#e",
            "comparison: 2024-02-30",
            "replaces",
            "*",
        ]
    ),
    st.text(max_size=8),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=5)
    ),
    max_leaves=25,
)
MEMBERS = st.dictionaries(KEYS, JSON, max_size=6)


class Answers(FhirReader):
    """The reader's own sorting of entries, on Bundles that a test made."""

    def __init__(self, found: dict[str, object]) -> None:
        super().__init__(BASE, lambda: "", None)
        self.found = found

    def document(self, path):
        raise UpstreamUnavailable("none", 404)

    def read(self, resource_type, resource_id):
        return self.found[resource_type]

    def search(self, resource_type, params):
        entries: list = []
        warnings: list = []
        _take_entries(self.found[f"{resource_type}s"], entries, warnings)
        return tuple(entries), tuple(warnings)


def answers(**changes: object) -> Answers:
    good = {
        "Patient": patient(),
        "ServiceRequest": order(),
        "Encounter": {"resourceType": "Encounter", "id": "e1"},
        "DiagnosticReports": bundle(),
        "ImagingStudys": bundle(study(1)),
        "ServiceRequests": bundle(order()),
    }
    return Answers({**good, **changes})


@settings(max_examples=60, deadline=None)
@given(st.lists(JSON, max_size=5), st.lists(MEMBERS, max_size=4))
def test_good_studies_survive_any_neighbours(rubbish, changes):
    # R19: never raises, and the three good ones are there
    dirty = [study(9, basedOn=None, identifier=None) | change for change in changes]
    found = bundle(study(1), *rubbish, study(2), *dirty, study(3))
    found["entry"] += rubbish
    context = read_context(answers(ImagingStudys=found), PROFILE, Facts())
    assert {"1.2.1", "1.2.2", "1.2.3"} <= set(context.study_uids)
    assert context.patient.mrns == (("M1", ""),)


@settings(max_examples=60, deadline=None)
@given(MEMBERS, MEMBERS, MEMBERS, MEMBERS)
def test_any_dirt_in_any_resource_is_read_around(one, two, three, four):
    # R19: every resource may break R4 anywhere but in whose it is
    mine = {"subject": {"reference": "Patient/p1"}}
    context = read_context(
        answers(
            Patient={**patient(), **one, "resourceType": "Patient", "id": "p1"},
            ServiceRequest={**order(), **two, **mine, "id": "o1"},
            DiagnosticReports=bundle({**report(), **three, **mine}),
            Encounter={"resourceType": "Encounter", "id": "e1", **four, **mine},
        ),
        PROFILE,
        Facts(encounter="e1"),
    )
    assert "1.2.1" in context.study_uids
    assert context.order is not None


@settings(max_examples=40, deadline=None)
@given(st.permutations([1, 2, 3, 4, 5]))
def test_the_order_of_entries_does_not_change_what_is_found(numbers):
    found = bundle(*(study(n, started=f"2024-01-0{n}") for n in numbers))
    context = read_context(answers(ImagingStudys=found), PROFILE, Facts(references=()))
    hints = [hint.study_instance_uid for hint in context.prior_hints]
    assert hints == [f"1.2.{n}" for n in (5, 4, 3, 2, 1)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["A1", "A2", "A3"]), max_size=3))
def test_a_study_is_of_an_order_exactly_where_they_share_a_number(numbers):
    # accession not one-to-one
    found = bundle(
        study(
            1,
            basedOn=None,
            identifier=[
                {"system": "urn:dicom:uid", "value": "urn:oid:1.2.1"},
                *map(acsn, numbers),
            ],
        )
    )
    context = read_context(answers(ImagingStudys=found), PROFILE, Facts())
    assert (context.study_uids == ("1.2.1",)) == ("A1" in numbers)


class Together(Answers):
    """Answers only once three questions are under way at the same time."""

    def __init__(self, found: dict[str, object]) -> None:
        super().__init__(found)
        self._door = Barrier(3, timeout=30)

    def read(self, resource_type, resource_id):
        self._door.wait()
        return super().read(resource_type, resource_id)


def test_independent_questions_are_asked_at_the_same_time():
    # R47: asked one after the other, the first would wait for ever
    together = Together(answers().found)
    context = read_context(together, PROFILE, Facts(encounter="e1"))
    assert context.order is not None
    assert context.study_uids == ("1.2.1",)


class Unanswered(Answers):
    """Whose documents do not come before the context is there."""

    def __init__(self, found: dict[str, object]) -> None:
        super().__init__(found)
        self.done = Event()

    def document(self, path):
        self.done.wait(timeout=30)
        return {"rest": [{"resource": [{"type": "Patient"}]}]}


def test_a_slow_document_delays_no_launch(monkeypatch):
    # R16, R47: it could only have said that ImagingStudy is not there
    monkeypatch.setattr(imaging, "DOCUMENT_WAIT_S", 0.0)
    unanswered = Unanswered(answers().found)
    context = read_context(unanswered, PROFILE, Facts())
    assert not unanswered.done.is_set()
    unanswered.done.set()
    assert context.study_uids == ("1.2.1",)


def test_the_trace_is_the_same_however_the_answers_arrive():
    # answers come from threads; the trace must not know
    expected = read_context(answers(), PROFILE, Facts(encounter="e1"))
    with ThreadPoolExecutor(4) as pool:
        runs = [
            pool.submit(read_context, answers(), PROFILE, Facts(encounter="e1"))
            for _ in range(12)
        ]
        assert all(run.result().trace == expected.trace for run in runs)
