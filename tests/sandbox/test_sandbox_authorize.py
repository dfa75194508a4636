"""The authorize endpoint. Oracle: SMART App Launch 2.2 step 4; RFC 6749, 7636, 9207."""

from __future__ import annotations

import re

import pytest
from sandbox_app import BASE, CALLBACK, SCOPES, STANDALONE, Smart, query_of


def test_an_ehr_launch_goes_straight_through(smart):
    answer = smart.authorize(launch=smart.launch_value())
    sent = query_of(answer)
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    assert sent["state"] == "state-of-at-least-122-bits"
    assert sent["iss"] == BASE  # RFC 9207
    assert len(sent["code"]) >= 22


def test_authorize_takes_a_post(smart):
    form = smart.request(launch=smart.launch_value())
    assert "code" in query_of(smart.post("/oauth/authorize", form))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),  # means plain
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"aud": None}, "invalid_request"),
        ({"aud": f"{BASE}/fhir/"}, "invalid_request"),
        ({"aud": f"{BASE.upper()}/fhir"}, "invalid_request"),
        ({"launch": "never-minted"}, "invalid_request"),
        ({"launch": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "openid patient/*.rs"}, "invalid_scope"),
        ({"scope": "patient/Patient.sr nonsense"}, "invalid_scope"),
    ],
)
def test_a_wrong_authorize_request_is_refused_at_the_app(smart, changes, error):
    # given a request that is right but for one thing
    parameters = {"launch": smart.launch_value(), **changes}
    # when it is sent
    sent = query_of(smart.authorize(**parameters))
    # then the app is told, with its state, and gets no code
    assert sent["error"] == error
    assert sent["error_description"]
    assert sent["state"] == "state-of-at-least-122-bits"
    assert sent["iss"] == BASE
    assert "code" not in sent


def test_a_request_without_state_is_refused(smart):
    sent = query_of(smart.authorize(launch=smart.launch_value(), state=None))
    assert sent["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "http://127.0.0.1:9998/other"},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": f"{CALLBACK}?x=1"},
        {"redirect_uri": None},
        {"client_id": "stranger"},
        {"client_id": None},
    ],
)
def test_an_unknown_app_or_address_gets_a_page_and_no_redirect(smart, changes):
    answer = smart.authorize(**changes)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "This request was refused" in answer.text


def test_a_repeated_parameter_is_refused(smart):
    parameters = [*smart.request(launch=smart.launch_value()).items(), ("state", "2")]
    answer = smart.ehr.test_client().get("/oauth/authorize", query_string=parameters)
    assert query_of(answer)["error"] == "invalid_request"


def test_a_launch_value_works_once(smart):
    value = smart.launch_value()
    assert "code" in query_of(smart.authorize(launch=value))
    assert query_of(smart.authorize(launch=value))["error"] == "invalid_request"


def test_a_launch_value_of_another_app_is_refused(smart):
    value = Smart(smart.ehr, smart.clock, "secretive").launch_value()
    assert query_of(smart.authorize(launch=value))["error"] == "invalid_request"


def test_a_launch_value_expires(smart):
    value = smart.launch_value()
    smart.clock.now += 601
    assert query_of(smart.authorize(launch=value))["error"] == "invalid_request"


def transaction_of(smart: Smart) -> str:
    page = smart.authorize(scope=STANDALONE)
    assert page.status_code == 200
    found = re.search(r'name="transaction" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_the_picker_gives_the_chosen_patient(smart):
    # given a standalone request that waits
    form = {"transaction": transaction_of(smart), "patient": "patient-3"}
    # when the user chooses
    code = query_of(smart.post("/oauth/pick", form))["code"]
    # then the token is for that patient, with neither encounter nor order
    body = smart.exchange(code).json
    assert body["patient"] == "patient-3"
    assert not {"encounter", "fhirContext"} & body.keys()


def test_the_user_can_deny(smart):
    form = {"transaction": transaction_of(smart), "deny": "1"}
    sent = query_of(smart.post("/oauth/pick", form))
    assert (sent["error"], sent["iss"]) == ("access_denied", BASE)


def test_a_choice_counts_once(smart):
    form = {"transaction": transaction_of(smart), "patient": "patient-3"}
    assert smart.post("/oauth/pick", form).status_code == 302
    assert smart.post("/oauth/pick", form).status_code == 400


def test_a_patient_who_is_not_there_cannot_be_picked(smart):
    form = {"transaction": transaction_of(smart), "patient": "patient-99"}
    assert smart.post("/oauth/pick", form).status_code == 400


def test_the_pickers_form_may_redirect_to_the_app(smart):
    policy = smart.authorize(scope=STANDALONE).headers["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:9998;" in policy


def test_what_is_granted_is_what_the_registration_allows(smart):
    # given a launch that asks for more than its app may have, in v1 and v2
    asked = f"{SCOPES} patient/*.read patient/Patient.cruds user/*.cruds system/*.rs"
    # when it is granted
    body = smart.launched(scope=asked)
    # then v1 stays v1, and the rest is cut to read and search
    assert body["scope"].split() == [
        *SCOPES.split(),
        "patient/*.read",
        "patient/Patient.rs",
        "user/Practitioner.rs",
        "user/Endpoint.rs",
    ]


def test_patient_scopes_without_a_way_to_a_patient_are_refused(smart):
    sent = query_of(smart.authorize(scope="openid patient/*.rs"))
    assert sent["error"] == "invalid_scope"


def test_user_scopes_alone_need_no_patient(smart):
    code = query_of(smart.authorize(scope="openid user/Practitioner.r"))["code"]
    assert "patient" not in smart.exchange(code).json


def test_the_auth_error_switch_ends_every_request(smart):
    faults = smart.ehr.extensions["sandbox_faults"]
    faults.auth_error = "access_denied"
    faults.auth_error_description = "<script>alert(1)</script>"
    sent = query_of(smart.authorize(launch=smart.launch_value()))
    assert sent["error"] == "access_denied"
    assert sent["error_description"] == "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("switch", "sent"), [("right", BASE), ("absent", None), ("wrong", "another")]
)
def test_the_iss_switch_sets_the_issuer_of_the_redirect(smart, switch, sent):
    smart.ehr.extensions["sandbox_faults"].iss_param = switch
    iss = query_of(smart.authorize(launch=smart.launch_value())).get("iss")
    assert iss == sent or (sent == "another" and iss not in {None, BASE})


def test_the_grant_switch_narrows_what_is_granted(smart):
    smart.ehr.extensions["sandbox_faults"].grant = "openid patient/Patient.r"
    body = smart.launched()
    assert body["scope"] == "openid patient/Patient.r"
    assert smart.get("ImagingStudy?patient=patient-1").status_code == 403
