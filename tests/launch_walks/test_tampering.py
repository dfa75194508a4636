"""A tampered launch ends on a page, with its reason in trail and log (R5 to R11).

Over HTTP, from the click in the EHR. Refused means: no token of the launch is used, no
image is asked for, and neither page, URL nor log holds a token, a code or a patient.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import requests
from odd_world import PAGE, OddWorld, boot_of, callback_of, leaks, stopped_at_callback
from world import Walk


@dataclass(frozen=True)
class Case:
    """A switch of the sandbox, and what must come of it.

    exchanged: token requests that are made. words: of the log for the integrator.
    """

    requirement: str
    reason: str
    exchanged: int = 0
    words: str = ""
    switches: dict[str, object] = field(default_factory=dict)


CASES = {
    "signature": Case("R8", "id_token_signature", 1, "", {"id_token": "bad_signature"}),
    "audience": Case("R8", "id_token_audience", 1, "", {"id_token": "wrong_audience"}),
    "nonce": Case("R8", "id_token_nonce", 1, "", {"id_token": "wrong_nonce"}),
    "issuer": Case(
        "R8", "id_token_issuer", 1, "oidc_issuer", {"id_token": "wrong_issuer"}
    ),
    "algorithm none": Case("R8", "id_token_algorithm", 1, "", {"id_token": "unsigned"}),
    "algorithm HS256": Case("R8", "id_token_algorithm", 1, "", {"id_token": "hmac"}),
    "expired": Case("R8", "id_token_expired", 1, "expired 66", {"id_token": "expired"}),
    "absent": Case("R8", "id_token_missing", 1, "", {"id_token": "absent"}),
    "clock ahead": Case("R8", "id_token_clock_skew", 1, "ahead", {"clock_skew_s": 300}),
    "clock behind": Case(
        "R8", "id_token_clock_skew", 1, "behind", {"clock_skew_s": -300}
    ),
    "key not published": Case(
        "R8", "id_token_signature", 1, "", {"key": "unpublished"}
    ),
    "state dropped": Case("R5", "state_missing", 0, "", {"state": "missing"}),
    "state changed": Case("R5", "state_unknown", 0, "", {"state": "changed"}),
    "iss wrong": Case("R6", "iss_mismatch", 0, "", {"iss_param": "wrong"}),
    "iss missing": Case("R6", "iss_missing", 0, "", {"iss_param": "absent"}),
    "code replayed": Case("R5", "token_refused", 1, "", {"code": "spent"}),
    "access denied": Case(
        "R13",
        "access_denied",
        0,
        "",
        {
            "auth_error": "access_denied",
            "auth_error_description": "<script>alert(1)</script>",
        },
    ),
    "no patient": Case(
        "R14", "no_patient", 1, "", {"token_members": {"patient": None}}
    ),
    "no access token": Case(
        "R9", "no_access_token", 1, "", {"token_members": {"access_token": None}}
    ),
    "only plain PKCE": Case(
        "R3", "pkce_without_s256", 0, "", {"discovery": "plain_only"}
    ),
    "discovery elsewhere": Case(
        "R2", "upstream_unavailable", 0, "", {"discovery": "elsewhere"}
    ),
}


def marked(name: str):
    case = CASES[name]
    return pytest.param(case, id=name, marks=pytest.mark.requirement(case.requirement))


@pytest.mark.parametrize("case", [marked(name) for name in CASES])
def test_what_is_tampered_with_is_refused_by_name(
    odd: OddWorld, case: Case, ours: Callable[[], str]
):
    # given
    for name, value in case.switches.items():
        setattr(odd.faults, name, value)
    frames, refused = odd.archive.frames_asked, odd.audited("refuse")
    walk = Walk()
    # when
    answer = walk.get(odd.launch_as("plain"), headers=PAGE)
    # then: a page that says what to do, with the id that the log has
    assert answer.status_code in {400, 502}
    assert "What to do" in answer.text
    assert answer.headers["X-Correlation-Id"] in answer.text
    assert "<script>alert" not in answer.text
    # and the reason is named where an integrator looks
    assert odd.audited("refuse") == refused + 1
    assert case.reason in odd.refusals()[-1]
    log = ours()
    line = next(one for one in log.splitlines() if "launch refused" in one)
    assert case.reason in line
    assert case.words in line
    # and nothing came of it
    assert odd.log.count("/oauth/token") == case.exchanged
    assert [e.path for e in odd.log.entries if e.has_authorization] == []
    assert odd.archive.frames_asked == frames
    assert "/r/" not in answer.url
    assert leaks(odd, walk, answer.text, log) == []


@pytest.mark.requirement("R8")
@pytest.mark.parametrize("name", ["clock ahead", "clock behind"])
def test_the_measured_skew_is_for_the_integrator_alone(odd, name, ours):
    odd.faults.clock_skew_s = CASES[name].switches["clock_skew_s"]
    answer = Walk().get(odd.launch_as("plain"), headers=PAGE)
    told = re.search(r"clock is (\d+) s (ahead|behind)", ours())
    assert told is not None
    assert 290 <= int(told[1]) <= 310
    assert told[0] not in answer.text
    assert told[1] not in re.sub(r"<code>.*?</code>", "", answer.text)


@pytest.mark.requirement("R8")
@pytest.mark.parametrize("skew_s", [50, -50])
def test_a_clock_within_the_leeway_is_no_trouble(odd, skew_s):
    odd.faults.clock_skew_s = skew_s
    assert Walk().get(odd.launch_as("plain")).status_code == 200


@pytest.mark.requirement("R5")
def test_the_state_of_another_browser_s_launch_is_refused(odd, ours):
    # given: somebody else's launch, begun just before
    Walk().get(odd.launch_as("plain"))
    odd.faults.state = "missing"
    Walk().get(odd.launch_as("plain"), headers=PAGE)  # its state stays unused
    odd.faults.state = "swapped"
    odd.log.clear()
    # when
    walk = Walk()
    answer = walk.get(odd.launch_as("plain"), headers=PAGE)
    # then
    assert answer.status_code == 400
    assert "other_browser" in odd.refusals()[-1]
    assert odd.log.count("/oauth/token") == 0
    assert leaks(odd, walk, answer.text, ours()) == []


@pytest.mark.requirement("R5")
def test_a_callback_works_once_and_in_its_own_browser_only(odd):
    walk = Walk()
    walk.get(odd.launch_as("plain"))
    for browser in (walk, Walk()):
        again = browser.get(callback_of(walk), headers=PAGE)
        assert again.status_code == 400
        assert "state_unknown" in odd.refusals()[-1]
    assert odd.log.count("/oauth/token") == 1


@pytest.mark.requirement("R5")
def test_a_launch_stopped_on_its_way_can_be_finished_by_its_own_browser_alone(odd):
    # given: the redirect back, caught before it arrives
    _, callback = caught(odd)
    # when
    stolen = Walk().get(callback, headers=PAGE)
    # then
    assert stolen.status_code == 400
    assert "other_browser" in odd.refusals()[-1]
    assert odd.log.count("/oauth/token") == 0


def caught(odd: OddWorld) -> tuple[Walk, str]:
    """A browser that stops before it follows the redirect to the callback, its URL."""
    walk = Walk()
    return walk, stopped_at_callback(walk, odd.launch_as("plain"))


@pytest.mark.requirement("R5")
def test_of_callbacks_at_once_one_opens_and_the_others_are_refused(odd):
    # given
    walk, callback = caught(odd)
    start = threading.Barrier(4)

    def arrive(_: int) -> int:
        start.wait(10)
        cookies = walk.cookies_of(odd.app_url)
        return requests.get(
            callback, cookies=cookies, allow_redirects=False, timeout=30
        ).status_code

    # when
    with ThreadPoolExecutor(4) as pool:
        ended = sorted(pool.map(arrive, range(4)))
    # then
    assert ended == [303, 400, 400, 400]
    assert odd.log.count("/oauth/token") == 1


@pytest.mark.requirement("R8")
def test_a_key_rotated_between_launch_and_callback_is_looked_up_once(odd):
    # given: the key set of before is remembered
    Walk().get(odd.launch_as("plain"))
    odd.faults.key = "rotated"
    odd.log.clear()
    # when
    answer = Walk().get(odd.launch_as("plain"))
    # then
    assert answer.status_code == 200
    assert odd.log.count("/oauth/jwks") == 1


@pytest.mark.requirement("R10")
def test_a_scope_that_was_taken_away_is_not_used(odd):
    # given
    odd.faults.grant = "launch openid fhirUser patient/Patient.r"
    # when
    boot = boot_of(Walk().get(odd.launch_as("plain")))
    # then: no request that the grant does not cover, and the page says what is missing
    asked = {e.path.split("/")[2] for e in odd.log.entries if e.has_authorization}
    assert asked <= {"Patient"}
    text = json.dumps(boot["plan"], ensure_ascii=False)
    assert "ServiceRequest" in text or "not granted" in text


@pytest.mark.requirement("R10")
def test_nothing_granted_at_all_is_refused(odd):
    # given
    odd.faults.grant, searches = "", odd.archive.searches
    # when
    answer = Walk().get(odd.launch_as("plain"), headers=PAGE)
    # then: no request with the token, which is given back
    assert answer.status_code == 400
    assert "patient_not_granted" in odd.refusals()[-1]
    assert "did not grant" in answer.text
    assert odd.archive.searches == searches
    assert [e.path for e in odd.log.entries if e.has_authorization] == []
    assert odd.log.count("/oauth/revoke") == 1


@pytest.mark.requirement("R2")
@pytest.mark.parametrize("discovery", ["absent", "relative", "no_methods"])
def test_a_discovery_that_older_servers_give_is_read(odd, discovery):
    odd.faults.discovery = discovery
    odd.faults.grant = "launch patient/Patient.r patient/ServiceRequest.rs"
    odd.faults.iss_param = "absent" if discovery == "absent" else "right"
    assert Walk().get(odd.launch_as("plain"), headers=PAGE).status_code == 200
